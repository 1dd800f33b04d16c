"""What a quote line, a job line and an invoice line have in common: the thing, how many, how long, at what rate."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Record, Refused
from models.money import LARGEST, ZERO, RateType, Withholding, line_amount

MOST_QUANTITY, MOST_DURATION = Decimal('99999999.99'), Decimal('999999.99')  # what their columns hold


class LineKind(StrEnum):
    EQUIPMENT = 'Equipment'
    KIT = 'Kit'
    MANUAL = 'Manual'
    PREPAYMENT = 'Pre-payment'


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line as typed. Prices are THB before VAT; `duration` counts in the line's own rate unit.

    With the `id` of a line that exists it is that line, changed; without one it is new.
    """

    name: str
    rate: Decimal
    quantity: Decimal = Decimal(1)
    duration: Decimal = Decimal(1)
    kind: LineKind = LineKind.EQUIPMENT
    name_th: str = ''
    rate_type: RateType = RateType.DAILY
    optional: bool = False
    withholding: Withholding | None = None
    id: UUID | None = None

    def checked(self) -> 'LineEntry':
        """Raises Refused: `line_name_missing`, `line_quantity`, `line_rate`, `line_too_large`."""
        if not (self.name.strip() or self.name_th.strip()):
            raise Refused('line_name_missing')
        if self.quantity <= 0 or self.duration <= 0:
            raise Refused('line_quantity', line=self.name)
        if self.rate < 0 and self.kind is not LineKind.PREPAYMENT:
            raise Refused('line_rate', line=self.name)
        if self.quantity > MOST_QUANTITY or self.duration > MOST_DURATION or abs(self.rate) > LARGEST:
            raise Refused('line_too_large', line=self.name)
        if abs(self.amount) > LARGEST:
            raise Refused('line_too_large', line=self.name)
        return self

    @property
    def amount(self) -> Decimal:
        return line_amount(self.quantity, self.duration, self.rate)

    @property
    def columns(self) -> dict[str, Any]:
        default = {LineKind.MANUAL: Withholding.SERVICE, LineKind.PREPAYMENT: Withholding.NONE}
        return {
            'kind': self.kind,
            'name': self.name.strip() or self.name_th.strip(),
            'name_th': self.name_th.strip(),
            'quantity': self.quantity,
            'duration': self.duration,
            'rate': self.rate,
            'rate_type': self.rate_type,
            'withholding': self.withholding or default.get(self.kind, Withholding.RENT),
            'amount': self.amount,
        }

    def json(self) -> dict[str, Any]:
        """As it is kept while a clerk is still writing; `of_json` gives it back."""
        names = ('name', 'name_th', 'rate', 'quantity', 'duration', 'kind', 'rate_type')
        return {
            **{name: str(getattr(self, name)) for name in names},
            'optional': self.optional,
            'withholding': self.withholding and str(self.withholding),
            'id': self.id and str(self.id),
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> 'LineEntry':
        return cls(
            name=kept['name'],
            name_th=kept['name_th'],
            rate=Decimal(kept['rate']),
            quantity=Decimal(kept['quantity']),
            duration=Decimal(kept['duration']),
            kind=LineKind(kept['kind']),
            rate_type=RateType(kept['rate_type']),
            optional=kept['optional'],
            withholding=Withholding(kept['withholding']) if kept['withholding'] else None,
            id=UUID(kept['id']) if kept['id'] else None,
        )


class Line(Record):
    position = fields.IntField(default=0)
    kind = fields.CharEnumField(LineKind, max_length=12, default=LineKind.EQUIPMENT)
    name = fields.CharField(max_length=300)
    name_th = fields.CharField(max_length=300, default='')
    quantity = fields.DecimalField(max_digits=10, decimal_places=2, default=Decimal(1))
    duration = fields.DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    rate = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    rate_type = fields.CharEnumField(RateType, max_length=8, default=RateType.DAILY)
    withholding = fields.CharEnumField(Withholding, max_length=10, default=Withholding.RENT)
    amount = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)

    class Meta:
        abstract = True

    def text(self, language: str) -> str:
        return (self.name_th or self.name) if language == 'th' else self.name

    @property
    def entry(self) -> LineEntry:
        """The line as it could be typed again: how a job inherits a quote's lines and an invoice a job's."""
        return LineEntry(
            name=self.name,
            name_th=self.name_th,
            rate=self.rate,
            quantity=self.quantity,
            duration=self.duration,
            kind=self.kind,
            rate_type=self.rate_type,
            withholding=self.withholding,
        )
