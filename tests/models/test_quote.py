"""A quote is drafted unseen, sent with its link, and decided once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from models import (
    Activity,
    Actor,
    Deposit,
    Document,
    Outbox,
    PortalLink,
    Quote,
    QuoteLine,
    QuoteStatus,
    Refused,
    Role,
    Signature,
    SignatureEntry,
    SignatureMethod,
    end_of_day,
    now,
)
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_secret,
    a_sent_quote,
    an_accepted_quote,
    bo,
    in_days,
    nimman,
    ploy,
    today,
    typed,
)

pytestmark = pytest.mark.usefixtures('db')


async def test_a_draft_adds_up() -> None:
    quote = await Quote.get(id=(await a_draft()).id)
    assert (quote.subtotal, quote.vat, quote.grand_total) == (Decimal(100000), Decimal(7000), Decimal(107000))
    assert (quote.deposit, quote.total_due) == (Decimal(20000), Decimal(127000))


async def test_an_unticked_optional_line_does_not_count() -> None:
    quote = await a_draft(lines=[SKYPANELS, replace(DELIVERY, optional=True)])
    assert quote.subtotal == Decimal(100000)


async def test_a_quote_is_valid_for_two_weeks_or_until_the_day_before_the_job() -> None:
    assert (await a_draft(job_start=in_days(40), job_end=in_days(41))).expires_on == in_days(14)
    assert (await a_draft(job_start=in_days(5), job_end=in_days(6))).expires_on == in_days(4)
    assert (await a_draft(job_start=today(), job_end=today())).expires_on == today()


@pytest.mark.parametrize(
    ('facts', 'reason'),
    [
        ({'job_end': in_days(-6)}, 'quote_dates'),
        ({'expires_on': in_days(80)}, 'quote_expiry'),
        ({'deposit': Decimal(-1)}, 'amount_negative'),
        ({'lines': [replace(SKYPANELS, quantity=Decimal(0))]}, 'line_quantity'),
        ({'lines': [replace(SKYPANELS, rate=Decimal(-1))]}, 'line_rate'),
        ({'lines': [replace(SKYPANELS, name=' ', name_th='')]}, 'line_name_missing'),
        ({'by': Actor('staff', 'Lek', role=Role.CREW)}, 'not_allowed'),
    ],
)
async def test_a_draft_is_refused(facts: dict[str, object], reason: str) -> None:
    customer = await nimman()
    with pytest.raises(Refused, match=reason):
        await a_draft(customer, **facts)
    assert not await Quote.exists()


async def test_sending_makes_version_one_a_link_and_a_letter() -> None:
    quote = await a_draft()
    secret = a_secret()
    link = await quote.send(secret=secret, by=await bo())
    assert (quote.status, quote.published) == (QuoteStatus.SENT, 1)
    assert (link.quote_id, link.expires_at) == (quote.id, end_of_day(quote.expires_on))
    letter = await Outbox.get(quote_id=quote.id)
    assert (letter.template, letter.recipient, letter.language) == ('quote', 'ploy@nimman.test', 'en')
    assert (await Document.get(quote_id=quote.id)).frozen['grand_total'] == '107000.00'


async def test_sending_again_keeps_the_link_and_the_version() -> None:
    quote = await a_sent_quote()
    first = await PortalLink.get(quote_id=quote.id)
    again = await quote.send(secret=a_secret(), by=await bo())
    assert (again.id, quote.published) == (first.id, 1)


async def test_a_quote_without_lines_is_not_sent() -> None:
    quote = await a_draft(lines=[], title='Empty')
    with pytest.raises(Refused, match='quote_empty'):
        await quote.send(secret=a_secret(), by=await bo())
    assert not await PortalLink.exists()


async def test_accepting_makes_one_signature_one_deposit_and_ends_the_link() -> None:
    quote = await an_accepted_quote()
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.ACCEPTED
    assert (await Signature.get(quote_id=quote.id)).name == 'Ployphan Srisuk'
    assert (await Deposit.get(quote_id=quote.id)).amount == Decimal(20000)
    assert (await PortalLink.get(quote_id=quote.id)).ended_at is not None
    assert (await Activity.get(quote_id=quote.id, what='quote_accepted')).by_kind == 'customer'


async def test_twenty_phones_that_accept_at_once_make_one_acceptance() -> None:
    quote = await a_sent_quote()
    outcomes = await asyncio.gather(
        *(quote.accept(version=1, signature=typed(), by=ploy()) for _ in range(20)), return_exceptions=True
    )
    refusals = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusals == ['quote_accepted_already'] * 19
    assert (await Signature.all().count(), await Deposit.all().count()) == (1, 1)


async def test_accepting_and_declining_at_once_has_one_outcome() -> None:
    quote = await a_sent_quote()
    other = await Quote.get(id=quote.id)
    outcomes = await asyncio.gather(
        quote.accept(version=1, signature=typed(), by=ploy()), other.decline(by=ploy()), return_exceptions=True
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    stored = await Quote.get(id=quote.id)
    assert (stored.status is QuoteStatus.ACCEPTED) == await Signature.exists()


async def test_ticked_optional_lines_count_from_the_signature_on() -> None:
    quote = await a_sent_quote(lines=[SKYPANELS, replace(DELIVERY, optional=True)])
    line = await QuoteLine.get(quote_id=quote.id, optional=True)
    await quote.accept(version=1, signature=typed(chosen=frozenset({line.id})), by=ploy())
    assert (await Quote.get(id=quote.id)).subtotal == Decimal(103500)


@pytest.mark.parametrize(
    ('signature', 'reason'),
    [
        (typed('  '), 'signature_name_missing'),
        (SignatureEntry('Ploy', SignatureMethod.DRAWN, 'I accept', 'en', strokes=[[[1, 1]]]), 'signature_missing'),
    ],
)
async def test_a_missing_signature_is_refused(signature: SignatureEntry, reason: str) -> None:
    quote = await a_sent_quote()
    with pytest.raises(Refused, match=reason):
        await quote.accept(version=1, signature=signature, by=ploy())
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.SENT


async def test_a_version_that_was_replaced_cannot_be_signed() -> None:
    quote = await a_sent_quote()
    with pytest.raises(Refused, match='quote_replaced'):
        await quote.accept(version=2, signature=typed(), by=ploy())


async def test_staff_cannot_accept_for_the_customer() -> None:
    quote = await a_sent_quote()
    with pytest.raises(Refused, match='not_allowed'):
        await quote.accept(version=1, signature=typed(), by=await bo())


async def test_a_quote_can_be_accepted_until_midnight_in_bangkok_and_not_a_second_later() -> None:
    quote = await a_sent_quote(expires_on=today())
    midnight = end_of_day(today())
    with time_machine.travel(midnight, tick=False), pytest.raises(Refused, match='quote_expired'):
        await quote.accept(version=1, signature=typed(), by=ploy())
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        await quote.accept(version=1, signature=typed(), by=ploy())
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.ACCEPTED


async def test_time_expires_a_quote_for_its_reader_before_any_job_has_run() -> None:
    quote = await a_sent_quote(expires_on=today())
    assert quote.status_at(now()) is QuoteStatus.SENT
    midnight = end_of_day(today())
    assert quote.status_at(midnight) is QuoteStatus.EXPIRED
    with time_machine.travel(midnight, tick=False):
        assert await Quote.expire_overdue() == 1
        assert await Quote.expire_overdue() == 0
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.EXPIRED
    assert await Activity.filter(quote_id=quote.id, what='quote_expired').count() == 1


async def test_declining_keeps_the_reason_and_ends_the_link() -> None:
    quote = await a_sent_quote()
    await quote.decline(by=ploy(), reason='Budget moved to next year')
    assert (await Quote.get(id=quote.id)).decline_reason == 'Budget moved to next year'
    assert (await PortalLink.get(quote_id=quote.id)).end_reason == 'declined'
    with pytest.raises(Refused, match='quote_not_open'):
        await quote.decline(by=ploy())


async def test_a_failure_half_way_through_an_acceptance_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = await a_sent_quote()

    async def power_cut(*_: object, **__: object) -> None:
        raise RuntimeError('power cut')

    monkeypatch.setattr(Deposit, 'request', power_cut)
    with pytest.raises(RuntimeError):
        await quote.accept(version=1, signature=typed(), by=ploy())
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.SENT
    assert not await Signature.exists()
    assert (await PortalLink.get(quote_id=quote.id)).ended_at is None


async def test_a_job_needs_an_accepted_quote() -> None:
    with pytest.raises(Refused, match='quote_not_accepted'):
        await (await a_sent_quote()).create_job(by=await bo())
