"""Another draft invoice of a job, after its draft was discarded, its invoice voided, or the job cancelled."""

from typing import TYPE_CHECKING, Any

from models.actor import Actor, Level, Module
from models.base import Refused, one_change
from models.bill import InvoiceStatus
from models.customer import Customer
from models.invoice import Invoice
from models.line import LineKind

if TYPE_CHECKING:
    from models.job import Job


async def draft_again(job: 'Job', *, by: Actor) -> Invoice:
    """What was paid before for the job is taken off it when it is issued. Raises Refused('draft_exists').

    It charges what the invoice voided last charged, else what the quote said; nothing, to be written by hand, while
    another invoice of the job stands.
    """
    from models.job import Job

    by.must(Module.INVOICES, Level.WRITE)
    async with one_change():
        job = await Job.select_for_update().get(id=job.id)
        if await Invoice.exists(job_id=job.id, status=InvoiceStatus.DRAFT):
            raise Refused('draft_exists', number=job.number)
        return await Invoice.draft(await Customer.get(id=job.customer_id), job=job, by=by, **await _charged(job))


async def _charged(job: 'Job') -> dict[str, Any]:
    from models.quote import Quote

    issued = await Invoice.filter(job_id=job.id).order_by('id')
    if any(invoice.status is not InvoiceStatus.VOID for invoice in issued):
        return {'lines': ()}
    source: Any = issued[-1] if issued else await Quote.get(id=job.quote_id)
    lines = (issued[-1] if issued else job).lines.all().exclude(kind=LineKind.PREPAYMENT).order_by('position')
    return {
        'lines': [line.entry for line in await lines],
        **{name: getattr(source, name) for name in ('discount_kind', 'discount_value', 'vat_percent')},
        'customer_notes': issued[-1].customer_notes if issued else '',
    }
