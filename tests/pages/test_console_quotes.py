"""Quotes at the counter: written in a plain form, sent with a link, and turned into a job with its dates confirmed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from nicegui.testing import User

from models import (
    DiscountKind,
    Job,
    LineKind,
    PortalLink,
    Quote,
    QuoteLine,
    QuoteStatus,
    RateType,
    Role,
    now,
)
from tests.conftest import Psql
from tests.pages.work import choose, colleague, counter, forge, misses, pick, saves, sees, sit_down, tap, typed, write
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_sent_quote,
    an_accepted_quote,
    in_days,
    nimman,
    ploy,
    today,
)
from tests.world import (
    typed as signed,
)

__all__ = ['colleague', 'counter']


async def test_the_list_is_filtered_by_status_and_by_search(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await a_draft(title='Music video')
    sent = await a_sent_quote(await nimman(name='Other Film'), title='Car commercial')
    await counter.open('/quotes')
    await sees(counter, 'Music video')
    tap(counter, 'filter', 'SENT')
    await misses(counter, 'Music video')
    await sees(counter, '127,000.00' if sent.deposit == 0 else '107,000.00')
    await psql(f"update quote set expires_on = current_date - 3, job_start = job_start where id = '{sent.id}'")
    await sees(counter, 'No quotes found')
    tap(counter, 'filter', 'EXPIRED')
    await sees(counter, 'Car commercial')
    tap(counter, 'filter', '')
    counter.find(marker='search').type('music')
    await misses(counter, 'Car commercial')
    await sees(counter, 'Music video')


async def test_a_quote_is_written_with_its_totals_as_one_types(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open('/quotes/new')
    await counter.should_see(marker='name_1', retries=50)
    pick(counter, 'customer', str(customer.id))
    write(counter, 'job_start', in_days(7).isoformat())
    write(counter, 'job_end', in_days(16).isoformat())
    await sees(counter, '10')
    assert typed(counter, 'duration_1') == '10'
    write(counter, 'name_1', 'ARRI SkyPanel S60-C')
    write(counter, 'name_th_1', 'ไฟ ARRI SkyPanel S60-C')
    write(counter, 'quantity_1', '4')
    write(counter, 'rate_1', '2,500')
    write(counter, 'deposit', '20,000.00')
    await sees(counter, 'Total Due ฿127,000.00')
    saves(counter)
    await sees(counter, 'Not sent yet')
    quote = await Quote.get(customer_id=customer.id)
    assert (quote.grand_total, quote.deposit, quote.total_due) == (Decimal(107000), Decimal(20000), Decimal(127000))
    assert (quote.title, quote.title_th) == ('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel S60-C')
    assert quote.expires_on == in_days(6)


async def test_weeks_months_options_manual_lines_and_a_discount_are_counted(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open('/quotes/new')
    await counter.should_see(marker='name_1', retries=50)
    pick(counter, 'customer', str(customer.id))
    write(counter, 'job_start', in_days(7).isoformat())
    write(counter, 'job_end', in_days(16).isoformat())
    write(counter, 'name_1', 'Tent')
    write(counter, 'rate_1', '1000')
    pick(counter, 'rate_type_1', 'WEEKLY')
    await sees(counter, 'Subtotal (rental) ฿2,000.00')
    counter.find('Manual').click()
    await counter.should_see(marker='name_2', retries=50)
    write(counter, 'name_2', 'Delivery')
    write(counter, 'rate_2', '500')
    await sees(counter, 'Subtotal (rental) ฿2,500.00')
    counter.find('Kit').click()
    await counter.should_see(marker='name_3', retries=50)
    write(counter, 'name_3', 'Sound kit')
    write(counter, 'rate_3', '9000')
    pick(counter, 'optional_3', True)
    pick(counter, 'rate_type_3', 'MONTHLY')
    pick(counter, 'discount_kind', 'PERCENT')
    write(counter, 'discount', '10')
    await sees(counter, 'Discount 10% −฿250.00')
    await sees(counter, 'Grand Total ฿2,407.50')
    saves(counter)
    await sees(counter, 'Not sent yet')
    quote = await Quote.get(customer_id=customer.id)
    assert (quote.grand_total, quote.discount_kind) == (Decimal('2407.50'), DiscountKind.PERCENT)
    kept = [(line.kind, int(line.duration), line.rate_type, line.optional) for line in await QuoteLine.all()]
    assert kept == [
        (LineKind.EQUIPMENT, 2, RateType.WEEKLY, False),
        (LineKind.MANUAL, 1, RateType.DAILY, False),
        (LineKind.KIT, 1, RateType.MONTHLY, True),
    ]


async def test_a_duration_of_ones_own_is_not_overwritten_by_other_dates(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/quotes/new')
    await counter.should_see(marker='name_1', retries=50)
    write(counter, 'duration_1', '2.5')
    write(counter, 'job_end', in_days(30).isoformat())
    await sees(counter, 'From the dates: 24 days')
    assert typed(counter, 'duration_1') == '2.5'


async def test_a_refused_quote_keeps_what_was_typed(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open('/quotes/new')
    await counter.should_see(marker='name_1', retries=50)
    write(counter, 'name_1', 'Tent')
    write(counter, 'rate_1', 'ten')
    saves(counter)
    await sees(counter, '“ten” is not an amount.')
    write(counter, 'rate_1', '10')
    saves(counter)
    await sees(counter, 'Please choose a customer.')
    pick(counter, 'customer', str(customer.id))
    write(counter, 'expires_on', in_days(40).isoformat())
    saves(counter)
    await sees(counter, 'A quote cannot stay valid beyond the day the job starts.')
    assert typed(counter, 'name_1') == 'Tent'
    assert not await Quote.exists()


async def test_a_quote_begun_at_a_customer_has_that_customer(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'New Quote')
    choose(counter, 'new-quote')
    await counter.should_see(marker='name_1', retries=50)
    assert typed(counter, 'customer') == str(customer.id)


async def test_a_draft_is_edited_from_the_version_that_was_opened(counter: User) -> None:
    await sit_down(counter)
    quote = await a_draft(lines=[SKYPANELS, DELIVERY])
    await counter.open(f'/quotes/{quote.number}/edit')
    await counter.should_see(marker='name_2', retries=50)
    assert typed(counter, 'rate_1') == '2,500.00'
    write(counter, 'quantity_1', '2')
    await sees(counter, 'Subtotal (rental) ฿53,500.00')
    saves(counter)
    await sees(counter, 'Not sent yet')
    assert (await Quote.get(id=quote.id)).subtotal == Decimal(53500)


async def test_sending_makes_the_link_and_shows_at_a_colleagues_desk(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.SALES)
    await sit_down(colleague, Role.BILLING)
    quote = await a_draft()
    await counter.open(f'/quotes/{quote.number}')
    await colleague.open(f'/quotes/{quote.number}')
    await sees(counter, 'Send to Client')
    await misses(colleague, 'Send to Client')
    tap(counter, 'send')
    await sees(counter, 'Version 1')
    await sees(colleague, 'Version 1')
    link = await PortalLink.get(quote_id=quote.id)
    assert link.state(now()) == 'live'
    await sees(colleague, 'never opened')
    await sees(counter, f'{quote.number} is sent. The link is copied and ready to paste.')


@pytest.mark.parametrize(('role', 'verb'), [(Role.BILLING, 'send'), (Role.SALES, 'create-job')])
async def test_what_a_role_may_not_is_refused_when_it_is_forged(counter: User, role: Role, verb: str) -> None:
    await sit_down(counter, role)
    quote = await (a_draft() if verb == 'send' else an_accepted_quote())
    before = (await Quote.get(id=quote.id)).status
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, quote.number)
    forge(counter, verb, '')
    await sees(counter, 'Your role does not allow this.')
    assert (await Quote.get(id=quote.id)).status is before


@pytest.mark.parametrize('key', ['copy-link', 'generate-link', 'revoke'])
async def test_links_of_a_quote_need_write_on_quotes(counter: User, key: str) -> None:
    await sit_down(counter, Role.BILLING)
    quote = await a_sent_quote()
    before = await PortalLink.all().count()
    await counter.open(f'/quotes/{quote.number}')
    await misses(counter, 'Copy Portal Link')
    choose(counter, key)
    await sees(counter, 'Your role does not allow this.')
    assert await PortalLink.all().count() == before


async def test_an_accepted_quote_becomes_a_job_with_confirmed_dates(counter: User) -> None:
    await sit_down(counter, Role.OPERATIONS)
    quote = await an_accepted_quote()
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Ployphan Srisuk')
    await sees(counter, 'Name typed')
    tap(counter, 'create-job')
    await counter.should_see(marker='end', retries=50)
    assert typed(counter, 'start') == quote.job_start.isoformat()
    write(counter, 'end', (quote.job_end + timedelta(days=1)).isoformat())
    saves(counter)
    await sees(counter, 'Start Picking')
    job = await Job.get(quote_id=quote.id)
    assert job.end_on == quote.job_end + timedelta(days=1)


async def test_a_signature_shows_while_the_quote_is_open_at_the_counter(counter: User) -> None:
    await sit_down(counter, Role.OWNER)
    quote = await a_sent_quote()
    await counter.open(f'/quotes/{quote.number}')
    await misses(counter, 'Create Job')
    await quote.accept(version=1, signature=signed(ip='203.0.113.7', user_agent='Line/14'), by=ploy())
    await sees(counter, 'Create Job')
    await sees(counter, '203.0.113.7')
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.ACCEPTED


async def test_crew_do_not_see_the_deposit_of_a_quote(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    quote = await an_accepted_quote()
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Total Due')
    await misses(counter, 'DEP-')
    assert quote.job_start > today()
