"""What a proxy or a supervisor asks: is the process up, and may it be sent visitors?"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import asyncpg
from fastapi.responses import JSONResponse
from nicegui import app as server
from tortoise.connection import get_connection

from app.settings import Unable

STEPS = Path(__file__).parent.parent / 'models' / 'migrations'
PATIENCE = 2.0
# These say by themselves that it was away, or had no room, though that may be over meanwhile: the last two when the
# connection is lost already, and when its farewell was read and its end was not.
AWAY = (
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def answer_health() -> None:
    """Register both answers; neither tells anything about the firm."""
    server.get('/healthz', include_in_schema=False)(healthz)
    server.get('/readyz', include_in_schema=False)(readyz)


async def healthz() -> JSONResponse:
    return JSONResponse({'status': 'up'}, headers=_FRESH)


async def readyz() -> JSONResponse:
    try:
        missing = await asyncio.wait_for(missing_migrations(), PATIENCE)
    except Exception as error:  # whatever it is, no visitor should be sent here
        return _not_ready('the database does not answer', type(error).__name__)
    if missing:
        return _not_ready('the database is not up to date', ', '.join(missing))
    return JSONResponse({'status': 'ready'}, headers=_FRESH)


async def for_want_of_the_database(error: Exception) -> bool:
    """Whether something failed because the database is away, or for something else."""
    if isinstance(error, AWAY):
        return True
    try:
        await asyncio.wait_for(get_connection('default').execute_query('select 1'), PATIENCE)
    except Exception:
        return True
    return False


async def complain(of: str, error: Exception, log: logging.Logger) -> None:
    """Into the log: in a line where it was for want of the database, else with all that helps to find the fault."""
    if await for_want_of_the_database(error):
        log.warning('%s: the database is away (%s)', of, error)
    else:
        log.error(of, exc_info=error)


async def missing_migrations() -> list[str]:
    """Steps of this program that the database has not taken. It may be further on: a newer program is being started."""
    [known] = await get_connection('default').execute_query_dict("select to_regclass('tortoise_migrations') as here")
    taken = 'select name from tortoise_migrations'
    rows = await get_connection('default').execute_query_dict(taken) if known['here'] else []
    return sorted(all_migrations() - {row['name'] for row in rows})


def all_migrations() -> set[str]:
    """The steps that this program knows."""
    return {path.stem for path in STEPS.glob('[0-9]*.py')}


class NotUpToDate(Unable):
    """The database was made by an older version of this program."""


async def must_be_up_to_date() -> None:
    """Raises NotUpToDate, with what is to be done."""
    missing = await missing_migrations()
    if {*missing} == all_migrations():
        raise NotUpToDate('The database is empty: start the program on it first.')
    if missing:
        raise NotUpToDate(f'The database lacks {", ".join(missing)}: start the program on it first.')


def _not_ready(why: str, detail: str) -> JSONResponse:
    return JSONResponse({'status': 'not ready', 'why': why, 'detail': detail}, status_code=503, headers=_FRESH)


_FRESH = {'cache-control': 'no-store'}
