"""Six digits that open a link on one device.

The odds that the limits leave to somebody who holds the link and guesses: 20 wrong tries until only staff unlock, of
1,000,000 codes: 2 in 100,000 before the page is closed to them for good, and never more than 5 tries at one code.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.keys import Keys
from models import (
    AccessCode,
    Activity,
    Actor,
    Business,
    Channel,
    CodePolicy,
    CodeSecret,
    ContactEntry,
    Customer,
    Device,
    DeviceRight,
    Notice,
    Outbox,
    PortalLink,
    Refused,
    RightKind,
    Role,
    now,
)
from tests.world import KEYS, a_link, a_person, bo, nimman

pytestmark = pytest.mark.usefixtures('db')


async def a_device(name: str = 'phone') -> UUID:
    return (await Device.known(name.encode().ljust(32, b'-'))).id


async def ask(link: PortalLink, device: UUID) -> CodeSecret:
    secret = KEYS.new_code_secret()
    await AccessCode.ask(link, device_id=device, secret=secret)
    return secret


async def enter(link: PortalLink, device: UUID, digits: str) -> None:
    await AccessCode.enter(link, device_id=device, digest_of=typed(digits))


def typed(digits: str, keys: Keys = KEYS) -> Callable[[UUID], bytes]:
    return lambda code_id: keys.code_digest(code_id, digits)


def wrong(secret: CodeSecret) -> str:
    return '000000' if secret.digits != '000000' else '111111'


async def asks(policy: CodePolicy) -> None:
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=policy)


async def locked_link(wrong_tries: int) -> tuple[PortalLink, UUID]:
    """A link with that many wrong tries, five at each code, a little more than an hour between the codes."""
    link, _ = await a_link(await nimman())
    device = await a_device()
    start = now()
    for number in range(wrong_tries // 5):
        with time_machine.travel(start + timedelta(minutes=61) * number, tick=False):
            secret = await ask(link, device)
            for _ in range(5):
                with pytest.raises(Refused):
                    await enter(link, device, wrong(secret))
    return link, device


@pytest.mark.parametrize(
    ('policy', 'flagged', 'needed'),
    [
        (CodePolicy.OFF, True, False),
        (CodePolicy.FLAGGED, False, False),
        (CodePolicy.FLAGGED, True, True),
        (CodePolicy.EVERYONE, False, True),
    ],
)
async def test_the_policy_decides_who_is_asked(policy: CodePolicy, flagged: bool, needed: bool) -> None:
    link, _ = await a_link(await nimman(wants_code=flagged))
    await asks(policy)
    assert await AccessCode.needed(link, await a_device()) is needed


async def test_the_right_code_unlocks_this_device_for_twelve_hours() -> None:
    link, _ = await a_link(await nimman())
    device, other = await a_device(), await a_device('laptop')
    await enter(link, device, (await ask(link, device)).digits)
    assert await DeviceRight.holds(RightKind.UNLOCKED, link_id=link.id, device_id=device)
    assert not await DeviceRight.holds(RightKind.UNLOCKED, link_id=link.id, device_id=other)
    with time_machine.travel(now() + timedelta(hours=12, seconds=1)):
        assert not await DeviceRight.holds(RightKind.UNLOCKED, link_id=link.id, device_id=device)


async def test_a_code_goes_by_sms_else_by_mail_else_not_at_all() -> None:
    link, _ = await a_link(await nimman())
    await ask(link, await a_device())
    letter = await Outbox.get(template='code')
    assert (letter.medium, letter.recipient) == ('SMS', '081 234 5678')
    mail, _ = await a_link(await nimman(contacts=[ContactEntry('Ploy', email='ploy@nimman.test')]))
    assert await AccessCode.target(mail) == (Channel.MAIL, 'ploy@nimman.test')


async def test_nothing_stored_or_queued_tells_the_code() -> None:
    link, _ = await a_link(await nimman())
    secret = await ask(link, await a_device())
    code = await AccessCode.get(link_id=link.id)
    letter = await Outbox.get(template='code')
    assert secret.digits.encode() not in bytes(code.digest) + bytes(code.cipher or b'')
    assert secret.digits not in str({name: getattr(letter, name) for name in letter._meta.db_fields})
    await letter.sent()
    assert (await AccessCode.get(id=code.id)).cipher is None


async def test_the_sixth_try_at_a_code_is_not_even_compared() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    secret = await ask(link, device)
    reasons = []
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            await enter(link, device, wrong(secret))
        reasons.append(refused.value.reason)
    assert reasons == ['code_wrong'] * 4 + ['code_spent']
    with pytest.raises(Refused, match='code_none'):
        await enter(link, device, secret.digits)


async def test_a_code_works_once() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    secret = await ask(link, device)
    await enter(link, device, secret.digits)
    with pytest.raises(Refused, match='code_used'):
        await enter(link, device, secret.digits)


async def test_a_code_works_on_the_device_that_asked_for_it() -> None:
    link, _ = await a_link(await nimman())
    secret = await ask(link, await a_device())
    with pytest.raises(Refused, match='code_none'):
        await enter(link, await a_device('thief'), secret.digits)


@pytest.mark.parametrize(('age', 'opens'), [(timedelta(minutes=10), True), (timedelta(minutes=10, seconds=1), False)])
async def test_a_code_lives_ten_minutes_to_the_second(age: timedelta, opens: bool) -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    start = now()
    with time_machine.travel(start, tick=False):
        secret = await ask(link, device)
        asked_at = now()
    with time_machine.travel(asked_at + age, tick=False):
        if opens:
            await enter(link, device, secret.digits)
        else:
            with pytest.raises(Refused, match='code_over'):
                await enter(link, device, secret.digits)


async def test_a_new_code_kills_the_one_before() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    first = await ask(link, device)
    with time_machine.travel(now() + timedelta(minutes=2)):
        second = await ask(link, device)
        if first.digits != second.digits:
            with pytest.raises(Refused, match='code_wrong'):
                await enter(link, device, first.digits)
        await enter(link, device, second.digits)


async def test_codes_are_asked_for_once_a_minute_five_times_an_hour_eight_times_a_day() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    start = now()
    await ask(link, device)
    with pytest.raises(Refused, match='code_too_soon'):
        await ask(link, device)
    for number in range(1, 5):
        with time_machine.travel(start + timedelta(minutes=2 * number), tick=False):
            await ask(link, device)
    with time_machine.travel(start + timedelta(minutes=20), tick=False), pytest.raises(Refused, match='code_hourly'):
        await ask(link, device)
    for number in range(1, 4):
        with time_machine.travel(start + timedelta(hours=1 + number), tick=False):
            await ask(link, device)
    with time_machine.travel(start + timedelta(hours=6), tick=False), pytest.raises(Refused, match='code_daily'):
        await ask(link, device)
    with time_machine.travel(start + timedelta(hours=24, seconds=1), tick=False):
        await ask(link, device)


async def test_ten_wrong_in_a_row_lock_the_page_for_an_hour_and_staff_are_told() -> None:
    await a_person(Role.SALES, 'Ann')
    link, device = await locked_link(10)
    locked = await PortalLink.get(id=link.id)
    assert locked.codes_locked_until is not None
    second_before = locked.codes_locked_until - timedelta(seconds=1)
    with time_machine.travel(second_before, tick=False), pytest.raises(Refused, match='code_locked'):
        await ask(link, device)
    with time_machine.travel(locked.codes_locked_until, tick=False):
        await enter(link, device, (await ask(link, device)).digits)
    assert await Notice.filter(what='code_locked').count() == 1
    assert await Activity.filter(what='code_locked').count() == 1


async def test_after_twenty_wrong_only_staff_unlock() -> None:
    link, device = await locked_link(20)
    with time_machine.travel(now() + timedelta(days=3)):
        with pytest.raises(Refused, match='code_locked_for_good'):
            await ask(link, device)
        await AccessCode.unlock(await PortalLink.get(id=link.id), by=await bo())
        await enter(link, device, (await ask(link, device)).digits)
    assert (await PortalLink.get(id=link.id)).codes_wrong == 0


async def test_staff_may_read_a_fresh_code_aloud_and_it_is_on_record() -> None:
    link, _ = await a_link(await nimman())
    secret = KEYS.new_code_secret()
    with pytest.raises(Refused, match='codes_not_asked'):
        await AccessCode.read_aloud(link, secret=secret, by=await bo())
    await asks(CodePolicy.EVERYONE)
    with pytest.raises(Refused, match='not_allowed'):
        await AccessCode.read_aloud(link, secret=secret, by=Actor('staff', 'Lek', role=Role.CREW))
    await AccessCode.read_aloud(link, secret=secret, by=await bo())
    assert await Activity.filter(what='code_read_aloud', by_name='Bo').count() == 1
    assert (await AccessCode.get(id=secret.id)).cipher is None
    await enter(link, await a_device(), secret.digits)


async def test_a_locked_code_is_unlocked_before_one_is_read_aloud() -> None:
    link, _device = await locked_link(10)
    await asks(CodePolicy.EVERYONE)
    with pytest.raises(Refused, match='codes_locked'):
        await AccessCode.read_aloud(link, secret=KEYS.new_code_secret(), by=await bo())
    await AccessCode.unlock(await PortalLink.get(id=link.id), by=await bo())
    await AccessCode.read_aloud(link, secret=KEYS.new_code_secret(), by=await bo())


async def test_without_phone_and_mail_one_is_asked_to_call() -> None:
    customer = await nimman()
    link, _ = await a_link(customer)
    contacts = await Customer.get(id=customer.id).prefetch_related('contacts')
    contact = contacts.primary_contact
    assert contact is not None
    await contact.set(phone='', email='')
    with pytest.raises(Refused, match='code_no_target'):
        await ask(link, await a_device())


async def test_revoking_takes_the_rights_of_devices_with_it() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    await enter(link, device, (await ask(link, device)).digits)
    await link.revoke(by=await bo())
    assert not await DeviceRight.holds(RightKind.UNLOCKED, link_id=link.id, device_id=device)
