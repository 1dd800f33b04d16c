"""A Tortoise engine whose transactions give their connection back even when they are cancelled or the server dies."""

import asyncio
import logging
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
from tortoise.connection import ConnectionToken, get_connections

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds to wait for a free connection; without a limit one stuck page would hang all others for ever."""


class Client(AsyncpgDBClient):
    """The pool of connections to one database, told by its whole address."""

    def __init__(self, dsn: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._dsn = dsn

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        # The driver reads the address itself (sockets, several hosts, TLS); Tortoise's own parts would override it.
        for part in ('host', 'port', 'user', 'password', 'database'):
            kwargs.pop(part, None)
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
    """

    def acquire_connection(self) -> Any:
        return self._parent.acquire_connection() if self._finalized else super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        return self._parent._in_transaction() if self._finalized else _Savepoint(_Inside(self))


class _Savepoint(NestedTransactionContext):
    """A transaction within a transaction."""

    __slots__ = ()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await _finish(self.client, exc_val)


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
            await _give_back(pool, self.client._connection)
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        pool = self.client._parent._pool
        try:
            await _finish(self.client, exc_val)
        finally:
            self.client._finalized = True
            get_connections().reset(self.token)
            if pool:
                await _give_back(pool, self.client._connection)


async def _finish(client: TransactionalDBClient, error: BaseException | None) -> None:
    """Commit, or roll back so that the error which caused it stays the one that is seen."""
    if client._finalized:
        return
    if error is None:
        await client.commit()
        return
    try:
        await client.rollback()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as gone:
        log.warning('The transaction ended with its connection: %s', gone)


async def _give_back(pool: Any, connection: Any) -> None:
    # Shielded: a second cancellation must not keep the connection. The driver resets it on the way.
    await asyncio.shield(pool.release(connection))


client_class = Client
