"""An issued paper: its number, what it says (frozen when it was issued), and, once set, its bytes and their SHA-256."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Record


class DocumentKind(StrEnum):
    QUOTE = 'Quote'
    SIGNED_QUOTE = 'Signed Quote'
    DEPOSIT_REQUEST = 'Deposit Request'
    INVOICE = 'Invoice'
    RECEIPT = 'Receipt'
    TAX_INVOICE = 'Tax Invoice'
    DEPOSIT_RECEIPT = 'Deposit Receipt'
    DEPOSIT_RETURN = 'Deposit Return Receipt'
    MANIFEST = 'Delivery Manifest'
    CREDIT_NOTE = 'Credit Note'


class DocumentState(StrEnum):
    ORDERED = 'Ordered'
    SET = 'Set'


class Document(Record):
    """Ordered in the transaction of the verb that owes it, set after the commit: a number is never a lost paper."""

    kind = fields.CharEnumField(DocumentKind, max_length=24)
    number = fields.CharField(max_length=40)
    edition = fields.IntField(default=1)
    customer_id = fields.UUIDField(db_index=True)
    quote_id = fields.UUIDField(null=True, db_index=True)
    job_id = fields.UUIDField(null=True, db_index=True)
    invoice_id = fields.UUIDField(null=True, db_index=True)
    deposit_id = fields.UUIDField(null=True, db_index=True)
    receipt_id = fields.UUIDField(null=True, db_index=True)
    issued_on = fields.DateField()
    state = fields.CharEnumField(DocumentState, max_length=8, default=DocumentState.ORDERED)
    frozen: dict[str, Any] = fields.JSONField(default=dict)
    content = fields.BinaryField(null=True)
    sha256 = fields.BinaryField(null=True)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'document'
        unique_together = (('kind', 'number', 'edition'),)

    @classmethod
    async def order(
        cls, kind: DocumentKind, number: str, *, customer_id: UUID, issued_on: date, **facts: Any
    ) -> 'Document':
        """Owe a paper. `frozen` is all that it will ever say; later changes of the records do not reach it."""
        return await cls.create(kind=kind, number=number, customer_id=customer_id, issued_on=issued_on, **facts)
