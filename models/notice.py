"""What a clerk must not miss: a line in the bell that survives sign-out, and a letter unless switched off."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.actor import MAY, Actor, Level, Module
from models.base import Record, now
from models.staff import Staff

KINDS = (
    'quote_signed',
    'quote_declined',
    'question_asked',
    'payment_claimed',
    'link_requested',
    'letter_failed',
    'code_locked',
)


class Notice(Record):
    staff_id = fields.UUIDField(db_index=True)
    what = fields.CharField(max_length=40)
    by_name = fields.CharField(max_length=200, default='')
    customer_id = fields.UUIDField(null=True)
    quote_id = fields.UUIDField(null=True)
    invoice_id = fields.UUIDField(null=True)
    facts: dict[str, Any] = fields.JSONField(default=dict)
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'notice'

    @classmethod
    async def tell(
        cls,
        what: str,
        *,
        module: Module,
        owner_id: UUID | None,
        by: Actor,
        customer_id: UUID | None = None,
        quote_id: UUID | None = None,
        invoice_id: UUID | None = None,
        **facts: object,
    ) -> None:
        """Tell the record's owner, else everyone with Write on its module; never the one who caused it."""
        from models.outbox import Outbox

        for staff in await _recipients(module, owner_id, by):
            notice = await cls.create(
                staff_id=staff.id,
                what=what,
                by_name=by.name,
                customer_id=customer_id,
                quote_id=quote_id,
                invoice_id=invoice_id,
                facts={key: str(value) for key, value in facts.items()},
            )
            if what not in staff.quiet_notices:
                await Outbox.queue_notice(notice.id, staff=staff)

    @classmethod
    async def read_all(cls, staff_id: UUID) -> None:
        await cls.filter(staff_id=staff_id, read_at=None).update(read_at=now())

    async def read(self, *, staff_id: UUID) -> None:
        """Only its reader can have read it."""
        await Notice.filter(id=self.id, staff_id=staff_id, read_at=None).update(read_at=now())


async def _recipients(module: Module, owner_id: UUID | None, by: Actor) -> list[Staff]:
    working = await Staff.filter(left_at=None).exclude(password_hash='')  # who is only invited reads no bell yet
    here = [staff for staff in working if MAY[staff.role][module] >= Level.WRITE]
    owner = [staff for staff in here if staff.id == owner_id]
    return [staff for staff in owner or here if staff.id != by.staff_id]
