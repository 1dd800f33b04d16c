"""The page that asks for a code: what it says and offers follows from what was sent, on whatever way one comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import time_machine
from nicegui.testing import User

from app.settings import SmsGateway, settings
from models import AccessCode, Business, CodePolicy, Customer, Outbox, PortalLink, StaffSession, now
from pages.portal.code import six_digits
from tests.pages.counter import sit_down
from tests.world import KEYS, a_link, a_sent_quote, bo, nimman


@pytest.fixture
async def asking(portal: User, monkeypatch: pytest.MonkeyPatch) -> tuple[User, PortalLink, str]:
    """A phone before a link of a firm that asks everyone for a code, and has a gateway for short messages."""
    monkeypatch.setattr('app.settings._in_use', replace(settings(), sms=SmsGateway('http://127.0.0.1:9/send')))
    link, token = await a_link(await nimman())
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=CodePolicy.EVERYONE)
    return portal, link, token


async def test_opening_the_page_sends_nothing_and_shows_nothing(asking: tuple[User, PortalLink, str]) -> None:
    phone, _, token = asking
    for path in ('', '/jobs', '/invoices'):
        page = await phone.http_client.get(f'/p/{token}{path}')
        assert 'One more step' in page.text
        assert 'Ploy' not in page.text and 'Nimman' not in page.text
    assert '08•-•••-•678' in page.text
    assert not await AccessCode.exists()


async def test_without_any_way_out_one_is_asked_to_call(
    asking: tuple[User, PortalLink, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _, token = asking
    monkeypatch.setattr('app.settings._in_use', replace(settings(), sms=None, mail=None))
    page = await phone.http_client.get(f'/p/{token}')
    assert 'Please call us' in page.text and 'code/send' not in page.text


async def test_a_code_that_staff_read_aloud_opens_the_page_of_whom_nothing_can_be_sent(
    asking: tuple[User, PortalLink, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, link, token = asking
    monkeypatch.setattr('app.settings._in_use', replace(settings(), sms=None, mail=None))
    page = await phone.http_client.get(f'/p/{token}')
    assert 'autocomplete="one-time-code"' in page.text and buttons(page.text) == {'Open': True}
    secret = KEYS.new_code_secret()
    await AccessCode.read_aloud(link, secret=secret, by=await bo())
    opened = await phone.http_client.post(f'/p/{token}/code', data={'digits': secret.digits})
    assert (opened.status_code, opened.headers['location']) == (303, f'/p/{token}')
    assert 'Khun Ploy' in (await phone.http_client.get(f'/p/{token}')).text


async def test_a_press_sends_a_code_and_the_right_one_opens_this_device_only(
    asking: tuple[User, PortalLink, str], another: Callable[[], User]
) -> None:
    phone, link, token = asking
    digits = await sent(phone, link, token)
    refused = await tried(phone, token, wrong(digits))
    assert refused.status_code == 403
    assert 'This code is not right' in refused.text
    opened = await tried(phone, token, f'{digits[:3]} {digits[3:]}')
    assert (opened.status_code, opened.headers['location']) == (303, f'/p/{token}')
    assert 'Ploy' in (await phone.http_client.get(f'/p/{token}')).text
    assert 'One more step' in (await another().http_client.get(f'/p/{token}')).text
    assert await AccessCode.filter(link_id=link.id).count() == 1


async def test_a_code_that_a_double_tap_sends_twice_at_once_opens_the_page(
    asking: tuple[User, PortalLink, str],
) -> None:
    phone, link, token = asking
    digits = await sent(phone, link, token)
    answers = await asyncio.gather(*(tried(phone, token, digits) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4  # the browser shows the last


async def test_whoever_comes_back_from_the_message_finds_where_the_code_went_and_where_to_enter_it(
    asking: tuple[User, PortalLink, str], another: Callable[[], User]
) -> None:
    phone, _, token = asking
    with time_machine.travel('2026-11-22 06:58:30Z', tick=False):  # 13:58 in Bangkok
        await phone.http_client.get(f'/p/{token}')
        answer = await phone.http_client.post(f'/p/{token}/code/send')
        assert (answer.status_code, answer.headers['location']) == (303, f'/p/{token}')
        page = (await phone.http_client.get(f'/p/{token}')).text
        assert 'A 6‑digit code is on its way by SMS to 08•-•••-•678.' in page
        await (await Outbox.get(template='code')).sent()
        for path in ('', '/jobs', '/code/send'):
            page = (await phone.http_client.get(f'/p/{token}{path}')).text
            assert 'We have sent a 6‑digit code by SMS to 08•-•••-•678.' in page
            assert 'Valid until 14:08, on this device only.' in page
            assert buttons(page) == {'Open': True, 'Send a new code': False}
            assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page
        phone.http_client.cookies.set('lang', 'th')
        assert 'เราส่งรหัส 6 หลักทาง SMS ไปที่ 08•-•••-•678 แล้ว' in (await phone.http_client.get(f'/p/{token}')).text
        elsewhere = (await another().http_client.get(f'/p/{token}')).text
        assert 'we send a 6‑digit code' in elsewhere and buttons(elsewhere)['Send code']
    phone.http_client.cookies.set('lang', 'en')
    with time_machine.travel('2026-11-22 07:08:31Z', tick=False):
        page = (await phone.http_client.get(f'/p/{token}')).text
        assert 'we send a 6‑digit code' in page and buttons(page)['Send code']


async def test_asked_too_soon_the_code_that_is_out_can_still_be_entered(asking: tuple[User, PortalLink, str]) -> None:
    phone, link, token = asking
    await sent(phone, link, token)
    page = (await phone.http_client.post(f'/p/{token}/code/send')).text
    assert 'less than a minute ago' in page and buttons(page)['Open']


async def test_a_code_that_nothing_took_is_not_said_to_be_sent(asking: tuple[User, PortalLink, str]) -> None:
    phone, link, token = asking
    await sent(phone, link, token)
    await (await Outbox.get(template='code')).failed('no such number')
    letter = await Outbox.get(template='code', medium='Mail')
    page = (await phone.http_client.get(f'/p/{token}')).text
    assert f'by e-mail to {letter.recipient[0]}•••@' in page and buttons(page)['Open']
    await letter.failed('no such mailbox')
    page = (await phone.http_client.get(f'/p/{token}')).text
    assert 'We could not send the code by e-mail to' in page
    assert buttons(page)['Send a new code']


async def test_of_a_code_that_was_read_aloud_nobody_says_that_it_was_sent(
    asking: tuple[User, PortalLink, str],
) -> None:
    phone, link, token = asking
    secret = KEYS.new_code_secret()
    await AccessCode.read_aloud(link, secret=secret, by=await bo())
    for page in (await phone.http_client.get(f'/p/{token}'), await tried(phone, token, wrong(secret.digits))):
        assert 'Please enter the 6‑digit code that we read to you.' in page.text
        assert 'sent' not in page.text and 'on its way' not in page.text
        assert buttons(page.text) == {'Open': True, 'Send code': False}
    assert (await tried(phone, token, secret.digits)).status_code == 303


async def test_after_the_fifth_wrong_try_one_asks_for_a_new_code(asking: tuple[User, PortalLink, str]) -> None:
    phone, link, token = asking
    digits = await sent(phone, link, token)
    for _ in range(4):
        assert buttons((await tried(phone, token, wrong(digits))).text)['Open']
    for said in ('That was the fifth wrong try', 'There is no valid code'):
        page = (await tried(phone, token, wrong(digits))).text
        assert said in page and 'on its way' not in page and 'We have sent' not in page
        assert buttons(page)['Send a new code'] and not buttons(page)['Open']
        assert '<details' in page.partition('<input')[0]  # only for what was read aloud, and folded away


async def test_a_locked_page_says_so_and_when_it_opens_again(asking: tuple[User, PortalLink, str]) -> None:
    phone, link, token = asking
    with time_machine.travel('2026-11-22 06:58:30Z', tick=False):
        await PortalLink.filter(id=link.id).update(codes_locked_until=now() + timedelta(minutes=40), codes_wrong=10)
        for page in (await phone.http_client.get(f'/p/{token}'), await phone.http_client.post(f'/p/{token}/code/send')):
            assert '<title>This page is locked</title>' in page.text and 'One more step' not in page.text
            assert 'until 14:38' in page.text and 'contact us' in page.text
            assert not buttons(page.text)
        await PortalLink.filter(id=link.id).update(codes_wrong=20)
        page = await phone.http_client.get(f'/p/{token}')
        assert 'only we can open this page again' in page.text and '14:38' not in page.text


async def test_a_page_that_is_open_closes_when_its_customer_is_flagged(portal: User) -> None:
    customer = await nimman()
    _, token = await a_link(customer)
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=CodePolicy.FLAGGED)
    await portal.open(f'/p/{token}')
    await portal.should_see('Khun Ploy')
    await customer.amend(version=customer.version, by=await bo(), wants_code=True)
    await portal.should_not_see('Khun Ploy', retries=50)


async def test_a_colleague_needs_no_code_until_they_are_signed_out(asking: tuple[User, PortalLink, str]) -> None:
    phone, _, token = asking
    session = await sit_down(phone)
    await phone.open(f'/p/{token}')
    await phone.should_see('Khun Ploy')
    await session.end()
    await phone.should_not_see('Khun Ploy', retries=50)


@pytest.mark.parametrize(
    ('policy', 'stays'), [(CodePolicy.EVERYONE, False), (CodePolicy.OFF, True)], ids=['asked for', 'not asked for']
)
async def test_the_page_of_a_colleague_leaves_by_itself_when_their_session_runs_out_and_a_code_is_asked_for(
    asking: tuple[User, PortalLink, str], policy: CodePolicy, stays: bool
) -> None:
    phone, _, token = asking
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=policy)
    session = await sit_down(phone)
    await phone.open(f'/p/{token}')
    await phone.should_see('Khun Ploy')
    # Written before anybody looks: what follows happens without another word from the database.
    ends_at = now() + timedelta(seconds=1)
    await StaffSession.filter(id=session.id).update(ends_at=ends_at)
    if stays:
        with time_machine.travel(ends_at + timedelta(minutes=1)):
            await a_sent_quote(await Customer.get())
            await phone.should_see('Quote waiting for you')
    else:
        await phone.should_not_see('Khun Ploy')
    assert (await StaffSession.get(id=session.id)).ended_at is None


async def test_what_is_entered_as_a_code_is_read_no_further_than_a_code_may_be_long(
    asking: tuple[User, PortalLink, str],
) -> None:
    phone, link, token = asking
    await sent(phone, link, token)
    taken: list[int] = []

    async def without_end() -> AsyncIterator[bytes]:
        yield b'--X\r\ncontent-disposition: form-data; name="digits"; filename="film"\r\n\r\n'
        for piece in range(100):
            taken.append(piece)
            yield b'x' * 10_000
        yield b'\r\n--X--\r\n'

    kind = {'content-type': 'multipart/form-data; boundary=X'}
    answer = await phone.http_client.post(f'/p/{token}/code', content=without_end(), headers=kind)
    assert answer.status_code == 403 and 'One more step' in answer.text
    assert len(taken) < 5


@pytest.mark.parametrize(
    'pasted',
    [
        'รหัส 885316',
        'Your code: 885316.',
        '885-316',
        ' 88 53 16 ',
        '8 8 5 3 1 6',
        '๘๘๕๓๑๖',
        'Siam Light: your access code is 885316, valid for 10 minutes. @rent.siamlight.test #885316',
        'โทร 02 000 0139 รหัส 885-316 ใช้ได้ 10 นาที',
    ],
)
def test_the_six_digits_are_taken_out_of_whatever_is_pasted(pasted: str) -> None:
    assert six_digits(pasted) == '885316'


@pytest.mark.parametrize('typed', ['', '88531', '8853167', 'my code', '²³¹²³¹'])
def test_what_holds_no_six_digits_is_no_code(typed: str) -> None:
    assert six_digits(typed) == ''


async def test_too_few_digits_are_answered_in_the_readers_language_and_cost_no_try(
    asking: tuple[User, PortalLink, str],
) -> None:
    phone, link, token = asking
    digits = await sent(phone, link, token)
    short = await tried(phone, token, digits[:5])
    assert short.status_code == 403 and 'A code has 6 digits' in short.text
    assert (await AccessCode.get(link_id=link.id)).wrong == 0
    assert 'novalidate' in short.text and 'pattern=' not in short.text  # else the browser says it, in its own words
    phone.http_client.cookies.set('lang', 'th')
    assert 'รหัสมี 6 หลัก' in (await tried(phone, token, '')).text
    assert (await tried(phone, token, f'รหัส {digits[:3]}-{digits[3:]} ใช้ได้ 10 นาที')).status_code == 303


async def test_a_link_that_is_over_sends_no_code_and_unlocks_nothing(asking: tuple[User, PortalLink, str]) -> None:
    phone, link, token = asking
    await link.revoke(by=await bo())
    for form in ('code/send', 'code'):
        answer = await phone.http_client.post(f'/p/{token}/{form}', data={'digits': '123456'})
        assert (answer.status_code, answer.headers['location']) == (303, f'/p/{token}')
    assert not await AccessCode.exists()


async def sent(phone: User, link: PortalLink, token: str) -> str:
    """They press `Send code`; what the message will say."""
    await phone.http_client.get(f'/p/{token}')
    await phone.http_client.post(f'/p/{token}/code/send')
    code = await AccessCode.get(link_id=link.id, replaced_at=None)
    return KEYS.code_digits(code.cipher or b'') or ''


async def tried(phone: User, token: str, digits: str) -> httpx.Response:
    return await phone.http_client.post(f'/p/{token}/code', data={'digits': digits})


def wrong(digits: str) -> str:
    return '000000' if digits != '000000' else '111111'


def buttons(page: str) -> dict[str, bool]:
    """What can be pressed, and whether it is the primary act."""
    found = re.findall(r'<button class="([^"]*)"[^>]*>([^<]*)', page)
    return {text: 'ghost' not in kind for kind, text in found}
