"""`main.py audit verify`: an operator learns by words and by exit code whether the past is as it was written."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from app.auditing import look_through, seal_what_happened
from app.backup import Archive, write_backup
from app.clock import keep_up
from app.database import connect, disconnect
from app.settings import Settings
from models import SYSTEM, Activity, AuditSeal, Device, PortalVisit, VisitOrigin, now, prospect_of
from tests.cluster import Databases
from tests.conftest import HOUSE, SECRET, Psql, plain_environment
from tests.kept import everything_of_nimman
from tests.world import a_link, bo, nimman

AGO = timedelta(minutes=5)
BEHIND_THE_BACK = 'set session_replication_role = replica; {}; set session_replication_role = origin'


async def sealed(count: int = 2) -> AuditSeal:
    for _ in range(count):
        await Activity.note('invoice_sent', by=SYSTEM, at=now() - AGO)
    seal = await AuditSeal.add()
    assert seal
    return seal


async def verified(url: str) -> tuple[int | None, list[str]]:
    environment = plain_environment() | {'DATABASE_URL': url, 'APP_SECRET': SECRET.decode()}
    ran = await asyncio.create_subprocess_exec(
        sys.executable, 'main.py', 'audit', 'verify', cwd=HOUSE, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await ran.communicate()
    return ran.returncode, said.decode().splitlines()


async def test_what_is_as_it_was_written_is_said_to_be_and_what_is_not_is_named(db: str, psql: Psql) -> None:
    await sealed()
    seal = await sealed(3)
    code, said = await verified(db)
    assert (code, said[0]) == (0, '5 rows in 2 seals are as they were written.')
    assert said[1].startswith('The log must have the last of them, too: seal 2 of ')
    assert said[1].endswith(f', {seal.sha256.hex()}.')
    await psql(BEHIND_THE_BACK.format(f"delete from activity where id = '{seal.last_id}'"))
    made, first, last = (f'{at:%d %b %Y %H:%M:%S} UTC' for at in (seal.created_at, seal.first_at, seal.last_at))
    assert await verified(db) == (
        1,
        [
            f'Seal 2 of {made} is broken: of the rows from {seal.first_id} ({first}) to {seal.last_id} ({last})'
            ' something was changed, removed or added; 3 were sealed, 2 are there.'
        ],
    )


async def test_a_row_with_an_old_time_and_seals_that_are_gone_are_named(db: str, psql: Psql) -> None:
    for _ in range(4):
        seal = await sealed()
    await Activity.note('invoice_sent', by=SYSTEM, at=now() - timedelta(days=2))
    late = await Activity.all().order_by('at').first()
    assert late
    await psql(BEHIND_THE_BACK.format('delete from audit_seal where number < 3'))
    code, said = await look_through(db)
    assert (code, said[0]) == (1, 'Seals 1 to 2 are missing.')
    assert said[-1] == (
        f'Row {late.id} ({late.at:%d %b %Y %H:%M:%S} UTC) was added after seal 4 of'
        f' {seal.created_at:%d %b %Y %H:%M:%S} UTC, long after the moment it names.'
    )


async def test_where_nothing_is_sealed_nothing_is_wrong(db: str) -> None:
    assert await look_through(db) == (0, ['0 rows in 0 seals are as they were written.'])


async def test_the_log_gets_the_hash_of_every_seal(db: str, caplog: pytest.LogCaptureFixture) -> None:
    await seal_what_happened()
    assert not caplog.records
    await Activity.note('invoice_sent', by=SYSTEM, at=now() - AGO)
    await seal_what_happened()
    seal = await AuditSeal.get()
    [line] = [record.getMessage() for record in caplog.records]
    assert line == f'Seal 1 covers 1 rows up to {seal.last_id}: {seal.sha256.hex()}'


async def test_addresses_are_cut_and_the_seals_hold(db: str) -> None:
    link, _ = await a_link(await nimman())
    device = await Device.known(b'1' * 32, user_agent='Mozilla/5.0 (iPhone)')
    await PortalVisit.view(link, device_id=device.id, ip='203.0.113.9', user_agent='Mozilla/5.0 (iPhone)')
    with time_machine.travel(now() + AGO, tick=True):
        seal = await AuditSeal.add()
    assert seal and await Activity.filter(what='link_viewed', id=seal.last_id).exists()
    with time_machine.travel(now() + timedelta(days=401)):
        await keep_up()
    assert (await VisitOrigin.get()).ip == '203.0.113.0/24'
    assert (await AuditSeal.look_through()).whole


async def test_a_customer_is_deleted_and_the_seals_hold(db: str) -> None:
    kept = await everything_of_nimman()
    with time_machine.travel(now() + AGO, tick=True):
        before = await AuditSeal.add()
        assert before and before.rows == await Activity.all().count()
        prospect = await prospect_of(kept.customer, by=await bo())
        await kept.customer.erase(typed='C-77', seen=prospect.seen, by=await bo())
        assert not await VisitOrigin.exists()
    with time_machine.travel(now() + 2 * AGO, tick=True):
        after = await AuditSeal.add()
    assert after and await Activity.filter(what='customer_erased', id=after.last_id).exists()
    code, said = await verified(db)
    assert (code, said[0]) == (0, f'{before.rows + after.rows} rows in 2 seals are as they were written.')


@pytest.fixture
async def elsewhere(databases: Databases) -> AsyncIterator[str]:
    url = databases.take()
    yield url
    databases.drop(url)


async def test_a_backup_put_back_holds_and_its_chain_goes_on(db: str, elsewhere: str, tmp_path: Path) -> None:
    await sealed(3)
    await Activity.note('invoice_sent', by=SYSTEM, at=now() - AGO)
    await disconnect()
    (tmp_path / 'data').mkdir()
    chosen = Settings(secret=SECRET, data=tmp_path / 'data')
    await write_backup(tmp_path / 'all', db, chosen)
    with Archive(tmp_path / 'all') as archive:
        await archive.restore(elsewhere, chosen, overwrite=False)
    await connect(elsewhere)
    seal = await sealed(2)
    assert (seal.number, seal.rows) == (2, 3)
    assert (await verified(elsewhere))[1][0] == '6 rows in 2 seals are as they were written.'
    await disconnect()
