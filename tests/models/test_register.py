"""The register tells of every link how it stands, to whom it may be told, in a fixed number of queries."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from tortoise import connections

from app.words import words
from models import (
    Business,
    CodePolicy,
    Customer,
    Device,
    LinkState,
    PortalLink,
    PortalVisit,
    Presence,
    Program,
    Scope,
    VisitKind,
    bangkok_day,
    now,
)
from models.register import LinkAudit, Register, Shelf, registered
from pages.parts.link_rows import over
from tests.world import a_link, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay

pytestmark = pytest.mark.usefixtures('db')
IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)'
ALL = tuple(Scope)


async def look(link: PortalLink, name: str = 'phone', ip: str = '203.0.113.9') -> UUID:
    device = await Device.known(name.encode().ljust(32, b'-'))
    await PortalVisit.view(link, device_id=device.id, ip=ip, user_agent=IPHONE)
    return device.id


async def shelf(shelf: Shelf) -> list[UUID]:
    return [link.id for link in (await Register.of(ALL, shelf=shelf, most=100)).links]


async def test_every_shelf_holds_what_its_name_says_and_counts_it() -> None:
    customer = await nimman()
    opened, _ = await a_link(customer, expires_at=now() + timedelta(days=60))
    await look(opened)
    ending, _ = await a_link(customer, expires_at=now() + timedelta(days=5))
    await look(ending)
    fresh, _ = await a_link(customer)
    revoked, _ = await a_link(customer)
    await revoked.revoke(by=await bo())
    assert set(await shelf(Shelf.LIVE)) == {opened.id, ending.id, fresh.id}
    assert await shelf(Shelf.ENDING) == [ending.id]
    assert await shelf(Shelf.NEVER_OPENED) == [fresh.id]
    assert await shelf(Shelf.REVOKED) == [revoked.id]
    register = await Register.of(ALL, most=100)
    assert dict(register.counts) == {'all': 4, 'live': 3, 'ending': 1, 'never_opened': 1, 'revoked': 1}
    with time_machine.travel(now() + timedelta(days=6)):
        assert set(await shelf(Shelf.LIVE)) == {opened.id, fresh.id}


async def test_rows_that_are_kept_stay_in_their_order_however_they_stand_by_now() -> None:
    customer = await nimman()
    one, two, three = [(await a_link(customer))[0] for _ in range(3)]
    kept = [two.id, one.id, three.id]
    await two.revoke(by=await bo())
    fresh, _ = await a_link(customer)
    register = await Register.of(ALL, shelf=Shelf.LIVE, most=100, kept=kept)
    assert [link.id for link in register.links] == kept
    assert (dict(register.counts)[Shelf.LIVE], register.left) == (3, 1)
    assert [link.id for link in await registered([three.id, fresh.id])] == [three.id, fresh.id]


@pytest.mark.parametrize(
    ('policy', 'asked'),
    [(CodePolicy.OFF, []), (CodePolicy.FLAGGED, ['flagged']), (CodePolicy.EVERYONE, ['plain', 'flagged'])],
)
async def test_each_link_tells_whether_it_asks_for_a_code(policy: CodePolicy, asked: list[str]) -> None:
    customer, stranger = await nimman(), await a_stranger()
    await Customer.filter(id=stranger.id).update(wants_code=True)
    links = [(await a_link(customer, note='plain'))[0], (await a_link(stranger, note='flagged'))[0]]
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=policy)
    assert [link.note for link in await registered([link.id for link in links]) if link.asks_code] == asked


async def test_a_link_is_found_by_customer_number_and_note() -> None:
    customer = await nimman()
    quote = await a_sent_quote(customer)
    noted, _ = await a_link(customer, note='Accounting, Khun Fah')
    await a_link(await a_stranger())

    async def found(text: str) -> list[str]:
        return [link.record or link.note for link in (await Register.of(ALL, text=text, most=100)).links]

    assert sorted(await found('nimman')) == ['Accounting, Khun Fah', quote.number]
    assert await found(quote.number[-4:]) == [quote.number]
    assert await found('khun fah NIMMAN') == ['Accounting, Khun Fah']
    assert len(await found('+66 81-234-5678')) == 2
    assert await found('nobody') == []
    assert noted.note


async def test_a_role_gets_only_the_scopes_it_sees() -> None:
    customer = await nimman()
    await a_link(customer)
    await a_link(await an_invoice(customer))
    register = await Register.of((Scope.CUSTOMER, Scope.QUOTE), most=100)
    assert [link.scope for link in register.links] == [Scope.CUSTOMER]
    assert dict(register.counts)[Shelf.ALL] == 1


async def test_devices_and_who_is_on_it_now_are_counted() -> None:
    link, _ = await a_link(await nimman())
    for name in ('phone', 'desk', 'phone'):
        device = await look(link, name)
    alive, silent = uuid4(), uuid4()
    await Program.alive(alive)
    await Program.create(id=silent, alive_at=now() - timedelta(minutes=5))
    for program in (alive, silent):
        await Presence.begin(link, device_id=device, program_id=program)
    [row] = (await Register.of(ALL, most=100)).links
    assert (row.devices, row.here, row.views) == (2, 1, 2)


async def test_a_hundred_links_cost_as_many_queries_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await nimman()
    asked: list[str] = []
    database = type(connections.get('default'))
    plain = database.execute_query_dict

    async def counting(self: Any, query: str, values: list[Any] | None = None) -> Any:
        asked.append(query)
        return await plain(self, query, values)

    monkeypatch.setattr(database, 'execute_query_dict', counting)
    counted = []
    for _ in range(2):
        for _ in range(10):
            await a_link(customer)
        asked.clear()
        await Register.of(ALL, most=500)
        counted.append(len(asked))
    assert counted == [2, 2]


async def test_the_audit_says_who_made_it_who_saw_it_and_who_ended_it() -> None:
    link, _ = await a_link(await nimman(), note='Accounting')
    with time_machine.travel(now() + timedelta(hours=1)):
        await look(link, ip='203.0.113.1')
    with time_machine.travel(now() + timedelta(hours=2)):
        await look(link, 'desk', ip='203.0.113.2')
        await PortalVisit.look(VisitKind.PREVIEW, link, ip='203.0.113.7', user_agent='line-poker', name='LINE')
        await PortalVisit.look(VisitKind.STAFF, link, ip='203.0.113.8', user_agent=IPHONE)
        await (await PortalLink.get(id=link.id)).revoke(by=await bo())
    audit = await LinkAudit.of(link.id, ALL, addresses=True)
    assert audit is not None
    assert (audit.first_viewed_ip, audit.last_viewed_ip) == ('203.0.113.1', '203.0.113.2')
    assert (audit.link.views, audit.link.devices, audit.previews, audit.staff_looks) == (2, 2, 1, 1)
    assert [visit.ip for visit in audit.visits] == ['203.0.113.2', '203.0.113.1']
    assert [event.what for event in audit.events] == ['link_revoked', 'link_issued']
    assert audit.link.revoked_by == 'Bo'


async def test_without_the_right_to_addresses_the_audit_holds_none() -> None:
    link, _ = await a_link(await nimman())
    await look(link)
    audit = await LinkAudit.of(link.id, ALL, addresses=False)
    assert audit is not None and len(audit.visits) == 1
    assert '203.0.113' not in repr(audit)
    assert await LinkAudit.of(link.id, (Scope.INVOICE,), addresses=True) is None


async def test_what_was_over_by_time_is_not_said_to_have_ended_by_what_came_later() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice, expires_at=now() + timedelta(days=2))
    with time_machine.travel(now() + timedelta(days=5)):
        await pay(invoice, invoice.balance)
        [row] = await registered([link.id])
        assert row.ended_at is not None
        assert row.state(now()) is LinkState.EXPIRED
        expired = words('en').day(bangkok_day(link.expires_at))
        assert over(words('en'), row, now()) == words('en')('register.ended.expired', day=expired)
