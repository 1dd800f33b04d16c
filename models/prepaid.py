"""What was paid for a job before its final invoice, and how it stands on that invoice."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, now, one_change
from models.business import Business
from models.invoice_line import InvoiceLine
from models.line import LineEntry, LineKind
from models.money import ZERO, baht, vat_inside, vat_on
from models.unseen import refuse_unseen

if TYPE_CHECKING:
    from models.invoice import Invoice
    from models.job import Job
    from models.payment import Payment


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
    `recorded_meanwhile`, `job_over`, `prepayment_too_late` (its invoice was issued already).
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
    firm = await Business.the()
    async with one_change():
        job = await Job.select_for_update().get(id=job.id)
        if known := await Payment.get_or_none(key=key):
            return known
        await refuse_unseen(job, seen)
        if job.stage is Stage.CANCELLED:
            raise Refused('job_over', number=job.number)
        if not await Invoice.exists(job_id=job.id, status=InvoiceStatus.DRAFT):
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
            at=at,
            **moved,
        )
        await Activity.note('prepayment_recorded', by=by, at=at, **where, number=job.number, amount=amount)
    return payment


async def count_prepayments(invoice: 'Invoice') -> Decimal:
    """Each pre-payment of the job as a negative line before VAT; returns the THB, VAT included, that now stand there.

    The net is cut from the sum of all so far, so that parts which pay everything come to the subtotal exactly;
    what is more than the invoice becomes the customer's credit.
    """
    from models.payment import Payment
    from models.receipt import Receipt

    if invoice.job_id is None:
        return ZERO
    waiting = Payment.filter(job_id=invoice.job_id, counted_on_id=None, invoice_id=None, reversed_at=None)
    position = await InvoiceLine.filter(invoice_id=invoice.id).count()
    gross, net, counted, left = ZERO, ZERO, ZERO, invoice.subtotal - invoice.discount
    for payment in await waiting.select_for_update().order_by('id'):
        receipt = await Receipt.get(payment_id=payment.id)
        gross += payment.amount
        whole = gross - vat_inside(gross, invoice.vat_percent)
        part = min(whole - net, left - net)
        over = whole - net - part
        credit = min(payment.amount, over + vat_on(over, invoice.vat_percent)) if over > 0 else ZERO
        net += part
        if part > 0:
            entry = LineEntry(name=receipt.number, rate=-part, kind=LineKind.PREPAYMENT)
            await InvoiceLine.create(invoice_id=invoice.id, position=position, **entry.columns)
            position += 1
        await payment.set(counted_on_id=invoice.id, credit=credit)
        counted += payment.amount - credit
    return counted


async def release_prepayments(invoice: 'Invoice') -> None:
    """What was paid before stands on no invoice now, and waits for the next one.

    Raises Refused('credit_used') when what it had left over as credit was spent meanwhile.
    """
    from models.credit import credit_of, hold_credit
    from models.payment import Payment

    counted = await Payment.filter(counted_on_id=invoice.id).select_for_update().order_by('id')
    over = sum((payment.credit for payment in counted), ZERO)
    if over:
        await hold_credit(invoice.customer_id)
        if await credit_of(invoice.customer_id) < over:
            raise Refused('credit_used', credit=over)
    for payment in counted:
        await payment.set(counted_on_id=None, credit=ZERO)
