"""A portal link opens what it was made for, ends when it should, and never lives again."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import time_machine

from models import (
    Activity,
    Actor,
    Customer,
    Deposit,
    Device,
    DeviceRight,
    DocumentKind,
    EndReason,
    Invoice,
    LinkState,
    Method,
    PortalLink,
    PortalVisit,
    Refused,
    RightKind,
    Role,
    now,
)
from tests.world import (
    KEYS,
    a_draft,
    a_job,
    a_link,
    a_person,
    a_secret,
    a_sent_quote,
    a_stranger,
    an_accepted_quote,
    an_invoice,
    bo,
    nimman,
    pay,
    ploy,
    set_all_papers,
    today,
    typed,
)

pytestmark = pytest.mark.usefixtures('db')


async def test_a_customer_link_lives_thirty_days_to_the_second() -> None:
    link, token = await a_link(await nimman())
    found = await PortalLink.find(KEYS.link_digest(token))
    assert found is not None and found.id == link.id
    assert found.state(now()) is LinkState.LIVE
    assert found.state(link.created_at + timedelta(days=30, seconds=1)) is LinkState.EXPIRED


async def test_a_token_is_looked_up_by_its_keyed_digest_in_an_index(db: str) -> None:
    await a_link(await nimman())
    connection = await asyncpg.connect(db)
    await connection.execute('set enable_seqscan = off')  # which the planner likes better for so few rows
    told = await connection.fetch('explain select * from portal_link where digest = $1', b'0' * 32)
    await connection.close()
    assert 'Index Scan using portal_link_digest' in told[0][0]


async def test_an_unknown_token_finds_nothing() -> None:
    assert await PortalLink.find(KEYS.link_digest('nobody')) is None


@pytest.mark.parametrize('lasts', [timedelta(minutes=59), timedelta(days=366)])
async def test_an_end_out_of_range_is_refused(lasts: timedelta) -> None:
    customer = await nimman()
    with pytest.raises(Refused, match='link_end_out_of_range'):
        await a_link(customer, expires_at=now() + lasts)


async def test_a_draft_quote_gets_no_link() -> None:
    with pytest.raises(Refused, match='quote_not_open'):
        await a_link(await a_draft())


async def test_copying_gives_the_same_link_and_two_clerks_who_copy_at_once_get_one() -> None:
    customer = await nimman()
    by = await bo()
    links = await asyncio.gather(*(PortalLink.copy(customer, secret=a_secret(), by=by) for _ in range(6)))
    assert len({link.id for link in links}) == 1
    assert await PortalLink.all().count() == 1


async def test_copying_does_not_hand_out_a_link_made_for_somebody() -> None:
    customer = await nimman()
    named, _ = await a_link(customer, note='Accounting, Khun Fah')
    assert (await PortalLink.copy(customer, secret=a_secret(), by=await bo())).id != named.id


async def test_copying_gives_the_one_that_ends_last() -> None:
    customer = await nimman()
    await a_link(customer, expires_at=now() + timedelta(days=2))
    later, _ = await a_link(customer, expires_at=now() + timedelta(days=90))
    assert (await PortalLink.copy(customer, secret=a_secret(), by=await bo())).id == later.id


async def test_the_stored_forms_give_the_token_back_only_with_the_key() -> None:
    link, token = await a_link(await nimman())
    stored = await PortalLink.get(id=link.id)
    assert stored.cipher is not None
    assert token.encode() not in bytes(stored.cipher) + bytes(stored.digest)
    assert KEYS.link_token(stored.cipher) == token


async def test_revoking_erases_the_secret_and_keeps_the_audit() -> None:
    customer = await nimman()
    link, _ = await a_link(customer)
    await link.revoke(by=await bo())
    stored = await PortalLink.get(id=link.id)
    assert (stored.state(now()), stored.cipher, stored.revoked_by) == (LinkState.REVOKED, None, 'Bo')
    assert await Activity.filter(customer_id=customer.id, what__startswith='link_').count() == 2
    with pytest.raises(Refused, match='link_revoked_already'):
        await link.revoke(by=await bo())
    assert (await PortalLink.copy(customer, secret=a_secret(), by=await bo())).id != link.id


async def test_links_that_end_while_all_are_revoked_never_wait_for_each_other() -> None:
    customer, by = await nimman(), await bo()
    for _ in range(4):
        invoice = await an_invoice(customer)
        links = [(await a_link(invoice))[0] for _ in range(8)]
        for link in links[:4]:  # written anew, they lie behind the others in the table, and would be met last
            await link.change_end(now() + timedelta(days=60), by=by)
        await asyncio.gather(pay(invoice, 107000), *(PortalLink.revoke_all_of(customer, by=by) for _ in range(3)))
        assert not await PortalLink.filter(invoice_id=invoice.id, ended_at=None, revoked_at=None).exists()


async def test_who_hands_a_link_out_again_is_on_record_and_only_one_that_lives_is() -> None:
    link, token = await a_link(await nimman())
    assert KEYS.link_token(await link.hand_out(by=await bo())) == token
    copied = await Activity.get(what='link_copied')
    assert (copied.by_name, copied.facts['public_id']) == ('Bo', link.public_id)
    with pytest.raises(Refused, match='not_allowed'):
        await link.hand_out(by=Actor('staff', 'Dao', role=Role.CREW))
    with time_machine.travel(now() + timedelta(days=31)), pytest.raises(Refused, match='link_not_live'):
        await link.hand_out(by=await bo())
    await link.revoke(by=await bo())
    with pytest.raises(Refused, match='link_not_live'):
        await link.hand_out(by=await bo())
    assert await Activity.filter(what='link_copied').count() == 1


async def test_an_ended_link_can_be_revoked_too() -> None:
    quote = await a_sent_quote()
    await quote.decline(by=ploy())
    link = await PortalLink.get(quote_id=quote.id)
    assert link.state(now()) is LinkState.ENDED
    await link.revoke(by=await bo())
    assert link.state(now()) is LinkState.REVOKED


async def test_a_reversal_does_not_wake_an_ended_link() -> None:
    invoice = await an_invoice()
    link, _ = await a_link(invoice)
    payment = await pay(invoice, 107000)
    await payment.reverse(reason='Cheque bounced', by=await bo())
    assert (await PortalLink.get(id=link.id)).state(now()) is LinkState.ENDED


async def test_the_end_can_be_changed_while_it_lives_and_not_after() -> None:
    link, _ = await a_link(await nimman())
    await link.change_end(now() + timedelta(days=200), by=await bo())
    with time_machine.travel(now() + timedelta(days=201)), pytest.raises(Refused, match='link_not_live'):
        await link.change_end(now() + timedelta(days=10), by=await bo())


async def test_a_quote_link_ends_with_its_quote() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    with pytest.raises(Refused, match='link_ends_with_quote'):
        await link.change_end(now() + timedelta(days=10), by=await bo())


async def test_making_a_link_needs_write_on_the_module_of_its_record() -> None:
    customer, invoice = await nimman(), await an_invoice()
    sales, billing = Actor('staff', 'Ann', role=Role.SALES), Actor('staff', 'Fah', role=Role.BILLING)
    await PortalLink.issue(customer, secret=a_secret(), by=sales)
    await PortalLink.issue(invoice, secret=a_secret(), by=billing)
    for record, actor in ((customer, billing), (invoice, sales)):
        with pytest.raises(Refused, match='not_allowed'):
            await PortalLink.issue(record, secret=a_secret(), by=actor)


async def test_archiving_a_customer_revokes_all_links_only_if_asked() -> None:
    customer = await nimman()
    quote = await a_sent_quote(customer)
    await a_link(customer)
    await customer.archive(revoke_links=False, by=await bo())
    assert await PortalLink.filter(revoked_at=None).count() == 2
    await customer.unarchive(by=await bo())
    await an_invoice(customer)
    await a_link(await Invoice.get(customer_id=customer.id))
    await customer.archive(revoke_links=True, by=Actor('staff', 'Ann', role=Role.SALES))
    assert await PortalLink.filter(revoked_at=None).count() == 0
    assert (await PortalLink.get(quote_id=quote.id)).state(now()) is LinkState.REVOKED


async def test_a_grant_finds_its_own_and_nothing_of_anybody_else() -> None:
    customer, stranger = await nimman(), await a_stranger()
    quote, job = await a_sent_quote(customer), await a_job(customer)
    invoice, foreign = await an_invoice(customer), await an_invoice(stranger)
    await a_draft(customer)
    whole = (await a_link(customer))[0].grant()
    assert {found.id for found in await whole.quotes()} == {quote.id, job.quote_id}
    assert [found.id for found in await whole.invoices()] == [invoice.id]
    assert not await whole.invoices().filter(id=foreign.id)
    only = (await a_link(invoice))[0].grant()
    assert [found.id for found in await only.invoices()] == [invoice.id]
    for nothing in (only.quotes(), only.jobs(), only.receipts(), only.deposits()):
        assert await nothing.count() == 0


async def test_a_public_id_is_not_the_secret() -> None:
    link, token = await a_link(await nimman())
    assert link.public_id not in token
    assert isinstance(link.id, UUID)
    assert link.expires_at.date() > today()


async def test_the_device_that_signed_sees_the_deposits_receipt_and_its_paper_and_nobody_else_does() -> None:
    quote = await a_sent_quote()
    link, _ = await a_link(quote)
    await quote.accept(version=1, signature=typed(), by=ploy(link))
    deposit = await Deposit.get(quote_id=quote.id)
    await deposit.collect(
        amount=Decimal(20_000), method=Method.PROMPTPAY, collected_on=today(), key=uuid4(), by=await bo()
    )
    [receipt] = await link.grant(kept=True).receipts()
    kinds = {document.kind for document in await link.grant(kept=True).documents()}
    assert receipt.number.startswith('DEPR-')
    assert DocumentKind.DEPOSIT_RECEIPT in kinds
    assert not await link.grant().receipts().exists()
    assert DocumentKind.DEPOSIT_RECEIPT not in {document.kind for document in await link.grant().documents()}


async def test_a_link_to_a_deposit_shows_its_quote_and_papers_and_nothing_else() -> None:
    quote = await an_accepted_quote()
    deposit = await Deposit.get(quote_id=quote.id)
    other = await an_accepted_quote(await Customer.get(id=quote.customer_id))
    await set_all_papers()
    link, _ = await a_link(deposit)
    assert abs(link.expires_at - link.created_at - timedelta(days=30)) < timedelta(seconds=1)
    grant = link.grant()
    assert [it.id for it in await grant.quotes()] == [quote.id]
    assert [it.id for it in await grant.deposits()] == [deposit.id]
    assert {it.kind for it in await grant.documents()} == {'Quote', 'Signed Quote', 'Deposit Request'}
    assert not await grant.invoices().exists()
    assert not await grant.jobs().exists()
    numbers = {it.number for it in await grant.documents()}
    assert other.number not in numbers


async def test_a_link_to_a_deposit_is_copied_again_and_ends_when_the_deposit_is_held() -> None:
    quote = await an_accepted_quote()
    deposit, by = await Deposit.get(quote_id=quote.id), await bo()
    first = await PortalLink.copy(deposit, secret=a_secret(), by=by)
    assert (await PortalLink.copy(deposit, secret=a_secret(), by=by)).id == first.id
    device = await Device.known(b'a phone')
    await PortalVisit.view(first, device_id=device.id, ip='', user_agent='')
    how: dict[str, Any] = {'method': Method.CASH, 'collected_on': today(), 'by': by}
    await deposit.collect(amount=Decimal(5000), key=uuid4(), **how)
    assert (await PortalLink.get(id=first.id)).state(now()) is LinkState.LIVE
    await deposit.collect(amount=Decimal(15000), key=uuid4(), **how)
    ended = await PortalLink.get(id=first.id)
    assert (ended.state(now()), ended.end_reason) == (LinkState.ENDED, EndReason.HELD)
    assert await DeviceRight.holds(RightKind.KEPT, link_id=first.id, device_id=device.id)
    with pytest.raises(Refused, match='deposit_not_awaited'):
        await PortalLink.copy(deposit, secret=a_secret(), by=by)


async def test_a_link_to_a_deposit_is_for_who_may_write_money() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    sales = (await a_person(Role.SALES)).actor
    with pytest.raises(Refused, match='not_allowed'):
        await PortalLink.copy(deposit, secret=a_secret(), by=sales)
