"""A PostgreSQL server of the tests' own, and a fresh migrated database for every test that asks for one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil

from app.database import migrate
from app.postgres_place import account_for, find_programs, place_programs

T = TypeVar('T')

PATIENCE = 900  # seconds: furnishing a whole house takes two minutes where others have much to do too

HASTY = '-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off'
"""A server whose data nobody will miss; the tests of crashes run theirs without this."""


class Loop:
    """An event loop in a thread: a browser test has one running already, in which nothing can be awaited."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name='database of the tests').start()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result(timeout=PATIENCE)


class Cluster:
    """One server in a temporary folder, reached over a socket in it, without passwords."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='portal-test-', dir='/tmp' if durable else _quick_place()))
        self.folder.chmod(0o711)
        self._cluster = self.folder / 'data'
        self._cluster.mkdir(mode=0o700)
        self._account = account_for(self._cluster)
        for place in (self.folder, self._cluster):
            self._account.own(place)
        self._programs = place_programs(find_programs(), self._account)
        self._settings = '' if durable else HASTY
        locale = ['--locale-provider=builtin'] if self._programs.version >= 17 else []
        self._run('initdb', '-U', 'postgres', '-E', 'UTF8', *locale, '--locale=C.UTF-8', '-A', 'trust', '--no-sync')

    def url(self, database: str = 'postgres') -> str:
        return f'postgres://postgres@/{database}?host={self.folder}'

    def start(self) -> None:
        place = f"-k '{self.folder}' -c listen_addresses= -c max_connections=200 -c max_wal_size=4GB"
        self._run('pg_ctl', '-w', '-l', str(self.folder / 'log'), '-o', f'{place} {self._settings}', 'start')

    def stop(self, mode: str = 'fast') -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it may be down already
            self._run('pg_ctl', '-w', '-m', mode, 'stop')

    def kill(self) -> None:
        """End the server and all that serve for it at one blow."""
        first = psutil.Process(int((self._cluster / 'postmaster.pid').read_text().splitlines()[0]))
        victims = [first, *first.children()]
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        psutil.wait_procs(victims, timeout=5)
        # Where nobody reaps the dead, the next server would take the dead one for alive.
        (self._cluster / 'postmaster.pid').unlink()

    def remove(self) -> None:
        self.stop('immediate')
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs[program], '-D', str(self._cluster), *arguments],
            check=True,
            cwd='/',
            env={'PATH': os.defpath, 'LC_ALL': 'C', 'TZ': 'UTC'},
            stdout=subprocess.DEVNULL,
            **self._account.as_user(),
        )


class Databases:
    """Copies of one migrated database; the next copy is made while a test still works with the last."""

    TEMPLATE = 'furnished'

    def __init__(self, cluster: Cluster, loop: Loop) -> None:
        self._cluster, self._loop = cluster, loop
        self._numbers = itertools.count(1)
        self._server: asyncpg.Connection = loop.run(asyncpg.connect(cluster.url()))
        self._one_at_a_time = asyncio.Lock()
        loop.run(self._server.execute(f'create database {self.TEMPLATE}'))
        loop.run(migrate(cluster.url(self.TEMPLATE)))
        self._next = loop.start(self._copy())

    def take(self) -> str:
        name = self._next.result(timeout=PATIENCE)
        self._next = self._loop.start(self._copy())
        return self._cluster.url(name)

    def drop(self, url: str) -> None:
        name = url.partition('@/')[2].partition('?')[0]
        self._loop.start(self._run(f'drop database {name} with (force)'))

    async def _copy(self) -> str:
        name = f'test_{next(self._numbers)}'
        await self._run(f'create database {name} template {self.TEMPLATE} strategy file_copy')
        return name

    async def _run(self, statement: str) -> None:
        async with self._one_at_a_time:
            await self._server.execute(statement)


def _quick_place() -> str:
    """Memory, where there is enough of it: a copy of a database is two hundred files."""
    memory = Path('/dev/shm')
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30 else '/tmp'
