"""An invoice: drafted from a job or by hand, numbered when it is issued, settled by payments and what was withheld."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.business import Business, TaxPoint
from models.customer import Customer, fold
from models.document import Document, DocumentKind
from models.line import Line, LineEntry, LineKind
from models.money import ZERO, DiscountKind, Totals, Withholding, vat_inside, vat_on, withheld_from
from models.numbering import Series, next_number
from models.outbox import Outbox

if TYPE_CHECKING:
    from models.job import Job
    from models.payment import Method, Payment
    from models.portal_link import LinkSecret, PortalLink


class InvoiceStatus(StrEnum):
    DRAFT = 'Draft'
    SENT = 'Sent'
    PARTIAL = 'Partial'
    PAID = 'Paid'
    OVERDUE = 'Overdue'
    VOID = 'Void'


OPEN = (InvoiceStatus.SENT, InvoiceStatus.PARTIAL)
Badge = Literal['unpaid', 'partial', 'overdue', 'paid', 'void']


class Invoice(Record):
    """`Overdue` is never stored: time makes it, at midnight in Bangkok after the due day."""

    number = fields.CharField(max_length=40, unique=True, null=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='invoices', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    job: fields.ForeignKeyNullableRelation['Job'] = fields.ForeignKeyField(
        'models.Job', related_name='invoices', null=True, on_delete=fields.RESTRICT
    )
    job_id: UUID | None
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
    customer_notes = fields.TextField(default='')
    tax_invoice_number = fields.CharField(max_length=40, null=True)
    void_reason = fields.TextField(default='')
    owner_id = fields.UUIDField(null=True)
    search = fields.TextField(default='')
    lines: fields.ReverseRelation['InvoiceLine']
    payments: fields.ReverseRelation['Payment']

    class Meta:
        table = 'invoice'

    @classmethod
    async def draft(
        cls,
        customer: Customer,
        *,
        lines: Iterable[LineEntry],
        by: Actor,
        job: 'Job | None' = None,
        vat_percent: Decimal | None = None,
        discount_kind: DiscountKind = DiscountKind.THB,
        discount_value: Decimal = ZERO,
    ) -> 'Invoice':
        """A draft has no number and the customer never sees it. Amounts in THB before VAT."""
        if job is None:
            by.must(Module.INVOICES, Level.WRITE)
        entries = [line.checked() for line in lines]
        at = now()
        firm = await Business.the()
        async with one_change():
            invoice = await cls.create(
                customer_id=customer.id,
                job_id=job.id if job else None,
                vat_percent=firm.vat_percent if vat_percent is None else vat_percent,
                discount_kind=discount_kind,
                discount_value=discount_value,
                owner_id=by.staff_id,
                search=fold(f'{job.number if job else ""} {customer.name} {customer.name_th}'),
            )
            await invoice.take_lines(entries)
            await Activity.note('invoice_drafted', by=by, at=at, **invoice._where, total=invoice.total)
        return invoice

    async def add_lines(self, entries: Iterable[LineEntry], *, by: Actor) -> None:
        """More lines on a draft. Raises Refused('invoice_not_draft')."""
        by.must(Module.INVOICES, Level.WRITE)
        await self.take_lines(entries)

    async def take_lines(self, entries: Iterable[LineEntry]) -> None:
        """Only a job's own verbs call this: creating and extending a job bill it, whoever may do so."""
        async with one_change():
            await self._locked_draft()
            position = await InvoiceLine.filter(invoice_id=self.id).count()
            for offset, entry in enumerate(entries):
                await InvoiceLine.create(invoice_id=self.id, position=position + offset, **entry.columns)
            await self._total()

    async def discard(self, *, by: Actor) -> None:
        """A draft that will not be needed; nothing that was issued is ever deleted."""
        by.must(Module.INVOICES, Level.WRITE)
        await self.drop(by=by)

    async def drop(self, *, by: Actor) -> None:
        """Only a job's cancelling calls this, whoever may cancel it."""
        at = now()
        async with one_change():
            await self._locked_draft()
            await Activity.note('invoice_discarded', by=by, at=at, **self._where, total=self.total)
            await Invoice.filter(id=self.id).delete()

    async def issue(self, *, by: Actor) -> None:
        """`Send` or `Finalize`: the draft gets its number and due day and appears in the portal.

        Pre-payments of the job enter as negative lines, so that VAT is charged on the rest only.
        Raises Refused: `invoice_not_draft`, `invoice_empty`, `prepayments_exceed_invoice`.
        """
        from models.job import Job

        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        today = bangkok_day(at)
        firm, customer = await Business.the(), await Customer.get(id=self.customer_id)
        terms = firm.terms_days if customer.terms_days is None else customer.terms_days
        async with one_change():
            if self.job_id:  # before the invoice, as every verb of a job does; and no pre-payment comes in between
                await Job.select_for_update().get(id=self.job_id)
            await self._locked_draft()
            if not await InvoiceLine.exists(invoice_id=self.id):
                raise Refused('invoice_empty')
            await self._count_prepayments()
            if self.subtotal < self.discount or self.total < 0:
                raise Refused('prepayments_exceed_invoice')
            if firm.vat_registered and firm.tax_point is TaxPoint.ISSUE and self.vat > 0:
                await self.set(tax_invoice_number=await next_number(Series.TAX_INVOICE, today))
            number = await next_number(Series.INVOICE, today)
            await self.set(
                number=number,
                status=InvoiceStatus.SENT if self.total > 0 else InvoiceStatus.PAID,
                issued_on=today,
                due_on=today + timedelta(days=terms),
                search=fold(f'{number} {self.search}'),
            )
            await Document.order(
                DocumentKind.INVOICE,
                number,
                customer_id=self.customer_id,
                invoice_id=self.id,
                job_id=self.job_id,
                issued_on=today,
                frozen=await self.frozen(),
            )
            await Activity.note('invoice_issued', by=by, at=at, **self._where, number=number, total=self.total)

    async def send(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink':
        """`Send to Client`: issue a draft if it still is one, and give the invoice its link."""
        from models.portal_link import PortalLink

        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        async with one_change():
            if self.status is InvoiceStatus.DRAFT:
                await self.issue(by=by)
            link = await PortalLink.copy(self, secret=secret, by=by)
            if mail:
                await Outbox.queue('invoice', customer_id=self.customer_id, invoice_id=self.id, link_id=link.id)
            await Activity.note('invoice_sent', by=by, at=at, **self._where, number=self.number)
        return link

    async def record_payment(
        self,
        *,
        amount: Decimal,
        method: 'Method',
        paid_on: date,
        key: UUID,
        by: Actor,
        withheld: Decimal = ZERO,
        reference: str = '',
        keep_rest_as_credit: bool = False,
    ) -> 'Payment':
        """Money came in: see `Payment.record`."""
        from models.payment import Payment

        return await Payment.record(
            self,
            amount=amount,
            method=method,
            paid_on=paid_on,
            key=key,
            by=by,
            withheld=withheld,
            reference=reference,
            keep_rest_as_credit=keep_rest_as_credit,
        )

    async def void(self, *, reason: str, by: Actor) -> None:
        """Issued by mistake: kept, readable, number never used again; its links end.

        Raises Refused: `reason_missing`, `invoice_not_open`, `invoice_has_payments`.
        """
        from models.payment import Payment
        from models.portal_link import EndReason, PortalLink

        by.must(Module.INVOICES, Level.MANAGE)
        if not reason.strip():
            raise Refused('reason_missing')
        at = now()
        async with one_change():
            invoice = await Invoice.select_for_update().get(id=self.id)
            if invoice.status not in OPEN:
                raise Refused('invoice_not_open', number=self.number)
            if invoice.received or invoice.withheld:
                raise Refused('invoice_has_payments', number=self.number)
            await invoice.set(status=InvoiceStatus.VOID, void_reason=reason.strip())
            # What was paid before stands on no invoice now, and waits for the next one.
            await Payment.filter(counted_on_id=self.id).update(counted_on_id=None)
            await Document.filter(kind=DocumentKind.INVOICE, number=self.number).update(cancelled_at=at)
            await PortalLink.end_all(EndReason.VOID, at=at, invoice_id=self.id)
            await Activity.note(
                'invoice_voided', by=by, at=at, **self._where, number=self.number, reason=reason.strip()
            )
        self.update_from_dict({'status': InvoiceStatus.VOID, 'void_reason': reason.strip()})

    @property
    def balance(self) -> Decimal:
        """Still owed, in THB: settled is what was received and what was withheld."""
        return ZERO if self.status is InvoiceStatus.VOID else self.total - self.received - self.withheld

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

    async def withholding_of(self, settled: Decimal) -> Decimal:
        """What a company withholds when it settles `settled` THB of this invoice."""
        by_class = dict.fromkeys(Withholding, ZERO)
        for line in await InvoiceLine.filter(invoice_id=self.id).exclude(kind=LineKind.PREPAYMENT):
            by_class[line.withholding] += line.amount
        return withheld_from(settled, self.total, self.vat, by_class)

    async def frozen(self) -> dict[str, Any]:
        names = ('number', 'issued_on', 'due_on', 'vat_percent', 'tax_invoice_number', 'customer_notes')
        amounts = ('subtotal', 'discount', 'vat', 'total')
        return {
            **{name: str(getattr(self, name) or '') for name in names},
            **{name: str(getattr(self, name)) for name in amounts},
            'lines': [
                {
                    name: str(getattr(line, name))
                    for name in ('kind', 'name', 'name_th', 'quantity', 'duration', 'rate', 'rate_type', 'amount')
                }
                for line in await InvoiceLine.filter(invoice_id=self.id).order_by('position')
            ],
        }

    async def _locked_draft(self) -> None:
        stored = await Invoice.select_for_update().get_or_none(id=self.id)
        if stored is None or stored.status is not InvoiceStatus.DRAFT:
            raise Refused('invoice_not_draft')

    async def _count_prepayments(self) -> None:
        """Each pre-payment of the job as a negative line before VAT.

        The net is cut from the sum of all so far, so that parts which pay everything come to the subtotal exactly;
        what is more than the invoice becomes the customer's credit.
        """
        from models.payment import Payment
        from models.receipt import Receipt

        if self.job_id is None:
            return
        waiting = Payment.filter(job_id=self.job_id, counted_on_id=None, invoice_id=None, reversed_at=None)
        position = await InvoiceLine.filter(invoice_id=self.id).count()
        gross, net, left = ZERO, ZERO, self.subtotal - self.discount
        for payment in await waiting.select_for_update().order_by('id'):
            receipt = await Receipt.get(payment_id=payment.id)
            gross += payment.amount
            whole = gross - vat_inside(gross, self.vat_percent)
            part = min(whole - net, left - net)
            over = whole - net - part
            if over > 0:
                await payment.set(credit=min(payment.amount, over + vat_on(over, self.vat_percent)))
            net += part
            if part > 0:
                entry = LineEntry(name=receipt.number, rate=-part, kind=LineKind.PREPAYMENT)
                await InvoiceLine.create(invoice_id=self.id, position=position, **entry.columns)
                position += 1
            await payment.set(counted_on_id=self.id)
        await self._total()

    async def _total(self) -> None:
        firm = await Business.the()
        lines = await InvoiceLine.filter(invoice_id=self.id)
        rent = [line.amount for line in lines if line.kind is not LineKind.PREPAYMENT]
        paid = sum((line.amount for line in lines if line.kind is LineKind.PREPAYMENT), ZERO)
        discount = Totals.of(
            rent, vat_percent=ZERO, discount_kind=self.discount_kind, discount_value=self.discount_value
        ).discount
        totals = Totals.of(
            [*rent, paid], vat_percent=self.vat_percent, vat_to=firm.vat_rounding, discount_value=discount
        )
        await self.set(subtotal=totals.subtotal, discount=discount, vat=totals.vat, total=totals.grand_total)

    @property
    def _where(self) -> dict[str, Any]:
        return {'customer_id': self.customer_id, 'invoice_id': self.id, 'job_id': self.job_id}


class InvoiceLine(Line):
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField(
        'models.Invoice', related_name='lines', on_delete=fields.CASCADE
    )
    invoice_id: UUID

    class Meta:
        table = 'invoice_line'
        ordering = ('position',)


async def outstanding_of(customer_id: UUID) -> Decimal:
    """What a customer owes in THB: the balances of issued, unsettled invoices."""
    open_ones = await Invoice.filter(customer_id=customer_id, status__in=OPEN)
    return sum((invoice.balance for invoice in open_ones), ZERO)
