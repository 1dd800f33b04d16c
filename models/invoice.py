"""An invoice: drafted from a job or by hand, numbered when it is issued, settled by payments and what was withheld."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, bangkok_day, now, one_change
from models.bill import OPEN, Bill, InvoiceStatus
from models.business import Business, TaxPoint
from models.customer import Customer, fold
from models.document import Document, DocumentKind
from models.invoice_line import InvoiceLine
from models.line import LineEntry, LineKind
from models.money import ZERO, DiscountKind, Totals, Withholding, withheld_by_class
from models.numbering import Series, next_number
from models.outbox import Outbox
from models.prepaid import count_prepayments, release_prepayments

# The first migration looks for the status here.
__all__ = ['OPEN', 'Invoice', 'InvoiceStatus']

if TYPE_CHECKING:
    from models.job import Job
    from models.payment import Method, Payment
    from models.portal_link import LinkSecret, PortalLink


class Invoice(Bill):
    number = fields.CharField(max_length=40, unique=True, null=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='invoices', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    job: fields.ForeignKeyNullableRelation['Job'] = fields.ForeignKeyField(
        'models.Job', related_name='invoices', null=True, on_delete=fields.RESTRICT
    )
    job_id: UUID | None
    customer_notes = fields.TextField(default='')
    tax_invoice_number = fields.CharField(max_length=40, null=True)
    void_reason = fields.TextField(default='')
    voided_on = fields.DateField(null=True)
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
        customer_notes: str = '',
    ) -> 'Invoice':
        """A draft has no number and the customer never sees it. Amounts in THB before VAT.

        Raises Refused('customer_erased').
        """
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
                customer_notes=customer_notes.strip(),
                owner_id=by.staff_id,
                search=fold(f'{job.number if job else ""} {customer.name} {customer.name_th}'),
            )
            await Customer.must_be_known(customer.id)
            await invoice.take_lines(entries)
            await Activity.note('invoice_drafted', by=by, at=at, **invoice._where, total=invoice.total)
        return invoice

    async def add_lines(self, entries: Iterable[LineEntry], *, by: Actor) -> None:
        """More lines on a draft. Raises Refused('invoice_not_draft')."""
        by.must(Module.INVOICES, Level.WRITE)
        await self.take_lines(entries)

    async def take_lines(self, entries: Iterable[LineEntry]) -> None:
        """Only a job's own verbs call this: creating and extending a job bill it, whoever may do so."""
        checked = [entry.checked() for entry in entries]
        async with one_change():
            invoice = await self._locked_draft()
            position = await InvoiceLine.filter(invoice_id=self.id).count()
            await invoice._write_lines(checked, position)
            await invoice.set(version=invoice.version + 1)
        self.become(invoice)

    async def amend(
        self,
        *,
        version: int,
        lines: Iterable[LineEntry],
        by: Actor,
        discount_kind: DiscountKind = DiscountKind.THB,
        discount_value: Decimal = ZERO,
        customer_notes: str = '',
    ) -> None:
        """A draft written anew from `version`. Raises Refused: `invoice_not_draft`, `changed_meanwhile`."""
        by.must(Module.INVOICES, Level.WRITE)
        entries = [line.checked() for line in lines]
        if discount_value < 0:
            raise Refused('amount_negative')
        at = now()
        async with one_change():
            invoice = await self._locked_draft()
            await invoice.set_unless_changed(
                version,
                discount_kind=discount_kind,
                discount_value=discount_value,
                customer_notes=customer_notes.strip(),
            )
            await InvoiceLine.filter(invoice_id=self.id).delete()
            await invoice._write_lines(entries, 0)
            await Activity.note('invoice_amended', by=by, at=at, **self._where, total=invoice.total)
        self.become(invoice)

    async def discard(self, *, by: Actor) -> None:
        """A draft that will not be needed; nothing that was issued is ever deleted."""
        by.must(Module.INVOICES, Level.WRITE)
        await self.drop(by=by)

    async def drop(self, *, by: Actor) -> None:
        """Only a job's cancelling calls this, whoever may cancel it."""
        at = now()
        async with one_change():
            invoice = await self._locked_draft()
            await Activity.note('invoice_discarded', by=by, at=at, **self._where, total=invoice.total)
            await Invoice.filter(id=self.id).delete()

    async def issue(self, *, by: Actor) -> None:
        """`Send` or `Finalize`: the draft gets its number and due day and appears in the portal.

        Pre-payments of the job enter as negative lines, so that VAT is charged on the rest only; what was paid in full
        before is settled at once. Raises Refused: `invoice_not_draft`, `invoice_empty`.
        """
        from models.invoice_paper import owe_invoice
        from models.job import Job

        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        today = bangkok_day(at)
        firm, customer = await Business.the(), await Customer.get(id=self.customer_id)
        terms = firm.terms_days if customer.terms_days is None else customer.terms_days
        async with one_change():
            if self.job_id:  # before the invoice, as every verb of a job does; and no pre-payment comes in between
                await Job.select_for_update().get(id=self.job_id)
            invoice = await self._locked_draft()
            if not await InvoiceLine.exists(invoice_id=self.id):
                raise Refused('invoice_empty')
            await invoice.set(prepaid=await count_prepayments(invoice, at=at, by=by))
            await invoice._total()
            taxed = firm.vat_registered and firm.tax_point is TaxPoint.ISSUE and invoice.vat > 0
            tax_number = await next_number(Series.TAX_INVOICE, today) if taxed else None
            number = await next_number(Series.INVOICE, today)
            await invoice.set(
                number=number,
                tax_invoice_number=tax_number,
                status=InvoiceStatus.SENT if invoice.total > 0 else InvoiceStatus.PAID,
                issued_on=today,
                due_on=today + timedelta(days=terms),
                search=fold(f'{number} {tax_number or ""} {invoice.search}'),
            )
            await owe_invoice(invoice)
            await Activity.note('invoice_issued', by=by, at=at, **self._where, number=number, total=invoice.total)
        self.become(invoice)

    async def send(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink | None':
        """`Send to Client`: issue a draft if it still is one, and give the invoice its link.

        No link and no letter when pre-payments have settled it already: an invoice's link ends when it is paid.
        """
        from models.portal_link import PortalLink

        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        async with one_change():
            invoice = await Invoice.get(id=self.id)
            draft = invoice.status is InvoiceStatus.DRAFT
            if draft:
                await invoice.issue(by=by)
            link = None
            if not (draft and invoice.status is InvoiceStatus.PAID):
                link = await PortalLink.copy(invoice, secret=secret, by=by)
                if mail:
                    await Outbox.queue('invoice', customer_id=self.customer_id, invoice_id=self.id, link_id=link.id)
                await Activity.note('invoice_sent', by=by, at=at, **self._where, number=invoice.number)
        self.become(invoice)
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
        seen: Collection[UUID] | None = None,
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
            seen=seen,
        )

    async def void(self, *, reason: str, by: Actor) -> None:
        """Issued by mistake: kept, readable, number never used again; its links end.

        After a tax invoice it makes a credit note over all of it.
        Raises Refused: `reason_missing`, `invoice_not_open`, `invoice_has_notes`, `invoice_has_payments`.
        """
        from models.credit_note import CreditNote
        from models.portal_link import EndReason, PortalLink

        by.must(Module.INVOICES, Level.MANAGE)
        if not reason.strip():
            raise Refused('reason_missing')
        at = now()
        async with one_change():
            invoice = await Invoice.select_for_update().get(id=self.id)
            if invoice.status not in OPEN and not invoice.paid_before:
                raise Refused('invoice_not_open', number=self.number)
            if await CreditNote.exists(invoice_id=self.id):
                raise Refused('invoice_has_notes', number=self.number)
            if invoice.received or invoice.withheld:
                raise Refused('invoice_has_payments', number=self.number)
            await release_prepayments(invoice)
            if invoice.tax_invoice_number:
                await CreditNote.take_back(invoice, reason=reason.strip(), at=at, by=by)
            await invoice.set(status=InvoiceStatus.VOID, void_reason=reason.strip(), voided_on=bangkok_day(at))
            await Document.filter(invoice_id=self.id, kind=DocumentKind.INVOICE).update(cancelled_at=at)
            await PortalLink.end_all(EndReason.VOID, at=at, invoice_id=self.id)
            await Activity.note(
                'invoice_voided', by=by, at=at, **self._where, number=invoice.number, reason=reason.strip()
            )
        self.become(invoice)

    async def withholding_of(self, settled: Decimal) -> Decimal:
        """What a company withholds when it settles `settled` THB of this invoice."""
        return sum((await self.withheld_by_class(settled)).values(), ZERO)

    async def withheld_by_class(self, settled: Decimal) -> dict[Withholding, Decimal]:
        net = dict.fromkeys(Withholding, ZERO)
        for line in await InvoiceLine.filter(invoice_id=self.id).exclude(kind=LineKind.PREPAYMENT):
            net[line.withholding] += line.amount
        return withheld_by_class(settled, self.total, self.vat, net)

    async def _locked_draft(self) -> 'Invoice':
        stored = await Invoice.select_for_update().get_or_none(id=self.id)
        if stored is None or stored.status is not InvoiceStatus.DRAFT:
            raise Refused('invoice_not_draft')
        return stored

    async def _write_lines(self, entries: Iterable[LineEntry], position: int) -> None:
        for place, entry in enumerate(entries, start=position):
            await InvoiceLine.create(invoice_id=self.id, position=place, **entry.columns)
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
