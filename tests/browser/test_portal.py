"""The portal as its reader meets it: moving about in it, its languages, its first second, and its closed doors."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from models import Customer, Deposit, PortalLink, Receipt, Stage, now
from tests.browser.people import LIVE, Person
from tests.browser.program import Backstage, Program
from tests.world import a_job, a_link, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay

Meet = Callable[..., Person]


@dataclass(frozen=True)
class Records:
    """One of each kind that belongs to the same customer."""

    quote: str
    job: str
    invoice: str
    receipt: str
    deposit: str
    link: str
    quote_link: str
    invoice_link: str

    @property
    def inner_addresses(self) -> list[str]:
        return [
            '/jobs',
            f'/jobs/{self.job}',
            '/invoices',
            f'/invoices/{self.invoice}',
            '/receipts',
            f'/receipts/{self.receipt}',
            '/documents',
            '/quotes',
            f'/quotes/{self.quote}',
            '/deposits',
            f'/deposits/{self.deposit}',
        ]


async def records_of(customer: Customer) -> Records:
    job = await a_job(customer, Stage.PICKING)
    invoice = await an_invoice(customer)
    await pay(invoice, 50_000)
    quote = await a_sent_quote(customer)
    receipt = await Receipt.get(invoice_id=invoice.id)
    deposit = await Deposit.get(job_id=job.id)
    links = [token for _, token in [await a_link(customer), await a_link(quote), await a_link(invoice)]]
    return Records(
        quote.number, job.number, invoice.number or '', receipt.number, deposit.number, *(f'/p/{it}' for it in links)
    )


@pytest.fixture(scope='module')
def mine(backstage: Backstage) -> Records:
    async def furnish() -> Records:
        return await records_of(await nimman())

    return backstage.do(furnish())


@pytest.fixture(scope='module')
def theirs(backstage: Backstage) -> Records:
    async def furnish() -> Records:
        return await records_of(await a_stranger())

    return backstage.do(furnish())


def test_tabs_and_records_open_without_loading_a_page_and_back_returns_to_the_same_place(
    house: Program, mine: Records, meet: Meet
) -> None:
    ploy = meet('phone', viewport={'width': 390, 'height': 500})
    page = ploy.open(house.url + mine.link)
    page.evaluate('scrollTo(0, 240)')
    page.wait_for_function('scrollY === 240')
    page.locator('a.card').first.click()
    expect(page.get_by_role('heading', name='Dates')).to_be_visible()
    expect(page).to_have_url(f'{house.url}{mine.link}/jobs/{mine.job}')
    page.wait_for_function('scrollY === 0')
    menu = page.get_by_role('navigation', name='Portal')
    menu.get_by_role('link', name='Receipts').click()
    expect(page.get_by_role('heading', name='Receipts')).to_be_visible()
    expect(page.locator('.tabs a[aria-current=page]')).to_have_text('Receipts')
    menu.get_by_role('link', name='Jobs').click()
    expect(page.get_by_role('heading', name='Jobs', exact=True)).to_be_visible()
    page.get_by_role('link', name=mine.job).click()
    expect(page.get_by_role('heading', name='Equipment')).to_be_visible()
    for heading in ('Jobs', 'Receipts', 'Dates', 'Hello, Khun Ploy'):
        page.go_back()
        expect(page.get_by_role('heading', name=heading, exact=True)).to_be_attached()
    page.wait_for_function('scrollY === 240')
    for heading in ('Dates', 'Receipts', 'Jobs', 'Dates'):
        page.go_forward()
        expect(page.get_by_role('heading', name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role('heading', name='Equipment')).to_be_visible()
    assert ploy.documents == [mine.link]
    page.reload()
    expect(page.get_by_role('heading', name='Dates')).to_be_visible()


def test_every_inner_address_can_be_shared_and_loaded_again(house: Program, mine: Records, meet: Meet) -> None:
    somebody_else = meet('phone')
    for address in mine.inner_addresses:
        page = somebody_else.open(house.url + mine.link + address)
        heading = page.locator('.view h1').inner_text()
        assert heading != 'Nothing to show here', address
        page.reload()
        expect(page.locator('.view h1')).to_have_text(heading)
        expect(page).to_have_url(house.url + mine.link + address)


def test_the_language_is_changed_in_place_and_kept_on_the_device(house: Program, mine: Records, meet: Meet) -> None:
    ploy = meet('phone')
    page = ploy.open(f'{house.url}{mine.link}/jobs/{mine.job}')
    expect(page.locator('.banner b')).to_have_text('Preparing your equipment')
    page.get_by_role('link', name='ไทย').click()
    expect(page.locator('.banner b')).to_have_text('กำลังจัดเตรียมอุปกรณ์')
    expect(page.locator('html')).to_have_attribute('lang', 'th')
    expect(page).to_have_url(f'{house.url}{mine.link}/jobs/{mine.job}')
    ploy.tap('ใบแจ้งหนี้')
    ploy.sees('ยอดที่ต้องชำระ')
    for language, words in (('en', 'To pay'), ('th', 'ยอดที่ต้องชำระ')):  # where one stands, not where one came in
        page.locator(f'a[hreflang={language}]').click()
        expect(page.locator('.view h2', has_text=words)).to_be_visible()
        expect(page.locator('html')).to_have_attribute('lang', re.compile(language))
        expect(page).to_have_url(f'{house.url}{mine.link}/invoices')
    page.close()
    ploy.page = ploy.new_tab()
    ploy.open(house.url + mine.link)
    ploy.sees('สวัสดี คุณพลอย')
    other = meet('phone')
    other.open(house.url + mine.link)
    other.sees('Hello, Khun Ploy')


def test_on_a_phone_that_shows_everything_at_twice_its_size_all_can_be_read(
    house: Program, mine: Records, meet: Meet
) -> None:
    ploy = meet('phone', viewport={'width': 195, 'height': 422}, is_mobile=False)
    for language in ('th', 'en'):
        for address in ('', '/documents', f'/jobs/{mine.job}'):
            page = ploy.open(house.url + mine.link + address)
            with page.expect_navigation():  # also to the language that it has already
                page.locator(f'a[hreflang={language}]').click()
            page.wait_for_function(LIVE)
            expect(page.locator('html')).to_have_attribute('lang', re.compile(language))
            expect(page.locator('.view h1')).to_be_visible()
            assert page.evaluate('document.documentElement.scrollWidth') == 195, (language, address)
            assert page.locator('header').evaluate('header => header.offsetHeight') < 180, (language, address)


def test_beside_a_wide_logo_or_below_it_the_name_of_the_firm_stays_whole(
    house: Program, mine: Records, meet: Meet
) -> None:
    page = meet('phone', viewport={'width': 320, 'height': 640}).open(house.url + mine.link)
    page.locator('.brand > :first-child').evaluate('mark => mark.style.width = "120px"')
    assert page.locator('.brand b').evaluate('name => name.offsetWidth') >= 90
    assert page.evaluate('document.documentElement.scrollWidth') == 320


def test_the_first_screen_is_read_without_any_script(house: Program, mine: Records, meet: Meet) -> None:
    ploy = meet('phone', java_script_enabled=False)
    ploy.page.goto(house.url + mine.link)
    ploy.sees('Hello, Khun Ploy')
    ploy.sees('Preparing your equipment')
    ploy.page.get_by_role('navigation', name='Portal').get_by_role('link', name='Invoices').click()
    ploy.sees(mine.invoice)


@pytest.mark.parametrize('address', ['', '/jobs', '/invoices'])
def test_nothing_moves_when_the_application_takes_over(house: Program, mine: Records, meet: Meet, address: str) -> None:
    ploy = meet('phone')
    ploy.context.add_init_script("""
        window.moved = [];
        new PerformanceObserver((list) => list.getEntries().forEach((shift) => window.moved.push(shift.value)))
            .observe({ type: 'layout-shift', buffered: true });
        window.tops = [];
        const note = () => { const h1 = document.querySelector('h1'); if (h1) tops.push(h1.getBoundingClientRect().top);
            requestAnimationFrame(note) };
        requestAnimationFrame(note);
    """)
    tools = ploy.devtools()
    tools.send('Emulation.setCPUThrottlingRate', {'rate': 4})
    page = ploy.open(house.url + mine.link + address)
    page.evaluate('document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done)))')
    assert page.evaluate('window.moved') == []
    assert page.evaluate('new Set(window.tops).size') == 1
    tools.send('Emulation.setCPUThrottlingRate', {'rate': 1})


async def spoilt_links() -> dict[str, str]:
    customer = await nimman()
    revoked, revoked_token = await a_link(customer)
    await revoked.revoke(by=await bo())
    expired, expired_token = await a_link(customer)
    await PortalLink.filter(id=expired.id).update(expires_at=now() - timedelta(minutes=1))
    settled = await an_invoice(customer)
    _, settled_token = await a_link(settled)
    await pay(settled, settled.total)
    return {'revoked': revoked_token, 'expired': expired_token, 'settled': settled_token, 'unknown': '2' * 22}


def test_a_dead_link_says_so_in_both_languages_and_tells_nothing_of_its_customer(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    said = {
        'revoked': (410, 'This link has been revoked'),
        'expired': (410, 'This link has ended'),
        'settled': (410, 'This link has ended'),
        'unknown': (404, 'This link is not valid'),
    }
    ploy = meet('phone', locale='en-GB')
    for why, token in backstage.do(spoilt_links()).items():
        answer = ploy.page.goto(f'{house.url}/p/{token}')
        assert answer is not None
        assert (answer.status, ploy.page.locator('h1').inner_text()) == said[why]
        ploy.sees('Call 02 123 4567')
        assert not {'Nimman', 'Ploy', 'INV-'} & set(ploy.page.locator('body').inner_text().split())
    ploy.tap('ไทย')
    ploy.sees('ลิงก์นี้ไม่ถูกต้อง')


def test_a_link_whose_time_runs_out_closes_the_open_page(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def a_link_of_hers() -> tuple[PortalLink, str]:
        return await a_link(await nimman())

    async def two_seconds_are_left() -> None:
        await PortalLink.filter(id=link.id).update(expires_at=now() + timedelta(seconds=2))

    link, token = backstage.do(a_link_of_hers())
    ploy = meet('phone')
    ploy.open(f'{house.url}/p/{token}')
    ploy.sees('Hello, Khun Ploy')
    backstage.do(two_seconds_are_left())  # only now, since nobody knows how long a page takes to open
    ploy.sees('This link has ended')
    ploy.sees_no('Khun Ploy')


@pytest.mark.parametrize('scope', ['quote', 'invoice'])
def test_a_narrow_link_reaches_no_other_record_by_a_typed_or_tapped_address(
    house: Program, mine: Records, theirs: Records, meet: Meet, scope: str
) -> None:
    link = mine.quote_link if scope == 'quote' else mine.invoice_link
    own = mine.quote if scope == 'quote' else mine.invoice
    secret = {getattr(records, kind) for records in (mine, theirs) for kind in Records.__annotations__} - {own, link}
    ploy = meet('phone')
    page = ploy.open(house.url + link)
    ploy.sees(own)
    addresses = [*mine.inner_addresses, *theirs.inner_addresses]
    for address in addresses:
        page.goto(house.url + link + address)
        expect(page.locator('h1')).to_have_text('Nothing to show here')
        seen = page.locator('.view').inner_text()
        assert not [word for word in secret if word in seen], address
    page = ploy.open(house.url + link)
    for address in addresses:
        # As if the page held a link there: the open page itself is asked to show it, over its websocket.
        page.evaluate(
            """(path) => { const a = document.createElement('a'); a.href = path;
                document.querySelector('.view').append(a); a.click() }""",
            link + address,
        )
        expect(page).to_have_url(house.url + link + address)
        expect(page.locator('.view h1')).to_have_text('Nothing to show here')
        assert not [word for word in secret if word in page.locator('.view').inner_text()], address


def test_a_link_to_another_portal_is_not_taken_for_a_view_of_this_one(
    house: Program, mine: Records, theirs: Records, meet: Meet
) -> None:
    ploy = meet('phone')
    page = ploy.open(house.url + mine.link)
    ploy.watch_for_reload()
    page.evaluate(
        """(path) => { const a = document.createElement('a'); a.href = path; a.textContent = 'there';
            document.querySelector('.view > div').append(a) }""",
        theirs.link,
    )
    page.get_by_text('there', exact=True).click()
    page.wait_for_url(house.url + theirs.link)
    ploy.sees_no('Khun Ploy')
    assert ploy.has_reloaded
    assert ploy.documents[-1] == theirs.link
