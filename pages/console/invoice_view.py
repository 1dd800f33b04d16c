"""What staff see of invoices: a row of the list, and one invoice with its lines, sums, payments and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q

from app.live import Live, follow, live
from models import (
    OPEN,
    CreditNote,
    CreditReturn,
    Customer,
    CustomerKind,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Method,
    Payment,
    Receipt,
    WithholdingCertificate,
    bangkok_day,
    credit_of,
    fold,
    now,
)
from pages.console.quote_view import SheetLine, Sums
from pages.parts.listed import Listed, first_of


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A draft has no number and is known by its job."""

    id: UUID
    number: str | None
    job_number: str
    customer: str
    customer_th: str
    issued_on: date | None
    due_on: date | None
    total: Decimal
    paid: Decimal
    credited: Decimal
    balance: Decimal
    status: InvoiceStatus


@dataclass(frozen=True, slots=True)
class PaymentRow:
    id: UUID
    receipt: str
    tax_invoice: str
    paid_on: date
    method: Method
    reference: str
    amount: Decimal
    withheld: Decimal
    credit: Decimal
    by: str
    reversed_at: datetime | None
    reversal_reason: str
    receipt_id: UUID | None
    certificate: str | None
    has_file: bool

    @property
    def owes_certificate(self) -> bool:
        return bool(self.withheld) and self.certificate is None and self.reversed_at is None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A credit note of the invoice."""

    number: str
    issued_on: date
    amount: Decimal
    vat: Decimal
    lowered: Decimal
    credit: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    row: InvoiceRow
    customer_id: UUID
    is_company: bool
    lines: tuple[SheetLine, ...]
    sums: Sums
    received: Decimal
    withheld: Decimal
    credited: Decimal
    prepaid: Decimal
    credit: Decimal
    notes: tuple[NoteRow, ...]
    payments: tuple[PaymentRow, ...]
    tax_invoice: str
    customer_notes: str
    void_reason: str

    @property
    def is_open(self) -> bool:
        return self.row.status in (*OPEN, InvoiceStatus.OVERDUE)

    @property
    def is_draft(self) -> bool:
        return self.row.status is InvoiceStatus.DRAFT

    @property
    def may_be_voided(self) -> bool:
        settled = self.received or self.withheld or self.credited
        return not settled and not self.notes and (self.is_open or self.row.status is InvoiceStatus.PAID)

    @property
    def may_be_credited(self) -> bool:
        value = self.sums.subtotal - self.sums.discount
        return value > 0 and self.row.status not in (InvoiceStatus.DRAFT, InvoiceStatus.VOID)


def live_invoices(text: str, status: InvoiceStatus | None, most: int) -> Live[Listed[InvoiceRow]]:
    """The invoices that a search and a status leave: drafts first, then the latest issued."""
    sought = fold(text)

    async def load() -> Listed[InvoiceRow]:
        today = bangkok_day(now())
        found = Invoice.filter(_having(status, today), await Customer.records_by(sought))
        # Drafts have no day of issue, and what is not there comes first in this order.
        ordered = found.order_by('-issued_on', '-number', '-id').select_related('customer', 'job')
        invoices, total = await first_of(ordered, most)
        return Listed(tuple(row_of(invoice, today) for invoice in invoices), total)

    return live(('console', 'invoices', sought, status, most), [follow(Invoice), follow(Customer)], load)


def live_invoice(invoice_id: UUID, customer_id: UUID) -> Live[InvoiceView | None]:
    """None once a draft was discarded."""

    async def load() -> InvoiceView | None:
        found = Invoice.get_or_none(id=invoice_id)
        invoice = await found.select_related('customer', 'job').prefetch_related('lines', 'payments')
        if invoice is None:
            return None
        receipts = await Receipt.filter(invoice_id=invoice_id)
        notes = await CreditNote.filter(invoice_id=invoice_id).order_by('number')
        paid = [payment.id for payment in invoice.payments if payment.certificate_received]
        known = WithholdingCertificate.filter(payment_id__in=paid).only('id', 'payment_id', 'number', 'file_name')
        certificates = {one.payment_id: one for one in await known}
        return _view(invoice, receipts, notes, certificates, await credit_of(customer_id))

    follows = [
        follow(Invoice, id=invoice_id),
        follow(InvoiceLine, invoice_id=invoice_id),
        follow(Payment, customer_id=customer_id),
        follow(Receipt, invoice_id=invoice_id),
        follow(CreditNote, customer_id=customer_id),
        follow(CreditReturn, customer_id=customer_id),
        follow(WithholdingCertificate, customer_id=customer_id),
        follow(Customer, id=customer_id),
    ]
    return live(('console', 'invoice', invoice_id), follows, load)


def row_of(invoice: Invoice, today: date) -> InvoiceRow:
    return InvoiceRow(
        invoice.id,
        invoice.number,
        invoice.job.number if invoice.job else '',
        invoice.customer.name,
        invoice.customer.name_th,
        invoice.issued_on,
        invoice.due_on,
        invoice.total,
        invoice.received + invoice.withheld,
        invoice.credited,
        invoice.balance,
        invoice.status_on(today),
    )


def _having(status: InvoiceStatus | None, today: date) -> Q:
    """`Overdue` is not stored but made by time."""
    if status is None:
        return Q()
    if status is InvoiceStatus.OVERDUE:
        return Q(status__in=OPEN, due_on__lt=today)
    if status in OPEN:
        return Q(status=status, due_on__gte=today)
    return Q(status=status)


def _view(
    invoice: Invoice,
    receipts: list[Receipt],
    notes: list[CreditNote],
    certificates: dict[UUID, WithholdingCertificate],
    credit: Decimal,
) -> InvoiceView:
    papers = {receipt.payment_id: receipt for receipt in receipts}
    return InvoiceView(
        row=row_of(invoice, bangkok_day(now())),
        customer_id=invoice.customer_id,
        is_company=invoice.customer.kind is CustomerKind.COMPANY,
        lines=tuple(sheet_line(line) for line in sorted(invoice.lines, key=lambda line: line.position)),
        sums=Sums(
            invoice.subtotal,
            invoice.discount,
            invoice.discount_kind,
            invoice.discount_value,
            invoice.vat,
            invoice.vat_percent,
            invoice.total,
        ),
        received=invoice.received,
        withheld=invoice.withheld,
        credited=invoice.credited,
        prepaid=invoice.prepaid,
        credit=credit,
        notes=tuple(NoteRow(*(getattr(note, name) for name in NoteRow.__slots__)) for note in notes),
        payments=tuple(
            _payment(payment, papers.get(payment.id), certificates.get(payment.id))
            for payment in sorted(invoice.payments, key=lambda one: one.id)
        ),
        tax_invoice=invoice.tax_invoice_number or '',
        customer_notes=invoice.customer_notes,
        void_reason=invoice.void_reason,
    )


def sheet_line(line: InvoiceLine) -> SheetLine:
    """A line as it is shown."""
    return SheetLine(
        line.kind, line.name, line.name_th, line.quantity, line.duration, line.rate, line.rate_type, line.amount
    )


def _payment(payment: Payment, receipt: Receipt | None, certificate: WithholdingCertificate | None) -> PaymentRow:
    return PaymentRow(
        payment.id,
        receipt.number if receipt else '',
        (receipt.tax_invoice_number or '') if receipt else '',
        payment.paid_on,
        payment.method,
        payment.reference,
        payment.amount,
        payment.withheld,
        payment.credit,
        payment.by_name,
        payment.reversed_at,
        payment.reversal_reason,
        receipt.id if receipt else None,
        certificate.number if certificate else None,
        bool(certificate and certificate.file_name),
    )
