"""What staff see of portal links: whose, until when, in which state; the secret is read only when it is copied."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from htpy import Node
from tortoise.queryset import QuerySet

from app.keys import keys
from app.live import Live, follow, live
from app.settings import settings
from app.words import Words
from models import (
    SYSTEM,
    Customer,
    Deposit,
    EndReason,
    Invoice,
    LinkState,
    Module,
    PortalLink,
    Quote,
    Refused,
    Scope,
    bangkok_day,
    now,
)
from models.portal_link import MODULE
from pages.parts.table import chip

SOON = timedelta(days=3)  # a link that ends within this is worth a look

Recorded = Customer | Quote | Invoice | Deposit


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link as it stands in a list."""

    id: UUID
    customer_id: UUID
    scope: Scope
    record: str
    note: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    revoked_at: datetime | None
    revoked_by: str
    views: int
    first_viewed_at: datetime | None
    last_viewed_at: datetime | None

    def state(self, at: datetime) -> LinkState:
        if self.revoked_at:
            return LinkState.REVOKED
        if self.ended_at:
            return LinkState.ENDED
        return LinkState.EXPIRED if at >= self.expires_at else LinkState.LIVE


def scope_of(record: Recorded) -> Scope:
    return Scope(type(record).__name__.lower())


def module_of(record: Recorded) -> Module:
    """The module on which making, copying and revoking its links needs Write."""
    return MODULE[scope_of(record)]


def name_of(w: Words, record: Recorded) -> str:
    if isinstance(record, Customer):
        return record.text(w.language)
    return record.number or ''


def live_links(record: Recorded, sees: Collection[Module]) -> Live[tuple[LinkRow, ...]]:
    """The links of a quote or an invoice; of a customer all of them that the role may see; the newest first."""
    scopes = tuple(scope for scope in Scope if MODULE[scope] in sees)
    column = f'{scope_of(record).value}_id'

    async def load() -> tuple[LinkRow, ...]:
        found = PortalLink.filter(**{column: record.id}, scope__in=scopes).order_by('-created_at')
        return await rows_of(found)

    # A deposit's links are announced as those of its quote.
    scope = {'quote_id': record.quote_id} if isinstance(record, Deposit) else {column: record.id}
    return live(('links', column, record.id, scopes), [follow(PortalLink, **scope)], load)


async def rows_of(found: QuerySet[PortalLink]) -> tuple[LinkRow, ...]:
    """The rows of these links, with the numbers of what they open."""
    links = await found
    quotes = await Quote.filter(id__in=[link.quote_id for link in links if link.quote_id]).values_list('id', 'number')
    invoices = await Invoice.filter(id__in=[link.invoice_id for link in links if link.invoice_id]).values_list(
        'id', 'number'
    )
    deposits = await Deposit.filter(id__in=[link.deposit_id for link in links if link.deposit_id]).values_list(
        'id', 'number'
    )
    numbers = {**dict(quotes), **dict(invoices), **dict(deposits)}
    return tuple(
        LinkRow(
            record=numbers.get(link.deposit_id or link.quote_id or link.invoice_id) or '',
            **{name: getattr(link, name) for name in LinkRow.__slots__ if name != 'record'},
        )
        for link in links
    )


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


def link_chip(w: Words, row: LinkRow, at: datetime) -> Node:
    """The state of one link in words."""
    state = row.state(at)
    if state is LinkState.REVOKED:
        return chip('bad', w('links.revoked'))
    if state is not LinkState.LIVE:
        return chip('', w('links.ended'))
    return live_chip(w, row.expires_at, at)


def live_chip(w: Words, expires_at: datetime, at: datetime) -> Node:
    days = (bangkok_day(expires_at) - bangkok_day(at)).days
    if days == 0:
        return chip('warn', w('links.ends_today'))
    if expires_at - at <= SOON:
        return chip('warn', w('links.ends_in', days=w.days(days)))
    return chip('good', w('links.live', days=w.days(days)))


def summary_chip(w: Words, rows: Iterable[LinkRow], at: datetime) -> Node:
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


def made_line(w: Words, row: LinkRow) -> str:
    """by Bo, 20 Nov · first seen 20 Nov, 14:02 · 9 views."""
    parts = [w('links.made', name=by_whom(w, row.made_by), day=w.day(bangkok_day(row.created_at)))]
    if row.first_viewed_at:
        parts += [
            w('links.first_seen', at=w.moment(row.first_viewed_at)),
            w('links.view_one') if row.views == 1 else w('links.views', count=row.views),
        ]
    else:
        parts.append(w('links.never_opened'))
    return ' · '.join(parts)


def whose(w: Words, row: LinkRow) -> str:
    """Which record the link opens, and for whom it was made."""
    opened = w('links.everything') if row.scope is Scope.CUSTOMER else row.record
    return f'{opened} · {row.note}' if row.note else opened
