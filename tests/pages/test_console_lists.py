"""No list of the console ends without a word: it says how many are left, and shows them on a press."""

from __future__ import annotations

import pytest
from nicegui.testing import User

from models import Quote
from tests.pages.counter import counter, sees, sit_down, tap
from tests.world import a_held_deposit, an_invoice, bo, nimman

__all__ = ['counter']


@pytest.mark.parametrize(
    ('screen', 'numbers'),
    [
        ('/quotes', 'QT-{year}-000{n}'),
        ('/jobs/list', 'JOB-{year}-000{n}'),
        ('/invoices', 'INV-{year}-000{n}'),
        ('/deposits', 'DEP-{year}-000{n}'),
    ],
)
async def test_a_list_says_how_many_are_left_and_shows_them(
    counter: User, monkeypatch: pytest.MonkeyPatch, screen: str, numbers: str
) -> None:
    await sit_down(counter)
    customer = await nimman()
    for _ in range(5):
        deposit = await a_held_deposit(customer)
        invoice = await an_invoice(customer)
        if screen == '/jobs/list':  # a job brings a draft invoice, which would stand before the others
            await (await Quote.get(id=deposit.quote_id)).create_job(by=await bo())
    year = str(invoice.number).split('-')[1]
    monkeypatch.setattr('pages.console.listing.AT_ONCE', 2)
    monkeypatch.setattr('pages.console.jobs.AT_ONCE', 2)
    await counter.open(screen)
    await sees(counter, numbers.format(year=year, n=5))
    await sees(counter, '3 left')
    await counter.should_not_see(numbers.format(year=year, n=1))
    tap(counter, 'more')
    await sees(counter, '1 left')
    tap(counter, 'more')
    await sees(counter, numbers.format(year=year, n=1))
    await counter.should_not_see('Show more')
