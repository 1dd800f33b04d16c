"""What the log tells, and what it must not tell."""

from __future__ import annotations

import asyncio
import logging
import re
import urllib.error
import urllib.request
from pathlib import Path

import asyncpg
import pytest
from websockets.asyncio.client import connect

from app.clock import _again
from app.health import complain
from tests.app.test_dev import free_port
from tests.app.test_serving import DOOR
from tests.browser.program import Program

LINE = re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: .+')


async def test_every_line_has_its_moment_and_none_an_address(database_url: str, tmp_path: Path) -> None:
    program = Program(database_url, tmp_path, LOG_LEVEL='info')
    await asyncio.to_thread(program.start)
    try:
        async with connect(f'{program.url.replace("http", "ws")}{DOOR}websocket&client_id=of-a-page') as socket:
            await socket.recv()
        for path in ('/p/' + '1' * 22, '/password/of-a-person', '/p/1?next=of-a-page'):
            with pytest.raises(urllib.error.HTTPError):
                await asyncio.to_thread(urllib.request.urlopen, program.url + path)
    finally:
        await asyncio.to_thread(program.stop)
    told = program.log.read_text()
    assert 'Uvicorn running' in told
    assert 'of-a-page' not in told and 'of-a-person' not in told and '1' * 22 not in told
    logged = told.split('Ctrl-C stops everything.')[1].splitlines()
    assert logged and all(LINE.fullmatch(line) for line in logged if line)


async def test_what_waits_for_the_database_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads the log while the database is being upgraded looks for what else is wrong."""
    tried = asyncio.Event()

    async def work() -> None:
        if caplog.records:
            tried.set()
        await asyncio.open_connection('127.0.0.1', free_port())

    clock = asyncio.create_task(_again(0, work))
    await asyncio.wait_for(tried.wait(), 20)
    clock.cancel()
    record = caplog.records[0]
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage().startswith('Something that happens by itself went wrong: the database is away (')


async def test_that_the_server_is_full_is_no_fault_of_the_program(db: str, caplog: pytest.LogCaptureFixture) -> None:
    await as_superuser(db, 'create role nobody_more login connection limit 0')
    try:
        with pytest.raises(asyncpg.TooManyConnectionsError) as full:
            await asyncpg.connect(db, user='nobody_more')
    finally:
        await as_superuser(db, 'drop role nobody_more')
    await complain('Letters could not be looked at', full.value, logging.getLogger('app.clock'))
    [record] = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert 'too many connections' in record.getMessage()


async def as_superuser(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
