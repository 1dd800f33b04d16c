"""Whether the database can be reached, and where it cannot, one sentence that says which and why."""

from __future__ import annotations

import socket

import asyncpg

from app.addresses import whereabouts
from app.database import dsn_of
from app.postgres_place import NoServer

SOCKET = 'host=/'  # in the address of a database that is reached over a socket


async def must_answer(url: str) -> None:
    """Raises NoServer."""
    try:
        await (await asyncpg.connect(dsn_of(url), timeout=10)).close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        reason = _reason(error, over_a_socket=SOCKET in url)
        raise NoServer(f'The database at {whereabouts(url)} cannot be reached ({reason}).') from error


def _reason(error: Exception, *, over_a_socket: bool) -> str:
    known: dict[type[Exception], str] = {
        TimeoutError: 'no answer within 10 s',
        ConnectionRefusedError: 'nobody listens there',
        FileNotFoundError: 'nobody listens there' if over_a_socket else 'a file that its address names is not there',
        socket.gaierror: 'there is no such host',
    }
    if sentence := known.get(type(error)):
        return sentence
    return (getattr(error, 'strerror', None) or str(error) or type(error).__name__).splitlines()[0].rstrip('.')
