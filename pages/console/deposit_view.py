"""What staff see of deposits: a row of the list, and one deposit as a small ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q

from app.live import Live, follow, live
from models import (
    Customer,
    Deposit,
    DepositKept,
    DepositMove,
    DepositMoveKind,
    DepositStatus,
    Job,
    KeptKind,
    Method,
    Quote,
    Receipt,
    bangkok_day,
    fold,
)
from pages.parts.listed import Listed, first_of


@dataclass(frozen=True, slots=True)
class DepositRow:
    number: str
    customer: str
    customer_th: str
    job_number: str
    amount: Decimal
    collected: Decimal
    returned: Decimal
    status: DepositStatus


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: money that came or went, and the receipt made of it."""

    id: UUID
    kind: DepositMoveKind
    day: date
    amount: Decimal
    method: Method
    reference: str
    receipt: str
    by: str
    reversed: bool
    reversal_reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    kind: KeptKind
    reason: str
    amount: Decimal
    vat: Decimal
    tax_invoice: str


@dataclass(frozen=True, slots=True)
class DepositView:
    id: UUID
    customer_id: UUID
    row: DepositRow
    quote_number: str
    requested_on: date
    kept: Decimal
    held: Decimal
    awaited: Decimal
    waived_on: date | None
    entries: tuple[Entry, ...]
    kept_lines: tuple[Kept, ...]


def live_deposits(text: str, status: DepositStatus | None, most: int) -> Live[Listed[DepositRow]]:
    sought = fold(text)

    async def load() -> Listed[DepositRow]:
        found = Deposit.filter(await Customer.records_by(sought), Q(status=status) if status else Q())
        deposits, total = await first_of(found.order_by('-id').select_related('customer'), most)
        jobs = await Job.filter(id__in=[one.job_id for one in deposits if one.job_id])
        numbers = {job.id: job.number for job in jobs}
        rows = (_row(one, numbers.get(one.job_id, '') if one.job_id else '') for one in deposits)
        return Listed(tuple(rows), total)

    return live(('console', 'deposits', sought, status, most), [follow(Deposit), follow(Customer)], load)


def live_deposit(deposit_id: UUID, customer_id: UUID) -> Live[DepositView]:
    async def load() -> DepositView:
        deposit = await Deposit.get(id=deposit_id).select_related('customer').prefetch_related('moves')
        quote = await Quote.get(id=deposit.quote_id)
        job = await Job.get_or_none(id=deposit.job_id) if deposit.job_id else None
        receipts = await Receipt.filter(deposit_id=deposit_id).order_by('id')
        kept = await DepositKept.filter(deposit_id=deposit_id).order_by('id')
        return _view(deposit, quote.number, job.number if job else '', receipts, kept)

    follows = [
        follow(Deposit, id=deposit_id),
        follow(DepositMove, deposit_id=deposit_id),
        follow(DepositKept, deposit_id=deposit_id),
        follow(Receipt, deposit_id=deposit_id),
        follow(Customer, id=customer_id),
    ]
    return live(('console', 'deposit', deposit_id), follows, load)


def _row(deposit: Deposit, job_number: str) -> DepositRow:
    return DepositRow(
        deposit.number,
        deposit.customer.name,
        deposit.customer.name_th,
        job_number,
        deposit.amount,
        deposit.collected,
        deposit.returned,
        deposit.status,
    )


def _view(
    deposit: Deposit, quote_number: str, job_number: str, receipts: list[Receipt], kept: list[DepositKept]
) -> DepositView:
    return DepositView(
        id=deposit.id,
        customer_id=deposit.customer_id,
        row=_row(deposit, job_number),
        quote_number=quote_number,
        requested_on=deposit.requested_on,
        kept=deposit.kept,
        held=deposit.held,
        awaited=deposit.awaited,
        waived_on=bangkok_day(deposit.waived_at) if deposit.waived_at else None,
        entries=_entries(sorted(deposit.moves, key=lambda move: (move.at, move.id)), receipts),
        kept_lines=tuple(
            Kept(line.kind, line.reason, line.amount, line.vat, line.tax_invoice_number or '') for line in kept
        ),
    )


def _entries(moves: list[DepositMove], receipts: list[Receipt]) -> tuple[Entry, ...]:
    papers = {receipt.id: receipt.number for receipt in receipts}
    return tuple(
        Entry(
            move.id,
            move.kind,
            move.moved_on,
            move.amount,
            move.method,
            move.reference,
            papers.get(move.receipt_id, '') if move.receipt_id else '',
            move.by_name,
            move.reversed_at is not None,
            move.reversal_reason,
        )
        for move in moves
    )
