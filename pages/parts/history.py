"""What happened to a record: one sentence for every line of its Activity, who did it, and when."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from htpy import Node, b, div, li, small, span, ul
from tortoise.expressions import Q

from app.live import Live, follow, live
from app.words import Words
from models import Activity, Module, Role, Stage
from pages.parts.empty import empty
from pages.parts.link_rows import last_moment
from pages.parts.listed import Listed, first_of, show_more
from pages.parts.table import LiveRegion

if TYPE_CHECKING:
    from pages.frame import Desk

PAGE = 50

UNNAMED = 'Customer'  # what a link's holder is called who has not said their name
# What is kept of a fact is for machines; these are the ways in which a reader is told.
STAGES = ('was', 'stage')
AMOUNTS = ('amount', 'total', 'returned', 'kept')
# Lines that tell of money are for those who may see money.
OF_MONEY = ('invoice_', 'payment_', 'prepayment_', 'deposit_', 'credit_', 'statement_', 'certificate_', 'tax_invoice_')


@dataclass(frozen=True, slots=True)
class Event:
    """One line; facts as pairs, so that equal lines are equal."""

    id: UUID
    at: datetime
    what: str
    by_kind: str
    by_name: str
    facts: tuple[tuple[str, Any], ...]


async def activity_list(desk: Desk, **scope: UUID) -> None:
    """The Activity of a record, live: `activity_list(desk, job_id=job.id)`."""
    shown = PAGE

    async def act(verb: str, _reference: str) -> None:
        nonlocal shown
        if verb == 'more':
            await desk.actor()
            shown += PAGE
            await listed.follow(live_activity(desk.sees, shown, **scope))

    from pages.parts.action import guarded

    listed: LiveRegion[Listed[Event]] = LiveRegion(lambda events: _list(desk.w, events), guarded(desk, act))
    await listed.follow(live_activity(desk.sees, shown, **scope))


def live_activity(sees: Collection[Module], most: int, **scope: UUID) -> Live[Listed[Event]]:
    """The newest lines of one record that a role may read."""
    [(column, value)] = scope.items()
    sees = tuple(sees)

    async def load() -> Listed[Event]:
        lines, total = await first_of(Activity.filter(_seen(sees), **{column: value}).order_by('-at', '-id'), most)
        return Listed(tuple(map(event_of, lines)), total)

    return live(('activity', column, value, sees, most), [follow(Activity, **{column: value})], load)


def event_of(line: Activity) -> Event:
    return Event(line.id, line.at, line.what, line.by_kind, line.by_name, tuple(sorted(line.facts.items())))


def sentence(w: Words, event: Event) -> str:
    """What happened, in the reader's words."""
    facts = dict(event.facts)
    key = f'activity.{event.what}'
    if event.what == 'quote_question' and facts.get('line') == '—':
        key = 'activity.quote_question_whole'
    if not w.has(key):
        return event.what.replace('_', ' ')
    return _Told(w).fill(w(key), facts)


def who(w: Words, event: Event) -> str:
    """Who did it: a person by name, the customer, or the house itself."""
    if event.by_kind == 'system':
        return w('console.by_system')
    return event.by_name if event.by_kind == 'staff' else customer_called(w, event.by_name)


def customer_called(w: Words, name: str) -> str:
    """The name that the holder of a link has said, else that it was the customer."""
    return w('console.by_customer') if name in ('', UNNAMED) else name


def _list(w: Words, events: Listed[Event]) -> Node:
    if not events.rows:
        return empty('calm', w('console.no_activity'))
    return [div('.card')[ul('.history')[[_line(w, event) for event in events.rows]]], show_more(w, events.left)]


def _line(w: Words, event: Event) -> Node:
    return li(id=f'event-{event.id}')[
        span[sentence(w, event)], small('.ref')[b[who(w, event)], ' · ', w.moment(event.at)]
    ]


def _seen(sees: tuple[Module, ...]) -> Q:
    if Module.INVOICES in sees:
        return Q()
    return Q(*[~Q(what__startswith=prefix) for prefix in OF_MONEY], invoice_id=None, deposit_id=None)


class _Told:
    """Fills the gaps of a sentence with facts as a person writes them."""

    def __init__(self, w: Words) -> None:
        self.w = w

    def fill(self, text: str, facts: dict[str, Any]) -> str:
        told = {name: self._told(name, value) for name, value in facts.items()}
        return text.format_map(_Gaps(told))

    def _told(self, name: str, value: Any) -> str:
        text = str(value)
        tell = self._ways().get(name)
        return tell(text) if tell else text

    def _ways(self) -> dict[str, Callable[[str], str]]:
        ways: dict[str, Callable[[str], str]] = dict.fromkeys(AMOUNTS, _figure)
        ways |= dict.fromkeys((*STAGES, 'until'), self._stage_or_day)
        ways |= {'role': self._role, 'fields': self._fields, 'reason': self._reason, 'kind': self._letter}
        return ways | {'way': lambda way: self.w(f'share.{way}')}

    def _reason(self, text: str) -> str:
        """As a person gave it; why a letter failed is a word key."""
        return self.w(text) if text.startswith('letters.failure.') and self.w.has(text) else text

    def _stage_or_day(self, text: str) -> str:
        if text in list(Stage):
            return self.w(f'common.stage.{Stage(text).name.lower()}')
        try:
            return self.w.day(date.fromisoformat(text))
        except ValueError:
            pass
        try:
            return last_moment(self.w, datetime.fromisoformat(text))
        except ValueError:
            return text

    def _role(self, text: str) -> str:
        return self.w(f'console.role.{Role(text).name.lower()}') if text in list(Role) else text

    def _letter(self, text: str) -> str:
        """Of which kind of letter the words were changed."""
        return self.w(f'letters.kind.{text}') if self.w.has(f'letters.kind.{text}') else text

    def _fields(self, text: str) -> str:
        names = (name.strip() for name in text.split(','))
        return ', '.join(self.w(f'business.{name}') if self.w.has(f'business.{name}') else name for name in names)


def _figure(text: str) -> str:
    try:
        return f'{Decimal(text):,.2f}'
    except InvalidOperation:
        return text


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return '—'
