"""What an invoice comes to and how far it is settled: its sums, and the status and badge that follow from them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from tortoise import fields

from models.base import Record
from models.money import ZERO, DiscountKind


class InvoiceStatus(StrEnum):
    DRAFT = 'Draft'
    SENT = 'Sent'
    PARTIAL = 'Partial'
    PAID = 'Paid'
    OVERDUE = 'Overdue'
    VOID = 'Void'


OPEN = (InvoiceStatus.SENT, InvoiceStatus.PARTIAL)
Badge = Literal['unpaid', 'partial', 'overdue', 'paid', 'void']


class Bill(Record):
    """`Overdue` is never stored: time makes it, at midnight in Bangkok after the due day.

    All sums in THB: `credited` is what credit notes took off the balance, `prepaid` what its negative lines stand for.
    """

    status = fields.CharEnumField(InvoiceStatus, max_length=8, default=InvoiceStatus.DRAFT)
    issued_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    vat_percent = fields.DecimalField(max_digits=5, decimal_places=2)
    discount_kind = fields.CharEnumField(DiscountKind, max_length=3, default=DiscountKind.THB)
    discount_value = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    subtotal = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    discount = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    vat = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    total = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    received = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    withheld = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credited = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO)
    prepaid = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO)

    class Meta:
        abstract = True

    @property
    def balance(self) -> Decimal:
        """Still owed, in THB: settled is what was received, what was withheld, and what credit notes took off."""
        if self.status is InvoiceStatus.VOID:
            return ZERO
        return self.total - self.received - self.withheld - self.credited

    @property
    def paid_before(self) -> bool:
        """Whether pre-payments settled it at its issue."""
        return self.status is InvoiceStatus.PAID and self.total == 0

    def status_on(self, today: date) -> InvoiceStatus:
        """The status as staff see it on a Bangkok day."""
        if self.status in OPEN and self.due_on is not None and today > self.due_on:
            return InvoiceStatus.OVERDUE
        return self.status

    def badge(self, today: date) -> Badge:
        """The badge that the customer sees; a part-paid invoice past due is overdue."""
        badges: dict[InvoiceStatus, Badge] = {
            InvoiceStatus.SENT: 'unpaid',
            InvoiceStatus.PARTIAL: 'partial',
            InvoiceStatus.OVERDUE: 'overdue',
            InvoiceStatus.PAID: 'paid',
            InvoiceStatus.VOID: 'void',
        }
        return badges[self.status_on(today)]
