"""No list of the console ends without a word: it says how many are left, and shows them on a press."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from nicegui.testing import User

from models import (
    Activity,
    Claim,
    ContactEntry,
    Device,
    Module,
    Notice,
    PortalVisit,
    Presence,
    Program,
    Quote,
    Role,
    now,
)
from tests.conftest import Psql
from tests.pages.counter import counter, quietly_given, sees, sit_down, tap
from tests.world import a_held_deposit, a_job, a_link, a_person, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay

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
    await sees(counter, 'Showing 2 of 5. Search to find the others.')
    await counter.should_not_see(numbers.format(year=year, n=1))
    tap(counter, 'more')
    await sees(counter, '1 left')
    if screen in ('/invoices', '/deposits'):  # what others write meanwhile is counted at once
        await (an_invoice(customer) if screen == '/invoices' else a_held_deposit(customer))
        await sees(counter, 'Showing 4 of 6.')
        await sees(counter, numbers.format(year=year, n=6))
    tap(counter, 'more')
    await sees(counter, numbers.format(year=year, n=1))
    await counter.should_not_see('Show more')


@pytest.mark.parametrize('screen', ['/invoices', '/deposits'])
async def test_a_role_of_which_no_open_page_has_heard_yet_reads_no_more_of_a_list(
    counter: User, psql: Psql, screen: str
) -> None:
    session = await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await counter.open(screen)
    await sees(counter, 'No invoices yet' if screen == '/invoices' else 'No deposits yet')
    await quietly_given(psql, Role.CREW, session.staff_id)
    await (an_invoice(customer) if screen == '/invoices' else a_held_deposit(customer))
    tap(counter, 'filter', 'PAID' if screen == '/invoices' else 'HELD')
    await sees(counter, 'Your role does not allow this')


@pytest.mark.parametrize('screen', ['/invoices', '/jobs/list', '/settings/audit'])
async def test_who_searches_in_vain_reads_why(counter: User, psql: Psql, screen: str) -> None:
    session = await sit_down(counter)
    await a_person(Role.OWNER, 'Ann')
    await counter.open(screen)
    await counter.should_see(marker='search', retries=50)
    await psql(f"update staff_session set digest = '\\x00' where id = '{session.id}'")
    counter.find(marker='search').type('nimman')
    await sees(counter, 'You are signed out. Please sign in again')


@pytest.mark.parametrize(
    ('screen', 'typed'),
    [
        ('/quotes', '+66 81 234'),
        ('/jobs', '081-234-5678'),
        ('/jobs/list', '(081) 23'),
        ('/invoices', '๐๘๑ ๒๓๔ ๕๖๗๘'),
        ('/deposits', '66812345678'),
    ],
)
async def test_what_a_caller_has_is_found_by_the_telephone_number(counter: User, screen: str, typed: str) -> None:
    await sit_down(counter)
    for customer in (await nimman(), await a_stranger()):
        await a_job(customer)
        await an_invoice(customer)
    await counter.open(screen)
    await sees(counter, 'Nimman Film')
    await sees(counter, 'Ladprao Studio')
    counter.find(marker='search').type(typed)
    await counter.should_not_see('Ladprao Studio', retries=50)
    await sees(counter, 'Nimman Film')


async def test_the_end_of_a_documents_number_is_no_telephone_number(counter: User) -> None:
    await sit_down(counter)
    await an_invoice(await a_stranger())
    await an_invoice(await nimman(contacts=[ContactEntry('Ployphan', '02 100 0001')]))
    await counter.open('/invoices')
    await sees(counter, 'Nimman Film')
    await sees(counter, 'Ladprao Studio')
    counter.find(marker='search').type('0001')
    await counter.should_not_see('Nimman Film', retries=50)
    await sees(counter, 'Ladprao Studio')


async def test_what_customers_say_they_paid_and_certificates_owed_do_not_end_without_a_word(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer)
    for amount in (101, 102, 103):
        invoice = await an_invoice(customer)
        await Claim.make(invoice, amount=Decimal(amount), key=uuid4(), by=link.grant().actor)
        await pay(await an_invoice(customer), 102000, withheld=Decimal(5000))
    monkeypatch.setattr('pages.console.payments.AT_ONCE', 2)
    monkeypatch.setattr('pages.console.certificates.AT_ONCE', 2)
    for screen, last in (('/payments', '฿103.00'), ('/invoices/certificates', f'INV-{now().year}-0006')):
        await counter.open(screen)
        await sees(counter, 'Show more · 1 left')
        await counter.should_not_see(last)
        tap(counter, 'more')
        await sees(counter, last)
        await counter.should_not_see('Show more')


async def test_customers_links_what_happened_and_letters_do_not_end_without_a_word_either(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter)
    customer = await nimman()
    for _ in range(3):
        await a_link(customer)
        await a_stranger()
        await a_sent_quote(customer)
    for place in ('pages.console.customers.AT_ONCE', 'pages.console.register.AT_ONCE', 'pages.parts.letters.FIRST'):
        monkeypatch.setattr(place, 2)
    monkeypatch.setattr('pages.parts.history.PAGE', 4)
    for screen, left in (('/customers', '2 left'), ('/links', '4 left')):
        await counter.open(screen)
        await sees(counter, left)
        tap(counter, 'more')
        tap(counter, 'more')
        await counter.should_not_see('Show more')
    happened = await Activity.filter(customer_id=customer.id).count()
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, f'{happened - 4} left')
    await sees(counter, 'Show more · 1 left')
    tap(counter, 'more')  # of the letters, which stand above
    await counter.should_not_see('Show more · 1 left')


async def test_the_bell_says_how_many_notices_are_left(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await sit_down(counter)
    customer, by = await nimman(), await bo()
    for _ in range(3):
        await Notice.tell(
            'link_requested', module=Module.CUSTOMERS, owner_id=session.staff_id, by=by, customer_id=customer.id
        )
    monkeypatch.setattr('pages.parts.bell.AT_ONCE', 2)
    await counter.open('/customers')
    tap(counter, 'bell')
    await sees(counter, 'Show more · 1 left')
    tap(counter, 'more')
    await counter.should_not_see('Show more')


async def test_the_customer_list_says_who_is_looking_and_what_nobody_has_opened(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/customers')
    await sees(counter, 'Never opened')
    device, program = await Device.known(b'1' * 32), uuid4()
    await Program.alive(program)
    await PortalVisit.view(link, device_id=device.id, ip='', user_agent='')
    await sees(counter, 'Live · 30 days')
    presence = await Presence.begin(link, device_id=device.id, program_id=program)
    await sees(counter, 'Viewing now')
    await presence.leave()
    await sees(counter, 'Live · 30 days')
