"""Money that came in for an invoice or before one: recorded once however often it is pressed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change
from models.business import Business
from models.customer import Customer, CustomerKind
from models.invoice import OPEN, Invoice, InvoiceStatus
from models.money import ZERO, baht, vat_inside
from models.receipt import Receipt, ReceiptKind

if TYPE_CHECKING:
    from models.job import Job


JUST_NOW = timedelta(hours=2)  # how long ago a device may have looked and still count as the one that pays


class Method(StrEnum):
    BANK_TRANSFER = 'Bank Transfer'
    CASH = 'Cash'
    PROMPTPAY = 'PromptPay'
    CREDIT_CARD = 'Credit Card'
    CHEQUE = 'Cheque'
    OTHER = 'Other'


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
    ) -> 'Payment':
        """THB received on a Bangkok day; `key` is born with the form, so that a double click is one payment.

        Every payment makes its receipt at once, and full payment ends the invoice's links.
        Raises Refused: `amount_not_positive`, `invoice_not_open`, `more_than_balance` (unless the rest is kept as the
        customer's credit), `withheld_by_company_only`, `withheld_too_much`.
        """
        by.must(Module.INVOICES, Level.WRITE)
        amount, withheld = baht(amount), baht(withheld)
        if amount <= 0 or withheld < 0:
            raise Refused('amount_not_positive')
        at = now()
        async with one_change():
            invoice = await Invoice.select_for_update().get(id=invoice.id)
            if known := await cls.get_or_none(key=key):
                return known
            rest = await _rest(invoice, amount, withheld)
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
                paid_on=paid_on,
                key=key,
                by_name=by.name,
            )
            before = invoice.received + invoice.withheld
            await _settle(invoice, invoice.received + amount - rest, invoice.withheld + withheld, at=at)
            await Receipt.issue(
                ReceiptKind.PAYMENT,
                customer_id=invoice.customer_id,
                invoice_id=invoice.id,
                payment_id=payment.id,
                amount=amount + withheld,
                withheld=withheld,
                vat=_vat_share(invoice, before + amount - rest + withheld) - _vat_share(invoice, before),
                taxed=invoice.vat > 0 and not invoice.tax_invoice_number,
                method=method,
                reference=reference.strip(),
                at=at,
            )
            await Activity.note(
                'payment_recorded',
                by=by,
                at=at,
                **payment._where,
                number=invoice.number,
                amount=amount,
                withheld=withheld,
            )
        return payment

    @classmethod
    async def record_prepayment(
        cls, job: 'Job', *, amount: Decimal, method: str, paid_on: date, key: UUID, by: Actor, reference: str = ''
    ) -> 'Payment':
        """Money for a job before its final invoice, THB with VAT. Raises Refused: `amount_not_positive`,
        `job_over`, `prepayment_too_late` (its invoice was issued already).
        """
        from models.job import Job, Stage

        by.must(Module.INVOICES, Level.WRITE)
        amount = baht(amount)
        if amount <= 0:
            raise Refused('amount_not_positive')
        at = now()
        firm = await Business.the()
        async with one_change():
            job = await Job.select_for_update().get(id=job.id)
            if known := await cls.get_or_none(key=key):
                return known
            if job.stage is Stage.CANCELLED:
                raise Refused('job_over', number=job.number)
            if not await Invoice.exists(job_id=job.id, status=InvoiceStatus.DRAFT):
                raise Refused('prepayment_too_late', number=job.number)
            payment = await cls.create(
                customer_id=job.customer_id,
                job_id=job.id,
                amount=amount,
                method=method,
                reference=reference.strip(),
                paid_on=paid_on,
                key=key,
                by_name=by.name,
            )
            await Receipt.issue(
                ReceiptKind.PREPAYMENT,
                customer_id=job.customer_id,
                job_id=job.id,
                payment_id=payment.id,
                amount=amount,
                vat=vat_inside(amount, firm.vat_percent),
                taxed=firm.vat_registered,
                method=method,
                reference=reference.strip(),
                at=at,
            )
            await Activity.note('prepayment_recorded', by=by, at=at, **payment._where, number=job.number, amount=amount)
        return payment

    async def reverse(self, *, reason: str, by: Actor) -> None:
        """The money did not come after all. Its receipt is marked cancelled: kept, readable, number never reused.

        Raises Refused: `reason_missing`, `payment_reversed_already`, `prepayment_counted`.
        """
        by.must(Module.INVOICES, Level.MANAGE)
        if not reason.strip():
            raise Refused('reason_missing')
        at = now()
        async with one_change():
            invoice = await Invoice.select_for_update().get(id=self.invoice_id) if self.invoice_id else None
            payment = await Payment.select_for_update().get(id=self.id)
            if payment.reversed_at:
                raise Refused('payment_reversed_already')
            if payment.counted_on_id:
                raise Refused('prepayment_counted')
            await payment.set(reversed_at=at, reversal_reason=reason.strip())
            if invoice:
                received = invoice.received - (payment.amount - payment.credit)
                await _settle(invoice, received, invoice.withheld - payment.withheld, at=at)
            await (await Receipt.get(payment_id=self.id)).cancel(at=at)
            await Activity.note(
                'payment_reversed', by=by, at=at, **self._where, amount=self.amount, reason=reason.strip()
            )
        self.update_from_dict({'reversed_at': at, 'reversal_reason': reason.strip()})

    @property
    def settled(self) -> Decimal:
        """How much of its invoice this payment settles, in THB."""
        return self.amount - self.credit + self.withheld

    @property
    def _where(self) -> dict[str, UUID | None]:
        return {'customer_id': self.customer_id, 'invoice_id': self.invoice_id, 'job_id': self.job_id}


async def credit_of(customer_id: UUID) -> Decimal:
    """The customer's credit in THB: what was paid above the balances of invoices."""
    live = await Payment.filter(customer_id=customer_id, reversed_at=None, credit__gt=0)
    return sum((payment.credit for payment in live), ZERO)


async def _rest(invoice: Invoice, amount: Decimal, withheld: Decimal) -> Decimal:
    """What of this payment is more than the balance."""
    if invoice.status not in OPEN:
        raise Refused('invoice_not_open', number=invoice.number)
    if withheld:
        if (await Customer.get(id=invoice.customer_id)).kind is not CustomerKind.COMPANY:
            raise Refused('withheld_by_company_only')
        if withheld >= invoice.balance:
            raise Refused('withheld_too_much')
    return max(ZERO, amount + withheld - invoice.balance)


async def _settle(invoice: Invoice, received: Decimal, withheld: Decimal, *, at: datetime) -> None:
    from models.device import DeviceRight, RightKind
    from models.portal_link import EndReason, PortalLink

    settled = received + withheld
    status = (
        InvoiceStatus.PAID if settled == invoice.total else InvoiceStatus.PARTIAL if settled else InvoiceStatus.SENT
    )
    await invoice.set(received=received, withheld=withheld, status=status)
    if status is InvoiceStatus.PAID:
        for link_id, device_id in await _lookers(invoice, at):
            await DeviceRight.give(RightKind.KEPT, link_id=link_id, device_id=device_id, at=at)
        await PortalLink.end_all(EndReason.PAID, at=at, invoice_id=invoice.id)


async def _lookers(invoice: Invoice, at: datetime) -> set[tuple[UUID, UUID]]:
    """The links and devices that have the invoice open, or had a moment ago: who pays is in the bank's app by now."""
    from models.portal_link import PortalLink
    from models.visit import PortalVisit, Presence, VisitKind

    here = await Presence.filter(invoice_id=invoice.id, device_id__not_isnull=True).values_list('link_id', 'device_id')
    links = [str(link.id) for link in await PortalLink.filter(invoice_id=invoice.id).only('id')]
    lately = PortalVisit.filter(link_id__in=links, kind=VisitKind.VIEW, at__gt=at - JUST_NOW) if links else None
    seen = await lately.values_list('link_id', 'device_id') if lately else []
    return {(link_id, device_id) for link_id, device_id in [*here, *seen] if device_id}


def _vat_share(invoice: Invoice, settled: Decimal) -> Decimal:
    """The VAT inside the first `settled` THB: cut so that the parts add up to the invoice's VAT to the satang."""
    return baht(invoice.vat * settled / invoice.total) if invoice.total else ZERO
