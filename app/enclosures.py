"""The papers that go with a letter: the very bytes that the portal shows, never set a second time."""

from __future__ import annotations

from tortoise.expressions import Q

from app.mail import Enclosure, NotSent
from app.papers.setting import file_name, paper
from models import Document, DocumentKind, DocumentState, Outbox, Quote, Receipt

# What goes with which letter; a paper is found by the record that the letter is about.
ENCLOSED = {
    'quote': (DocumentKind.QUOTE,),
    'quote_signed': (DocumentKind.SIGNED_QUOTE, DocumentKind.DEPOSIT_REQUEST),
    'invoice': (DocumentKind.INVOICE,),
    'receipt': (DocumentKind.RECEIPT, DocumentKind.DEPOSIT_RECEIPT),
    'deposit_return': (DocumentKind.DEPOSIT_RETURN, DocumentKind.TAX_INVOICE),
}


async def enclosures(due: Outbox) -> tuple[Enclosure, ...]:
    """What this outbox line encloses. Raises NotSent while one of them is not made yet: the letter tries again; and for
    good where the receipt that it speaks of was cancelled.
    """
    if due.receipt_id and await Receipt.exists(id=due.receipt_id, cancelled_at__not_isnull=True):
        raise NotSent('the receipt of this letter was cancelled', cause='receipt_cancelled', for_good=True)
    kinds, about = ENCLOSED.get(due.template, ()), await _about(due)
    if not kinds or about is None:
        return ()
    # What was ordered before papers had a verification id is never set, and holds no letter up.
    found = Document.filter(about, kind__in=kinds, cancelled_at=None, verification__not_isnull=True)
    owed = await found.order_by('id')
    ready = [await paper(document) for document in owed]
    if any(document.state is not DocumentState.SET for document in ready):
        raise NotSent('its paper is not made yet', cause='paper_waits')
    return tuple(Enclosure(file_name(document), bytes(document.content or b'')) for document in ready)


async def _about(due: Outbox) -> Q | None:
    if due.receipt_id:
        return Q(receipt_id=due.receipt_id)
    if due.invoice_id:
        return Q(invoice_id=due.invoice_id)
    if due.quote_id is None:
        return None
    quote = await Quote.get(id=due.quote_id)
    of_now = Q(quote_id=due.quote_id) & ~Q(kind=DocumentKind.QUOTE)
    return of_now | Q(quote_id=due.quote_id, edition=quote.published)
