"""What the door remembers and asks: devices, views, codes, guesses, and who wants a new link."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from nicegui import Client
from nicegui.testing import User

from app.settings import settings
from models import (
    AccessCode,
    Activity,
    Customer,
    Deposit,
    Device,
    EndReason,
    Notice,
    Outbox,
    PortalLink,
    PortalVisit,
    Presence,
    Quote,
    Receipt,
    Signature,
    VisitKind,
    now,
)
from pages.portal.visitor import Seen
from tests.world import KEYS, a_link, a_sent_quote, an_invoice, bo, nimman, pay, ploy

LINE = {'user-agent': 'facebookexternalhit/1.1;line-poker/1.0'}
ENGLISH = {'accept-language': 'en'}


async def seen(user: User, link: PortalLink) -> None:
    """The page was visible for a second: what `seen.js` tells then; waits until it has been written down."""
    before = (await PortalLink.get(id=link.id)).last_viewed_at
    user.find(Seen).trigger('seen')
    async with asyncio.timeout(30):
        while (await PortalLink.get(id=link.id)).last_viewed_at == before:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0.01)


async def test_a_look_makes_a_view_and_a_second_one_soon_after_does_not(portal: User) -> None:
    link, token = await a_link(await nimman())
    for _ in range(2):
        await portal.open(f'/p/{token}')
        await seen(portal, link)
    known = await PortalLink.get(id=link.id)
    assert (known.views, await Device.all().count()) == (1, 1)
    assert known.first_viewed_at is not None
    assert await Activity.filter(what='link_viewed').count() == 1


async def test_fetching_without_looking_is_no_view(portal: User) -> None:
    link, token = await a_link(await nimman())
    for _ in range(3):
        assert (await portal.http_client.get(f'/p/{token}')).status_code == 200
    assert (await portal.http_client.head(f'/p/{token}')).status_code == 200
    assert (await PortalLink.get(id=link.id)).views == 0


async def test_asking_for_a_page_again_and_again_changes_nothing(portal: User) -> None:
    quote = await a_sent_quote()
    _, token = await a_link(quote)

    async def written() -> list[object]:
        """All that a press could change; only that a device was here may be known."""
        tables: list[Any] = [Quote, Deposit, Signature, Activity, Outbox, Notice, AccessCode, PortalLink, PortalVisit]
        return [[row async for row in table.all().order_by('id').values()] for table in tables]

    await portal.http_client.get(f'/p/{token}')
    before = await written()
    for inner in ('', '/privacy', '/code', '/code/send', '/request', '/papers.zip', '/language/th', '/accept', '/pay'):
        for method in ('GET', 'HEAD'):
            for _ in range(3):
                await portal.http_client.request(method, f'/p/{token}{inner}')
    assert await written() == before


async def test_over_https_the_device_is_bound_to_this_host(portal: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.settings._in_use', replace(settings(), public_url='https://rent.siamlight.test'))
    _, token = await a_link(await nimman())
    answer = await portal.http_client.get(f'/p/{token}')
    [cookie] = [value for value in answer.headers.get_list('set-cookie') if 'device=' in value]
    assert cookie.startswith('__Host-device=')
    assert 'Secure' in cookie and 'Path=/' in cookie and 'Domain' not in cookie


async def test_a_chat_preview_shows_the_firm_only_and_is_kept_apart(portal: User) -> None:
    link, token = await a_link(await nimman())
    answer = await portal.http_client.get(f'/p/{token}', headers=LINE)
    assert 'Siam Light &amp; Grip' in answer.text
    assert 'Nimman' not in answer.text and 'Ploy' not in answer.text
    known = await PortalLink.get(id=link.id)
    assert (known.views, known.previewed_by) == (0, 'LINE')
    assert await PortalVisit.filter(kind=VisitKind.PREVIEW).count() == 1
    assert not await Device.exists()


async def test_the_device_is_known_by_a_cookie_no_script_can_read(portal: User) -> None:
    _, token = await a_link(await nimman())
    answer = await portal.http_client.get(f'/p/{token}')
    [cookie] = [value for value in answer.headers.get_list('set-cookie') if value.startswith('device=')]
    assert 'HttpOnly' in cookie and 'SameSite=Lax' in cookie
    secret = cookie.partition('=')[2].partition(';')[0]
    assert len(secret) >= 43
    stored = await Device.get()
    assert secret.encode() not in bytes(stored.digest)


async def test_two_hundred_guesses_are_refused_and_a_right_link_still_opens(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('pages.portal.visitor.SLOWED', 0.0)
    _, token = await a_link(await nimman())
    answers = [
        (await portal.http_client.get(f'/p/{KEYS.new_link_secret().token}', headers=ENGLISH)).status_code
        for _ in range(200)
    ]
    assert answers == [404] * 20 + [429] * 180
    assert (await portal.http_client.get(f'/p/{token}')).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert (await portal.http_client.get(f'/p/{"1" * 22}')).status_code == 404


async def test_whoever_holds_an_ended_link_asks_staff_for_a_new_one_and_learns_nothing(portal: User) -> None:
    quote = await a_sent_quote()
    token = KEYS.link_token((await PortalLink.get(quote_id=quote.id)).cipher or b'')
    await quote.decline(by=ploy())
    page = await portal.http_client.get(f'/p/{token}', headers=ENGLISH)
    assert 'Request a new link' in page.text and 'let us know with this button' in page.text
    for _ in range(2):
        answer = await portal.http_client.post(f'/p/{token}/request', headers=ENGLISH)
        assert (answer.status_code, answer.headers['location']) == (303, f'/p/{token}')
    assert 'Nimman' not in (await portal.http_client.get(f'/p/{token}', headers=ENGLISH)).text
    assert await Notice.filter(what='link_requested').count() == 1


@pytest.mark.parametrize('how', ['declined', 'revoked', 'run out'])
async def test_a_dead_link_remembers_for_an_hour_that_a_new_one_was_asked_for(portal: User, how: str) -> None:
    link, token = await a_link(await nimman())
    ask = 'let us know with this button' if how == 'declined' else 'sk us for a new one'
    with time_machine.travel('2026-11-22 06:58:30Z', tick=False):  # 13:58 in Bangkok
        if how == 'revoked':
            await link.revoke(by=await bo())
        else:
            reason = EndReason.DECLINED if how == 'declined' else None
            await PortalLink.filter(id=link.id).update(end_reason=reason, expires_at=now(), ended_at=reason and now())
        await portal.http_client.post(f'/p/{token}/request')
    with time_machine.travel('2026-11-22 07:58:29Z', tick=False):
        page = await portal.http_client.get(f'/p/{token}', headers=ENGLISH)
        assert page.status_code == 410
        assert 'You asked for a new link at 13:58' in page.text
        assert 'Request a new link' not in page.text and ask not in page.text
        thai = await portal.http_client.get(f'/p/{token}', headers={'accept-language': 'th'})
        assert '13:58 น.' in thai.text and 'ขอลิงก์ใหม่จากเราได้' not in thai.text
    with time_machine.travel('2026-11-22 07:58:31Z', tick=False):
        page = await portal.http_client.get(f'/p/{token}', headers=ENGLISH)
        assert 'Request a new link' in page.text and ask in page.text


async def test_a_form_from_another_site_is_refused(portal: User) -> None:
    quote = await a_sent_quote()
    token = KEYS.link_token((await PortalLink.get(quote_id=quote.id)).cipher or b'')
    await quote.decline(by=ploy())
    foreign = {'sec-fetch-site': 'cross-site'}
    for form in ('request', 'code', 'code/send'):
        assert (await portal.http_client.post(f'/p/{token}/{form}', headers=foreign)).status_code == 403
    assert not await Notice.filter(what='link_requested').exists()


async def test_the_device_that_had_the_invoice_open_keeps_its_view_and_nobody_else(
    portal: User, another: Callable[[], User]
) -> None:
    invoice = await an_invoice()
    link, token = await a_link(invoice)
    await portal.open(f'/p/{token}')
    user_device = await Device.get()
    await Presence.begin(link, device_id=user_device.id, program_id=user_device.id)
    await pay(invoice, 107000)
    kept = await portal.http_client.get(f'/p/{token}')
    assert kept.status_code == 200
    assert re.search(invoice.number or '', kept.text)
    receipt = await Receipt.get(invoice_id=invoice.id)
    assert f'href="/p/{token}/receipts/{receipt.number}"' in kept.text
    sheet = await portal.http_client.get(f'/p/{token}/receipts/{receipt.number}')
    assert f'฿{receipt.amount:,.2f}' in sheet.text and f'href="/p/{token}"' in sheet.text
    elsewhere = await pay(await an_invoice(await Customer.get(id=invoice.customer_id)), 500)
    foreign = await Receipt.get(payment_id=elsewhere.id)
    assert 'Nothing to show here' in (await portal.http_client.get(f'/p/{token}/receipts/{foreign.number}')).text
    stranger = await another().http_client.get(f'/p/{token}', headers=ENGLISH)
    assert stranger.status_code == 410
    await (await PortalLink.get(id=link.id)).revoke(by=await bo())
    assert (await portal.http_client.get(f'/p/{token}')).status_code == 410


async def test_an_address_at_which_nothing_stands_says_so_without_building_a_page(portal: User) -> None:
    await bo()
    before = len(Client.instances)
    answer = await portal.http_client.get('/wp-login.php', headers={'accept': 'text/html', **ENGLISH})
    assert answer.status_code == 404
    assert 'There is nothing at this address' in answer.text and 'Siam Light &amp; Grip' in answer.text
    assert len(Client.instances) == before


async def test_a_shortened_link_closes_its_open_pages_when_its_new_end_comes(portal: User) -> None:
    link, token = await a_link(await nimman())
    await portal.open(f'/p/{token}')
    await portal.should_see('Khun Ploy')
    await PortalLink.filter(id=link.id).update(expires_at=now() + timedelta(seconds=1))
    await portal.should_not_see('Khun Ploy')
