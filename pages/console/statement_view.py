"""What staff see of bank statements: rows that wait for a decision with what they may be, and those decided last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.live import Live, follow, live
from models import (
    BankLine,
    BankStatement,
    Claim,
    Customer,
    Deposit,
    DepositMove,
    Invoice,
    Job,
    LineState,
    Payment,
    Proposal,
    proposals,
)

AT_MOST = 100
LATELY = 30
OFFERED = 3  # documents that a row may be


@dataclass(frozen=True, slots=True)
class Offer:
    """A document that a row may have paid, and whose it is."""

    proposal: Proposal
    customer: str
    customer_th: str


@dataclass(frozen=True, slots=True)
class LineRow:
    id: UUID
    booked_on: date
    at: str
    amount: Decimal
    text: str
    state: LineState
    number: str
    decided_by: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read."""

    file: str
    at: datetime
    by: str
    rows: int
    new: int


@dataclass(frozen=True, slots=True)
class StatementView:
    open: tuple[LineRow, ...]
    left: int
    done: tuple[LineRow, ...]
    last: Reading | None


def live_statement() -> Live[StatementView]:
    tables = (BankLine, BankStatement, Invoice, Deposit, Claim, Payment, DepositMove)
    return live(('console', 'bank statement'), [follow(table) for table in tables], _load)


async def _load() -> StatementView:
    waiting = BankLine.filter(state=LineState.OPEN)
    lines = await waiting.order_by('-booked_on', '-at', 'id').limit(AT_MOST)
    found = await proposals(lines)
    names = await _names([offer for offers in found.values() for offer in offers[:OFFERED]])
    done = await BankLine.exclude(state=LineState.OPEN).order_by('-decided_at').limit(LATELY)
    last = await BankStatement.all().order_by('-read_at').first()
    return StatementView(
        open=tuple(_row(line, _offers(found.get(line.id, ()), names)) for line in lines),
        left=max(0, await waiting.count() - len(lines)),
        done=tuple(_row(line) for line in done),
        last=Reading(last.file_name, last.read_at, last.read_by, last.rows, last.new_rows) if last else None,
    )


async def _names(offers: list[Proposal]) -> dict[UUID, Customer]:
    """Whose document each is."""
    ids = [offer.record_id for offer in offers]
    owners: dict[UUID, UUID] = {}
    for model in (Invoice, Deposit, Job):
        owners |= dict(await model.filter(id__in=ids).values_list('id', 'customer_id'))
    known = {one.id: one for one in await Customer.filter(id__in=list(set(owners.values())))}
    return {record_id: known[customer_id] for record_id, customer_id in owners.items()}


def _offers(found: tuple[Proposal, ...], names: dict[UUID, Customer]) -> tuple[Offer, ...]:
    return tuple(
        Offer(offer, names[offer.record_id].name, names[offer.record_id].name_th)
        for offer in found[:OFFERED]
        if offer.record_id in names
    )


def _row(line: BankLine, offers: tuple[Offer, ...] = ()) -> LineRow:
    return LineRow(
        line.id, line.booked_on, line.at, line.amount, line.text, line.state, line.number, line.decided_by, offers
    )
