"""Letters are queued with the act, claimed by one program, tried again, and never silently lost."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from models import AccessCode, Activity, Actor, Device, Medium, Notice, Outbox, OutboxState, Refused, Role, Staff, now
from models.outbox import AGAIN_AFTER
from tests.world import KEYS, a_link, a_person, a_sent_quote, an_accepted_quote, bo, nimman, ploy

pytestmark = pytest.mark.usefixtures('db')


async def test_ten_programs_that_ask_at_once_get_each_letter_once() -> None:
    for _ in range(3):
        await a_sent_quote()
    claimed = await asyncio.gather(*(Outbox.claim() for _ in range(10)))
    letters = [letter.id for letter in claimed if letter]
    assert len(letters) == len(set(letters)) == 3
    assert await Outbox.claim() is None


async def test_a_code_that_lives_for_minutes_does_not_stand_behind_letters_that_wait_for_a_slow_server() -> None:
    for _ in range(3):
        await a_sent_quote()
    link, _ = await a_link(await nimman())
    device = await Device.known(b'1' * 32)
    await AccessCode.ask(link, device_id=device.id, secret=KEYS.new_code_secret())
    claimed = [await Outbox.claim() for _ in range(4)]
    assert [letter.template for letter in claimed if letter] == ['code', 'quote', 'quote', 'quote']


async def test_a_letter_claimed_by_a_program_that_died_is_sent_by_another() -> None:
    await a_sent_quote()
    assert await Outbox.claim()
    with time_machine.travel(now() + timedelta(minutes=4)):
        assert await Outbox.claim()


async def test_a_failure_waits_longer_each_time_and_then_staff_are_told() -> None:
    await a_sent_quote()
    at = now()
    for wait in AGAIN_AFTER:
        with time_machine.travel(at, tick=False):
            letter = await Outbox.claim()
            assert letter is not None
            await letter.failed('mailbox full')
            assert (letter.state, letter.next_try_at - now()) == (OutboxState.QUEUED, wait)
            assert await Outbox.claim() is None
        at += wait
    with time_machine.travel(at, tick=False):
        letter = await Outbox.claim()
        assert letter is not None
        await letter.failed('mailbox full')
    stored = await Outbox.get(id=letter.id)
    assert (stored.state, stored.failure) == (OutboxState.FAILED, 'other\nmailbox full')
    notice = await Notice.get(what='letter_failed')
    assert notice.facts['recipient'] == 'ploy@nimman.test'


async def test_retry_starts_over_and_only_what_failed_is_retried() -> None:
    await a_sent_quote()
    letter = await Outbox.claim()
    assert letter is not None
    with pytest.raises(Refused, match='letter_not_failed'):
        await letter.retry(by=await bo())
    await letter.failed('no such host', for_good=True)
    await letter.retry(by=await bo())
    claimed = [await Outbox.claim(), await Outbox.claim()]  # with the letter that tells staff of the failure
    again = next(each for each in claimed if each and each.id == letter.id)
    await again.sent()
    assert (await Outbox.get(id=letter.id)).state is OutboxState.SENT


async def test_a_signature_is_told_to_the_owner_of_the_quote_alone() -> None:
    await a_person(Role.SALES, 'Ann')
    await an_accepted_quote()
    notice = await Notice.get(what='quote_signed')
    assert (await Staff.get(id=notice.staff_id)).name == 'Bo'
    assert await Outbox.filter(notice_id=notice.id, recipient='bo.owner@siamlight.test').count() == 1


async def test_without_an_owner_everybody_who_may_write_is_told() -> None:
    quote = await a_sent_quote()
    await a_person(Role.SALES, 'Ann')
    await a_person(Role.CREW, 'Lek')
    owner = await Staff.get(name='Bo')
    await a_person(Role.OWNER, 'Cee')
    await owner.leave(by=Actor('system', 'System'))
    await quote.decline(by=ploy(), reason='Too late')
    told = {(await Staff.get(id=notice.staff_id)).name for notice in await Notice.all()}
    assert told == {'Ann', 'Cee'}


async def test_who_switched_the_letter_off_still_has_the_bell() -> None:
    quote = await a_sent_quote()
    owner = await Staff.get(name='Bo')
    await owner.set(quiet_notices=['quote_declined'])
    await quote.decline(by=ploy())
    assert await Notice.filter(staff_id=owner.id).count() == 1
    assert not await Outbox.filter(template='notice').exists()


async def test_only_its_reader_reads_a_notice() -> None:
    await an_accepted_quote()
    notice = await Notice.get()
    await notice.read(staff_id=(await a_person(Role.SALES, 'Ann')).id)
    assert (await Notice.get()).read_at is None
    await notice.read(staff_id=notice.staff_id)
    assert (await Notice.get()).read_at is not None


async def test_a_code_that_no_gateway_takes_goes_by_mail() -> None:
    link, _ = await a_link(await nimman())
    device = await Device.known(b'1' * 32)
    await AccessCode.ask(link, device_id=device.id, secret=KEYS.new_code_secret())
    sms = await Outbox.claim()
    assert sms is not None and sms.medium is Medium.SMS
    await sms.failed('the gateway answered 500')
    mail = await Outbox.claim()
    assert mail is not None and (mail.medium, mail.recipient) == (Medium.MAIL, 'ploy@nimman.test')
    assert (await AccessCode.get()).cipher is not None
    await mail.failed('no such mailbox')
    assert (await AccessCode.get()).cipher is None


async def test_a_letter_tried_again_after_a_long_outage_is_not_stale_at_once() -> None:
    await a_sent_quote()
    with time_machine.travel(now() + timedelta(days=4)):
        assert await Outbox.give_up_stale() == 1
        letter = await Outbox.get(template='quote')
        await letter.retry(by=await bo())
        assert await Outbox.give_up_stale() == 0
        assert await Outbox.claim() is not None


async def test_what_waits_after_a_failure_is_sent_now_but_not_while_it_is_being_sent() -> None:
    await a_sent_quote()
    letter = await Outbox.claim()
    assert letter is not None
    await letter.failed('connection refused', cause='unreachable')
    assert await Outbox.claim() is None
    await letter.retry(by=await bo())
    again = await Outbox.claim()
    assert again is not None and (again.id, again.tries) == (letter.id, 1)
    with pytest.raises(Refused, match='letter_not_failed'):
        await letter.retry(by=await bo())


async def test_the_reason_of_a_failure_is_on_record_for_every_reader() -> None:
    await a_sent_quote()
    letter = await Outbox.get(template='quote')
    await letter.failed('550 no such mailbox', cause='address', for_good=True)
    assert (await Activity.get(what='letter_failed')).facts['reason'] == 'letters.failure.address'
    assert (await Notice.get(what='letter_failed')).facts['cause'] == 'address'
