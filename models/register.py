"""The register of links: all that were handed out, how each stands, who is on it, and everything known of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import connections

from models.access_code import WRONG_IN_ALL, AccessCode
from models.activity import Activity
from models.base import now
from models.business import CodePolicy
from models.customer import fold, number_in
from models.portal_link import EndReason, LinkState, PortalLink, Scope
from models.program import STALE
from models.visit import PortalVisit, VisitKind, VisitOrigin

SOON = timedelta(days=7)
MANY_DEVICES = 4  # from so many on, a link has probably been passed on
LATEST_VISITS = 50


class Shelf(StrEnum):
    """How the register is leafed through."""

    ALL = 'all'
    LIVE = 'live'
    ENDING = 'ending'
    NEVER_OPENED = 'never_opened'
    REVOKED = 'revoked'


# In words of the database, for the rows and for their counts alike; $1 is the moment, $2 the moment in seven days.
IS_LIVE = 'revoked_at is null and ended_at is null and expires_at > $1'
SHELVES: dict[Shelf, str] = {
    Shelf.ALL: 'true',
    Shelf.LIVE: IS_LIVE,
    Shelf.ENDING: f'{IS_LIVE} and expires_at <= $2',
    Shelf.NEVER_OPENED: f'{IS_LIVE} and first_viewed_at is null',
    Shelf.REVOKED: 'revoked_at is not null',
}
# What stands in a row. Where no rule asks for $1 and $2, their mention tells the database of which kind they are.
LINKS = f"""
  select l.*, c.name, c.name_th, coalesce(d.number, q.number, i.number, '') as record,
    (select count(*) from presence p join program g on g.id = p.program_id
     where p.link_id = l.id and g.alive_at > $3) as here,
    exists (select 1 from business where code_policy = '{CodePolicy.EVERYONE}'
     or code_policy = '{CodePolicy.FLAGGED}' and c.wants_code) as asks_code
  from portal_link l join customer c on c.id = l.customer_id
  left join quote q on q.id = l.quote_id left join invoice i on i.id = l.invoice_id
  left join deposit d on d.id = l.deposit_id
  where ($1::timestamptz, $2::timestamptz, $3::timestamptz) is not null
"""
# Every word that is sought stands somewhere in the customer, the number of the record or the note; a telephone number
# does as well, however it was written.
FOUND = f"""
with found as ({LINKS} and l.scope = any($4::text[]) and c.erased_at is null and (not exists (
    select 1 from unnest($5::text[]) word
    where position(word in c.search || ' ' || lower(coalesce(d.number, q.number, i.number, '') || ' ' || l.note)) = 0)
  or position(nullif($6::text, '') in c.search) > 0)
)
"""
DEVICES = """
select *, (select count(distinct v.device_id) from portal_visit v where v.link_id = found.id and v.kind = 'View')
  as devices
