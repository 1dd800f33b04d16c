"""The editor of a quote: what is typed is saved, counted and kept in order, and nothing forged gets through."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from nicegui.testing import User

from models import DiscountKind, LineKind, Quote, QuoteLine, QuoteRevision, QuoteStatus, RateType, Role, Withholding
from tests.conftest import Psql
from tests.pages.at_the_editor import an_editor
from tests.pages.counter import quietly_given
from tests.pages.work import counter, misses, sees, sit_down, tap, until
from tests.world import DELIVERY, SKYPANELS, a_draft, a_sent_quote, in_days, nimman

__all__ = ['counter']

EARLIER = replace(SKYPANELS, name='Aputure 600d', name_th='ไฟ Aputure 600d', rate=Decimal(1800))


async def test_a_new_quote_asks_for_whom_and_is_a_draft_with_a_number_at_once(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open('/quotes/new')
    await sees(counter, 'Whom is the quote for?')
    tap(counter, 'begin', str(customer.id))
    await sees(counter, 'QT-')
    quote = await Quote.get(customer_id=customer.id)
    assert (quote.status, quote.job_start, quote.job_end) == (QuoteStatus.DRAFT, in_days(7), in_days(7))
    await sees(counter, quote.number)


async def test_somebody_who_is_not_known_yet_is_added_where_a_quote_is_begun(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    await nimman()
    await counter.open('/quotes/new')
    await sees(counter, 'Nimman Film')
    counter.find(marker='search').type('081-234-5679')
    await sees(counter, 'No customer found')
    tap(counter, 'new')
    await sees(counter, 'Name (as printed)')


async def test_looking_at_the_address_of_a_new_quote_makes_none(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open(f'/quotes/new/{customer.id}')
    await sees(counter, 'Start a quote for Nimman Film Co., Ltd.')
    assert not await Quote.exists()
    counter.find(marker='begin').click()
    await sees(counter, 'Send to Client')
    assert (await Quote.get(customer_id=customer.id)).status is QuoteStatus.DRAFT


async def test_whoever_begins_a_quote_twice_before_the_page_has_changed_has_one(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open(f'/quotes/new/{customer.id}')
    await sees(counter, 'Start a quote for Nimman Film Co., Ltd.')
    gone: list[str] = []
    monkeypatch.setattr('pages.frame.Desk.go', lambda _, path: gone.append(path))  # the network is slow
    counter.find(marker='begin').click()
    await until(lambda: len(gone) == 1, lambda: 'it is not begun')
    counter.find(marker='begin').click()
    await until(lambda: len(gone) == 2, lambda: 'it is not begun again')
    assert len(set(gone)) == await Quote.all().count() == 1


async def test_what_is_typed_is_saved_with_its_totals_and_nobody_presses_a_button(counter: User) -> None:
    editor = await an_editor(counter)
    line = editor.add('EQUIPMENT')
    editor.type(job_start=in_days(7).isoformat(), job_end=in_days(16).isoformat(), deposit='20,000')
    editor.type_line(line, name='ARRI SkyPanel S60-C', name_th='ไฟ ARRI SkyPanel S60-C', quantity='4', rate='2,500')
    await editor.shows('days', '10 days')
    await editor.shows('sum.due', '฿127,000.00')
    await editor.shows(f'amount.{line}', '100,000.00')
    quote = await editor.saved(total_due=Decimal(127000))
    assert (quote.title, quote.title_th) == ('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel S60-C')
    assert (await QuoteLine.get(quote_id=quote.id)).id == UUID(line)


async def test_weeks_months_options_and_a_discount_are_counted(counter: User) -> None:
    editor = await an_editor(counter)
    editor.type(job_start=in_days(7).isoformat(), job_end=in_days(16).isoformat())
    tent, delivery, kit = editor.add('EQUIPMENT'), editor.add('MANUAL'), editor.add('KIT')
    editor.type_line(tent, name='Tent', rate='1000', rate_type='WEEKLY')
    editor.type_line(delivery, name='Delivery', rate='500')
    editor.type_line(kit, name='Sound kit', rate='9000', rate_type='MONTHLY', optional='yes')
    editor.type(discount_kind='PERCENT', discount_value='10')
    await editor.shows('sum.discount', '−฿250.00')
    await editor.shows('options', 'With all optional lines: ฿11,074.50')
    quote = await editor.saved(grand_total=Decimal('2407.50'))
    assert quote.discount_kind is DiscountKind.PERCENT
    kept = [(it.kind, int(it.duration), it.rate_type, it.optional) for it in await QuoteLine.all().order_by('position')]
    assert kept == [
        (LineKind.EQUIPMENT, 2, RateType.WEEKLY, False),
        (LineKind.MANUAL, 1, RateType.DAILY, False),
        (LineKind.KIT, 1, RateType.MONTHLY, True),
    ]


async def test_a_duration_follows_the_dates_until_it_is_typed_and_again_when_it_is_emptied(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    [line] = editor.lines
    editor.type(job_end=in_days(18).isoformat())
    await editor.has(f'line.{line}.duration', '12')
    editor.type_line(line, duration='2.5')
    editor.type(job_end=in_days(30).isoformat())
    await editor.shows(f'hint.{line}', 'From the dates: 24 days')
    await editor.has(f'line.{line}.duration', '2.5')
    editor.type_line(line, duration='')
    await editor.has(f'line.{line}.duration', '24')


async def test_a_rental_that_is_moved_behind_its_end_stays_as_long_as_it_was(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    editor.type(job_start=in_days(40).isoformat())
    await editor.has('job_end', in_days(49).isoformat())


async def test_the_name_of_the_first_line_is_proposed_only_where_it_would_become_the_title(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    editor.type(title='', title_th='')
    await editor.shows('proposed.title_th', 'ไฟ ARRI SkyPanel')
    editor.type(title='Music video')
    await until(lambda: not editor.house._shown.get('proposed.title_th'), lambda: 'it is still proposed')


async def test_an_expiry_that_nobody_typed_is_proposed(counter: User) -> None:
    editor = await an_editor(counter)
    editor.type(job_start=in_days(5).isoformat(), job_end=in_days(6).isoformat())
    await editor.shows('hint.expires_on', 'Left empty')
    assert (await editor.saved(job_end=in_days(6))).expires_on == in_days(4)


async def test_what_no_number_can_be_made_of_is_said_and_the_rest_is_saved(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    [line] = editor.lines
    editor.type_line(line, rate='ten', quantity='3')
    await editor.shows(f'why.line.{line}.rate', '“ten” is not an amount')
    await sees(counter, 'Not saved: “ten” is not an amount')
    await editor.saved(subtotal=Decimal(75000))
    editor.press('send')
    await sees(counter, 'What you typed is not saved yet.')
    editor.type_line(line, rate='10')
    await editor.saved(subtotal=Decimal(300))
    await misses(counter, 'Not saved')


@pytest.mark.parametrize(
    ('typed', 'where', 'said'),
    [
        ({'job_end': -1}, 'why.job_end', 'The last day cannot be before the first day.'),
        ({'expires_on': 40}, 'why.expires_on', 'A quote cannot stay valid beyond the day the job starts.'),
    ],
)
async def test_an_incomplete_quote_is_kept_but_neither_shown_as_right_nor_sent(
    counter: User, typed: dict[str, int], where: str, said: str
) -> None:
    quote = await a_draft()
    editor = await an_editor(counter, quote)
    [(name, days)] = typed.items()
    editor.type(None, **{name: in_days(days).isoformat()})
    await editor.shows(where, said)
    await sees(counter, 'Saved ')
    revision = await QuoteRevision.get(quote_id=quote.id)
    assert getattr(revision.entry, name) == in_days(days)
    assert (await Quote.get(id=quote.id)).job_end == quote.job_end
    editor.press('send')
    await sees(counter, said)


@pytest.mark.parametrize('typed', ['9999999999999', '1e5', '-5'])
async def test_figures_beyond_all_measure_are_refused_and_harm_nothing(counter: User, typed: str) -> None:
    editor = await an_editor(counter, await a_draft())
    [line] = editor.lines
    editor.type_line(line, rate=typed)
    await sees(counter, 'Not saved:')
    editor.type_line(line, rate='999,999,999,999.99')
    await sees(counter, 'is more than we can count')
    assert (await Quote.get(id=editor.quote.id)).subtotal == Decimal(100000)


async def test_a_sum_beyond_all_measure_is_said_beside_the_totals_and_what_was_typed_stays(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    editor.type_line(editor.lines[0], rate='24,000,000,000')
    await editor.shows('why.deposit', 'This quote comes to more than we can count. Please check its amounts.')
    await sees(counter, 'Saved ')
    revision = await QuoteRevision.get(quote_id=editor.quote.id)
    assert [line.rate for line in revision.entry.lines] == [Decimal(24_000_000_000)]
    assert (await Quote.get(id=editor.quote.id)).subtotal == Decimal(100_000)


async def test_lines_are_moved_removed_and_taken_back(counter: User) -> None:
    editor = await an_editor(counter, await a_draft(lines=[SKYPANELS, EARLIER, DELIVERY]))
    first, second, third = editor.lines
    editor.say('ordered', ids=[third, first, second])
    await editor.saves_lines(third, first, second)
    editor.say('removed', id=first)
    await editor.saves_lines(third, second)
    editor.say('restored', id=first, after=third)
    await editor.saves_lines(third, first, second)


async def test_a_line_in_which_nothing_stands_is_no_line(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    editor.add('EQUIPMENT')
    editor.type(customer_notes='Bring the long cables')
    quote = await editor.saved(customer_notes='Bring the long cables')
    assert await QuoteLine.filter(quote_id=quote.id).count() == 1


async def test_a_line_that_the_browser_brings_back_is_there_once(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    [known], brought = editor.lines, str(uuid4())
    for line in (known, brought, brought):
        editor.say('added', id=line, kind='KIT', after='', again=True)
    editor.type_line(brought, name='Back again')
    await editor.saves_lines(known, brought)


async def test_withholding_follows_the_kind_until_it_is_chosen(counter: User) -> None:
    editor = await an_editor(counter)
    line = editor.add('EQUIPMENT')
    editor.type_line(line, name='Truck', rate='1,000', kind='MANUAL')
    await editor.has(f'line.{line}.withholding', 'SERVICE')
    editor.type_line(line, withholding='TRANSPORT')
    await editor.saved(grand_total=Decimal(1070))
    assert (await QuoteLine.get(id=line)).withholding is Withholding.TRANSPORT


async def test_what_was_quoted_before_is_offered_with_its_rate_and_both_names(counter: User) -> None:
    await a_sent_quote(lines=[EARLIER])
    await a_draft(lines=[replace(EARLIER, name='Aputure of a draft')])
    editor = await an_editor(counter, await a_draft(lines=[]))
    line = editor.add('EQUIPMENT')
    editor.say('sought', field=f'line.{line}.name', text='aput')
    offered = await editor.patched('sought')
    assert 'Aputure 600d' in offered['html']
    assert 'of a draft' not in offered['html']
    found = await QuoteLine.get(name='Aputure 600d')
    editor.say('chosen', field=f'line.{line}.name', ref=str(found.id))
    await editor.has(f'line.{line}.name_th', 'ไฟ Aputure 600d')
    await editor.saved(subtotal=Decimal(18000))


@pytest.mark.parametrize('role', [Role.CREW, Role.BILLING, Role.OPERATIONS])
async def test_who_only_reads_quotes_writes_none(counter: User, role: Role) -> None:
    await sit_down(counter, role)
    quote = await a_draft()
    await counter.open(f'/quotes/{quote.number}/edit')
    await sees(counter, 'Your role does not allow this.')


@pytest.mark.parametrize('what', ['typed', 'added', 'removed', 'ordered', 'sought', 'chosen', 'act'])
async def test_a_role_that_was_taken_meanwhile_changes_nothing_more(counter: User, what: str, psql: Psql) -> None:
    editor = await an_editor(counter, await a_draft(), Role.SALES)
    staff = editor.staff
    await quietly_given(psql, Role.BILLING, staff.id)
    [line] = editor.lines
    said = {'fields': {'title': 'Forged'}, 'id': line, 'ids': [line], 'verb': 'send', 'kind': 'KIT', 'ref': line}
    editor.say(what, **said)
    await sees(counter, 'Your role does not allow this.')
    assert (await Quote.get(id=editor.quote.id)).title == 'Commercial shoot, Chiang Mai'


@pytest.mark.parametrize(
    'said',
    [
        {'what': 'typed', 'fields': {'line.x.name': 'a', 'status': 'Accepted', f'line.{uuid4()}.rate': '1'}},
        {'what': 'typed', 'fields': ['title']},
        {'what': 'added', 'id': str(uuid4()), 'kind': 'EQUIPMENT'},
        {'what': 'added', 'id': 'x', 'kind': 'PREPAYMENT'},
        {'what': 'removed', 'id': None},
        {'what': 'restored', 'id': str(uuid4())},
        {'what': 'ordered', 'ids': 'abc'},
        {'what': 'chosen', 'field': 'title', 'ref': str(uuid4())},
        {'what': 'act', 'verb': 'theirs', 'ref': 'title'},
        {'what': 'nonsense'},
        {'what': 7},
    ],
)
async def test_what_a_forged_browser_says_changes_nothing(counter: User, said: dict[str, Any]) -> None:
    editor = await an_editor(counter, await a_draft())
    editor.say(**said)
    editor.type(customer_notes='Still alive')
    quote = await editor.saved(customer_notes='Still alive')
    assert (quote.title, quote.subtotal, quote.status) == (
        'Commercial shoot, Chiang Mai', Decimal(100000), QuoteStatus.DRAFT,
    )  # fmt: skip


async def test_one_asks_for_a_line_of_somebody_elses_draft_in_vain(counter: User) -> None:
    other = await a_draft(lines=[EARLIER])
    [line] = await QuoteLine.filter(quote_id=other.id)
    editor = await an_editor(counter, await a_draft(lines=[]))
    mine = editor.add('EQUIPMENT')
    editor.say('chosen', field=f'line.{mine}.name', ref=str(line.id))
    await sees(counter, 'is not there any more')
