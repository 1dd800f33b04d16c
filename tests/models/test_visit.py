"""A view is a person who looked; robots and staff are kept apart."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from models import (
    Activity,
    Device,
    DeviceRight,
    PortalLink,
    PortalVisit,
    Presence,
    Program,
    Refused,
    RightKind,
    VisitKind,
    VisitOrigin,
    now,
)
from models.visit import network_of
from tests.conftest import Psql
from tests.world import a_link, a_sent_quote, an_invoice, bo, nimman, pay, ploy, typed

pytestmark = pytest.mark.usefixtures('db')
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)'


async def a_device(name: str = 'phone') -> UUID:
    return (await Device.known(name.encode().ljust(32, b'-'))).id


async def look(link: PortalLink, device: UUID, ip: str = '203.0.113.9') -> bool:
    return await PortalVisit.view(link, device_id=device, ip=ip, user_agent=IPHONE)


async def test_the_same_device_within_half_an_hour_is_one_view() -> None:
    link, _ = await a_link(await nimman())
    device = await a_device()
    start = now()
    for minutes, counts in ((0, True), (29, False), (31, True)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert await look(link, device, f'203.0.113.{minutes}') is counts
    seen = await PortalLink.get(id=link.id)
    assert (seen.views, seen.first_viewed_ip, seen.last_viewed_ip) == (2, '203.0.113.0', '203.0.113.31')
    assert seen.first_viewed_at is not None and seen.last_viewed_at is not None
    assert seen.last_viewed_at - seen.first_viewed_at == timedelta(minutes=31)
    assert await Activity.filter(what='link_viewed').count() == 2


async def test_a_first_view_does_not_wait_for_whoever_answers_the_quote_and_is_about_to_end_its_links(
    psql: Psql,
) -> None:
    quote = await a_sent_quote(await nimman())
    link, _ = await a_link(quote)
    device = await a_device()
    await psql('begin')
    await psql('select 1 from quote where id = $1 for update', quote.id)
    assert await asyncio.wait_for(look(link, device), timeout=10)
    await psql('select 1 from portal_link where id = $1 for update nowait', link.id)
    await psql('commit')
    assert (await PortalLink.get(id=link.id)).first_viewed_at is not None


async def test_two_devices_are_two_views() -> None:
    link, _ = await a_link(await nimman())
    assert await look(link, await a_device())
    assert await look(link, await a_device('laptop'))
    assert await PortalVisit.devices_of(link.id) == 2


async def test_previews_and_staff_are_never_counted() -> None:
    link, _ = await a_link(await nimman())
    await PortalVisit.look(VisitKind.PREVIEW, link, ip='203.0.113.9', user_agent='line-poker/1.0', name='LINE')
    await PortalVisit.look(VisitKind.STAFF, link, ip='203.0.113.9', user_agent=IPHONE)
    seen = await PortalLink.get(id=link.id)
    assert (seen.views, seen.first_viewed_at, seen.previewed_by) == (0, None, 'LINE')


async def test_a_visit_is_never_changed_and_its_address_can_be_cut(psql: Psql) -> None:
    link, _ = await a_link(await nimman())
    await look(link, await a_device())
    assert await VisitOrigin.cut_before(now() - timedelta(days=400)) == 0
    with time_machine.travel(now() + timedelta(days=401)):
        assert await VisitOrigin.cut_before(now() - timedelta(days=400)) == 1
    origin = await VisitOrigin.get()
    assert (origin.ip, origin.user_agent) == ('203.0.113.0/24', '')
    for statement in ('delete from portal_visit', "update portal_visit set kind = 'Staff'"):
        with pytest.raises(Exception, match='is kept'):
            await psql(statement)


async def test_who_looks_now_is_known_until_they_leave_or_their_program_dies() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    program = uuid4()
    await Program.alive(program)
    first = await Presence.begin(link, device_id=None, program_id=program)
    await Presence.begin(link, device_id=None, program_id=program)
    assert await Presence.now_on(quote_id=quote.id) == 2
    await first.leave()
    assert await Presence.now_on(link_id=link.id) == 1
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert await Presence.now_on(link_id=link.id) == 0
        await Program.alive(uuid4())
        assert await Presence.all().count() == 0


async def test_whoever_holds_an_ended_link_may_ask_for_a_new_one_once_an_hour() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    with pytest.raises(Refused, match='link_live'):
        await link.ask_for_new()
    await quote.decline(by=ploy())
    link = await PortalLink.get(id=link.id)
    await link.ask_for_new()
    with pytest.raises(Refused, match='link_requested_already'):
        await link.ask_for_new()
    with time_machine.travel(now() + timedelta(hours=1, seconds=1)):
        await link.ask_for_new()
    assert await Activity.filter(what='link_requested').count() == 2
    assert (await bo()).staff_id is not None


async def test_the_device_that_had_the_invoice_open_when_it_was_settled_keeps_its_view() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice)
    here, elsewhere, program = await a_device(), await a_device('laptop'), uuid4()
    await Program.alive(program)
    await Presence.begin(link, device_id=here, program_id=program)
    await pay(invoice, 107000)
    assert await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=here)
    assert not await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=elsewhere)
    ended = await PortalLink.get(id=link.id)
    assert ended.keeps
    assert [receipt.invoice_id for receipt in await ended.grant(kept=True).receipts()] == [invoice.id]
    assert await ended.grant().receipts().count() == 0
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert not await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=here)


async def test_the_device_that_signed_keeps_its_view_with_the_deposit() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    device = await a_device()
    await quote.accept(version=1, signature=typed(), by=ploy(link), device_id=device)
    assert await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=device)
    kept = (await PortalLink.get(id=link.id)).grant(kept=True)
    assert [deposit.quote_id for deposit in await kept.deposits()] == [quote.id]
    assert await kept.invoices().count() == 0
    assert await kept.quotes().count() == 1


async def test_who_looked_a_moment_ago_and_is_in_the_banks_app_now_keeps_the_view_too() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice)
    lately, long_ago = await a_device(), await a_device('laptop')
    with time_machine.travel(now() - timedelta(hours=3)):
        await look(link, long_ago)
    await look(link, lately)
    await pay(invoice, 107000)
    assert await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=lately)
    assert not await DeviceRight.holds(RightKind.KEPT, link_id=link.id, device_id=long_ago)


@pytest.mark.parametrize(
    ('ip', 'network'), [('203.0.113.9', '203.0.113.0/24'), ('2001:db8::1', '2001:db8::/48'), ('', ''), ('x', '')]
)
def test_an_address_is_cut_to_its_network(ip: str, network: str) -> None:
    assert network_of(ip) == network
