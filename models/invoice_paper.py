"""All that the paper of an invoice says, frozen when it is issued."""

from decimal import Decimal
from typing import Any

from models.business import Business
from models.document import Document, DocumentKind
from models.invoice import Invoice
from models.invoice_line import InvoiceLine
from models.line import LineKind
from models.money import ZERO, Withholding

SUMS = ('subtotal', 'discount', 'discount_value', 'vat', 'total', 'prepaid')
LINE = ('kind', 'name', 'name_th', 'quantity', 'duration', 'rate', 'rate_type', 'amount', 'withholding')


async def owe_invoice(invoice: Invoice) -> Document:
    return await Document.order(
        DocumentKind.INVOICE,
        invoice.number or '',
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        job_id=invoice.job_id,
        issued_on=invoice.issued_on,  # type: ignore[arg-type]  # it was just issued
        frozen=await frozen_invoice(invoice),
    )


async def frozen_invoice(invoice: Invoice) -> dict[str, Any]:
    lines = await InvoiceLine.filter(invoice_id=invoice.id).order_by('position')
    charged = [line for line in lines if line.kind is not LineKind.PREPAYMENT]
    tax = await _withholding(invoice, charged)
    return {
        **{name: str(getattr(invoice, name) or '') for name in ('number', 'issued_on', 'due_on', 'customer_notes')},
        **{name: str(getattr(invoice, name)) for name in SUMS},
        'tax_invoice_number': invoice.tax_invoice_number or '',
        'vat_percent': str(invoice.vat_percent),
        'discount_kind': str(invoice.discount_kind),
        'charged': str(sum((line.amount for line in charged), ZERO)),
        'job': await _job(invoice),
        'lines': [{name: str(getattr(line, name)) for name in LINE} for line in charged],
        'prepayments': await frozen_prepayments([line for line in lines if line.kind is LineKind.PREPAYMENT]),
        'withholding': tax,
        'net_if_withheld': str(invoice.total - sum((Decimal(one['tax']) for one in tax), ZERO)),
        'promptpay': await promptpay_facts(invoice.number or '', invoice.balance),
    }


async def promptpay_facts(number: str, amount: Decimal) -> dict[str, str]:
    """What the QR of a paper holds: whom to pay, how much, and the reference of a bill payment; {} without an ID."""
    firm = await Business.the()
    if not firm.promptpay_id or amount <= 0:
        return {}
    reference = ''.join(sign for sign in number.upper() if sign.isascii() and sign.isalnum())[:20]
    return {
        'kind': firm.promptpay_kind,
        'id': firm.promptpay_id,
        'amount': str(amount),
        'reference': reference,
        'static': 'yes' if firm.promptpay_static else '',
    }


async def _withholding(invoice: Invoice, lines: list[InvoiceLine]) -> list[dict[str, str]]:
    """What a company would withhold of all of it, by class: information for its accountant, not a deduction."""
    taken = await invoice.withheld_by_class(invoice.total)
    net = {kind: sum((line.amount for line in lines if line.withholding is kind), ZERO) for kind in Withholding}
    return [
        {'class': str(kind), 'percent': str(kind.percent), 'lines': str(net[kind]), 'tax': str(tax)}
        for kind, tax in taken.items()
        if tax
    ]


async def frozen_prepayments(lines: list[InvoiceLine]) -> list[dict[str, str]]:
    """What was paid before, by its receipts: `lines` are those below zero."""
    from models.receipt import Receipt

    net = {line.name: -line.amount for line in lines}
    receipts = await Receipt.filter(number__in=list(net)).order_by('id')
    return [
        {
            'number': receipt.number,
            'tax_invoice_number': receipt.tax_invoice_number or '',
            'issued_on': str(receipt.issued_on),
            'amount': str(receipt.amount),
            'vat': str(receipt.vat),
            'net': str(net[receipt.number]),
        }
        for receipt in receipts
    ]


async def _job(invoice: Invoice) -> dict[str, str]:
    from models.job import Job

    job = await Job.get_or_none(id=invoice.job_id) if invoice.job_id else None
    if job is None:
        return {}
    names = ('number', 'title', 'title_th', 'start_on', 'end_on')
    return {name: str(getattr(job, name)) for name in names}
