"""`I have paid` moves no money and is told to staff; a transfer is one payment however often it is said or recorded."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from models import (
    Activity,
    BankLine,
    BankRow,
    BankStatement,
    Claim,
    ClaimState,
    Deposit,
    DepositMove,
    Invoice,
    LineState,
    Method,
    Notice,
    Payment,
    PortalLink,
    Receipt,
    Refused,
    Role,
    Slip,
    SlipEntry,
    now,
    proposals,
    use_credit,
)
from tests.world import (
    a_link,
    a_person,
    an_accepted_quote,
    an_invoice,
    bo,
    in_days,
    nimman,
    pay,
    today,
)

pytestmark = pytest.mark.usefixtures('db')
SLIP = SlipEntry(b'\xff\xd8\xff picture', '014', '00111222233344ABCD12')


async def refusal(work: Coroutine[Any, Any, object]) -> str:
    with pytest.raises(Refused) as refused:
        await work
    return refused.value.reason


async def link_of(record: Any) -> PortalLink:
    return (await a_link(record))[0]


async def a_claim(record: Invoice | Deposit | None = None, amount: int | str = 107_000, **facts: Any) -> Claim:
    record = record or await an_invoice()
    link = await PortalLink.filter(invoice_id=record.id).first() or (
        await link_of(record) if isinstance(record, Invoice) else None
    )
    by = link.grant().actor if link else (await link_of(await nimman(name='Whole'))).grant().actor
    said: dict[str, Any] = {'amount': Decimal(amount), 'key': uuid4(), 'by': by, **facts}
    return await Claim.make(record, **said)


async def recorded(claim: Claim, amount: int | str = 107_000, **facts: Any) -> Payment | DepositMove:
    facts = {'method': Method.PROMPTPAY, 'paid_on': today(), 'by': await bo(), **facts}
    return await claim.record(amount=Decimal(amount), **facts)


async def a_deposit() -> Deposit:
    quote = await an_accepted_quote()
    return await Deposit.get(quote_id=quote.id)


async def test_a_claim_moves_no_balance_and_staff_are_told() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice, slip=SLIP)
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(107_000)
    assert not await Payment.exists() and not await Receipt.exists()
    assert claim.state is ClaimState.WAITING
    assert bytes((await Slip.get(claim_id=claim.id)).picture) == SLIP.picture
    notice = await Notice.get(what='payment_claimed')
    assert notice.facts['number'] == invoice.number
    assert await Activity.exists(what='payment_claimed', invoice_id=invoice.id)


async def test_the_same_press_twice_is_one_claim() -> None:
    invoice, key = await an_invoice(), uuid4()
    by = (await link_of(invoice)).grant().actor
    said: dict[str, Any] = {'amount': Decimal(107_000), 'key': key, 'by': by}
    await asyncio.gather(Claim.make(invoice, **said), Claim.make(invoice, **said))
    assert await Claim.all().count() == 1


async def test_a_key_of_somebody_elses_claim_opens_nothing() -> None:
    claim = await a_claim()
    other = await an_invoice(await nimman(name='Other Film'))
    by = (await link_of(other)).grant().actor
    assert await refusal(Claim.make(other, amount=Decimal(5), key=claim.id, by=by)) == 'record_gone'


async def test_a_transfer_counts_once_for_whatever_it_is_handed_in() -> None:
    await a_claim(slip=SLIP)
    other = await an_invoice(await nimman(name='Other Film'))
    assert await refusal(a_claim(other, slip=SLIP)) == 'slip_used'
    assert await Claim.all().count() == 1


async def test_two_that_hand_in_one_transfer_at_once_are_one() -> None:
    one, other = await an_invoice(), await an_invoice(await nimman(name='Other Film'))
    said = await asyncio.gather(a_claim(one, slip=SLIP), a_claim(other, slip=SLIP), return_exceptions=True)
    assert [type(answer) for answer in said].count(Claim) == 1
    assert await Claim.all().count() == 1


async def test_a_transfer_that_a_clerk_recorded_by_its_reference_needs_no_claim() -> None:
    invoice = await an_invoice()
    await pay(invoice, 50_000, reference=SLIP.reference)
    assert await refusal(a_claim(invoice, 50_000, slip=SLIP)) == 'slip_used'


async def test_a_slip_tells_nobody_what_another_customer_paid() -> None:
    await pay(await an_invoice(), 50_000, reference=SLIP.reference)
    other = await an_invoice(await nimman(name='Other Film'))
    assert (await a_claim(other, 50_000, slip=SLIP)).state is ClaimState.WAITING


async def test_what_was_dismissed_by_mistake_can_be_said_again() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice, slip=SLIP)
    await claim.dismiss(reason='The slip is of another invoice', by=await bo())
    assert (await a_claim(invoice, slip=SLIP)).state is ClaimState.WAITING


async def test_recording_a_claim_settles_its_invoice_once_however_many_press() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice)
    other = await Claim.get(id=claim.id)
    first, second = await asyncio.gather(recorded(claim), recorded(other))
    assert first.id == second.id
    assert await Payment.all().count() == 1 and await Receipt.all().count() == 1
    assert (await Claim.get(id=claim.id)).state is ClaimState.RECORDED
    assert (await Invoice.get(id=invoice.id)).balance == 0


async def test_the_id_of_a_claim_is_the_key_of_its_payment() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice, 50_000)
    made = await recorded(claim, 50_000)
    again = await invoice.record_payment(
        amount=Decimal(50_000), method=Method.PROMPTPAY, paid_on=today(), key=claim.id, by=await bo()
    )
    assert made.id == again.id


async def test_a_claim_of_a_deposit_collects_it() -> None:
    deposit = await a_deposit()
    claim = await a_claim(deposit, 20_000)
    await recorded(claim, 20_000)
    await recorded(claim, 20_000)
    assert (await Deposit.get(id=deposit.id)).held == Decimal(20_000)
    assert await DepositMove.all().count() == 1


async def test_a_dismissed_claim_says_why_and_is_recorded_no_more() -> None:
    claim = await a_claim()
    assert await refusal(claim.dismiss(reason=' ', by=await bo())) == 'reason_missing'
    await claim.dismiss(reason='Nothing arrived', by=await bo())
    assert (await Claim.get(id=claim.id)).reason == 'Nothing arrived'
    assert await refusal(recorded(claim)) == 'claim_dismissed'
    assert await refusal(claim.dismiss(reason='Again', by=await bo())) == 'claim_decided'


async def test_whoever_may_not_write_payments_decides_no_claim() -> None:
    claim = await a_claim()
    sales = (await a_person(Role.SALES, 'Nok')).actor
    assert await refusal(recorded(claim, by=sales)) == 'not_allowed'
    assert await refusal(claim.dismiss(reason='No', by=sales)) == 'not_allowed'


async def test_a_settled_invoice_takes_no_claim() -> None:
    invoice = await an_invoice()
    await link_of(invoice)
    await pay(invoice, 107_000)
    assert await refusal(a_claim(invoice)) == 'nothing_owed'


@pytest.mark.parametrize('amount', ['0', '-1', '1000000000000000'])
async def test_a_claim_is_of_an_amount(amount: str) -> None:
    assert await refusal(a_claim(amount=amount)) == 'amount_not_positive'


async def test_more_than_is_owed_is_said_once_it_is_confirmed_and_ten_times_the_whole_never() -> None:
    invoice, deposit = await an_invoice(), await a_deposit()
    await pay(invoice, 100_000)
    assert await refusal(a_claim(invoice, '7000.01')) == 'claim_more_than_owed'
    assert (await a_claim(invoice, 107_000, sure=True)).amount == Decimal(107_000)  # paid once more by mistake
    assert await refusal(a_claim(invoice, '1070000.01', sure=True)) == 'claim_far_too_much'
    assert await refusal(a_claim(deposit, 999_999_999_999, sure=True)) == 'claim_far_too_much'
    assert await refusal(a_claim(invoice, '6900', withheld=Decimal(101))) == 'claim_more_than_owed'
    assert await Claim.all().count() == 1


async def test_a_claim_that_waits_is_corrected_and_given_its_slip_and_staff_are_told_again() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice, 1_070_000, sure=True)
    by = (await PortalLink.get(invoice_id=invoice.id)).grant().actor
    await claim.amend(amount=Decimal(107_000), by=by)
    await claim.amend(amount=Decimal(107_000), by=by, slip=SLIP)
    stored = await Claim.get()
    assert (stored.amount, stored.has_slip, stored.slip_reference) == (Decimal(107_000), True, SLIP.reference)
    assert bytes((await Slip.get(claim_id=claim.id)).picture) == SLIP.picture
    assert Decimal(str((await Notice.all().order_by('-id').first()).facts['amount'])) == Decimal(107_000)  # type: ignore[union-attr]
    assert await Activity.filter(what='claim_amended', invoice_id=invoice.id).count() == 2


async def test_a_correction_is_held_to_what_a_claim_is_held_to() -> None:
    invoice, other = await an_invoice(), await an_invoice(await nimman(name='Other Film'))
    claim, theirs = await a_claim(invoice, 50_000, slip=SLIP), await a_claim(other, 50_000)
    by = (await PortalLink.get(invoice_id=invoice.id)).grant().actor
    assert await refusal(claim.amend(amount=Decimal(0), by=by)) == 'amount_not_positive'
    assert await refusal(claim.amend(amount=Decimal(107_001), by=by)) == 'claim_more_than_owed'
    assert await refusal(claim.amend(amount=Decimal(5), by=by, slip=SlipEntry(b'other'))) == 'claim_has_slip'
    assert await refusal(theirs.amend(amount=Decimal(50_000), by=by, slip=SLIP)) == 'slip_used'
    await recorded(claim, 50_000)
    assert await refusal(claim.amend(amount=Decimal(5), by=by)) == 'claim_not_waiting'
    assert (await Claim.get(id=claim.id)).amount == Decimal(50_000)


async def test_a_link_may_try_ten_times_an_hour() -> None:
    by = (await link_of(await an_invoice())).grant().actor
    for _ in range(10):
        await Claim.count_try(by)
    assert await refusal(Claim.count_try(by)) == 'claims_too_often'
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        await Claim.count_try(by)


async def test_one_document_has_five_claims_waiting_at_most() -> None:
    invoice = await an_invoice()
    for _ in range(5):
        await a_claim(invoice, 100)
    assert await refusal(a_claim(invoice, 100)) == 'claims_waiting'


async def test_a_link_shows_the_claims_of_what_it_shows() -> None:
    customer = await nimman()
    mine, other = await an_invoice(customer), await an_invoice(customer)
    whole, one = await link_of(customer), await link_of(mine)
    claim = await a_claim(mine, 100)
    await a_claim(other, 100)
    assert [it.id for it in await one.grant().claims()] == [claim.id]
    assert await whole.grant().claims().count() == 2
    stranger = await link_of(await nimman(name='Stranger'))
    assert not await stranger.grant().claims().exists()


async def read(*rows: BankRow) -> BankStatement:
    return await BankStatement.take(rows, file_name='kbank.csv', head='x', columns={'amount': 3}, by=await bo())


def a_row(amount: int | str, text: str = 'PromptPay', day: int = 0, at: str = '10:01') -> BankRow:
    return BankRow(in_days(day), Decimal(amount), text, at)


async def test_a_statement_read_twice_brings_each_row_once() -> None:
    rows = [a_row(100), a_row(100), a_row(100, at='10:02')]
    assert (await read(*rows)).new_rows == 3
    assert (await read(*rows)).new_rows == 0
    assert (await read(*rows, a_row(200))).new_rows == 1
    assert await BankLine.all().count() == 4


async def test_a_statement_read_again_by_other_columns_brings_nothing_twice_and_corrects_what_is_undecided() -> None:
    cells = [('01/11/2026', '100.00', 'KPLUS 1', '900.00'), ('02/11/2026', '100.00', 'KPLUS 2', '1000.00')]
    wrong = [BankRow(in_days(-20), Decimal(cell[3]), cell[2], cells=cell) for cell in cells]
    right = [BankRow(in_days(-20), Decimal(cell[1]), f'{cell[2]} {cell[3]}', cells=cell) for cell in cells]
    assert (await read(*wrong)).new_rows == 2
    first, second = await BankLine.all().order_by('id')
    await first.ignore(by=await bo())
    assert (await read(*right)).new_rows == 0
    first, second = await BankLine.all().order_by('id')
    assert (first.amount, first.text) == (Decimal(900), 'KPLUS 1')  # decided as it was read then
    assert (second.amount, second.text) == (Decimal(100), 'KPLUS 2 1000.00')
    assert (await read(*right, right[1])).new_rows == 1  # the same cells once more are another transfer


async def test_a_row_that_was_read_before_cells_were_kept_is_not_read_again() -> None:
    cell = ('01/11/2026', '100.00', 'KPLUS 1')
    assert (await read(BankRow(in_days(-20), Decimal(100), 'KPLUS 1'))).new_rows == 1
    assert (await read(BankRow(in_days(-20), Decimal(100), 'KPLUS 1', cells=cell))).new_rows == 0


async def test_two_clerks_who_read_one_statement_at_once_bring_each_row_once() -> None:
    await bo()
    await asyncio.gather(*(read(a_row(100), a_row(250)) for _ in range(4)))
    assert await BankLine.all().count() == 2


async def test_a_row_names_its_invoice_by_reference_one_before_any_by_amount() -> None:
    named, same_sum = await an_invoice(), await an_invoice(await nimman(name='Other Film'))
    await pay(named, 7_000)
    reference = (named.number or '').replace('-', '')
    await read(a_row(107_000, f'BILL PAYMENT REF1 {reference} X'))
    [line] = await BankLine.all()
    found = (await proposals([line]))[line.id]
    assert [(it.why, it.number) for it in found] == [('reference', named.number), ('amount', same_sum.number)]


async def test_a_row_becomes_one_payment_however_many_confirm_it() -> None:
    invoice = await an_invoice()
    await read(a_row(107_000))
    line, by = await BankLine.get(), await bo()
    first, second = await asyncio.gather(line.record(invoice, by=by), (await BankLine.get()).record(invoice, by=by))
    assert first.id == second.id
    assert await Payment.all().count() == 1
    assert (await BankLine.get()).state is LineState.RECORDED


async def test_a_row_a_claim_and_two_clerks_are_one_payment() -> None:
    invoice = await an_invoice()
    claim = await a_claim(invoice, 50_000, slip=SLIP)
    await read(a_row(50_000))
    line = await BankLine.get()
    [proposed, *_] = (await proposals([line]))[line.id]
    assert (proposed.why, proposed.claim_id) == ('claim', claim.id)
    await asyncio.gather(
        line.record(invoice, claim=claim, by=await bo()), recorded(await Claim.get(id=claim.id), 50_000)
    )
    assert await Payment.all().count() == 1
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(57_000)


async def test_a_row_whose_money_was_recorded_already_is_only_ticked_off() -> None:
    invoice = await an_invoice()
    payment = await pay(invoice, 50_000)
    await read(a_row(50_000, day=1))
    line = await BankLine.get()
    [proposed, *_] = (await proposals([line]))[line.id]
    assert (proposed.why, proposed.movement_id) == ('recorded', payment.id)
    await line.was_recorded(payment, proposed.number, by=await bo())
    assert (await BankLine.get()).recorded_as == payment.id
    await read(a_row(50_000, day=1, at='11:00'))
    other = await BankLine.get(state=LineState.OPEN)
    assert not any(it.why == 'recorded' for it in (await proposals([other]))[other.id])
    assert await refusal(other.was_recorded(payment, 'x', by=await bo())) == 'bank_line_decided'


async def test_credit_that_was_used_is_the_money_of_no_row() -> None:
    customer = await nimman()
    await pay(await an_invoice(customer), 110_000, keep_rest_as_credit=True)
    await use_credit(await an_invoice(customer), amount=Decimal(3_000), key=uuid4(), by=await bo())
    await read(a_row(3_000))
    line = await BankLine.get()
    assert (await proposals([line]))[line.id] == ()


async def test_the_rest_after_tax_is_proposed_with_the_tax() -> None:
    invoice = await an_invoice()
    reference = (invoice.number or '').replace('-', '')
    await read(a_row(102_000, reference))
    line = await BankLine.get()
    [proposed] = (await proposals([line]))[line.id]
    assert proposed.withheld == Decimal(5_000)
    await line.record(invoice, withheld=proposed.withheld, by=await bo())
    assert (await Invoice.get(id=invoice.id)).balance == 0


async def test_a_row_whose_payment_was_reversed_is_proposed_and_recorded_again() -> None:
    invoice, by = await an_invoice(), await bo()
    await read(a_row(107_000))
    line = await BankLine.get()
    first = await line.record(invoice, by=by)
    assert isinstance(first, Payment)
    await first.reverse(reason='Another invoice was meant', by=by)
    line = await BankLine.get()
    assert (line.state, line.recorded_as, line.number) == (LineState.OPEN, None, '')
    [proposed] = (await proposals([line]))[line.id]
    assert (proposed.why, proposed.number) == ('amount', invoice.number)
    once, twice = await asyncio.gather(line.record(invoice, by=by), (await BankLine.get()).record(invoice, by=by))
    assert once.id == twice.id != first.id
    assert await Payment.filter(reversed_at=None).count() == 1
    assert (await Invoice.get(id=invoice.id)).balance == 0


async def test_a_row_that_a_reversed_claim_was_recorded_by_becomes_a_payment_of_its_own() -> None:
    invoice, by = await an_invoice(), await bo()
    claim = await a_claim(invoice, slip=SLIP)
    await read(a_row(107_000))
    made = await (await BankLine.get()).record(invoice, claim=claim, by=by)
    assert isinstance(made, Payment)
    await made.reverse(reason='The bank took it back', by=by)
    again = await (await BankLine.get()).record(invoice, by=by)
    assert again.id != made.id
    assert (await Invoice.get(id=invoice.id)).balance == 0


async def test_what_is_ignored_can_come_back() -> None:
    await read(a_row(5))
    line, by = await BankLine.get(), await bo()
    await line.ignore(by=by)
    assert await refusal(line.record(await an_invoice(), by=by)) == 'bank_line_ignored'
    await line.reopen(by=by)
    assert (await BankLine.get()).state is LineState.OPEN


async def test_the_columns_of_a_bank_are_remembered_by_the_head_of_its_files() -> None:
    assert await BankStatement.columns_of('x') is None
    await read(a_row(5))
    assert await BankStatement.columns_of('x') == {'amount': 3}
    assert isinstance((await BankStatement.get()).id, UUID)
