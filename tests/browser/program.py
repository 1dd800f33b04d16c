"""The real program in a process of its own, as an operator starts it, and the database it works on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from app.database import connect, disconnect
from tests.cluster import Loop

ROOT = Path(__file__).parents[2]
SECRET = 'a secret that is only used in tests, never else'  # that of tests.world, too
PATIENCE = 60  # seconds for a start on a machine that is busy with other things

T = TypeVar('T')


class Program:
    """`main.py serve` on a free port; it can be stopped, killed and started again under the same address."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.database_url = database_url
        self._environment = environment
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = folder / f'program-{self.port}.log'
        self._data = folder / f'data-{self.port}'
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Program:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(('PYTEST_', 'NICEGUI_'))
        } | {
            'HOST': '127.0.0.1',
            'PORT': str(self.port),
            'PUBLIC_URL': self.url,
            'DATABASE_URL': self.database_url,
            'DATA_DIR': str(self._data),
            'APP_SECRET': SECRET,
            **self._environment,
        }
        self._data.mkdir(exist_ok=True)
        with self.log.open('ab') as log:
            self._process = subprocess.Popen(
                [sys.executable, 'main.py', 'serve'], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._wait_until_open()
        return self

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As when the machine takes it away: nothing is told to anybody."""
        self._end(signal.SIGKILL)

    def complaints(self) -> list[str]:
        """What the program wrote down as an error; not whom its server had to cut off when it was stopped."""
        lines = self.log.read_text(encoding='utf-8', errors='replace').splitlines()
        own = [line for line in lines if ' uvicorn.error: ' not in line]
        return [line for line in own if 'Traceback' in line or ' ERROR ' in line or ' CRITICAL ' in line]

    def _wait_until_open(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f'{self.url}/healthz', timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise AssertionError(f'The program did not open:\n{self.log.read_text(encoding="utf-8")}')

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Backstage:
    """Whoever changes records without a browser: by the verbs, as another process on the same database, or in psql."""

    def __init__(self, database_url: str, *, as_owner: bool = False) -> None:
        self.database_url = database_url
        self._as_owner = as_owner
        self._loop = _loop()  # one for all: what Tortoise opened in one loop, it can close in no other

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Await this in the loop of the tests' own thread, connected to the database."""
        return self._loop.run(self._connected(work))

    def psql(self, statement: str, *arguments: object) -> str:
        """Somebody who knows nothing of this program."""
        return self._loop.run(self._psql(statement, *arguments))

    def leave(self) -> None:
        self._loop.run(disconnect())

    async def _connected(self, work: Coroutine[Any, Any, T]) -> T:
        await connect(self.database_url, as_owner=self._as_owner)
        return await work

    async def _psql(self, statement: str, *arguments: object) -> str:
        connection = await asyncpg.connect(self.database_url)
        try:
            return str(await connection.execute(statement, *arguments))
        finally:
            await connection.close()


@cache
def _loop() -> Loop:
    return Loop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])
