"""A Tortoise engine whose transactions give their connection back even when they are cancelled or the server dies."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import TransactionManagementError

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds to wait for a free connection; without a limit one stuck page would hang all others for ever."""

_numbers = itertools.count(1)
# The last is the driver's word when the server's farewell and the next statement cross each other.
GONE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Client(AsyncpgDBClient):
    """The pool of connections to one database, told by its whole address."""

    def __init__(self, dsn: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._dsn = dsn

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        # The driver reads the address itself (sockets, several hosts, TLS); Tortoise's own parts would override it.
        for part in ('host', 'port', 'user', 'password', 'database'):
            kwargs.pop(part, None)
        logging.getLogger('asyncpg.pool').addFilter(_in_one_sentence)
        return await asyncpg.create_pool(self._dsn, **kwargs)

    def acquire_connection(self) -> ConnectionWrapper[Any] | PoolConnectionWrapper[Any]:
        return _Borrowed(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Inside(self), self._pool_init_lock)


class _Borrowed(PoolConnectionWrapper[Any]):
    """One connection for one statement."""

    __slots__ = ()

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.connection = await self.client._pool.acquire(timeout=PATIENCE)
        return self.connection


class _Inside(TransactionWrapper):
    """What the statements of an open transaction run on.

    A task born inside a transaction keeps this in its context after the end; from then on it uses the pool.
    Plain words instead of the driver's transaction object, which loses count when it is cancelled between them.
    """

    def acquire_connection(self) -> Any:
        return self._parent.acquire_connection() if self._finalized else super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        return self._parent._in_transaction() if self._finalized else _Savepoint(_Inside(self))

    async def begin(self) -> None:
        await self._connection.execute('begin')

    @translate_exceptions
    async def commit(self) -> None:
        said = await self._connection.execute('commit')
        self._finalized = True
        if said != 'COMMIT':
            # An error inside was caught and forgotten: PostgreSQL then answers a commit with a silent rollback.
            raise TransactionManagementError('Nothing was kept: a statement of this transaction had failed before')

    async def rollback(self) -> None:
        await self._connection.execute('rollback')
        self._finalized = True

    async def savepoint(self) -> None:
        self._name = f'inner_{next(_numbers)}'
        await self._connection.execute(f'savepoint {self._name}')

    @translate_exceptions
    async def release_savepoint(self) -> None:
        await self._connection.execute(f'release savepoint {self._name}')
        self._finalized = True

    async def savepoint_rollback(self) -> None:
        await self._connection.execute(f'rollback to savepoint {self._name}; release savepoint {self._name}')
        self._finalized = True


class _Savepoint(NestedTransactionContext):
    """A transaction within a transaction."""

    __slots__ = ()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if exc_val is None:
            await self.client.release_savepoint()
        else:
            await _undo(self.client.savepoint_rollback)


class _Transaction(TransactionContextPooled):
    """Stock Tortoise leaks the connection of a task cancelled at the door, and stays in a dead server's transaction."""

    __slots__ = ()
    token: ConnectionToken

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        self.client._connection = await pool.acquire(timeout=PATIENCE)
        try:
            await self.client.begin()
        except BaseException:
            self.client._finalized = True
            await asyncio.shield(_tidy_up(pool, self.client._connection))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        pool = self.client._parent._pool
        ended = False
        try:
            if exc_val is None:
                await self.client.commit()
            else:
                await _undo(self.client.rollback)
            ended = self.client._finalized
        finally:
            self.client._finalized = True
            get_connections().reset(self.token)
            connection = self.client._connection
            # Shielded: a second cancellation must not keep the connection.
            await asyncio.shield(pool.release(connection) if ended else _tidy_up(pool, connection))


def _in_one_sentence(record: logging.LogRecord) -> bool:
    """The pool tells of each connection that it cannot replace with a traceback: too much for a mere restart."""
    if record.exc_info:
        record.msg, record.args = 'The database takes no new connections, trying again: %s', (record.exc_info[1],)
        record.exc_info = None
    return True


async def _undo(rollback: Callable[[], Awaitable[None]]) -> None:
    """Roll back so that the error which caused it stays the one that is seen."""
    try:
        await rollback()
    except GONE as gone:
        log.warning('The transaction ended with its connection: %s', gone)


async def _tidy_up(pool: Any, connection: Any) -> None:
    """Give back a connection of which nobody knows how far it got; a dead one has left the pool by itself."""
    try:
        with contextlib.suppress(*GONE):
            # Cancelled between the word and the answer: only after an answer is it known what the server has begun.
            await connection.execute('select', timeout=PATIENCE)
        with contextlib.suppress(*GONE):
            if connection.is_in_transaction():
                await connection.execute('rollback', timeout=PATIENCE)
    finally:
        await pool.release(connection)


client_class = Client
