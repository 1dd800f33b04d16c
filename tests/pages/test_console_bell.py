"""The bell: rings at once, is there at the next sign-in, leads to the record, and is read only by its reader."""

from __future__ import annotations

import pytest
from nicegui.testing import User

from models import AccessCode, Device, Notice, PortalLink, Quote, Refused, Role, Staff
from models.access_code import WRONG_IN_ALL
from tests.conftest import Psql
from tests.pages.work import counter, forge, misses, saves, sees, sit_down, tap
from tests.world import KEYS, a_link, a_person, a_sent_quote, an_invoice, nimman, ploy

__all__ = ['counter']


async def nok() -> Staff:
    return await Staff.get(email='nok.owner@siamlight.test')


async def a_declined_quote() -> Quote:
    """Declined by the customer; its owner, who sent it, is Bo."""
    quote = await a_sent_quote()
    await quote.decline(reason='Too dear', by=ploy())
    return quote


async def given_to_nok(psql: Psql) -> None:
    await psql(f"update notice set staff_id = '{(await nok()).id}'")


async def test_a_notice_rings_without_a_reload_and_leads_to_the_quote(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await counter.open('/customers')
    await sees(counter, 'Customers')
    await sees(counter, 'Ltd. Customers')
    quote = await a_declined_quote()
    await given_to_nok(psql)
    await sees(counter, 'Ltd. 1 Customers')
    tap(counter, 'bell')
    await sees(counter, f'Quote {quote.number} was declined. Reason: Too dear')
    notice = await Notice.get(staff_id=(await nok()).id)
    tap(counter, 'open', str(notice.id))
    await sees(counter, 'Commercial shoot, Chiang Mai')
    assert (await Notice.get(id=notice.id)).read_at is not None


async def test_what_happened_while_nobody_was_there_is_in_the_bell_at_the_next_sign_in(
    counter: User, psql: Psql
) -> None:
    session = await sit_down(counter)
    await session.end()
    await a_declined_quote()
    await given_to_nok(psql)
    await sit_down(counter)
    await counter.open('/customers')
    await sees(counter, 'Ltd. 1 Customers')


async def test_all_are_marked_as_read_and_only_ones_own(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await a_declined_quote()
    await given_to_nok(psql)
    other = await a_person(Role.SALES, 'Ann')
    theirs = await Notice.create(staff_id=other.id, what='code_locked')
    await counter.open('/customers')
    await sees(counter, 'Customers')
    tap(counter, 'bell')
    await sees(counter, 'was declined')
    forge(counter, 'open', str(theirs.id))
    await sees(counter, 'not there any more')
    await counter.open('/customers')
    await sees(counter, 'Customers')
    tap(counter, 'bell')
    await sees(counter, 'was declined')
    await misses(counter, 'Access codes were locked')
    tap(counter, 'read-all')
    await misses(counter, 'Mark all as read')
    assert (await Notice.get(id=theirs.id)).read_at is None
    assert not await Notice.exists(staff_id=(await nok()).id, read_at=None)


async def test_an_empty_bell_says_what_it_is_for(counter: User) -> None:
    await sit_down(counter, language='th')
    await counter.open('/customers')
    await sees(counter, 'ลูกค้า')
    tap(counter, 'bell')
    await sees(counter, 'ไม่มีเรื่องใหม่')


async def test_a_notice_about_a_link_names_the_customer(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await (await PortalLink.get(id=link.id)).revoke(by=(await nok()).actor)
    await (await PortalLink.get(id=link.id)).ask_for_new()
    await given_to_nok(psql)
    await counter.open('/customers')
    await sees(counter, 'Customers')
    tap(counter, 'bell')
    await sees(counter, 'A new portal link was asked for')
    await sees(counter, 'Nimman Film Co., Ltd. ·')


async def test_a_notice_about_a_link_says_which_and_leads_to_where_a_new_one_is_made(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman(), note='Accounting')
    await (await PortalLink.get(id=link.id)).revoke(by=(await nok()).actor)
    await (await PortalLink.get(id=link.id)).ask_for_new()
    await given_to_nok(psql)
    await counter.open('/customers')
    await sees(counter, 'Customers')
    tap(counter, 'bell')
    await sees(counter, 'A new portal link was asked for: Everything · Accounting')
    tap(counter, 'open', str((await Notice.get(staff_id=(await nok()).id)).id))
    await sees(counter, 'Link: Everything · Accounting')
    await sees(counter, 'A new link was asked for on')
    counter.find(marker='generate').click()
    await sees(counter, 'Ends after')
    saves(counter)
    await sees(counter, 'Link copied')
    await misses(counter, 'A new link was asked for on')


async def test_a_notice_of_locked_codes_leads_to_where_they_are_unlocked(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    link, _ = await a_link(quote, note='Khun Ploy')
    await psql(f"update portal_link set codes_wrong = {WRONG_IN_ALL - 1} where id = '{link.id}'")
    device = await Device.known(b'1' * 32)
    secret = KEYS.new_code_secret()
    await AccessCode.ask(link, device_id=device.id, secret=secret)
    with pytest.raises(Refused, match='code_locked'):
        await AccessCode.enter(link, device_id=device.id, digest_of=lambda _code: b'wrong')
    await given_to_nok(psql)
    await counter.open('/customers')
    await sees(counter, 'Customers')
    tap(counter, 'bell')
    await sees(counter, f'Access codes were locked after wrong tries: {quote.number} · Khun Ploy')
    tap(counter, 'open', str((await Notice.get(what='code_locked')).id))
    await sees(counter, 'Access codes are locked until you unlock them')
    counter.find(marker='unlock').click()
    await sees(counter, 'Codes can be tried again')
    await misses(counter, 'Access codes are locked')


async def test_a_link_by_itself_is_for_whoever_may_read_its_record(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    customer = await nimman()
    invoice = await an_invoice(customer)
    money, _ = await a_link(invoice)
    link, _ = await a_link(customer)
    await counter.open(f'/links/{money.id}')
    await sees(counter, 'Your role does not allow this')
    await counter.open(f'/links/{link.id}')
    await sees(counter, 'Link: Everything')
    await misses(counter, 'Generate Portal Link')
