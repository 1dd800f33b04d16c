"""Invoices at the counter: sent, paid in whole and in part, reversed, voided; everybody sees each step at once."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from nicegui.testing import User

from models import CreditNote, CustomerKind, Invoice, InvoiceStatus, Outbox, Payment, PortalLink, Receipt, Role
from tests.conftest import Psql
from tests.pages.counter import mail_server
from tests.pages.work import (
    choose,
    colleague,
    counter,
    forge,
    misses,
    pick,
    saves,
    sees,
    sit_down,
    tap,
    typed,
    until,
    write,
)
from tests.world import a_job, an_invoice, bo, in_days, nimman, pay

__all__ = ['colleague', 'counter', 'mail_server']


async def test_the_list_names_drafts_by_their_job_and_finds_what_is_overdue(counter: User, psql: Psql) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    invoice = await an_invoice(await nimman(name='Other Film'))
    await counter.open('/invoices')
    await sees(counter, f'Draft #{job.number}')
    await sees(counter, str(invoice.number))
    await psql(
        f"update invoice set issued_on = current_date - 40, due_on = current_date - 10 where id = '{invoice.id}'"
    )
    tap(counter, 'filter', 'OVERDUE')
    await misses(counter, 'Draft #')
    await sees(counter, 'Overdue')
    counter.find(marker='search').type('nimman')
    await sees(counter, 'No invoices found')


async def test_the_list_says_what_a_credit_note_took_off_so_that_its_sums_add_up(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await CreditNote.issue(invoice, difference=Decimal(3000), reason='A lamp was broken', key=uuid4(), by=await bo())
    await counter.open('/invoices')
    await sees(counter, '107,000.00 0.00 credited 3,210.00 103,790.00')


async def test_a_payment_proposes_the_balance_and_settles_the_invoice_everywhere(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.SALES)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    await colleague.open('/invoices')
    await sees(counter, 'Record Payment')
    tap(counter, 'pay')
    await sees(counter, f'Balance of {invoice.number}: ฿107,000.00')
    assert typed(counter, 'amount') == '107,000.00'
    await sees(counter, 'This settles the invoice in full.')
    write(counter, 'reference', 'KBANK 4412')
    saves(counter)
    await sees(counter, 'RC-')
    await sees(colleague, '107,000.00 107,000.00 0.00 Paid')
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID
    assert (await Payment.get()).reference == 'KBANK 4412'


async def test_a_double_press_is_one_payment(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '50000')
    await sees(counter, '฿57,000.00 stays owed.')
    saves(counter)
    saves(counter)
    await sees(counter, 'Partial')
    assert await Payment.all().count() == 1


async def test_a_part_that_a_colleague_recorded_meanwhile_is_said_before_it_is_recorded_twice(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.ADMIN)
    invoice = await an_invoice()
    for user in (counter, colleague):
        await user.open(f'/invoices/{invoice.number}')
        tap(user, 'pay')
        await user.should_see(marker='amount', retries=50)
        write(user, 'amount', '50000')
        await sees(user, '฿57,000.00 stays owed.')
    saves(colleague)
    await sees(colleague, 'Payment of ฿50,000.00 recorded.')
    saves(counter)
    await sees(counter, f'Nok recorded ฿50,000.00 for {invoice.number} on')
    assert typed(counter, 'amount') == '50000'
    assert await Payment.all().count() == 1
    saves(counter)
    await sees(counter, 'Payment of ฿50,000.00 recorded.')
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(7000)


async def test_a_company_that_withholds_is_proposed_the_tax(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='withholds', retries=50)
    pick(counter, 'withholds', True)
    await sees(counter, 'Proposed for ฿107,000.00: ฿5,000.00 withheld, ฿102,000.00 received')
    assert (typed(counter, 'amount'), typed(counter, 'withheld')) == ('102,000.00', '5,000.00')
    write(counter, 'amount', '54,336.45')
    await sees(counter, 'Proposed for ฿57,000.00: ฿2,663.55 withheld')
    assert typed(counter, 'withheld') == '2,663.55'
    saves(counter)
    await sees(counter, 'Partial')
    stored = await Invoice.get(id=invoice.id)
    assert (stored.received, stored.withheld, stored.balance) == (
        Decimal('54336.45'),
        Decimal('2663.55'),
        Decimal(50000),
    )


async def test_a_private_customer_is_not_asked_about_withholding(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice(await nimman(kind=CustomerKind.INDIVIDUAL))
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    await misses(counter, 'The customer withheld tax')


async def test_more_than_the_balance_is_told_before_it_becomes_credit(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '110,000')
    await sees(counter, '฿3,000.00 is more than the balance.')
    saves(counter)
    await sees(counter, 'Tick “Keep the rest as customer credit”')
    assert typed(counter, 'amount') == '110,000'
    pick(counter, 'credit', True)
    saves(counter)
    await sees(counter, '฿3,000.00 kept as customer credit')
    assert (await Payment.get()).credit == Decimal(3000)


async def test_a_payment_of_a_colleague_changes_the_proposal_but_not_what_was_typed(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.BILLING)
    invoice = await an_invoice()
    for user in (counter, colleague):
        await user.open(f'/invoices/{invoice.number}')
        tap(user, 'pay')
        await user.should_see(marker='amount', retries=50)
    write(colleague, 'amount', '20000')
    await pay(invoice, 50000)
    await sees(counter, '57,000.00')
    await sees(colleague, '฿37,000.00 stays owed.')
    assert (typed(counter, 'amount'), typed(colleague, 'amount')) == ('57,000.00', '20000')


async def test_an_amount_that_cannot_be_read_is_refused_beside_the_field(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '50,00')
    saves(counter)
    await sees(counter, '“50,00” is not an amount.')
    assert typed(counter, 'amount') == '50,00'
    assert not await Payment.exists()


async def test_a_payment_is_reversed_with_a_reason_by_who_manages_money(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    payment = await pay(invoice, 107000)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Reverse')
    tap(counter, 'reverse', str(payment.id))
    await sees(counter, 'no longer counts')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    counter.find(marker='reason').type('The cheque bounced')
    saves(counter)
    await sees(counter, 'reversed: The cheque bounced')
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.SENT
    assert (await Receipt.get()).cancelled_at is not None


@pytest.mark.parametrize(('verb', 'reference'), [('pay', ''), ('reverse', '{payment}'), ('send', '')])
async def test_what_a_role_may_not_do_with_money_is_refused_when_it_is_forged(
    counter: User, verb: str, reference: str
) -> None:
    await sit_down(counter, Role.SALES)
    invoice = await an_invoice()
    payment = await pay(invoice, 7000)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, '100,000.00')
    await misses(counter, 'Record Payment')
    forge(counter, verb, reference.format(payment=payment.id))
    await sees(counter, 'Your role does not allow this.')
    assert (await Payment.get()).reversed_at is None
    assert not await PortalLink.exists()


async def test_crew_do_not_reach_invoices_or_deposits(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    invoice = await an_invoice()
    for path in ('/invoices', f'/invoices/{invoice.number}', '/deposits', '/invoices/new'):
        await counter.open(path)
        await sees(counter, 'This is not for your role')
        await misses(counter, '107,000.00')


async def test_finalize_gives_a_draft_its_number_without_a_link(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    draft = await Invoice.get(job_id=job.id)
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, f'Draft #{job.number}')
    tap(counter, 'finalize')
    await sees(counter, 'INV-')
    stored = await Invoice.get(id=draft.id)
    assert (stored.status, stored.due_on) == (InvoiceStatus.SENT, in_days(30))
    assert not await PortalLink.exists(invoice_id=draft.id)


@pytest.mark.usefixtures('mail_server')
async def test_send_gives_a_draft_its_number_and_its_link(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    draft = await Invoice.get(job_id=job.id)
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    tap(counter, 'send')
    await sees(counter, "The draft gets its number and today's date.")
    await sees(counter, 'Invoice INV-… for ฿107,000.00 is ready for you.')
    assert (await Invoice.get(id=draft.id)).number is None
    saves(counter)
    await sees(counter, 'INV-2')
    assert await PortalLink.exists(invoice_id=draft.id)
    assert await Outbox.filter(template='invoice', invoice_id=draft.id).count() == 1


async def test_without_a_mail_server_nobody_is_told_that_a_mail_goes(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    draft = await Invoice.get(job_id=(await a_job()).id)
    await counter.open(f'/invoices/{draft.id}')
    tap(counter, 'send')
    await sees(counter, 'No mail server is set up')
    saves(counter)
    await sees(counter, 'INV-2')
    assert not await Outbox.filter(template='invoice').exists()


async def test_void_asks_for_a_reason_and_is_not_offered_once_money_came(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Void')
    choose(counter, 'void')
    await sees(counter, 'its number is never used again')
    counter.find(marker='reason').type('Wrong customer')
    saves(counter)
    await sees(counter, 'Void: Wrong customer')
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.VOID
    paid = await an_invoice(await nimman(name='Other Film'))
    await pay(paid, 7000)
    await counter.open(f'/invoices/{paid.number}')
    await sees(counter, 'Partial')
    await misses(counter, 'Void')


async def test_an_invoice_by_hand_is_a_draft_of_its_customer(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await counter.open('/invoices/new')
    await counter.should_see(marker='name_1', retries=50)
    pick(counter, 'customer', str(customer.id))
    write(counter, 'name_1', 'Late return')
    write(counter, 'rate_1', '1,500')
    await sees(counter, 'Grand Total ฿1,605.00')
    saves(counter)
    await sees(counter, 'The customer does not see a draft.')
    invoice = await Invoice.get(customer_id=customer.id)
    assert (invoice.status, invoice.total) == (InvoiceStatus.DRAFT, Decimal(1605))


async def test_whoever_saves_an_invoice_by_hand_twice_before_the_page_has_changed_makes_one(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await counter.open(f'/invoices/new/{customer.id}')
    await counter.should_see(marker='name_1', retries=50)
    write(counter, 'name_1', 'Late return')
    write(counter, 'rate_1', '1,500')
    gone: list[str] = []
    monkeypatch.setattr('pages.frame.Desk.go', lambda _, path: gone.append(path))  # the network is slow
    saves(counter)
    await until(lambda: len(gone) == 1, lambda: 'it is not saved')
    saves(counter)
    await until(lambda: len(gone) == 2, lambda: 'it is not saved again')
    assert len(set(gone)) == 1
    assert (await Invoice.get(customer_id=customer.id)).total == Decimal(1605)


async def test_a_draft_that_goes_away_with_its_job_is_told_so(counter: User) -> None:
    await sit_down(counter)
    job = await a_job()
    draft = await Invoice.get(job_id=job.id)
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    from tests.world import bo

    await job.cancel(reason='Rain', by=await bo())
    await sees(counter, 'This draft was discarded.')
