"""Quotes at the counter: listed, sent with a link, copied, and turned into a job with its dates confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from nicegui.testing import User

from app.papers.setting import set_ordered
from models import (
    Document,
    DocumentKind,
    Job,
    PortalLink,
    Quote,
    QuoteLine,
    QuoteStatus,
    Role,
    SignatureMethod,
    now,
)
from tests.conftest import Psql
from tests.pages.work import (
    choose,
    colleague,
    counter,
    forge,
    links_to,
    misses,
    saves,
    sees,
    sit_down,
    tap,
    typed,
    write,
)
from tests.signed import STROKES
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_sent_quote,
    an_accepted_quote,
    bo,
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


async def test_a_quote_begun_at_a_customer_has_that_customer(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'New Quote')
    choose(counter, 'new-quote')
    await sees(counter, 'Start a quote for Nimman Film Co., Ltd.')


async def test_sending_makes_the_link_and_shows_at_a_colleagues_desk(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.SALES)
    await sit_down(colleague, Role.BILLING)
    quote = await a_draft()
    await counter.open(f'/quotes/{quote.number}')
    await colleague.open(f'/quotes/{quote.number}')
    await sees(counter, 'Send to Client')
    await misses(colleague, 'Send to Client')
    tap(counter, 'send')
    await sees(counter, 'ploy@nimman.test')
    assert not await PortalLink.exists()
    saves(counter)
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


@pytest.mark.parametrize(
    ('language', 'said'),
    [
        ('en', ('Signature drawn', 'What the certificate says', 'Quotation sent to the customer', 'Not asked for')),
        ('th', ('เขียนลายเซ็น', 'ข้อความในใบรับรองการลงนาม', 'ส่งใบเสนอราคาให้ลูกค้า', 'ไม่ได้ถามรหัส')),
    ],
)
async def test_staff_see_the_signature_its_paper_and_what_its_certificate_says(
    counter: User, language: str, said: tuple[str, ...]
) -> None:
    await sit_down(counter, Role.CREW, language=language)
    quote = await a_sent_quote()
    await counter.open(f'/quotes/{quote.number}')
    picture = f'/quotes/{quote.number}/signature.png'
    assert (await counter.http_client.get(picture)).status_code == 404
    entry = replace(signed(ip='203.0.113.7'), method=SignatureMethod.DRAWN, strokes=STROKES)
    await quote.accept(version=1, signature=entry, by=ploy())
    await set_ordered()
    paper = await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    await links_to(counter, f'/papers/{paper.id}/{quote.number}-signed.pdf')
    await links_to(counter, f'/verify?id={paper.verification}')
    for sentence in (*said, paper.frozen['signature']['shown_sha256'], paper.verification or '-'):
        await sees(counter, sentence)
    answer = await counter.http_client.get(picture)
    assert answer.content.startswith(b'\x89PNG') and answer.headers['content-type'] == 'image/png'
    assert answer.headers['cache-control'] == 'private, no-store'
    assert "default-src 'none'" in answer.headers['content-security-policy']
    counter.http_client.cookies.clear()
    assert (await counter.http_client.get(picture)).status_code == 404


async def test_a_typed_name_stands_where_a_picture_would(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    await quote.accept(version=1, signature=signed('Ploy <b>Srisuk</b>'), by=ploy())
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Ploy <b>Srisuk</b>')
    await misses(counter, 'being drawn')
    assert (await counter.http_client.get(f'/quotes/{quote.number}/signature.png')).status_code == 404


async def test_crew_do_not_see_the_deposit_of_a_quote(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    quote = await an_accepted_quote()
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Total Due')
    await misses(counter, 'DEP-')
    assert quote.job_start > today()


async def test_a_duplicate_is_a_new_draft_with_the_same_lines_and_opens_at_once(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    quote = await a_sent_quote(lines=[SKYPANELS, DELIVERY])
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Send Again')
    choose(counter, 'duplicate')
    await sees(counter, 'is a copy of')
    copy = await Quote.exclude(id=quote.id).get()
    assert (copy.status, copy.total_due) == (QuoteStatus.DRAFT, quote.total_due)
    assert await QuoteLine.filter(quote_id=copy.id).count() == 2


async def test_who_only_reads_duplicates_nothing(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    quote = await a_sent_quote()
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, quote.number)
    choose(counter, 'duplicate')
    await sees(counter, 'Your role does not allow this.')
    assert await Quote.all().count() == 1


async def test_every_version_is_listed_with_its_paper_and_unpublished_changes_are_seen(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    await quote.write(replace(await quote.entry(), deposit=Decimal(5000)), version=0, by=await bo())
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'Unpublished changes')
    tap(counter, 'publish')
    await sees(counter, 'Security deposit')
    await sees(counter, '฿20,000.00 → ฿5,000.00')
    saves(counter)
    await sees(counter, 'Version 2')
    await misses(counter, 'Unpublished changes')
    papers = await Document.filter(quote_id=quote.id).order_by('edition')
    assert [paper.edition for paper in papers] == [1, 2]
    for paper in papers:
        await paper.keep(b'%PDF-1.7 of edition ' + str(paper.edition).encode())
        await links_to(counter, f'/papers/{paper.id}/{paper.number}.pdf')


async def test_what_the_customer_asks_stands_on_the_quote_with_its_line(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    await counter.open(f'/quotes/{quote.number}')
    [line] = await QuoteLine.filter(quote_id=quote.id)
    await quote.ask('Is the <b>dimmer</b> part of it?', by=ploy(), line_id=line.id)
    await sees(counter, 'Questions from the customer')
    await links_to(counter, 'tel:0812345678')
    question = 'Is%20the%20%3Cb%3Edimmer%3C%2Fb%3E%20part%20of%20it%3F'
    await links_to(counter, f'mailto:ploy@nimman.test?subject={quote.number}&amp;body=%0A%0A%3E%20{question}')
    await sees(counter, 'Is the <b>dimmer</b> part of it?')
    await sees(counter, 'ARRI SkyPanel S60-C')
