"""A quote on the customer's page: what may be ticked, what changed, and what becomes of each of the three answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from nicegui import Client
from nicegui.testing import User

from models import (
    Activity,
    Business,
    Deposit,
    Document,
    DocumentKind,
    LineEntry,
    Method,
    Notice,
    PortalLink,
    Quote,
    QuoteLine,
    QuoteStatus,
    Signature,
    SignatureMethod,
    end_of_day,
)
from pages.parts.region import Region
from pages.parts.sheet import Sheet
from pages.parts.sheet_form import SheetForm
from pages.portal.deciding import Kept
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_firm,
    a_link,
    a_secret,
    a_sent_quote,
    an_invoice,
    bo,
    nimman,
    ploy,
    set_all_papers,
    set_paper,
    typed,
)

GENERATOR = LineEntry('Honda generator', Decimal(1800), name_th='เครื่องปั่นไฟ Honda', optional=True)
MONITOR = LineEntry('Monitor', Decimal(900), name_th='จอมอนิเตอร์', optional=True)
INK = [[[1000, 1000, 0], [4000, 3000, 90], [7000, 1200, 180]]]
WITHOUT, WITH_GENERATOR = '฿130,745.00', '฿132,671.00'


@dataclass
class Phone:
    """A customer's phone with one quote open on it."""

    user: User
    quote: Quote
    link: PortalLink
    path: str

    async def open(self) -> Phone:
        await self.user.open(self.path)
        await self.user.should_see(self.quote.number)
        return self

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await self.user.should_see(text)

    async def misses(self, *texts: str) -> None:
        for text in texts:
            await self.user.should_not_see(text)

    def tap(self, verb: str, reference: str = '') -> None:
        """As a finger on the drawn page, or as anybody who sends the same."""
        region = next(region for region in self.elements(Region) if f'data-do="{verb}"' in region.html)
        _trigger(self.user, region, 'act', {'verb': verb, 'ref': reference})

    async def tick(self, name: str) -> None:
        line = await QuoteLine.get(quote_id=self.quote.id, name=name)
        self.tap('tick', str(line.id))

    async def sheet(self, verb: str = 'sign') -> SheetForm:
        self.tap(verb)
        await self.user.should_see(SheetForm)
        form: SheetForm = self.elements(SheetForm)[0]
        return form

    def send(
        self, form: SheetForm, *, method: str = 'Typed', strokes: Any = None, sent: int = 1, **values: Any
    ) -> None:
        said = {'name': 'Ploy Srisuk', **values}
        args = {'sent': sent, 'values': said, 'method': method, 'strokes': strokes or []}
        _trigger(self.user, form, 'sent', args)

    def elements(self, kind: type[Any]) -> list[Any]:
        assert self.user.client
        return [element for element in self.user.client.elements.values() if isinstance(element, kind)]


def _trigger(user: User, element: Any, event: str, args: Any) -> None:
    from nicegui.testing.user_interaction import UserInteraction

    UserInteraction(user, {element}, None).trigger(event, args)


Offer = Callable[..., Any]


@pytest.fixture
def offer(portal: User) -> Offer:
    async def made(*, language: str = 'en', whole: bool = False, user: User | None = None, **facts: Any) -> Phone:
        customer = await nimman(language=language)
        quote = await a_sent_quote(customer, **{'lines': [SKYPANELS, DELIVERY, GENERATOR, MONITOR], **facts})
        link, token = await a_link(customer if whole else quote)
        path = f'/p/{token}/quotes/{quote.number}' if whole else f'/p/{token}'
        return await Phone(user or portal, quote, link, path).open()

    return made


async def publish(quote: Quote, *, paper: bool = True, **facts: Any) -> None:
    entry = await (await Quote.get(id=quote.id)).entry()
    await quote.write(replace(entry, **facts), version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo(), mail=False)
    if paper:
        await set_paper(quote)


