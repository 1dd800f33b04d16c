"""What the database refuses by itself, whoever writes."""

import importlib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise import connections
from tortoise.transactions import in_transaction

from models import Activity, Document, Invoice
from models.live_tables import CHANNEL, LIVE_TABLES
from models.migrations._ruling import announcement
from tests.conftest import Psql
from tests.world import a_job, an_invoice, pay

MIGRATIONS = [
    importlib.import_module(f'models.migrations.{path.stem}')
    for path in sorted((Path(__file__).parents[2] / 'models/migrations').glob('0*.py'))
]
pytestmark = pytest.mark.usefixtures('db')


def written(name: str) -> list[tuple[str, Any]]:
    """What the migrations say under this name, table by table, the later ones after the earlier."""
    return [each for migration in MIGRATIONS for each in getattr(migration, name, {}).items()]


async def column(sql: str) -> set[str]:
    return {str(row['name']) for row in await connections.get('default').execute_query_dict(sql)}


async def test_every_check_of_the_migrations_stands_in_the_database() -> None:
    wanted = {f'{table}_{name}' for table, checks in written('CHECKS') for name in checks}
    assert (
        await column(
            "select conname as name from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace"
        )
        == wanted
    )


async def test_every_live_table_announces_its_changes_and_no_other() -> None:
    found = await column(
        "select tgrelid::regclass || '.' || tgname as name from pg_trigger where tgname like 'announce_%'"
    )
    assert found == {f'{table}.announce_{event}' for table in LIVE_TABLES for event in ('insert', 'update', 'delete')}
    assert dict(written('LIVE_TABLES')) == LIVE_TABLES
    assert CHANNEL in announcement('job', ())


async def test_every_table_is_live_or_says_why_not() -> None:
    tables = await column("select tablename as name from pg_tables where schemaname = 'public'")
    # Counters, secrets, and looks that the row of their link already tells of:
    silent = {'number_counter', 'tortoise_migrations', 'access_code', 'device', 'limit_count', 'portal_visit'}
    silent |= {'program', 'visit_origin', 'logo', 'seal', 'reprint', 'slip', 'audit_seal'}
    assert tables - silent == set(LIVE_TABLES)


async def test_every_named_record_exists() -> None:
    wanted = {
        f'{table}_{column}_is_{target}'
        for table, columns in written('REFERENCES')
        for column, target in columns.items()
    }
    assert wanted <= await column("select conname as name from pg_constraint where contype = 'f'")


@pytest.mark.parametrize(
    'statement',
    [
        "update invoice set received = total + 1, status = 'Paid'",
        'update invoice set received = -1',
        "update job set stage = 'Flying'",
        'update invoice set number = null',
        'update invoice set received = received - 1',
        'update payment set amount = 1',
        'delete from payment',
        'delete from invoice',
        'delete from receipt',
        'delete from portal_link',
        "update activity set by_name = 'Nobody'",
        'delete from activity',
        'truncate activity',
        'truncate audit_seal',
        'update quote set grand_total = grand_total + 1',
        "insert into business (id, version, created_at, only, name) values (gen_random_uuid(), 1, now(), 2, 'Second')",
    ],
)
async def test_a_statement_that_breaks_a_rule_is_refused(statement: str, psql: Psql) -> None:
    await a_job()
    await pay(await an_invoice(), 100)
    with pytest.raises(asyncpg.PostgresError):
        await psql(statement)


async def test_papers_that_are_owed_are_found_without_reading_through_all_that_ever_were() -> None:
    async with in_transaction() as database:
        await database.execute_script('set local enable_seqscan = off')  # so few papers would be read through at once
        asked = Document.ordered().only('id').sql(params_inline=True)
        plan = await database.execute_query_dict(f'explain {asked}')
    assert 'document_owed' in str(plan)


async def test_what_was_refused_changed_nothing(psql: Psql) -> None:
    invoice = await an_invoice()
    with pytest.raises(asyncpg.PostgresError):
        await psql('update invoice set received = 1')
    assert (await Invoice.get(id=invoice.id)).received == 0
    assert await Activity.filter(invoice_id=invoice.id).count() == 2
