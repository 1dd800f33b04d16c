"""The books of a customer and of the firm, added up from what was written rather than from what is said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from models import (
    CreditNote,
    CreditReturn,
    Deposit,
    DepositKept,
    DepositMove,
    DepositMoveKind,
    Document,
    Invoice,
    InvoiceStatus,
    Job,
    Method,
    NumberCounter,
    Payment,
    Quote,
    Receipt,
    Statement,
    bangkok_day,
    credit_of,
    now,
    outstanding_of,
)

ZERO = Decimal('0.00')


async def must_add_up(customer_id: UUID) -> None:
    """Invoices, credit, deposits and the statement of one customer."""
    payments = await Payment.filter(customer_id=customer_id)
    live = [payment for payment in payments if not payment.reversed_at]
    notes = await CreditNote.filter(customer_id=customer_id)
    await _invoices(customer_id, live, notes)
    await _credit(customer_id, live, notes)
    await _deposits(customer_id)
    await _statement(customer_id, live)


async def must_be_gapless() -> None:
    """Every series of every year runs from 1 to its counter, each number once."""
    told: defaultdict[str, list[int]] = defaultdict(list)
    for number in await _numbers():
        series, year, count = number.rsplit('-', 2)
        told[f'{series}-{year}'].append(int(count))
    for counter in await NumberCounter.all():
        assert sorted(told[counter.key]) == list(range(1, counter.last_number + 1)), counter.key


async def _invoices(customer_id: UUID, live: list[Payment], notes: list[CreditNote]) -> None:
    owed = ZERO
    for invoice in await Invoice.filter(customer_id=customer_id).exclude(status=InvoiceStatus.DRAFT):
        mine = [payment for payment in live if payment.invoice_id == invoice.id]
        lowered = _sum(note.lowered for note in notes if note.invoice_id == invoice.id)
        balance = invoice.total - _sum(one.amount - one.credit + one.withheld for one in mine) - lowered
        if invoice.status is InvoiceStatus.VOID:
            assert not mine, invoice.number
            continue
        assert invoice.balance == balance >= 0, invoice.number
        assert invoice.received - _sum(one.amount - one.credit for one in mine) == ZERO
        assert (invoice.status is InvoiceStatus.PAID) == (balance == 0), invoice.number
        if balance == 0:
            receipts = await Receipt.filter(invoice_id=invoice.id, cancelled_at=None)
            told = _sum(one.vat for one in receipts)
            told += _sum(note.vat_lowered for note in notes if note.invoice_id == invoice.id)
            assert told == invoice.vat, (invoice.number, told, invoice.vat)
        owed += balance
    assert await outstanding_of(customer_id) == owed


async def _credit(customer_id: UUID, live: list[Payment], notes: list[CreditNote]) -> None:
    over = _sum(one.amount for one in live if one.invoice_id and one.method is not Method.CREDIT)
    over -= _sum(one.amount - one.credit for one in live if one.invoice_id and one.method is not Method.CREDIT)
    over += _sum(one.credit for one in live if not one.invoice_id)
    used = _sum(one.amount for one in live if one.method is Method.CREDIT)
    returned = _sum(one.amount for one in await CreditReturn.filter(customer_id=customer_id))
    credit = over + _sum(note.credit for note in notes) - used - returned
    assert await credit_of(customer_id) == credit >= 0


async def _deposits(customer_id: UUID) -> None:
    for deposit in await Deposit.filter(customer_id=customer_id):
        moves = await DepositMove.filter(deposit_id=deposit.id, reversed_at=None)
        came = _sum(move.amount for move in moves if move.kind is DepositMoveKind.COLLECTED)
        went = _sum(move.amount for move in moves if move.kind is DepositMoveKind.RETURNED)
        forfeited = _sum(one.amount for one in await DepositKept.filter(deposit_id=deposit.id))
        assert came == deposit.held + went + forfeited, deposit.number
        assert (came, went, forfeited) == (deposit.collected, deposit.returned, deposit.kept)
        receipts = await Receipt.filter(deposit_id=deposit.id, kind='DEPR', cancelled_at=None)
        assert _sum(one.amount for one in receipts) == came


async def _statement(customer_id: UUID, live: list[Payment]) -> None:
    """It closes with what is owed less what is the customer's, and each day opens as the day before closed."""
    today = bangkok_day(now())
    whole = await Statement.of(customer_id, today.replace(year=today.year - 2), today)
    waiting = _sum(one.kept_before for one in live if not one.invoice_id and not one.counted_on_id)
    assert whole.opening == 0
    assert whole.closing == await outstanding_of(customer_id) - await credit_of(customer_id) - waiting
    deposits = await Deposit.filter(customer_id=customer_id)
    assert whole.deposits_held == _sum(one.held for one in deposits)
    if whole.lines:
        middle = whole.lines[len(whole.lines) // 2].entry.on
        before = await Statement.of(customer_id, whole.first, middle - timedelta(days=1))
        after = await Statement.of(customer_id, middle, today)
        assert (before.closing, after.closing) == (after.opening, whole.closing)


async def _numbers() -> list[str]:
    kept = await DepositKept.exclude(tax_invoice_number=None).values_list('tax_invoice_number', flat=True)
    taxed = await Receipt.exclude(tax_invoice_number=None).values_list('tax_invoice_number', flat=True)
    at_issue = await Invoice.exclude(tax_invoice_number=None).values_list('tax_invoice_number', flat=True)
    statements = await Document.filter(kind='Statement').values_list('number', flat=True)
    numbers = [*kept, *taxed, *at_issue, *statements]
    for kind in (Quote, Job, Receipt, Deposit, CreditNote):
        numbers += await kind.all().values_list('number', flat=True)
    for issued in (Invoice, CreditReturn):
        numbers += await issued.exclude(number=None).values_list('number', flat=True)
    return [str(number) for number in numbers]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
