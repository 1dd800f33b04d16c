"""Whatever goes down comes back by itself: the phone's network, the listener, the database, the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from models import Customer, Stage
from tests.browser.people import Person, timed
from tests.browser.program import Backstage, Program
from tests.cluster import Cluster, Databases, Loop
from tests.world import a_firm, a_job, a_link, a_sent_quote, an_invoice, nimman

PREPARING, LOADED = 'Preparing your equipment', 'Loaded — ready to leave our warehouse'
LOAD = "update job set stage = 'Loaded' where number = $1"
RETITLE = "update job set stage = 'Picking', title = repeat('A long way home ', 8) where number = $1"
CUT = 30_000  # ms without network

Meet = Callable[..., Person]


async def a_followed_job() -> tuple[str, str]:
    customer = await nimman()
    job = await a_job(customer, Stage.PICKING)
    _, token = await a_link(customer)
    return job.number, f'/p/{token}'


def says_that_it_reconnects(page: Page) -> None:
    expect(page.get_by_text('No connection. Reconnecting…')).to_be_visible()


def shows(page: Page, words: str) -> None:
    expect(page.locator('.stage, .banner b').first).to_have_text(words)


def test_a_network_cut_for_thirty_seconds_costs_the_reader_nothing(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    number, link = backstage.do(a_followed_job())
    ploy = meet('phone')
    page = ploy.open(house.url + link)
    ploy.watch_for_reload()
    page.evaluate('window.lostAt = performance.now()')
    ploy.lose_network()
    backstage.psql(LOAD, number)
    says_that_it_reconnects(page)
    page.wait_for_function(f'performance.now() - window.lostAt > {CUT}', timeout=2 * CUT)
    shows(page, PREPARING)
    says_that_it_reconnects(page)
    ploy.find_network()
    with timed(capsys, 'found → read'):
        shows(page, LOADED)
    expect(page.get_by_text('No connection. Reconnecting…')).to_be_hidden()
    assert not ploy.has_reloaded


def test_a_phone_that_was_woken_asks_at_once_what_it_missed(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    number, link = backstage.do(a_followed_job())
    ploy = meet('phone')
    page = ploy.open(house.url + link)
    ploy.watch_for_reload()
    # What a phone in a pocket does: the connection is gone and no timer runs that would open it again.
    page.evaluate('window.socket.io.reconnection(false); window.socket.io.engine.close()')
    backstage.psql(LOAD, number)
    shows(page, PREPARING)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    with timed(capsys, 'woken → read'):
        shows(page, LOADED)
    assert not ploy.has_reloaded


def test_a_change_made_while_the_listening_connection_is_killed_arrives_too(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    number, link = backstage.do(a_followed_job())
    ploy = meet('phone')
    page = ploy.open(house.url + link)
    ploy.watch_for_reload()
    for stage, words in (('Loaded', LOADED), ('Picking', PREPARING), ('Loaded', LOADED)):
        backstage.psql(
            'with gone as (select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()'
            " and application_name = 'portal listener') update job set stage = $1 where number = $2"
            ' and (select count(*) from gone) >= 0',
            stage,
            number,
        )
        with timed(capsys, 'written → read'):
            shows(page, words)
    assert not ploy.has_reloaded


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A database server that a test may stop."""
    cluster = Cluster(durable=True)
    cluster.start()
    yield cluster
    cluster.remove()


def test_a_restarted_database_server_is_found_again_without_a_reload(
    own_cluster: Cluster, start_program: Callable[[str], Program], meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    backstage = Backstage(Databases(own_cluster, Loop()).take())
    backstage.do(a_firm())
    number, link = backstage.do(a_followed_job())
    backstage.leave()
    program = start_program(backstage.database_url)
    ploy = meet('phone')
    page = ploy.open(program.url + link)
    ploy.watch_for_reload()
    own_cluster.stop()
    shows(page, PREPARING)
    own_cluster.start()
    backstage.psql(LOAD, number)
    with timed(capsys, 'the database is back → read'):
        shows(page, LOADED)
    page.get_by_role('link', name=number).click()
    expect(page.get_by_role('heading', name='Dates')).to_be_visible()
    assert not ploy.has_reloaded


def test_a_killed_program_that_starts_again_finds_its_phones(
    backstage: Backstage, start_program: Callable[[str], Program], meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    number, link = backstage.do(a_followed_job())
    program = start_program(backstage.database_url)
    ploy = meet('phone')
    page = ploy.open(f'{program.url}{link}/jobs/{number}')
    shows(page, PREPARING)
    program.kill()
    backstage.psql(LOAD, number)
    says_that_it_reconnects(page)
    shows(page, PREPARING)
    program.start()
    with timed(capsys, 'the program is back → read'):
        shows(page, LOADED)
    expect(page).to_have_url(f'{program.url}{link}/jobs/{number}')
    backstage.psql("update job set stage = 'Picking' where number = $1", number)
    shows(page, PREPARING)


def test_the_place_on_a_long_page_survives_a_change(house: Program, backstage: Backstage, meet: Meet) -> None:
    number, link = backstage.do(a_followed_job())
    ploy = meet('phone', viewport={'width': 390, 'height': 500})
    page = ploy.open(f'{house.url}{link}/jobs/{number}')
    ploy.watch_for_reload()
    page.get_by_role('link', name='E-mail us').focus()
    for anchoring, change, words in (('auto', LOAD, LOADED), ('none', RETITLE, PREPARING)):
        stays = read_on(page, page.get_by_role('heading', name='Equipment'), anchoring)
        backstage.psql(change, number)
        shows(page, words)
        stays()
        assert page.evaluate('scrollY') >= 300
        expect(page.get_by_role('link', name='E-mail us')).to_be_focused()
    assert not ploy.has_reloaded


def test_what_comes_above_pushes_nothing_away(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def a_customer() -> tuple[Customer, str]:
        customer = await nimman()
        await a_sent_quote(customer)
        await an_invoice(customer)
        return customer, (await a_link(customer))[1]

    customer, token = backstage.do(a_customer())
    page = meet('phone', viewport={'width': 390, 'height': 500}).open(f'{house.url}/p/{token}')
    quotes = page.locator('.view .cover[href*="/quotes/"]')
    for known, anchoring in enumerate(('auto', 'none'), 1):
        expect(quotes).to_have_count(known)
        stays = read_on(page, page.locator('h2', has_text='To pay'), anchoring)
        backstage.do(a_sent_quote(customer))
        expect(quotes).to_have_count(known + 1)
        stays()


def read_on(page: Page, what: Locator, anchoring: str) -> Callable[[], None]:
    """Bring this to the top; call what is returned to see it there still.

    Some browsers hold what is read in its place by themselves ('auto'); those of many an iPhone do not ('none').
    """
    page.evaluate('(how) => { document.documentElement.style.overflowAnchor = how }', anchoring)
    what.evaluate('(read) => scrollBy(0, read.getBoundingClientRect().top - 10)')
    place = what.bounding_box()

    def stays() -> None:
        # A browser that holds it does so when it draws the next frame, not at the change itself.
        page.evaluate('new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
        now = what.bounding_box()
        assert place and now and abs(now['y'] - place['y']) < 1, f'{anchoring}: {place} → {now}'
        assert {**now, 'y': 0} == {**place, 'y': 0}

    return stays
