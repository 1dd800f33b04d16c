"""A quote that leaves the desk: two clerks on one, a private copy until it is published, the mail before it goes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from nicegui.testing import User
from pypdfium2 import PdfDocument

from models import ContactEntry, Document, Outbox, PortalLink, Quote, QuoteRevision, QuoteStatus, Role
from tests.pages.at_the_editor import an_editor
from tests.pages.counter import mail_server
from tests.pages.work import colleague, counter, links_to, misses, pick, saves, sees, tap
from tests.world import DELIVERY, SKYPANELS, a_draft, a_sent_quote, bo, nimman

__all__ = ['colleague', 'counter', 'mail_server']


async def test_two_clerks_see_each_other_and_their_changes_come_together(counter: User, colleague: User) -> None:
    quote = await a_draft(lines=[SKYPANELS, DELIVERY])
    mine = await an_editor(counter, quote, Role.SALES, name='Nok')
    theirs = await an_editor(colleague, quote, Role.ADMIN, name='Ann')
    await sees(counter, 'Ann is also writing here')
    await sees(colleague, 'Nok is also writing here')
    first, second = mine.lines
    mine.type_line(first, quantity='5')
    theirs.type_line(second, rate='4000')
    await mine.has(f'line.{second}.rate', '4,000.00')
    await theirs.has(f'line.{first}.quantity', '5')
    new = theirs.add('EQUIPMENT')
    theirs.type_line(new, name='Dolly', rate='700')
    await mine.has(f'line.{new}.name', 'Dolly')
    mine.say('removed', id=second)
    await mine.saves_lines(first, new)
    await theirs.shows('sum.subtotal', '฿132,000.00')


async def test_where_both_wrote_the_same_field_mine_stays_and_theirs_is_told(counter: User, colleague: User) -> None:
    quote = await a_draft()
    mine = await an_editor(counter, quote, Role.SALES, name='Nok')
    theirs = await an_editor(colleague, quote, Role.ADMIN, name='Ann')
    theirs.type(title='Film by Ann')
    await mine.has('title', 'Film by Ann')
    # Typed over what this browser had not shown yet.
    mine.type(title='Film by Nok', was={'title': 'Commercial shoot, Chiang Mai'})
    note = await mine.patched('notes')
    assert 'Ann wrote here: “Film by Ann”.' in note['title']
    await theirs.has('title', 'Film by Nok')
    mine.press('theirs', 'title')
    await mine.has('title', 'Film by Ann')
    await mine.saved(title='Film by Ann')


async def test_leaving_the_screen_saves_what_was_heard_last_and_is_seen(counter: User, colleague: User) -> None:
    quote = await a_draft()
    mine = await an_editor(counter, quote, Role.SALES, name='Nok')
    await an_editor(colleague, quote, Role.ADMIN, name='Ann')
    await sees(colleague, 'Nok is also writing here')
    mine.type(title='Typed and gone')
    mine.closes_the_tab()
    await misses(colleague, 'Nok is also writing here')
    await mine.saved(title='Typed and gone')


async def test_a_sent_quote_is_written_privately_and_published_with_what_changed(counter: User) -> None:
    quote = await a_sent_quote()
    editor = await an_editor(counter, quote)
    await sees(counter, 'The customer still sees version 1')
    await misses(counter, 'Publish Changes')
    [line] = editor.lines
    editor.type_line(line, quantity='5')
    await sees(counter, 'Publish Changes')
    assert (await Quote.get(id=quote.id)).subtotal == Decimal(100000)
    editor.press('publish')
    await sees(counter, 'What changes for the customer in version 2')
    await sees(counter, '4 → 5')
    await sees(counter, 'ploy@nimman.test')
    pick(counter, 'mail', False)
    saves(counter)
    await sees(counter, f'{quote.number} is published as version 2.')
    assert (await Quote.get(id=quote.id)).subtotal == Decimal(125000)
    assert await Outbox.filter(template='quote').count() == 1  # that of the first sending
    await sees(counter, 'The customer still sees version 2')
    await misses(counter, 'Publish Changes')


async def test_private_changes_are_discarded_after_a_question(counter: User) -> None:
    quote = await a_sent_quote()
    editor = await an_editor(counter, quote)
    editor.type(title='Not like this')
    await sees(counter, 'Discard')
    editor.press('discard')
    await sees(counter, 'Discard what you changed?')
    counter.find(marker='answer-yes').click()
    await editor.has('title', 'Commercial shoot, Chiang Mai')
    assert not await QuoteRevision.exists()


@pytest.mark.usefixtures('mail_server')
async def test_sending_shows_the_mail_first_in_the_customers_language(counter: User) -> None:
    quote = await a_draft(await nimman(language='th'))
    editor = await an_editor(counter, quote)
    editor.press('send')
    await sees(counter, 'ploy@nimman.test')
    await sees(counter, quote.number)
    await sees(counter, 'คุณพลอย')
    assert not await PortalLink.exists()
    saves(counter)
    await sees(counter, f'{quote.number} is sent.')
    assert (await Quote.get(id=quote.id)).status is QuoteStatus.SENT
    assert await Outbox.filter(template='quote', recipient='ploy@nimman.test').count() == 1


async def test_a_customer_without_an_address_gets_a_link_and_no_mail(counter: User) -> None:
    quote = await a_draft(await nimman(contacts=[ContactEntry('Ployphan Srisuk', '081 234 5678')]))
    editor = await an_editor(counter, quote)
    editor.press('send')
    await sees(counter, 'has no e-mail address')
    saves(counter)
    await sees(counter, f'{quote.number} is sent.')
    assert not await Outbox.exists()


async def test_the_preview_is_the_customers_own_page_with_what_is_being_written(counter: User) -> None:
    editor = await an_editor(counter, await a_draft())
    [line] = editor.lines
    editor.type_line(line, name='Only <script>just</script> typed')
    await editor.saved(title='Commercial shoot, Chiang Mai')
    editor.press('preview')
    await editor.previews('Only &lt;script&gt;just')
    await editor.previews('Accept &amp; Sign')
    tap(counter, 'preview-language', 'th')
    await editor.previews('ตรวจสอบและลงนาม')


async def test_a_quote_that_was_signed_meanwhile_takes_nothing_more(counter: User) -> None:
    quote = await a_sent_quote()
    editor = await an_editor(counter, quote)
    await (await Quote.get(id=quote.id)).decline(by=await bo(), reason='By phone')
    await sees(counter, 'This quote can no longer be changed: Declined.')
    editor.type(title='Too late')
    await misses(counter, 'Saved ')
    assert not await QuoteRevision.exists()


async def test_the_preview_as_a_paper_says_what_is_being_written_and_that_it_is_no_offer(counter: User) -> None:
    quote = await a_draft()
    editor = await an_editor(counter, quote)
    [line] = editor.lines
    editor.type_line(line, name='Only just typed')
    await editor.saved(version=1, title=quote.title)
    editor.press('preview')
    await links_to(counter, f'/quotes/{quote.number}/preview.pdf')
    answer = await counter.http_client.get(f'/quotes/{quote.number}/preview.pdf')
    assert answer.headers['content-type'] == 'application/pdf'
    text = PdfDocument(answer.content)[0].get_textpage().get_text_range()
    assert 'Only just typed' in text
    assert 'PREVIEW' in text
    assert not await Document.exists()


async def test_nobody_gets_the_preview_of_a_paper_without_signing_in(counter: User) -> None:
    quote = await a_draft()
    answer = await counter.http_client.get(f'/quotes/{quote.number}/preview.pdf', follow_redirects=False)
    assert (answer.status_code, answer.headers['location'][:9]) == (303, '/sign-in?')
