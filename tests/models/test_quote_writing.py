"""Writing a quote: nothing typed is lost, no word is seen before it is published, nobody overwrites anybody."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from models import (
    Activity,
    Actor,
    Document,
    DocumentKind,
    Editing,
    LineEntry,
    LinkState,
    Notice,
    Outbox,
    PortalLink,
    Program,
    Quote,
    QuoteLine,
    QuoteRevision,
    QuoteStatus,
    Refused,
    Role,
    end_of_day,
    now,
)
from models.line import MOST_DURATION, MOST_QUANTITY
from models.money import LARGEST
from tests.conftest import Psql
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_person,
    a_secret,
    a_sent_quote,
    an_accepted_quote,
    bo,
    in_days,
    ploy,
    set_paper,
    today,
    typed,
)

pytestmark = pytest.mark.usefixtures('db')
HALF = Decimal('400000000000.00')
WAIVER = LineEntry('Damage waiver', Decimal(900), optional=True)


async def test_a_draft_takes_over_what_is_complete_as_it_is_typed() -> None:
    quote = await a_draft()
    entry = await quote.entry()
    revision = await quote.write(
        replace(entry, lines=(*entry.lines, DELIVERY), deposit=Decimal(5000)), version=0, by=await bo()
    )
    stored = await Quote.get(id=quote.id)
    assert (stored.subtotal, stored.total_due, revision.version) == (Decimal(103500), Decimal('115745.00'), 1)


async def test_what_is_incomplete_is_kept_as_typed_and_the_draft_stays_as_it_was() -> None:
    quote = await a_draft()
    half = replace(
        await quote.entry(), lines=(LineEntry('', Decimal(0), quantity=Decimal(0)),), title='Half a th'
    ).told_apart()
    await quote.write(half, version=0, by=await bo())
    assert (await QuoteRevision.get(quote_id=quote.id)).entry == half
    assert (await Quote.get(id=quote.id)).grand_total == Decimal(107000)
    with pytest.raises(Refused, match='line_name_missing'):
        await quote.send(secret=a_secret(), by=await bo())


@pytest.mark.parametrize(
    ('facts', 'reason'),
    [
        ({'lines': (SKYPANELS,) * 501}, 'quote_too_long'),
        ({'lines': (LineEntry('Crane', LARGEST),)}, 'quote_too_large'),
        (
            {'lines': (LineEntry('Crane', LARGEST / 3), LineEntry('Boat', LARGEST / 3, optional=True))},
            'quote_too_large',
        ),
        ({'lines': (LineEntry('Crane', LARGEST, MOST_QUANTITY, MOST_DURATION),)}, 'line_too_large'),
        ({'lines': (LineEntry('Crane', Decimal(1), MOST_QUANTITY + 1),)}, 'line_too_large'),
        ({'lines': (LineEntry('Crane', Decimal(1), duration=MOST_DURATION + 1),)}, 'line_too_large'),
        ({'lines': (LineEntry('Crane', LARGEST + 1),)}, 'line_too_large'),
        ({'deposit': LARGEST}, 'quote_too_large'),
        ({'deposit': LARGEST + 1}, 'amount_too_large'),
        ({'discount_value': LARGEST + 1}, 'amount_too_large'),
    ],
)
async def test_what_is_beyond_all_measure_is_kept_as_typed_and_refused_by_its_reason(
    facts: dict[str, Any], reason: str
) -> None:
    quote = await a_draft()
    beyond = replace(await quote.entry(), **facts).told_apart()
    await quote.write(beyond, version=0, by=await bo())
    assert (await QuoteRevision.get(quote_id=quote.id)).entry == beyond
    assert (await Quote.get(id=quote.id)).grand_total == Decimal(107000)
    assert beyond.totals(Decimal(7)).total_due > 0
    with pytest.raises(Refused, match=reason):
        await quote.send(secret=a_secret(), by=await bo())


async def test_a_line_stays_itself_through_edits_and_goes_when_it_is_taken_out() -> None:
    quote = await a_draft(lines=[SKYPANELS, DELIVERY])
    panels, delivery = await QuoteLine.filter(quote_id=quote.id).order_by('position')
    entry = await quote.entry()
    fewer = (replace(entry.lines[1], rate=Decimal(4000)),)
    await quote.write(replace(entry, lines=fewer), version=0, by=await bo())
    (left,) = await QuoteLine.filter(quote_id=quote.id)
    assert (left.id, left.amount) == (delivery.id, Decimal(4000))
    await quote.write(replace(entry, lines=(*fewer, entry.lines[0])), version=1, by=await bo())
    assert [line.id for line in await QuoteLine.filter(quote_id=quote.id)] == [delivery.id, panels.id]


async def test_a_new_line_is_told_from_all_others_from_the_moment_it_is_written() -> None:
    quote = await a_draft()
    entry = await quote.entry()
    kept = await quote.write(replace(entry, lines=(*entry.lines, WAIVER, WAIVER)), version=0, by=await bo())
    ids = [line.id for line in kept.entry.lines]
    assert None not in ids and len(set(ids)) == len(ids)
    assert [line.id for line in (await quote.entry()).lines] == ids


async def test_a_line_of_another_quote_is_never_taken_over() -> None:
    other = await a_draft()
    theirs = await QuoteLine.get(quote_id=other.id)
    quote = await a_draft(await other.customer)
    entry = replace(await quote.entry(), lines=(theirs.as_typed,))
    await quote.write(entry, version=0, by=await bo())
    assert (await QuoteLine.get(id=theirs.id)).quote_id == other.id
    assert (await QuoteLine.get(quote_id=quote.id)).id != theirs.id


async def test_the_slower_of_two_writers_is_told_and_overwrites_nothing() -> None:
    quote = await a_draft()
    entry = await quote.entry()
    await quote.write(replace(entry, title='First'), version=0, by=await bo())
    with pytest.raises(Refused, match='changed_meanwhile'):
        await quote.write(replace(entry, title='Second'), version=0, by=await bo())
    assert (await QuoteRevision.get(quote_id=quote.id)).entry.title == 'First'


async def test_of_ten_who_write_at_once_one_is_kept() -> None:
    quote = await a_draft()
    entry, by = await quote.entry(), await bo()
    tried = await asyncio.gather(
        *(quote.write(replace(entry, title=f'Title {n}'), version=0, by=by) for n in range(10)), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in tried) == 1
    assert all(isinstance(one, (QuoteRevision, Refused)) for one in tried)
    assert await QuoteRevision.all().count() == 1


async def test_a_whole_sitting_is_one_line_in_the_activity() -> None:
    quote = await a_draft()
    for version in range(3):
        await quote.write(replace(await quote.entry(), title=f'Draft {version}'), version=version, by=await bo())
    assert await Activity.filter(quote_id=quote.id, what='quote_amended').count() == 1


async def test_the_customer_sees_a_sent_quote_unchanged_until_it_is_published() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    cheaper = replace(await quote.entry(), lines=(replace((await quote.entry()).lines[0], rate=Decimal(2000)),))
    await quote.write(cheaper, version=0, by=await bo())
    assert (await link.grant().quotes().get()).grand_total == Decimal(107000)
    again = await quote.publish(secret=a_secret(), by=await bo())
    assert (await link.grant().quotes().get()).grand_total == Decimal(85600)
    assert (again.id, quote.published, quote.status) == (link.id, 2, QuoteStatus.SENT)
    assert not await QuoteRevision.exists()
    papers = await Document.filter(kind=DocumentKind.QUOTE).order_by('edition')
    assert [paper.frozen['grand_total'] for paper in papers] == ['107000.00', '85600.00']


async def test_what_changed_is_told_line_by_line() -> None:
    quote = await a_sent_quote(lines=[SKYPANELS, DELIVERY])
    entry = await quote.entry()
    changed = replace(entry, lines=(replace(entry.lines[0], quantity=Decimal(5)), WAIVER), job_end=in_days(17))
    await quote.write(changed, version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo())
    told = [(change.what, change.field, change.before, change.after) for change in await quote.changes()]
    assert told == [
        ('changed', 'job_end', str(in_days(16)), str(in_days(17))),
        ('changed', 'total_due', '130745.00', '153750.00'),
        ('changed', 'quantity', '4.00', '5.00'),
        ('added', '', '', 'Damage waiver'),
        ('removed', 'ค่าขนส่งไป-กลับ', 'Delivery and pick-up', ''),
    ]


async def test_a_first_version_has_no_changes() -> None:
    assert await (await a_sent_quote()).changes() == ()


async def test_publishing_mails_only_when_asked() -> None:
    quote = await a_sent_quote()
    for version, mail in ((2, False), (3, True)):
        await quote.write(replace(await quote.entry(), title=f'Version {version}'), version=0, by=await bo())
        await quote.publish(secret=a_secret(), by=await bo(), mail=mail)
    assert await Outbox.filter(quote_id=quote.id, template='quote').count() == 2  # sent, and version 3


async def test_a_living_link_ends_with_the_new_expiry() -> None:
    quote = await a_sent_quote()
    await quote.write(replace(await quote.entry(), expires_on=in_days(2)), version=0, by=await bo())
    link = await quote.publish(secret=a_secret(), by=await bo())
    assert (await PortalLink.get(id=link.id)).expires_at == end_of_day(in_days(2))


async def test_an_expired_quote_lives_again_under_a_new_link_only() -> None:
    quote = await a_sent_quote(expires_on=in_days(1))
    old = await PortalLink.get(quote_id=quote.id)
    with time_machine.travel(end_of_day(in_days(1)) + timedelta(minutes=1), tick=True):
        await Quote.expire_overdue()
        by = await bo()
        await quote.write(replace(await quote.entry(), expires_on=in_days(3)), version=0, by=by)
        new = await quote.publish(secret=a_secret(), by=by)
        assert quote.status is QuoteStatus.SENT
        assert new.id != old.id
        assert (await PortalLink.get(id=old.id)).state(now()) is LinkState.EXPIRED


async def test_publishing_is_refused_without_changes_and_past_the_expiry() -> None:
    quote = await a_sent_quote()
    with pytest.raises(Refused, match='nothing_to_publish'):
        await quote.publish(secret=a_secret(), by=await bo())
    await quote.write(replace(await quote.entry(), expires_on=today() - timedelta(days=1)), version=0, by=await bo())
    with pytest.raises(Refused, match='quote_expired'):
        await quote.publish(secret=a_secret(), by=await bo())
    assert (await Quote.get(id=quote.id)).published == 1
    assert await QuoteRevision.exists()


async def test_discarded_changes_are_gone_and_the_quote_is_as_it_was() -> None:
    quote = await a_sent_quote()
    await quote.write(replace(await quote.entry(), title='Never'), version=0, by=await bo())
    await quote.discard(by=await bo())
    assert not await QuoteRevision.exists()
    assert (await Quote.get(id=quote.id)).title == 'Commercial shoot, Chiang Mai'
    with pytest.raises(Refused, match='nothing_to_publish'):
        await quote.discard(by=await bo())


async def test_a_writer_who_did_not_see_the_publishing_is_told() -> None:
    quote = await a_sent_quote()
    entry = await quote.entry()
    await quote.write(replace(entry, title='Mine'), version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo())
    with pytest.raises(Refused, match='changed_meanwhile'):
        await quote.write(replace(entry, title='Late'), version=1, by=await bo())


async def test_an_accepted_quote_is_not_written_on() -> None:
    quote = await an_accepted_quote()
    with pytest.raises(Refused, match='quote_not_open'):
        await quote.write(await quote.entry(), version=0, by=await bo())


async def test_crew_writes_no_quotes() -> None:
    quote = await a_sent_quote()
    crew = Actor('staff', 'Lek', role=Role.CREW)
    for verb in (
        quote.write(await quote.entry(), version=0, by=crew),
        quote.publish(secret=a_secret(), by=crew),
        quote.discard(by=crew),
        quote.duplicate(by=crew),
    ):
        with pytest.raises(Refused, match='not_allowed'):
            await verb


async def test_a_duplicate_is_a_draft_of_its_own_with_the_same_lines_and_days() -> None:
    quote = await an_accepted_quote(lines=[SKYPANELS, WAIVER])
    copy = await quote.duplicate(by=await bo())
    assert (copy.status, copy.number == quote.number, copy.total_due) == (QuoteStatus.DRAFT, False, Decimal(127000))
    lines = await QuoteLine.filter(quote_id=copy.id).order_by('position')
    assert [(line.name, line.optional, line.chosen) for line in lines] == [
        (SKYPANELS.name, False, False),
        ('Damage waiver', True, False),
    ]
    assert not {line.id for line in lines} & set(await QuoteLine.filter(quote_id=quote.id).values_list('id', flat=True))


async def test_signing_the_version_that_was_just_replaced_is_refused_and_the_new_one_can_be_signed() -> None:
    quote = await a_sent_quote()
    await quote.write(replace(await quote.entry(), deposit=Decimal(30000)), version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo())
    with pytest.raises(Refused, match='quote_replaced'):
        await quote.accept(version=1, signature=typed(), by=ploy())
    with pytest.raises(Refused, match='quote_paper_missing'):
        await quote.accept(version=2, signature=typed(), by=ploy())
    await set_paper(quote)
    signed = await quote.accept(version=2, signature=typed(), by=ploy())
    paper = await quote.paper()
    assert paper is not None
    assert signed.shown_sha256 == paper.sha256


async def test_the_evidence_names_what_was_shown_and_what_led_to_it() -> None:
    quote = await a_sent_quote()
    link = await PortalLink.get(quote_id=quote.id)
    await quote.ask('Is Sunday charged as well?', by=ploy(link))
    await quote.accept(version=1, signature=typed(ip='203.0.113.9'), by=ploy(link))
    shown = await Document.get(kind=DocumentKind.QUOTE)
    frozen = (await Document.get(kind=DocumentKind.SIGNED_QUOTE)).frozen
    assert shown.sha256 is not None
    assert frozen['signature']['shown_sha256'] == bytes(shown.sha256).hex()
    assert (frozen['signature']['ip'], frozen['signature']['link']) == ('203.0.113.9', link.public_id)
    assert [event['what'] for event in frozen['events']] == ['quote_sent', 'quote_question', 'quote_accepted']
    assert frozen['firm']['name_th'] == 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด'
    assert frozen['customer']['contact'] == 'Ployphan Srisuk'


async def test_a_question_reaches_the_owner_with_the_line_it_is_about() -> None:
    quote = await a_sent_quote()
    line = await QuoteLine.get(quote_id=quote.id)
    await quote.ask(' Are four enough? ', by=ploy(), line_id=line.id)
    asked = await Activity.get(what='quote_question')
    assert (asked.facts['question'], asked.facts['line']) == ('Are four enough?', SKYPANELS.name)
    assert (await Notice.get(what='question_asked')).facts['line'] == SKYPANELS.name


async def test_a_question_is_refused_when_empty_when_the_quote_is_closed_and_when_there_are_too_many() -> None:
    quote = await a_sent_quote()
    with pytest.raises(Refused, match='question_missing'):
        await quote.ask('  ', by=ploy())
    with pytest.raises(Refused, match='not_allowed'):
        await quote.ask('May I?', by=await bo())
    for _ in range(10):
        await quote.ask('And now?', by=ploy())
    with pytest.raises(Refused, match='too_many_questions'):
        await quote.ask('Hello?', by=ploy())
    accepted = await an_accepted_quote(await quote.customer)
    with pytest.raises(Refused, match='quote_accepted_already'):
        await accepted.ask('One more thing', by=ploy())


async def test_two_clerks_on_one_quote_see_each_other_until_they_leave() -> None:
    quote = await a_draft()
    program = uuid4()
    await Program.alive(program)
    nok = (await a_person(Role.SALES, 'Nok')).actor
    first = await Editing.begin(quote, by=await bo(), program_id=program)
    await Editing.begin(quote, by=nok, program_id=program)
    assert [one.name for one in await Editing.of(quote.id)] == ['Bo', 'Nok']
    await first.leave()
    assert [one.name for one in await Editing.of(quote.id)] == ['Nok']
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        assert await Editing.of(quote.id) == []
        await Program.alive(uuid4())
    assert not await Editing.exists()


@pytest.mark.parametrize(
    'change',
    [
        "content = 'x'",
        "sha256 = 'x'",
        "number = 'QT-1'",
        "state = 'Ordered'",
        "frozen = '{}'",
        'verification = null',
        'customer_id = id',
        'quote_id = null',
        'invoice_id = id',
        'job_id = id',
        'deposit_id = id',
        'receipt_id = id',
        'issued_on = issued_on - 1',
    ],
)
async def test_a_paper_that_was_set_never_changes(change: str, psql: Psql) -> None:
    await a_sent_quote()
    with pytest.raises(Exception, match='is kept'):
        await psql(f'update document set {change}')


async def test_of_two_who_set_a_paper_the_first_wins() -> None:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    paper, same = await Document.get(quote_id=quote.id), await Document.get(quote_id=quote.id)
    assert await paper.keep(b'first')
    assert not await same.keep(b'second')
    assert bytes((await Document.get(id=paper.id)).content or b'') == b'first'
