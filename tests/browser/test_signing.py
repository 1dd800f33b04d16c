"""The customer decides on a phone: by finger or by keyboard, turned, cut off and overtaken by a newer version."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.letters import compose
from models import Activity, Deposit, LineEntry, Notice, Outbox, Quote, QuoteStatus, Signature, SignatureMethod
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import DELIVERY, SKYPANELS, a_link, a_secret, a_sent_quote, bo, nimman

Meet = Callable[..., Person]

GENERATOR = LineEntry(
    'Honda generator', Decimal(1800), Decimal(1), Decimal(10), name_th='เครื่องปั่นไฟ Honda', optional=True
)
INK = """() => {
  const canvas = document.querySelector('.pad canvas');
  const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
  const pen = copy.getContext('2d', { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const seen = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  let left = canvas.width, right = 0, dots = 0;
  for (let at = 3; at < seen.length; at += 4) if (seen[at]) {
    const x = ((at - 3) / 4) % canvas.width;
    left = Math.min(left, x); right = Math.max(right, x); dots += 1;
  }
  return { from: left / canvas.width, to: right / canvas.width, dots, sharp: canvas.width / canvas.clientWidth };
}"""

# As where the thanks are drawn before the sheet above them has gone: they cannot have the focus yet.
COVER = """() => {
  document.querySelector('.view').parentElement.removeAttribute('data-below'); // it stays out of reach
  const focus = HTMLElement.prototype.focus;
  HTMLElement.prototype.focus = function (...how) {
    window.hasTried ||= this.matches('.thanks h2');
    return focus.apply(this, how);
  };
}"""


@dataclass(frozen=True)
class Offer:
    """A quote that waits for its signature, and three ways to it."""

    number: str
    mailed: str
    link: str
    whole: str


async def an_offer(language: str = 'en') -> Offer:
    customer = await nimman(language=language)
    quote = await a_sent_quote(customer, lines=[SKYPANELS, DELIVERY, GENERATOR])
    letter = await compose(await Outbox.get(template='quote', quote_id=quote.id))
    [mailed] = set(re.findall(r'https?://[^/\s]+(/p/\S+)', letter.text))
    (_, token), (_, whole) = await a_link(quote), await a_link(customer)
    return Offer(quote.number, mailed, f'/p/{token}', f'/p/{whole}/quotes/{quote.number}')


def tell_time(capsys: pytest.CaptureFixture[str], how: str, began: float) -> None:
    with capsys.disabled():
        print(f'\n  from the mail to the thank-you, {how}: {time.monotonic() - began:.1f} s')


async def publish_anew(number: str) -> None:
    """One panel more, and no delivery."""
    quote = await Quote.get(number=number)
    entry = await quote.entry()
    lines = tuple(
        replace(line, quantity=Decimal(5)) if line.quantity == 4 else line
        for line in entry.lines
        if line.name != DELIVERY.name
    )
    await quote.write(replace(entry, lines=lines), version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo(), mail=False)


async def what_was_signed(number: str) -> tuple[Quote, Signature, int]:
    quote = await Quote.get(number=number)
    return quote, await Signature.get(quote_id=quote.id), await Deposit.filter(quote_id=quote.id).count()


class Finger:
    """Touches as a phone sends them, in parts of the pad's width and height."""

    def __init__(self, ploy: Person) -> None:
        self.page, self.tools = ploy.page, ploy.devtools()

    def write(self, *points: tuple[float, float], lift: bool = True) -> None:
        box = self.page.locator('.pad canvas').bounding_box()
        assert box
        places = [(box['x'] + x * box['width'], box['y'] + y * box['height']) for x, y in points]
        self._send('touchStart', places[0])
        for place in places[1:]:
            self._send('touchMove', place)
        if lift:
            self.lift()

    def lift(self) -> None:
        self.tools.send('Input.dispatchTouchEvent', {'type': 'touchEnd', 'touchPoints': []})

    def _send(self, kind: str, place: tuple[float, float]) -> None:
        points: list[dict[str, Any]] = [{'x': place[0], 'y': place[1]}]
        self.tools.send('Input.dispatchTouchEvent', {'type': kind, 'touchPoints': points})


def wave(start: float, end: float) -> list[tuple[float, float]]:
    steps = 12
    return [(start + (end - start) * at / steps, 0.3 if at % 2 else 0.7) for at in range(steps + 1)]


def open_sheet(page: Page, name: str = 'Accept & Sign') -> None:
    page.get_by_role('button', name=name).click()
    expect(page.locator('.sheet')).to_be_visible()
    page.wait_for_function('document.getAnimations().every((one) => one.playState !== "running")')


def strokes(page: Page, count: int) -> None:
    name = f'Your signature, strokes drawn: {count}' if count else 'Box for your signature, empty'
    expect(page.get_by_role('img', name=name)).to_be_visible()


def test_from_the_mail_to_signed_by_finger_and_another_phone_is_told(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = backstage.do(an_offer('th'))
    ploy, colleague = meet('phone', locale='th-TH'), meet('phone', locale='th-TH')
    other = colleague.open(house.url + offer.link)
    began = time.monotonic()
    page = ploy.open(house.url + offer.mailed)
    ploy.watch_for_reload()
    expect(page.locator('.decide .n')).to_have_text('฿130,745.00')
    page.get_by_label('เครื่องปั่นไฟ Honda').tap()
    expect(page.locator('.decide .n')).to_have_text('฿150,005.00')
    open_sheet(page, 'ตรวจสอบและลงนาม')
    expect(page.get_by_role('dialog', name='ลงนาม', exact=True)).to_contain_text('฿150,005.00')
    expect(page.get_by_label('ชื่อผู้ลงนาม')).to_have_value('Ployphan Srisuk')
    finger = Finger(ploy)
    finger.write(*wave(0.15, 0.5))
    finger.write(*wave(0.55, 0.85))
    open_sheet(other, 'ตรวจสอบและลงนาม')
    ink = page.evaluate(INK)
    assert ink['sharp'] == 2 and ink['from'] < 0.2 and ink['to'] > 0.8
    page.get_by_role('button', name='ยืนยันการลงนาม').dblclick()
    expect(page.get_by_role('heading', name='ขอบคุณ')).to_be_focused()
    expect(page.get_by_role('heading', name='ขอบคุณ')).to_be_in_viewport()
    tell_time(capsys, 'by finger', began)
    expect(page.get_by_text('ลงนามโดย Ployphan Srisuk')).to_be_visible()
    expect(page.get_by_role('heading', name='ขั้นต่อไป: เงินประกัน')).to_be_visible()
    expect(page.get_by_text('KBank 012-3-45678-9')).to_be_visible()
    assert not ploy.has_reloaded
    colleague.sees('ใบเสนอราคานี้ได้รับการยืนยันแล้ว ลิงก์จึงสิ้นสุด')
    colleague.sees_no('Ployphan')
    quote, signed, deposits = backstage.do(what_was_signed(offer.number))
    assert (quote.status, quote.total_due, deposits) == (QuoteStatus.ACCEPTED, Decimal('150005.00'), 1)
    assert (signed.method, signed.language, signed.name) == (SignatureMethod.DRAWN, 'th', 'Ployphan Srisuk')
    assert len(signed.strokes) == 2 and signed.user_agent and signed.ip == '127.0.0.1'
    page.reload()
    expect(page.get_by_role('heading', name='ขอบคุณ')).to_be_visible()


def test_whoever_signs_at_the_foot_of_the_page_is_taken_to_the_thanks_and_left_there(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    offer = backstage.do(an_offer())
    page = meet('phone').open(house.url + offer.whole)
    page.evaluate('scrollTo(0, document.body.scrollHeight)')
    open_sheet(page, 'Accept & Sign')
    page.get_by_label('Type your name instead').check()
    page.evaluate(COVER)
    page.get_by_role('button', name='Confirm Signature').tap()
    page.wait_for_function('window.hasTried')
    page.evaluate("document.querySelector('.view').parentElement.inert = false")
    expect(page.locator('.thanks h2')).to_be_focused()
    page.wait_for_function('!history.state?.sheet')
    expect(page.locator('.thanks h2')).to_be_in_viewport()


def test_a_long_name_that_is_typed_stands_clear_of_what_is_said_of_it(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    offer = backstage.do(an_offer())
    page = meet('phone', viewport={'width': 320, 'height': 640}).open(house.url + offer.mailed)
    open_sheet(page, 'Accept & Sign')
    page.get_by_label('Type your name instead').check()
    page.get_by_label('Your full name').fill('พลอยพรรณ ศรีสุขประเสริฐวงศ์สกุลณอยุธยาวิจิตรตระการตา')
    name, said = page.locator('.written span'), page.locator('.written small')
    expect(name).to_contain_text('พลอยพรรณ')
    assert name.evaluate('name => name.scrollHeight <= name.clientHeight + 4')
    assert said.evaluate(
        'said => said.getBoundingClientRect().bottom <= said.parentElement.getBoundingClientRect().bottom'
    )


def test_whoever_uses_neither_finger_nor_mouse_types_their_name(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = backstage.do(an_offer())
    ploy = meet('desktop')
    began = time.monotonic()
    page = ploy.open(house.url + offer.mailed)

    def press(key: str, until: str, *, most: int = 40) -> None:
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate('document.activeElement.closest(".sheet, .portal") && true') and focused(page) == until:
                return
        raise AssertionError(f'{until} cannot be reached: {focused(page)} is')

    press('Tab', 'Honda generator')
    page.keyboard.press('Space')
    expect(page.locator('.decide .n')).to_have_text('฿150,005.00')
    press('Tab', 'Accept & Sign')
    page.keyboard.press('Enter')
    expect(page.get_by_role('dialog', name='Sign')).to_be_focused()
    page.keyboard.press('Escape')
    expect(page.get_by_role('button', name='Accept & Sign')).to_be_focused()
    page.keyboard.press('Enter')
    press('Tab', 'Draw')
    page.keyboard.press('ArrowRight')
    expect(page.get_by_role('radio', name='Type your name instead')).to_be_checked()
    press('Tab', 'Your full name')
    page.keyboard.press('Control+A')
    page.keyboard.press('Delete')
    page.keyboard.press('Enter')
    expect(page.get_by_role('alert').filter(has_text='Please enter your full name.')).to_be_visible()
    expect(page.get_by_label('Your full name')).to_be_focused()
    page.keyboard.type('Ploy Srisuk')
    press('Tab', 'Position, company, e-mail for a copy (optional)')
    page.keyboard.press('Enter')
    press('Tab', 'Position')
    page.keyboard.type('Producer')
    press('Tab', 'E-mail for a copy')
    page.keyboard.type('ploy at nimman')
    page.keyboard.press('Enter')
    expect(page.get_by_label('E-mail for a copy')).to_be_focused()
    expect(page.get_by_label('E-mail for a copy')).to_have_attribute('aria-invalid', 'true')
    page.keyboard.press('Control+A')
    page.keyboard.type('ploy@nimman.test')
    press('Tab', 'Privacy notice')
    press('Tab', 'Confirm Signature')
    page.keyboard.press('Space')
    expect(page.get_by_role('heading', name='Thank you')).to_be_focused()
    tell_time(capsys, 'by keyboard, with two mistakes on the way', began)
    _, signed, _ = backstage.do(what_was_signed(offer.number))
    assert (signed.method, signed.name, signed.strokes) == (SignatureMethod.TYPED, 'Ploy Srisuk', [])
    assert (signed.position, signed.email) == ('Producer', 'ploy@nimman.test')
    assert 'rental terms (version' in signed.consent or 'accept this quote' in signed.consent


def focused(page: Page) -> str:
    """What a screen reader would say first of what has the focus."""
    return str(
        page.evaluate("""() => {
            const at = document.activeElement;
            const label = at.closest('label');
            const text = label?.querySelector('small, .name, span')?.innerText;
            const name = at.getAttribute('aria-label') ?? text ?? at.innerText;
            return (label?.querySelector('.name')?.innerText ?? name).trim();
        }""")
    )


def test_a_turned_phone_a_lost_network_and_a_change_take_nothing_of_a_half_drawn_signature(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    offer = backstage.do(an_offer())
    ploy = meet('phone')
    page = ploy.open(house.url + offer.link)
    ploy.watch_for_reload()
    open_sheet(page)
    finger = Finger(ploy)
    finger.write(*wave(0.2, 0.5))
    page.get_by_label('Your full name').fill('Ploy S.')
    before = page.evaluate(INK)
    page.set_viewport_size({'width': 844, 'height': 390})
    page.wait_for_function('document.querySelector(".pad canvas").clientWidth > 380')
    turned = page.evaluate(INK)
    assert abs(turned['from'] - before['from']) < 0.02 and abs(turned['to'] - before['to']) < 0.02
    page.set_viewport_size({'width': 390, 'height': 844})
    finger.write(*wave(0.55, 0.7), lift=False)
    backstage.psql("update quote set customer_notes = 'Gate 2 at five' where number = $1", offer.number)
    expect(page.get_by_text('Gate 2 at five')).to_be_attached()
    finger.lift()
    strokes(page, 2)
    ploy.lose_network()
    finger.write(*wave(0.75, 0.9))
    strokes(page, 3)
    for button, left in (('Undo', 2), ('Clear', 0), ('Undo', 2)):
        page.get_by_role('button', name=button).tap()
        strokes(page, left)
    ploy.find_network()
    page.wait_for_function('window.socket.connected')
    assert not ploy.has_reloaded
    page.reload()  # as when the phone has let the page go meanwhile
    strokes(page, 2)
    expect(page.get_by_label('Your full name')).to_have_value('Ploy S.')
    page.get_by_role('button', name='Close').tap()
    expect(page.locator('.sheet')).to_have_count(0)
    page.wait_for_function('!history.state?.sheet')  # else its going Back would meet the other page
    page.get_by_role('link', name='TH ไทย').tap()
    expect(page.get_by_role('heading', name='ถ่ายโฆษณา เชียงใหม่')).to_be_visible()
    expect(page.locator('.sheet')).to_have_count(0)
    open_sheet(page, 'ตรวจสอบและลงนาม')
    expect(page.get_by_label('ชื่อผู้ลงนาม')).to_have_value('Ploy S.')
    expect(page.get_by_role('img', name='เขียนแล้ว 2 เส้น')).to_be_visible()
    ploy.lose_network()
    page.get_by_role('button', name='ยืนยันการลงนาม').tap()
    expect(page.get_by_role('button', name='กำลังส่ง…')).to_be_visible()
    expect(page.get_by_text('กำลังรอสัญญาณ')).to_be_visible()
    lost = page.locator('.offline').bounding_box()
    assert lost and lost['height'] < 60  # it says so above the sheet, and hides nothing of it
    ploy.find_network()
    expect(page.get_by_role('heading', name='ขอบคุณ')).to_be_visible()
    _, signed, deposits = backstage.do(what_was_signed(offer.number))
    assert (signed.name, len(signed.strokes), deposits) == ('Ploy S.', 2, 1)


def test_a_version_published_while_one_signs_is_shown_and_confirmed_anew(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    offer = backstage.do(an_offer())
    ploy = meet('phone')
    page = ploy.open(house.url + offer.link)
    page.get_by_label('Honda generator').tap()
    open_sheet(page)
    finger = Finger(ploy)
    finger.write(*wave(0.2, 0.8))
    backstage.do(publish_anew(offer.number))
    notice = page.locator('.sheet .notice')
    expect(notice).to_contain_text('this is version 2 now')
    expect(notice).to_contain_text('quantity 4 → 5')
    expect(notice).to_contain_text('Delivery and pick-up')
    confirm = page.get_by_role('button', name='Confirm Signature')
    expect(confirm).to_have_attribute('aria-disabled', 'true')
    expect(page.get_by_text('Please look at the change above first.')).to_be_visible()
    confirm.tap(force=True)
    page.get_by_role('button', name='Go on with version 2').tap()
    expect(notice).to_have_count(0)
    expect(confirm).to_be_focused()
    strokes(page, 1)
    expect(page.locator('.form-head')).to_contain_text('With: Honda generator')
    confirm.tap()  # as soon as the new version has its paper
    expect(page.get_by_role('heading', name='Thank you')).to_be_visible()
    quote, signed, _ = backstage.do(what_was_signed(offer.number))
    assert (signed.quote_version, quote.grand_total) == (2, Decimal('153010.00'))


def test_a_question_names_its_line_and_a_no_is_asked_twice(house: Program, backstage: Backstage, meet: Meet) -> None:
    offer = backstage.do(an_offer())
    ploy = meet('phone')
    page = ploy.open(house.url + offer.whole.removesuffix(f'/{offer.number}'))
    page.get_by_role('link', name=offer.number).tap()
    open_sheet(page, 'Ask a question')
    page.get_by_role('button', name='Send question').tap()
    expect(page.get_by_label('Your question')).to_be_focused()
    page.get_by_label('About').select_option('Delivery and pick-up')
    page.get_by_label('Your question').fill('Can you come at 4 am?')
    page.go_back()  # the phone's own Back closes the sheet, and takes nothing of what was written
    expect(page.locator('.sheet')).to_have_count(0)
    expect(page).to_have_url(house.url + offer.whole)
    open_sheet(page, 'Ask a question')
    expect(page.get_by_label('Your question')).to_have_value('Can you come at 4 am?')
    page.get_by_role('button', name='Close').tap()
    expect(page.locator('.sheet')).to_have_count(0)
    page.wait_for_function('!history.state?.sheet')
    page.go_back()  # and once it is closed, Back is Back
    expect(page.get_by_role('heading', name='Quotes')).to_be_visible()
    page.get_by_role('link', name=offer.number).tap()
    open_sheet(page, 'Ask a question')
    expect(page.get_by_label('About')).not_to_have_value('')
    page.get_by_role('button', name='Send question').tap()
    said = page.get_by_role('status').filter(has_text='We have your question.')
    expect(said).to_contain_text('by e-mail (p•••@nimman.test) or by phone (08•‑•••‑•678)')
    page.locator('.done').get_by_role('button', name='Close').press('Enter')
    expect(page.locator('.sheet')).to_have_count(0)
    page.wait_for_function('!history.state?.sheet')
    page.get_by_role('link', name='TH ไทย').tap()
    open_sheet(page, 'ไม่รับข้อเสนอ')
    page.get_by_label('เหตุผล').fill('เลื่อนกองถ่าย')
    page.get_by_role('button', name='ยืนยันไม่รับใบเสนอราคา').tap()
    expect(page.locator('.chip', has_text='ไม่รับข้อเสนอ')).to_be_in_viewport()
    expect(page.get_by_role('button', name='ตรวจสอบและลงนาม')).to_have_count(0)

    async def what_staff_know() -> tuple[dict[str, Any], str, int]:
        quote = await Quote.get(number=offer.number)
        asked = await Activity.get(quote_id=quote.id, what='quote_question')
        return asked.facts, quote.decline_reason, await Notice.filter(quote_id=quote.id).count()

    facts, reason, notices = backstage.do(what_staff_know())
    assert (facts['question'], facts['line']) == ('Can you come at 4 am?', 'Delivery and pick-up')
    assert (reason, notices) == ('เลื่อนกองถ่าย', 2)
