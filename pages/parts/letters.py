"""Which letters left for a customer, a quote or an invoice, which wait, and which failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, b, button, h2, li, section, small, span, ul
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from app.live import Live, follow, live
from app.words import Words
from models import Customer, Invoice, Level, Module, Outbox, OutboxState, Quote, Receipt, Refused
from pages.parts.action import guarded
from pages.parts.listed import Listed, first_of, show_more
from pages.parts.table import LiveRegion, chip

if TYPE_CHECKING:
    from pages.frame import Desk

FIRST, AT_ONCE = 4, 20  # letters; what happened stands below them
TONE = {OutboxState.QUEUED: 'warn', OutboxState.SENT: 'good', OutboxState.FAILED: 'bad'}
ABOUT = Customer | Quote | Invoice


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter or short message; what it said is nowhere kept."""

    id: UUID
    template: str
    medium: str
    recipient: str
    state: OutboxState
    at: datetime
    tries: int
    next_try_at: datetime
    failure: str
    module: Module


async def letter_list(desk: Desk, about: ABOUT) -> None:
    """The letters about this record, live; nothing where there are none."""

    most = FIRST

    async def act(verb: str, reference: str) -> None:
        nonlocal most
        if verb == 'retry':
            await _retry(desk, about, reference)
        elif verb == 'more':
            await desk.actor()
            most += AT_ONCE
            await listed.follow(live_letters(about, desk.sees, most))

    listed: LiveRegion[Listed[Sent]] = LiveRegion(lambda letters: _list(desk, letters), guarded(desk, act))
    listed.region.mark('letters')
    await listed.follow(live_letters(about, desk.sees, most))


def live_letters(about: ABOUT, sees: tuple[Module, ...], most: int) -> Live[Listed[Sent]]:
    """Of a customer all that the role may see; of an invoice with the receipts for its payments."""
    customer_id = about.id if isinstance(about, Customer) else about.customer_id

    async def load() -> Listed[Sent]:
        found, total = await first_of((await _about(about)).order_by('-created_at', '-id'), most)
        # What the role may not see is not counted either, as far as it was looked at.
        letters = tuple(_sent(one) for one in found if module_of(one) in sees)
        return Listed(letters, total - len(found) + len(letters))

    follows = [follow(Outbox, customer_id=customer_id)]
    return live(('letters', type(about).__name__, about.id, sees, most), follows, load)


def module_of(letter: Outbox) -> Module:
    """Whose business it is: a letter about money is for those who see money."""
    if letter.invoice_id or letter.receipt_id or letter.deposit_id:
        return Module.INVOICES
    return Module.QUOTES if letter.quote_id else Module.CUSTOMERS


async def _about(about: ABOUT) -> QuerySet[Outbox]:
    if isinstance(about, Customer):
        return Outbox.filter(customer_id=about.id)
    if isinstance(about, Quote):
        return Outbox.filter(customer_id=about.customer_id, quote_id=about.id)
    receipts = await Receipt.filter(invoice_id=about.id).values_list('id', flat=True)
    return Outbox.filter(Q(invoice_id=about.id) | Q(receipt_id__in=list(receipts)), customer_id=about.customer_id)


async def _retry(desk: Desk, about: ABOUT, reference: str) -> None:
    """`Retry`, for whoever may write to this kind of record."""
    actor = await desk.actor()
    try:
        letter = await (await _about(about)).get_or_none(id=UUID(reference))
    except ValueError:
        letter = None
    if letter is None:
        raise Refused('record_gone')
    actor.must(module_of(letter), Level.WRITE)
    await letter.retry(by=actor)
    desk.say(desk.w('letters.retried'))


def _sent(letter: Outbox) -> Sent:
    return Sent(
        id=letter.id,
        template=letter.template,
        medium=letter.medium.value,
        recipient=letter.recipient,
        state=letter.state,
        at=letter.sent_at or letter.created_at,
        tries=letter.tries,
        next_try_at=letter.next_try_at,
        failure=letter.failure,
        module=module_of(letter),
    )


def _list(desk: Desk, letters: Listed[Sent]) -> Node:
    w = desk.w
    if not letters.rows:
        return None
    lines = [_line(w, row, desk.may(row.module, Level.WRITE)) for row in letters.rows]
    return section('.card', aria_label=w('letters.sent_title'))[
        h2[w('letters.sent_title')], ul('.letters')[lines], show_more(w, letters.left)
    ]


def _line(w: Words, row: Sent, may_retry: bool) -> Node:
    kind = f'letters.kind.{row.template}'
    again = row.state is OutboxState.QUEUED and bool(row.failure)
    may_retry = may_retry and (again or row.state is OutboxState.FAILED)
    press = w('letters.send_now') if again else w('letters.retry')
    retry = button('.btn.ghost.small', type='button', data_do='retry', data_ref=str(row.id))[press]
    return li(id=f'letter-{row.id}')[
        span[
            b[w(kind) if w.has(kind) else row.template],
            small[w('letters.to', recipient=row.recipient), f' · {row.medium}' if row.medium == 'SMS' else None],
            small[_tried(w, row) if again else w.moment(row.at)],
            _why(w, row.failure) if row.failure else None,
        ],
        span('.standing')[
            chip(TONE[row.state], w(f'letters.state.{row.state.name.lower()}')),
            retry if may_retry else None,
        ],
    ]


def _why(w: Words, failure: str) -> Node:
    """In the reader's words, and behind them as the other side put it, for whoever has to mend it."""
    cause, _, technical = failure.partition('\n')
    known = w.has(f'letters.failure.{cause}')
    told = w(f'letters.failure.{cause}') if known else w('letters.failure.other')
    technical = technical if known else failure
    return [small('.bad-reason')[told], small(lang='en')[technical] if technical else None]


def _tried(w: Words, row: Sent) -> str:
    next_ = w.moment(row.next_try_at)
    return w('letters.tried_once', at=next_) if row.tries == 1 else w('letters.tries', count=row.tries, at=next_)
