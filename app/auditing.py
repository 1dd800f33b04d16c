"""Seals what happened every few minutes, and tells on the command line whether it still is as it was written."""

from __future__ import annotations

import logging
from datetime import datetime

from app.database import connect, disconnect
from app.health import must_be_up_to_date
from app.settings import settings
from models import Audit, AuditSeal

log = logging.getLogger('audit')
# Whatever LOG_LEVEL says: who can rewrite the database can make new seals, but not in a log that lies elsewhere.
log.setLevel(logging.INFO)


async def seal_what_happened() -> None:
    # A demo's past is moved with every day, and its terminal is for people who look at it for the first time.
    if (seal := await AuditSeal.add()) and not settings().demo:
        log.info('Seal %d covers %d rows up to %s: %s', seal.number, seal.rows, seal.last_id, seal.sha256.hex())


async def look_through(url: str) -> tuple[int, list[str]]:
    """The exit code (0 as it was written, 1 not) and what to tell. Raises NotUpToDate."""
    await connect(url)
    try:
        await must_be_up_to_date()
        audit = await AuditSeal.look_through()
    finally:
        await disconnect()
    return (0, _of_whole(audit)) if audit.whole else (1, _of_broken(audit))


def _of_whole(audit: Audit) -> list[str]:
    seals = 'seal' if audit.seals == 1 else 'seals'
    told = [f'{audit.rows:,} rows in {audit.seals:,} {seals} are as they were written.']
    if last := audit.last:
        told.append(f'The log must have the last of them, too: seal {_named(last)}, {bytes(last.sha256).hex()}.')
    return told


def _of_broken(audit: Audit) -> list[str]:
    told = [
        f'Seal {gap[0]} is missing.' if len(gap) == 1 else f'Seals {gap[0]} to {gap[-1]} are missing.'
        for gap in audit.missing
    ]
    told += [
        f'Seal {_named(seal)} is broken: of the rows from {seal.first_id} ({_moment(seal.first_at)}) to'
        f' {seal.last_id} ({_moment(seal.last_at)}) something was changed, removed or added;'
        f' {seal.rows:,} were sealed, {found:,} are there.'
        for seal, found in audit.broken
    ]
    told += [
        f'Row {late.id} ({_moment(late.at)}) was added after seal {_named(late.after)}, long after the moment it names.'
        for late in audit.late
    ]
    return told


def _named(seal: AuditSeal) -> str:
    return f'{seal.number} of {_moment(seal.created_at)}'


def _moment(at: datetime) -> str:
    return f'{at:%d %b %Y %H:%M:%S} UTC'
