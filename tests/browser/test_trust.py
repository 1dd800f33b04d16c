"""Links that can be trusted, as people at browsers meet them: revoked, counted, sent by mail, and not to be misused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Locator, expect

from models import Business, CodePolicy, Customer, Document, PortalLink, PortalVisit, Quote, VisitKind
from tests.app.test_letters import Mailbox, a_port, text_of
from tests.browser.conftest import tells_nothing
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import a_link, a_sent_quote, bo, nimman

Meet = Callable[..., Person]
Start = Callable[..., Program]
# When the page that says so can be read, by the clock that the database has too: both are of this machine.
REMEMBER_WHEN = "addEventListener('DOMContentLoaded', () => { window.readableAt = Date.now() })"
OVERHEAR = """() => {
  const say = window.socket.emit;
  window.socket.emit = function (...words) {
    // But not that the page was looked at, which it tells by itself after a second.
    if (words[0] === 'event' && JSON.stringify(words).includes('/jobs')) window.said = words;
    return say.apply(this, words);
  };
}"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A link of a customer, and a paper that it shows."""

    customer: str
    link_id: object
    path: str
    paper: str


async def a_shared_link() -> Shared:
    customer = await nimman()
    quote = await a_sent_quote(customer)
    link, token = await a_link(customer)
    paper = await Document.get(number=quote.number)
    return Shared(str(customer.id), link.id, f'/p/{token}', f'/p/{token}/papers/{paper.id}/{quote.number}.pdf')


