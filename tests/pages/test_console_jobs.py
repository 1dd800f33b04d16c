"""Jobs at the counter: moved by named actions, seen by everybody at once, extended and cancelled with open eyes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from nicegui.testing import User

from app.papers.labels import long_span
from models import (
    Deposit,
    DepositStatus,
    DiscountKind,
    Invoice,
    InvoiceStatus,
    Job,
    Method,
    Payment,
    Quote,
    Role,
    Stage,
    credit_of,
    paid_before,
)
from pages.console.job_panels import Cost
from tests.conftest import Psql
from tests.pages.work import (
    choose,
    colleague,
    counter,
    forge,
    held_up,
    misses,
    pick,
    saves,
    sees,
    sit_down,
    tap,
    typed,
    write,
)
from tests.world import a_held_deposit, a_job, bo, nimman, today

__all__ = ['colleague', 'counter']


async def test_mark_loaded_moves_the_card_on_every_board_and_the_page_of_a_colleague(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.CREW)
    await sit_down(colleague, Role.SALES)
    job = await a_job(stage=Stage.PICKING)
    await counter.open('/jobs')
    await colleague.open(f'/jobs/{job.number}')
    await sees(counter, 'Mark Loaded')
    tap(counter, 'advance', f'{job.number} LOADED')
    await sees(counter, 'Dispatch')
    await misses(counter, 'Mark Loaded')
    assert (await Job.get(id=job.id)).stage is Stage.LOADED
    await sees(colleague, 'Nok')


async def test_a_stage_set_from_outside_moves_the_card(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await a_job()
    await counter.open('/jobs')
    await sees(counter, 'Start Picking')
    await psql("update job set stage = 'On Site'")
    await sees(counter, 'Start Return')


async def test_a_press_that_comes_twice_moves_one_stage(counter: User, psql: Psql) -> None:
    await sit_down(counter, Role.CREW)
    job = await a_job(stage=Stage.PICKING)
    await counter.open('/jobs')
    await sees(counter, 'Mark Loaded')
    tap(counter, 'advance', f'{job.number} LOADED')
    tap(counter, 'advance', f'{job.number} LOADED')
    await sees(counter, 'Dispatch')
    tap(counter, 'advance', f'{job.number} DELIVERING')  # the button under the pointer is the next one already
    tap(counter, 'advance', f'{job.number} DELIVERING')
    await psql("update job set title = 'Told afterwards'")
    await sees(counter, 'Told afterwards')
    assert (await Job.get(id=job.id)).stage is Stage.LOADED


async def test_a_late_press_is_told_that_the_job_has_moved(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    job = await a_job(stage=Stage.PICKING)
    await counter.open('/jobs')
    await sees(counter, 'Mark Loaded')
    forge(counter, 'advance', f'{job.number} ON_SITE')
    await sees(counter, f'Job {job.number} was just moved by somebody else.')
    assert (await Job.get(id=job.id)).stage is Stage.PICKING


@pytest.mark.parametrize('path', ['/jobs', '/jobs/list', '/jobs/{number}'])
async def test_who_may_only_read_sees_no_actions_and_is_refused_when_they_are_forged(counter: User, path: str) -> None:
    await sit_down(counter, Role.SALES)
    job = await a_job(stage=Stage.PICKING)
    await counter.open(path.format(number=job.number))
    await sees(counter, job.number)
    await misses(counter, 'Mark Loaded')
    forge(counter, 'advance', f'{job.number} LOADED')
    await sees(counter, 'Your role does not allow this.')
    assert (await Job.get(id=job.id)).stage is Stage.PICKING


@pytest.mark.parametrize('key', ['extend', 'cancel', 'back', 'prepay'])
async def test_the_panels_of_a_job_save_nothing_for_who_may_not(counter: User, key: str) -> None:
    await sit_down(counter, Role.SALES)
    job = await a_job(stage=Stage.PICKING)
    before = (await Job.get(id=job.id)).end_on
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, job.number)
    choose(counter, key)
    if key != 'prepay':
        await counter.should_see(marker='save', retries=50)
        if key == 'cancel':
            counter.find(marker='reason').type('because')
        saves(counter)
    await sees(counter, 'Your role does not allow this.')
    stored = await Job.get(id=job.id)
    assert (stored.stage, stored.end_on) == (Stage.PICKING, before)
    assert not await Payment.exists()


async def test_crew_see_no_money_of_a_job(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Equipment')
    await misses(counter, 'Money of this job')
    await misses(counter, 'DEP-')
    await misses(counter, 'Invoice drafted')
    await misses(counter, 'Record Pre-payment')


async def test_the_list_is_searched_and_leads_to_the_job(counter: User) -> None:
    await sit_down(counter)
    await a_job(title='Night shoot, Ayutthaya')
    await a_job(await nimman(name='Other Film'), title='Fashion week')
    await counter.open('/jobs/list')
    await sees(counter, 'Night shoot, Ayutthaya')
    counter.find(marker='search').type('ayutt')
    await misses(counter, 'Fashion week')
    await sees(counter, 'Night shoot, Ayutthaya')


async def test_an_empty_board_says_where_jobs_come_from(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/jobs')
    await sees(counter, 'No jobs yet')
    job = await a_job()
    await sees(counter, job.number)
    await misses(counter, 'No jobs yet')


async def test_the_board_is_searched_too(counter: User) -> None:
    await sit_down(counter)
    await a_job(title='Night shoot, Ayutthaya')
    await a_job(await nimman(name='Other Film'), title='Fashion week')
    await counter.open('/jobs')
    await sees(counter, 'Fashion week')
    counter.find(marker='search').type('ayutt')
    await misses(counter, 'Fashion week')


async def test_extending_shows_the_cost_before_it_saves(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Extend Job')
    choose(counter, 'extend')
    await sees(counter, '10,000.00')  # the day after the last one is proposed: 4 x 1 day x 2,500
    write(counter, 'until', (job.end_on + timedelta(days=2)).isoformat())
    await sees(counter, '4 × 2 days × 2,500.00')
    days = long_span(job.end_on + timedelta(days=1), job.end_on + timedelta(days=2), 'en')
    await sees(counter, f'(extension {days})')
    await sees(counter, '฿21,400.00')
    await sees(counter, 'These lines go onto the draft invoice.')
    saves(counter)
    await sees(counter, 'Extended to')
    draft = await Invoice.get(job_id=job.id)
    assert draft.subtotal == Decimal(120000)
    last = await draft.lines.all().order_by('-position').first()
    assert last and last.name.endswith(f' (extension {days})') and ' (ต่อเวลาเช่า ' in last.name_th
    assert (await Job.get(id=job.id)).end_on == job.end_on + timedelta(days=2)


async def test_an_extension_costs_what_the_draft_with_its_discount_then_asks_for(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    draft = await Invoice.get(job_id=job.id)
    lines = [line.entry for line in await draft.lines.all()]
    how: dict[str, Any] = {'discount_kind': DiscountKind.PERCENT, 'discount_value': Decimal(10)}
    await draft.amend(version=draft.version, lines=lines, by=await bo(), **how)
    before = (await Invoice.get(job_id=job.id)).total
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Extend Job')
    choose(counter, 'extend')
    await sees(counter, 'Discount of the draft invoice')
    await sees(counter, '฿9,630.00')
    saves(counter)
    await sees(counter, 'Extended to')
    assert (await Invoice.get(job_id=job.id)).total - before == Decimal(9630)


async def test_what_another_day_would_have_cost_never_stands_beside_the_chosen_one(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter)
    job = await a_job()
    passed_over, chosen = (job.end_on + timedelta(days=days) for days in (3, 5))
    late = held_up(monkeypatch, Cost, 'of', lambda _job, _firm, until: until == passed_over)
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Extend Job')
    choose(counter, 'extend')
    await sees(counter, '10,000.00')
    write(counter, 'until', passed_over.isoformat())
    await late.is_asked()
    write(counter, 'until', chosen.isoformat())
    await sees(counter, '4 × 5 days × 2,500.00')
    await late.comes()
    await sees(counter, '4 × 5 days × 2,500.00')
    saves(counter)
    await sees(counter, 'Extended to')


async def test_an_extension_to_an_earlier_day_is_refused_beside_the_day(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'extend')
    await counter.should_see(marker='until', retries=50)
    write(counter, 'until', (job.end_on - timedelta(days=2)).isoformat())
    await sees(counter, 'Choose a later last day')
    saves(counter)
    await sees(counter, 'The new last day must be later than the present one.')
    assert typed(counter, 'until') == (job.end_on - timedelta(days=2)).isoformat()


async def test_cancelling_asks_for_the_reason_and_about_the_draft(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'cancel')
    await sees(counter, 'The draft invoice')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    counter.find(marker='reason').type('The shoot was called off')
    pick(counter, 'shown', True)
    counter.find('Keep it').click()
    saves(counter)
    await sees(counter, 'The shoot was called off')
    await sees(counter, 'Shown to the customer')
    stored = await Job.get(id=job.id)
    assert (stored.stage, stored.cancel_shown) == (Stage.CANCELLED, True)
    assert await Invoice.exists(job_id=job.id, status=InvoiceStatus.DRAFT)


async def test_cancelling_deletes_the_draft_unless_it_is_to_be_kept(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'cancel')
    await sees(counter, 'The draft invoice')
    counter.find(marker='reason').type('Rain')
    saves(counter)
    await sees(counter, 'Not shown to the customer')
    assert not await Invoice.exists(job_id=job.id)


async def test_cancelling_with_a_held_deposit_opens_its_return(counter: User) -> None:
    await sit_down(counter)
    deposit = await a_held_deposit()
    job = await (await Quote.get(id=deposit.quote_id)).create_job(by=await bo())
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'cancel')
    await sees(counter, 'of deposit')
    counter.find(marker='reason').type('Rain')
    saves(counter)
    await sees(counter, f'Held for {deposit.number}')
    saves(counter)
    await sees(counter, '฿20,000.00 returned')
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.RETURNED


async def test_an_admin_takes_a_job_back_one_stage(counter: User) -> None:
    await sit_down(counter, Role.ADMIN)
    job = await a_job(stage=Stage.LOADED)
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Go Back')
    choose(counter, 'back')
    await sees(counter, 'goes back from Loaded to Picking')
    counter.find(marker='note').type('One panel is broken')
    saves(counter)
    await sees(counter, 'Mark Loaded')
    assert (await Job.get(id=job.id)).stage is Stage.PICKING


async def test_a_prepayment_is_recorded_once_for_the_job(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'prepay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '53,500')
    saves(counter)
    saves(counter)
    await sees(counter, 'Pre-payment PREREC-')
    assert [payment.amount for payment in await Payment.all()] == [Decimal(53500)]


async def test_a_prepayment_that_a_colleague_recorded_meanwhile_is_said_before_it_is_recorded_twice(
    counter: User,
) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    await counter.open(f'/jobs/{job.number}')
    choose(counter, 'prepay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '53,500')
    await job.record_prepayment(amount=Decimal(53500), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())
    saves(counter)
    await sees(counter, f'Bo recorded ฿53,500.00 for {job.number} on')
    assert await Payment.all().count() == 1


async def paid_for(job: Job, amount: int = 53500) -> None:
    await job.record_prepayment(amount=Decimal(amount), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())


async def test_what_was_paid_for_a_job_whose_draft_is_discarded_is_billed_again_from_the_job(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    await paid_for(job)
    draft = await Invoice.get(job_id=job.id)
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    choose(counter, 'discard')
    await sees(counter, '฿53,500.00 was paid before for its job.')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'This draft was discarded.')
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, '฿53,500.00 was paid for this job and is on no invoice.')
    tap(counter, 'draft-invoice')
    await counter.should_see(marker='rate_1', retries=50)
    again = await Invoice.get(job_id=job.id)
    await again.issue(by=await bo())
    assert again.balance == Decimal(53500)


async def test_what_was_paid_for_a_job_is_kept_as_credit_with_a_reason(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    await paid_for(job)
    await (await Invoice.get(job_id=job.id)).discard(by=await bo())
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Keep as Credit')
    tap(counter, 'keep-credit')
    await sees(counter, 'A credit note takes back the VAT of its tax invoice.')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    write(counter, 'reason', 'The shoot was called off')
    saves(counter)
    await sees(counter, 'became customer credit')
    assert await credit_of(job.customer_id) == Decimal(53500)
    await misses(counter, 'Keep as Credit')


async def test_cancelling_asks_what_becomes_of_what_was_paid_before_and_returns_it(counter: User) -> None:
    await sit_down(counter, Role.ADMIN)
    job = await a_job()
    await paid_for(job)
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Picking')
    choose(counter, 'cancel')
    await sees(counter, '฿53,500.00 was paid before an invoice')
    write(counter, 'reason', 'The shoot was called off')
    counter.find('Becomes credit and is returned next').click()
    saves(counter)
    await sees(counter, 'The customer has ฿53,500.00 of credit.')
    saves(counter)
    await sees(counter, '฿53,500.00 of credit returned.')
    assert await credit_of(job.customer_id) == 0


async def test_who_may_not_decide_on_money_cancels_and_leaves_it_to_billing(counter: User) -> None:
    await sit_down(counter, Role.OPERATIONS)
    job = await a_job()
    await paid_for(job)
    await counter.open(f'/jobs/{job.number}')
    await sees(counter, 'Picking')
    forge(counter, 'keep-credit', '')
    await sees(counter, 'Your role does not allow this.')
    choose(counter, 'cancel')
    await sees(counter, 'Billing decides on this page')
    write(counter, 'reason', 'The shoot was called off')
    saves(counter)
    await sees(counter, f'{job.number} is cancelled.')
    assert (await credit_of(job.customer_id), await paid_before(job.id)) == (Decimal(0), Decimal(53500))


async def test_what_is_typed_into_the_delivery_plan_survives_what_a_colleague_saves(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.CREW)
    await sit_down(colleague, Role.OPERATIONS)
    job = await a_job()
    for user in (counter, colleague):
        await user.open(f'/jobs/{job.number}')
        await user.should_see(marker='driver_name', retries=50)
    counter.find(marker='driver_name').type('Somchai')
    colleague.find(marker='driver_name').type('Anan')
    colleague.find(marker='vehicle').type('1กข 2345')
    saves(colleague)
    await sees(counter, 'Saved meanwhile: Anan')
    assert (typed(counter, 'driver_name'), typed(counter, 'vehicle')) == ('Somchai', '1กข 2345')
    saves(counter)
    await sees(counter, 'Somebody else just saved a change here.')
    assert typed(counter, 'driver_name') == 'Somchai'
    saves(counter)
    await misses(counter, 'Saved meanwhile: Anan')
    stored = await Job.get(id=job.id)
    assert (stored.driver_name, stored.vehicle) == ('Somchai', '1กข 2345')
    await sees(colleague, 'Somchai')


async def test_an_unknown_job_is_told_as_not_there(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/jobs/JOB-2026-9999')
    await sees(counter, 'Nothing here')
