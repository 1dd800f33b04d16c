"""What happened is sealed in the order in which it was written, and whoever rewrites it is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest
import time_machine
from tortoise import connections

from models import SYSTEM, Activity, AuditSeal, now, one_change
from models.audit_seal import AGE, LATE, SEALED
from tests.conftest import Program, Psql

pytestmark = pytest.mark.usefixtures('db')

LONG_ENOUGH = AGE + timedelta(minutes=3)
BY_HAND = """
insert into activity (id, at, what, by_kind, by_name, facts)
values (gen_random_uuid(), now() - interval '{ago}', 'invoice_sent', 'system', '', '{{}}')
"""
BEHIND_THE_BACK = 'set session_replication_role = replica; {}; set session_replication_role = origin'
OF_THE_SECOND = 'place = (select last_place from audit_seal where number = 2)'


async def happened(count: int = 1, *, ago: timedelta = LONG_ENOUGH) -> None:
    for number in range(count):
        await Activity.note('invoice_sent', by=SYSTEM, at=now() - ago, number=f'INV-{number}', twice=False)


async def three_seals() -> list[AuditSeal]:
    """Over two lines each, and a change in each that was taken back."""
    for _ in range(3):
        await happened()
        with pytest.raises(RuntimeError):
            async with one_change():
                await happened()
                raise RuntimeError
        await happened()
        assert await AuditSeal.add()
    return await AuditSeal.all().order_by('number')


async def broken() -> list[tuple[int, int, int]]:
    """The seals that do not hold: their numbers, how many rows were sealed, how many are there."""
    return [(seal.number, seal.rows, found) for seal, found in (await AuditSeal.look_through()).broken]


async def test_a_seal_covers_what_is_old_enough_and_not_the_rest() -> None:
    await happened(3)
    await happened(2, ago=timedelta(0))
    seal = await AuditSeal.add()
    assert seal and (seal.number, seal.rows) == (1, 3)
    lines = await Activity.all().order_by('id')
    assert (seal.first_id, seal.last_id, seal.last_at) == (lines[0].id, lines[2].id, lines[2].at)
    with time_machine.travel(now() + AGE, tick=True):
        after = await AuditSeal.add()
    assert after and (after.number, after.rows, after.first_id) == (2, 2, lines[3].id)
    audit = await AuditSeal.look_through()
    assert (audit.whole, audit.rows, audit.seals) == (True, 5, 2)


async def test_what_is_sealed_is_not_sealed_again() -> None:
    assert await AuditSeal.add() is None
    await happened(2)
    assert await AuditSeal.add()
    assert await AuditSeal.add() is None
    assert await AuditSeal.all().count() == 1


async def test_a_clock_that_went_ahead_holds_nothing_up() -> None:
    await happened(ago=-timedelta(days=900))
    await happened()
    seal = await AuditSeal.add()
    assert seal and seal.rows == 2


async def test_many_lines_are_one_seal(psql: Psql) -> None:
    await psql(BY_HAND.format(ago='5 minutes').replace('values (', 'select ').replace("'{}')", "'{}'")
               + ' from generate_series(1, 20001)')  # fmt: skip
    seal = await AuditSeal.add()
    assert seal and seal.rows == 20_001
    assert (await AuditSeal.look_through()).whole
    await psql(BEHIND_THE_BACK.format(f"update activity set by_name = 'Nobody' where id = '{seal.last_id}'"))
    assert await broken() == [(1, 20_001, 20_001)]


SEALER = """
import asyncio, os
from datetime import timedelta
from app.database import connect, disconnect
from models import SYSTEM, Activity, AuditSeal, now

async def main():
    await connect(os.environ['DATABASE_URL'])
    for _ in range(20):
        await Activity.note('invoice_sent', by=SYSTEM, at=now() - timedelta(minutes=5))
        await AuditSeal.add()
    await disconnect()

