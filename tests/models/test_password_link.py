"""An invitation and a reset open once, for their time, for one person; and an installation keeps an owner."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from models import (
    Activity,
    Actor,
    LinkSecret,
    Module,
    Notice,
    Outbox,
    OutboxState,
    PasswordLink,
    PasswordLinkKind,
    Refused,
    Role,
    Staff,
    StaffSession,
    now,
    rekey,
)
from tests.world import KEYS, a_person, bo

pytestmark = pytest.mark.usefixtures('db')


def a_secret() -> LinkSecret:
    return KEYS.new_password_secret()


async def invite_mali(by: Actor | None = None, **facts: object) -> PasswordLink:
    known = {'name': 'Mali', 'email': 'Mali@siamlight.test ', 'role': Role.SALES, 'secret': a_secret(), **facts}
    return await PasswordLink.invite(by=by or await bo(), **known)  # type: ignore[arg-type]


async def letter_of(link: PasswordLink) -> Outbox:
    return await Outbox.get(password_link_id=link.id)


async def test_who_is_invited_gets_a_letter_and_chooses_a_password() -> None:
    link = await invite_mali()
    mali = await Staff.get(email='mali@siamlight.test')
    assert (mali.joined, mali.role, link.kind) == (False, Role.SALES, PasswordLinkKind.INVITATION)
    letter = await letter_of(link)
    assert (letter.template, letter.recipient, letter.module) == ('invitation', 'mali@siamlight.test', Module.SETTINGS)
    found = await PasswordLink.find(bytes(link.digest))
    assert found
    await found.choose('a hash')
    await mali.refresh_from_db()
    assert (mali.joined, mali.password_hash) == (True, 'a hash')
    assert not await Outbox.exists(template='password_changed')
    done = [line.what for line in await Activity.filter(what__startswith='staff_').order_by('id')]
    assert done == ['staff_enrolled', 'staff_invited', 'staff_joined']


@pytest.mark.parametrize(
    ('facts', 'reason'),
    [
        ({'name': ' '}, 'name_missing'),
        ({'email': 'mali'}, 'email_malformed'),
        ({'email': 'BO.owner@siamlight.test'}, 'email_taken'),
    ],
)
async def test_an_invitation_that_could_not_be_followed_is_refused(facts: dict[str, object], reason: str) -> None:
    by = await bo()
    with pytest.raises(Refused, match=reason):
        await invite_mali(by, **facts)
    assert not await Outbox.exists() and await Staff.all().count() == 1


async def test_of_two_owners_who_invite_the_same_person_at_once_the_second_is_told_so() -> None:
    by = await bo()
    outcomes = await asyncio.gather(*(invite_mali(by) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ['PasswordLink', *['Refused'] * 3]
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {'email_taken'}


async def test_only_an_owner_lets_people_in_and_out() -> None:
    admin, mali = (await a_person(Role.ADMIN, 'Ann')).actor, await a_person(Role.SALES, 'Mali')
    for verb in (
        invite_mali(admin),
        PasswordLink.invite_again(mali, secret=a_secret(), by=admin),
        PasswordLink.hand_out(mali, secret=a_secret(), by=admin),
        mali.change_role(Role.OWNER, by=admin),
        mali.lift_codes(by=admin),
        mali.leave(by=admin),
    ):
        with pytest.raises(Refused, match='not_allowed'):
            await verb


async def test_an_address_opens_once_however_many_press_at_once() -> None:
    link = await invite_mali()
    answers = await asyncio.gather(*(link.choose(f'hash {turn}') for turn in range(4)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ['Refused', 'Refused', 'Refused', 'Staff']
    assert await PasswordLink.find(bytes(link.digest)) is None


async def test_an_invitation_lasts_a_week_and_a_reset_half_an_hour() -> None:
    link, began = await invite_mali(), now()
    nok = await a_person(Role.BILLING, 'Nok')
    reset = await PasswordLink.ask(nok.email, secret=a_secret())
    assert reset and reset.kind is PasswordLinkKind.RESET
    for each, lasts in ((link, timedelta(days=7)), (reset, timedelta(minutes=30))):
        with time_machine.travel(began + lasts - timedelta(seconds=1), tick=False):
            assert await PasswordLink.find(bytes(each.digest))
        with time_machine.travel(began + lasts + timedelta(seconds=2), tick=False):
            assert await PasswordLink.find(bytes(each.digest)) is None
            with pytest.raises(Refused, match='password_link_over'):
                await each.choose('late')


async def test_of_several_letters_the_last_one_counts_and_the_others_leave_no_more() -> None:
    first = await invite_mali()
    second = await PasswordLink.invite_again(await first.staff, secret=a_secret(), by=await bo())
    assert await PasswordLink.find(bytes(first.digest)) is None
    assert await PasswordLink.find(bytes(second.digest))
    assert (await letter_of(first)).state is OutboxState.FAILED
    assert (await letter_of(second)).state is OutboxState.QUEUED
    assert (await PasswordLink.get(id=first.id)).cipher is None
    assert not await Notice.exists()


async def test_whoever_has_joined_is_not_invited_again() -> None:
    link = await invite_mali()
    await link.choose('a hash')
    with pytest.raises(Refused, match='invitation_over'):
        await PasswordLink.invite_again(await Staff.get(id=link.staff_id), secret=a_secret(), by=await bo())


async def test_a_forgotten_password_is_chosen_anew_and_every_browser_signed_out() -> None:
    nok = await a_person(Role.BILLING, 'Nok')
    await nok.begin_codes(b'sealed', step=1, recovery_digests=[], by=nok.actor)
    await StaffSession.open(nok, digest=b'1' * 32)
    link = await PasswordLink.ask(f' {nok.email.upper()}', secret=a_secret())
    assert link and (await letter_of(link)).template == 'reset'
    assert await StaffSession.find(b'1' * 32)  # that somebody asked changes nothing
    await link.choose('another hash')
    assert (await Outbox.get(template='password_changed')).recipient == nok.email
    assert await StaffSession.find(b'1' * 32) is None
    after = await Staff.get(id=nok.id)
    assert (after.password_hash, after.totp_cipher is not None) == ('another hash', True)


async def test_nothing_is_written_for_an_address_that_nobody_has() -> None:
    gone = await a_person(Role.BILLING, 'Nok')
    await gone.leave(by=await bo())
    for email in ('nobody@siamlight.test', gone.email):
        assert await PasswordLink.ask(email, secret=a_secret()) is None
    assert not await PasswordLink.exists() and not await Outbox.exists()


async def test_who_was_invited_and_asks_gets_another_letter_but_no_more_time() -> None:
    first = await invite_mali()
    with time_machine.travel(now() + timedelta(days=3)):
        link = await PasswordLink.ask('mali@siamlight.test', secret=a_secret())
    assert link and (link.kind, link.ends_at) == (PasswordLinkKind.INVITATION, first.ends_at)
    with time_machine.travel(now() + timedelta(days=8)):
        assert await PasswordLink.ask('mali@siamlight.test', secret=a_secret()) is None


async def test_a_password_that_its_owner_changes_ends_what_else_would_change_it() -> None:
    nok = await a_person(Role.BILLING, 'Nok')
    link = await PasswordLink.ask(nok.email, secret=a_secret())
    assert link
    await nok.change_password('new hash', keep=None, by=nok.actor)
    assert await PasswordLink.find(bytes(link.digest)) is None


async def test_access_that_was_taken_away_ends_what_would_give_it_back() -> None:
    link = await invite_mali()
    await (await link.staff).leave(by=await bo())
    assert await PasswordLink.find(bytes(link.digest)) is None
    with pytest.raises(Refused, match='password_link_over'):
        await link.choose('a hash')
    with pytest.raises(Refused, match='invitation_over'):
        await PasswordLink.hand_out(await link.staff, secret=a_secret(), by=await bo())


async def test_who_comes_back_begins_anew() -> None:
    nok = await a_person(Role.ADMIN, 'Nok', password_hash='of before')
    await nok.begin_codes(b'sealed', step=1, recovery_digests=['a'], by=nok.actor)
    await nok.leave(by=await bo())
    link = await invite_mali(name='Nok S.', email=nok.email, role=Role.CREW)
    back = await Staff.get(id=link.staff_id)
    assert back.id == nok.id
    assert (back.name, back.role, back.left_at, back.joined) == ('Nok S.', Role.CREW, None, False)
    assert (back.totp_cipher, back.recovery_digests) == (None, [])


async def test_the_last_owner_stays() -> None:
    owner = await Staff.get(id=(await bo()).staff_id)
    await invite_mali(role=Role.OWNER)  # who has not come yet lets nobody in
    with pytest.raises(Refused, match='last_owner'):
        await owner.leave(by=owner.actor)
    with pytest.raises(Refused, match='last_owner'):
        await owner.change_role(Role.SALES, by=owner.actor)
    await owner.change_role(Role.OWNER, by=owner.actor)
    assert (await Staff.get(id=owner.id)).role is Role.OWNER


async def test_of_two_owners_who_remove_each_other_at_once_one_stays() -> None:
    one, other = await Staff.get(id=(await bo()).staff_id), await a_person(Role.OWNER, 'Ann')
    answers = await asyncio.gather(
        one.leave(by=other.actor), other.change_role(Role.CREW, by=one.actor), return_exceptions=True
    )
    assert [type(answer) for answer in answers].count(Refused) == 1
    assert await Staff.filter(role=Role.OWNER, left_at=None).count() == 1


async def test_another_role_and_codes_that_were_lifted_are_on_record() -> None:
    by, nok = await bo(), await a_person(Role.SALES, 'Nok')
    await nok.change_role(Role.BILLING, by=by)
    await nok.begin_codes(b'sealed', step=1, recovery_digests=['a'], by=nok.actor)
    await nok.lift_codes(by=by)
    with pytest.raises(Refused, match='second_factor_off'):
        await nok.lift_codes(by=by)
    after = await Staff.get(id=nok.id)
    assert (after.role, after.totp_cipher, after.recovery_digests) == (Role.BILLING, None, [])
    said = dict(await Activity.filter(by_name=by.name).values_list('what', 'facts'))
    assert said['staff_role_changed'] == {'name': 'Nok', 'role': 'Billing'}
    assert said['staff_codes_lifted'] == {'name': 'Nok'}


async def test_who_is_only_invited_reads_no_bell() -> None:
    await bo()
    await invite_mali(role=Role.ADMIN)
    await Notice.tell('question_asked', module=Module.QUOTES, owner_id=None, by=Actor('customer', 'Ploy'))
    names = {staff.name for staff in await Staff.filter(id__in=await _told())}
    assert names == {'Bo'}


async def _told() -> list[UUID]:
    return [notice.staff_id for notice in await Notice.all()]


async def test_another_secret_of_the_house_ends_what_could_not_be_read_any_more() -> None:
    link = await invite_mali()
    await rekey(lambda _cipher: None, lambda _cipher: None)
    assert await PasswordLink.find(bytes(link.digest)) is None
    assert (await letter_of(link)).state is OutboxState.QUEUED  # it says so when it is due
