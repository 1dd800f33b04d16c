"""All that the paper of a receipt says, frozen in the change that moved the money."""

from datetime import date
from decimal import Decimal
from typing import Any

from models.document import Document, DocumentKind
from models.line import LineKind
from models.money import ZERO
from models.receipt import Receipt, ReceiptKind

PAPER = {
    ReceiptKind.PAYMENT: DocumentKind.RECEIPT,
    ReceiptKind.PREPAYMENT: DocumentKind.RECEIPT,
    ReceiptKind.DEPOSIT: DocumentKind.DEPOSIT_RECEIPT,
    ReceiptKind.DEPOSIT_RETURN: DocumentKind.DEPOSIT_RETURN,
}
SUMS = ('amount', 'withheld', 'credit', 'vat', 'kept')
LINE = ('kind', 'name', 'name_th', 'quantity', 'duration', 'rate', 'rate_type', 'amount', 'withholding')


async def owe_receipt(receipt: Receipt, *, moved_on: date) -> Document:
    """Issued today, as its number is; `moved_on` is the day on which the money itself came or went."""
    about = {
        ReceiptKind.PAYMENT: _of_invoice,
        ReceiptKind.PREPAYMENT: _of_job,
        ReceiptKind.DEPOSIT: _of_deposit,
        ReceiptKind.DEPOSIT_RETURN: _of_deposit,
    }
    frozen = _sums(receipt) | {'moved_on': str(moved_on)} | await about[receipt.kind](receipt)
    document = await _order(receipt, PAPER[receipt.kind], receipt.number, frozen)
    for kept in frozen.get('kept_lines', []):
        if kept['tax_invoice_number']:
            await _order(receipt, DocumentKind.TAX_INVOICE, kept['tax_invoice_number'], _of_kept(frozen, kept))
    return document


async def _order(receipt: Receipt, kind: DocumentKind, number: str, frozen: dict[str, Any]) -> Document:
    return await Document.order(
        kind,
        number,
        customer_id=receipt.customer_id,
        invoice_id=receipt.invoice_id,
        deposit_id=receipt.deposit_id,
        job_id=receipt.job_id,
        receipt_id=receipt.id,
        issued_on=receipt.issued_on,
        frozen=frozen,
    )


def _of_kept(frozen: dict[str, Any], kept: dict[str, str]) -> dict[str, Any]:
    """A charge kept of a deposit is a sale, with a tax invoice of its own: one number, one paper."""
    names = ('issued_on', 'title', 'title_th', 'quote', 'job', 'job_start', 'job_end', 'vat_percent')
    return {
        **{name: frozen[name] for name in names},
        **{name: kept[name] for name in ('kind', 'reason', 'amount', 'vat')},
        'number': kept['tax_invoice_number'],
        'deposit': frozen['deposit']['number'],
        'receipt': frozen['number'],
    }


def _sums(receipt: Receipt) -> dict[str, Any]:
    settled = receipt.amount - receipt.credit
    return {
        'receipt_kind': str(receipt.kind),
        **{name: str(getattr(receipt, name) or '') for name in ('number', 'tax_invoice_number', 'issued_on')},
        **{name: str(getattr(receipt, name)) for name in SUMS},
        'settled': str(settled),
        'received': str(receipt.amount - receipt.withheld),
        'net': str(settled - receipt.vat),
        'method': receipt.method,
        'reference': receipt.reference,
    }


async def _of_invoice(receipt: Receipt) -> dict[str, Any]:
    """Which invoice, what it was for, how much of each class was withheld, and what is still owed of it."""
    from models.invoice import Invoice
    from models.invoice_line import InvoiceLine
    from models.invoice_paper import frozen_prepayments

    invoice = await Invoice.get(id=receipt.invoice_id).select_related('job')
    lines = await InvoiceLine.filter(invoice_id=invoice.id).order_by('position')
    charged = [line for line in lines if line.kind is not LineKind.PREPAYMENT]
    return {
        'invoice': {
            'number': invoice.number or '',
            'issued_on': str(invoice.issued_on),
            **{name: str(getattr(invoice, name)) for name in ('total', 'discount', 'discount_kind', 'discount_value')},
            'credited': str(invoice.credited),
            'paid_before': str(invoice.received + invoice.withheld - (receipt.amount - receipt.credit)),
            'prepayments': await frozen_prepayments([line for line in lines if line.kind is LineKind.PREPAYMENT]),
            'title': invoice.job.title if invoice.job else '',
            'title_th': invoice.job.title_th if invoice.job else '',
        },
        'job': {'number': invoice.job.number} if invoice.job else {},
        'lines': [{name: str(getattr(line, name)) for name in LINE} for line in charged],
        'vat_percent': str(invoice.vat_percent),
        'withheld_by_class': await _withheld(receipt, invoice),
        'balance': str(invoice.balance),
    }


async def _withheld(receipt: Receipt, invoice: Any) -> list[dict[str, str]]:
    """By class when it is what the classes come to; else in one sum, as the customer's certificate has it."""
    if not receipt.withheld:
        return []
    parts = await invoice.withheld_by_class(receipt.amount - receipt.credit)
    if sum(parts.values(), ZERO) != receipt.withheld:
        return [{'class': '', 'percent': '', 'tax': str(receipt.withheld)}]
    return [{'class': str(kind), 'percent': str(kind.percent), 'tax': str(tax)} for kind, tax in parts.items() if tax]


async def _of_job(receipt: Receipt) -> dict[str, Any]:
    from models.business import Business
    from models.job import Job

    job, firm = await Job.get(id=receipt.job_id), await Business.the()
    names = ('number', 'title', 'title_th', 'start_on', 'end_on')
    return {
        'job': {name: str(getattr(job, name)) for name in names},
        'vat_percent': str(firm.vat_percent),
        'lines': [
            {
                'kind': str(LineKind.PREPAYMENT),
                'name': job.title,
                'name_th': job.title_th,
                'amount': str(receipt.amount - receipt.vat),
            }
        ],
    }


async def _of_deposit(receipt: Receipt) -> dict[str, Any]:
    """Which deposit for which rental, where it stands now, and what was kept with its VAT."""
    from models.deposit import Deposit
    from models.deposit_paper import frozen_deposit

    deposit = await Deposit.get(id=receipt.deposit_id)
    frozen = await frozen_deposit(deposit)
    if receipt.kind is ReceiptKind.DEPOSIT:
        frozen['kept_lines'] = []
    kept_vat = sum((Decimal(line['vat']) for line in frozen['kept_lines']), ZERO)
    return {key: value for key, value in frozen.items() if key not in {'number'}} | {'kept_vat': str(kept_vat)}
