"""What a customer can pay with one link: an open invoice or an awaited deposit, and whom, how, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.live import Follow, Live, follow, live
from app.promptpay import Kind, Malformed, Payee, payee_of, payload, reference_of
from app.words import Words
from models import (
    Business,
    Claim,
    ClaimState,
    Customer,
    CustomerKind,
    Deposit,
    Grant,
    Invoice,
    InvoiceStatus,
    Receipt,
    Refused,
    baht,
    now,
)
from pages.parts.typed import amount_typed
from pages.portal.paying import told_of
from pages.portal.scope import mine

ZERO = Decimal('0.00')
REMEMBERED = timedelta(days=14)  # how long a customer reads that a payment could not be confirmed


@dataclass(frozen=True, slots=True)
class ClaimView:
    """What the customer said, and what became of it."""

    id: UUID
    amount: Decimal
    withheld: Decimal
    has_slip: bool
    claimed_at: datetime
    waits: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """The newest receipt, and where its paper is."""

    number: str
    amount: Decimal
    withheld: Decimal
    document_id: UUID | None


@dataclass(frozen=True, slots=True)
class PayView:
    """`withheld` is what a company keeps back when it pays all that is owed at once; 0 for everybody else."""

    number: str
    is_invoice: bool
    owed: Decimal
    total: Decimal
    withheld: Decimal
    withheld_percent: str
    void: bool
    payee: Payee | None
    always_static: bool
    parts: bool
    bank_accounts: str
    claims: tuple[ClaimView, ...]
    receipt: ReceiptView | None

    @property
    def settled(self) -> Decimal:
        return self.total - self.owed

    @property
    def waiting(self) -> ClaimView | None:
        return next((claim for claim in self.claims if claim.waits), None)

    @property
    def told(self) -> bool:
        return told_of((claim for claim in self.claims if claim.waits), self.owed)

    def code(self, amount: Decimal) -> str:
        """What the QR says for this amount; '' where PromptPay cannot be paid."""
        if self.payee is None or amount <= 0:
            return ''
        reference = reference_of(self.number) if self.payee.kind is Kind.BILL else ''
        try:
            return payload(self.payee, amount, reference1=reference, always_static=self.always_static)
        except Malformed:
            return ''

    def part_of(self, part: Decimal | None) -> Decimal:
        """How much is settled: a part that the firm takes, else all that is owed."""
        return part if part and self.parts and ZERO < part < self.owed else self.owed


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader chose to pay: a part, or the sum after tax. `tax` is what is kept back of exactly that part."""

    part: Decimal | None = None
    net: bool = False
    tax: Decimal = ZERO

    def sums(self, view: PayView) -> tuple[Decimal, Decimal]:
        """What is to be transferred, and what is kept back of it."""
        settled = view.part_of(self.part)
        tax = view.withheld if settled == view.owed else self.tax
        return (settled - tax, tax) if self.net and view.withheld else (settled, ZERO)


async def chosen(grant: Grant, view: PayView, *, part: Decimal | None, net: bool) -> Chosen:
    """A part that cannot be paid is none."""
    if part is None or view.part_of(part) != part:
        return Chosen(net=net)
    record = await payable(grant, view.number) if view.withheld else None
    return Chosen(part, net, await record.withholding_of(part) if isinstance(record, Invoice) else ZERO)


def part_typed(w: Words, view: PayView, text: str) -> tuple[Decimal | None, str]:
    """The part that was typed, none where nothing was, and what is wrong with it in the reader's language."""
    if not text.strip():
        return None, ''
    try:
        part = amount_typed(text)
        if part <= 0:
            raise Refused('amount_not_positive')
    except Refused as refused:
        return None, w.refusal(refused)
    return (part, '') if part <= view.owed else (None, w('pay.part_most', amount=w.baht(view.owed)))