async def test_totals_follow_the_ticks_at_once_and_ticks_outlive_every_change(offer: Offer) -> None:
    phone: Phone = await offer()
    await phone.sees(WITHOUT, 'Optional: tick what you would like')
    await phone.tick('Honda generator')
    await phone.sees(WITH_GENERATOR)
    await publish(phone.quote, customer_notes='Gate 2 at five')
    await phone.sees('Gate 2 at five', WITH_GENERATOR)
    await phone.tick('Honda generator')
    await phone.sees(WITHOUT)


async def test_what_a_phone_remembers_is_ticked_again_and_only_what_may_be(offer: Offer) -> None:
    phone: Phone = await offer()
    included, generator, _ = await QuoteLine.filter(quote_id=phone.quote.id).order_by('position')[1:4]
    _trigger(phone.user, phone.elements(Kept)[0], 'ticked', [str(included.id), str(generator.id), 'x', 7, None])
    await phone.sees(WITH_GENERATOR)
    phone.tap('tick', str(included.id))
    phone.tap('tick', str(uuid4()))
    await phone.sees(WITH_GENERATOR)


async def test_a_line_that_is_no_longer_offered_is_no_longer_ticked(offer: Offer) -> None:
    phone: Phone = await offer()
    await phone.tick('Honda generator')
    await phone.sees(WITH_GENERATOR)
    entry = await phone.quote.entry()
    await publish(phone.quote, lines=tuple(line for line in entry.lines if line.name != 'Honda generator'))
    await phone.sees('What is new in version 2', 'Removed Honda generator', WITHOUT)


@pytest.mark.parametrize(
    ('language', 'said'),
    [
        ('en', ['Changed', 'ARRI SkyPanel S60-C: quantity 4 → 5', 'New Gaffer', 'last day 8 Dec → 9 Dec']),
        ('th', ['แก้ไข', 'ไฟ ARRI SkyPanel S60-C: จำนวน 4 → 5', 'เพิ่ม หัวหน้าช่างไฟ', 'วันสุดท้าย']),
    ],
)
async def test_what_changed_since_the_last_version_is_marked(offer: Offer, language: str, said: list[str]) -> None:
    with time_machine.travel('2026-11-22T05:00:00Z', tick=True):
        phone: Phone = await offer(language=language)
        entry = await phone.quote.entry()
        more = LineEntry('Gaffer', Decimal(5000), name_th='หัวหน้าช่างไฟ')
        lines = (replace(entry.lines[0], quantity=Decimal(5)), *entry.lines[1:], more)
        await publish(phone.quote, lines=lines, job_end=entry.job_end + timedelta(days=1))
        await phone.sees(*said)


async def test_the_pdf_is_said_to_be_prepared_and_is_then_one_tap_away(portal: User) -> None:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    link, token = await a_link(quote)
    phone = await Phone(portal, quote, link, f'/p/{token}').open()
    await phone.sees('The PDF is being prepared…')
    form = await phone.sheet()
    await phone.sees('You can confirm in a moment')
    phone.send(form)
    await phone.sees('is just being made')
    await set_paper(quote)
    await phone.sees('Quote as PDF')
    await phone.misses('You can confirm in a moment')
    assert any(f'/p/{token}/papers/' in region.html for region in phone.elements(Region))
    await phone.misses('from the menu at the top')


async def test_within_a_chat_every_list_of_papers_says_how_they_open_elsewhere(portal: User) -> None:
    portal.http_client.headers['user-agent'] += ' Line/14.0.0'
    customer = await nimman()
    invoice = await an_invoice(customer)
    _, token = await a_link(customer)
    for place in ('documents', f'invoices/{invoice.number}'):
        await portal.open(f'/p/{token}/{place}')
        await portal.should_see('In LINE: if the PDF does not open', retries=50)


