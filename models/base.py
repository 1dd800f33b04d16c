"""What all records share: identity, one clock, changes that are whole, and rules that say no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction
from uuid_utils.compat import uuid7

BANGKOK = ZoneInfo('Asia/Bangkok')


class Refused(Exception):
    """A rule said no; `reason` names the sentence that pages show, `facts` fill its gaps."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def by_the_wall() -> datetime:
    return datetime.now(UTC)


# Where `now` reads the time. Only the demo puts another here, while it tells the past of a firm that never was.
clock = by_the_wall


def now() -> datetime:
    """The moment, in UTC. A decision reads it once and hands it on."""
    return clock()


def bangkok_day(at: datetime) -> date:
    return at.astimezone(BANGKOK).date()


def end_of_day(day: date) -> datetime:
    """The first moment at which `day` is over in Bangkok: a validity through 23:59:59 ends here."""
    return datetime.combine(day + timedelta(days=1), time(), BANGKOK).astimezone(UTC)


@asynccontextmanager
async def one_change() -> AsyncIterator[None]:
    """All of it happens or none does. Open pages hear of it from the database, after the commit and never before.

    Nothing slow belongs inside: no mail, no drawing, no waiting for a person; and no task is born inside.
    """
    async with in_transaction():
        yield


class Record(Model):
    """A record has an id that sorts by birth (UUIDv7) and a version that grows with every edit by a person."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        abstract = True

    async def set(self, **changes: object) -> None:
        """Write exactly these columns, here and in the database: two stale copies never overwrite each other."""
        self.update_from_dict(changes)
        await self.save(update_fields=list(changes))

    def become(self, stored: 'Record') -> None:
        """Say what the row says that a verb wrote, once its change is whole: a rollback leaves this copy as it was."""
        for name in self._meta.fields_db_projection:
            setattr(self, name, getattr(stored, name))

    async def set_unless_changed(self, version: int, **changes: object) -> None:
        """Write an edit made from `version`. Raises Refused('changed_meanwhile') when somebody was faster."""
        changes['version'] = version + 1
        if not await type(self).filter(id=self.id, version=version).update(**changes):
            raise Refused('changed_meanwhile')
        self.update_from_dict(changes)
