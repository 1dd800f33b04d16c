"""An issued paper: its number, what it says (frozen when it was issued), and, once set, its bytes and their SHA-256."""

import secrets
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.queryset import QuerySet

from models.base import Record, now
from models.business import Business
from models.customer import Customer
from models.logo import Logo


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
    CREDIT_RETURN = 'Credit Return Receipt'
    STATEMENT = 'Statement'


class DocumentState(StrEnum):
    ORDERED = 'Ordered'
    SET = 'Set'


class Document(Record):
    """Ordered in the transaction of the verb that owes it, set after the commit: a number is never a lost paper.

    What is set never changes again: the database refuses other bytes, another frozen text or another number.
    """

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
    verification = fields.CharField(max_length=32, unique=True, null=True)
    frozen: dict[str, Any] = fields.JSONField(default=dict)
    content = fields.BinaryField(null=True)
    sha256 = fields.BinaryField(null=True)
    set_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'document'
        unique_together = (('kind', 'number', 'edition'),)

    @classmethod
    async def order(
        cls,
        kind: DocumentKind,
        number: str,
        *,
        customer_id: UUID,
        issued_on: date,
        frozen: dict[str, Any] | None = None,
        **where: Any,
    ) -> 'Document':
        """Owe a paper. `frozen` is all that it will ever say; later changes of the records do not reach it.

        Both parties are written into it here, and its verification id: the 32 hexadecimal digits by which a copy of
        the paper can be asked about long after.
        """
        verification = secrets.token_hex(16)
        return await cls.create(
            kind=kind,
            number=number,
            customer_id=customer_id,
            issued_on=issued_on,
            verification=verification,
            frozen={'verification': verification, **await parties_of(customer_id), **(frozen or {})},
            **where,
        )

    @classmethod
    def ordered(cls) -> QuerySet['Document']:
        """What is still owed, the oldest first."""
        return cls.filter(state=DocumentState.ORDERED).order_by('id')

    async def keep(self, content: bytes) -> bool:
        """The paper as it was set, for good. Of several who set it the first one wins; says whether it was this one."""
        at = now()
        digest = sha256(content).digest()
        owed = Document.filter(id=self.id, state=DocumentState.ORDERED)
        mine = bool(await owed.update(state=DocumentState.SET, content=content, sha256=digest, set_at=at))
        if mine:
            self.update_from_dict({'state': DocumentState.SET, 'content': content, 'sha256': digest, 'set_at': at})
        return mine


async def parties_of(customer_id: UUID) -> dict[str, Any]:
    """Firm and customer as they are written into a paper."""
    firm, customer = await Business.the(), await Customer.get(id=customer_id).prefetch_related('contacts')
    contact = min(customer.contacts, key=lambda one: one.position, default=None)
    own = ('name', 'name_th', 'address', 'address_th', 'phone', 'email', 'line_url', 'website', 'tax_id', 'branch')
    pay = ('promptpay_id', 'promptpay_kind', 'bank_accounts', 'accent')
    return {
        'language': customer.language,
        'firm': {
            **{name: getattr(firm, name) for name in (*own, *pay)},
            'vat_registered': firm.vat_registered,
            'logo': await Logo.keep(firm.logo_light),
        },
        'customer': {
            **{name: getattr(customer, name) for name in ('name', 'name_th', 'tax_id', 'branch')},
            'kind': str(customer.kind),
            'vat_registered': customer.vat_registered,
            'address': customer.billing_address,
            'contact': contact.full_name if contact else '',
            'contact_phone': contact.phone if contact else '',
            'contact_email': contact.email if contact else '',
        },
    }
