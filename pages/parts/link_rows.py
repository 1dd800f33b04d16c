"""What staff see of portal links: whose, until when, in which state; the secret is read only when it is copied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from htpy import Node, span
from tortoise.queryset import QuerySet

from app.keys import keys
from app.live import Live, follow, live
from app.settings import settings
from app.words import Words
from models import (
    BANGKOK,
    SYSTEM,
    Business,
    Customer,
    Deposit,
    Invoice,
    LinkState,
    Module,
    PortalLink,
    Presence,
    Quote,
    Refused,
    Scope,
    bangkok_day,
    now,
)
from models.portal_link import MODULE
from models.register import RegisteredLink, registered
from pages.parts.table import chip

SOON = timedelta(days=3)  # a link that ends within this is worth a look
NAMED = 6  # of several links, so many are named before they are counted
A_MOMENT = timedelta(seconds=1)  # what ends at midnight still held on the day before

Recorded = Customer | Quote | Invoice | Deposit


def scope_of(record: Recorded) -> Scope:
    return Scope(type(record).__name__.lower())


def module_of(record: Recorded) -> Module:
    """The module on which making, copying and revoking its links needs Write."""
    return MODULE[scope_of(record)]


def name_of(w: Words, record: Recorded) -> str:
    if isinstance(record, Customer):
        return record.text(w.language)
    return record.number or ''


def live_links(record: Recorded, sees: Collection[Module]) -> Live[tuple[RegisteredLink, ...]]:
    """The links of a quote or an invoice; of a customer all of them that the role may see; the newest first."""
    scopes = tuple(scope for scope in Scope if MODULE[scope] in sees)
    column = f'{scope_of(record).value}_id'

    async def load() -> tuple[RegisteredLink, ...]:
        return await rows_of(PortalLink.filter(**{column: record.id}, scope__in=scopes))

    # A deposit's links, and who is on them, are announced as those of its quote.
    scope = {'quote_id': record.quote_id} if isinstance(record, Deposit) else {column: record.id}
    customer_id = record.id if isinstance(record, Customer) else record.customer_id
    follows = [
        follow(PortalLink, **scope),
        follow(Presence, **scope),
        follow(Customer, id=customer_id),
        follow(Business),
    ]
    return live(('links', column, record.id, scopes), follows, load)


async def rows_of(found: QuerySet[PortalLink]) -> tuple[RegisteredLink, ...]:
    """These links as they stand, the newest first."""
    ids = await found.order_by('-created_at', '-id').values_list('id', flat=True)
    return await registered([UUID(str(link_id)) for link_id in ids])


async def address_of(link_id: UUID) -> str:
    """The whole address of a link that lives.

    Raises Refused: `link_not_live`, `link_unreadable` when it was made under another secret.
    """
    link = await PortalLink.get(id=link_id)
    if link.cipher is None or link.state(now()) is not LinkState.LIVE:
        raise Refused('link_not_live')
    return address(keys().link_token(link.cipher))


def address(token: str | None) -> str:
    if token is None:
        raise Refused('link_unreadable')
    return f'{settings().public_url}/p/{token}'


def link_chip(w: Words, row: RegisteredLink, at: datetime) -> Node:
    """The state of one link in words; that somebody is on it now is said beside it."""
    state = row.state(at)
    if state is LinkState.REVOKED:
        return chip('bad', w('links.revoked'))
    if state is not LinkState.LIVE:
        return chip('', w('register.chip.ended' if state is LinkState.ENDED else 'register.chip.expired'))
    if row.codes_locked(at):
        return [chip('bad', w('register.chip.locked')), ' ', viewing(w, row.here)]
    return viewing(w, row.here) if row.here else live_chip(w, row.expires_at, at)


def viewing(w: Words, here: int) -> Node:
    """That a customer looks at this moment, and on how many devices; nothing when nobody does."""
    if not here:
        return None
    return span('.live')[w('register.chip.here_many', count=here) if here > 1 else w('register.chip.here')]


def live_chip(w: Words, expires_at: datetime, at: datetime) -> Node:
    days = (bangkok_day(expires_at - A_MOMENT) - bangkok_day(at)).days
    if days <= 0:
        return chip('warn', w('links.ends_today'))
    if expires_at - at <= SOON:
        return chip('warn', w('links.ends_in', days=w.days(days)))
    return chip('good', w('links.live', days=w.days(days)))


def end_line(w: Words, row: RegisteredLink, at: datetime) -> str:
    """ends 3 Dec, end of day; paid 22 Nov; revoked 22 Nov by Bo."""
    if row.state(at) is not LinkState.LIVE:
        return ' '.join(part for part in (over(w, row, at), ended_by(w, row)) if part)
    # Beside a quote it goes without saying that its links end with it.
    return w('links.until', at=last_moment(w, row.expires_at) if row.scope is Scope.QUOTE else until(w, row))


def until(w: Words, row: RegisteredLink) -> str:
    """What ends a link that lives, and when that is at the latest."""
    by_time = last_moment(w, row.expires_at)
    if row.scope is Scope.QUOTE:
        return w('register.with_quote', day=by_time)
    return w('register.when_paid_or', day=by_time) if row.scope in (Scope.INVOICE, Scope.DEPOSIT) else by_time


def last_moment(w: Words, moment: datetime) -> str:
    """3 Dec, end of day, for what is over with that day; else the day and the time."""
    if moment.astimezone(BANGKOK).time() == time():
        return w('links.day_end', day=w.day(bangkok_day(moment - A_MOMENT)))
    return w.moment(moment)


def over(w: Words, row: RegisteredLink, at: datetime) -> str:
    """Of a link that is over: why, and when."""
    if row.revoked_at:
        return w('register.ended.revoked', day=w.day(bangkok_day(row.revoked_at)))
    if row.ended_at and row.end_reason and row.state(at) is LinkState.ENDED:
        return w(f'register.ended.{row.end_reason.value}', day=w.day(bangkok_day(row.ended_at)))
    expired = min(row.ended_at or row.expires_at, row.expires_at)
    return w('register.ended.expired', day=w.day(bangkok_day(expired - A_MOMENT)))


def ended_by(w: Words, row: RegisteredLink) -> str:
    """Who ended it before its time, in few words."""
    return w('register.ended.by', name=called(by_whom(w, row.revoked_by))) if row.revoked_at else ''


def called(name: str) -> str:
    """What one calls a colleague where there is little room: the first of their names."""
    return name.split(' ', maxsplit=1)[0]


def named(w: Words, row: RegisteredLink) -> str:
    """Which link it is, wherever something is done with it: the customer, what it opens, for whom it was made."""
    return f'{w.pick(row.name, row.name_th)} · {whose(w, row)}'


def named_all(w: Words, rows: Sequence[RegisteredLink]) -> str:
    """The names of several, a line for each, and how many more there are."""
    lines = [named(w, row) for row in rows[:NAMED]]
    return '\n'.join(lines + ([w('links.and_more', count=len(rows) - NAMED)] if len(rows) > NAMED else []))


def summary_chip(w: Words, rows: Iterable[RegisteredLink], at: datetime) -> Node:
    """How the links of a record stand: the one that lives longest, else how the newest ended."""
    known = list(rows)
    if living := [row for row in known if row.state(at) is LinkState.LIVE]:
        return link_chip(w, max(living, key=lambda row: row.expires_at), at)
    if not known:
        return chip('', w('links.none'))
    return link_chip(w, max(known, key=lambda row: row.created_at), at)


def by_whom(w: Words, name: str) -> str:
    """A colleague, or the program itself, which has a name in every language."""
    return w('console.by_system') if name == SYSTEM.name else name


def made_line(w: Words, row: RegisteredLink) -> str:
    """by Bo, 20 Nov · first seen 20 Nov, 14:02 · 9 views."""
    return ' · '.join(_made(w, row))


def story(w: Words, row: RegisteredLink, at: datetime) -> Node:
    """The same with its end, broken into lines between what is said and never inside a day."""
    said = [*_made(w, row), end_line(w, row, at)]
    return [[span('.whole')[part], ' · ' if part is not said[-1] else None] for part in said]


def whose(w: Words, row: RegisteredLink) -> str:
    """Which record the link opens, and for whom it was made."""
    opened = w('links.everything') if row.scope is Scope.CUSTOMER else row.record
    return f'{opened} · {row.note}' if row.note else opened


def _made(w: Words, row: RegisteredLink) -> list[str]:
    parts = [w('links.made', name=by_whom(w, row.made_by), day=w.day(bangkok_day(row.created_at)))]
    if row.first_viewed_at is None:
        return [*parts, w('links.never_opened')]
    views = w('links.view_one') if row.views == 1 else w('links.views', count=row.views)
    return [*parts, w('links.first_seen', at=w.moment(row.first_viewed_at)), views]