async def payable(grant: Grant, number: str) -> Invoice | Deposit | None:
    """The invoice or deposit of this number, if this link shows it."""
    return await grant.invoices().filter(number=number).first() or await grant.deposits().filter(number=number).first()


async def live_pay(grant: Grant, number: str) -> Live[PayView | None] | None:
    record = await payable(grant, number)
    if record is None:
        return None
    column = 'invoice_id' if isinstance(record, Invoice) else 'deposit_id'
    follows: list[Follow] = [
        follow(type(record), id=record.id),
        follow(Business),
        follow(Claim, **{column: record.id}),
        follow(Receipt, **{column: record.id}),
    ]
    return live((*mine(grant), 'pay', record.id), follows, lambda: pay_view(grant, number))


async def pay_view(grant: Grant, number: str) -> PayView | None:
    """As it is at this moment."""
    record = await payable(grant, number)
    if record is None:
        return None
    firm = await Business.the()
    is_invoice = isinstance(record, Invoice)
    owed = _owed(record)
    tax = await _tax(record, owed) if isinstance(record, Invoice) else ZERO
    return PayView(
        number=number,
        is_invoice=is_invoice,
        owed=owed,
        total=record.total if isinstance(record, Invoice) else record.amount,
        withheld=tax,
        withheld_percent=await _percent(record, tax, owed) if isinstance(record, Invoice) else '',
        void=isinstance(record, Invoice) and record.status is InvoiceStatus.VOID,
        payee=payee_of(firm.promptpay_kind, firm.promptpay_id),
        always_static=firm.promptpay_static,
        parts=firm.part_payments,
        bank_accounts=firm.bank_accounts.strip(),
        claims=await _claims(grant, record),
        receipt=await _receipt(grant, record),
    )


def _owed(record: Invoice | Deposit) -> Decimal:
    return max(ZERO, record.balance) if isinstance(record, Invoice) else record.awaited


async def _tax(invoice: Invoice, owed: Decimal) -> Decimal:
    customer = await Customer.get(id=invoice.customer_id).only('id', 'kind')
    return await invoice.withholding_of(owed) if owed and customer.kind is CustomerKind.COMPANY else ZERO


async def _percent(invoice: Invoice, tax: Decimal, owed: Decimal) -> str:
    """5 or 3 where the whole invoice is of one class, else nothing: several rates have no one number."""
    if not tax:
        return ''
    before_vat = baht(owed * (invoice.total - invoice.vat) / invoice.total)
    return next((str(rate) for rate in (5, 3, 1) if abs(baht(before_vat * rate / 100) - tax) <= Decimal('0.01')), '')


async def _claims(grant: Grant, record: Invoice | Deposit) -> tuple[ClaimView, ...]:
    """What waits, and what could not be confirmed lately; what was recorded has its receipt."""
    told = grant.claims().filter(number=record.number).exclude(state=ClaimState.RECORDED).order_by('-claimed_at')
    since = now() - REMEMBERED
    return tuple(
        ClaimView(
            claim.id,
            claim.amount,
            claim.withheld,
            claim.has_slip,
            claim.claimed_at,
            claim.state is ClaimState.WAITING,
            claim.reason,
        )
        for claim in await told.limit(5)
        if claim.state is ClaimState.WAITING or (claim.decided_at and claim.decided_at > since)
    )


async def _receipt(grant: Grant, record: Invoice | Deposit) -> ReceiptView | None:
    of_it = {'invoice_id': record.id} if isinstance(record, Invoice) else {'deposit_id': record.id, 'kind': 'DEPR'}
    receipt = await grant.receipts().filter(cancelled_at=None, **of_it).order_by('-id').first()
    if receipt is None:
        return None
    papers = grant.documents().filter(receipt_id=receipt.id, number=receipt.number).order_by('-edition')
    paper = await papers.only('id').first()
    return ReceiptView(receipt.number, receipt.amount, receipt.withheld, paper.id if paper else None)
