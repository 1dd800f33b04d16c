"""Everybody at once at one quote: there is one outcome, it is whole, and everybody is told the truth about it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
import time_machine

from models import (
    SYSTEM,
    Activity,
    Business,
    Customer,
    Deposit,
    Device,
    DeviceRight,
    Document,
    DocumentKind,
    EndReason,
    LineEntry,
    LinkState,
    Notice,
    Outbox,
    PortalLink,
    PortalVisit,
    Quote,
    QuoteStatus,
    Refused,
    Reprint,
    Signature,
    end_of_day,
    now,
)
from tests.conftest import Psql
from tests.world import SKYPANELS, a_link, a_secret, a_sent_quote, bo, ploy, set_paper, typed

pytestmark = pytest.mark.usefixtures('db')
WAIVER = LineEntry('Damage waiver', Decimal(900), optional=True)


async def outcome(verb: Awaitable[Any]) -> str:
    """What whoever did it is told: 'done', or why not."""
    try:
        await verb
    except Refused as refused:
        return refused.reason
    return 'done'


async def at_once(*verbs: Awaitable[Any]) -> list[str]:
    return list(await asyncio.gather(*(outcome(verb) for verb in verbs)))


async def fresh(quote: Quote) -> Quote:
    """The quote as another phone has loaded it."""
    return await Quote.get(id=quote.id)


async def is_accepted_once(quote: Quote, name: str | None = None) -> None:
    """All of an acceptance is there, exactly once."""
    stored = await Quote.get(id=quote.id)
    assert stored.status is QuoteStatus.ACCEPTED
    [signature] = await Signature.filter(quote_id=quote.id)
    assert signature.quote_version == stored.published
    assert name is None or signature.name == name
    assert signature.signed_at == stored.accepted_at
    [paper] = await Document.filter(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    assert paper.edition == stored.published
    assert paper.frozen['signature']['name'] == signature.name
    [deposit] = await Deposit.filter(quote_id=quote.id)
    assert deposit.amount == stored.deposit
    assert await Activity.filter(quote_id=quote.id, what='quote_accepted').count() == 1
    assert await Notice.filter(quote_id=quote.id, what='quote_signed').count() == 1
    assert await Outbox.filter(quote_id=quote.id, template='quote_signed').count() == 1
    for link in await PortalLink.filter(quote_id=quote.id, revoked_at=None):
        assert (link.state(now()), link.end_reason) == (LinkState.ENDED, EndReason.ACCEPTED)


async def is_not_accepted_at_all(quote: Quote) -> None:
    """Nothing of an acceptance is there."""
    assert (await Quote.get(id=quote.id)).accepted_at is None
    assert not await Signature.exists(quote_id=quote.id)
    assert not await Document.exists(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    assert not await Deposit.exists(quote_id=quote.id)
    assert not await Activity.exists(quote_id=quote.id, what='quote_accepted')
    assert not await Outbox.exists(quote_id=quote.id, template='quote_signed')


async def test_twenty_phones_accept_and_one_of_them_has_signed() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    phones = [await fresh(quote) for _ in range(20)]
    told = await at_once(
        *(phone.accept(version=1, signature=typed(f'Phone {at}'), by=ploy(link)) for at, phone in enumerate(phones))
    )
    assert Counter(told) == {'done': 1, 'quote_accepted_already': 19}
    await is_accepted_once(quote, f'Phone {told.index("done")}')


async def test_a_double_tap_signs_once_and_the_device_keeps_one_view() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    phone = await fresh(quote)
    device_id = (await Device.known(b'the phone of Khun Ploy')).id
    told = await at_once(
        *(phone.accept(version=1, signature=typed(), by=ploy(link), device_id=device_id) for _ in range(2))
    )
    assert sorted(told) == ['done', 'quote_accepted_already']
    await is_accepted_once(quote)
    assert await DeviceRight.filter(link_id=link.id).count() == 1


@pytest.mark.parametrize('turn', range(4))
async def test_accept_against_decline(turn: int) -> None:
    quote = await a_sent_quote()
    signs, declines = await fresh(quote), await fresh(quote)
    verbs = [signs.accept(version=1, signature=typed(), by=ploy()), declines.decline(by=ploy(), reason='Too dear')]
    told = await at_once(*(verbs if turn % 2 else verbs[::-1]))
    accepted, declined = told if turn % 2 else told[::-1]
    if accepted == 'done':
        assert declined == 'quote_accepted_already'
        await is_accepted_once(quote)
        assert (await fresh(quote)).declined_at is None
    else:
        assert (accepted, declined) == ('quote_not_open', 'done')
        assert (await fresh(quote)).status is QuoteStatus.DECLINED
        await is_not_accepted_at_all(quote)


@pytest.mark.parametrize('turn', range(4))
async def test_accept_against_publishing_changes(turn: int) -> None:
    quote = await a_sent_quote()
    by = await bo()
    entry = await quote.entry()
    await quote.write(replace(entry, deposit=Decimal(30000)), version=0, by=by)
    signs, edits = await fresh(quote), await fresh(quote)
    verbs: list[Awaitable[Any]] = [
        signs.accept(version=1, signature=typed(), by=ploy()),
        edits.publish(secret=a_secret(), by=by, mail=False),
    ]
    told = await at_once(*(verbs if turn % 2 else verbs[::-1]))
    accepted, published = told if turn % 2 else told[::-1]
    if accepted == 'done':
        assert published == 'quote_not_open'
        await is_accepted_once(quote)
        assert (await Deposit.get(quote_id=quote.id)).amount == Decimal(20000)
    else:
        assert (accepted, published) == ('quote_replaced', 'done')
        assert (await fresh(quote)).published == 2
        await is_not_accepted_at_all(quote)
        await set_paper(await fresh(quote))
        assert await outcome(quote.accept(version=2, signature=typed(), by=ploy())) == 'done'
        assert (await Deposit.get(quote_id=quote.id)).amount == Decimal(30000)
        await is_accepted_once(quote)


async def test_accept_against_a_clerk_who_is_typing() -> None:
    quote = await a_sent_quote()
    by = await bo()
    entry = await quote.entry()
    signs, types = await fresh(quote), await fresh(quote)
    accepted, written = await at_once(
        signs.accept(version=1, signature=typed(), by=ploy()),
        types.write(replace(entry, deposit=Decimal(1)), version=0, by=by),
    )
    assert accepted == 'done'
    assert written in ('done', 'quote_not_open')
    await is_accepted_once(quote)
    assert (await fresh(quote)).deposit == Decimal(20000)


@pytest.mark.parametrize('turn', range(4))
async def test_accept_against_revoking_the_link(turn: int) -> None:
    quote = await a_sent_quote()
    by, link = await bo(), await PortalLink.get(quote_id=quote.id)
    signs, other = await fresh(quote), await PortalLink.get(id=link.id)
    verbs: list[Awaitable[Any]] = [
        signs.accept(version=1, signature=typed(), by=ploy(link)),
        other.revoke(by=by),
    ]
    told = await at_once(*(verbs if turn % 2 else verbs[::-1]))
    accepted, revoked = told if turn % 2 else told[::-1]
    link = await PortalLink.get(id=link.id)
    assert revoked == 'done'
    assert link.state(now()) is LinkState.REVOKED
    assert link.cipher is None
    if accepted == 'done':
        await is_accepted_once(quote)
    else:
        assert accepted == 'link_closed'
        await is_not_accepted_at_all(quote)


async def test_a_link_that_was_revoked_a_moment_ago_signs_nothing() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    await (await PortalLink.get(id=link.id)).revoke(by=await bo())
    assert await outcome(quote.accept(version=1, signature=typed(), by=ploy(link))) == 'link_closed'
    await is_not_accepted_at_all(quote)
    assert await outcome(quote.decline(by=ploy(link))) == 'link_closed'
    assert (await fresh(quote)).status is QuoteStatus.SENT


async def test_accept_against_expiry_at_midnight_in_bangkok() -> None:
    quote = await a_sent_quote()
    midnight = end_of_day(quote.expires_on)
    with time_machine.travel(midnight - timedelta(milliseconds=1), tick=False):
        in_time, *rest = await at_once(
            quote.accept(version=1, signature=typed(), by=ploy()), *(Quote.expire_overdue() for _ in range(3))
        )
        assert (in_time, rest) == ('done', ['done'] * 3)
        await is_accepted_once(quote)
    with time_machine.travel(midnight, tick=False):
        assert await Quote.expire_overdue() == 0
        await is_accepted_once(quote)


async def test_a_moment_after_midnight_nobody_signs_however_many_try() -> None:
    quote = await a_sent_quote()
    phones = [await fresh(quote) for _ in range(5)]
    with time_machine.travel(end_of_day(quote.expires_on), tick=False):
        told = await at_once(
            *(phone.accept(version=1, signature=typed(), by=ploy()) for phone in phones),
            *(Quote.expire_overdue() for _ in range(3)),
        )
        assert set(told[:5]) == {'quote_expired'}
        assert (await fresh(quote)).status is QuoteStatus.EXPIRED
        assert await Activity.filter(quote_id=quote.id, what='quote_expired').count() == 1
    await is_not_accepted_at_all(quote)


async def test_everything_at_once() -> None:
    quote = await a_sent_quote()
    by, link = await bo(), await PortalLink.get(quote_id=quote.id)
    await quote.write(replace(await quote.entry(), deposit=Decimal(30000)), version=0, by=by)
    phones = [await fresh(quote) for _ in range(8)]
    told = await at_once(
        *(phone.accept(version=1, signature=typed(), by=ploy(link)) for phone in phones[:5]),
        phones[5].decline(by=ploy(link)),
        phones[6].publish(secret=a_secret(), by=by, mail=False),
        Quote.expire_overdue(),
    )
    stored = await fresh(quote)
    assert told[:5].count('done') <= 1
    assert {'done': stored.status is QuoteStatus.DECLINED}.get(told[5], stored.status is not QuoteStatus.DECLINED)
    if 'done' in told[:5]:
        await is_accepted_once(quote)
        assert stored.published == 1
    else:
        await is_not_accepted_at_all(quote)
        assert 'done' in told[5:7]


async def test_the_signed_paper_says_what_was_shown_whatever_was_changed_since() -> None:
    firm = await Business.found(name='Siam Light', rental_terms='Return it clean.', by=SYSTEM, tax_id='0105540087061')
    quote = await a_sent_quote(lines=[SKYPANELS, WAIVER])
    shown = await quote.paper()
    assert shown is not None
    await firm.amend(version=firm.version, by=await bo(), rental_terms='Pay double.', name='Another Name')
    customer = await Customer.get(id=quote.customer_id)
    await customer.amend(version=customer.version, by=await bo(), name='Somebody Else Ltd.')
    [waiver] = [line.id for line in await quote.lines.all() if line.optional]
    await quote.accept(version=1, signature=typed(chosen=frozenset({waiver}), terms_version=9), by=ploy())
    signed = await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    for name in ('terms', 'terms_version', 'firm', 'customer', 'language', 'title', 'quoted_on'):
        assert signed.frozen[name] == shown.frozen[name], name
    assert signed.frozen['terms'] == 'Return it clean.'
    assert signed.frozen['signature']['terms_version'] == 1
    assert [line['chosen'] for line in signed.frozen['lines']] == [False, True]
    assert signed.frozen['subtotal'] == '100900.00'
    assert signed.frozen['verification'] == signed.verification != shown.verification
    assert shown.sha256 is not None
    assert signed.frozen['signature']['shown_sha256'] == shown.sha256.hex()


@pytest.mark.parametrize(
    'attack',
    [
        "update signature set name = 'Somebody Else'",
        "update signature set strokes = '[[[1, 2]]]'",
        'update signature set shown_sha256 = null',
        "update signature set signed_at = now() + interval '1 hour', picture = 'x'",
        'delete from signature',
        "update reprint set sha256 = ''",
    ],
)
async def test_evidence_is_not_rewritten(attack: str, psql: Psql) -> None:
    quote = await a_sent_quote()
    await quote.accept(version=1, signature=typed(), by=ploy())
    await Reprint.note(await Document.get(quote_id=quote.id, kind=DocumentKind.QUOTE), b'marked')
    with pytest.raises(asyncpg.PostgresError):
        await psql(attack)
    assert (await Signature.get(quote_id=quote.id)).name == 'Ployphan Srisuk'


async def test_looks_through_a_customer_link_are_told_on_the_certificate() -> None:
    quote = await a_sent_quote()
    link, _ = await a_link(await Customer.get(id=quote.customer_id))
    device = await Device.known(b'the phone of Khun Ploy')
    await PortalVisit.view(link, device_id=device.id, ip='184.22.101.7', user_agent='a phone')
    await quote.accept(version=1, signature=typed(), by=ploy(link))
    told = (await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)).frozen['events']
    assert [event['what'] for event in told] == ['quote_sent', 'link_viewed', 'quote_accepted']