def test_revoking_closes_three_phones_on_two_processes_and_their_cookies_fetch_nothing_more(
    house: Program, backstage: Backstage, start_program: Start, meet: Meet, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = backstage.do(a_shared_link())
    other = start_program(backstage.database_url)
    clerk = meet('desktop')
    phones = [(meet('phone'), program) for program in (house, house, other)]
    for phone, program in phones:
        phone.context.add_init_script(REMEMBER_WHEN)
        phone.open(program.url + shared.path)
        phone.sees('Hello, Khun Ploy')
        assert phone.fetch(program.url + shared.paper).status == 200
    phones[0][0].tap('Jobs')
    expect(phones[0][0].page.get_by_role('heading', name='Jobs', exact=True)).to_be_visible()
    page = clerk.sign_in(house.url, f'/customers/{shared.customer}')
    page.get_by_role('button', name='More').click()
    page.get_by_role('menuitem', name='Revoke Portal Link').click()
    for box in page.get_by_role('checkbox').all():
        box.set_checked(shared.path is not None)
    page.get_by_role('button', name='Revoke', exact=True).click()
    # By its own name: the panel below is a dialog too, and would be the last one until the question has come.
    page.get_by_role('dialog', name=re.compile(r'^Revoke .*\?$')).get_by_role('button', name='Revoke').click()
    for phone, _ in phones:
        revoked = phone.page.get_by_role('heading', name='This link has been revoked')
        expect(revoked).to_be_visible()
        phone.sees_no('Khun Ploy')
        phone.sees_no('Nimman')
    clerk.sees('links revoked')
    revoked_at = backstage.do(when_revoked(shared))
    for phone, program in phones:
        refused = phone.fetch(program.url + shared.paper)
        assert refused.status == 410
        assert b'%PDF' not in refused.body()
    took = [phone.page.evaluate('window.readableAt') - revoked_at.timestamp() * 1000 for phone, _ in phones]
    with capsys.disabled():
        print(f'\n  revoked → read on three phones on two processes: {", ".join(f"{one:.0f}" for one in took)} ms')


async def when_revoked(shared: Shared) -> datetime:
    link = await PortalLink.get(id=shared.link_id)
    assert link.revoked_at is not None and link.cipher is None
    return link.revoked_at


def test_a_page_obeys_its_own_connection_alone_even_when_another_one_knows_every_word(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    address = house.url + backstage.do(a_shared_link()).path
    ploy, stranger = meet('phone'), meet('phone')
    ploy.open(address)
    ploy.page.evaluate(OVERHEAR)
    shows(ploy, 'Jobs')
    to_the_jobs = ploy.page.evaluate('window.said')
    shows(ploy, 'Documents')
    stranger.open(address)
    stranger.page.evaluate('words => window.socket.emit(...words)', to_the_jobs)
    shows(stranger, 'Receipts')  # who hears in order has heard the words before this
    shows(ploy, 'Invoices')
    ploy.page.go_back()
    expect(heading(ploy, 'Documents')).to_be_visible()  # and not the jobs, which nobody here asked for
    ploy.page.evaluate('words => window.socket.emit(...words)', to_the_jobs)
    expect(heading(ploy, 'Jobs')).to_be_visible()


def shows(phone: Person, tab: str) -> None:
    phone.tap(tab)
    expect(heading(phone, tab)).to_be_visible()


def heading(phone: Person, name: str) -> Locator:
    return phone.page.get_by_role('heading', name=name, exact=True)


def test_a_browser_that_leaves_at_once_is_no_view_a_person_is_one_and_staff_are_none(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    shared = backstage.do(a_shared_link())
    address = house.url + shared.path
    for _ in range(3):
        hasty = meet('phone').page
        hasty.clock.install()  # it stands still: however long this takes, the page is left within the second
        hasty.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        hasty.goto(address, wait_until='commit')
        hasty.wait_for_function('window.socket?.connected === true')
        hasty.close()
    ploy = meet('phone')
    first = seen_by(ploy, address, backstage, shared)
    assert (first.views, first.first_viewed_at) == (1, first.last_viewed_at)
    again = seen_by(ploy, address, backstage, shared, after=first.last_viewed_at)
    assert again.views == 1
    clerk = meet('desktop')
    clerk.sign_in(house.url)
    clerk.open(address)
    clerk.sees('Hello, Khun Ploy')
    clerk.page.wait_for_timeout(1500)  # longer than a person has to look
    assert backstage.do(looks_by_staff(shared)) >= 1
    assert backstage.do(link_of(shared)).views == 1


def seen_by(
    person: Person, address: str, backstage: Backstage, shared: Shared, after: datetime | None = None
) -> PortalLink:
    """They open or reload the page and look at it until that has been written down."""
    person.open(address)
    for _ in range(200):
        link = backstage.do(link_of(shared))
        if link.last_viewed_at != after:
            return link
        person.page.wait_for_timeout(100)
    raise AssertionError('nobody wrote down that the page was seen')


async def link_of(shared: Shared) -> PortalLink:
    return await PortalLink.get(id=shared.link_id)


async def looks_by_staff(shared: Shared) -> int:
    return await PortalVisit.filter(link_id=shared.link_id, kind=VisitKind.STAFF).count()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Controller]]:
    """A mail server that really speaks SMTP."""
    box = Mailbox()
    controller = Controller(box, hostname='127.0.0.1', port=a_port())
    controller.start()
    yield box, controller
    controller.stop()


def test_a_letter_arrives_its_link_asks_for_a_code_and_the_code_opens_it_and_no_log_tells_of_either(
    backstage: Backstage, start_program: Start, meet: Meet, mailbox: tuple[Mailbox, Controller]
) -> None:
    box, server = mailbox
    program = start_program(
        backstage.database_url,
        SMTP_HOST='127.0.0.1',
        SMTP_PORT=str(server.port),
        SMTP_SECURITY='none',
        SMTP_FROM='rent@siamlight.test',
        LOG_LEVEL='debug',
    )
    ploy = meet('phone')
    quote = backstage.do(a_quote_for_somebody_flagged())
    letter = arrived(box, ploy, quote.number)
    address = found(rf'href="({program.url}/p/\w{{22}})"', text_of(letter, 'html'))
    assert address in text_of(letter)
    ploy.page.goto(address)
    expect(ploy.page.get_by_role('heading', name='One more step')).to_be_visible()
    ploy.sees_no(quote.title)
    ploy.page.get_by_role('button', name='Send code').click()
    digits = ploy.page.locator('input[autocomplete=one-time-code][inputmode=numeric]')
    code = found(r'\b(\d{6})\b', text_of(arrived(box, ploy, 'code')))
    ploy.page.goto(address)  # back from the message
    expect(digits).to_be_focused()
    for pasted in (f'รหัส {code}', f'Your code: {code[:3]}-{code[3:]}.', f'{code} (10 นาที)'):
        digits.fill('')
        ploy.page.keyboard.insert_text(pasted)  # as a paste does
        expect(digits).to_have_value(code)
    digits.press('Enter')
    expect(ploy.page.get_by_text(quote.title).first).to_be_visible()
    stranger = meet('phone')
    stranger.page.goto(address)
    expect(stranger.page.get_by_role('heading', name='One more step')).to_be_visible()
    token = address.rpartition('/')[2]
    ploy.leave()
    stranger.leave()
    program.stop()
    assert program.log.stat().st_size > 10_000  # it did tell, and of much
    tells_nothing(program, backstage, code=code, token=token)


async def a_quote_for_somebody_flagged() -> Quote:
    firm, by = await Business.the(), await bo()
    await firm.amend(version=firm.version, by=by, code_policy=CodePolicy.FLAGGED)
    customer = await nimman()
    await Customer.filter(id=customer.id).update(wants_code=True)
    return await a_sent_quote(customer)


def arrived(box: Mailbox, waiting: Person, subject: str) -> EmailMessage:
    """The letter whose subject says this, once it has come."""
    for _ in range(300):
        for letter in list(box.received):
            if subject in str(letter['Subject']):
                return letter
        waiting.page.wait_for_timeout(100)
    raise AssertionError(f'no letter about {subject} among {[str(one["Subject"]) for one in box.received]}')


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]
