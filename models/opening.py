"""That a customer opened the PDF of a quote before answering it: one of the events that lead to a signature."""

from datetime import timedelta
from uuid import UUID

from models.activity import Activity
from models.actor import Actor
from models.base import now, one_change
from models.document import Document, DocumentKind
from models.limit import LimitCount
from models.quote import Quote, QuoteStatus

REMEMBERED = timedelta(days=400)  # as long as a device keeps its cookie


async def paper_opened(document: Document, *, by: Actor, device_id: UUID) -> bool:
    """Noted once for each device and version, while the quote waits. Returns whether it was noted now."""
    if by.kind != 'customer' or document.kind is not DocumentKind.QUOTE or document.quote_id is None:
        return False
    at = now()
    async with one_change():
        # Locked as a signature locks it: what is told of what led to it does not come after it.
        quote = await Quote.select_for_update().get(id=document.quote_id)
        if quote.status_at(at) is not QuoteStatus.SENT:
            return False
        if await LimitCount.count(f'opened:{document.id}:{device_id}', REMEMBERED) > 1:
            return False
        await Activity.note(
            'quote_pdf_opened',
            by=by,
            at=at,
            customer_id=document.customer_id,
            quote_id=document.quote_id,
            number=document.number,
            version=document.edition,
        )
    return True
