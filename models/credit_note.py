"""A credit note (Revenue Code s.86/10): lowers an issued invoice, for a reason, and says by how much."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.bill import InvoiceStatus
from models.business import Business
from models.document import Document, DocumentKind
from models.invoice import Invoice
from models.invoice_line import InvoiceLine
from models.line import LineKind
from models.money import ZERO, baht, vat_on
from models.numbering import Series, next_number
from models.settlement import settle

if TYPE_CHECKING:
    from models.receipt import Receipt


class CreditNote(Record):
    """Values in THB before VAT. `amount` is the difference with its VAT: what the invoice still asked for of it is
    `lowered`, what was paid already becomes the customer's `credit`; one that goes with a void does neither.

    One of a pre-payment (`payment_id`) belongs to no invoice and moves nothing either: its payment says what is credit.
    """

    number = fields.CharField(max_length=40, unique=True)
    customer_id = fields.UUIDField(db_index=True)
    invoice: fields.ForeignKeyNullableRelation[Invoice] = fields.ForeignKeyField(
        'models.Invoice', related_name='credit_notes', null=True, on_delete=fields.RESTRICT
    )
    invoice_id: UUID | None
    payment_id = fields.UUIDField(null=True, db_index=True)
    issued_on = fields.DateField()
    original_number = fields.CharField(max_length=40)
    original_on = fields.DateField()
    original_value = fields.DecimalField(max_digits=14, decimal_places=2)
    right_value = fields.DecimalField(max_digits=14, decimal_places=2)
    difference = fields.DecimalField(max_digits=14, decimal_places=2)
    vat = fields.DecimalField(max_digits=14, decimal_places=2)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    lowered = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credit = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    voids = fields.BooleanField(default=False)
    reason = fields.TextField()
    key = fields.UUIDField(unique=True, null=True)
    by_name = fields.CharField(max_length=200)

    class Meta:
        table = 'credit_note'
        ordering = ('number',)

    @classmethod
    async def issue(cls, invoice: Invoice, *, difference: Decimal, reason: str, key: UUID, by: Actor) -> 'CreditNote':
        """Lower the value of an issued invoice by `difference` THB before VAT; its VAT follows.

        Raises Refused: `reason_missing`, `amount_not_positive`, `invoice_not_issued`, `credit_note_too_much`.
        """
        by.must(Module.INVOICES, Level.MANAGE)
        difference, at = baht(difference), now()
        if not reason.strip():
            raise Refused('reason_missing')
        if difference <= 0:
            raise Refused('amount_not_positive')
        async with one_change():
            stored = await Invoice.select_for_update().get(id=invoice.id)
            if known := await cls.get_or_none(key=key):
                return known
            if stored.status in (InvoiceStatus.DRAFT, InvoiceStatus.VOID):
                raise Refused('invoice_not_issued')
            note = await cls._of(stored, difference, reason=reason.strip(), key=key, at=at, by=by)
            if note.lowered:
                await settle(stored, at=at, credited=stored.credited + note.lowered)
        invoice.become(stored)
        return note

    @classmethod
    async def take_back(cls, invoice: Invoice, *, reason: str, at: datetime, by: Actor) -> 'CreditNote':
        """Only a void calls this: all of an invoice that was a tax invoice."""
        return await cls._of(
            invoice, invoice.subtotal - invoice.discount, reason=reason, key=None, at=at, by=by, voids=True
        )

    @classmethod
    async def of_prepayment(
        cls, receipt: 'Receipt', *, amount: Decimal, vat: Decimal, reason: str, at: datetime, by: Actor
    ) -> 'CreditNote | None':
        """Only a pre-payment that becomes credit calls this: `amount` with its `vat` off its tax invoice.

        Without a reason it was more than its invoice came to, and the paper says so. None where so little is left of
        the value, by rounding, that there is nothing to lower.
        """
        before = sum((note.difference for note in await cls.filter(payment_id=receipt.payment_id)), ZERO)
        value, today, firm = receipt.amount - receipt.vat - before, bangkok_day(at), await Business.the()
        difference = min(amount - vat, value)
        if difference <= 0:
            return None
        note = await cls.create(
            number=await next_number(Series.CREDIT_NOTE, today),
            customer_id=receipt.customer_id,
            payment_id=receipt.payment_id,
            issued_on=today,
            original_number=receipt.tax_invoice_number,
            original_on=receipt.issued_on,
            original_value=value,
            right_value=value - difference,
            difference=difference,
            vat=amount - difference,
            amount=amount,
            reason=reason,
            by_name=by.name,
        )
        await note._order_paper(
            job_id=receipt.job_id, invoice_number='', credit=str(amount), vat_percent=str(firm.vat_percent)
        )
        return note

    @classmethod
    async def cancel_papers(cls, payment_id: UUID, *, at: datetime) -> None:
        """Only the reversal of a pre-payment calls this: its tax invoice is cancelled, and what lowered it as well."""
        numbers = [note.number for note in await cls.filter(payment_id=payment_id)]
        await Document.filter(kind=DocumentKind.CREDIT_NOTE, number__in=numbers).update(cancelled_at=at)

    @staticmethod
    async def worth(invoice: Invoice, difference: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """What lowering the value by `difference` comes to: its VAT, what comes off the balance, what becomes credit.

        Its VAT is that of the value so far less that of the right value, so that nothing is lost to rounding. Raises
        Refused('credit_note_too_much').
        """
        firm, paid = await Business.the(), await _paid_before(invoice)
        before = await _value_of(invoice)
        if difference > before:
            raise Refused('credit_note_too_much', value=before)
        vat = _vat(before, paid, invoice, firm) - _vat(before - difference, paid, invoice, firm)
        lowered = min(difference + vat, invoice.balance)
        return vat, lowered, difference + vat - lowered

    @property
    def vat_lowered(self) -> Decimal:
        """The part of its VAT that came off the balance."""
        return baht(self.vat * self.lowered / self.amount)

    @classmethod
    async def _of(
        cls,
        invoice: Invoice,
        difference: Decimal,
        *,
        reason: str,
        key: UUID | None,
        at: datetime,
        by: Actor,
        voids: bool = False,
    ) -> 'CreditNote':
        value = difference if voids else await _value_of(invoice)
        vat, lowered, credit = await cls.worth(invoice, difference)
        original = invoice.tax_invoice_number or invoice.number or ''
        today = bangkok_day(at)
        number = await next_number(Series.CREDIT_NOTE, today)
        note = await cls.create(
            number=number,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            issued_on=today,
            original_number=original,
            original_on=invoice.issued_on,
            original_value=value,
            right_value=value - difference,
            difference=difference,
            vat=vat,
            amount=difference + vat,
            lowered=ZERO if voids else lowered,
            credit=ZERO if voids else credit,
            voids=voids,
            reason=reason,
            key=key,
            by_name=by.name,
        )
        await note._owe_paper(invoice)
        await Activity.note(
            'credit_note_issued', by=by, at=at, customer_id=invoice.customer_id, invoice_id=invoice.id,
            job_id=invoice.job_id, number=number, invoice=invoice.number, amount=note.amount, reason=reason,
        )  # fmt: skip
        return note

    async def _owe_paper(self, invoice: Invoice) -> None:
        from models.payment import Payment
        from models.receipt import Receipt

        before = await Payment.filter(counted_on_id=invoice.id).values_list('id', flat=True)
        told = Q(invoice_id=invoice.id) | Q(payment_id__in=[str(payment_id) for payment_id in before])
        taxed = await Receipt.filter(told, cancelled_at=None).exclude(tax_invoice_number=None).order_by('id')
        await self._order_paper(
            job_id=invoice.job_id,
            invoice_number=invoice.number or '',
            credit=str(self.credit),
            vat_percent=str(invoice.vat_percent),
            tax_invoices=[{'number': one.tax_invoice_number or '', 'issued_on': str(one.issued_on)} for one in taxed],
        )

    async def _order_paper(self, *, job_id: UUID | None, **about: Any) -> None:
        amounts = ('original_value', 'right_value', 'difference', 'vat', 'amount', 'lowered')
        await Document.order(
            DocumentKind.CREDIT_NOTE,
            self.number,
            customer_id=self.customer_id,
            invoice_id=self.invoice_id,
            job_id=job_id,
            issued_on=self.issued_on,
            frozen={
                **{name: str(getattr(self, name)) for name in amounts},
                'number': self.number,
                'issued_on': str(self.issued_on),
                'original_number': self.original_number,
                'original_on': str(self.original_on),
                'voids': self.voids,
                'reason': self.reason,
                'tax_invoices': [],
                **about,
            },
        )


async def _value_of(invoice: Invoice) -> Decimal:
    """What the invoice is worth before VAT after the credit notes so far, what was paid before it included."""
    notes = await CreditNote.filter(invoice_id=invoice.id)
    whole = invoice.subtotal - invoice.discount + await _paid_before(invoice)
    return whole - sum((note.difference for note in notes), ZERO)


async def _paid_before(invoice: Invoice) -> Decimal:
    """The pre-payments that stand on it as negative lines, before VAT."""
    lines = await InvoiceLine.filter(invoice_id=invoice.id, kind=LineKind.PREPAYMENT)
    return -sum((line.amount for line in lines), ZERO)


def _vat(value: Decimal, paid: Decimal, invoice: Invoice, firm: Business) -> Decimal:
    # What the invoice still asked for is taken off first, and what was paid before it last: each with the VAT that its
    # own paper told, even if the firm has changed its rounding since.
    told = max(ZERO, invoice.prepaid - paid)
    own, asked = value - paid, invoice.subtotal - invoice.discount
    if own < 0:
        return min(told, vat_on(value, invoice.vat_percent, firm.vat_rounding))
    return told + (invoice.vat if own == asked else vat_on(own, invoice.vat_percent, firm.vat_rounding))
