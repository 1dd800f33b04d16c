"""Payments at the counter: what customers say and what the bank says becomes one payment each, confirmed by a clerk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from nicegui.testing import User

from models import (
    BankLine,
    BankRow,
    BankStatement,
    Claim,
    ClaimState,
    Customer,
    Deposit,
    Invoice,
    LineState,
    Method,
    Payment,
    Role,
    SlipEntry,
    credit_of,
)
from tests.app.test_bank_file import KBANK
from tests.pages.counter import hand_in
from tests.pages.work import choose, colleague, counter, forge, misses, pick, saves, sees, sit_down, tap, typed, write
from tests.world import a_job, a_link, an_accepted_quote, an_invoice, bo, in_days, pay

__all__ = ['colleague', 'counter']
PICTURE = b'\xff\xd8\xff a picture'


async def a_claim(record: Invoice | Deposit, amount: int = 107_000, **facts: Any) -> Claim:
    link, _ = await a_link(await Customer.get(id=record.customer_id))
    said: dict[str, Any] = {'amount': Decimal(amount), 'key': uuid4(), 'by': link.grant().actor, **facts}
    return await Claim.make(record, **said)


async def read(*rows: tuple[int, str]) -> None:
    kept = [BankRow(in_days(0), Decimal(amount), text) for amount, text in rows]
    await BankStatement.take(kept, file_name='november.csv', head='x', columns={}, by=await bo())


async def test_a_claim_arrives_live_and_is_recorded_with_what_the_customer_told(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.SALES)
    invoice = await an_invoice()
    await counter.open('/payments')
    await sees(counter, 'Nobody is waiting')
    slip = SlipEntry(PICTURE, '014', '00111222233344ABCD12')
    await a_claim(invoice, 50_000, slip=slip)
    await sees(counter, f'{invoice.number}')
    await sees(counter, 'Transfer 00111222233344ABCD12, bank 014')
    await colleague.open('/payments')
    await sees(colleague, '฿50,000.00')
    tap(counter, 'record', str((await Claim.get()).id))
    await counter.should_see(marker='amount', retries=50)
    assert (typed(counter, 'amount'), typed(counter, 'reference')) == ('50,000.00', '00111222233344ABCD12')
    saves(counter)
    saves(counter)
    await sees(counter, 'Recorded by Nok')
    await sees(colleague, 'Recorded by Nok')
    assert (await Payment.get()).amount == Decimal(50_000)
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(57_000)


async def test_record_payment_on_the_invoice_offers_the_claim_and_makes_no_second_payment(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.BILLING)
    invoice = await an_invoice()
    claim = await a_claim(invoice, 50_000)
    for clerk in (counter, colleague):
        await clerk.open(f'/invoices/{invoice.number}')
        await sees(clerk, 'Record Payment')
        tap(clerk, 'pay')
        await sees(clerk, 'Is this the payment that the customer told us about?')
        assert typed(clerk, 'amount') == '50,000.00'
    saves(counter)
    await sees(counter, 'Partial')
    saves(colleague)
    await sees(colleague, 'Partial')
    assert [payment.key for payment in await Payment.all()] == [claim.id]


async def test_who_voids_an_invoice_is_told_of_money_that_a_customer_claims_to_have_paid(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await a_claim(invoice, 50_000)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Void')
    choose(counter, 'void')
    await sees(counter, 'The customer says that ฿50,000.00 was paid for this invoice')


async def test_a_claim_that_comes_while_the_form_is_open_is_asked_about_before_anything_is_recorded(
    counter: User,
) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '50000')
    claim = await a_claim(invoice, 50_000)
    saves(counter)
    await sees(counter, 'Is this the payment that the customer told us about?')
    assert not await Payment.exists()
    saves(counter)
    await sees(counter, 'Partial')
    assert (await Payment.get()).key == claim.id


async def test_another_payment_is_recorded_beside_the_claim(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    claim = await a_claim(invoice, 50_000)
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='claim', retries=50)
    pick(counter, 'claim', '')
    await sees(counter, 'This settles the invoice in full.')
    write(counter, 'amount', '7,000')
    saves(counter)
    await sees(counter, 'Partial')
    assert (await Payment.get()).key != claim.id
    assert (await Claim.get()).state is ClaimState.WAITING


async def test_a_claim_of_a_deposit_collects_it(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    quote = await an_accepted_quote()
    deposit = await Deposit.get(quote_id=quote.id)
    claim = await a_claim(deposit, 20_000)
    await counter.open('/payments')
    await sees(counter, deposit.number)
    tap(counter, 'record', str(claim.id))
    await counter.should_see(marker='amount', retries=50)
    saves(counter)
    await sees(counter, 'Recorded by Nok')
    assert (await Deposit.get(id=deposit.id)).held == Decimal(20_000)


async def test_a_claim_is_dismissed_with_a_reason(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    claim = await a_claim(await an_invoice())
    await counter.open('/payments')
    await sees(counter, '฿107,000.00')
    tap(counter, 'dismiss', str(claim.id))
    await counter.should_see(marker='reason', retries=50)
    saves(counter)
    await sees(counter, 'Please give a reason.')
    write(counter, 'reason', 'Nothing has arrived.')
    saves(counter)
    await sees(counter, 'Dismissed by Nok: Nothing has arrived.')
    assert (await Claim.get()).reason == 'Nothing has arrived.'


async def test_whoever_may_only_read_presses_in_vain(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    claim = await a_claim(await an_invoice())
    await read((107_000, 'x'))
    await counter.open('/payments')
    await sees(counter, '฿107,000.00')
    await misses(counter, 'Dismiss')
    for verb in ('record', 'dismiss'):
        forge(counter, verb, str(claim.id))
    await counter.open('/payments/statement')
    await sees(counter, '107,000.00')
    line = await BankLine.get()
    for verb in ('record', 'ignore', 'find'):
        forge(counter, verb, f'{line.id}:{claim.invoice_id}')
    await sees(counter, 'Your role does not allow this.')
    assert (await Claim.get()).state is ClaimState.WAITING
    assert (await BankLine.get()).state is LineState.OPEN


async def test_crew_see_no_payments(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    await counter.open('/payments')
    await sees(counter, 'Your role does not allow this.')


async def test_a_slip_is_handed_out_as_a_file_to_staff_alone(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    claim = await a_claim(await an_invoice(), slip=SlipEntry(PICTURE))
    address = f'/payments/slips/{claim.id}'
    answer = await counter.http_client.get(address)
    assert (answer.status_code, answer.content) == (200, PICTURE)
    assert answer.headers['content-disposition'].startswith('attachment; filename="slip-INV-')
    assert answer.headers['content-type'] == 'image/jpeg'
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert 'sandbox' in answer.headers['content-security-policy']
    await sit_down(counter, Role.CREW)
    assert (await counter.http_client.get(address)).status_code == 404
    counter.http_client.cookies.clear()
    assert (await counter.http_client.get(address)).status_code == 404
    assert (await counter.http_client.get(f'/payments/slips/{uuid4()}')).status_code == 404


async def test_a_statement_is_read_shown_kept_once_and_its_rows_are_confirmed(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await pay(invoice, 50_000)
    named = KBANK.replace('INV20260117', str(invoice.number).replace('-', ''))
    for new in (2, 0):
        await counter.open('/payments/statement')
        counter.find('Read a Statement…').click()
        assert await hand_in(counter, 'bank-file', 'november.csv', named.encode()) == 204
        await sees(counter, 'Recognised: KBank' if new else 'Columns as the last time')
        await sees(counter, 'Rows of money that came in: 2')
        saves(counter)
        await sees(counter, f'New rows: {new} of 2')
    await sees(counter, 'by reference')
    line = await BankLine.get(amount=Decimal(57_000))
    tap(counter, 'record', f'{line.id}:{invoice.id}')
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    tap(counter, 'ignore', str((await BankLine.get(amount=Decimal('1.50'))).id))
    await sees(counter, 'Every row is decided')
    assert (await Invoice.get(id=invoice.id)).balance == 0
    assert await BankLine.all().count() == 2


async def test_what_was_recorded_before_is_ticked_off(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    payment = await pay(invoice, 50_000)
    await read((50_000, 'PromptPay'))
    await counter.open('/payments/statement')
    await sees(counter, 'recorded already')
    line = await BankLine.get()
    tap(counter, 'tick', f'{line.id}:{payment.id}')
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert await Payment.all().count() == 1


async def test_a_prepayment_that_was_typed_by_hand_is_ticked_off_for_its_job(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    payment = await job.record_prepayment(
        amount=Decimal(53_500), method=Method.BANK_TRANSFER, paid_on=in_days(0), key=uuid4(), by=await bo()
    )
    await read((53_500, 'PromptPay'))
    await counter.open('/payments/statement')
    await sees(counter, 'recorded already')
    await sees(counter, job.number)
    line = await BankLine.get()
    tap(counter, 'tick', f'{line.id}:{payment.id}')
    await sees(counter, f'Recorded for {job.number} by Nok')
    assert (await BankLine.get()).recorded_as == payment.id


async def test_a_row_of_another_sum_asks_whether_it_is_the_claim_that_waits(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    claim = await a_claim(invoice, 50_000)
    await read((49_985, str(invoice.number)))
    await counter.open('/payments/statement')
    await sees(counter, 'by reference')
    line = await BankLine.get()
    tap(counter, 'record', f'{line.id}:{invoice.id}')
    await sees(counter, 'Is this the payment that the customer told us about?')
    assert typed(counter, 'amount') == '49,985.00'
    assert not await Payment.exists()
    pick(counter, 'claim', '')
    pick(counter, 'claim', str(claim.id))
    assert typed(counter, 'amount') == '49,985.00'
    saves(counter)
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert (await Claim.get()).state is ClaimState.RECORDED
    assert (await Payment.get()).amount == Decimal(49_985)
    assert (await BankLine.get()).state is LineState.RECORDED


async def test_a_claim_beside_an_earlier_payment_of_the_same_sum_is_recorded_with_its_row(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await pay(invoice, 50_000)
    claim = await a_claim(invoice, 50_000)
    await read((50_000, 'PromptPay'))
    await counter.open('/payments/statement')
    await sees(counter, 'recorded already')
    line = await BankLine.get()
    tap(counter, 'record', f'{line.id}:{invoice.id}')
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert (await Claim.get()).state is ClaimState.RECORDED
    assert await Payment.filter(key=claim.id).count() == 1
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(7_000)


async def test_more_than_is_owed_is_decided_in_the_panel(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await read((110_000, str(invoice.number)))
    await counter.open('/payments/statement')
    await sees(counter, '฿3,000.00 more than is owed')
    line = await BankLine.get()
    tap(counter, 'record', f'{line.id}:{invoice.id}')
    await counter.should_see(marker='credit', retries=50)
    pick(counter, 'credit', True)
    saves(counter)
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert (await Payment.get()).credit == Decimal(3_000)
    assert (await BankLine.get()).state is LineState.RECORDED


async def test_a_row_that_fits_nothing_is_given_its_document_by_number(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await read((5_000, 'cash machine'))
    await counter.open('/payments/statement')
    await sees(counter, 'No document fits')
    line = await BankLine.get()
    tap(counter, 'find', str(line.id))
    await counter.should_see(marker='number', retries=50)
    write(counter, 'number', 'INV-1999-0001')
    saves(counter)
    await sees(counter, 'There is no open invoice or deposit with this number.')
    write(counter, 'number', str(invoice.number).lower())
    saves(counter)
    await counter.should_see(marker='amount', retries=50)
    assert typed(counter, 'amount') == '5,000.00'
    saves(counter)
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert (await Invoice.get(id=invoice.id)).received == Decimal(5_000)


async def test_a_code_that_was_paid_twice_is_found_in_the_statement_and_becomes_credit(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await pay(invoice, 107_000, method=Method.CASH)
    await read((107_000, 'transfer'))
    await counter.open('/payments/statement')
    await sees(counter, 'No document fits')
    tap(counter, 'find', str((await BankLine.get()).id))
    await counter.should_see(marker='number', retries=50)
    write(counter, 'number', str(invoice.number))
    saves(counter)
    await sees(counter, f'{invoice.number} is already paid in full.')
    await sees(counter, "the whole amount, ฿107,000.00, becomes the customer's credit.")
    pick(counter, 'credit', True)
    saves(counter)
    await sees(counter, f'Recorded for {invoice.number} by Nok')
    assert await credit_of(invoice.customer_id) == Decimal(107_000)


async def test_columns_that_nobody_knows_are_chosen_and_remembered(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    file = 'Alpha,Beta,Gamma\n22/11/2026,INV,100.00\n'
    for known in (False, True):
        await counter.open('/payments/statement')
        counter.find('Read a Statement…').click()
        assert await hand_in(counter, 'bank-file', 'november.csv', file.encode()) == 204
        if not known:
            await sees(counter, 'With these columns no row can be read.')
            saves(counter)
            await sees(counter, 'Please choose the columns')
            pick(counter, 'date', '0')
            pick(counter, 'received', '2')
        await sees(counter, 'Rows of money that came in: 1')
        saves(counter)
        await sees(counter, f'New rows: {0 if known else 1} of 1')


@pytest.mark.parametrize('content', ['hello', 'PK\x03\x04 a spreadsheet'])
async def test_what_is_no_statement_is_refused(counter: User, content: str) -> None:
    await sit_down(counter, Role.BILLING)
    await counter.open('/payments/statement')
    counter.find('Read a Statement…').click()
    assert await hand_in(counter, 'bank-file', 'november.csv', content.encode()) == 204
    await sees(counter, 'This file cannot be read as a table.')
    assert not await BankStatement.exists()


async def test_the_bell_leads_to_the_claims(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await invoice.set(owner_id=None)  # whoever wrote it has left: everybody who may record payments is told
    await a_claim(invoice)
    await counter.open('/customers')
    tap(counter, 'bell')
    await sees(counter, 'The customer says that INV-')
