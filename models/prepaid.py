"""What was paid for a job before its final invoice, and how it stands on that invoice."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, now, one_change
from models.business import Business
from models.invoice_line import InvoiceLine
from models.line import LineEntry, LineKind
from models.money import ZERO, baht, vat_inside, vat_on
from models.money_day import must_have_come
from models.unseen import refuse_unseen

if TYPE_CHECKING:
    from models.invoice import Invoice
    from models.job import Job
    from models.payment import Payment
    from models.receipt import Receipt


async def record_prepayment(
    job: 'Job',
    *,
    amount: Decimal,
    method: str,
    paid_on: date,
    key: UUID,
    by: Actor,
    reference: str = '',
    seen: Collection[UUID] | None = None,
) -> 'Payment':
    """Money for a job before its final invoice, THB with VAT; it stands on that invoice as a negative line.

    `key` and `seen` as in `Payment.record`. Raises Refused: `amount_not_positive`, `method_not_money`,
    `day_to_come`, `recorded_meanwhile`, `job_over`, `prepayment_too_late` (its invoice was issued already).
    """
    from models.invoice import Invoice, InvoiceStatus
    from models.job import Job, Stage
    from models.payment import Method, Payment
    from models.receipt import Receipt, ReceiptKind

    by.must(Module.INVOICES, Level.WRITE)
    Method(method).must_be_money()
    amount = baht(amount)
    if amount <= 0:
        raise Refused('amount_not_positive')
    at = now()
    must_have_come(paid_on, at)
    firm = await Business.the()
    async with one_change():
        job = await Job.select_for_update().get(id=job.id)
        if known := await Payment.get_or_none(key=key):
            return known
        await refuse_unseen(job, seen)
        if job.stage is Stage.CANCELLED:
            raise Refused('job_over', number=job.number)
        of_job = Invoice.filter(job_id=job.id)
        if await of_job.exclude(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID]).exists() and not (
            await of_job.filter(status=InvoiceStatus.DRAFT).exists()
        ):
            raise Refused('prepayment_too_late', number=job.number)
        moved: dict[str, Any] = {'amount': amount, 'method': method, 'reference': reference.strip()}
        payment = await Payment.create(
            customer_id=job.customer_id, job_id=job.id, paid_on=paid_on, key=key, by_name=by.name, **moved
        )
        where: dict[str, Any] = {'customer_id': job.customer_id, 'job_id': job.id}
        await Receipt.issue(
            ReceiptKind.PREPAYMENT,
            **where,
            payment_id=payment.id,
            vat=vat_inside(amount, firm.vat_percent),
            taxed=firm.vat_registered,
            moved_on=paid_on,
            at=at,
            **moved,
        )
        await Activity.note('prepayment_recorded', by=by, at=at, **where, number=job.number, amount=amount)
    return payment


async def count_prepayments(invoice: 'Invoice', *, at: datetime, by: Actor) -> Decimal:
    """Each pre-payment of the job as a negative line before VAT; returns the THB, VAT included, that now stand there.

    The net is cut from the sum of all so far, so that parts which pay everything come to the subtotal exactly. What is
    more than the invoice with its VAT becomes the customer's credit, as `keep_as_credit` says.
    """
    from models.receipt import Receipt

    if invoice.job_id is None:
        return ZERO
    position = await InvoiceLine.filter(invoice_id=invoice.id).count()
    left = invoice.subtotal - invoice.discount
    vat_left = vat_on(left, invoice.vat_percent, (await Business.the()).vat_rounding)
    whole, gross, net, counted = left + vat_left, ZERO, ZERO, ZERO
    for payment in await _waiting(invoice.job_id).select_for_update():
        receipt = await Receipt.get(payment_id=payment.id)
        gross += payment.kept_before
        before = gross - vat_inside(gross, invoice.vat_percent)
        part = min(before - net, left - net)
        over = min(payment.kept_before, max(ZERO, gross - whole)) if before - net > part else ZERO
        told = await _vat_told(receipt)
        if part > 0:
            entry = LineEntry(name=receipt.number, rate=-part, kind=LineKind.PREPAYMENT)
            await InvoiceLine.create(invoice_id=invoice.id, position=position, **entry.columns)
            position += 1
        if over:
            await keep_as_credit(payment, receipt, over, vat=max(ZERO, told - vat_left), at=at, by=by)
        if payment.kept_before:
            await payment.set(counted_on_id=invoice.id)
        net, vat_left, counted = net + part, max(ZERO, vat_left - told), counted + payment.kept_before
    return counted


async def release_prepayments(invoice: 'Invoice') -> None:
    """What was paid before stands on no invoice now, and waits for the next one of the job.

    What it had left over stays the customer's credit: it was credited with a paper, and may be spent.
    """
    from models.payment import Payment

    await Payment.filter(counted_on_id=invoice.id).update(counted_on_id=None)


async def paid_before(job_id: UUID) -> Decimal:
    """THB, VAT included, that were paid for a job and stand on no invoice."""
    return sum((payment.kept_before for payment in await _waiting(job_id)), ZERO)


async def credit_prepayments(job: 'Job', *, reason: str, by: Actor) -> Decimal:
    """`Keep as Credit`: all that was paid for the job and stands on no invoice is the customer's; returns how much.

    Raises Refused: `reason_missing`, `nothing_paid_before`.
    """
    from models.job import Job
    from models.receipt import Receipt

    by.must(Module.INVOICES, Level.MANAGE)
    if not reason.strip():
        raise Refused('reason_missing')
    at, credit = now(), ZERO
    async with one_change():
        job = await Job.select_for_update().get(id=job.id)
        for payment in await _waiting(job.id).select_for_update():
            if not payment.kept_before:
                continue
            receipt = await Receipt.get(payment_id=payment.id)
            amount, vat = payment.kept_before, await _vat_told(receipt)
            await keep_as_credit(payment, receipt, amount, vat=vat, at=at, by=by, reason=reason.strip())
            credit += amount
        if not credit:
            raise Refused('nothing_paid_before', number=job.number)
    return credit


async def keep_as_credit(
    payment: 'Payment', receipt: 'Receipt', amount: Decimal, *, vat: Decimal, at: datetime, by: Actor, reason: str = ''
) -> None:
    """`amount` of what was paid before is the customer's credit, and VAT is not owed on it any more.

    Credit is money on which no VAT was told, always: VAT of a service falls due when its price is received (Revenue
    Code s.78/1), so whoever uses credit pays with it, and the receipt of that use is its tax invoice. A pre-payment
    has had a tax invoice already. So that no baht is taxed twice, what is left of it is lowered by a credit note
    (s.82/10, s.86/10) over its value and the `vat` that was told of it; what stays on the invoice has told exactly the
    invoice's VAT. General practice, to be confirmed by the firm's accountant.
    """
    from models.credit_note import CreditNote

    await payment.set(credit=payment.credit + amount)
    if receipt.tax_invoice_number:
        await CreditNote.of_prepayment(receipt, amount=amount, vat=vat, reason=reason, at=at, by=by)
    await Activity.note(
        'prepayment_credited', by=by, at=at, customer_id=payment.customer_id, job_id=payment.job_id,
        number=receipt.number, amount=amount,
    )  # fmt: skip


def _waiting(job_id: UUID) -> 'QuerySet[Payment]':
    from models.payment import Payment

    return Payment.filter(job_id=job_id, counted_on_id=None, invoice_id=None, reversed_at=None).order_by('id')


async def _vat_told(receipt: 'Receipt') -> Decimal:
    """The VAT that its papers tell of a pre-payment: its tax invoice, less its credit notes."""
    from models.credit_note import CreditNote

    notes = await CreditNote.filter(payment_id=receipt.payment_id)
    return max(ZERO, receipt.vat - sum((note.vat for note in notes), ZERO))
