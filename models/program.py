"""The running programs of this installation: who stands on a page, stands there through one that is alive."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.base import now

STALE = timedelta(seconds=45)  # a program silent for longer shows nobody any more


class Program(Model):
    """One running program; it says now and then that it is alive."""

    id = fields.UUIDField(primary_key=True)
    alive_at = fields.DatetimeField()

    class Meta:
        table = 'program'

    @classmethod
    async def alive(cls, program_id: UUID) -> None:
        """I am here; who has been silent for long is not, and neither are its visitors and writers."""
        from models.quote_revision import Editing
        from models.visit import Presence

        at = now()
        await cls.update_or_create({'alive_at': at}, id=program_id)
        gone = await cls.filter(alive_at__lt=at - STALE).values_list('id', flat=True)
        if gone:
            await Presence.filter(program_id__in=list(gone)).delete()
            await Editing.filter(program_id__in=list(gone)).delete()
            await cls.filter(id__in=list(gone)).delete()

    @classmethod
    async def stopped(cls, program_id: UUID) -> None:
        await cls.filter(id=program_id).delete()

    @classmethod
    async def living(cls, at: datetime) -> list[str]:
        """The ids of those that were heard of lately."""
        return [str(one) for one in await cls.filter(alive_at__gt=at - STALE).values_list('id', flat=True)]
