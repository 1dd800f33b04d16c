"""The register of links at the counter: how each stands, live; what may be done with which, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote as in_address
from uuid import UUID, uuid4

import pytest
from nicegui import events
from nicegui.testing import User

from models import (
    SYSTEM,
    AccessCode,
    Activity,
    Customer,
    Device,
    LinkState,
    PortalLink,
    PortalVisit,
    Presence,
    Program,
    Role,
    VisitKind,
    now,
)
from models.access_code import WRONG_IN_ALL
from pages.parts.link_rows import address_of
from pages.parts.row_menu import RowMenu
from pages.parts.share import message_of, people_of
from tests.conftest import Psql
from tests.pages.work import counter, forge, misses, saves, sees, sit_down, tap
from tests.world import a_link, a_secret, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay, today

__all__ = ['counter']
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari Line/14.9.0'


async def look(link: PortalLink, name: str = 'phone', ip: str = '203.0.113.9') -> UUID:
    device = await Device.known(name.encode().ljust(32, b'-'))
    await PortalVisit.view(link, device_id=device.id, ip=ip, user_agent=IPHONE)
    return device.id


def choose(user: User, key: str, link: PortalLink) -> None:
    """Take an entry of the ••• of this row."""
    assert user.client
    [menu] = [one for one in user.client.elements.values() if isinstance(one, RowMenu)]
    said: dict[str, Any] = {'key': key, 'ref': str(link.id)}
    for listener in [one for one in menu._event_listeners.values() if one.type == 'choose']:
        with user.client:
            events.handle_event(
                listener.handler, events.GenericEventArguments(sender=menu, client=user.client, args=said)
            )


async def answer(user: User, yes: str = 'yes') -> None:
    marker = f'answer-{yes}'
    await user.should_see(marker=marker, retries=50)
    user.find(marker=marker).click()


async def test_every_link_says_how_it_stands(counter: User) -> None:
    await sit_down(counter)
    customer, by = await nimman(), await bo()
    invoice = await an_invoice(customer)
    await a_link(invoice)
    await pay(invoice, 107000)
    forwarded, _ = await a_link(customer, note='Accounting')
    for name in ('one', 'two', 'three', 'four'):
        await look(forwarded, name)
    ending, _ = await a_link(customer, expires_at=now() + timedelta(days=3))
    await look(ending)
    fresh, _ = await a_link(await a_stranger())
    await PortalVisit.look(VisitKind.PREVIEW, fresh, ip='', user_agent='line-poker', name='LINE')
    gone, _ = await a_link(customer)
    await gone.revoke(by=by)
    await counter.open('/links')
    for text in ('All 5', 'Live 3', 'Ending in 7 days 1', 'Never opened 1', 'Revoked 1'):
        await sees(counter, text)
    for text in ('Forwarded? 4 devices', 'Accounting', 'Ending', 'in 3 days', 'previewed by LINE', 'Ended', 'by Bo'):
        await sees(counter, text)
    await sees(counter, f'paid {now():%-d}'.split(' ')[0])
    tap(counter, 'shelf', 'never_opened')
    await sees(counter, 'Ladprao Studio')
    await misses(counter, 'Forwarded? 4 devices')


async def test_a_customer_who_opens_the_link_is_seen_at_once(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    await sees(counter, 'Never opened')
    program = uuid4()
    await Program.alive(program)
    device = await look(link)
    presence = await Presence.begin(link, device_id=device, program_id=program)
    await sees(counter, 'Viewing now')
    await presence.leave()
    await misses(counter, 'Viewing now')


async def test_the_search_finds_by_number_and_by_note(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    await a_link(await a_stranger(), note='Khun Fah')
    await counter.open('/links')
    counter.find(marker='search').type(quote.number)
    await misses(counter, 'Ladprao Studio')
    await sees(counter, quote.number)
    counter.find(marker='search').clear().type('khun fah')
    await sees(counter, 'Ladprao Studio')


async def test_the_ticked_links_are_revoked_after_a_question_that_names_their_number(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    links = [(await a_link(customer))[0] for _ in range(3)]
    await counter.open('/links')
    await sees(counter, 'Never opened 3')
    for link in links[:2]:
        tap(counter, 'tick', str(link.id))
    await sees(counter, '2 ticked')
    tap(counter, 'revoke')
    await sees(counter, 'Revoke 2 links?')
    await answer(counter)
    await sees(counter, '2 links revoked')
    await sees(counter, 'Live 1')
    assert await PortalLink.filter(revoked_at=None).values_list('id', flat=True) == [links[2].id]


async def test_no_answer_revokes_nothing(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    await sees(counter, 'Never opened 1')
    tap(counter, 'tick', str(link.id))
    await sees(counter, '1 ticked')
    tap(counter, 'revoke')
    await sees(counter, 'Revoke this link?')
    counter.find('Not Now').click()
    await misses(counter, 'Revoke this link?')
    assert (await PortalLink.get(id=link.id)).state(now()) is LinkState.LIVE


async def test_what_can_be_renewed_gets_a_new_end_and_the_rest_is_named(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await a_sent_quote(customer)
    link, _ = await a_link(customer, expires_at=now() + timedelta(days=2))
    await counter.open('/links')
    await sees(counter, 'in 2 days')
    tap(counter, 'tick-all')
    await sees(counter, '2 ticked')
    tap(counter, 'renew')
    await sees(counter, 'Renew 1 link')
    await sees(counter, '1 of the ticked are left out')
    counter.find('90 days').click()
    saves(counter)
    await sees(counter, '1 link renewed')
    renewed = await PortalLink.get(id=link.id)
    assert timedelta(days=89) < renewed.expires_at - now() <= timedelta(days=90)


async def test_the_end_of_one_link_is_changed(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    choose(counter, 'end', link)
    await sees(counter, '90 days')
    counter.find('90 days').click()
    saves(counter)
    await sees(counter, 'The link now ends')
    assert (await PortalLink.get(id=link.id)).expires_at - now() > timedelta(days=89)


async def test_a_code_is_read_aloud_and_codes_are_unlocked(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await psql(f"update portal_link set codes_wrong = {WRONG_IN_ALL} where id = '{link.id}'")
    await counter.open('/links')
    await sees(counter, 'Codes locked')
    choose(counter, 'unlock', link)
    await sees(counter, 'Codes can be tried again')
    choose(counter, 'aloud', link)
    await answer(counter)
    await sees(counter, 'Valid for 10 minutes')
    assert await AccessCode.filter(link_id=link.id, channel='Spoken').count() == 1
    assert {line.what for line in await Activity.filter(what__startswith='code_')} == {
        'code_unlocked',
        'code_read_aloud',
    }


@pytest.mark.parametrize(('role', 'shown'), [(Role.OWNER, True), (Role.CREW, False), (Role.BILLING, False)])
async def test_addresses_of_visitors_are_for_whoever_manages_the_record(counter: User, role: Role, shown: bool) -> None:
    await sit_down(counter, role)
    link, _ = await a_link(await nimman())
    await look(link)
    await counter.open('/links')
    await sees(counter, 'Nimman Film')
    tap(counter, 'audit', str(link.id))
    await sees(counter, 'First viewed')
    await sees(counter, 'Portal link')
    if shown:
        await sees(counter, '203.0.113.9')
        await sees(counter, 'LINE · iPhone')
    else:
        await misses(counter, '203.0.113')


async def test_crew_see_no_link_to_an_invoice_and_may_touch_none(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    customer = await nimman()
    invoice = await an_invoice(customer)
    money, _ = await a_link(invoice)
    link, _ = await a_link(customer)
    await counter.open('/links')
    await sees(counter, 'All 1')
    await misses(counter, str(invoice.number))
    assert 'data-menu' not in drawn(counter)
    assert 'data-do="tick"' not in drawn(counter)
    for key in ('copy', 'share', 'end', 'unlock', 'aloud', 'revoke'):
        choose(counter, key, link)
        choose(counter, key, money)
    for reference in (str(link.id), str(money.id), 'nonsense'):
        forge(counter, 'tick', reference)
        forge(counter, 'revoke', '')
    forge(counter, 'audit', str(money.id))
    await sees(counter, 'Your role does not allow this')
    await misses(counter, 'First viewed')
    assert not await PortalLink.filter(revoked_at__not_isnull=True)
    assert not await AccessCode.exists()


async def test_the_share_sheet_speaks_the_customers_language(counter: User) -> None:
    await sit_down(counter)
    customer: Customer = await nimman(language='th')
    link, token = await a_link(customer)
    await counter.open('/links')
    choose(counter, 'share', link)
    await sees(counter, 'QR code of the link')
    [ploy_herself] = await people_of(link)
    message = await message_of(link, await address_of(link.id), ploy_herself)
    assert message.url.endswith(f'/p/{token}')
    assert message.sentence == 'สวัสดี คุณพลอย หน้าของคุณกับ บริษัท สยาม ไลท์ แอนด์ กริป จำกัด อยู่ที่นี่'
    text = in_address(f'{message.sentence}\n{message.url}', safe='')
    html = drawn(counter)
    assert f'href="https://line.me/R/share?text={text}"' in html
    assert f'href="sms:0812345678?&amp;body={text}"' in html
    assert f'href="mailto:ploy%40nimman.test?subject={in_address(message.subject, safe="")}&amp;body={text}"' in html
    assert '<svg role="img"' in html


async def test_whoever_copies_a_link_from_the_menu_or_the_share_sheet_is_on_record(counter: User) -> None:
    session = await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer)
    await counter.open('/links')
    await sees(counter, 'Nimman Film')
    choose(counter, 'copy', link)
    await sees(counter, 'Link copied')
    choose(counter, 'share', link)
    await sees(counter, 'QR code of the link')
    assert await Activity.filter(what='link_copied').count() == 1
    for verb in ('copy-text', 'copy-link'):
        tap(counter, verb)
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, f'Portal link {link.public_id} copied')
    lines = await Activity.filter(what='link_copied')
    assert [(line.staff_id, line.customer_id) for line in lines] == [(session.staff_id, customer.id)] * 3


async def test_a_link_that_ends_with_the_day_says_its_last_minute(counter: User) -> None:
    await sit_down(counter)
    await a_sent_quote(expires_on=today())
    await counter.open('/links')
    await sees(counter, 'today, 23:59')


async def test_the_register_speaks_thai(counter: User) -> None:
    await sit_down(counter, language='th')
    customer = await nimman()
    await PortalLink.issue(customer, secret=a_secret(), by=SYSTEM)
    await counter.open('/links')
    await sees(counter, 'ยังไม่เคยเปิดดู 1')
    await sees(counter, 'บริษัท นิมมานฟิล์ม จำกัด')
    assert 'System' not in drawn(counter)
    await counter.open(f'/customers/{customer.id}/links')
    await sees(counter, 'ระบบ · ')


def drawn(user: User) -> str:
    """All drawn HTML of the page."""
    from pages.parts.region import Region

    assert user.client
    return ''.join(one.html for one in user.client.elements.values() if isinstance(one, Region))
