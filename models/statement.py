"""A customer's statement of account: what was owed before a period, what happened in it, what is owed after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, bangkok_day, now, one_change
from models.bill import InvoiceStatus
from models.credit import CreditReturn
from models.credit_note import CreditNote
from models.customer import Customer
from models.deposit import DepositKept, DepositMove, DepositMoveKind
from models.document import Document, DocumentKind
from models.invoice import Invoice
from models.money import ZERO
from models.numbering import Series, next_number
from models.payment import Method, Payment
from models.receipt import Receipt

What = Literal['invoice', 'void', 'payment', 'prepayment', 'credit_used', 'reversal', 'credit_note', 'credit_returned']
ORDER: tuple[What, ...] = (
    'prepayment', 'invoice', 'credit_note', 'payment', 'credit_used', 'credit_returned', 'void', 'reversal',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What moved the account on a day, THB: `charged` is owed more, `settled` is owed less."""

    on: date
    what: What
    number: str
    about: str = ''
    about_th: str = ''
    charged: Decimal = ZERO
    settled: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class StatementLine:
    entry: Entry
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """Both days are Bangkok days and included. A balance below zero is money of the customer's: credit, or paid before.

    The closing balance of a day is the opening balance of the next, always: entries stand under the day on which they
    were written down, and what is undone later is an entry of its own.
    """

    first: date
    last: date
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal
    deposits_held: Decimal

    @classmethod
    async def of(cls, customer_id: UUID, first: date, last: date) -> 'Statement':
        """Raises Refused('period_backwards')."""
        if last < first:
            raise Refused('period_backwards')
        entries = sorted(await _entries(customer_id), key=lambda one: (one.on, ORDER.index(one.what), one.number))
        opening = sum((one.charged - one.settled for one in entries if one.on < first), ZERO)
        balance, lines = opening, []
        for entry in entries:
            if first <= entry.on <= last:
                balance += entry.charged - entry.settled
                lines.append(StatementLine(entry, balance))
        held = await _deposits_held(customer_id, last)
        return cls(first, last, opening, tuple(lines), balance, held)

    @property
    def charged(self) -> Decimal:
        return sum((line.entry.charged for line in self.lines), ZERO)

    @property
    def settled(self) -> Decimal:
        return sum((line.entry.settled for line in self.lines), ZERO)


async def make_statement(customer: Customer, *, first: date, last: date, by: Actor) -> Document:
    """The statement as a numbered paper, which then stands in the customer's Documents."""
    by.must(Module.INVOICES, Level.WRITE)
    at = now()
    today = bangkok_day(at)
    statement = await Statement.of(customer.id, first, last)
    async with one_change():
        number = await next_number(Series.STATEMENT, today)
        document = await Document.order(
            DocumentKind.STATEMENT,
            number,
            customer_id=customer.id,
            issued_on=today,
            frozen={'number': number, 'issued_on': str(today), **_frozen(statement)},
        )
        await Activity.note(
            'statement_made', by=by, at=at, customer_id=customer.id, number=number, first=first, last=last
        )
    return document


def _frozen(statement: Statement) -> dict[str, object]:
    names = ('first', 'last', 'opening', 'closing', 'charged', 'settled', 'deposits_held')
    entry = ('on', 'what', 'number', 'about', 'about_th', 'charged', 'settled')
    return {
        **{name: str(getattr(statement, name)) for name in names},
        'lines': [
            {**{name: str(getattr(line.entry, name)) for name in entry}, 'balance': str(line.balance)}
            for line in statement.lines
        ],
    }


async def _entries(customer_id: UUID) -> list[Entry]:
    issued = await Invoice.filter(customer_id=customer_id).exclude(status=InvoiceStatus.DRAFT).select_related('job')
    return [
        *(entry for invoice in issued for entry in _of_invoice(invoice)),
        *await _of_payments(customer_id),
        *await _of_credit(customer_id),
    ]


def _of_invoice(invoice: Invoice) -> Iterator[Entry]:
    """All that it charges; what was paid before it stands in its own line, on the day it came."""
    number, whole = invoice.number or '', invoice.total + invoice.prepaid
    assert invoice.issued_on
    title, title_th = (invoice.job.title, invoice.job.title_th) if invoice.job else ('', '')
    yield Entry(invoice.issued_on, 'invoice', number, title, title_th, charged=whole)
    if invoice.voided_on:
        yield Entry(invoice.voided_on, 'void', number, invoice.void_reason, settled=whole)


async def _of_payments(customer_id: UUID) -> list[Entry]:
    payments = {one.id: one for one in await Payment.filter(customer_id=customer_id).select_related('invoice')}
    entries = []
    for receipt in await Receipt.filter(payment_id__in=list(payments)):
        payment = payments[receipt.payment_id]  # type: ignore[index]
        about = (payment.invoice.number or '') if payment.invoice else ''
        if payment.method is Method.CREDIT:  # it was counted when it came: using it moves nothing
            entries.append(Entry(receipt.issued_on, 'credit_used', receipt.number, about))
            continue
        sum_ = payment.amount + payment.withheld
        what: What = 'payment' if payment.invoice_id else 'prepayment'
        entries.append(Entry(receipt.issued_on, what, receipt.number, about, settled=sum_))
        if payment.reversed_at:
            day = bangkok_day(payment.reversed_at)
            entries.append(Entry(day, 'reversal', receipt.number, payment.reversal_reason, charged=sum_))
    return entries


async def _of_credit(customer_id: UUID) -> list[Entry]:
    notes = await CreditNote.filter(customer_id=customer_id, voids=False)
    returned = await CreditReturn.filter(customer_id=customer_id)
    return [
        *(Entry(note.issued_on, 'credit_note', note.number, note.reason, settled=note.amount) for note in notes),
        *(
            Entry(bangkok_day(one.at), 'credit_returned', one.reference, one.reason, charged=one.amount)
            for one in returned
        ),
    ]


async def _deposits_held(customer_id: UUID, last: date) -> Decimal:
    """What of the customer's deposits the firm held when that day was over."""
    held = ZERO
    for move in await DepositMove.filter(deposit__customer_id=customer_id):
        if bangkok_day(move.at) <= last:
            held += move.amount if move.kind is DepositMoveKind.COLLECTED else -move.amount
    for kept in await DepositKept.filter(deposit__customer_id=customer_id):
        if bangkok_day(kept.created_at) <= last:
            held -= kept.amount
    return held