asyncio.run(main())
"""


async def test_several_programs_that_seal_at_once_make_one_chain(program: Program) -> None:
    running = [await program(SEALER) for _ in range(2)]
    ended = await asyncio.gather(*(one.communicate() for one in running))
    assert [one.returncode for one in running] == [0, 0], ended
    await happened()
    await asyncio.gather(*(AuditSeal.add() for _ in range(5)))
    audit = await AuditSeal.look_through()
    assert (audit.whole, audit.rows) == (True, 41)
    assert [seal.number for seal in await AuditSeal.all().order_by('number')] == list(range(1, audit.seals + 1))
    assert audit.seals > 2


def test_every_column_of_activity_is_sealed() -> None:
    assert set(SEALED) == {*Activity._meta.fields_db_projection, 'place'}


@pytest.mark.parametrize(
    ('change', 'there'),
    [
        *((f'update activity set {column} = gen_random_uuid()', 2) for column in SEALED if column.endswith('id')),
        *((f"update activity set {column} = 'nothing'", 2) for column in ('what', 'by_kind', 'by_name')),
        ("update activity set at = at + interval '1 microsecond'", 2),
        ("""update activity set facts = facts || '{"number": "INV-1"}'""", 2),
        ("""update activity set facts = facts || '{"reason": null}'""", 2),
        ('delete from activity', 1),
    ],
)
async def test_a_row_that_was_changed_or_removed_is_named_by_its_seal(psql: Psql, change: str, there: int) -> None:
    await three_seals()
    assert (await AuditSeal.look_through()).whole
    await psql(BEHIND_THE_BACK.format(f'{change} where {OF_THE_SECOND}'))
    assert await broken() == [(2, 2, there)]


async def test_a_row_slipped_in_between_others_is_named_by_its_seal(psql: Psql) -> None:
    await three_seals()
    await psql(
        'insert into activity (place, id, at, what, by_kind, by_name, facts) overriding system value'
        f' select place - 1, gen_random_uuid(), at, what, by_kind, by_name, facts from activity where {OF_THE_SECOND}'
    )
    assert await broken() == [(2, 2, 3)]


async def test_a_row_slipped_in_with_an_old_time_is_named_before_and_after_it_is_sealed(psql: Psql) -> None:
    *_, last = await three_seals()
    await psql(BY_HAND.format(ago='2 days'))
    await happened()
    for _ in range(2):
        audit = await AuditSeal.look_through()
        assert [(late.after.number, now() - late.at > LATE) for late in audit.late] == [(last.number, True)]
        assert not audit.broken
        await AuditSeal.add()
    assert await AuditSeal.all().count() == 4


async def test_a_change_that_began_long_ago_and_is_committed_late_raises_no_alarm(psql: Psql) -> None:
    await happened()
    assert await AuditSeal.add()
    await psql('begin')
    await psql(BY_HAND.format(ago='20 minutes'))
    await happened(2)
    assert await AuditSeal.add() is None  # somebody is writing
    await psql('commit')
    assert (await AuditSeal.look_through()).whole
    seal = await AuditSeal.add()
    assert seal and seal.rows == 3
    await happened(ago=timedelta(minutes=40))  # read the clock before the seal, wrote behind it
    assert await AuditSeal.add()
    audit = await AuditSeal.look_through()
    assert (audit.whole, audit.rows, audit.seals) == (True, 5, 3)


async def test_nobody_waits_for_the_seal(psql: Psql) -> None:
    await happened()
    await psql('begin')
    await psql(BY_HAND.format(ago='5 minutes'))
    async with asyncio.timeout(30):
        assert await AuditSeal.add() is None
        await happened()
    await psql('rollback')


@pytest.mark.parametrize(
    'change', ["first_at = first_at - interval '1 day'", 'rows = 1', 'last_place = last_place - 1']
)
async def test_a_seal_that_was_changed_is_named(psql: Psql, change: str) -> None:
    await three_seals()
    await psql(BEHIND_THE_BACK.format(f'update audit_seal set {change} where number = 2'))
    assert 2 in [number for number, _, _ in await broken()]


async def test_seals_made_anew_over_a_changed_row_hold_and_are_not_those_of_the_log(psql: Psql) -> None:
    _, second, _ = await three_seals()
    await psql(BEHIND_THE_BACK.format(f"update activity set by_name = 'Nobody' where {OF_THE_SECOND}"))
    await psql(BEHIND_THE_BACK.format('delete from audit_seal where number > 1'))
    forged = await AuditSeal.add()
    assert forged and forged.number == 2 and forged.sha256 != second.sha256
    assert (await AuditSeal.look_through()).whole


async def test_a_missing_seal_is_named(psql: Psql) -> None:
    await three_seals()
    await psql(BEHIND_THE_BACK.format('delete from audit_seal where number < 3'))
    audit = await AuditSeal.look_through()
    assert audit.missing == [range(1, 3)]
    assert not audit.whole


@pytest.mark.parametrize('attack', ['update audit_seal set rows = 1', 'delete from audit_seal', 'truncate audit_seal'])
async def test_a_seal_is_kept_as_it_is(psql: Psql, attack: str) -> None:
    await three_seals()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match='audit_seal is kept'):
        await psql(attack)
    with pytest.raises(Exception, match='permission denied for table audit_seal'):
        await connections.get('default').execute_query(attack)
