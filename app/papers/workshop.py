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

from app.papers.worker import received, sent

ROOT = Path(__file__).parents[2]
LONGEST = 25.0  # seconds for one paper; a worker that takes longer is stuck, and a transaction may not idle for 30
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
        process = self._ready()
        late = threading.Event()
        stuck = threading.Timer(LONGEST, _stop, (process, late))
        stuck.daemon = True
        stuck.start()
        try:
            sent(cast(BinaryIO, process.stdin), order)
            answer = received(cast(BinaryIO, process.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise _Gone(f'the worker has gone ({error})') from error
        finally:
            stuck.cancel()
        if late.is_set():
            raise NotSet(f'it took longer than {LONGEST:.0f} s')
        if answer is None:
            raise _Gone(f'the worker ended ({process.wait()})')
        return cast(tuple[bool, Any], answer)

    def close(self) -> None:
        if process := self._process:
            process.kill()
            process.communicate()
            self._process = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self.close()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {'PYTHONPATH': str(ROOT), 'PYTHONDONTWRITEBYTECODE': '1'}
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'app.papers.worker'],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the program; the worker goes with it
        )
        return self._process


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


_one = Workshop()
_thread = ThreadPoolExecutor(1, thread_name_prefix='papers')
atexit.register(_one.close)
