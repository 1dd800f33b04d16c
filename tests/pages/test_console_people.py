"""Users & Roles: people are invited, come to a password by themselves, and are let in and out by the owner only."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from nicegui.testing import User

from app.keys import keys
from app.letters import compose
from app.passwords import LETTERS, hash_password
from models import Activity, Outbox, PasswordLink, Role, Staff, StaffSession, now
from pages.parts.action import Button
from tests.pages.counter import choose_of, counter, mail_server, sees, sit_down
from tests.pages.work import misses, saves, write
from tests.world import a_firm, a_person

__all__ = ['counter', 'mail_server']

PASSWORD = 'twelve lamps and a tripod'
SAME_SITE = {'sec-fetch-site': 'same-origin', 'origin': 'http://localhost:8080', 'accept-language': 'en'}


async def get(user: User, path: str) -> httpx.Response:
    return await user.http_client.get(path, headers={'accept-language': 'en'})


async def post(user: User, path: str, **typed: str) -> httpx.Response:
    return await user.http_client.post(path, data=typed, headers=SAME_SITE)


async def path_in_the_letter() -> str:
    """Where the button of the letter that waits leads."""
    letter = await compose(await Outbox.get(state='Queued'))
    found = re.search(r'http://localhost:8080(/password/\w+)', letter.text)
    assert found, letter.text
    return found[1]


async def mali_is_invited(user: User) -> Staff:
    await sit_down(user)
    await user.open('/settings/people')
    user.find('Invite').click()
    await sees(user, 'Send Invitation')
    write(user, 'name', 'Mali')
    write(user, 'email', 'mali@siamlight.test')
    user.find('Billing').click()
    await sees(user, 'Invoices, payments and deposits')
    saves(user)
    await sees(user, 'One-time address')
    return await Staff.get(email='mali@siamlight.test')


async def test_who_is_invited_comes_in_by_the_letter_and_works_in_their_role(counter: User, mail_server: None) -> None:
    mali = await mali_is_invited(counter)
    assert mali.role is Role.BILLING
    await sees(counter, 'Invited until')
    path = await path_in_the_letter()
    counter.http_client.cookies.clear()
    page = await get(counter, path)
    assert page.status_code == 200 and 'Welcome, Mali' in page.text
    short = await post(counter, path, password='short')
    assert short.status_code == 422 and 'at least 10' in short.text
    answer = await post(counter, path, password=PASSWORD)
    assert (answer.status_code, answer.headers['location']) == (303, '/customers')
    await sees(counter, 'Signs in')  # the owner, who looks on
    again = await get(counter, path)
    assert again.status_code == 410 and 'opens nothing any more' in again.text
    assert (await post(counter, path, password='another one of my own')).status_code == 410
    counter.http_client.cookies.clear()
    assert (await post(counter, '/sign-in', email='mali@siamlight.test', password=PASSWORD)).status_code == 303


async def test_the_second_of_a_double_press_finds_the_password_chosen_and_comes_in_too(
    counter: User, mail_server: None
) -> None:
    mali = await mali_is_invited(counter)
    path = await path_in_the_letter()
    counter.http_client.cookies.clear()
    presses = await asyncio.gather(*(post(counter, path, password=PASSWORD) for _ in range(2)))
    presses.append(await post(counter, path, password=PASSWORD))  # one that came a moment later
    assert [(one.status_code, one.headers['location']) for one in presses] == [(303, '/customers')] * 3
    assert await Activity.filter(what='staff_joined').count() == 1
    await PasswordLink.filter(staff_id=mali.id).update(used_at=now() - timedelta(minutes=2))
    assert (await post(counter, path, password=PASSWORD)).status_code == 410


async def test_without_a_mail_server_the_address_is_all_there_is(counter: User) -> None:
    await mali_is_invited(counter)
    await sees(counter, 'nothing was mailed')
    asked = await get(counter, '/forgot')
    assert 'No mail server is set here' in asked.text and '<form' not in asked.text


async def test_who_is_only_invited_cannot_sign_in_with_any_password(counter: User, mail_server: None) -> None:
    await mali_is_invited(counter)
    counter.http_client.cookies.clear()
    for password in ('', 'anything at all'):
        answer = await post(counter, '/sign-in', email='mali@siamlight.test', password=password)
        assert answer.status_code == 422


async def test_asking_for_a_new_password_tells_nobody_who_works_here(counter: User, mail_server: None) -> None:
    await a_firm()
    await a_person(Role.OWNER, 'Bo', password_hash=await hash_password(PASSWORD))
    known = await post(counter, '/forgot', email='bo.owner@siamlight.test')
    unknown = await post(counter, '/forgot', email='nobody@siamlight.test')
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace('bo.owner@', 'nobody@') == unknown.text
    assert [letter.recipient for letter in await Outbox.all()] == ['bo.owner@siamlight.test']
    assert (await post(counter, '/forgot', email='bo')).status_code == 422
    for _ in range(LETTERS - 1):
        await post(counter, '/forgot', email='bo.owner@siamlight.test')
    refused = await post(counter, '/forgot', email='bo.owner@siamlight.test')
    assert refused.status_code == 429 and 'several times' in refused.text
    assert await Outbox.all().count() == LETTERS


async def test_a_new_password_signs_out_everywhere_and_leaves_the_second_step(counter: User, mail_server: None) -> None:
    session = await sit_down(counter)
    staff = await Staff.get(id=session.staff_id)
    await staff.begin_codes(keys().seal_totp('A' * 32), step=0, recovery_digests=[], by=staff.actor)
    await post(counter, '/forgot', email=staff.email)
    path = await path_in_the_letter()
    assert (await get(counter, path)).status_code == 200
    answer = await post(counter, path, password=PASSWORD)
    assert answer.status_code == 200 and 'One more step' in answer.text
    assert not await StaffSession.filter(ended_at=None).exists()


async def test_what_no_field_can_hold_is_answered_like_an_unknown_address(counter: User, mail_server: None) -> None:
    await a_firm()
    await a_person()
    for email in ('a' * 300 + '@siamlight.test', 'bo\0@siamlight.test'):
        assert (await post(counter, '/sign-in', email=email, password=PASSWORD)).status_code == 422
        assert (await post(counter, '/forgot', email='x@' + email)).status_code == 200
    assert not await Outbox.exists()


async def test_another_site_can_neither_ask_nor_choose(counter: User, mail_server: None) -> None:
    await mali_is_invited(counter)
    path = await path_in_the_letter()
    foreign = {'sec-fetch-site': 'cross-site', 'origin': 'https://elsewhere.test'}
    for address, typed in (('/forgot', {'email': 'mali@siamlight.test'}), (path, {'password': PASSWORD})):
        answer = await counter.http_client.post(address, data=typed, headers=foreign)
        assert answer.status_code == 403
    assert await PasswordLink.filter(used_at=None).count() == 1


async def test_the_owner_changes_a_role_and_takes_access_away(counter: User) -> None:
    await sit_down(counter)
    ann = await a_person(Role.SALES, 'Ann')
    await StaffSession.open(ann, digest=b'1' * 32)
    await counter.open('/settings/people')
    await sees(counter, 'Ann')
    choose_of(counter, 'role', str(ann.id))
    await sees(counter, 'Customers, quotes and their links')
    counter.find('Operations').click()
    saves(counter)
    await sees(counter, 'Saved')
    assert (await Staff.get(id=ann.id)).role is Role.OPERATIONS
    choose_of(counter, 'leave', str(ann.id))
    await sees(counter, 'access away?')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'Ann can no longer sign in')
    assert await StaffSession.find(b'1' * 32) is None
    await misses(counter, 'ann.sales@siamlight.test')


async def test_to_make_somebody_an_owner_asks_for_ones_own_password(counter: User) -> None:
    session = await sit_down(counter)
    await Staff.filter(id=session.staff_id).update(password_hash=await hash_password(PASSWORD))
    ann = await a_person(Role.SALES, 'Ann')
    await counter.open('/settings/people')
    await sees(counter, 'Ann')
    choose_of(counter, 'role', str(ann.id))
    await sees(counter, 'Customers, quotes and their links')
    counter.find(kind=Button, content='Owner').click()
    await sees(counter, 'Your own password')
    saves(counter)
    await sees(counter, 'This is not your present password')
    assert (await Staff.get(id=ann.id)).role is Role.SALES
    write(counter, 'password', PASSWORD)
    saves(counter)
    await sees(counter, 'Saved')
    assert (await Staff.get(id=ann.id)).role is Role.OWNER


async def test_helping_somebody_back_in_asks_for_ones_own_password(counter: User) -> None:
    session = await sit_down(counter)
    await Staff.filter(id=session.staff_id).update(password_hash=await hash_password(PASSWORD))
    ann = await a_person(Role.SALES, 'Ann')
    await counter.open('/settings/people')
    await sees(counter, 'Ann')
    choose_of(counter, 'hand_out', str(ann.id))
    await sees(counter, 'Your own password')
    write(counter, 'password', 'not this one at all')
    saves(counter)
    await sees(counter, 'This is not your present password')
    assert not await PasswordLink.exists()
    write(counter, 'password', PASSWORD)
    saves(counter)
    await sees(counter, 'within 30 minutes: whoever opens it')
    assert await PasswordLink.filter(staff_id=ann.id, used_at=None).count() == 1
    assert not await Outbox.exists()


async def test_an_admin_sees_who_works_here_and_changes_nobody(counter: User) -> None:
    await sit_down(counter, Role.ADMIN)
    ann = await a_person(Role.SALES, 'Ann')
    await counter.open('/settings/people')
    await sees(counter, 'Ann')
    await misses(counter, 'Invite')
    for act in ('role', 'hand_out', 'leave', 'lift_codes', 'invite_again', 'nothing'):
        choose_of(counter, act, str(ann.id))
        await sees(counter, 'Your role does not allow this')
    assert (await Staff.get(id=ann.id)).left_at is None
    assert not await PasswordLink.exists()


@pytest.mark.parametrize('role', [Role.SALES, Role.BILLING, Role.CREW])
async def test_others_do_not_see_who_works_here(counter: User, role: Role) -> None:
    await sit_down(counter, role)
    await counter.open('/settings/people')
    await sees(counter, 'This is not for your role')


async def test_an_installation_without_anybody_says_how_it_begins(counter: User) -> None:
    page = await get(counter, '/sign-in')
    assert 'set-up address that was printed' in page.text and '<form' not in page.text
