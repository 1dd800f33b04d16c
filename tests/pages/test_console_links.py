"""The register of links at the counter: how each stands, live; what may be done with which, and by whom."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import quote as in_address
from uuid import UUID, uuid4

import pytest
import time_machine
from nicegui.testing import User

from app.words import words
from models import (
    BANGKOK,
    SYSTEM,
    AccessCode,
    Activity,
    Business,
    CodePolicy,
    Customer,
    Device,
    LinkState,
    PortalLink,
    PortalVisit,
    Presence,
    Program,
    Role,
    VisitKind,
    end_of_day,
    now,
)
from models.access_code import WRONG_IN_ALL
from pages.parts.link_rows import address_of
from pages.parts.share import message_of, people_of
from tests.conftest import Psql
from tests.pages.counter import choose_of
from tests.pages.work import counter, forge, misses, saves, sees, sit_down, tap, until, write
from tests.world import a_link, a_secret, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay, today

__all__ = ['counter']
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari Line/14.9.0'


async def look(link: PortalLink, name: str = 'phone', ip: str = '203.0.113.9') -> UUID:
    device = await Device.known(name.encode().ljust(32, b'-'))
    await PortalVisit.view(link, device_id=device.id, ip=ip, user_agent=IPHONE)
    return device.id


def choose(user: User, key: str, link: PortalLink) -> None:
    """Take an entry of the ••• of this row."""
    choose_of(user, key, str(link.id))


async def asks_for_codes(policy: CodePolicy = CodePolicy.EVERYONE) -> None:
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=policy)


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


async def test_the_rows_hold_still_whoever_opens_a_link_and_whatever_becomes_of_it(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    links = [(await a_link(customer, note=f'Person {number}'))[0] for number in range(3)]
    await counter.open('/links')
    tap(counter, 'shelf', 'live')
    await until(lambda: 'data-ref="live" aria-pressed="true"' in drawn(counter), lambda: 'the shelf did not open')
    opened = order(counter)
    assert opened == [link.id for link in reversed(links)]
    program = uuid4()
    await Program.alive(program)
    await Presence.begin(links[0], device_id=await look(links[0]), program_id=program)
    await sees(counter, 'Viewing now')
    assert order(counter) == opened
    await links[1].revoke(by=await bo())
    await sees(counter, 'Live 2')
    await sees(counter, 'revoked')
    assert order(counter) == opened
    fresh, _ = await a_link(customer, note='Somebody new')
    await sees(counter, 'Show 1 new link')
    assert order(counter) == opened
    tap(counter, 'fresh')
    await sees(counter, 'Somebody new')
    assert order(counter) == [links[0].id, fresh.id, links[2].id]
    await counter.should_not_see('Show 1 new link')


async def test_the_first_link_of_an_empty_list_comes_by_itself(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/links')
    await sees(counter, 'No links yet')
    await a_link(await nimman())
    await sees(counter, 'Never opened 1')
    await sees(counter, 'Nimman Film')


async def test_what_is_asked_of_a_link_names_it(counter: User) -> None:
    await sit_down(counter)
    await asks_for_codes()
    customer = await nimman()
    links = [(await a_link(customer, note=f'Person {number}'))[0] for number in range(8)]
    name = customer.text('en')
    await counter.open('/links')
    await sees(counter, 'Person 7')
    for key in ('revoke', 'aloud'):
        choose(counter, key, links[3])
        await sees(counter, f'{name} · Everything · Person 3\n')
        counter.find('Not Now').click()
        await misses(counter, 'Person 3\n')
    choose(counter, 'end', links[4])
    await sees(counter, f'{name} · Everything · Person 4')
    tap(counter, 'tick-all')
    await sees(counter, '8 ticked')
    tap(counter, 'revoke')
    await sees(counter, f'{name} · Everything · Person 5\n')
    await sees(counter, 'and 2 more')


async def test_a_link_tells_its_end_alike_wherever_it_is_shown(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    quote = await a_sent_quote(customer)
    paid_for = await an_invoice(customer)
    await a_link(paid_for)
    await pay(paid_for, 107000)
    over, _ = await a_link(customer, expires_at=now() + timedelta(hours=2))
    gone, _ = await a_link(customer)
    await gone.revoke(by=await bo())
    await PortalLink.filter(id=over.id).update(expires_at=end_of_day(today() - timedelta(days=1)))
    w = words('en')
    last, yesterday = w.day(quote.expires_on), w.day(today() - timedelta(days=1))
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, f'ends {last}, end of day')
    await counter.open(f'/invoices/{paid_for.number}')
    await sees(counter, f'paid {w.day(today())}')
    await counter.should_not_see('ends when')
    for place in ('/links', f'/customers/{customer.id}/links'):
        await counter.open(place)
        await sees(counter, f'expired {yesterday}')
        await sees(counter, f'revoked {w.day(today())} by Bo')
        await sees(counter, f'paid {w.day(today())}')
    [link] = await PortalLink.filter(quote_id=quote.id)
    tap(counter, 'audit', str(link.id))
    await sees(counter, f'with the quote, {last}, end of day')
    until, _ = await a_link(customer)
    await until.change_end(end_of_day(quote.expires_on), by=await bo())
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, f'now ends {last}, end of day')


async def test_the_page_of_a_quote_says_that_its_customer_looks_at_it(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    [link] = await PortalLink.filter(quote_id=quote.id)
    invoice = await an_invoice(await Customer.get(id=quote.customer_id))
    bill, _ = await a_link(invoice)
    program = uuid4()
    await Program.alive(program)
    for place, opened in ((f'/quotes/{quote.number}', link), (f'/invoices/{invoice.number}', bill)):
        await counter.open(place)
        await sees(counter, 'never opened')
        presence = await Presence.begin(opened, device_id=await look(opened), program_id=program)
        await sees(counter, 'Viewing now')
        await presence.leave()
        await misses(counter, 'Viewing now')


async def test_the_list_of_quotes_says_which_one_is_looked_at(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    [link] = await PortalLink.filter(quote_id=quote.id)
    program = uuid4()
    await Program.alive(program)
    await counter.open('/quotes')
    await sees(counter, quote.number)
    presence = await Presence.begin(link, device_id=await look(link), program_id=program)
    await sees(counter, 'Viewing now')
    await presence.leave()
    await misses(counter, 'Viewing now')


async def test_whoever_looks_at_a_link_whose_codes_are_locked_is_seen_all_the_same(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await asks_for_codes()
    link, _ = await a_link(await nimman())
    program = uuid4()
    await Program.alive(program)
    await Presence.begin(link, device_id=await look(link), program_id=program)
    await psql(f"update portal_link set codes_wrong = {WRONG_IN_ALL} where id = '{link.id}'")
    await counter.open('/links')
    await sees(counter, 'Codes locked')
    await sees(counter, 'Viewing now')
    choose(counter, 'aloud', link)
    await sees(counter, 'Unlock them first')
    assert not await AccessCode.exists()


async def test_no_code_is_read_aloud_where_none_is_asked_for(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    await sees(counter, 'Nimman Film')
    assert 'aloud' not in drawn(counter)
    choose(counter, 'aloud', link)
    await sees(counter, 'no access code')
    assert not await AccessCode.exists()
    await asks_for_codes()
    await until(lambda: 'aloud' in drawn(counter), lambda: 'it is not offered once codes are asked for')
    await asks_for_codes(CodePolicy.FLAGGED)
    await until(lambda: 'aloud' not in drawn(counter), lambda: 'it is offered for whoever is not flagged')


async def test_a_link_may_end_at_a_time_of_a_day_and_a_past_day_is_refused_as_it_is_typed(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    choose(counter, 'end', link)
    await sees(counter, 'Date…')
    counter.find('Date…').click()
    await counter.should_see(marker='until', retries=50)
    [field] = counter.find(marker='until').elements
    assert (field.props['min'] <= today().isoformat() or now().astimezone(BANGKOK).hour >= 23) and field.props['max']
    write(counter, 'until', (today() - timedelta(days=3)).isoformat())
    await sees(counter, 'from 1 hour to 365 days')
    soon = (now() + timedelta(hours=2)).astimezone(BANGKOK)
    write(counter, 'until', soon.date().isoformat())
    write(counter, 'until_time', f'{soon:%H:%M}')
    await misses(counter, 'from 1 hour to 365 days')
    saves(counter)
    await sees(counter, f'{soon:%H:%M}')
    await until(lambda: ended(link, soon), lambda: 'the link does not end then')


async def ended(link: PortalLink, moment: datetime) -> bool:
    return (await PortalLink.get(id=link.id)).expires_at == moment.replace(second=0, microsecond=0)


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


@pytest.mark.parametrize(
    'screen',
    [
        '/customers',
        '/customers/{customer}',
        '/customers/{customer}/links',
        '/invoices/{invoice}',
        '/links',
        '/links/{link}',
    ],
)
async def test_a_link_that_ends_within_the_day_is_seen_to_end_on_screens_that_are_open(
    counter: User, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    monkeypatch.setattr('pages.bind.TIME_PASSES', 0.05)
    await sit_down(counter)
    customer = await nimman()
    invoice = await an_invoice(customer)
    ends = now() + timedelta(hours=2)
    record = invoice if screen.startswith('/invoices') else customer
    link, _ = await a_link(record, expires_at=ends)
    await PortalLink.filter(id=link.id).update(first_viewed_at=now())
    await counter.open(screen.format(customer=customer.id, invoice=invoice.number, link=link.id))
    await sees(counter, 'Nimman Film')
    await misses(counter, 'Expired')
    with time_machine.travel(ends):
        await sees(counter, 'Expired')


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
    await sees(counter, '1 ticked link is left out')
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
    await asks_for_codes()
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
    assert message.sentence == 'สวัสดี คุณพลอย ดูงานและเอกสารของคุณกับ บริษัท สยาม ไลท์ แอนด์ กริป จำกัด ได้ที่ลิงก์นี้'
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

    async def has_been_copied_thrice() -> bool:
        return await Activity.filter(what='link_copied').count() == 3

    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, f'Portal link {link.public_id} copied')
    await until(has_been_copied_thrice, lambda: 'not every copy is on record')
    lines = await Activity.filter(what='link_copied')
    assert [(line.staff_id, line.customer_id) for line in lines] == [(session.staff_id, customer.id)] * 3


async def test_a_link_that_ends_with_the_day_says_its_last_minute(counter: User) -> None:
    await sit_down(counter)
    await a_sent_quote(expires_on=today())
    await counter.open('/links')
    await sees(counter, 'today, end of day')


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


def order(user: User) -> list[UUID]:
    """The rows of the register from above."""
    return [UUID(row) for row in re.findall(r'<tr id="row-([^"]+)"', drawn(user))]


def drawn(user: User) -> str:
    """All drawn HTML of the page."""
    from pages.parts.region import Region

    assert user.client
    return ''.join(one.html for one in user.client.elements.values() if isinstance(one, Region))