async def test_within_a_chat_it_says_how_the_pdf_opens_elsewhere(offer: Offer, portal: User) -> None:
    portal.http_client.headers['user-agent'] += ' Line/14.0.0'
    phone = await offer()
    await phone.sees('In LINE: if the PDF does not open')
    phone.send(await phone.sheet())
    await phone.sees('Thank you')
    await phone.misses('if the PDF does not open')  # what only this device keeps would not open elsewhere


async def test_terms_stand_in_the_version_that_is_printed_with_the_quote(portal: User) -> None:
    await a_firm(rental_terms='Bring it back.', rental_terms_th='กรุณานำมาคืน')
    quote = await a_sent_quote()
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), rental_terms='Bring it back clean.')
    link, token = await a_link(quote)
    phone = await Phone(portal, quote, link, f'/p/{token}').open()
    await phone.sees('Rental terms (version 1)', 'Bring it back.')
    await phone.misses('clean')
    phone.send(await phone.sheet())
    await phone.sees('Thank you')
    signed = await Signature.get()
    assert (signed.terms_version, signed.consent) == (
        1,
        'By confirming you accept this quote and the rental terms (version 1), '
        'and confirm that you are authorised to sign.',
    )


async def test_a_drawn_signature_is_kept_with_all_that_proves_it(offer: Offer) -> None:
    phone: Phone = await offer(language='th')
    await phone.tick('Honda generator')
    form = await phone.sheet()
    await phone.sees('ลงนาม', 'ชื่อผู้ลงนาม', 'Ployphan Srisuk', WITH_GENERATOR)
    phone.send(form, method='Drawn', strokes=INK, position=' Producer ', company='Nimman', email='ploy@nimman.test')
    await phone.sees('ขอบคุณ', 'ลงนามโดย Ploy Srisuk', 'ขั้นต่อไป: เงินประกัน', '฿20,000.00')
    signed, quote = await Signature.get(), await Quote.get()
    assert (signed.method, signed.strokes, signed.name) == (SignatureMethod.DRAWN, INK, 'Ploy Srisuk')
    assert (signed.position, signed.company, signed.email) == ('Producer', 'Nimman', 'ploy@nimman.test')
    assert (signed.language, signed.quote_version, signed.link_id) == ('th', 1, phone.link.id)
    assert 'ยืนยันว่าคุณมีอำนาจลงนาม' in signed.consent
    assert 'Pixel 7' in signed.user_agent and signed.ip
    shown = await Document.get(kind=DocumentKind.QUOTE)
    assert bytes(signed.shown_sha256 or b'') == bytes(shown.sha256 or b'')
    assert (quote.status, quote.total_due) == (QuoteStatus.ACCEPTED, Decimal('132671.00'))


async def test_only_the_device_that_signed_keeps_the_view_and_gets_its_paper_live(
    offer: Offer, another: Callable[[], User]
) -> None:
    phone: Phone = await offer()
    phone.send(await phone.sheet())
    await phone.sees('Thank you', 'The PDF is being prepared…', 'Next: the security deposit', 'How to pay')
    await set_all_papers()
    await phone.sees('Signed quote as PDF')
    await phone.misses('Accept & Sign')
    deposit = await Deposit.get()
    await deposit.collect(
        amount=deposit.amount, method=Method.CASH, collected_on=deposit.requested_on, key=uuid4(), by=await bo()
    )
    await phone.misses('Next: the security deposit')
    kept = await phone.user.http_client.get(phone.path)
    assert kept.status_code == 200 and 'Thank you' in kept.text
    stranger = await another().http_client.get(phone.path, headers={'accept-language': 'en'})
    assert stranger.status_code == 410
    assert 'The quote has been accepted, so its link has ended.' in stranger.text
    assert 'Ploy' not in stranger.text
    with time_machine.travel(phone.quote.created_at + timedelta(days=31)):
        assert (await phone.user.http_client.get(phone.path)).status_code == 410


