"""What must be sent: noted in the transaction of the act, composed and sent later; it holds no link and no code."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Record, now


class OutboxState(StrEnum):
    QUEUED = 'Queued'
    SENT = 'Sent'
    FAILED = 'Failed'


class Outbox(Record):
    template = fields.CharField(max_length=40)
    language = fields.CharField(max_length=2)
    recipient = fields.CharField(max_length=200)
    customer_id = fields.UUIDField(null=True, db_index=True)
    quote_id = fields.UUIDField(null=True)
    job_id = fields.UUIDField(null=True)
    invoice_id = fields.UUIDField(null=True)
    deposit_id = fields.UUIDField(null=True)
    receipt_id = fields.UUIDField(null=True)
    link_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(OutboxState, max_length=8, default=OutboxState.QUEUED)
    tries = fields.IntField(default=0)
    next_try_at = fields.DatetimeField(default=now)
    sent_at = fields.DatetimeField(null=True)
    failure = fields.TextField(default='')

    class Meta:
        table = 'outbox'

    @classmethod
    async def queue(cls, template: str, *, customer_id: UUID, **facts: Any) -> 'Outbox | None':
        """A letter to the customer's primary contact in the customer's language; None where there is no address."""
        from models.customer import Contact, Customer

        customer = await Customer.get(id=customer_id)
        contact = await Contact.filter(customer_id=customer_id).order_by('position').first()
        if contact is None or not contact.email:
            return None
        return await cls.create(
            template=template, language=customer.language, recipient=contact.email, customer_id=customer_id, **facts
        )