"""
COUNTED = ', '.join(f'count(*) filter (where {rule}) as {name}' for name, rule in SHELVES.items())
COUNTS = f'{FOUND} select {COUNTED}, count(*) filter (where {{rule}} and id <> all($7::uuid[])) as not_shown from found'
ROWS = f"""{FOUND}{DEVICES}
from found where {{rule}} order by here > 0 desc, ({IS_LIVE}) desc, created_at desc, id desc limit $7
"""
KEPT = f'{FOUND}{DEVICES} from found where id = any($7::uuid[]) order by array_position($7::uuid[], id)'
THESE = f"""
with found as ({LINKS} and l.id = any($4::uuid[])){DEVICES} from found order by array_position($4::uuid[], id)
"""


@dataclass(frozen=True, slots=True)
class RegisteredLink:
    """One link as it stands in the register; addresses of visitors are no part of it."""

    id: UUID
    scope: Scope
    customer_id: UUID
    name: str
    name_th: str
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
    devices: int
    here: int
    first_viewed_at: datetime | None
    last_viewed_at: datetime | None
    previewed_by: str
    codes_locked_until: datetime | None
    codes_wrong: int
    asks_code: bool

    def state(self, at: datetime) -> LinkState:
        if self.revoked_at:
            return LinkState.REVOKED
        if self.ended_at and self.ended_at < self.expires_at:  # else it was over already
            return LinkState.ENDED
        return LinkState.EXPIRED if at >= self.expires_at else LinkState.LIVE

    def codes_locked(self, at: datetime) -> bool:
        """Whether nobody can enter a code now: for an hour, or until staff unlock."""
        return self.codes_wrong >= WRONG_IN_ALL or bool(self.codes_locked_until and at < self.codes_locked_until)


@dataclass(frozen=True, slots=True)
class Register:
    """What a search and a shelf leave, how many more that are, and how many stand on each shelf."""

    links: tuple[RegisteredLink, ...]
    counts: tuple[tuple[Shelf, int], ...]
    left: int

    @classmethod
    async def of(
        cls,
        scopes: Collection[Scope],
        *,
        text: str = '',
        shelf: Shelf = Shelf.ALL,
        most: int,
        kept: Sequence[UUID] = (),
    ) -> Register:
        """Two queries, however many links there are; those that somebody looks at first, then those that live.

        With `kept` it is these links in this order, however they stand by now: what is acted on must not move.
        """
        at = now()
        given = [at, at + SOON, at - STALE, [scope.value for scope in scopes]]
        words, number, rule = fold(text).split(), number_in(text), SHELVES[shelf]
        database = connections.get('default')
        if kept:
            rows = await database.execute_query_dict(KEPT, [*given, [], '', list(kept)])
        else:
            rows = await database.execute_query_dict(ROWS.format(rule=rule), [*given, words, number, most])
        shown = [row['id'] for row in rows]
        [counted] = await database.execute_query_dict(COUNTS.format(rule=rule), [*given, words, number, shown])
        counts = tuple((name, int(counted[name])) for name in Shelf)
        return cls(tuple(_registered(row) for row in rows), counts, int(counted['not_shown']))


async def registered(link_ids: Collection[UUID]) -> tuple[RegisteredLink, ...]:
    """These links as they stand, in this order; whether the asker may see them was asked before."""
    at = now()
    given = [at, at + SOON, at - STALE, list(link_ids)]
    return tuple(_registered(row) for row in await connections.get('default').execute_query_dict(THESE, given))


@dataclass(frozen=True, slots=True)
class Visit:
    """A person looked; from where is empty for who may not see it, and for what retention has cut."""

    at: datetime
    ip: str = ''
    user_agent: str = ''


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A line of the record's Activity that is about this link."""

    at: datetime
    what: str
    by_kind: str
    by_name: str
    facts: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LinkAudit:
    """Who made a link, who saw it when and from where, and who ended it."""

    link: RegisteredLink
    public_id: str
    first_viewed_ip: str
    last_viewed_ip: str
    previews: int
    staff_looks: int
    codes_asked: int
    codes_used: int
    visits: tuple[Visit, ...]
    visits_left: int
    events: tuple[LinkEvent, ...]

    @classmethod
    async def of(
        cls, link_id: UUID, scopes: Collection[Scope], *, addresses: bool, most: int = LATEST_VISITS
    ) -> LinkAudit | None:
        """None where the role sees no such link; without `addresses` nothing tells where a visitor was."""
        link = await PortalLink.get_or_none(id=link_id, scope__in=list(scopes), customer__erased_at=None)
        if link is None:
            return None
        [row] = await registered([link.id])
        looks = await PortalVisit.filter(link_id=link.id).order_by('-at').only('id', 'kind', 'at')
        codes = await AccessCode.filter(link_id=link.id).only('id', 'used_at')
        views = [look for look in looks if look.kind is VisitKind.VIEW]
        return cls(
            link=row,
            public_id=link.public_id,
            first_viewed_ip=link.first_viewed_ip if addresses else '',
            last_viewed_ip=link.last_viewed_ip if addresses else '',
            previews=sum(look.kind is VisitKind.PREVIEW for look in looks),
            staff_looks=sum(look.kind is VisitKind.STAFF for look in looks),
            codes_asked=len(codes),
            codes_used=sum(code.used_at is not None for code in codes),
            visits=await _visits(views[:most], addresses=addresses),
            visits_left=max(0, len(views) - most),
            events=await _events(link),
        )


def _registered(row: dict[str, Any]) -> RegisteredLink:
    facts = {name: row[name] for name in RegisteredLink.__slots__}
    facts['scope'] = Scope(row['scope'])
    facts['end_reason'] = EndReason(row['end_reason']) if row['end_reason'] else None
    return RegisteredLink(**facts)


async def _visits(views: Iterable[PortalVisit], *, addresses: bool) -> tuple[Visit, ...]:
    known: dict[UUID, VisitOrigin] = {}
    if addresses:
        known = {one.visit_id: one for one in await VisitOrigin.filter(visit_id__in=[view.id for view in views])}
    return tuple(
        Visit(view.at, known[view.id].ip, known[view.id].user_agent) if view.id in known else Visit(view.at)
        for view in views
    )


async def _events(link: PortalLink) -> tuple[LinkEvent, ...]:
    """All that was noted of it but its views, which are told apart."""
    found = Activity.filter(customer_id=link.customer_id, facts__contains={'public_id': link.public_id})
    lines = await found.exclude(what='link_viewed').order_by('-at', '-id')
    return tuple(
        LinkEvent(line.at, line.what, line.by_kind, line.by_name, tuple(sorted(line.facts.items()))) for line in lines
    )
