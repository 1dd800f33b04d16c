"""An invoice gets its number when it is issued and is settled by what was received and withheld."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from models import (
    Actor,
    Business,
    Customer,
    Invoice,
    InvoiceStatus,
    Job,
    Method,
    Payment,
    PortalLink,
    Receipt,
    Refused,
    Role,
    TaxPoint,
    credit_of,
    end_of_day,
    outstanding_of,
)
from tests.world import SKYPANELS, a_firm, a_job, a_link, an_invoice, bo, nimman, pay, today

pytestmark = pytest.mark.usefixtures('db')


async def test_a_draft_has_no_number_and_an_issued_invoice_has() -> None:
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    assert (draft.number, draft.status) == (None, InvoiceStatus.DRAFT)
    await draft.issue(by=await bo())
    assert (draft.number, draft.total) == (f'INV-{today().year}-0001', Decimal(107000))
    assert draft.due_on == today() + timedelta(days=30)


async def test_a_customer_may_have_terms_of_their_own() -> None:
    assert (await an_invoice(await nimman(terms_days=7))).due_on == today() + timedelta(days=7)


async def test_an_empty_draft_is_not_issued_and_takes_no_number() -> None:
    draft = await Invoice.draft(await nimman(), lines=[], by=await bo())
    with pytest.raises(Refused, match='invoice_empty'):
        await draft.issue(by=await bo())
    assert (await an_invoice(await nimman())).number == f'INV-{today().year}-0001'


async def test_an_invoice_is_issued_once() -> None:
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    by = await bo()
    copies = [await Invoice.get(id=draft.id) for _ in range(5)]
    outcomes = await asyncio.gather(*(copy.issue(by=by) for copy in copies), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1


async def test_it_is_overdue_from_midnight_in_bangkok_after_the_due_day() -> None:
    invoice = await an_invoice(await nimman(terms_days=0))
    assert invoice.status_on(today()) is InvoiceStatus.SENT
    with time_machine.travel(end_of_day(today()), tick=False):
        assert invoice.status_on(today()) is InvoiceStatus.OVERDUE
        await pay(invoice, 50000)
        assert (await Invoice.get(id=invoice.id)).badge(today()) == 'overdue'


async def test_a_part_payment_and_the_rest_make_two_receipts_and_end_the_link() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice)
    await pay(invoice, 50000)
    part = await Invoice.get(id=invoice.id)
    assert (part.status, part.balance) == (InvoiceStatus.PARTIAL, Decimal(57000))
    assert (await PortalLink.get(id=link.id)).ended_at is None
    await pay(invoice, 57000)
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID
    assert (await PortalLink.get(id=link.id)).end_reason == 'paid'
    receipts = await Receipt.filter(invoice_id=invoice.id).order_by('number')
    assert [receipt.amount for receipt in receipts] == [Decimal(50000), Decimal(57000)]
    assert sum(receipt.vat for receipt in receipts) == invoice.vat


async def test_withholding_settles_with_what_was_received() -> None:
    invoice = await an_invoice()
    withheld = await invoice.withholding_of(invoice.total)
    assert withheld == Decimal(5000)
    await pay(invoice, 102000, withheld=withheld)
    paid = await Invoice.get(id=invoice.id)
    assert (paid.status, paid.received, paid.withheld) == (InvoiceStatus.PAID, Decimal(102000), Decimal(5000))
    assert (await Receipt.get(invoice_id=invoice.id)).amount == Decimal(107000)


async def test_only_a_company_withholds() -> None:
    invoice = await an_invoice(await nimman(kind='Individual'))
    with pytest.raises(Refused, match='withheld_by_company_only'):
        await pay(invoice, 102000, withheld=Decimal(5000))


async def test_the_same_payment_pressed_twice_is_one_payment() -> None:
    invoice = await an_invoice()
    key = uuid4()
    await asyncio.gather(*(pay(invoice, 50000, key=key) for _ in range(8)))
    assert await Payment.all().count() == 1
    assert (await Invoice.get(id=invoice.id)).received == Decimal(50000)


async def test_a_transfer_is_recorded_once_for_an_invoice_by_its_reference() -> None:
    invoice = await an_invoice()
    first = await pay(invoice, 50_000, reference='BBL 331876')
    with pytest.raises(Refused, match='payment_known'):
        await pay(invoice, 50_000, reference=' BBL 331876 ')
    await pay(await an_invoice(), 50_000, reference='BBL 331876')  # one transfer may pay two invoices
    await first.reverse(reason='Typed too early', by=await bo())
    await pay(invoice, 50_000, reference='BBL 331876')
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(57_000)


async def test_more_than_the_balance_is_said_before_it_becomes_credit() -> None:
    invoice = await an_invoice()
    with pytest.raises(Refused, match='more_than_balance') as refused:
        await pay(invoice, 110000)
    assert refused.value.facts['rest'] == Decimal(3000)
    await pay(invoice, 110000, keep_rest_as_credit=True)
    assert (await Invoice.get(id=invoice.id)).received == Decimal(107000)
    assert await credit_of(invoice.customer_id) == Decimal(3000)


@pytest.mark.parametrize('amount', [0, -5])
async def test_nothing_is_not_a_payment(amount: int) -> None:
    invoice = await an_invoice()
    with pytest.raises(Refused, match='amount_not_positive'):
        await pay(invoice, amount)


async def test_a_draft_takes_no_payment() -> None:
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    with pytest.raises(Refused, match='invoice_not_open'):
        await pay(draft, 100)


async def test_sales_may_not_record_a_payment() -> None:
    invoice = await an_invoice()
    with pytest.raises(Refused, match='not_allowed'):
        await pay(invoice, 100, by=Actor('staff', 'Ann', role=Role.SALES))


async def test_a_reversal_opens_the_invoice_again_and_keeps_the_receipt_as_cancelled() -> None:
    invoice = await an_invoice()
    payment = await pay(invoice, 107000)
    with pytest.raises(Refused, match='reason_missing'):
        await payment.reverse(reason='', by=await bo())
    await payment.reverse(reason='Cheque bounced', by=await bo())
    stored = await Invoice.get(id=invoice.id)
    assert (stored.status, stored.balance) == (InvoiceStatus.SENT, Decimal(107000))
    assert (await Receipt.get(payment_id=payment.id)).cancelled_at is not None
    with pytest.raises(Refused, match='payment_reversed_already'):
        await payment.reverse(reason='again', by=await bo())


async def test_a_void_keeps_its_number_and_ends_its_link() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice)
    await invoice.void(reason='Wrong customer', by=await bo())
    assert (await PortalLink.get(id=link.id)).end_reason == 'void'
    assert (await an_invoice(await nimman())).number == f'INV-{today().year}-0002'
    assert (await Invoice.get(id=invoice.id)).number == f'INV-{today().year}-0001'


async def test_an_invoice_with_payments_is_not_voided() -> None:
    invoice = await an_invoice()
    await pay(invoice, 100)
    with pytest.raises(Refused, match='invoice_has_payments'):
        await invoice.void(reason='Wrong', by=await bo())


async def test_a_prepayment_stands_on_the_final_invoice_and_vat_is_charged_on_the_rest() -> None:
    job = await a_job()
    await job.record_prepayment(
        amount=Decimal(53500), method=Method.BANK_TRANSFER, paid_on=today(), key=uuid4(), by=await bo()
    )
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=await bo())
    lines = await invoice.lines.all().order_by('position')
    assert (lines[-1].name, lines[-1].amount) == (f'PREREC-{today().year}-0001', Decimal('-50000.00'))
    assert (invoice.subtotal, invoice.vat, invoice.total) == (Decimal(50000), Decimal(3500), Decimal(53500))


async def test_vat_falls_due_when_money_comes_in_unless_the_firm_says_at_issue() -> None:
    invoice = await an_invoice()
    assert invoice.tax_invoice_number is None
    await pay(invoice, 107000)
    assert (await Receipt.get(invoice_id=invoice.id)).tax_invoice_number == f'TI-{today().year}-0001'
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), tax_point=TaxPoint.ISSUE)
    second = await an_invoice(await nimman())
    assert second.tax_invoice_number == f'TI-{today().year}-0002'
    await pay(second, 107000)
    assert (await Receipt.get(invoice_id=second.id)).tax_invoice_number is None


async def test_a_firm_that_is_not_registered_charges_no_vat() -> None:
    await a_firm(vat_registered=False)
    invoice = await an_invoice()
    assert (invoice.vat, invoice.total) == (Decimal(0), Decimal(100000))
    await pay(invoice, 100000)
    assert (await Receipt.get(invoice_id=invoice.id)).tax_invoice_number is None


async def test_vat_is_rounded_once_for_the_sum() -> None:
    lines = [replace(SKYPANELS, quantity=Decimal(1), duration=Decimal(1), rate=Decimal('33.35'))] * 3
    assert (await an_invoice(lines=lines)).vat == Decimal('7.00')


async def test_what_a_customer_owes_is_the_sum_of_balances() -> None:
    customer = await nimman()
    first = await an_invoice(customer)
    await an_invoice(customer)
    await pay(first, 50000)
    assert await outstanding_of(customer.id) == Decimal(164000)


async def prepaid(job: Job, *amounts: str) -> Invoice:
    """The job's invoice, issued after these pre-payments."""
    for amount in amounts:
        await job.record_prepayment(
            amount=Decimal(amount), method=Method.BANK_TRANSFER, paid_on=today(), key=uuid4(), by=await bo()
        )
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=await bo())
    return invoice


