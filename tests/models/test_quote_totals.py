"""Worked examples of what a quote comes to, every figure worked out by hand: from the rules, not from the code."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from models import DiscountKind, LineEntry, LineKind, Quote, QuoteEntry, RateType, proposed_duration
from models.money import SATANG
from tests.world import bo, nimman

Per = Literal['day', 'week', 'month', 'piece']
PER = {'day': RateType.DAILY, 'week': RateType.WEEKLY, 'month': RateType.MONTHLY, 'piece': RateType.DAILY}


def line(
    quantity: str, rate: str, per: Per = 'day', *, lasts: str = '', optional: bool = False, ticked: bool = False
) -> LineEntry:
    """`lasts` is typed by hand; without it the dates decide. A `piece` is a manual line, which has no duration."""
    return LineEntry(
        name='Thing',
        rate=Decimal(rate),
        quantity=Decimal(quantity),
        duration=Decimal(lasts) if lasts else Decimal(0),
        kind=LineKind.MANUAL if per == 'piece' else LineKind.EQUIPMENT,
        rate_type=PER[per],
        optional=optional and not ticked,
    )


@dataclass(frozen=True)
class Example:
    """From when to when, what is rented, and what it comes to: before VAT, discount, VAT, with VAT, all in all."""

    days: str
    lines: tuple[LineEntry, ...]
    comes_to: str
    discount: str = ''
    deposit: str = '0'
    vat: str = '7'
    vat_to: str = '0.01'

    @property
    def entry(self) -> QuoteEntry:
        start, _, end = self.days.partition(' ')
        first, last = date.fromisoformat(start), date.fromisoformat(end or start)
        percent = self.discount.endswith('%')
        return QuoteEntry(
            first,
            last,
            tuple(self._lasting(it, first, last) for it in self.lines),
            discount_kind=DiscountKind.PERCENT if percent else DiscountKind.THB,
            discount_value=Decimal(self.discount.rstrip('%') or 0),
            deposit=Decimal(self.deposit),
        )

    @staticmethod
    def _lasting(it: LineEntry, first: date, last: date) -> LineEntry:
        if it.duration:
            return it
        manual = it.kind is LineKind.MANUAL
        return replace(it, duration=Decimal(1 if manual else proposed_duration(first, last, it.rate_type)))


ONE_DAY, TEN_DAYS = '2026-12-05', '2026-12-01 2026-12-10'

EXAMPLES = {
    # What the firm's own papers say: 4 lights, 10 days, 2,500 a day, 20,000 deposit.
    'the example of the trade': Example(
        TEN_DAYS, (line('4', '2500'),), '100000.00 0.00 7000.00 107000.00 127000.00', deposit='20000'
    ),
    'a firm without VAT': Example(
        TEN_DAYS, (line('4', '2500'),), '100000.00 0.00 0.00 100000.00 120000.00', deposit='20000', vat='0'
    ),
    'one day is one day': Example(ONE_DAY, (line('1', '1500'),), '1500.00 0.00 105.00 1605.00 1605.00'),
    # Half a satang goes up, whatever stands before it: 0.035, 0.105, 0.245 and not to the even one.
    'VAT of 0.50 is 0.035': Example(ONE_DAY, (line('1', '0.50'),), '0.50 0.00 0.04 0.54 0.54'),
    'VAT of 0.49 is 0.0343': Example(ONE_DAY, (line('1', '0.49'),), '0.49 0.00 0.03 0.52 0.52'),
    'VAT of 1.50 is 0.105': Example(ONE_DAY, (line('1', '1.50'),), '1.50 0.00 0.11 1.61 1.61'),
    'VAT of 3.50 is 0.245': Example(ONE_DAY, (line('1', '3.50'),), '3.50 0.00 0.25 3.75 3.75'),
    'a line of 0.495': Example(ONE_DAY, (line('1.5', '0.33'),), '0.50 0.00 0.04 0.54 0.54'),
    'a line of half a satang': Example(ONE_DAY, (line('0.5', '0.01'),), '0.01 0.00 0.00 0.01 0.01'),
    'a line of a quarter of a satang': Example(
        ONE_DAY, (line('0.5', '0.01', lasts='0.5'),), '0.00 0.00 0.00 0.00 0.00'
    ),
    'each line is rounded by itself': Example(
        ONE_DAY, (line('0.5', '0.01'), line('0.5', '0.01'), line('0.5', '0.01')), '0.03 0.00 0.00 0.03 0.03'
    ),
    # By line it would be three times 0.04.
    'VAT is rounded once for the sum': Example(
        ONE_DAY, (line('1', '0.50'), line('1', '0.50'), line('1', '0.50')), '1.50 0.00 0.11 1.61 1.61'
    ),
    'two and a half weeks': Example(
        TEN_DAYS, (line('2', '9000.50', 'week', lasts='2.5'),), '45002.50 0.00 3150.18 48152.68 48152.68'
    ),
    'thirds of a baht by the day': Example(
        '2026-12-01 2026-12-07', (line('3', '333.33'),), '6999.93 0.00 490.00 7489.93 7489.93'
    ),
    # Weeks and months are begun ones.
    'seven days are a week': Example(
        '2026-12-01 2026-12-07', (line('1', '5000', 'week'),), '5000.00 0.00 350.00 5350.00 5350.00'
    ),
    'eight days are two weeks': Example(
        '2026-12-01 2026-12-08', (line('1', '5000', 'week'),), '10000.00 0.00 700.00 10700.00 10700.00'
    ),
    'fourteen days are two weeks': Example(
        '2026-12-01 2026-12-14', (line('1', '4999.99', 'week'),), '9999.98 0.00 700.00 10699.98 10699.98'
    ),
    'fifteen days are three weeks': Example(
        '2026-12-01 2026-12-15', (line('1', '4000', 'week'),), '12000.00 0.00 840.00 12840.00 12840.00'
    ),
    'thirty days are a month': Example(
        '2026-11-01 2026-11-30', (line('1', '30000', 'month'),), '30000.00 0.00 2100.00 32100.00 32100.00'
    ),
    'thirty-one days are two months': Example(
        '2026-12-01 2026-12-31', (line('1', '30000', 'month'),), '60000.00 0.00 4200.00 64200.00 64200.00'
    ),
    'sixty days are two months': Example(
        '2027-01-01 2027-03-01', (line('1', '25000', 'month'),), '50000.00 0.00 3500.00 53500.00 53500.00'
    ),
    'sixty-one days are three months': Example(
        '2027-01-01 2027-03-02', (line('1', '25000', 'month'),), '75000.00 0.00 5250.00 80250.00 80250.00'
    ),
    # 10 days: 10 x 100, 2 x 600, 1 x 2,000.
    'ten days by the day, the week and the month': Example(
        TEN_DAYS,
        (line('1', '100'), line('1', '600', 'week'), line('1', '2000', 'month')),
        '4200.00 0.00 294.00 4494.00 4494.00',
    ),
    'one day by the week and the month': Example(
        ONE_DAY, (line('1', '600', 'week'), line('1', '2000', 'month')), '2600.00 0.00 182.00 2782.00 2782.00'
    ),
    # Both ends count.
    'the first day is the last': Example(
        '2026-12-05 2026-12-05', (line('1', '800'),), '800.00 0.00 56.00 856.00 856.00'
    ),
    'over the end of a month: 28, 29, 30, 1, 2': Example(
        '2026-11-28 2026-12-02', (line('2', '1250'),), '12500.00 0.00 875.00 13375.00 13375.00'
    ),
    'over a leap day: 27, 28, 29, 1': Example(
        '2028-02-27 2028-03-01', (line('1', '2000'),), '8000.00 0.00 560.00 8560.00 8560.00'
    ),
    'over a February without one: 27, 28, 1': Example(
        '2027-02-27 2027-03-01', (line('1', '2000'),), '6000.00 0.00 420.00 6420.00 6420.00'
    ),
    'over the new year: 30, 31, 1, 2': Example(
        '2026-12-30 2027-01-02', (line('1', '750'),), '3000.00 0.00 210.00 3210.00 3210.00'
    ),
    # Discounts come off before VAT, and never below nothing.
    'five thousand off': Example(
        TEN_DAYS, (line('4', '2500'),), '100000.00 5000.00 6650.00 101650.00 101650.00', discount='5000'
    ),
    'ten per cent off': Example(ONE_DAY, (line('1', '2500'),), '2500.00 250.00 157.50 2407.50 2407.50', discount='10%'),
    'more off than there is': Example(
        ONE_DAY, (line('1', '1000'),), '1000.00 1000.00 0.00 0.00 500.00', discount='5000', deposit='500'
    ),
    'all of it off': Example(ONE_DAY, (line('1', '9999.99'),), '9999.99 9999.99 0.00 0.00 0.00', discount='100%'),
    'more than all of it off': Example(
        ONE_DAY, (line('1', '1000'),), '1000.00 1000.00 0.00 0.00 0.00', discount='150%'
    ),
    'a discount of 0.025': Example(ONE_DAY, (line('1', '0.20'),), '0.20 0.03 0.01 0.18 0.18', discount='12.5%'),
    # 33.33 % of 999.99 is 333.296667; 7 % of the remaining 666.69 is 46.6683.
    'a third off': Example(ONE_DAY, (line('1', '999.99'),), '999.99 333.30 46.67 713.36 713.36', discount='33.33%'),
    # Optional lines count once they are ticked.
    'an optional line that nobody ticked': Example(
        TEN_DAYS, (line('4', '2500'), line('1', '500', optional=True)), '100000.00 0.00 7000.00 107000.00 107000.00'
    ),
    'an optional line that was ticked': Example(
        TEN_DAYS,
        (line('4', '2500'), line('1', '500', optional=True, ticked=True)),
        '105000.00 0.00 7350.00 112350.00 112350.00',
    ),
    'nothing but optional lines': Example(
        ONE_DAY, (line('1', '5000', optional=True),), '0.00 0.00 0.00 0.00 1000.00', deposit='1000'
    ),
    'a percentage of what counts': Example(
        ONE_DAY,
        (line('1', '20000'), line('1', '10000', optional=True)),
        '20000.00 2000.00 1260.00 19260.00 19260.00',
        discount='10%',
    ),
    # VAT to the whole baht, half a baht up: 86.415, 3.50, 3.4993.
    'VAT to the baht': Example(ONE_DAY, (line('1', '1234.50'),), '1234.50 0.00 86.00 1320.50 1320.50', vat_to='1'),
    'VAT of half a baht': Example(ONE_DAY, (line('1', '50'),), '50.00 0.00 4.00 54.00 54.00', vat_to='1'),
    'VAT of not quite half a baht': Example(ONE_DAY, (line('1', '49.99'),), '49.99 0.00 3.00 52.99 52.99', vat_to='1'),
    'another rate of VAT': Example(ONE_DAY, (line('1', '1000'),), '1000.00 0.00 100.00 1100.00 1100.00', vat='10'),
    'a broken rate of VAT': Example(ONE_DAY, (line('1', '1000.05'),), '1000.05 0.00 63.00 1063.05 1063.05', vat='6.3'),
    # 10,800 + 13,500 + 3,500 = 27,800, less 800.
    'three kinds, a discount and a deposit': Example(
        '2026-12-01 2026-12-03',
        (line('2', '1800'), line('1', '4500'), line('1', '3500', 'piece')),
        '27800.00 800.00 1890.00 28890.00 43890.00',
        discount='800',
        deposit='15000',
    ),
    'hours of labour': Example(TEN_DAYS, (line('2.25', '450', 'piece'),), '1012.50 0.00 70.88 1083.38 1083.38'),
    # 36,500 x 99,999.99 = 3,650,000,000 - 365.
    'a year of everything': Example(
        '2027-01-01 2027-12-31',
        (line('100', '99999.99'),),
        '3649999635.00 0.00 255499974.45 3905499609.45 3905499609.45',
    ),
}


@pytest.mark.parametrize('name', EXAMPLES)
def test_a_quote_comes_to_what_was_worked_out_by_hand(name: str) -> None:
    example = EXAMPLES[name]
    totals = example.entry.totals(Decimal(example.vat), Decimal(example.vat_to))
    found = (totals.subtotal, totals.discount, totals.vat, totals.grand_total, totals.total_due)
    assert ' '.join(map(str, found)) == example.comes_to


def test_there_are_forty_of_them_and_more() -> None:
    assert len(EXAMPLES) >= 40


async def test_what_is_written_down_is_what_was_shown_while_it_was_typed(db: str) -> None:
    customer, by = await nimman(), await bo()
    for name, example in EXAMPLES.items():
        if (example.vat, Decimal(example.vat_to)) != ('7', SATANG):
            continue
        entry = replace(example.entry, expires_on=None)
        quote = await Quote.draft(customer, entry, by=by)
        kept = await Quote.get(id=quote.id)
        found = (kept.subtotal, kept.discount, kept.vat, kept.grand_total, kept.total_due)
        assert ' '.join(map(str, found)) == example.comes_to, name
