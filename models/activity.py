"""One line for everything that happened, written in the transaction of what happened; never changed, never deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model
from uuid_utils.compat import uuid7

from models.actor import Actor


# Its column `place`, the order in which lines were written, is given by the database and read by who seals them.
class Activity(Model):
    id = fields.UUIDField(primary_key=True, default=uuid7)
    at = fields.DatetimeField(db_index=True)
    what = fields.CharField(max_length=60)
    by_kind = fields.CharField(max_length=10)
    by_name = fields.CharField(max_length=200)
    staff_id = fields.UUIDField(null=True)
    link_id = fields.UUIDField(null=True, db_index=True)
    customer_id = fields.UUIDField(null=True, db_index=True)
    quote_id = fields.UUIDField(null=True, db_index=True)
    job_id = fields.UUIDField(null=True, db_index=True)
    invoice_id = fields.UUIDField(null=True, db_index=True)
    deposit_id = fields.UUIDField(null=True, db_index=True)
    facts: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = 'activity'
        ordering = ('-at', '-id')

    @classmethod
    async def note(
        cls,
        what: str,
        *,
        by: Actor,
        at: datetime,
        customer_id: UUID | None = None,
        quote_id: UUID | None = None,
        job_id: UUID | None = None,
        invoice_id: UUID | None = None,
        deposit_id: UUID | None = None,
        **facts: object,
    ) -> None:
        """`what` is past tense, noun first (`quote_sent`); `facts` fill the gaps of its sentence."""
        await cls.create(
            at=at,
            what=what,
            by_kind=by.kind,
            by_name=by.name,
            staff_id=by.staff_id,
            link_id=by.link_id,
            customer_id=customer_id,
            quote_id=quote_id,
            job_id=job_id,
            invoice_id=invoice_id,
            deposit_id=deposit_id,
            facts={key: value if isinstance(value, int | bool) else str(value) for key, value in facts.items()},
        )
