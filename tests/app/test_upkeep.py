"""What happens by itself once a day: where somebody was, and on which browser, is forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.clock import keep_up
from models import Device, LimitCount, PortalLink, PortalVisit, Staff, StaffSession, VisitOrigin, now
from tests.world import a_link, bo, nimman

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


async def test_a_session_in_use_keeps_its_browser_for_the_list_of_sessions() -> None:
    staff = await Staff.get(id=(await bo()).staff_id)
    session = await StaffSession.open(staff, digest=b'2' * 32, user_agent=IPHONE)
    await StaffSession.filter(id=session.id).update(created_at=now() - timedelta(days=500))
    await keep_up()
    assert (await StaffSession.get(id=session.id)).user_agent == IPHONE