async def test_two_phones_make_one_signature_and_the_second_is_told_so(
    offer: Offer, another: Callable[[], User]
) -> None:
    phone: Phone = await offer(whole=True)
    second = await Phone(another(), phone.quote, phone.link, phone.path).open()
    form = await second.sheet()
    phone.send(await phone.sheet())
    await phone.sees('Thank you')
    await second.sees(f'Quote {phone.quote.number} has already been accepted.')
    second.send(form, name='Somebody else')
    await second.sees('Thank you', 'Signed by Ploy Srisuk')
    assert (await Signature.all().count(), await Deposit.all().count()) == (1, 1)
    assert await Document.filter(kind=DocumentKind.SIGNED_QUOTE).count() == 1


async def test_a_press_that_comes_twice_signs_once(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    phone.send(form)
    phone.send(form)
    phone.send(form, sent=2)
    await phone.sees('Thank you')
    assert await Signature.all().count() == 1


async def test_a_version_published_meanwhile_is_shown_and_must_be_confirmed_anew(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    _trigger(phone.user, form, 'drawn', {'strokes': INK})
    await publish(phone.quote, deposit=Decimal(30000))
    await phone.sees('this is version 2 now', 'Security Deposit', 'Please look at the change above first.')
    phone.send(form, method='Drawn', strokes=INK)
    await phone.sees('has just been replaced by a newer version')
    assert form.strokes == INK and not await Signature.exists()
    _trigger(phone.user, form, 'act', {'verb': 'read', 'ref': '3'})
    await phone.sees('Please look at the change above first.')
    _trigger(phone.user, form, 'act', {'verb': 'read', 'ref': '2'})
    await phone.misses('Please look at the change above first.')
    phone.send(form, method='Drawn', strokes=INK, sent=2)
    await phone.sees('Thank you')
    assert (await Signature.get()).quote_version == 2


async def test_a_closed_sheet_opens_again_with_what_was_drawn(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    _trigger(phone.user, form, 'drawn', {'strokes': INK})
    _trigger(phone.user, phone.elements(Sheet)[0], 'leave', {})
    await phone.user.should_not_see(SheetForm)
    again = await phone.sheet()
    assert again is not form and again.props['strokes'] == INK


async def test_a_page_that_is_left_for_good_takes_its_sheet_along(offer: Offer) -> None:
    phone: Phone = await offer()
    await phone.sheet()
    client = phone.user.client
    assert client
    client.delete()
    assert client.is_deleted and client.id not in Client.instances


HOSTILE = [
    ('Drawn', [], 'Please sign in the box, or type your name instead.'),
    ('Drawn', [[[1, 1]]], 'Please sign'),
    ('Drawn', [[[at % 9000, at % 4000, at] for at in range(10_000)]], 'too many lines'),
    ('Drawn', [[[-5, 20_000], [9, 9]]], 'did not reach us whole'),
    ('Drawn', '<svg onload=alert(1)>', 'did not reach us whole'),
    ('Drawn', {'png': 'A' * 100_000}, 'did not reach us whole'),
    ('Typed', INK, ''),
]


@pytest.mark.parametrize(('method', 'strokes', 'said'), HOSTILE)
async def test_hostile_signatures_are_refused_with_a_sentence(
    offer: Offer, method: str, strokes: Any, said: str
) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    _trigger(phone.user, form, 'drawn', {'strokes': strokes})
    args = {'sent': 1, 'values': {'name': '<script>alert(1)</script>'}, 'method': method, 'strokes': strokes}
    _trigger(phone.user, form, 'sent', args)
    if said:
        await phone.sees(said)
        assert not await Signature.exists()
    else:  # a typed name takes no strokes along
        await phone.sees('Thank you')
        assert (await Signature.get()).strokes == []
        assert not any('<script>alert' in region.html for region in phone.elements(Region))


NO_FORM: list[Any] = [
    None, 7, [], {}, {'sent': True, 'values': {}}, {'sent': 1, 'values': []}, {'sent': '1', 'values': {}},
]  # fmt: skip


async def test_events_of_no_known_form_change_nothing(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    for args in NO_FORM:
        for event in ('sent', 'drawn', 'act'):
            _trigger(phone.user, form, event, args)
    phone.send(form, name='   ')
    await phone.sees('Please enter your full name.')
    phone.send(form, sent=2, name='Ploy', email='nowhere')
    await phone.misses('Please enter your full name.')
    assert not await Signature.exists()


async def test_after_its_link_was_revoked_an_open_sheet_answers_nothing(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet()
    kept = phone.elements(Kept)[0]
    await phone.link.revoke(by=await bo())
    await phone.misses('Ployphan')
    _trigger(phone.user, kept, 'unfinished', {})
    phone.send(form)
    await phone.misses('Thank you', 'Ployphan')
    assert not await Signature.exists()


async def test_from_midnight_of_the_last_day_nobody_signs(offer: Offer) -> None:
    phone: Phone = await offer(whole=True)
    form = await phone.sheet()
    with time_machine.travel(end_of_day(phone.quote.expires_on), tick=True):
        await PortalLink.filter(id=phone.link.id).update(expires_at=end_of_day(phone.quote.expires_on) + timedelta(1))
        phone.send(form)
        await phone.sees('has passed its expiry date')
    assert not await Signature.exists()


async def test_a_question_goes_to_staff_with_its_line_and_says_how_it_is_answered(offer: Offer) -> None:
    phone: Phone = await offer()
    form = await phone.sheet('ask')
    await phone.sees('Ask a question', 'Your question')
    phone.send(form, question='  ')
    await phone.sees('Please write your question first.')
    line = await QuoteLine.get(quote_id=phone.quote.id, name='Delivery and pick-up')
    phone.send(form, sent=2, question='Can you come at <b>4</b>?', line=str(line.id))
    await phone.sees('We have your question. We will answer by e-mail (p•••@nimman.test) or by phone (08•‑•••‑•678).')
    told = await Activity.get(what='quote_question')
    assert (told.facts['question'], told.facts['line']) == ('Can you come at <b>4</b>?', 'Delivery and pick-up')
    assert await Notice.filter(what='question_asked').count() == 1
    _trigger(phone.user, form, 'act', {'verb': 'close', 'ref': ''})
    again = await phone.sheet('ask')
    foreign = await QuoteLine.filter(quote_id=(await a_sent_quote()).id).first()
    assert foreign
    phone.send(again, question='And this?', line=str(foreign.id))
    await phone.sees('We have your question.')
    assert (await Activity.filter(what='quote_question').order_by('-id').first()).facts['line'] == '—'  # type: ignore[union-attr]


async def test_a_no_needs_no_reason_and_ends_the_link_kindly(offer: Offer, another: Callable[[], User]) -> None:
    phone: Phone = await offer(language='th')
    form = await phone.sheet('decline')
    await phone.sees(f'ไม่รับใบเสนอราคา {phone.quote.number}', 'เหตุผล (ไม่บังคับ)')
    phone.send(form)
    await phone.misses('ถ่ายโฆษณา เชียงใหม่')
    assert (await Quote.get()).status is QuoteStatus.DECLINED
    page = await another().http_client.get(phone.path, headers={'accept-language': 'th'})
    assert page.status_code == 410 and 'มีการแจ้งไม่รับใบเสนอราคานี้แล้ว' in page.text
    assert await Notice.filter(what='quote_declined').count() == 1


async def test_whoever_comes_to_an_accepted_quote_of_theirs_reads_who_signed(portal: User) -> None:
    customer = await nimman()
    quote = await a_sent_quote(customer, deposit=Decimal(0))
    await quote.accept(version=1, signature=typed(), by=ploy())
    link, token = await a_link(customer)
    phone = await Phone(portal, quote, link, f'/p/{token}/quotes/{quote.number}').open()
    await phone.sees('Thank you', 'Signed by Ployphan Srisuk')
    await phone.misses('Accept & Sign', 'Next: the security deposit', 'Decline')
