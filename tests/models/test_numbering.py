"""Numbers are gapless within their series and year, whoever issues at the same moment."""

import asyncio
from datetime import UTC, date, datetime

import pytest
import time_machine

from models import Business, Invoice, Series, next_number, one_change
from tests.world import SKYPANELS, an_invoice, bo, nimman

pytestmark = pytest.mark.usefixtures('db')


async def test_each_series_and_each_year_counts_from_one() -> None:
    async with one_change():
        numbers = [
            await next_number(Series.INVOICE, date(2026, 12, 31)),
            await next_number(Series.INVOICE, date(2027, 1, 1)),
            await next_number(Series.RECEIPT, date(2026, 12, 31)),
            await next_number(Series.INVOICE, date(2026, 12, 31)),
        ]
    assert numbers == ['INV-2026-0001', 'INV-2027-0001', 'RC-2026-0001', 'INV-2026-0002']


async def test_the_year_turns_at_midnight_in_bangkok() -> None:
    customer = await nimman()
    with time_machine.travel(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), tick=False):
        assert (await an_invoice(customer)).number == 'INV-2026-0001'
    with time_machine.travel(datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), tick=False):
        assert (await an_invoice(customer)).number == 'INV-2027-0001'


async def test_the_firm_may_choose_its_own_prefix() -> None:
    customer = await nimman()
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), prefixes={'INV': 'IV'})
    assert ((await an_invoice(customer)).number or '').startswith('IV-')


async def test_a_number_given_back_is_given_again() -> None:
    customer, by = await nimman(), await bo()
    drafts = [await Invoice.draft(customer, lines=[SKYPANELS], by=by) for _ in range(12)]

    async def issue(position: int, draft: Invoice) -> None:
        async with one_change():
            await draft.issue(by=by)
            if position % 3 == 0:
                raise RuntimeError('power cut')

    await asyncio.gather(*(issue(n, draft) for n, draft in enumerate(drafts)), return_exceptions=True)
    issued = await Invoice.filter(number__not_isnull=True)
    assert sorted(int((invoice.number or '')[-4:]) for invoice in issued) == list(range(1, 9))
