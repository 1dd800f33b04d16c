"""While the database is away everybody reads so in their language, on every page; and nobody when it is back."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import httpx
import pytest
from nicegui import Client, core
from nicegui.testing import User
from tortoise.connection import get_connection

from app.clock import start_clock, stop_clock
from app.papers.setting import paper
from models import Document
from tests.cluster import Cluster, Databases
from tests.conftest import Patient
from tests.pages.counter import counter, sit_down
from tests.world import a_link, a_sent_quote, nimman

__all__ = ['counter']

SAID = {'en': 'We will be right back', 'th': 'เราจะกลับมาในอีกสักครู่'}
AGAIN = {'en': 'Try again', 'th': 'ลองอีกครั้ง'}
SOCKET = '.s.PGSQL.5432'
INNER_WORKINGS = ('Traceback', 'Error', 'asyncpg', 'socket', 'postgres')


class Way:
    """The way to the database: a folder with the server's socket in it, which can be taken away and put back."""

    def __init__(self, cluster: Cluster, real: str) -> None:
        self.cluster, self.real = cluster, real
        self.folder = Path(mkdtemp(prefix='way-'))
        self.put_back()
        self.url = real.replace(str(cluster.folder), str(self.folder / 'server'))

    def put_back(self) -> None:
        (self.folder / 'server').symlink_to(self.cluster.folder)

    async def take_away(self) -> None:
        """As when the server ends: nobody listens any more, and who was connected is cut off."""
        (self.folder / 'server').unlink()
        server = await asyncpg.connect(self.cluster.url())
        name = self.real.partition('@/')[2].partition('?')[0]
        await server.execute('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', name)
        await server.close()

    @asynccontextmanager
    async def slow_to_hang_up(self) -> AsyncIterator[asyncio.Event]:
        """From now on whoever is cut off hears the server's farewell, but the line itself ends only with the event."""
        hang_up = asyncio.Event()

        async def pass_on(source: StreamReader, target: StreamWriter) -> None:
            while heard := await source.read(65536):
                target.write(heard)

        async def connected(client: StreamReader, to_client: StreamWriter) -> None:
            server, to_server = await asyncio.open_unix_connection(self.cluster.folder / SOCKET)
            asked = asyncio.create_task(pass_on(client, to_server))
            await pass_on(server, to_client)
            await hang_up.wait()
            asked.cancel()
            to_server.close()
            to_client.close()

        (self.folder / 'slow').mkdir()
        relay = await asyncio.start_unix_server(connected, self.folder / 'slow' / SOCKET)
        await self.take_away()
        (self.folder / 'server').symlink_to(self.folder / 'slow')
        try:
            yield hang_up
        finally:
            hang_up.set()
            relay.close()


@pytest.fixture
def way(cluster: Cluster, databases: Databases) -> Iterator[Way]:
    real = databases.take()
    yield Way(cluster, real)
    databases.drop(real)


@pytest.fixture
def database_url(way: Way) -> str:
    return way.url


