"""A browser that opened a link, known by the hash of its cookie, and what it may do there for a while."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tortoise import connections, fields

from models.base import Record, now


class RightKind(StrEnum):
    """`Unlocked` passes the code page; `Kept` keeps the view of what was signed or paid on this device."""

    UNLOCKED = 'Unlocked'
    KEPT = 'Kept'


LASTS = {RightKind.UNLOCKED: timedelta(hours=12), RightKind.KEPT: timedelta(days=30)}

AT_ONCE = 500  # rows; a robot may have left millions, and no statement lasts longer than a few seconds
UNUSED = """
delete from device where id in (
  select id from device where created_at < $1
    and not exists (select from portal_visit where device_id = device.id)
    and not exists (select from device_right where device_id = device.id)
    and not exists (select from access_code where device_id = device.id)
    and not exists (select from presence where device_id = device.id)
  limit $2)
"""


class Device(Record):
    digest = fields.BinaryField()
    user_agent = fields.CharField(max_length=400, default='')

    class Meta:
        table = 'device'

    @classmethod
    async def known(cls, digest: bytes, *, user_agent: str = '') -> 'Device':
        """The device of this cookie, remembered from now on."""
        if device := await cls.get_or_none(digest=digest):
            return device
        # Two requests of one new browser may come at once: the unique digest lets the first one make the row.
        await cls.bulk_create([cls(digest=digest, user_agent=user_agent[:400])], ignore_conflicts=True)
        return await cls.get(digest=digest)

    @classmethod
    async def forget_agents(cls, before: datetime) -> int:
        """Which browser it was is personal, and not kept for longer than from where it came."""
        return await cls.filter(created_at__lt=before).exclude(user_agent='').update(user_agent='')

    @classmethod
    async def forget_unused(cls, before: datetime) -> int:
        """Whoever keeps no cookies is a new browser each time; one that left nothing behind is of no use to anybody."""
        swept, last = 0, AT_ONCE
        while last == AT_ONCE:
            last, _ = await connections.get('default').execute_query(UNUSED, [before, AT_ONCE])
            swept += last
        return swept


class DeviceRight(Record):
    """Attached to a link and a device, since an event over the open page cannot set a cookie; dies with its link."""

    link_id = fields.UUIDField(db_index=True)
    device_id = fields.UUIDField(db_index=True)
    kind = fields.CharEnumField(RightKind, max_length=8)
    until = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'device_right'

    @classmethod
    async def give(cls, kind: RightKind, *, link_id: UUID, device_id: UUID, at: datetime) -> 'DeviceRight':
        return await cls.create(kind=kind, link_id=link_id, device_id=device_id, until=at + LASTS[kind])

    @classmethod
    async def holds(cls, kind: RightKind, *, link_id: UUID, device_id: UUID | None) -> bool:
        """Whether the device has this right at this moment."""
        return await cls.until_when(kind, link_id=link_id, device_id=device_id) is not None

    @classmethod
    async def until_when(cls, kind: RightKind, *, link_id: UUID, device_id: UUID | None) -> datetime | None:
        """When this right of the device runs out; None where it has none."""
        if device_id is None:
            return None
        held = cls.filter(kind=kind, link_id=link_id, device_id=device_id, ended_at=None, until__gt=now())
        latest = await held.order_by('-until').first()
        return latest.until if latest else None

    @classmethod
    async def end_all(cls, *, link_id: UUID, at: datetime) -> None:
        """A revoked link takes everything with it."""
        await cls.filter(link_id=link_id, ended_at=None).update(ended_at=at)
