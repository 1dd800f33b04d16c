"""Who opens a connection and says nothing, or never comes to an end, keeps it for no longer than patience lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from app.request_heads import BoundedHead

PATIENCE, LONG = 0.1, 1.0  # seconds


async def house(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers once it has read the body, and after a walk if it is asked to."""
    request = Request(scope, receive)
    body = await request.body()
    if request.url.path == '/slow':
        walked = asyncio.Event()
        asyncio.get_running_loop().call_later(1.5 * LONG, walked.set)
        await walked.wait()
    await PlainTextResponse(b'read ' + body)(scope, receive, send)


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr('app.request_heads.LONGEST_HEAD', PATIENCE)
    monkeypatch.setattr('app.request_heads.LONGEST_PAUSE', PATIENCE)
    config = Config(house, lifespan='off', timeout_keep_alive=60)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: BoundedHead(config, state, {}), '127.0.0.1', 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize(
    'begun',
    [
        b'',
        b'GET / HTT',
        b'GET / HTTP/1.1\r\nhost: test\r\n',
        b'POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\nhalf',
        b'GET / HTTP/1.1\r\nhost: test\r\n\r\nGET / again HTT',
    ],
)
async def test_a_request_that_is_begun_and_not_ended_loses_its_connection(port: int, begun: bytes) -> None:
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(begun)
    await asyncio.wait_for(reader.read(), 60)  # until the other side closes
    writer.close()


async def test_an_answer_may_take_longer_than_a_question(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # So long that no pause of a busy machine falls between the connection and the question.
    monkeypatch.setattr('app.request_heads.LONGEST_HEAD', LONG)
    monkeypatch.setattr('app.request_heads.LONGEST_PAUSE', LONG)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for _ in range(2):
        writer.write(b'POST /slow HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nwhole')
        assert (await asyncio.wait_for(reader.readuntil(b'read whole'), 60)).startswith(b'HTTP/1.1 200')
    writer.close()
