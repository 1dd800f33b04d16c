"""The program as it is served: what it takes over its connections, and whom it believes about an address."""

from __future__ import annotations

import asyncio
import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.browser.program import Program

MEBIBYTE = 1 << 20
DOOR = '/_nicegui_ws/socket.io/?EIO=4&transport='
TOO_BIG = 1009  # what a websocket says of a message that it does not take


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    running: list[Program] = []

    def serve(**environment: str) -> Program:
        running.append(Program(database_url, tmp_path, **environment))
        return running[-1].start()

    yield serve
    for program in running:
        program.stop()


def asked(url: str, method: str = 'GET', **headers: str) -> int:
    """The status that is answered."""
    named = {name.replace('_', '-'): text for name, text in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


async def counted_addresses(database_url: str) -> list[str]:
    """From where somebody tried links that do not exist."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select key from limit_count where key like 'token:%' order by key")
    await connection.close()
    return [str(row['key']).removeprefix('token:') for row in rows]


async def test_a_message_without_end_closes_its_connection_and_the_program_serves_on(
    serve: Callable[..., Program],
) -> None:
    program = await asyncio.to_thread(serve)
    async with connect(program.url.replace('http', 'ws') + DOOR + 'websocket', max_size=None) as socket:
        assert str(await socket.recv()).startswith('0')  # the framework's greeting
        await socket.send('4' + 'x' * MEBIBYTE)
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(20):
                while True:
                    await socket.recv()
        assert closed.value.rcvd and closed.value.rcvd.code == TOO_BIG
    assert await asyncio.to_thread(asked, f'{program.url}/healthz') == 200
    assert program.complaints() == []


async def test_of_the_addresses_that_a_visitor_claims_only_the_proxys_own_word_is_believed(
    serve: Callable[..., Program], database_url: str
) -> None:
    claimed, wrong = '1.2.3.4, 203.0.113.9', f'/p/{"1" * 22}'
    behind_a_proxy = await asyncio.to_thread(serve)
    assert await asyncio.to_thread(asked, behind_a_proxy.url + wrong, 'HEAD', X_Forwarded_For=claimed) == 404
    assert await counted_addresses(database_url) == ['203.0.113.9']
    open_to_all = await asyncio.to_thread(serve, FORWARDED_ALLOW_IPS='192.0.2.1')
    assert await asyncio.to_thread(asked, open_to_all.url + wrong, 'HEAD', X_Forwarded_For=claimed) == 404
    assert await counted_addresses(database_url) == ['127.0.0.1', '203.0.113.9']


async def test_nonsense_over_a_websocket_leaves_nothing_in_the_log_and_the_program_serves_on(
    serve: Callable[..., Program],
) -> None:
    program = await asyncio.to_thread(serve)
    door = program.url.replace('http', 'ws') + DOOR + 'websocket'
    nonsense = (
        '4nonsense',
        '42{"a":1}',
        '42["event",5]',
        '42["event",{}]',
        '42["handshake",{}]',
        '42[[1]]',
        '44',
        '9',
        'b#',
    )
    for said in nonsense:
        async with connect(door) as socket:
            await socket.recv()
            await socket.send('40')
            await socket.recv()
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                await socket.send(said)
                await socket.send('2')  # answered, or the connection closed, once the nonsense was dealt with
                await asyncio.wait_for(socket.recv(), 0.3)
    assert await asyncio.to_thread(asked, f'{program.url}/healthz') == 200
    assert program.complaints() == []


async def test_a_head_without_end_closes_its_connection_and_the_program_serves_on(
    serve: Callable[..., Program],
) -> None:
    program = await asyncio.to_thread(serve)
    for begun in (
        b'GET /',
        b'GET / HTTP/1.1\r\nx: ',
        b'POST /verify HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ',
    ):
        _, writer = await asyncio.open_connection('127.0.0.1', program.port)
        writer.write(begun)
        with pytest.raises(ConnectionError):
            for _ in range(500):
                writer.write(b'a' * 65_536)
                await asyncio.wait_for(writer.drain(), 20)
        writer.close()
    assert await asyncio.to_thread(asked, f'{program.url}/healthz') == 200
    assert program.complaints() == []
