"""Money is rounded half up, once, and the parts add up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import (
    DiscountKind,
    RateType,
    Totals,
    Withholding,
    baht,
    line_amount,
    proposed_duration,
    vat_inside,
    withheld_from,
)

AMOUNTS = st.decimals(min_value=0, max_value=10**7, places=2)


@pytest.mark.parametrize(
    ('exact', 'rounded'),
    [('1.005', '1.01'), ('2.675', '2.68'), ('0.004', '0.00'), ('-1.005', '-1.01'), ('0.01', '0.01')],
)
def test_half_a_satang_is_rounded_up(exact: str, rounded: str) -> None:
    assert baht(exact) == Decimal(rounded)


def test_the_example_of_the_trade() -> None:
    totals = Totals.of([Decimal(100000)], vat_percent=Decimal(7), deposit=Decimal(20000))
    assert [int(amount) for amount in (totals.subtotal, totals.vat, totals.grand_total)] == [100000, 7000, 107000]
    assert totals.total_due == Decimal('127000.00')


@pytest.mark.parametrize(
    ('kind', 'value', 'discount'),
    [(DiscountKind.PERCENT, '10', '1000'), (DiscountKind.THB, '500', '500'), (DiscountKind.THB, '99999', '10000')],
)
def test_a_discount_comes_before_vat_and_never_goes_below_zero(kind: DiscountKind, value: str, discount: str) -> None:
    totals = Totals.of([Decimal(10000)], vat_percent=Decimal(7), discount_kind=kind, discount_value=Decimal(value))
    assert totals.discount == Decimal(discount)
    assert totals.vat == baht((10000 - Decimal(discount)) * 7 / 100)


def test_vat_can_be_rounded_to_whole_baht() -> None:
    assert Totals.of([Decimal('123.45')], vat_percent=Decimal(7), vat_to=Decimal(1)).vat == Decimal('9.00')


def test_ten_days_are_ten_days_two_weeks_or_one_month() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 10)
    assert [proposed_duration(first, last, kind) for kind in RateType] == [10, 2, 1]


@pytest.mark.parametrize(('settled', 'withheld'), [('107000', '5000.00'), ('57000', '2663.55')])
def test_rent_is_withheld_at_five_percent_before_vat(settled: str, withheld: str) -> None:
    by_class = {Withholding.RENT: Decimal(100000)}
    assert withheld_from(Decimal(settled), Decimal(107000), Decimal(7000), by_class) == Decimal(withheld)


def test_mixed_classes_are_rounded_once_per_class() -> None:
    by_class = {Withholding.RENT: Decimal(53500), Withholding.SERVICE: Decimal(4500)}
    assert withheld_from(Decimal(62060), Decimal(62060), Decimal(4060), by_class) == Decimal('2810.00')


def test_nothing_is_withheld_from_nothing() -> None:
    assert withheld_from(Decimal(0), Decimal(0), Decimal(0), {}) == 0


def test_vat_inside_an_amount() -> None:
    assert vat_inside(Decimal(107), Decimal(7)) == Decimal(7)
    assert vat_inside(Decimal(100), Decimal(0)) == 0


@given(st.lists(AMOUNTS, max_size=12), st.decimals(0, 100, places=2), AMOUNTS)
def test_totals_always_add_up(amounts: list[Decimal], percent: Decimal, deposit: Decimal) -> None:
    totals = Totals.of(
        amounts, vat_percent=Decimal(7), discount_kind=DiscountKind.PERCENT, discount_value=percent, deposit=deposit
    )
    assert totals.grand_total == totals.subtotal - totals.discount + totals.vat
    assert totals.total_due == totals.grand_total + totals.deposit
    assert totals.subtotal >= totals.discount >= 0


@given(AMOUNTS, AMOUNTS)
def test_a_line_is_rounded_to_the_satang(quantity: Decimal, rate: Decimal) -> None:
    assert line_amount(quantity, Decimal('1.5'), rate).as_tuple().exponent == -2
