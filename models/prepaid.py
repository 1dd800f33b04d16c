"""What was paid for a job before its final invoice, and how it stands on that invoice."""

from decimal import Decimal
from typing import TYPE_CHECKING

from models.base import Refused
from models.invoice_line import InvoiceLine
from models.line import LineEntry, LineKind
from models.money import ZERO, vat_inside, vat_on

if TYPE_CHECKING:
    from models.invoice import Invoice


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
