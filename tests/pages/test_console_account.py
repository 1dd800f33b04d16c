"""One's own account: the password, the code at sign-in, the browsers, and what comes by e-mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
import time_machine
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from app.keys import keys
from app.passwords import hash_password
from app.sessions import digest_of
from app.words import words
from models import Role, Staff, StaffSession, now
from tests.pages.work import counter, forge, misses, pick, saves, sees, sit_down, tap, write
from tests.world import a_person, bo

__all__ = ['counter']
PASSWORD = 'correct horse battery'


async def nok(**facts: Any) -> Staff:
    return await Staff.get(email='nok.owner@siamlight.test', **facts)


async def with_password(user: User) -> StaffSession:
    session = await sit_down(user)
    await Staff.filter(id=session.staff_id).update(password_hash=await hash_password(PASSWORD))
    return session


async def with_codes(staff: Staff, recovery: str = 'abcdefghij') -> str:
    secret = pyotp.random_base32()
    digests = [keys().recovery_digest(recovery)]
    await staff.begin_codes(keys().seal_totp(secret), step=0, recovery_digests=digests, by=staff.actor)
    return secret


async def post(user: User, path: str, **typed: str) -> httpx.Response:
    return await user.http_client.post(path, data=typed, headers={'host': 'localhost:8080'}, follow_redirects=False)


def carried_in(page: str) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_a_new_password_wants_the_old_one_and_signs_the_others_out(counter: User) -> None:
    session = await with_password(counter)
    await StaffSession.open(await nok(), digest=digest_of('elsewhere'))
    await counter.open('/account')
    await sees(counter, 'Present password')
    write(counter, 'old', 'something else')
    write(counter, 'new', 'a much better password')
    counter.find('Change Password').click()
    await sees(counter, 'This is not your present password.')
    write(counter, 'old', PASSWORD)
    counter.find('Change Password').click()
    await sees(counter, 'Every other browser is signed out')
    alive = await StaffSession.filter(ended_at=None).values_list('id', flat=True)
    assert alive == [session.id]
    assert (await post(counter, '/sign-in', email='nok.owner@siamlight.test', password=PASSWORD)).status_code == 422


async def test_the_code_that_an_app_scans_is_plain_enough_for_a_camera(counter: User) -> None:
    await sit_down(counter, language='th')
    await counter.open('/account')
    tap(counter, 'turn-on')
    await sees(counter, 'สแกนด้วยแอป')
    [region] = counter.find(marker='totp').elements
    drawn = re.search(r'viewBox="0 0 (\d+) ', getattr(region, 'html', ''))
    assert drawn and int(drawn[1]) <= 65  # modules, on less than 200 pixels


async def test_a_code_is_asked_for_from_the_moment_the_app_has_shown_one(counter: User) -> None:
    await with_password(counter)
    await counter.open('/account')
    tap(counter, 'turn-on')
    await sees(counter, 'Scan this')
    [region] = counter.find(marker='totp').elements
    found = re.search(r'class="link block">([A-Z2-7 ]+)<', getattr(region, 'html', ''))
    assert found
    totp = pyotp.TOTP(found[1].replace(' ', ''))
    write(counter, 'password', PASSWORD)
    write(counter, 'code', '000000' if totp.at(now()) != '000000' else '111111')
    saves(counter)
    await sees(counter, 'This code is not right')
    write(counter, 'code', totp.at(now()).translate({ord('0') + n: ord('๐') + n for n in range(10)}))
    saves(counter)
    await sees(counter, 'Each opens once')
    staff = await nok()
    assert staff.totp_cipher is not None and len(staff.recovery_digests) == 10
    assert found[1].replace(' ', '').encode() not in bytes(staff.totp_cipher)
    await sees(counter, 'Recovery codes left: 10')


async def test_the_code_is_turned_off_with_the_password_only(counter: User) -> None:
    await with_password(counter)
    await with_codes(await nok())
    await counter.open('/account')
    tap(counter, 'turn-off')
    await sees(counter, 'Turn off the code at sign-in?')
    saves(counter)
    await sees(counter, 'This is not your present password.')
    assert (await nok()).totp_cipher is not None
    write(counter, 'password', PASSWORD)
    saves(counter)
    await sees(counter, 'Signing in no longer asks for a code')
    assert (await nok()).totp_cipher is None


async def test_the_door_asks_for_the_code_and_takes_it_once(counter: User) -> None:
    await bo()
    staff = await a_person(Role.SALES, password_hash=await hash_password(PASSWORD))
    secret = await with_codes(staff)
    first = await post(counter, '/sign-in', email=staff.email, password=PASSWORD, next='/quotes')
    assert first.status_code == 200 and 'one-time-code' in first.text and 'set-cookie' not in first.headers
    carried, code = carried_in(first.text), pyotp.TOTP(secret).at(now())
    wrong = await post(counter, '/sign-in/code', carried=carried, code='12', next='/quotes')
    assert wrong.status_code == 422 and 'This code is not right' in wrong.text
    right = await post(counter, '/sign-in/code', carried=carried, code=code, next='/quotes')
    assert (right.status_code, right.headers['location']) == (303, '/quotes')
    assert 'HttpOnly' in right.headers['set-cookie']
    again = await post(counter, '/sign-in/code', carried=carried, code=code)
    assert again.status_code == 422 and 'already used' in again.text
    paper = await post(counter, '/sign-in/code', carried=carried, code='abcde-fghij')
    assert paper.status_code == 303


@pytest.mark.parametrize('carried', ['', 'nonsense', 'old'])
async def test_nobody_comes_to_the_code_without_the_password(counter: User, carried: str) -> None:
    await bo()
    staff = await a_person(Role.SALES, password_hash='-')
    secret = await with_codes(staff)
    if carried == 'old':
        with time_machine.travel(now() - timedelta(minutes=6)):
            carried = keys().half_way(str(staff.id))
    answer = await post(counter, '/sign-in/code', carried=carried, code=pyotp.TOTP(secret).at(now()))
    assert answer.status_code == 422 and 'Too much time has passed' in answer.text
    assert not await StaffSession.exists(staff_id=staff.id)


async def test_a_browser_elsewhere_is_signed_out_from_here(counter: User) -> None:
    await with_password(counter)
    agent = 'Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36'
    other = await StaffSession.open(await nok(), digest=digest_of('elsewhere'), user_agent=agent)
    await counter.open('/account')
    await sees(counter, 'Chrome · Windows')
    tap(counter, 'sign-out-there', str(other.id))
    await misses(counter, 'Chrome · Windows')
    assert await StaffSession.find(digest_of('elsewhere')) is None


async def test_the_browser_of_somebody_else_is_out_of_reach(counter: User) -> None:
    await with_password(counter)
    somebody = await a_person(Role.SALES, 'Ann')
    theirs = await StaffSession.open(somebody, digest=digest_of('theirs'))
    await StaffSession.open(await nok(), digest=digest_of('elsewhere'))
    await counter.open('/account')
    await sees(counter, 'Where you are signed in')
    forge(counter, 'sign-out-there', str(theirs.id))
    await sees(counter, 'not there any more')
    tap(counter, 'sign-out-others')
    await sees(counter, 'Signed out everywhere else')
    assert await StaffSession.find(digest_of('theirs')) is not None
    assert await StaffSession.find(digest_of('elsewhere')) is None


async def test_each_kind_of_notice_can_be_kept_out_of_the_mailbox(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/account')
    await sees(counter, 'A customer asks a question')
    pick(counter, 'question_asked', False)
    [button] = [one for one in counter.find(marker='save').elements if getattr(one, 'text', '') == 'Save']
    UserInteraction(counter, {button}, None).click()
    await sees(counter, 'Saved')
    assert (await nok()).quiet_notices == ['question_asked']


async def test_every_role_has_an_account(counter: User) -> None:
    await sit_down(counter, Role.CREW, language='th')
    await counter.open('/account')
    await sees(counter, 'บัญชีของฉัน')


async def test_every_browser_says_since_when_and_from_where_it_is_signed_in(counter: User) -> None:
    await with_password(counter)
    chrome = {'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0', 'host': 'localhost:8080'}
    typed = {'email': 'nok.owner@siamlight.test', 'password': PASSWORD}
    yesterday = now() - timedelta(days=1)
    with time_machine.travel(yesterday):
        await StaffSession.open(
            await nok(), digest=digest_of('other'), user_agent=chrome['user-agent'], ip='203.0.113.9'
        )
    await counter.http_client.post('/sign-in', data=typed, headers=chrome, follow_redirects=False)
    here = await StaffSession.all().order_by('-created_at').first()
    assert here is not None and here.ip
    await counter.open('/account')
    await sees(counter, f'since {words("en").moment(yesterday)} · 203.0.113.9')
    await sees(counter, f'since {words("en").moment(here.created_at)} · {here.ip}')
    with time_machine.travel(now() + timedelta(days=500)):
        await StaffSession.forget_agents(now() - timedelta(days=400))
    assert not await StaffSession.exclude(ip='', user_agent='').exists()


async def test_browsers_may_fill_in_passwords_where_one_is_asked_for(counter: User) -> None:
    await with_password(counter)
    await counter.open('/account')
    await sees(counter, 'Present password')
    asked = {marker: counter.find(marker=marker).elements.pop().props['autocomplete'] for marker in ('old', 'new')}
    assert asked == {'old': 'current-password', 'new': 'new-password'}
