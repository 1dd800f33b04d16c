"""The database is connected to, migrated and left in order, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from app.database import APPEND_ONLY, connect, disconnect, dsn_of, migrate, tortoise_config
from app.pg_engine import GONE
from tests.cluster import Cluster
from tests.conftest import Program, Psql

PATIENCE = 30.0  # seconds, on a machine that is busy with other tests
MIGRATE = 'import asyncio, os; from app.database import migrate; asyncio.run(migrate(os.environ["DATABASE_URL"]))'
HOLD = """
create function hold() returns event_trigger language plpgsql as $$ begin perform pg_sleep(60); end $$;
create event trigger hold on ddl_command_end when tag in ('CREATE TRIGGER') execute function hold();
"""


class Heard(logging.Handler):
    """Waits for something to be logged."""

    def __init__(self) -> None:
        super().__init__()
        self.something = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.something.set()


async def one() -> int:
    async with asyncio.timeout(PATIENCE):
        rows = await get_connection('default').execute_query_dict('select 1 as one')
    return int(rows[0]['one'])


def after_turns(turns: int, call: Callable[[], object]) -> None:
    """Call when the event loop has turned so often: with a clock, the short moments would hardly be met."""
    loop = asyncio.get_running_loop()
    loop.call_soon(*([after_turns, turns - 1, call] if turns else [call]))


async def all_can_be_inside(connections: int) -> None:
    """As many transactions at once as the pool has connections: one that leaked would be missed."""
    door = asyncio.Barrier(connections)

    async def enter() -> None:
        async with in_transaction():
            await door.wait()

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(enter() for _ in range(connections)))


async def test_hundreds_of_transactions_cancelled_at_every_turn_leave_the_pool_whole(
    db: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with in_transaction() as transaction, in_transaction():
            await transaction.execute_query('select 1')

    cancelled = 0
    for turn in range(300):
        task = asyncio.create_task(work())
        after_turns(turn % 25, task.cancel)
        await asyncio.gather(task, return_exceptions=True)
        cancelled += task.cancelled()
    assert cancelled > 100
    await all_can_be_inside(10)
    assert 'ERROR' not in caplog.text


async def test_a_crowd_cancelled_while_it_queues_for_connections_leaves_the_pool_whole(db: str) -> None:
    inside = asyncio.Event()

    async def stay() -> None:
        async with in_transaction():
            inside.set()
            await asyncio.Event().wait()

    crowd = [asyncio.create_task(stay()) for _ in range(30)]
    await inside.wait()
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    await all_can_be_inside(10)


async def test_a_task_born_in_a_transaction_works_on_its_own_after_the_end(db: str, psql: Psql) -> None:
    await psql('create table note (text text); grant all on note to portal_clerk')
    over = asyncio.Event()

    async def late() -> None:
        await over.wait()
        async with in_transaction() as transaction:
            await transaction.execute_query("insert into note values ('late')")
        await get_connection('default').execute_query("insert into note values ('later')")

    async with in_transaction():
        task = asyncio.create_task(late())
    with pytest.raises(RuntimeError):
        async with in_transaction() as transaction:
            await transaction.execute_query("insert into note values ('undone')")
            over.set()
            await task
            raise RuntimeError
    rows = await get_connection('default').execute_query_dict('select text from note order by text')
    assert [row['text'] for row in rows] == ['late', 'later']


async def test_an_inner_transaction_that_fails_leaves_the_outer_one_as_it_was(db: str, psql: Psql) -> None:
    await psql('create table note (text text); grant all on note to portal_clerk')
    async with in_transaction() as transaction:
        await transaction.execute_query("insert into note values ('outer')")
        with pytest.raises(OperationalError):
            async with in_transaction():
                await transaction.execute_query("insert into note values ('inner')")
                await transaction.execute_query('select nonsense')
    rows = await get_connection('default').execute_query_dict('select text from note')
    assert [row['text'] for row in rows] == ['outer']


async def test_a_transaction_that_swallowed_an_error_does_not_claim_to_be_kept(db: str) -> None:
    with pytest.raises(TransactionManagementError, match='Nothing was kept'):
        async with in_transaction() as transaction:
            with pytest.raises(OperationalError):
                await transaction.execute_query('select nonsense')
    assert await one() == 1


async def test_a_rule_that_is_checked_at_the_commit_refuses_like_any_other(db: str, psql: Psql) -> None:
    await psql('create table pair (id int primary key, other int references pair deferrable initially deferred);'
               ' grant all on pair to portal_clerk')  # fmt: skip
    with pytest.raises(IntegrityError):
        async with in_transaction() as transaction:
            await transaction.execute_query('insert into pair values (1, 2)')
    assert await one() == 1


async def test_a_transaction_whose_server_dies_tells_its_own_error_and_does_not_poison_its_task(
    db: str, psql: Psql
) -> None:
    class Mine(Exception):
        pass

    with pytest.raises(Mine):
        async with in_transaction() as transaction:
            [row] = await transaction.execute_query_dict('select pg_backend_pid() as pid')
            await psql(f'select pg_terminate_backend({row["pid"]})')
            with pytest.raises(GONE):
                await transaction.execute_query('select 1')
            raise Mine
    for _ in range(12):
        async with in_transaction():
            assert await one() == 1


async def test_a_database_that_takes_no_connections_is_told_of_in_one_sentence(
    cluster: Cluster, db: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = db.split('@/')[1].split('?', maxsplit=1)[0]
    pool, heard = logging.getLogger('asyncpg.pool'), Heard()
    pool.addHandler(heard)
    server = await asyncpg.connect(cluster.url())
    await server.execute(f'alter database {name} with allow_connections false')
    await server.execute('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', name)
    await asyncio.wait_for(heard.something.wait(), PATIENCE)
    pool.removeHandler(heard)
    await server.execute(f'alter database {name} with allow_connections true')
    await server.close()
    why = f'database "{name}" is not currently accepting connections'
    # However often it has tried by now.
    assert set(caplog.messages) == {f'The database takes no new connections, trying again: {why}'}
    assert 'Traceback' not in caplog.text


async def test_a_statement_does_not_wait_for_a_lock_for_ever(db: str) -> None:
    limits = await get_connection('default').execute_query_dict(
        "select name, setting::int as value from pg_settings where name like '%_timeout' and setting::int > 0"
    )
    limited = {row['name']: row['value'] for row in limits}
    assert limited['lock_timeout'] < limited['statement_timeout'] < 15_000
    assert limited['idle_in_transaction_session_timeout'] <= 30_000


async def test_migrating_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    async def steps() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(database_url)
        rows = await connection.fetch('select * from tortoise_migrations order by id')
        await connection.close()
        return list(rows)

    before = await steps()
    assert before
    await migrate(database_url)
    await migrate(database_url)
    assert await steps() == before


@pytest.fixture
async def empty_url(cluster: Cluster) -> AsyncIterator[str]:
    """A database in which nothing was ever made."""
    server = await asyncpg.connect(cluster.url())
    await server.execute('create database bare')
    yield cluster.url('bare')
    await server.execute('drop database bare with (force)')
    await server.close()


async def test_two_programs_that_migrate_at_once_both_find_it_done(empty_url: str, program: Program) -> None:
    source = f'import os; os.environ["DATABASE_URL"] = {empty_url!r}; {MIGRATE}'
    both = [await program(source) for _ in range(2)]
    ended = await asyncio.gather(*(running.communicate() for running in both))
    assert [running.returncode for running in both] == [0, 0], ended
    await connect(empty_url)
    assert await get_connection('default').execute_query('select * from tortoise_migrations')
    await disconnect()


async def test_a_migration_killed_half_way_starts_again_from_nothing(empty_url: str, program: Program) -> None:
    # Held up at its last step by a lock, then killed: what it did until then must not stand in the way of the next.
    holder = await asyncpg.connect(empty_url)
    await holder.execute(HOLD)
    running = await program(f'import os; os.environ["DATABASE_URL"] = {empty_url!r}; {MIGRATE}')
    asleep = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = 'bare'"
    async with asyncio.timeout(2 * PATIENCE):
        while not await holder.fetchval(asleep):
            await holder.execute('select pg_sleep(0.02)')
    running.kill()
    await running.wait()
    await holder.execute('select pg_terminate_backend(pid) from pg_stat_activity where wait_event = $1', 'PgSleep')
    await holder.execute('drop event trigger hold; drop function hold()')
    assert await holder.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    await holder.close()
    await migrate(empty_url)


async def test_the_program_may_add_to_the_record_of_what_happened_and_not_rewrite_it(db: str) -> None:
    for table in APPEND_ONLY:
        may = await get_connection('default').execute_query_dict(
            "select current_user as who, has_table_privilege($1, 'insert') as insert, has_table_privilege($1, 'select')"
            " as select, has_table_privilege($1, 'update') as update, has_table_privilege($1, 'delete') as delete,"
            " has_table_privilege($1, 'truncate') as truncate",
            [table],
        )
        assert may == [
            {'who': 'portal_clerk', 'insert': True, 'select': True, 'update': False, 'delete': False, 'truncate': False}
        ]


@pytest.mark.parametrize(('rights', 'works_as'), [('', 'ada'), ('createrole', 'portal_clerk')])
async def test_an_owner_without_all_rights_can_migrate_and_serve(rights: str, works_as: str) -> None:
    cluster = await asyncio.to_thread(Cluster)
    try:
        await asyncio.to_thread(cluster.start)
        server = await asyncpg.connect(cluster.url())
        await server.execute(f'create role ada login {rights}')
        await server.execute('create database hers owner ada')
        await server.close()
        url = cluster.url('hers').replace('postgres@', 'ada@')
        await migrate(url)
        await migrate(url)
        await connect(url)
        rows = await get_connection('default').execute_query_dict('select current_user as who, count(*) from customer')
        assert rows == [{'who': works_as, 'count': 0}]
        await disconnect()
    finally:
        await asyncio.to_thread(cluster.remove)


async def test_connecting_again_to_what_is_open_keeps_it_open(db: str) -> None:
    before = get_connection('default')
    await connect(db)
    assert get_connection('default') is before


async def test_connecting_to_nothing_fails_at_once() -> None:
    with pytest.raises(OSError):
        await connect('postgres://nobody@/nothing?host=/nowhere')


@pytest.mark.parametrize('scheme', ['postgres', 'postgresql', 'asyncpg'])
def test_addresses_of_both_kinds_reach_the_driver_and_no_log(scheme: str) -> None:
    for rest in ('ada:pw@db.example:5433/portal?sslmode=require', 'ada:pw@/portal?host=/run/pg&port=5432'):
        address = tortoise_config(f'{scheme}://{rest}')['connections']['default']['credentials']['dsn']
        assert address == dsn_of(f'{scheme}://{rest}') == f'postgres://{rest}'
        assert 'pw' not in repr({'dsn': address})


@pytest.mark.parametrize('wrong', ['mysql://db/portal', 'portal', '/run/pg'])
def test_an_address_of_something_else_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match='postgres'):
        dsn_of(wrong)
