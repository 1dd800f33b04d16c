"""How the past of the demo firm is told: every act at its own moment, one after the other, in the order of time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tortoise.expressions import F

from models import (
    BANGKOK,
    Actor,
    Customer,
    Outbox,
    OutboxState,
    PortalLink,
    Role,
    bangkok_day,
    base,
    now,
)


@dataclass(slots=True)
class Story:
    """What has been told so far; days are counted from `today`, the day on which the demo is started."""

    today: date
    people: dict[Role, Actor]
    customers: dict[str, Customer] = field(default_factory=dict)
    links: dict[str, PortalLink] = field(default_factory=dict)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens, so many days from today (before it: negative) at a time of the day in Bangkok."""

    day: int
    clock: str
    act: Callable[[], Awaitable[object]]


async def tell(steps: Iterable[Step], start: datetime) -> int:
    """Let them happen in the order of time, so that numbers and ids are those that life would have given."""
    told = 0
    for moment, step in sorted(((_moment(step, start), step) for step in steps), key=lambda pair: pair[0]):
        with clock_at(moment):
            await step.act()
        told += 1
    return told


async def letters_leave() -> None:
    """What was written so far was sent at once; these letters belong to the story, and nobody gets them."""
    await Outbox.filter(state=OutboxState.QUEUED).update(state=OutboxState.SENT, sent_at=F('created_at'))


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Within it, every verb believes that it is `moment`. Nothing may be served meanwhile."""
    before = base.clock
    base.clock = lambda: moment
    try:
        yield
    finally:
        base.clock = before


def _moment(step: Step, start: datetime) -> datetime:
    """What would lie ahead is drawn to just before `start`, without changing the order: nobody tells the future."""
    day = bangkok_day(start) + timedelta(days=step.day)
    meant = datetime.combine(day, time.fromisoformat(step.clock), BANGKOK)
    midnight = datetime.combine(day + timedelta(days=1), time(), BANGKOK)
    return min(meant, start - (midnight - meant) / 60)


def today() -> date:
    """The day it is for the one who acts: that of the story while it is told."""
    return bangkok_day(now())