async def test_parts_that_pay_everything_before_come_to_the_subtotal_exactly() -> None:
    job = await a_job(lines=[replace(SKYPANELS, quantity=Decimal(1), duration=Decimal(1), rate=Decimal('146212.53'))])
    invoice = await prepaid(job, '46934.22', '109513.19')
    assert (invoice.subtotal, invoice.total, invoice.status) == (Decimal(0), Decimal(0), InvoiceStatus.PAID)
    assert await credit_of(job.customer_id) == 0


async def test_more_than_the_invoice_paid_before_becomes_credit() -> None:
    job = await a_job()
    invoice = await prepaid(job, '107000', '1070')
    assert (invoice.total, invoice.subtotal) == (Decimal(0), Decimal(0))
    assert await credit_of(job.customer_id) == Decimal(1070)


async def test_only_what_is_left_to_pay_is_withheld_from_after_a_prepayment() -> None:
    invoice = await prepaid(await a_job(), '53500')
    assert await invoice.withholding_of(invoice.total) == Decimal(2500)


async def test_a_void_gives_its_prepayments_back_to_the_job() -> None:
    job = await a_job()
    invoice = await prepaid(job, '53500')
    await invoice.void(reason='Wrong address', by=await bo())
    customer = await Customer.get(id=job.customer_id)
    again = await Invoice.draft(customer, lines=[SKYPANELS], job=job, by=await bo())
    await again.issue(by=await bo())
    assert again.total == Decimal(53500)


async def test_a_prepayment_after_the_invoice_was_issued_is_refused() -> None:
    job = await a_job()
    await (await Invoice.get(job_id=job.id)).issue(by=await bo())
    with pytest.raises(Refused, match='prepayment_too_late'):
        await job.record_prepayment(
            amount=Decimal(100), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo()
        )


async def test_an_invoice_has_one_tax_invoice_number_whenever_the_firm_changes_its_mind() -> None:
    firm = await a_firm(tax_point=TaxPoint.ISSUE)
    first = await an_invoice()
    await firm.amend(version=1, by=await bo(), tax_point=TaxPoint.PAYMENT)
    await pay(first, 107000)
    assert (await Receipt.get(invoice_id=first.id)).tax_invoice_number is None
