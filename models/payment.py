"""Money that came in for an invoice or before one: recorded once however often it is pressed."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.customer import Customer, CustomerKind
from models.invoice import OPEN, Invoice, InvoiceStatus
from models.money import ZERO, baht
from models.money_day import must_have_come
from models.receipt import Receipt, ReceiptKind
from models.settlement import settle, vat_of_part
from models.unseen import refuse_unseen


class Method(StrEnum):
    BANK_TRANSFER = 'Bank Transfer'
    CASH = 'Cash'
    PROMPTPAY = 'PromptPay'
    CREDIT_CARD = 'Credit Card'
    CHEQUE = 'Cheque'
    OTHER = 'Other'
    CREDIT = 'Credit'

    def must_be_money(self) -> None:
        """Customer credit moves no money: only `use_credit` pays with it. Raises Refused('method_not_money')."""
        if self is Method.CREDIT:
            raise Refused('method_not_money')


MONEY = tuple(method for method in Method if method is not Method.CREDIT)


class Payment(Record):
    """`amount` is the money received; with `withheld` it settles the invoice; `credit` is what exceeds the balance."""

    customer_id = fields.UUIDField(db_index=True)
    invoice: fields.ForeignKeyNullableRelation[Invoice] = fields.ForeignKeyField(
        'models.Invoice', related_name='payments', null=True, on_delete=fields.RESTRICT
    )
    invoice_id: UUID | None
    job_id = fields.UUIDField(null=True, db_index=True)
    counted_on_id = fields.UUIDField(null=True, db_index=True)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    withheld = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    credit = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    certificate_received = fields.BooleanField(default=False)
    method = fields.CharEnumField(Method, max_length=14)
    reference = fields.CharField(max_length=200, default='')
    paid_on = fields.DateField()
    key = fields.UUIDField(unique=True)
    by_name = fields.CharField(max_length=200)
    reversed_at = fields.DatetimeField(null=True)
    reversal_reason = fields.TextField(default='')

    class Meta:
        table = 'payment'

    @classmethod
    async def record(
        cls,
        invoice: Invoice,
        *,
        amount: Decimal,
        method: Method,
        paid_on: date,
        key: UUID,
        by: Actor,
        withheld: Decimal = ZERO,
        reference: str = '',
        keep_rest_as_credit: bool = False,
        seen: Collection[UUID] | None = None,
    ) -> 'Payment':
        """THB received on a Bangkok day; `key` is born with the form, so that a double click is one payment.

        Every payment makes its receipt at once, and full payment ends the invoice's links. What comes for an invoice
        that is paid already, late or twice, is all the customer's credit. `seen` are the payments that the clerk knew
        of (`money_known`): with another one meanwhile, this may be the same transfer.
        Raises Refused: `amount_not_positive`, `invoice_not_open`, `more_than_balance` (unless the rest is kept as the
        customer's credit), `withheld_by_company_only`, `withheld_too_much`, `method_not_money`, `day_to_come`,
        `payment_known` (the same reference on the same invoice), `recorded_meanwhile`.
        """
        by.must(Module.INVOICES, Level.WRITE)
        method.must_be_money()
        amount, withheld = baht(amount), baht(withheld)
        if amount <= 0 or withheld < 0:
            raise Refused('amount_not_positive')
        at = now()
        must_have_come(paid_on, at)
        async with one_change():
            invoice = await Invoice.select_for_update().get(id=invoice.id)
            if known := await cls.get_or_none(key=key):
                return known
            await refuse_unseen(invoice, seen)
            named = reference.strip()
            if named and await cls.exists(invoice_id=invoice.id, reference=named, reversed_at=None):
                raise Refused('payment_known', reference=named, number=invoice.number)
            await _must_be_withheld_rightly(invoice, withheld)
            return await cls.take(
                invoice,
                amount=amount,
                withheld=withheld,
                method=method,
                paid_on=paid_on,
                key=key,
                at=at,
                by=by,
                reference=reference,
                keep_rest_as_credit=keep_rest_as_credit,
            )

    @classmethod
    async def take(
        cls,
        invoice: Invoice,
        *,
        amount: Decimal,
        method: Method,
        key: UUID,
        at: datetime,
        by: Actor,
        withheld: Decimal = ZERO,
        paid_on: date | None = None,
        reference: str = '',
        keep_rest_as_credit: bool = False,
    ) -> 'Payment':
        """Only what has locked the invoice calls this: it is settled so far, with a receipt for the sum."""
        if invoice.status not in (*OPEN, InvoiceStatus.PAID):
            raise Refused('invoice_not_open', number=invoice.number)
        rest = max(ZERO, amount + withheld - invoice.balance)
        if rest and not keep_rest_as_credit:
            raise Refused('more_than_balance', number=invoice.number, rest=rest)
        payment = await cls.create(
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            job_id=invoice.job_id,
            amount=amount,
            withheld=withheld,
            credit=rest,
            method=method,
            reference=reference.strip(),
            paid_on=paid_on or bangkok_day(at),
            key=key,
            by_name=by.name,
        )
        vat = await vat_of_part(invoice, payment.settled)
        if payment.settled:
            received = invoice.received + amount - rest
            await settle(invoice, at=at, received=received, withheld=invoice.withheld + withheld)
        await Receipt.issue(
            ReceiptKind.PAYMENT,
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            payment_id=payment.id,
            amount=amount + withheld,
            withheld=withheld,
            credit=rest,
            vat=vat,
            taxed=payment.settled > 0 and invoice.vat > 0 and not invoice.tax_invoice_number,
            moved_on=payment.paid_on,
            method=method,
            reference=reference.strip(),
            at=at,
        )
        what = 'credit_used' if method is Method.CREDIT else 'payment_recorded'
        await Activity.note(
            what, by=by, at=at, **payment._where, number=invoice.number, amount=amount, withheld=withheld
        )
        return payment

    async def reverse(self, *, reason: str, by: Actor) -> None:
        """The money did not come after all. Its receipt is marked cancelled: kept, readable, number never reused.

        Credit that a credit note gave for this very money goes back to the invoice, as credit used on it.
        Raises Refused: `reason_missing`, `payment_reversed_already`, `prepayment_counted`, `credit_used`.
        """
        from models.bank_statement import BankLine
        from models.credit import credit_of, hold_credit
        from models.credit_note import CreditNote

        by.must(Module.INVOICES, Level.MANAGE)
        if not reason.strip():
            raise Refused('reason_missing')
        at = now()
        async with one_change():
            await BankLine.give_back(self.id, by=by)  # a row is held before its invoice, as whoever records it does
            invoice = await Invoice.select_for_update().get(id=self.invoice_id) if self.invoice_id else None
            payment = await Payment.select_for_update().get(id=self.id)
            if payment.reversed_at:
                raise Refused('payment_reversed_already')
            if payment.counted_on_id:
                raise Refused('prepayment_counted')
            if payment.credit:
                await hold_credit(payment.customer_id)
                if await credit_of(payment.customer_id) < payment.credit:
                    raise Refused('credit_used', credit=payment.credit)
            await payment.set(reversed_at=at, reversal_reason=reason.strip())
            if invoice and payment.settled:
                received = invoice.received - (payment.amount - payment.credit)
                await settle(invoice, at=at, received=received, withheld=invoice.withheld - payment.withheld)
            await (await Receipt.get(payment_id=self.id)).cancel(at=at)
            await CreditNote.cancel_papers(self.id, at=at)
            await Activity.note(
                'payment_reversed', by=by, at=at, **self._where, amount=self.amount, reason=reason.strip()
            )
            if invoice and payment.settled:
                await _take_credit_back(invoice, at=at, by=by)
        self.update_from_dict({'reversed_at': at, 'reversal_reason': reason.strip()})

    @classmethod
    def certificates_owed(cls) -> QuerySet['Payment']:
        """Payments whose withholding certificate (50 ทวิ) has not come yet."""
        return cls.filter(withheld__gt=0, reversed_at=None, certificate_received=False)

    @property
    def kept_before(self) -> Decimal:
        """Of a pre-payment, what is not the customer's credit: what stands on an invoice or waits for one."""
        return self.amount - self.credit

    @property
    def settled(self) -> Decimal:
        """How much of its invoice this payment settles, in THB."""
        return self.amount - self.credit + self.withheld

    @property
    def _where(self) -> dict[str, UUID | None]:
        return {'customer_id': self.customer_id, 'invoice_id': self.invoice_id, 'job_id': self.job_id}


async def _must_be_withheld_rightly(invoice: Invoice, withheld: Decimal) -> None:
    if withheld:
        if (await Customer.get(id=invoice.customer_id)).kind is not CustomerKind.COMPANY:
            raise Refused('withheld_by_company_only')
        if invoice.status in (*OPEN, InvoiceStatus.PAID) and withheld >= invoice.balance:
            raise Refused('withheld_too_much')


async def _take_credit_back(invoice: Invoice, *, at: datetime, by: Actor) -> None:
    """What its credit notes made credit of was paid; where it is not paid any more, the credit settles the invoice."""
    from models.credit import credit_of, hold_credit
    from models.credit_note import CreditNote

    given = sum((note.credit for note in await CreditNote.filter(invoice_id=invoice.id)), ZERO)
    unpaid = given - invoice.received - invoice.withheld - invoice.prepaid
    if unpaid <= 0:
        return
    await hold_credit(invoice.customer_id)
    if await credit_of(invoice.customer_id) < unpaid:
        raise Refused('credit_used', credit=unpaid)
    await Payment.take(invoice, amount=unpaid, method=Method.CREDIT, key=uuid4(), at=at, by=by)
