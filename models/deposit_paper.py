"""What the papers of a deposit say of it: for which rental, how much, what came, what was kept and why."""

from typing import TYPE_CHECKING, Any

from models.business import Business
from models.document import Document, DocumentKind
from models.invoice_paper import promptpay_facts

if TYPE_CHECKING:
    from models.deposit import Deposit


async def owe_deposit_request(deposit: 'Deposit') -> Document:
    frozen = await frozen_deposit(deposit)
    return await Document.order(
        DocumentKind.DEPOSIT_REQUEST,
        deposit.number,
        customer_id=deposit.customer_id,
        quote_id=deposit.quote_id,
        deposit_id=deposit.id,
        issued_on=deposit.requested_on,
        frozen={
            **frozen,
            'amount': str(deposit.amount),
            'promptpay': await promptpay_facts(deposit.number, deposit.awaited),
        },
    )


async def frozen_deposit(deposit: 'Deposit') -> dict[str, Any]:
    from models.deposit import DepositKept
    from models.job import Job
    from models.quote import Quote

    firm, quote = await Business.the(), await Quote.get(id=deposit.quote_id)
    job = await Job.get_or_none(id=deposit.job_id) if deposit.job_id else None
    kept = await DepositKept.filter(deposit_id=deposit.id).order_by('id')
    return {
        'number': deposit.number,
        'requested_on': str(deposit.requested_on),
        'deposit': {
            name: str(getattr(deposit, name))
            for name in ('number', 'amount', 'collected', 'returned', 'kept', 'held', 'awaited')
        },
        'quote': quote.number,
        'title': quote.title,
        'title_th': quote.title_th,
        'job': job.number if job else '',
        'job_start': str(job.start_on if job else quote.job_start),
        'job_end': str(job.end_on if job else quote.job_end),
        'refund_days': firm.deposit_refund_days,
        'vat_percent': str(firm.vat_percent),
        'kept_lines': [
            {
                'kind': str(line.kind),
                'reason': line.reason,
                'amount': str(line.amount),
                'vat': str(line.vat),
                'tax_invoice_number': line.tax_invoice_number or '',
            }
            for line in kept
        ],
    }
