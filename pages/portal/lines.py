"""The lines of a quote or an invoice as the customer reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from models import InvoiceLine, LineKind, QuoteLine, RateType
from pages.portal.reader import Reader


@dataclass(frozen=True, slots=True)
class LineView:
    id: UUID
    kind: LineKind
    name: str
    name_th: str
    quantity: Decimal
    duration: Decimal
    rate: Decimal
    rate_type: RateType
    amount: Decimal
    optional: bool
    counts: bool

    @classmethod
    def of(cls, line: QuoteLine | InvoiceLine) -> LineView:
        optional = isinstance(line, QuoteLine) and line.optional
        counts = not isinstance(line, QuoteLine) or line.counts
        return cls(
            line.id, line.kind, line.name, line.name_th, line.quantity, line.duration, line.rate, line.rate_type,
            line.amount, optional, counts,
        )  # fmt: skip


def line_rows(r: Reader, lines: Iterable[LineView]) -> list[tuple[str, str, Decimal | None, str]]:
    return [(line_name(r, line), how_much(r, line), line.amount, _note(r, line)) for line in lines]


def line_name(r: Reader, line: LineView) -> str:
    if line.kind is LineKind.PREPAYMENT:
        return r.w('portal.prepaid_with', number=line.name)
    return r.w.pick(line.name, line.name_th)


def how_much(r: Reader, line: LineView) -> str:
    """How many, how long and at what rate."""
    if line.kind is LineKind.PREPAYMENT:
        return ''
    quantity, rate = r.w.number(line.quantity), r.w.baht(line.rate)
    if line.kind is LineKind.MANUAL:
        return r.w('portal.times', quantity=quantity, rate=rate) if line.quantity != 1 else ''
    unit = f'{line.rate_type.name.lower()}{"_one" if line.duration == 1 else ""}'
    duration = r.w(f'portal.duration.{unit}', count=r.w.number(line.duration))
    return r.w('portal.how_much', quantity=quantity, duration=duration, rate=rate)


def _note(r: Reader, line: LineView) -> str:
    if not line.optional:
        return ''
    return r.w('portal.optional_taken') if line.counts else r.w('portal.optional')
