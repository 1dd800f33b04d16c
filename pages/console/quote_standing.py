"""How a quote stands while it is written: what the customer has, what is kept privately, and who else writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.live import Live, follow, live
from models import Activity, Editing, Quote, QuoteEntry, QuoteRevision, QuoteStatus, now

MOVES = ('quote_sent', 'quote_published', 'quote_discarded')


@dataclass(frozen=True, slots=True)
class Standing:
    """`entry` is what the next keystroke changes; `version` 0 where there is no private copy yet."""

    status: QuoteStatus
    published: int
    entry: QuoteEntry
    version: int
    by_name: str
    staff_id: UUID | None
    written_at: datetime | None


@dataclass(frozen=True, slots=True)
class Writer:
    id: UUID
    staff_id: UUID
    name: str


async def standing_of(quote_id: UUID) -> Standing:
    quote = await Quote.get(id=quote_id)
    revision = await QuoteRevision.get_or_none(quote_id=quote_id)
    return Standing(
        status=quote.status_at(now()),
        published=quote.published,
        entry=revision.entry if revision else await _entry_of(quote),
        version=revision.version if revision else 0,
        by_name=revision.by_name if revision else '',
        staff_id=revision.staff_id if revision else None,
        written_at=revision.written_at if revision else None,
    )


async def _entry_of(quote: Quote) -> QuoteEntry:
    """An expiry of a draft that is the proposed one follows the dates, as if nobody had typed it."""
    entry = await quote.entry()
    follows = replace(entry, expires_on=None)
    if quote.status is QuoteStatus.DRAFT and follows.expiry(quote.quoted_on) == entry.expires_on:
        return follows
    return entry


def live_standing(quote_id: UUID) -> Live[Standing]:
    follows = [follow(Quote, id=quote_id), follow(QuoteRevision, quote_id=quote_id)]
    return live(('console', 'quote writing', quote_id), follows, lambda: standing_of(quote_id))


def live_writers(quote_id: UUID) -> Live[tuple[Writer, ...]]:
    """Who has the editor of this quote open."""

    async def load() -> tuple[Writer, ...]:
        return tuple(Writer(one.id, one.staff_id, one.name) for one in await Editing.of(quote_id))

    return live(('console', 'quote writers', quote_id), [follow(Editing, quote_id=quote_id)], load)


async def last_move(quote_id: UUID) -> Activity | None:
    """Who sent, published or discarded last."""
    return await Activity.filter(quote_id=quote_id, what__in=MOVES).order_by('-at', '-id').first()
