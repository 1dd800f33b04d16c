"""A receipt, made at once with every payment received or deposit moved; four kinds, each with its own series."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Record, bangkok_day
from models.customer import Customer, fold
from models.document import Document
from models.money import ZERO
from models.numbering import Series, next_number
from models.outbox import Outbox


class ReceiptKind(StrEnum):
    PAYMENT = 'RC'
    PREPAYMENT = 'PREREC'
    DEPOSIT = 'DEPR'
    DEPOSIT_RETURN = 'DEPRR'


class Receipt(Record):
    """`amount` is the sum settled in THB; `withheld` the part of it that went to the Revenue Department, `credit` what
    is more than was owed and stays as the customer's credit.
    """

    kind = fields.CharEnumField(ReceiptKind, max_length=8)
    number = fields.CharField(max_length=40, unique=True)
    tax_invoice_number = fields.CharField(max_length=40, unique=True, null=True)
    customer_id = fields.UUIDField(db_index=True)
    invoice_id = fields.UUIDField(null=True, db_index=True)
    job_id = fields.UUIDField(null=True)
    deposit_id = fields.UUIDField(null=True, db_index=True)
    payment_id = fields.UUIDField(null=True, unique=True)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    withheld = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    vat = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    kept = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credit = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO)
    method = fields.CharField(max_length=14)
    reference = fields.CharField(max_length=200, default='')
    issued_on = fields.DateField()
    cancelled_at = fields.DatetimeField(null=True)
    search = fields.TextField(default='')

    class Meta:
        table = 'receipt'

    @classmethod
    async def issue(
        cls,
        kind: ReceiptKind,
        *,
        customer_id: UUID,
        amount: Decimal,
        method: str,
        at: datetime,
        moved_on: date,
        taxed: bool = False,
        **facts: Any,
    ) -> 'Receipt':
        """Called by the verbs that move money, which did so on the Bangkok day `moved_on`, today at the latest.

        `taxed`: VAT falls due now, so a tax invoice number stands beside it.
        """
        from models.receipt_paper import owe_receipt

        today = bangkok_day(at)
        customer = await Customer.get(id=customer_id)
        tax_number = await next_number(Series.TAX_INVOICE, today) if taxed else None
        number = await next_number(Series(kind.value), today)
        receipt = await cls.create(
            kind=kind,
            number=number,
            tax_invoice_number=tax_number,
            customer_id=customer_id,
            amount=amount,
            method=method,
            issued_on=today,
            search=fold(f'{number} {tax_number or ""} {customer.name} {customer.name_th}'),
            **facts,
        )
        await owe_receipt(receipt, moved_on=moved_on)
        letter = 'deposit_return' if kind is ReceiptKind.DEPOSIT_RETURN else 'receipt'
        await Outbox.queue(letter, customer_id=customer_id, receipt_id=receipt.id)
        return receipt

    async def cancel(self, *, at: datetime) -> None:
        """Marked as cancelled with its paper; nothing is deleted, and a letter that did not leave yet stays here."""
        await self.set(cancelled_at=at)
        await Outbox.drop_receipt(self.id)
        await Document.filter(receipt_id=self.id, cancelled_at=None).update(cancelled_at=at)
