"""A job goes its road by named actions, and every step is kept."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.extending import extension_names
from models import (
    Activity,
    Actor,
    Claim,
    Customer,
    Deposit,
    DepositStatus,
    Document,
    Invoice,
    Job,
    Level,
    Method,
    Module,
    Refused,
    Role,
    Stage,
    StageMove,
    reverse_collected,
)
from tests.world import DELIVERY, SKYPANELS, a_job, a_link, an_accepted_quote, an_invoice, bo, in_days, nimman, today

pytestmark = pytest.mark.usefixtures('db')


async def test_a_job_inherits_the_quote_and_owes_a_draft_invoice() -> None:
    job = await a_job(lines=[SKYPANELS, DELIVERY])
    assert [line.name for line in await job.lines.all()] == ['ARRI SkyPanel S60-C', 'Delivery and pick-up']
    draft = await Invoice.get(job_id=job.id)
    assert (draft.number, draft.subtotal, draft.total) == (None, Decimal('103500.00'), Decimal('110745.00'))
    assert (await Deposit.get(job_id=job.id)).status is DepositStatus.PENDING


async def test_a_job_goes_from_new_to_closed_without_skipping() -> None:
    job = await a_job()
    for stage in (Stage.PICKING, Stage.LOADED, Stage.DELIVERING, Stage.ON_SITE, Stage.RETURNING, Stage.CLOSED):
        await job.advance(stage, by=await bo())
    moves = await StageMove.filter(job_id=job.id).order_by('at', 'id')
    assert [move.to_stage.value for move in moves] == [
        'New', 'Picking', 'Loaded', 'Delivering', 'On Site', 'Returning', 'Closed',
    ]  # fmt: skip
    assert await Document.filter(job_id=job.id, kind='Delivery Manifest').count() == 1


async def test_dispatched_again_with_another_driver_it_owes_another_manifest() -> None:
    job = await a_job(stage=Stage.LOADED)
    by, papers = await bo(), Document.filter(job_id=job.id, kind='Delivery Manifest').order_by('edition')
    await job.plan_delivery(version=job.version, by=by, driver_name='Khun Somchai')
    for driver in ('', 'Khun Lek'):
        await job.advance(Stage.DELIVERING, by=by)
        await job.go_back(by=by)
        if driver:
            await job.plan_delivery(version=(await Job.get(id=job.id)).version, by=by, driver_name=driver)
    await job.advance(Stage.DELIVERING, by=by)
    first, second = await papers
    assert (first.edition, first.frozen['driver_name'], first.cancelled_at is None) == (1, 'Khun Somchai', False)
    assert (second.edition, second.frozen['driver_name'], second.cancelled_at) == (2, 'Khun Lek', None)


async def test_the_unpaid_deposit_of_a_cancelled_job_is_not_asked_for_any_more() -> None:
    job = await a_job()
    deposit = await Deposit.get(job_id=job.id)
    how: dict[str, Any] = {'method': Method.CASH, 'by': await bo()}
    await deposit.collect(amount=Decimal(5000), collected_on=today(), key=uuid4(), **how)
    await job.cancel(reason='The customer fell ill', by=await bo())
    deposit = await Deposit.get(job_id=job.id)
    assert (deposit.awaited, deposit.held) == (Decimal(0), Decimal(5000))
    with pytest.raises(Refused, match='deposit_not_awaited'):
        await deposit.collect(amount=Decimal(15000), collected_on=today(), key=uuid4(), **how)
    link, _ = await a_link(await Customer.get(id=job.customer_id))
    with pytest.raises(Refused, match='nothing_owed'):
        await Claim.make(deposit, amount=Decimal(15000), key=uuid4(), by=link.grant().actor)
    await deposit.give_back(returned_on=today(), key=uuid4(), **how)
    assert (deposit.status, deposit.held) == (DepositStatus.RETURNED, Decimal(0))


async def test_a_collection_that_is_taken_back_after_its_job_was_cancelled_is_not_asked_for_again() -> None:
    job = await a_job()
    deposit = await Deposit.get(job_id=job.id)
    how: dict[str, Any] = {'method': Method.CHEQUE, 'by': await bo()}
    move = await deposit.collect(amount=Decimal(20000), collected_on=today(), key=uuid4(), **how)
    await job.cancel(reason='The customer fell ill', by=await bo())
    await reverse_collected(move, reason='The cheque bounced', by=await bo())
    deposit = await Deposit.get(job_id=job.id)
    assert (deposit.status, deposit.awaited) == (DepositStatus.PENDING, Decimal(0))
    with pytest.raises(Refused, match='deposit_not_awaited'):
        await deposit.collect(amount=Decimal(20000), collected_on=today(), key=uuid4(), **how)


async def test_a_stage_cannot_be_skipped() -> None:
    job = await a_job()
    with pytest.raises(Refused, match='job_moved'):
        await job.advance(Stage.LOADED, by=await bo())
    assert (await Job.get(id=job.id)).stage is Stage.NEW


async def test_two_clerks_cannot_take_the_same_step_twice() -> None:
    job = await a_job()
    by = await bo()
    copies = [await Job.get(id=job.id) for _ in range(5)]
    outcomes = await asyncio.gather(*(copy.advance(Stage.PICKING, by=by) for copy in copies), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert await StageMove.filter(job_id=job.id, to_stage=Stage.PICKING).count() == 1


async def test_only_those_who_manage_jobs_may_go_back() -> None:
    job = await a_job(stage=Stage.LOADED)
    crew = Actor('staff', 'Lek', role=Role.CREW)
    with pytest.raises(Refused, match='not_allowed'):
        await job.go_back(by=crew)
    await job.go_back(by=Actor('staff', 'Dao', role=Role.OPERATIONS), note='wrong case')
    assert (await Job.get(id=job.id)).stage is Stage.PICKING


async def test_a_new_job_cannot_go_back_and_a_cancelled_one_is_over() -> None:
    job = await a_job()
    with pytest.raises(Refused, match='job_at_start'):
        await job.go_back(by=await bo())
    await job.cancel(reason='Shoot postponed', by=await bo())
    for verb in (job.go_back(by=await bo()), job.cancel(reason='again', by=await bo())):
        with pytest.raises(Refused, match='job_over'):
            await verb


async def test_cancelling_needs_a_reason_and_deletes_the_draft_invoice() -> None:
    job = await a_job()
    with pytest.raises(Refused, match='reason_missing'):
        await job.cancel(reason='  ', by=await bo())
    await job.cancel(reason='Shoot postponed', by=await bo())
    assert not await Invoice.exists(job_id=job.id)
    assert (await Job.get(id=job.id)).cancel_shown is False


async def test_cancelling_keeps_what_was_issued() -> None:
    job = await a_job()
    await (await Invoice.get(job_id=job.id)).issue(by=await bo())
    await job.cancel(reason='Shoot postponed', by=await bo(), shown=True)
    assert (await Invoice.get(job_id=job.id)).number is not None


def as_it_is(name: str, name_th: str) -> tuple[str, str]:
    return name, name_th


async def test_the_lines_of_an_extension_name_it_and_its_days_in_both_languages_and_never_too_long() -> None:
    named = extension_names(date(2026, 12, 10), date(2026, 12, 13))
    assert named('Lamp', '') == ('Lamp (extension 11–13 December 2026)', 'Lamp (ต่อเวลาเช่า 11–13 ธันวาคม 2569)')
    assert named('Lamp', 'โคม')[1] == 'โคม (ต่อเวลาเช่า 11–13 ธันวาคม 2569)'
    assert [len(name) for name in named('x' * 300, 'โ' * 300)] == [300, 300]
    job = await a_job()
    [line] = await job.extension_lines(job.end_on + timedelta(days=3), named=named)
    assert line.name.endswith(' (extension 11–13 December 2026)') and line.duration == 3


async def test_extending_puts_the_extra_days_on_the_draft_invoice() -> None:
    job = await a_job()
    until = job.end_on + timedelta(days=5)
    await job.extend(end_on=until, lines=await job.extension_lines(until, named=as_it_is), by=await bo())
    stored = await Job.get(id=job.id)
    assert (stored.end_on, stored.first_end_on) == (until, in_days(16))
    assert (await Invoice.get(job_id=job.id)).subtotal == Decimal('150000.00')


async def test_extending_after_issue_makes_another_draft() -> None:
    job = await a_job(stage=Stage.ON_SITE)
    await (await Invoice.get(job_id=job.id)).issue(by=await bo())
    until = job.end_on + timedelta(days=1)
    await job.extend(end_on=until, lines=await job.extension_lines(until, named=as_it_is), by=await bo())
    assert sorted(invoice.status for invoice in await Invoice.filter(job_id=job.id)) == ['Draft', 'Sent']


async def test_two_clerks_who_extend_at_once_charge_no_day_twice() -> None:
    job, by = await a_job(), await bo()
    copies = [await Job.get(id=job.id) for _ in range(2)]
    untils = [job.end_on + timedelta(days=5), job.end_on + timedelta(days=8)]
    costs = [await one.extension_lines(until, named=as_it_is) for one, until in zip(copies, untils, strict=True)]
    outcomes = await asyncio.gather(
        *(
            one.extend(end_on=until, lines=lines, seen=job.end_on, by=by)
            for one, until, lines in zip(copies, untils, costs, strict=True)
        ),
        return_exceptions=True,
    )
    assert {one.reason for one in outcomes if isinstance(one, Refused)} <= {'extension_changed', 'extension_not_later'}
    days = ((await Job.get(id=job.id)).end_on - job.end_on).days
    assert (await Invoice.get(job_id=job.id)).subtotal == Decimal(100000) + days * Decimal(10000)


async def test_an_extension_must_be_later() -> None:
    job = await a_job()
    with pytest.raises(Refused, match='extension_not_later'):
        await job.extend(end_on=job.end_on, lines=[], by=await bo())


async def test_every_verb_leaves_one_line_and_a_failure_leaves_none() -> None:
    job = await a_job()
    before = await Activity.filter(job_id=job.id).count()
    await job.advance(Stage.PICKING, by=await bo())
    with pytest.raises(Refused):
        await job.advance(Stage.ON_SITE, by=await bo())
    assert await Activity.filter(job_id=job.id).count() == before + 1


async def test_a_quote_makes_one_job_however_often_it_is_pressed() -> None:
    quote = await an_accepted_quote()
    by = await bo()
    outcomes = await asyncio.gather(*(quote.create_job(by=by) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 1
    assert await Job.filter(quote_id=quote.id).count() == 1


@pytest.mark.parametrize(
    ('role', 'may'), [(Role.CREW, True), (Role.OPERATIONS, True), (Role.SALES, False), (Role.BILLING, False)]
)
async def test_a_role_holds_in_the_verb_itself(role: Role, may: bool) -> None:
    job = await a_job()
    actor = Actor('staff', 'Somebody', role=role)
    assert actor.may(Module.JOBS, Level.WRITE) is may
    if may:
        await job.advance(Stage.PICKING, by=actor)
    else:
        with pytest.raises(Refused, match='not_allowed'):
            await job.advance(Stage.PICKING, by=actor)


async def test_jobs_are_grouped_as_the_customer_thinks_of_them() -> None:
    job = await a_job()
    assert job.group(today()) == 'upcoming'
    assert job.group(job.start_on) == 'active'
    job.stage = Stage.CLOSED
    assert job.group(today()) == 'past'


async def test_an_invoice_by_hand_belongs_to_no_job() -> None:
    assert (await an_invoice(await nimman())).job_id is None


async def test_the_delivery_of_a_job_that_is_over_is_not_planned_any_more() -> None:
    job = await a_job()
    await job.plan_delivery(version=1, by=await bo(), driver_name='Khun Somchai')
    await job.cancel(reason='Shoot postponed', by=await bo())
    with pytest.raises(Refused, match='job_over'):
        await job.plan_delivery(version=2, by=await bo(), driver_name='Khun Lek')
    assert (await Job.get(id=job.id)).driver_name == 'Khun Somchai'


async def test_a_draft_is_discarded_by_those_who_write_invoices_or_with_its_job() -> None:
    job = await a_job()
    crew = Actor('staff', 'Lek', role=Role.CREW)
    draft = await Invoice.get(job_id=job.id)
    for verb in (draft.discard(by=crew), draft.add_lines([SKYPANELS], by=crew)):
        with pytest.raises(Refused, match='not_allowed'):
            await verb
    await job.cancel(reason='Shoot postponed', by=crew)
    assert not await Invoice.exists(job_id=job.id)
