"""Hears of every commit, in order, on one connection of its own."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from app.database import dsn_of
from app.pg_engine import GONE
from models.live_tables import CHANNEL

log = logging.getLogger(__name__)

HEARTBEAT = 3.0  # seconds; a connection that died silently is found within twice this
FIRST_RETRY, LAST_RETRY = 0.05, 2.0
STARTS_WITHIN = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Change:
    """Which rows of which table were written, as (column, value) pairs; None if there were too many to name."""

    table: str
    rows: frozenset[tuple[str, str]] | None = None

    @classmethod
    def read(cls, payload: str) -> Change:
        told = json.loads(payload)
        if 'r' not in told:
            return cls(told['t'])
        named = ((column, str(value)) for row in told['r'] for column, value in row.items() if value is not None)
        return cls(told['t'], frozenset(named))


class Listener:
    """Listens until it is stopped; after every interruption it says that anything may have changed."""

    def __init__(self, url: str, hear: Callable[[Change], None], interrupted: Callable[[bool], None]) -> None:
        self._url = url
        self._hear = hear
        self._interrupted = interrupted
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once every change from now on will be heard; or, where the database lets nobody listen, after a while
        as if the connection had been lost: a program that waits here serves nobody, and cannot be told to stop.
        """
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run(), name='listener', context=contextvars.Context())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STARTS_WITHIN):
                await self._listening.wait()

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        delay = FIRST_RETRY
        while True:
            try:
                await self._listen()
            except GONE as lost:
                log.warning('Not hearing of changes, trying again: %s: %s', type(lost).__name__, lost)
            except Exception:  # whatever it is: a program that has become deaf would show yesterday's state for ever
                log.exception('Not hearing of changes, trying again')
            delay = FIRST_RETRY if self._listening.is_set() else min(delay * 2, LAST_RETRY)
            self._listening.clear()
            self._interrupted(True)
            await asyncio.sleep(delay)

    async def _listen(self) -> None:
        settings = {'application_name': 'portal listener'}
        connection = await asyncpg.connect(dsn_of(self._url), timeout=5, server_settings=settings)
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(CHANNEL, self._told)
            self._interrupted(False)  # only now: what was committed meanwhile is either heard or loaded
            self._listening.set()
            while not lost.is_set():
                try:
                    # Not `wait_for`: until Python 3.12 it forgets who stops us in the moment in which this comes true.
                    async with asyncio.timeout(HEARTBEAT):
                        await lost.wait()
                except TimeoutError:
                    await connection.fetchval('select 1', timeout=HEARTBEAT)
        finally:
            connection.terminate()

    def _told(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            change = Change.read(str(payload))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.exception('A notification that cannot be read: %s', payload)
            self._interrupted(False)
        else:
            self._hear(change)
