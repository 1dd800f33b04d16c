"""Who is let in and who is not: status codes, what a dead link says, previews, and what every answer carries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.responses import HTMLResponse
from httpx import ASGITransport, AsyncClient
from nicegui import Client
from nicegui.testing import User
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.security import FRAMEWORK, Answer, Shell, is_ours, may_connect
from models import Business, PortalLink, now
from tests.world import a_link, a_sent_quote, an_invoice, bo, nimman, pay, ploy, typed

CARD_LIMIT = 1024
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15'


async def test_an_unknown_or_malformed_link_is_not_found_and_names_the_firm_only(portal: User) -> None:
    await nimman()
    for token in ('1' * 22, 'short', '0' * 22, 'x' * 400, '%00' * 22, '..%2f..%2fetc'):
        answer = await portal.http_client.get(f'/p/{token}', headers={'accept-language': 'en'})
        assert answer.status_code == 404
        assert 'This link is not valid' in answer.text
        assert 'Siam Light &amp; Grip' in answer.text
        assert '02 123 4567' in answer.text
        assert 'Nimman' not in answer.text


async def test_a_sign_that_no_database_can_keep_leads_nowhere_wherever_it_stands_in_an_address(portal: User) -> None:
    customer = await nimman()
    _, token = await a_link(customer)
    http = portal.http_client
    for path in (f'/p/{token}/pay/%00.png', f'/p/{token}/papers/%00/x.pdf', '/verify?id=%00'):
        assert (await http.get(path)).status_code == 404
    assert (await http.get(f'/p/{token}/invoices/%00?part=%00')).status_code == 200


async def test_a_link_that_is_over_says_how_in_the_readers_language(portal: User) -> None:
    customer = await nimman()
    expired, revoked = await a_link(customer), await a_link(customer)
    await PortalLink.filter(id=expired[0].id).update(expires_at=now() - timedelta(seconds=1))
    await revoked[0].revoke(by=await bo())
    said = {
        ('en', expired[1]): 'This link has ended',
        ('th', expired[1]): 'ลิงก์นี้สิ้นสุดแล้ว',
        ('en', revoked[1]): 'This link has been revoked',
        ('th', revoked[1]): 'ลิงก์นี้ถูกยกเลิกแล้ว',
    }
    for (language, token), words in said.items():
        for inner in ('', '/jobs', '/invoices/INV-1'):
            answer = await portal.http_client.get(f'/p/{token}{inner}', headers={'accept-language': f'{language}-XX'})
            assert answer.status_code == 410
            assert words in answer.text
            assert 'hello@siamlight.test' in answer.text
            assert 'Nimman' not in answer.text
            assert 'นิมมาน' not in answer.text


async def test_a_dead_link_speaks_the_devices_language_then_the_browsers_then_the_firms(portal: User) -> None:
    await bo()
    http = portal.http_client
    assert 'ลิงก์นี้ไม่ถูกต้อง' in (await http.get(f'/p/{"1" * 22}', headers={'accept-language': 'de'})).text
    assert (
        'This link is not valid' in (await http.get(f'/p/{"1" * 22}', headers={'accept-language': 'de, en;q=0.5'})).text
    )
    http.cookies.set('lang', 'th')
    assert 'ลิงก์นี้ไม่ถูกต้อง' in (await http.get(f'/p/{"1" * 22}', headers={'accept-language': 'en'})).text


async def test_signing_ends_the_quotes_link_and_paying_the_invoices(portal: User) -> None:
    customer = await nimman()
    quote, invoice = await a_sent_quote(customer), await an_invoice(customer)
    (_, to_quote), (_, to_invoice) = await a_link(quote), await a_link(invoice)
    assert (await portal.http_client.get(f'/p/{to_quote}')).status_code == 200
    assert (await portal.http_client.get(f'/p/{to_invoice}')).status_code == 200
    await quote.accept(version=1, signature=typed(), by=ploy())
    await pay(invoice, 107000)
    assert (await portal.http_client.get(f'/p/{to_quote}')).status_code == 410
    assert (await portal.http_client.get(f'/p/{to_invoice}')).status_code == 410


async def test_nobody_who_is_turned_away_costs_a_page(portal: User) -> None:
    customer = await nimman()
    link, token = await a_link(customer)
    await link.revoke(by=await bo())
    for path in (token, '1' * 22, f'{token}/jobs'):
        await portal.http_client.get(f'/p/{path}')
    await portal.http_client.get(f'/p/{(await a_link(customer))[1]}', headers={'user-agent': 'WhatsApp/2.24'})
    assert not Client.instances


@pytest.mark.parametrize(
    'robot',
    [
        'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
        'facebookexternalhit/1.1;line-poker/1.0',
        'WhatsApp/2.24.1 A',
        'Slackbot-LinkExpanding 1.0',
        'Twitterbot/1.0',
        'TelegramBot (like TwitterBot)',
        'Mozilla/5.0 (compatible; Discordbot/2.0)',
    ],
)
async def test_a_preview_shows_the_firms_name_and_nothing_of_the_customer(portal: User, robot: str) -> None:
    _, token = await a_link(await nimman())
    answer = await portal.http_client.get(f'/p/{token}', headers={'user-agent': robot})
    assert answer.status_code == 200
    assert 'og:title' in answer.text
    assert 'Siam Light' in answer.text
    assert 'Nimman' not in answer.text
    assert len(answer.content) <= CARD_LIMIT


@pytest.mark.parametrize(
    'browser',
    [
        f'{IPHONE} (KHTML, like Gecko) Safari Line/15.9.0',
        f'{IPHONE} [FBAN/FBIOS;FBAV/520.0;FBDV/iPhone15]',
        'Mozilla/5.0 (Linux; Android 15; SM-S921B) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36',
    ],
)
async def test_a_phone_inside_a_chat_is_a_person(portal: User, browser: str) -> None:
    _, token = await a_link(await nimman())
    answer = await portal.http_client.get(f'/p/{token}', headers={'user-agent': browser})
    assert 'Hello, Khun Ploy' in answer.text


async def test_choosing_a_language_leads_back_into_the_portal_and_nowhere_else(portal: User) -> None:
    _, token = await a_link(await nimman())
    home = f'/p/{token}'
    for at, back in {
        f'{home}/jobs/JOB-2026-0001': f'{home}/jobs/JOB-2026-0001',
        'https://evil.example/': home,
        '//evil.example/': home,
        f'{home}//evil.example': home,
        f'{home}@evil.example': home,
        f'{home}/..\\evil': home,
        '/p/another': home,
    }.items():
        answer = await portal.http_client.get(f'{home}/language/th', params={'at': at}, follow_redirects=False)
        assert (answer.status_code, answer.headers['location']) == (303, back)
        assert 'lang=th' in answer.headers['set-cookie']
    assert (await portal.http_client.get(f'{home}/language/xx')).status_code == 404


async def test_before_the_firm_is_set_up_no_link_is_valid(portal: User) -> None:
    answer = await portal.http_client.get(f'/p/{"1" * 22}', headers={'accept-language': 'en'})
    assert answer.status_code == 404
    assert 'This link is not valid' in answer.text


async def test_the_logo_has_an_address_of_its_own_and_cannot_run_scripts(portal: User) -> None:
    firm = await Business.get(id=(await _founded()).id)
    await firm.set(logo_light=b'\x89PNG\r\n\x1a\nlight', version=2)
    _, token = await a_link(await nimman())
    found = re.search(r'src="(/logo/[0-9a-f]{12}/light)"', (await portal.http_client.get(f'/p/{token}')).text)
    assert found
    answer = await portal.http_client.get(found[1])
    assert answer.content.endswith(b'light')
    assert answer.headers['content-type'] == 'image/png'
    assert 'immutable' in answer.headers['cache-control']
    assert 'sandbox' in answer.headers['content-security-policy']


async def test_every_portal_page_carries_its_guards(portal: User) -> None:
    _, token = await a_link(await nimman())
    for path, status in ((f'/p/{token}', 200), (f'/p/{"1" * 22}', 404)):
        answer = await portal.http_client.get(path, headers={'x-forwarded-prefix': '//evil.example'})
        assert answer.status_code == status
        assert answer.headers['referrer-policy'] == 'no-referrer'
        assert answer.headers['x-content-type-options'] == 'nosniff'
        assert 'noindex' in answer.headers['x-robots-tag']
        policy = answer.headers['content-security-policy']
        assert "frame-ancestors 'none'" in policy
        nonce = re.search(r"'nonce-([\w-]+)'", policy)
        assert nonce
        assert all(f'nonce="{nonce[1]}"' in tag for tag in re.findall(r'<script[^>]*>', answer.text))
        assert 'evil.example' not in answer.text
        assert answer.headers['cache-control'] == 'no-store'


async def test_who_asks_for_another_house_is_refused(portal: User) -> None:
    _, token = await a_link(await nimman())
    for path in (f'/p/{token}', '/sign-in', '/_nicegui_ws/socket.io/?EIO=4&transport=polling'):
        for host in ('evil.example', 'evil.example:80', 'test.evil.example', '[', ''):
            answer = await portal.http_client.get(path, headers={'host': host})
            assert (answer.status_code, answer.text) == (400, 'This address is not served here.')
    assert (await portal.http_client.get(f'/p/{token}', headers={'host': '192.168.1.20:8080'})).status_code == 200


async def test_a_page_of_another_site_opens_no_connection(portal: User, caplog: pytest.LogCaptureFixture) -> None:
    await bo()
    door = '/_nicegui_ws/socket.io/?EIO=4&transport=polling'
    for origin, status in (('https://evil.example', 400), ('null', 400), ('http://test', 200)):
        assert (await portal.http_client.get(door, headers={'origin': origin})).status_code == status
    caplog.clear()  # the first one is rightly told as an error


async def test_the_first_screen_stands_before_any_style_sheet_or_script_that_could_hold_it_back(portal: User) -> None:
    _, token = await a_link(await nimman())
    html = (await portal.http_client.get(f'/p/{token}')).text
    assert '@import' not in html
    assert html.index('id="first"') < html.index('rel="stylesheet"') < html.index('id="esm-fallback"')
    assert html.index('earlyTap') < html.index('id="first"')
    assert 'quasar.umd' not in html
    assert 'dompurify.mjs' not in html


async def test_an_open_page_keeps_nothing_of_the_html_that_it_was_served(portal: User) -> None:
    _, token = await a_link(await nimman())
    await portal.open(f'/p/{token}')
    await portal.should_see('Nimman')
    assert portal.client is not None
    assert '<style' not in portal.client.head_html
    assert 'id="first"' not in portal.client.body_html


async def test_the_way_out_keeps_nothing_of_a_page_though_the_page_keeps_the_way_out() -> None:
    ways_out: list[Send] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        ways_out.append(send)
        await HTMLResponse('<p>Nimman</p>')(scope, receive, send)

    async with AsyncClient(transport=ASGITransport(Shell(page, 'http://test')), base_url='http://test') as http:
        assert 'Nimman' in (await http.get('/p/any')).text
    [answer] = ways_out
    assert isinstance(answer, Answer)
    assert answer.chunks == []


async def test_that_an_asset_is_missing_is_kept_by_nobody(portal: User) -> None:
    """While a new version is started a page of the one may ask the other, and would lack the file for a year."""
    for path in (f'{FRAMEWORK}static/none.js', f'{FRAMEWORK}components/0/none.js', '/assets/0123456789ab/none.css'):
        answer = await portal.http_client.get(path)
        assert (answer.status_code, answer.headers['cache-control']) == (404, 'no-store')


async def test_assets_come_small_and_may_be_kept_for_ever(portal: User) -> None:
    _, token = await a_link(await nimman())
    http = portal.http_client
    html = (await http.get(f'/p/{token}')).text
    own = re.findall(r'"(/assets/[^"]+\.(?:js|css))"', html)
    framework = re.findall(r'"(/_nicegui/[^"]+\.js)"', html)
    assert own
    assert framework
    for path in {*own, *(path for path in framework if 'vue.esm' in path)}:
        answer = await http.get(path, headers={'accept-encoding': 'br, gzip'})
        assert answer.status_code == 200
        assert answer.headers['content-encoding'] == 'br'
        assert 'immutable' in answer.headers['cache-control']
    assert (await http.get(own[0].replace('/assets/', '/assets/x'))).status_code == 404
    assert (await http.get('/assets/0/words/en/portal.toml')).status_code == 404


async def test_who_fetches_the_page_of_a_link_without_end_takes_no_more_than_its_share(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('pages.portal.door.MOST_PAGES', 3)
    (_, token), (_, another) = await a_link(await nimman()), await a_link(await a_sent_quote())
    answers = [(await portal.http_client.get(f'/p/{token}')).status_code for _ in range(5)]
    assert (answers, len(Client.instances)) == ([200, 200, 200, 429, 429], 3)
    assert (await portal.http_client.get(f'/p/{another}')).status_code == 200


async def test_a_file_is_kept_once_by_whichever_roundabout_address_it_is_asked_for() -> None:
    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        await Response('the framework', media_type='text/javascript')(scope, receive, send)

    shell, name = Shell(file, 'http://test'), f'{FRAMEWORK}static/quasar.js'
    async with AsyncClient(transport=ASGITransport(shell), base_url='http://test') as http:
        for path in (name, *(name.replace('quasar', f'{way}quasar') for way in ('%2e/', '%2e/%2e/', '/', 'x/%2e%2e/'))):
            assert (await http.get(path)).text == 'the framework'
    assert list(shell.kept) == [name]


async def test_of_an_agent_without_end_only_the_beginning_is_looked_through(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through: list[str] = []

    def look_through(agent: str) -> str:
        looked_through.append(agent)
        return ''

    monkeypatch.setattr('pages.portal.visitor.robot', look_through)
    await portal.http_client.get(f'/p/{"1" * 22}', headers={'user-agent': 'x' * 60_000})
    assert [len(agent) for agent in looked_through] == [1000]


def test_only_our_own_names_and_numbers_are_ours() -> None:
    ours = 'https://portal.example'
    for host in ('portal.example', 'portal.example:443', 'PORTAL.example', 'localhost:8080', '10.0.0.7', '[::1]:8080'):
        assert is_ours(host, ours), host
    assert is_ours('rent.example', ours, {'rent.example'})
    for host in ('', 'evil.example', 'portal.example.evil.example', 'portal.example@evil.example', '['):
        assert not is_ours(host, ours), host


def test_only_our_own_pages_may_open_a_websocket() -> None:
    ours = 'https://portal.example'
    assert may_connect(ours, 'portal.example', ours)
    assert may_connect(None, 'portal.example', ours)
    assert may_connect('http://192.168.1.20:8080', '192.168.1.20:8080', 'http://localhost:8080')
    assert not may_connect('https://evil.example', 'portal.example', ours)
    assert not may_connect('https://evil.example', 'evil.example', ours)
    assert not may_connect('http://192.168.1.20:8080', '192.168.1.21:8080', ours)
    assert not may_connect('http://[', 'portal.example', ours)


async def _founded() -> Business:
    await bo()
    return await Business.the()
