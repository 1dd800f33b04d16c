"""Connects to the database, brings its tables up to date, and works there with no more rights than it needs."""

import logging
from functools import partial
from typing import Any

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext, get_current_context
from tortoise.exceptions import BaseORMException
from tortoise.migrations import operations
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget, PlanStep
from tortoise.migrations.migration import Migration
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.transactions import in_transaction

log = logging.getLogger(__name__)

CLERK = 'portal_clerk'
"""The database role of the running application: it may add to the record of what happened, and not rewrite it."""

APPEND_ONLY = ('activity', 'audit_seal', 'portal_visit')
_MIGRATING = 0x706F7274616C  # the advisory lock of those who migrate: "portal"
_LIMITS = {
    'lock_timeout': '8s',
    'statement_timeout': '12s',
    'idle_in_transaction_session_timeout': '30s',
}


class Address(str):
    """Where the database is; its password stays out of logs."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Address('…')"


def tortoise_config(url: str, *, role: str | None = None, patient: bool = False) -> dict[str, Any]:
    """How Tortoise reaches the database at `url`; `patient` lifts the limits, for migrations and the like."""
    settings = {'application_name': 'portal', 'timezone': 'UTC', 'jit': 'off'} | ({} if patient else _LIMITS)
    credentials = {
        'dsn': dsn_of(url),
        'minsize': 1 if patient else 2,
        'maxsize': 2 if patient else 10,
        'command_timeout': None if patient else 15,
        'server_settings': settings | ({'role': role} if role else {}),
    }
    return {
        'connections': {'default': {'engine': 'app.pg_engine', 'credentials': credentials}},
        'apps': {'models': {'models': ['models'], 'default_connection': 'default', 'migrations': 'models.migrations'}},
        'use_tz': True,
        'timezone': 'UTC',
    }


def dsn_of(url: str) -> Address:
    """The address as PostgreSQL's driver reads it, over TCP or a socket (`postgres://user@/db?host=/folder`)."""
    scheme, separator, rest = url.partition('://')
    if not separator or scheme not in {'postgres', 'postgresql', 'asyncpg'}:
        raise ValueError('The database address must begin with postgres://')
    return Address(f'postgres://{rest}')


async def migrate(url: str) -> None:
    """Bring the tables up to date, all steps or none; whoever comes second waits and finds nothing left to do."""
    config = tortoise_config(url, patient=True)
    async with TortoiseContext() as context:
        await context.init(config=config)
        async with in_transaction() as transaction:
            await transaction.execute_query('select pg_advisory_xact_lock($1)', [_MIGRATING])
            await transaction.execute_script("set local client_min_messages = 'warning'")
            # One transaction around steps and their bookkeeping: killed between the two, no start would succeed again.
            executor = _Executor(transaction, config['apps'])
            await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
            latest = [MigrationTarget(app_label=label, name='__latest__') for label in config['apps']]
            await executor.migrate(latest, direction='forward')
            await _admit_clerk(transaction)


async def connect(url: str, *, as_owner: bool = False) -> None:
    """Open the pool for every task of this program; connecting again to what is open changes nothing.

    The owner of the tables may rewrite even what is append-only: for restoring and furnishing, never for serving.
    """
    config = tortoise_config(url, role=None if as_owner else await _role_at(url))
    if (opened := get_current_context()) is not None:
        if opened.connections.db_config == config['connections']:
            return
        await opened.close_connections()
    with TortoiseContext() as context:
        # Pages run in tasks which know nothing of the one that connects, so the context becomes everybody's.
        await context.init(config=config, _enable_global_fallback=True)
    await get_connection('default').execute_query('select 1')


async def disconnect() -> None:
    """Close the pool."""
    if (opened := get_current_context()) is not None:
        await opened.close_connections()


class _Executor(MigrationExecutor):
    """Before every step the framework copies all it knows of all tables, which takes longer than all steps together.
    Only steps that change or take away need to know what was before.
    """

    FORWARD_ONLY = (operations.CreateModel, operations.AddField, operations.AlterModelOptions, operations.RunSQL)

    def _migration_plan(self, *asked: Any) -> list[PlanStep]:
        plan = super()._migration_plan(*asked)
        for step in plan:
            if not step.backward and all(isinstance(one, self.FORWARD_ONLY) for one in step.migration.operations):
                vars(step.migration)['apply'] = partial(_applied, step.migration)
        return plan


async def _applied(
    migration: Migration, state: State, *, dry_run: bool = False, schema_editor: BaseSchemaEditor | None = None
) -> State:
    for operation in migration.operations:
        operation.state_forward(migration.app_label, state)
        if schema_editor and not dry_run:
            await operation.database_forward(migration.app_label, state, state, schema_editor)
    state.validate_relations_initialized()
    return state


async def _admit_clerk(transaction: BaseDBAsyncClient) -> None:
    """Give the application's role what it needs; it is all that stands between a bug and a rewritten past."""
    try:
        async with in_transaction():
            await transaction.execute_script(_CLERK_EXISTS)
    except (asyncpg.PostgresError, BaseORMException) as error:
        log.warning('No role of its own for the application, triggers alone guard the records: %s', error)
        return
    await transaction.execute_script(_CLERK_MAY)


async def _role_at(url: str) -> str | None:
    connection = await asyncpg.connect(dsn_of(url), timeout=10)
    try:
        await connection.execute(f'set role {CLERK}')
    except asyncpg.PostgresError:
        return None
    else:
        return CLERK
    finally:
        await connection.close()


_CLERK_EXISTS = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{CLERK}') then
    create role {CLERK} nologin;
  end if;
  -- since version 16 who makes a role may hand it on and is its member, and still may not take it on
  if not pg_has_role(current_user, '{CLERK}', case when current_setting('server_version_num')::int >= 160000
                                              then 'set' else 'member' end) then
    grant {CLERK} to current_user;
  end if;
end $$;
"""

_CLERK_MAY = f"""
grant usage on schema public to {CLERK};
grant select, insert, update, delete on all tables in schema public to {CLERK};
grant usage, select on all sequences in schema public to {CLERK};
revoke insert, update, delete on tortoise_migrations from {CLERK};
{' '.join(f'revoke update, delete on {table} from {CLERK};' for table in APPEND_ONLY)}
"""
