"""What was paid before an invoice is never stranded and never taxed twice, whatever becomes of the invoice and the job.

VAT is worked out by hand: what tax invoices told (x 7 / 107 of each part), less what credit notes took back, is the VAT
of what was rented. 100,000 and 10,000 told 6,542.06 + 654.21 = 7,196.27; 7,000.00 stay, and the note takes 196.27 back.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from models import (
    CreditNote,
    CreditReturn,
    Customer,
    Document,
    Invoice,
    InvoiceStatus,
    Job,
    Method,
    Payment,
    Receipt,
    Refused,
    Stage,
    credit_of,
    credit_prepayments,
    draft_again,
    paid_before,
    use_credit,
)
from tests.ledger import must_add_up, must_be_gapless
from tests.world import SKYPANELS, a_firm, a_job, an_invoice, bo, nimman, today

pytestmark = pytest.mark.usefixtures('db')


async def before(job: Job, amount: str) -> Payment:
    return await job.record_prepayment(
        amount=Decimal(amount), method=Method.BANK_TRANSFER, paid_on=today(), key=uuid4(), by=await bo()
    )


async def issued(job: Job) -> Invoice:
    invoice = await Invoice.get(job_id=job.id, status=InvoiceStatus.DRAFT)
    await invoice.issue(by=await bo())
    return invoice


async def vat_told() -> Decimal:
    """Of all papers that stand: tax invoices less credit notes."""
    receipts = await Receipt.filter(cancelled_at=None).exclude(tax_invoice_number=None)
    numbers = await Document.filter(kind='Credit Note', cancelled_at=None).values_list('number', flat=True)
    notes = await CreditNote.filter(number__in=list(numbers))
    return sum((one.vat for one in receipts), Decimal(0)) - sum((one.vat for one in notes), Decimal(0))


def rent(amount: str) -> list[object]:
    return [replace(SKYPANELS, quantity=Decimal(1), duration=Decimal(1), rate=Decimal(amount))]


# Value of the invoice; paid before; credit left; VAT that stands for it; value and VAT on the credit notes.
OVERPAID = (
    ('1,070 too much', '100000', '108070', '1070.00', '7000.00', '1000.00 70.00'),
    ('twice as much', '100000', '214000', '107000.00', '7000.00', '100000.00 7000.00'),
    ('a second part that is all too much', '100000', '107000 1070', '1070.00', '7000.00', '1000.00 70.00'),
    ('one part across it', '100000', '100000 10000', '3000.00', '7000.00', '2803.73 196.27'),
    ('a part across it and one beyond', '100000', '100000 10000 107', '3107.00', '7000.00', '2903.73 203.27'),
    ('three uneven parts', '1000', '333.33 333.33 500', '96.66', '70.00', '90.33 6.33'),
    ('one satang too much', '100000', '107000.01', '0.01', '7000.00', '0.01 0.00'),
    ('two satang of rent', '0.02', '0.08', '0.06', '0.00', '0.05 0.01'),
    ('all of it, exactly', '100000', '107000', '0.00', '7000.00', ''),
)


@pytest.mark.parametrize(
    ('value', 'parts', 'credit', 'vat', 'notes'), [row[1:] for row in OVERPAID], ids=[row[0] for row in OVERPAID]
)
async def test_what_is_left_of_a_prepayment_is_credit_whose_vat_was_taken_back(
    value: str, parts: str, credit: str, vat: str, notes: str
) -> None:
    job = await a_job(lines=rent(value), deposit=Decimal(0))
    for part in parts.split():
        await before(job, part)
    invoice = await issued(job)
    assert (invoice.total, invoice.status) == (Decimal(0), InvoiceStatus.PAID)
    assert await credit_of(job.customer_id) == Decimal(credit)
    assert await vat_told() == Decimal(vat)
    made = await CreditNote.all()
    sums = [sum((getattr(note, name) for note in made), Decimal(0)) for name in ('difference', 'vat')]
    assert ' '.join(str(one) for one in sums) == notes if notes else not made
    await must_add_up(job.customer_id)
    await must_be_gapless()


async def test_credit_left_of_a_prepayment_is_taxed_once_when_it_pays_the_next_invoice() -> None:
    # 214,000 paid before an invoice of 107,000, and the rest used on a second: 14,000 of VAT for 200,000 of rent.
    job = await a_job()
    await before(job, '214000')
    await issued(job)
    second = await an_invoice(await Customer.get(id=job.customer_id))
    used = await use_credit(second, amount=Decimal(107_000), key=uuid4(), by=await bo())
    receipt = await Receipt.get(payment_id=used.id)
    assert (receipt.vat, receipt.tax_invoice_number is None) == (Decimal(7000), False)
    assert await vat_told() == Decimal(14_000)
    assert await credit_of(job.customer_id) == 0
    await must_add_up(job.customer_id)


async def test_credit_left_of_a_prepayment_is_returned_without_its_vat_staying() -> None:
    job = await a_job()
    await before(job, '108070')
    await issued(job)
    customer = await Customer.get(id=job.customer_id)
    await CreditReturn.pay_back(
        customer, amount=Decimal(1070), method=Method.CASH, returned_on=today(), key=uuid4(), by=await bo()
    )
    assert await vat_told() == Decimal(7000)
    await must_add_up(customer.id)


async def test_the_note_names_the_tax_invoice_of_the_prepayment() -> None:
    job = await a_job()
    payment = await before(job, '108070')
    await issued(job)
    receipt, note = await Receipt.get(payment_id=payment.id), await CreditNote.get()
    assert (note.original_number, note.original_on) == (receipt.tax_invoice_number, receipt.issued_on)
    assert (note.original_value, note.right_value, note.amount) == (Decimal(101_000), Decimal(100_000), Decimal(1070))
    paper = await Document.get(kind='Credit Note')
    assert (paper.job_id, paper.invoice_id) == (job.id, None)
    assert (paper.frozen['credit'], paper.frozen['voids'], paper.frozen['reason']) == ('1070.00', False, '')


async def test_a_firm_without_vat_keeps_the_rest_as_credit_without_a_note() -> None:
    await a_firm(vat_registered=False)
    job = await a_job()
    await before(job, '101000')
    await issued(job)
    assert (await credit_of(job.customer_id), await CreditNote.exists()) == (Decimal(1000), False)
    await must_add_up(job.customer_id)


async def test_a_voided_invoice_is_drafted_again_and_takes_off_what_was_paid_before() -> None:
    job, by = await a_job(), await bo()
    await before(job, '53500')
    first = await issued(job)
    await first.void(reason='Wrong company', by=by)
    assert await paid_before(job.id) == Decimal(53_500)
    draft = await draft_again(job, by=by)
    assert (draft.subtotal, draft.total) == (Decimal(100_000), Decimal(107_000))
    with pytest.raises(Refused, match='draft_exists'):
        await draft_again(job, by=by)
    again = await issued(job)
    assert (again.total, again.prepaid, await paid_before(job.id)) == (Decimal(53_500), Decimal(53_500), Decimal(0))
    assert await vat_told() == Decimal(3500)
    await must_add_up(job.customer_id)


async def test_the_credit_of_a_voided_invoice_stays_credit_and_only_the_rest_waits() -> None:
    job, by = await a_job(), await bo()
    await before(job, '128400')
    first = await issued(job)
    await use_credit(
        await an_invoice(await Customer.get(id=job.customer_id)), amount=Decimal(21_400), key=uuid4(), by=by
    )
    await first.void(reason='Wrong address', by=by)
    assert (await paid_before(job.id), await credit_of(job.customer_id)) == (Decimal(107_000), Decimal(0))
    await draft_again(job, by=by)
    again = await issued(job)
    assert (again.total, await CreditNote.all().count()) == (Decimal(0), 1)
    assert await vat_told() == Decimal(8400)  # 7,000 of this invoice, 1,400 of what the credit paid
    await must_add_up(job.customer_id)


async def test_a_discarded_draft_is_drafted_again_from_what_was_quoted() -> None:
    job, by = await a_job(discount_value=Decimal(10_000)), await bo()
    await before(job, '53500')
    await (await Invoice.get(job_id=job.id)).discard(by=by)
    await before(job, '10700')  # nothing was issued, so money may still come before the invoice
    draft = await draft_again(job, by=by)
    assert (draft.subtotal, draft.discount) == (Decimal(100_000), Decimal(10_000))
    again = await issued(job)
    assert again.balance == Decimal(96_300) - Decimal(64_200)
    await must_add_up(job.customer_id)


async def test_a_second_draft_beside_an_invoice_that_stands_charges_nothing_by_itself() -> None:
    job, by = await a_job(), await bo()
    await issued(job)
    draft = await draft_again(job, by=by)
    assert draft.total == 0
    with pytest.raises(Refused, match='invoice_empty'):
        await draft.issue(by=by)


async def test_a_cancelled_job_leaves_what_was_paid_before_to_be_billed_or_kept_as_credit() -> None:
    job, by = await a_job(), await bo()
    await before(job, '53500')
    await job.cancel(reason='The shoot was called off', by=by)
    assert await paid_before(job.id) == Decimal(53_500)
    draft = await draft_again(job, by=by)  # a fee for the cancellation
    await draft.amend(version=draft.version, lines=[replace(SKYPANELS, rate=Decimal(100))], by=by)
    fee = await issued(job)
    assert (fee.total, fee.prepaid) == (Decimal(0), Decimal(4280))
    assert await credit_of(job.customer_id) == Decimal(49_220)
    assert await vat_told() == Decimal(280)
    await must_add_up(job.customer_id)


async def test_cancelling_keeps_what_was_paid_before_as_credit_if_the_clerk_says_so() -> None:
    job, by = await a_job(), await bo()
    await before(job, '53500')
    await before(job, '0.01')
    await job.cancel(reason='The shoot was called off', by=by, paid_before='credit')
    assert (await Job.get(id=job.id)).stage is Stage.CANCELLED
    assert (await credit_of(job.customer_id), await vat_told()) == (Decimal('53500.01'), Decimal(0))
    customer = await Customer.get(id=job.customer_id)
    await CreditReturn.pay_back(
        customer, amount=Decimal('53500.01'), method=Method.CASH, returned_on=today(), key=uuid4(), by=by
    )
    await must_add_up(customer.id)
    with pytest.raises(Refused, match='nothing_paid_before'):
        await credit_prepayments(job, reason='Again', by=by)


async def test_nothing_is_credited_without_a_reason() -> None:
    job = await a_job()
    await before(job, '53500')
    with pytest.raises(Refused, match='reason_missing'):
        await credit_prepayments(job, reason=' ', by=await bo())


async def test_a_prepayment_that_bounced_takes_its_credit_note_with_it() -> None:
    job, by = await a_job(), await bo()
    payment = await before(job, '53500')
    await credit_prepayments(job, reason='Called off', by=by)
    await payment.reverse(reason='The cheque bounced', by=by)
    assert (await credit_of(job.customer_id), await vat_told()) == (Decimal(0), Decimal(0))
    assert (await Document.get(kind='Credit Note')).cancelled_at is not None
    await must_add_up(job.customer_id)


async def test_money_that_is_reversed_and_kept_as_credit_at_once_is_one_of_both() -> None:
    by = await bo()
    for _ in range(5):
        job = await a_job()
        payment = await before(job, '53500')
        await asyncio.gather(
            payment.reverse(reason='Bounced', by=by),
            credit_prepayments(job, reason='Called off', by=by),
            return_exceptions=True,
        )
        assert await credit_of(job.customer_id) == 0
        await must_add_up(job.customer_id)
    assert await vat_told() == 0


async def test_money_before_an_invoice_that_was_voided_may_come_again() -> None:
    job, by = await a_job(), await bo()
    first = await issued(job)
    with pytest.raises(Refused, match='prepayment_too_late'):
        await before(job, '100')
    await first.void(reason='Wrong', by=by)
    await before(job, '100')
    assert await paid_before(job.id) == Decimal(100)
    assert (await nimman()).id != job.customer_id
