"""What staff are told of a file on the command line: is it a paper of this house, and does its seal hold?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.database import connect, disconnect
from app.health import must_be_up_to_date
from app.seal_key import name_in
from app.settings import Unable
from app.verify import Judgement, Reading, SealFound, SealState, Verdict, judge, seal_on
from models import Seal

CODES = {Verdict.GENUINE: 0, Verdict.ALTERED: 1, Verdict.UNKNOWN: 2}


class NoFile(Unable):
    """The file cannot be read."""


async def examine(file: Path, url: str) -> tuple[int, list[str]]:
    """The exit code (0 genuine, 1 altered, 2 unknown) and what to tell. Raises NoFile, NotUpToDate."""
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise NoFile(f'{file} cannot be read ({error.strerror}).') from error
    reading = Reading()
    reading.add(content)
    seal = await asyncio.to_thread(seal_on, content) if reading.is_pdf else SealFound(SealState.NONE)
    await connect(url)
    try:
        await must_be_up_to_date()
        judged = await judge(reading.ids, reading.fingerprint)
        ours = bool(seal.certificate) and await Seal.knows(seal.certificate)
    finally:
        await disconnect()
    code = max(CODES[judged.verdict], 1 if seal.state is SealState.BROKEN else 0)
    return code, [_of_file(judged), _of_seal(seal, ours), f'SHA-256 {reading.fingerprint}']


def _of_file(judged: Judgement) -> str:
    paper = judged.paper
    if paper is None:
        return 'Unknown: no paper of this house has this fingerprint, or an id that stands in this file.'
    named = f'{paper.kind} {paper.number} of {paper.issued_on}'
    if paper.cancelled_at:
        named += f', which was cancelled on {paper.cancelled_at:%Y-%m-%d}'
    if judged.verdict is Verdict.GENUINE:
        return f'Genuine: {named}, byte for byte as it was issued.'
    return f'Altered: it carries the id of {named}, but is not the file that was issued.'


def _of_seal(seal: SealFound, ours: bool) -> str:
    if seal.state is SealState.NONE:
        return 'There is no seal on it; of our papers only signed quotes are sealed.'
    if seal.state is SealState.BROKEN:
        return 'The seal on it is broken: the file was changed after it was sealed.'
    whose = 'made by this house' if ours else 'which this house never used'
    return f'The seal on it, of {name_in(seal.certificate)} and {whose}, is intact and covers the whole file.'
