"""Panels with something typed in them: nothing is thrown away unasked, and nobody is asked where nothing was typed."""

from __future__ import annotations

from datetime import date

import pytest
from nicegui.testing import User

from models import Business, ContactEntry, Customer, Refused
from pages.parts.panel import Overlay
from pages.parts.typed import day_typed
from tests.pages.work import counter, forge_one, misses, saves, sees, sit_down, tap, until, write
from tests.world import an_invoice, bo, nimman

__all__ = ['counter']


def leave(user: User) -> None:
    """As Esc does."""
    assert user.client
    top = max((one for one in user.client.elements.values() if isinstance(one, Overlay)), key=lambda one: one.id)
    forge_one(user, top, 'leave', None)


async def test_a_typed_note_is_not_thrown_away_unasked_in_a_panel_that_says_nothing_of_it(counter: User) -> None:
    await sit_down(counter)
    await counter.open(f'/customers/{(await nimman()).id}')
    await sees(counter, 'Generate Portal Link')
    counter.find('Generate Portal Link').click()
    await sees(counter, 'For whom')
    leave(counter)
    await misses(counter, 'For whom')
    counter.find('Generate Portal Link').click()
    await sees(counter, 'For whom')
    write(counter, 'note', 'Accounting')
    leave(counter)
    await sees(counter, 'Throw away what you typed?')
    counter.find(marker='answer-yes').click()
    await misses(counter, 'For whom')


async def test_who_typed_no_amount_and_no_day_is_not_asked(counter: User) -> None:
    await sit_down(counter)
    await counter.open(f'/invoices/{(await an_invoice()).number}')
    await sees(counter, 'Record Payment')
    tap(counter, 'pay')
    await sees(counter, 'Amount received, THB')
    leave(counter)
    await misses(counter, 'Amount received, THB')


async def test_what_is_wrong_is_brought_into_sight(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    brought: list[object] = []
    monkeypatch.setattr('pages.parts.form.call', lambda _function, *field: brought.extend(field))
    counter.find(marker='vat_rate').clear().type('seven')
    saves(counter)
    await sees(counter, 'Please enter a percentage')
    [field] = counter.find(marker='vat_rate').elements
    assert brought == [next(one.html_id for one in field.ancestors() if 'field-group' in one.classes)]


@pytest.mark.parametrize('typed', ['2026-12-01', '2569-12-01'])
def test_a_day_may_be_typed_with_the_year_of_a_thai_calendar(typed: str) -> None:
    assert day_typed(typed) == date(2026, 12, 1)


@pytest.mark.parametrize('typed', ['', '0026-12-01', '2369-12-01', '3026-12-01'])
def test_no_other_year_is_guessed_at(typed: str) -> None:
    with pytest.raises(Refused, match='day_missing'):
        day_typed(typed)


async def test_thai_digits_can_be_typed_where_days_are_counted(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    [field] = counter.find(marker='terms_days').elements
    assert field.props['type'] == 'text'  # a browser's number field takes no others than its own
    write(counter, 'terms_days', '๔๕')
    saves(counter)
    await until(lambda: Business.exists(terms_days=45), lambda: 'the days are not kept')


async def test_what_another_clerk_saved_meanwhile_is_taken_in_and_not_written_over(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Generate Portal Link')
    counter.find('Edit').click()
    await sees(counter, 'Name (as printed)')
    contacts = [ContactEntry('Ployphan Srisuk', '081 999 9999'), ContactEntry('Fah', '02 000 0101')]
    await customer.amend(version=customer.version, by=await bo(), billing_address='9 Rama IV Road', contacts=contacts)
    write(counter, 'notes', 'Bills on the 10th')
    saves(counter)
    await sees(counter, 'Somebody else just saved a change')
    saves(counter)
    await until(lambda: Customer.exists(notes='Bills on the 10th'), lambda: 'the note is not kept')
    saved = await Customer.get(id=customer.id).prefetch_related('contacts')
    assert saved.billing_address == '9 Rama IV Road'
    assert sorted(one.phone for one in saved.contacts) == ['02 000 0101', '081 999 9999']
