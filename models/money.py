"""Amounts in THB: rounding, VAT, withholding and the totals of a quote or invoice. Pure arithmetic, no records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from math import ceil

ZERO = Decimal('0.00')
SATANG = Decimal('0.01')
LARGEST = Decimal('999999999999.99')


def baht(amount: Decimal | int | str, to: Decimal = SATANG) -> Decimal:
    """Round half up, the only rounding of money there is; `to` may be one baht (`VAT rounding 1`)."""
    # Counted in units of `to`, since the number of decimals of `to` says nothing: one baht is 1.00 in the database.
    with localcontext(prec=60):  # what somebody mistyped may be of any size, and is refused by whoever keeps it
        return ((Decimal(amount) / to).quantize(Decimal(1), ROUND_HALF_UP) * to).quantize(SATANG)


class RateType(StrEnum):
    DAILY = 'Daily'
    WEEKLY = 'Weekly'
    MONTHLY = 'Monthly'


class Withholding(StrEnum):
    """What a company keeps back for the Revenue Department, by kind of service (order Thor Por 4/2528)."""

    RENT = 'Rent'
    SERVICE = 'Service'
    TRANSPORT = 'Transport'
    NONE = 'None'

    @property
    def percent(self) -> int:
        return {'Rent': 5, 'Service': 3, 'Transport': 1, 'None': 0}[self.value]


class DiscountKind(StrEnum):
    THB = 'THB'
    PERCENT = '%'


def proposed_duration(start: date, end: date, rate_type: RateType) -> int:
    """How many days, weeks or months a rental from `start` to `end` (both inclusive) is billed for, rounded up."""
    days = (end - start).days + 1
    return ceil(days / {'Daily': 1, 'Weekly': 7, 'Monthly': 30}[rate_type.value])


def line_amount(quantity: Decimal, duration: Decimal, rate: Decimal) -> Decimal:
    return baht(quantity * duration * rate)


def vat_on(net: Decimal, percent: Decimal, to: Decimal = SATANG) -> Decimal:
    """VAT of a document's sum: once for the sum, never per line."""
    return baht(net * percent / 100, to)


def vat_inside(gross: Decimal, percent: Decimal) -> Decimal:
    """The VAT that an amount including VAT holds: x 7 / 107 at 7 percent."""
    return baht(gross * percent / (100 + percent))


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of a quote or invoice, in THB. The refundable deposit stands outside the VAT base."""

    subtotal: Decimal
    discount: Decimal
    vat: Decimal
    grand_total: Decimal
    deposit: Decimal
    total_due: Decimal

    @classmethod
    def of(
        cls,
        amounts: Iterable[Decimal],
        *,
        vat_percent: Decimal,
        vat_to: Decimal = SATANG,
        discount_kind: DiscountKind = DiscountKind.THB,
        discount_value: Decimal = ZERO,
        deposit: Decimal = ZERO,
    ) -> 'Totals':
        subtotal = baht(sum(amounts, ZERO))
        wanted = discount_value if discount_kind is DiscountKind.THB else subtotal * discount_value / 100
        discount = max(ZERO, min(baht(wanted), subtotal))
        vat = vat_on(subtotal - discount, vat_percent, vat_to)
        grand_total = subtotal - discount + vat
        return cls(subtotal, discount, vat, grand_total, baht(deposit), grand_total + baht(deposit))


def withheld_by_class(
    settled: Decimal, total: Decimal, vat: Decimal, net_by_class: Mapping[Withholding, Decimal]
) -> dict[Withholding, Decimal]:
    """Tax withheld when `settled` of an invoice of `total` (of which `vat`) is paid by a company that withholds.

    Taken from the part before VAT, per class in proportion to the lines, rounded once per class:
    107,000 of rent in one payment withholds 5,000.00; the remaining 57,000 alone 2,663.55.
    """
    lines = sum(net_by_class.values(), ZERO)
    if total <= 0 or lines <= 0:
        return dict.fromkeys(net_by_class, ZERO)
    with localcontext(prec=60):  # multiplied first and divided last: nothing is rounded before the end
        return {
            kind: baht(settled * (total - vat) * net * kind.percent / (total * lines * 100))
            for kind, net in net_by_class.items()
        }


def withheld_from(
    settled: Decimal, total: Decimal, vat: Decimal, net_by_class: Mapping[Withholding, Decimal]
) -> Decimal:
    """The same of all classes together."""
    return sum(withheld_by_class(settled, total, vat, net_by_class).values(), ZERO)
