"""The delivery manifest: what goes where on which job, owed when the job is dispatched."""

from typing import Any

from models.base import bangkok_day, now
from models.customer import Customer
from models.document import Document, DocumentKind, parties_of
from models.job import Job

PLACE = ('delivery_address', 'site_contact', 'driver_name', 'driver_phone', 'vehicle')


async def owe_manifest(job: Job) -> None:
    """Once per job; dispatched again with another driver, place or load, a further edition, and the one before ends."""
    told = await _told(job)
    last = await Document.filter(kind=DocumentKind.MANIFEST, number=job.number).order_by('-edition').first()
    if last and not last.cancelled_at:
        address = (await parties_of(job.customer_id))['customer']['address']
        if address == last.frozen['customer']['address'] and all(last.frozen.get(k) == told[k] for k in told):
            return
        await last.set(cancelled_at=now())
    await Document.order(
        DocumentKind.MANIFEST,
        job.number,
        edition=last.edition + 1 if last else 1,
        customer_id=job.customer_id,
        job_id=job.id,
        issued_on=bangkok_day(now()),
        frozen=told,
    )


async def _told(job: Job) -> dict[str, Any]:
    """What the driver takes along."""
    stored, customer = await Job.get(id=job.id), await Customer.get(id=job.customer_id).prefetch_related('contacts')
    contact = customer.primary_contact
    days = ('start_on', 'end_on')
    return {
        'number': job.number,
        'title': stored.title,
        'title_th': stored.title_th,
        **{name: str(getattr(stored, name)) for name in (*PLACE, *days)},
        'contact': contact.full_name if contact else '',
        'contact_phone': contact.phone if contact else '',
        'lines': [
            {name: str(getattr(line, name)) for name in ('kind', 'name', 'name_th', 'quantity', 'withholding')}
            for line in await stored.lines.all().order_by('position')
        ],
    }
