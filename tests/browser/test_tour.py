"""Every screen in every state is whole: nothing cut, overlapping, untranslated, unreadable or too small to hit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.demo import DemoFirm
from app.sessions import cookie_of, digest_of
from app.words import LANGUAGES, Language
from models import Role, Staff, StaffSession
from tests.browser import scenery_pay
from tests.browser.conftest import browser_options
from tests.browser.program import Backstage, Program
from tests.browser.scenery import Stop, console_stops, furnish_tour, portal_stops, words_of_records
from tests.browser.scenery_links import console_link_stops, furnish_links, portal_link_stops
from tests.browser.sweep import Sweep, type_markup_everywhere
from tests.browser.tour import CONSOLE, PORTAL, Cookies, Room, Tour
from tests.cluster import Databases, Loop

LONGEST_TOUR = 3600  # seconds, after which it hangs: nobody waits for it, and others go first
AGAIN = re.compile('200|long names|caught up')  # a screen that is looked at once more, with other rows


@dataclass(frozen=True)
class Scenery:
    """The furnished house and the program that serves it."""

    backstage: Backstage
    program: Program
    firm: DemoFirm


@pytest.fixture(scope='module')
def scenery(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenery]:
    backstage = Backstage(databases.take(), as_owner=True)
    # With a way out for codes, so that the page that asks for one is there.
    printing = {'SMS_URL': 'console', 'DEVELOPMENT': 'yes'}
    program = Program(backstage.database_url, tmp_path_factory.mktemp('tour'), **printing)
    firm = backstage.do(furnish_tour(program.url))
    backstage.do(furnish_links())
    program.start()
    yield Scenery(backstage, program, firm)
    program.stop()
    backstage.leave()
    databases.drop(backstage.database_url)
    assert not program.complaints(), program.log.read_text()


@pytest.mark.parametrize('language', LANGUAGES)
def test_every_screen_of_the_portal_is_whole(scenery: Scenery, language: Language) -> None:
    stops = [*scenery.backstage.do(portal_stops(scenery.firm)), *scenery.backstage.do(portal_link_stops())]
    faults = walk(scenery, PORTAL, language, stops)
    assert not faults, '\n'.join(faults)


@pytest.mark.parametrize('language', LANGUAGES)
def test_every_screen_of_the_console_is_whole(scenery: Scenery, language: Language) -> None:
    stops = [*scenery.backstage.do(console_stops()), *scenery.backstage.do(console_link_stops())]
    faults = walk(scenery, CONSOLE, language, stops, [scenery.backstage.do(signed_in_as_owner(language, scenery))])
    assert not faults, '\n'.join(faults)


def walk(scenery: Scenery, room: Room, language: Language, stops: list[Stop], cookies: Cookies = ()) -> list[str]:
    """The faults found on these screens."""
    records = scenery.backstage.do(words_of_records())
    tour = Tour(scenery.program.url, room, language, records, browser_options(), cookies)
    # In a loop of its own: that of the other browser tests waits for them, not for this.
    return Loop().start(tour.walk(stops)).result(timeout=LONGEST_TOUR)


async def signed_in_as_owner(language: Language, scenery: Scenery) -> dict[str, str]:
    owner = await Staff.filter(role=Role.OWNER).order_by('id').first()
    assert owner is not None
    await owner.choose_language(language)
    secret = secrets.token_urlsafe(32)
    await StaffSession.open(owner, digest=digest_of(secret))
    [(name, value)] = cookie_of(secret).items()
    return {'name': name, 'value': value, 'url': scenery.program.url}


@pytest.fixture(scope='module')
def paying(scenery: Scenery) -> Scenery:
    """The same house, where customers have told of payments and a bank's statement was read."""
    scenery.backstage.do(scenery_pay.furnish_payments())
    return scenery


@pytest.mark.parametrize('language', LANGUAGES)
def test_every_screen_of_paying_is_whole(paying: Scenery, language: Language) -> None:
    do = paying.backstage.do
    faults = walk(paying, PORTAL, language, do(scenery_pay.portal_pay_stops()))
    cookies = [do(signed_in_as_owner(language, paying))]
    faults += walk(paying, CONSOLE, language, do(scenery_pay.console_pay_stops()), cookies)
    assert not faults, '\n'.join(faults)


def test_nothing_that_anybody_has_typed_is_markup_on_any_screen(scenery: Scenery) -> None:
    do = scenery.backstage.do
    # Last, since it writes over whatever the others look at.
    cookies = [do(signed_in_as_owner('en', scenery))]
    every = [*do(portal_stops(scenery.firm)), *do(portal_link_stops()), *do(console_stops()), *do(console_link_stops())]
    # Without the same screens again, and without the telephone to which a code could be sent.
    stops = [stop for stop in every if not AGAIN.search(stop.name) and 'code sent' not in stop.name]
    assert do(type_markup_everywhere()) > 80
    sweep = Sweep(scenery.program.url, browser_options(), cookies)
    faults = Loop().start(sweep.walk(stops)).result(timeout=LONGEST_TOUR)
    assert not faults, '\n'.join(faults)
