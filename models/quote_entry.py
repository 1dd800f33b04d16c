"""What a clerk types into a quote: dates, lines, discount, deposit and notes, complete or not yet."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from uuid_utils.compat import uuid7

from models.base import Refused
from models.line import LineEntry
from models.money import LARGEST, SATANG, ZERO, DiscountKind, Totals

VALIDITY = timedelta(days=14)
MOST_LINES = 500
MOST_VAT = Decimal(100)  # percent; whatever a quote's own is, its totals can be kept


@dataclass(frozen=True, slots=True)
class QuoteEntry:
    """`job_end` is the last day, inclusive; amounts in THB before VAT; without `expires_on` one is proposed."""

    job_start: date
    job_end: date
    lines: tuple[LineEntry, ...] = ()
    title: str = ''
    title_th: str = ''
    expires_on: date | None = None
    deposit: Decimal = ZERO
    discount_kind: DiscountKind = DiscountKind.THB
    discount_value: Decimal = ZERO
    customer_notes: str = ''
    internal_notes: str = ''

    def checked(self) -> 'QuoteEntry':
        """Raises Refused: `quote_dates`, `quote_expiry`, `amount_negative`, and what a line and `measure` refuse."""
        if self.job_end < self.job_start:
            raise Refused('quote_dates')
        if self.expires_on is not None and self.expires_on > self.job_start:
            raise Refused('quote_expiry')
        if self.deposit < 0 or self.discount_value < 0:
            raise Refused('amount_negative')
        for line in self.lines:
            line.checked()
        self.measure()
        return self

    def told_apart(self) -> 'QuoteEntry':
        """The same with an id for every line: whoever goes on writing finds each again by it."""
        return replace(self, lines=tuple(line if line.id else replace(line, id=uuid7()) for line in self.lines))

    def measure(self) -> None:
        """Raises Refused for more than can be kept: `amount_too_large`, `quote_too_long`, `quote_too_large`."""
        if self.deposit > LARGEST or self.discount_value > LARGEST:
            raise Refused('amount_too_large')
        if len(self.lines) > MOST_LINES:
            raise Refused('quote_too_long', most=MOST_LINES)
        amounts = (abs(line.amount) for line in self.lines)  # with every option: the customer may tick them all
        if Totals.of(amounts, vat_percent=MOST_VAT, deposit=self.deposit).total_due > LARGEST:
            raise Refused('quote_too_large')

    @property
    def complete(self) -> bool:
        """Whether it could be a quote as it stands: nothing in it would be refused."""
        try:
            self.checked()
        except Refused:
            return False
        return True

    def expiry(self, today: date) -> date:
        """The day typed, else 14 days from today or the day before the job starts, whichever is earlier.

        Never after the start: of a job that began already it is a day that is over, and the quote cannot be sent.
        """
        before = max(self.job_start - timedelta(days=1), min(today, self.job_start))
        return self.expires_on or min(today + VALIDITY, before)

    @property
    def columns(self) -> dict[str, Any]:
        """All but lines and expiry; a title that nobody typed is the first line's name."""
        first = self.lines[0] if self.lines else None
        title, title_th = self.title.strip(), self.title_th.strip()
        if first and not title:
            title, title_th = first.name or first.name_th, title_th or first.name_th
        return {
            'title': title[:300],
            'title_th': title_th[:300],
            'job_start': self.job_start,
            'job_end': self.job_end,
            'deposit': self.deposit,
            'discount_kind': self.discount_kind,
            'discount_value': self.discount_value,
            'customer_notes': self.customer_notes.strip(),
            'internal_notes': self.internal_notes.strip(),
        }

    def totals(self, vat_percent: Decimal, vat_to: Decimal = SATANG) -> Totals:
        """As one types; an optional line does not count until the customer ticks it."""
        return Totals.of(
            (line.amount for line in self.lines if not line.optional),
            vat_percent=vat_percent,
            vat_to=vat_to,
            discount_kind=self.discount_kind,
            discount_value=self.discount_value,
            deposit=self.deposit,
        )

    def json(self) -> dict[str, Any]:
        return {
            **{name: str(value) for name, value in self.columns.items()},
            'title': self.title,
            'title_th': self.title_th,
            'expires_on': str(self.expires_on or ''),
            'lines': [line.json() for line in self.lines],
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> 'QuoteEntry':
        expires_on = kept['expires_on']
        return cls(
            job_start=date.fromisoformat(kept['job_start']),
            job_end=date.fromisoformat(kept['job_end']),
            lines=tuple(LineEntry.of_json(line) for line in kept['lines']),
            title=kept['title'],
            title_th=kept['title_th'],
            expires_on=date.fromisoformat(expires_on) if expires_on else None,
            deposit=Decimal(kept['deposit']),
            discount_kind=DiscountKind(kept['discount_kind']),
            discount_value=Decimal(kept['discount_value']),
            customer_notes=kept['customer_notes'],
            internal_notes=kept['internal_notes'],
        )
