"""Who may sign in, as the table of Users & Roles shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tortoise.functions import Max

from app.live import Live, follow, live
from models import Outbox, OutboxState, PasswordLink, Role, Staff, StaffSession, bangkok_day


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`invited_until` is when the invitation ends that was sent last, None where none is open."""

    id: UUID
    name: str
    email: str
    role: Role
    joined: bool
    left: bool
    codes: bool
    seen_at: datetime | None
    invited_until: datetime | None
    letter_failed: bool

    @property
    def invited_day(self) -> date:
        """The day in Bangkok on which the invitation ends; asked of those who have one."""
        assert self.invited_until
        return bangkok_day(self.invited_until)


def live_people(*, left: bool) -> Live[tuple[PersonRow, ...]]:
    """By name; with `left` those who no longer work here instead of those who do."""

    async def load() -> tuple[PersonRow, ...]:
        people = await Staff.filter(left_at__isnull=not left).order_by('name', 'id')
        open_links = {it.staff_id: it for it in await PasswordLink.filter(used_at=None).order_by('created_at')}
        letters = Outbox.filter(password_link_id__in=[it.id for it in open_links.values()])
        failed = {letter.password_link_id for letter in await letters.filter(state=OutboxState.FAILED)}
        seen = StaffSession.annotate(last=Max('seen_at')).group_by('staff_id')
        last = dict(await seen.values_list('staff_id', 'last'))
        return tuple(_row(person, open_links.get(person.id), last.get(person.id), failed) for person in people)

    follows = [follow(Staff), follow(PasswordLink), follow(StaffSession), follow(Outbox)]
    return live(('people', left), follows, load)


def _row(
    person: Staff, link: PasswordLink | None, seen_at: datetime | None, failed: Collection[UUID | None]
) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=person.name,
        email=person.email,
        role=person.role,
        joined=person.joined,
        left=person.left_at is not None,
        codes=person.totp_cipher is not None,
        seen_at=seen_at,
        invited_until=link.ends_at if link else None,
        letter_failed=link is not None and link.id in failed,
    )
