"""The worker process that sets papers, started at the first order: the event loop never waits for a paper."""

from __future__ import annotations

import asyncio
import atexit
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.papers.worker import READY, received, sent

ROOT = Path(__file__).parents[2]
LONGEST = 25.0  # seconds for one paper; a worker that takes longer is stuck, and a transaction may not idle for 30
LONGEST_START = 120.0  # seconds until it takes its first order, where a machine has much else to do
# What a process needs of the environment; keys and passwords are not for it.
PASSED_ON = (
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TMPDIR',
    'TEMP',
    'SYSTEMROOT',
    'SSL_CERT_FILE',
    'HTTPS_PROXY',
    'NO_PROXY',
)


class NotSet(Exception):
    """A paper could not be set; says why, for the log."""


async def begin() -> None:
    """Have a worker that takes orders, which needs seconds: before a transaction that waits for it. Raises NotSet."""
    if not _one.takes_orders:
        await asyncio.get_running_loop().run_in_executor(_thread, _one.begin)


async def render_apart(kind: str, frozen: dict[str, Any], **more: Any) -> bytes:
    """`press.render` in the worker process. Raises NotSet."""
    return await asyncio.get_running_loop().run_in_executor(_thread, _one.work, 'paper', (kind, frozen), more)


async def draw_apart(strokes: list[Any]) -> bytes:
    """`strokes.picture` in the worker process. Raises NotSet."""
    return await asyncio.get_running_loop().run_in_executor(_thread, _one.work, 'picture', (strokes,), {})


class _Gone(Exception):
    """The worker is not there any more."""


class Workshop:
    """One worker at a time, used from one thread; it ends by itself when it was idle for long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def takes_orders(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def begin(self) -> None:
        """Start the worker unless it is there. Raises NotSet."""
        try:
            self._ready()
        except _Gone as gone:
            raise NotSet(str(gone)) from gone

    def work(self, craft: str, what: tuple[Any, ...], more: dict[str, Any]) -> bytes:
        """What the worker makes by this craft of `what`. Raises NotSet."""
        try:
            done, result = self._ask((craft, what, more))
        except _Gone:  # it may have gone to rest this very moment
            try:
                done, result = self._ask((craft, what, more))
            except _Gone as gone:
                raise NotSet(str(gone)) from gone
        if not done:
            raise NotSet(result)
        return cast(bytes, result)

    def _ask(self, order: object) -> tuple[bool, Any]:
        try:
            return cast(tuple[bool, Any], self._answer(self._ready(), LONGEST, order))
        except _Gone:
            self.close()
            raise

    def _answer(self, process: subprocess.Popen[bytes], within: float, order: object = None) -> object:
        """What the worker says to an order, or by itself when it is ready. Raises NotSet, _Gone."""
        late = threading.Event()
        stuck = threading.Timer(within, _stop, (process, late))
        stuck.daemon = True
        stuck.start()
        try:
            if order is not None:
                sent(cast(BinaryIO, process.stdin), order)
            answer = received(cast(BinaryIO, process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise _Gone(f'the worker has gone ({error})') from error
        finally:
            stuck.cancel()
        if late.is_set():
            raise NotSet(f'it took longer than {within:.0f} s')
        if answer is None:
            raise _Gone(f'the worker ended ({process.wait()})')
        return answer

    def close(self) -> None:
        if process := self._process:
            self._process = None
            _end(process)

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self.close()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {'PYTHONPATH': str(ROOT), 'PYTHONDONTWRITEBYTECODE': '1'}
        process = subprocess.Popen(
            [sys.executable, '-m', 'app.papers.worker'],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the program; the worker goes with it
        )
        try:
            if self._answer(process, LONGEST_START) != READY:
                raise _Gone('the worker says something else than that it is ready')
        except BaseException:
            _end(process)
            raise
        self._process = process
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


_one = Workshop()
_thread = ThreadPoolExecutor(1, thread_name_prefix='papers')
atexit.register(_one.close)
