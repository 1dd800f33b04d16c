"""The ledger of a deposit as its customer reads it: what came, what was used and why, what went back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from htpy import Node, a, b, div, h2, section, small, span

from models import (
    Deposit,
    DepositKept,
    DepositMove,
    DepositMoveKind,
    Grant,
    bangkok_day,
)
from pages.portal.reader import Reader

ZERO = Decimal('0.00')


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """`amount` is above zero for what came, below for what left; `held` is what the firm holds after it."""

    what: str
    on: date
    amount: Decimal
    held: Decimal
    about: str = ''
    vat: Decimal = ZERO
    paper: str = ''


async def ledger_of(grant: Grant, deposit: Deposit) -> tuple[LedgerLine, ...]:
    """In the order in which it happened; what is kept stands before what goes back with it.

    What was collected by mistake is not among it: its receipt, marked as cancelled, tells of that.
    """
    papers = {receipt.id: receipt.number for receipt in await grant.receipts().filter(deposit_id=deposit.id)}
    lines: list[tuple[datetime, int, LedgerLine]] = []
    moves = DepositMove.filter(deposit_id=deposit.id, reversed_at=None)
    for move in sorted(await moves, key=lambda one: (one.at, one.id)):
        lines.append((move.at, 1, _moved(move, papers.get(move.receipt_id, '') if move.receipt_id else '')))
    for kept in await DepositKept.filter(deposit_id=deposit.id).order_by('id'):
        lines.append((kept.created_at, 0, _kept(kept)))
    return tuple(_running(_in_order(lines)))


def ledger(r: Reader, lines: tuple[LedgerLine, ...]) -> Node:
    if not lines:
        return None
    return section[
        h2[span[r.w('money.ledger.title')]],
        div('.card.rows')[[_row(r, line) for line in lines]],
    ]


def _moved(move: DepositMove, paper: str) -> LedgerLine:
    came = move.kind is DepositMoveKind.COLLECTED
    amount = move.amount if came else ZERO - move.amount
    return LedgerLine(move.kind.name.lower(), move.moved_on, amount, ZERO, move.method.name.lower(), ZERO, paper)


def _kept(kept: DepositKept) -> LedgerLine:
    day = bangkok_day(kept.created_at)
    return LedgerLine(kept.kind.name.lower(), day, -kept.amount, ZERO, kept.reason, kept.vat)


def _in_order(lines: list[tuple[datetime, int, LedgerLine]]) -> Iterable[LedgerLine]:
    """A return and what is kept of it are one change: its moment is that of the move, which is told first of both."""
    returned = max((at for at, _, line in lines if line.what == 'returned'), default=None)
    last = [
        (returned or at, place, line) if line.what != 'collected' else (at, place, line) for at, place, line in lines
    ]
    return (line for _, _, line in sorted(last, key=lambda one: one[:2]))


def _running(lines: Iterable[LedgerLine]) -> Iterable[LedgerLine]:
    held = ZERO
    for line in lines:
        held += line.amount
        yield LedgerLine(line.what, line.on, line.amount, held, line.about, line.vat, line.paper)


def _row(r: Reader, line: LedgerLine) -> Node:
    w = r.w
    of_money = line.what in ('collected', 'returned')
    notes = [w(f'common.method.{line.about}') if of_money else w(f'deposits.kept_kind.{line.what}')]
    if line.vat:
        notes.append(w('money.note.vat_inside', amount=w.baht(line.vat)))
    notes += [line.paper] if line.paper else []
    inside = [
        div[
            b[w(f'money.ledger.{line.what}') if of_money else line.about],
            small[' · '.join(notes), ' · ', span('.n')[w.day(line.on)]],
        ],
        div('.n.moved')[b[_signed(r, line.amount)], small[w('money.ledger.held', amount=w.baht(line.held))]],
    ]
    if line.paper and r.whole:
        return a('.row', href=r.at(f'/receipts/{line.paper}'))[inside]
    return div('.row')[inside]


def _signed(r: Reader, amount: Decimal) -> str:
    return f'+{r.w.baht(amount)}' if amount > 0 else r.w.baht(amount)
