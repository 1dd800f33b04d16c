"""What stands before the application has booted is the page: readable, tappable, and nothing moves afterwards."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from models import Stage
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import a_job, a_link, a_sent_quote, an_invoice, nimman

Meet = Callable[..., Person]

# The look and place of everything that can be read: in the first screen, and in the page that replaces it.
LOOK = """
(root) => {
  const readable = 'h1, h2, a, b, p, nav, header, .row, .card, .chip, .sub, .btn';
  const properties = ['color', 'backgroundColor', 'fontSize', 'fontWeight', 'fontFamily', 'lineHeight', 'letterSpacing',
    'textAlign', 'textDecorationLine', 'display', 'marginTop', 'marginBottom', 'paddingTop', 'borderTopWidth'];
  return [...document.querySelector(root).querySelectorAll(readable)].map((element) => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const look = properties.map((name) => style[name]);
    return [element.tagName, element.className, box.x, box.y, box.width, box.height, ...look].join('|');
  });
}
"""
SHIFT = """
window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({ type: 'layout-shift', buffered: true });
"""


async def a_busy_customer() -> str:
    customer = await nimman()
    await a_sent_quote(customer)
    await a_job(customer, Stage.DELIVERING)
    await an_invoice(customer)
    return f'/p/{(await a_link(customer))[1]}'


class HeldBack:
    """A page whose scripts are held back, as on a slow network, until it may boot."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._held: list[Route] = []
        self._may_boot = False
        page.route('**/assets/**/phone-en-US.js', self._hold)
        page.goto(address, wait_until='commit')
        expect(page.locator('#first')).to_be_visible()
        page.wait_for_function("document.querySelector('link[rel=stylesheet]')?.sheet")
        page.evaluate('document.body.getBoundingClientRect(), document.fonts.ready')  # what is laid out asks for them

    def boot(self) -> None:
        self._may_boot = True  # also what is asked for only now
        for route in self._held:
            route.continue_()
        self.page.wait_for_function('window.did_handshake === true && !document.getElementById("first")')

    def _hold(self, route: Route) -> None:
        if self._may_boot:
            route.continue_()
        else:
            self._held.append(route)


def test_the_first_screen_is_readable_and_looks_as_the_page_will(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    ploy = meet('phone')
    link = backstage.do(a_busy_customer())
    for path in ('', '/jobs', '/invoices', '/documents'):
        page = ploy.new_tab()
        page.add_init_script(SHIFT)
        held = HeldBack(page, house.url + link + path)
        before = page.evaluate(LOOK, '#first')
        held.boot()
        assert page.evaluate(LOOK, '#app') == before
        assert page.evaluate('window.shift') == 0


def test_a_link_tapped_before_the_application_opens_its_page(house: Program, backstage: Backstage, meet: Meet) -> None:
    ploy = meet('phone')
    held = HeldBack(ploy.page, house.url + backstage.do(a_busy_customer()))
    held.page.locator('#first .tabs').get_by_text('Jobs').click()
    held.page.wait_for_url('**/jobs', wait_until='commit')
    ploy.sees('Active')


def test_a_tab_tapped_without_network_opens_when_it_is_back(house: Program, backstage: Backstage, meet: Meet) -> None:
    ploy = meet('phone')
    page = ploy.open(house.url + backstage.do(a_busy_customer()))
    ploy.watch_for_reload()
    ploy.lose_network()
    ploy.sees('No connection. Reconnecting…')
    ploy.tap('Receipts')
    ploy.sees('Hello, Khun Ploy')
    ploy.find_network()
    expect(page.get_by_role('heading', name='Receipts')).to_be_visible()
    assert not ploy.has_reloaded