@pytest.mark.parametrize('language', ['en', 'th'])
async def test_every_page_says_kindly_that_the_database_is_away_and_is_itself_again_afterwards(
    counter: User, way: Way, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    await sit_down(counter)
    quote = await a_sent_quote(await nimman())
    _, token = await a_link(quote)
    document = await paper(await Document.get(quote_id=quote.id))
    http = counter.http_client
    http.headers.update({'accept': 'text/html', 'accept-language': language})
    pages = [
        f'/p/{token}', f'/p/{token}/privacy', f'/p/{token}/papers/{document.id}/x.pdf', f'/p/{token}/papers.zip',
        f'/p/{"1" * 22}', '/customers', f'/quotes/{quote.number}', f'/papers/{document.id}/x.pdf',
        '/sign-in?next=/quotes', '/verify?id=' + '0' * 32,
    ]  # fmt: skip
    assert (await http.get(pages[0])).status_code == 200
    await way.take_away()
    built = len(Client.instances)
    for path in pages:
        answer = await http.get(path)
        assert (answer.status_code, answer.headers['retry-after']) == (503, '10'), path
        assert answer.headers['cache-control'] == 'no-store'
        assert SAID[language] in answer.text and AGAIN[language] in answer.text, path
        assert f'href="{path}"' in answer.text.replace('%3D', '=').replace('%3F', '?'), path
        assert 'Siam Light &amp; Grip' in answer.text or 'สยาม ไลท์' in answer.text
        assert 'tel:021234567' in answer.text
        assert not [word for word in ('Nimman', 'นิมมาน', *INNER_WORKINGS) if word in answer.text]
    for form in (f'/p/{token}/code', f'/p/{token}/request', '/sign-in'):
        assert SAID[language] in (await http.post(form, headers={'sec-fetch-site': 'same-origin'})).text, form
    assert (await http.get('/nowhere')).status_code == 404
    assert len(Client.instances) == built
    assert token not in caplog.text
    way.put_back()
    for path in pages[:4]:
        assert (await http.get(path)).status_code == 200, path
    caplog.clear()


async def test_a_program_that_asks_is_answered_without_a_page(
    portal: User, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = await a_link(await nimman())
    await way.take_away()
    answer = await portal.http_client.get(f'/p/{token}/papers.zip', headers={'accept': 'application/zip'})
    assert (answer.status_code, answer.content) == (503, b'')
    way.put_back()
    caplog.clear()


async def test_whoever_asks_first_after_the_database_was_restarted_is_not_told_of_a_fault(
    portal: User, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = await a_link(await nimman())
    await way.take_away()
    way.put_back()
    answer = await portal.http_client.get(f'/p/{token}', headers={'accept': 'text/html', 'accept-language': 'en'})
    assert answer.status_code in (200, 503)
    assert (await portal.http_client.get(f'/p/{token}')).status_code == 200
    caplog.clear()


async def test_a_farewell_of_the_database_that_crosses_a_question_is_not_told_as_a_fault(
    portal: User, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = f'/p/{"1" * 22}'  # a page that is built once and asks for nothing afterwards
    async with way.slow_to_hang_up() as hang_up:
        while (await portal.http_client.get(wrong)).status_code != 404:
            pass
        # The pool lends next what it was given back last: the page will meet this one, all others are well.
        _, [last] = await get_connection('default').execute_query('select pg_backend_pid() as pid')
        server = await asyncpg.connect(way.cluster.url())
        await server.execute('select pg_terminate_backend($1, 5000)', last['pid'])
        await server.close()
        answer = await portal.http_client.get(wrong, headers={'accept': 'text/html', 'accept-language': 'en'})
        assert (answer.status_code, SAID['en'] in answer.text) == (503, True)
        assert 'InternalClientError' in caplog.text
        hang_up.set()
        assert (await portal.http_client.get(wrong)).status_code == 404
    caplog.clear()


async def test_a_tab_that_is_tapped_while_the_database_is_away_says_what_to_do(
    portal: User, way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = await a_link(await nimman())
    portal.http_client.cookies.set('lang', 'en')
    await portal.open(f'/p/{token}')
    await portal.should_see('Khun Ploy')
    await way.take_away()
    portal.navigate.to(f'/p/{token}/receipts')
    await portal.should_see('This could not be shown')
    await portal.should_see('Try again')
    way.put_back()
    caplog.clear()


async def test_a_program_whose_database_is_away_ends_without_complaint(live_db: str, way: Way) -> None:
    await start_clock()
    await way.take_away()
    await stop_clock()
    way.put_back()


@pytest.mark.parametrize(('language', 'said'), [('en', 'This could not be shown'), ('th', 'แสดงหน้านี้ไม่ได้')])
async def test_a_fault_of_the_program_is_told_to_the_log_and_not_to_the_reader(
    portal: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, language: str, said: str
) -> None:
    _, token = await a_link(await nimman())

    def fail(_: object) -> None:
        raise ZeroDivisionError('nobody foresaw this')

    monkeypatch.setattr('models.portal_link.PortalLink.state', fail)
    headers = {'accept': 'text/html', 'accept-language': language}
    calm = httpx.ASGITransport(core.app, raise_app_exceptions=False)
    phone = Patient(httpx.AsyncClient(transport=calm, base_url='http://test'))
    answer = await phone.http_client.get(f'/p/{token}', headers=headers)
    assert (answer.status_code, said in answer.text, '02 123 4567' in answer.text) == (500, True, True)
    assert 'nobody foresaw' not in answer.text and 'ZeroDivision' not in answer.text
    assert answer.headers['referrer-policy'] == 'no-referrer' and 'nonce-' in answer.headers['content-security-policy']
    caplog.clear()
