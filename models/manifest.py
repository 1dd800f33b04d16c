"""The delivery manifest: what goes where on which job, owed when the job is dispatched."""

from models.base import bangkok_day, now
from models.customer import Customer
from models.document import Document, DocumentKind
from models.job import Job

PLACE = ('delivery_address', 'site_contact', 'driver_name', 'driver_phone', 'vehicle')


async def owe_manifest(job: Job) -> None:
    """Once per job, also when it was dispatched, went back a stage and was dispatched again."""
    if await Document.exists(kind=DocumentKind.MANIFEST, number=job.number):
        return
    stored, customer = await Job.get(id=job.id), await Customer.get(id=job.customer_id).prefetch_related('contacts')
    contact = customer.primary_contact
    days = ('start_on', 'end_on')
    await Document.order(
        DocumentKind.MANIFEST,
        job.number,
        customer_id=job.customer_id,
        job_id=job.id,
        issued_on=bangkok_day(now()),
        frozen={
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
        },
    )
