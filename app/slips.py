"""Slips that customers hand in: read in a process of their own that may do little and is ended when it takes long."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from app.promptpay import Malformed, read_slip
from models import Refused, SlipEntry

LARGEST_FILE = 10_000_000  # bytes
LARGEST_ANSWER = 6_000_000  # bytes; what is drawn anew has at most 2,000 x 2,000 pixels
PATIENCE = 30.0  # seconds on a machine that is busy with other things
AT_ONCE = 2
ROOT = Path(__file__).parent.parent


async def slip_of(content: bytes) -> SlipEntry:
    """The slip as a fresh picture, and the transfer that it names if it names one.

    JPEG, PNG, HEIC, WebP or the first page of a PDF. Raises Refused: `slip_too_large`, `slip_unreadable`.
    """
    if len(content) > LARGEST_FILE:
        raise Refused('slip_too_large')
    async with _turn():
        answer = await _read_apart(content)
    code, _, picture = answer.partition(b'\n')
    if not picture.startswith(b'\xff\xd8\xff'):
        raise Refused('slip_unreadable')
    bank, reference = _transfer(code.decode('utf-8', 'replace'))
    return SlipEntry(picture, bank, reference)


def _transfer(code: str) -> tuple[str, str]:
    """Bank and reference of the mini-QR, in letters and digits as every bank writes them."""
    try:
        slip = read_slip(code)
    except Malformed:
        return '', ''
    return slip.bank[:20], slip.reference[:60]


async def _read_apart(content: bytes) -> bytes:
    """What the reading process answers: a line with the code, then the picture; nothing when it gave up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        '-B',  # it may write no file, not even what Python keeps of its own
        '-m',
        'app.slip_reader',
        cwd=ROOT,
        # Neither secrets nor the database's address are of any use to it.
        env={'PATH': os.environ.get('PATH', ''), 'SYSTEMROOT': os.environ.get('SYSTEMROOT', ''), 'LANG': 'C.UTF-8'},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer = await asyncio.wait_for(_conversation(process, content), PATIENCE)
    except (TimeoutError, BrokenPipeError, ConnectionResetError):
        answer = b''
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer if process.returncode == 0 else b''


async def _conversation(process: asyncio.subprocess.Process, content: bytes) -> bytes:
    """Hand the file in and hear the answer at once: who was tricked may answer before, or without end."""
    assert process.stdin and process.stdout
    process.stdin.write(content)
    process.stdin.close()
    try:
        await process.stdout.readexactly(LARGEST_ANSWER + 1)
    except asyncio.IncompleteReadError as ended:
        await process.wait()
        return ended.partial
    return b''


def _turn() -> asyncio.Semaphore:
    """A few at once; each loop has its own, since a semaphore belongs to the loop in which it was waited for."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns.clear()
        _turns[loop] = asyncio.Semaphore(AT_ONCE)
    return _turns[loop]


_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
