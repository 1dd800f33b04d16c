"""The Audit Log: everything that happened, sought by person, customer or number, and told live."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from nicegui.testing import User

from app.auditing import seal_what_happened
from models import PortalLink, Role, now
from tests.conftest import Psql
from tests.pages.counter import counter, quietly_given, sees, sit_down, tap
from tests.pages.work import misses, write
from tests.world import a_person, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay

__all__ = ['counter']


async def test_everything_that_happened_is_told_the_newest_first_and_live(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/audit')
    await sees(counter, 'The firm was set up')
    await sees(counter, 'The first seal is made within minutes')
    customer = await nimman()
    await sees(counter, 'Customer created')
    await sees(counter, 'Nimman Film Co., Ltd.')
    await customer.archive(revoke_links=False, by=await bo())
    await sees(counter, 'Customer archived')


async def test_it_is_sought_by_what_it_is_about(counter: User) -> None:
    quote, invoice = await a_sent_quote(await nimman()), await an_invoice(await a_stranger())
    link = await PortalLink.get(quote_id=quote.id)
    await pay(invoice, Decimal(1000))
    await sit_down(counter)
    await counter.open('/settings/audit')
    await sees(counter, f'Quote {quote.number} sent')
    tap(counter, 'about', 'money')
    await sees(counter, f'recorded for {invoice.number}')
    await misses(counter, f'Quote {quote.number} sent')
    tap(counter, 'about', 'people')
    await sees(counter, 'The firm was set up')
    await misses(counter, f'recorded for {invoice.number}')
    tap(counter, 'about', '')
    for sought, found, missed in (
        ('nimman', f'Quote {quote.number} sent', f'recorded for {invoice.number}'),
        (str(invoice.number).lower(), f'Invoice {invoice.number} issued', f'Quote {quote.number} sent'),
        (f'{link.public_id}', f'Portal link {link.public_id} made', f'Quote {quote.number} sent'),
        ('Nok', 'Signed in', 'The firm was set up'),
    ):
        write(counter, 'search', sought)
        await sees(counter, found)
        await misses(counter, missed)
    write(counter, 'search', 'nobody at all')
    await sees(counter, 'Nothing found')


async def test_it_says_how_far_it_is_sealed(counter: User) -> None:
    await bo()
    with time_machine.travel(now() + timedelta(minutes=10)):
        await seal_what_happened()
    await sit_down(counter)
    await counter.open('/settings/audit')
    await sees(counter, 'It is sealed up to')


@pytest.mark.parametrize('role', [Role.SALES, Role.OPERATIONS])
async def test_it_is_not_for_every_role(counter: User, role: Role) -> None:
    await sit_down(counter, role)
    await counter.open('/settings/audit')
    await sees(counter, 'This is not for your role')


async def test_who_loses_the_role_while_looking_searches_no_more(counter: User, psql: Psql) -> None:
    session = await sit_down(counter, Role.ADMIN)
    await counter.open('/settings/audit')
    await sees(counter, 'The firm was set up')
    await a_person(Role.OWNER, 'Ann')
    await quietly_given(psql, Role.SALES, session.staff_id)
    tap(counter, 'about', 'people')
    await sees(counter, 'Your role does not allow this')
