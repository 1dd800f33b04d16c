"""What is said and written about an offer of the demo before it is decided: a question, a change not yet published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from app.demo.acts import Act, Rental, Rented
from app.demo.goods import Good
from models import Actor, QuoteLine, Role


def asked(question: str, about: Good | None = None) -> Act:
    """By the customer on their phone, about one line or the whole offer; it waits for its answer."""

    async def act(rental: Rental) -> None:
        line = await QuoteLine.get(quote_id=rental.quote.id, name=about.name) if about else None
        by = Actor('customer', 'Customer', link_id=rental.link.id)
        await rental.quote.ask(question, by=by, line_id=line.id if line else None)

    return act


def rewritten(more: Iterable[Rented] = (), *, discount: int | None = None, notes: str = '') -> Act:
    """A clerk changes what the customer has, and was called away before it was published."""
    added = tuple(more)

    async def act(rental: Rental) -> None:
        entry = await rental.quote.entry()
        start, end = entry.job_start, entry.job_end
        lines = [each.good.line(each.quantity, start, end, by=each.by, optional=each.optional) for each in added]
        changed = replace(
            entry,
            lines=(*entry.lines, *lines),
            discount_value=entry.discount_value if discount is None else Decimal(discount),
            customer_notes=notes or entry.customer_notes,
        )
        await rental.quote.write(changed, version=0, by=rental.by(Role.SALES))

    return act
