"""What happens by itself once a day: where somebody was, and on which browser, is forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.clock import keep_up
from models import (
    AccessCode,
    Device,
    DeviceRight,
    LimitCount,
    PortalLink,
    PortalVisit,
    Presence,
    RightKind,
    Staff,
    StaffSession,
    VisitOrigin,
    now,
)
from tests.world import KEYS, a_link, bo, nimman

pytestmark = pytest.mark.usefixtures('db')
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)'


async def test_addresses_and_browsers_are_forgotten_after_four_hundred_days_and_not_before() -> None:
    link, _ = await a_link(await nimman())
    device = await Device.known(b'1' * 32, user_agent=IPHONE)
    await PortalVisit.view(link, device_id=device.id, ip='203.0.113.9', user_agent=IPHONE)
    staff = await Staff.get(id=(await bo()).staff_id)
    session = await StaffSession.open(staff, digest=b'2' * 32, user_agent=IPHONE, ip='203.0.113.9')
    await LimitCount.count('token:203.0.113.9', timedelta(minutes=10))

    with time_machine.travel(now() + timedelta(days=399)):
        await keep_up()
        assert (await VisitOrigin.get()).ip == '203.0.113.9'
        assert (await Device.get()).user_agent == (await StaffSession.get()).user_agent == IPHONE
    with time_machine.travel(now() + timedelta(days=401)):
        await keep_up()
    assert (await VisitOrigin.get()).ip == (await PortalLink.get()).first_viewed_ip == '203.0.113.0/24'
    assert (await Device.get()).user_agent == (await VisitOrigin.get()).user_agent == ''
    session = await StaffSession.get(id=session.id)
    assert session.user_agent == session.ip == ''
    assert await PortalVisit.all().count() == 1
    assert not await LimitCount.exists()


async def test_browsers_that_left_nothing_behind_are_forgotten_after_thirty_days_and_no_others() -> None:
    link, _ = await a_link(await nimman())
    looked, unlocked, asked, here, none = [await Device.known(bytes([number]) * 32) for number in range(5)]
    await PortalVisit.view(link, device_id=looked.id, ip='203.0.113.9', user_agent=IPHONE)
    await DeviceRight.give(RightKind.UNLOCKED, link_id=link.id, device_id=unlocked.id, at=now())
    await AccessCode.ask(link, device_id=asked.id, secret=KEYS.new_code_secret())
    await Presence.begin(link, device_id=here.id, program_id=link.id)
    with time_machine.travel(now() + timedelta(days=29)):
        await keep_up()
        assert await Device.all().count() == 5
    with time_machine.travel(now() + timedelta(days=31)):
        late = await Device.known(b'late' * 8)
        await keep_up()
        left = {device.id for device in await Device.all()}
    assert left == {looked.id, unlocked.id, asked.id, here.id, late.id}
    assert (await Device.known(bytes([4]) * 32)).id != none.id  # who comes back after all is somebody new


async def test_a_session_in_use_keeps_its_browser_for_the_list_of_sessions() -> None:
    staff = await Staff.get(id=(await bo()).staff_id)
    session = await StaffSession.open(staff, digest=b'2' * 32, user_agent=IPHONE)
    await StaffSession.filter(id=session.id).update(created_at=now() - timedelta(days=500))
    await keep_up()
    assert (await StaffSession.get(id=session.id)).user_agent == IPHONE
