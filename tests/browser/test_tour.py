"""Every screen in every state is whole: nothing cut, overlapping, untranslated, unreadable or too small to hit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.demo import DemoFirm
from tests.browser.conftest import browser_options
from tests.browser.program import Backstage, Program
from tests.browser.scenery import furnish_tour, portal_stops, words_of_records
from tests.browser.tour import PORTAL, Tour
from tests.cluster import Databases, Loop

LONGEST_TOUR = 600  # seconds


@dataclass(frozen=True)
class Scenery:
    """The furnished house and the program that serves it."""

    backstage: Backstage
    program: Program
    firm: DemoFirm


@pytest.fixture(scope='module')
def scenery(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenery]:
    backstage = Backstage(databases.take(), as_owner=True)
    program = Program(backstage.database_url, tmp_path_factory.mktemp('tour'))
    firm = backstage.do(furnish_tour(program.url))
    program.start()
    yield Scenery(backstage, program, firm)
    program.stop()
    backstage.leave()
    databases.drop(backstage.database_url)
    assert not program.complaints(), program.log.read_text()


@pytest.mark.parametrize('language', ['en', 'th'])
def test_every_screen_of_the_portal_is_whole(scenery: Scenery, language: str) -> None:
    stops = scenery.backstage.do(portal_stops(scenery.firm))
    tour = Tour(scenery.program.url, PORTAL, language, scenery.backstage.do(words_of_records()), browser_options())
    # In a loop of its own: that of the other browser tests waits for them, not for this.
    faults = Loop().start(tour.walk(stops)).result(timeout=LONGEST_TOUR)
    assert not faults, '\n'.join(faults)
