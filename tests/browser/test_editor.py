"""The editor of a quote in real browsers: by keyboard, by drag, without network, and two clerks on one quote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from app.passwords import hash_password
from models import Quote, QuoteLine, Role
from tests.browser.people import PASSWORD, Person
from tests.browser.program import Backstage, Program
from tests.world import DELIVERY, SKYPANELS, a_draft, a_person, a_sent_quote, nimman

Meet = Callable[..., Person]

FRESNEL = replace(SKYPANELS, name='Fresnel 2 kW', name_th='ไฟเฟรสเนล 2 kW', rate=Decimal(900))
# What waits for the connection does so until the test lets it go on, in whichever order.
BEFORE_THE_CONNECTION = """() => {
  const later = window.setTimeout;
  window.did_handshake = false;
  window.waiting = [];
  window.setTimeout = (go, wait, ...more) => (wait === 10 ? waiting.push(go) : later(go, wait, ...more));
}"""


async def a_draft_of_three() -> str:
    """And a quote that was sent before, with something worth quoting again."""
    customer = await nimman()
    await a_sent_quote(customer, lines=[FRESNEL])
    return (await a_draft(customer, lines=[SKYPANELS, FRESNEL, DELIVERY])).number


async def ann() -> str:
    person = await a_person(Role.ADMIN, 'Ann', password_hash=await hash_password(PASSWORD))
    await person.choose_language('en')
    return person.email


async def names_of(number: str) -> list[str]:
    quote = await Quote.get(number=number)
    return [line.name for line in await QuoteLine.filter(quote_id=quote.id).order_by('position')]


def names(page: Page) -> Locator:
    return page.get_by_role('combobox', name='Name (English)')


def stands(page: Page, *wanted: str) -> None:
    expect(names(page)).to_have_count(len(wanted))
    for place, name in enumerate(wanted):
        expect(names(page).nth(place)).to_have_value(name)


def is_saved(page: Page) -> None:
    expect(page.locator('body[data-unsaved]')).to_have_count(0)
    expect(page.locator('.save-state .settled')).to_contain_text('Saved ')


def test_a_quote_is_written_by_keyboard_and_nothing_typed_is_lost(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    number = backstage.do(a_draft_of_three())
    clerk = meet('desktop')
    page = clerk.sign_in(house.url, f'/quotes/{number}/edit')
    names(page).nth(2).focus()
    page.keyboard.press('Alt+ArrowUp')
    stands(page, 'ARRI SkyPanel S60-C', 'Delivery and pick-up', 'Fresnel 2 kW')
    expect(names(page).nth(1)).to_be_focused()
    expect(page.get_by_role('status').filter(has_text='Line moved to place 2 of 3')).to_have_count(1)
    page.keyboard.press('Enter')
    page.keyboard.type('fres')
    expect(page.get_by_role('option', name='Fresnel 2 kW')).to_be_visible()
    page.keyboard.press('ArrowDown')
    page.keyboard.press('Enter')
    expect(names(page).nth(2)).to_have_value('Fresnel 2 kW')
    expect(page.get_by_label('Rate, THB').nth(2)).to_have_value('900.00')
    page.get_by_role('button', name='Remove this line').nth(3).press('Enter')
    page.get_by_role('button', name='Undo').press('Enter')
    is_saved(page)
    wanted = ['ARRI SkyPanel S60-C', 'Delivery and pick-up', 'Fresnel 2 kW', 'Fresnel 2 kW']
    assert backstage.do(names_of(number)) == wanted
    # Under the caret nothing moves; an amount is written out once its field is left.
    rate = page.get_by_label('Rate, THB').nth(2)
    rate.fill('95')
    is_saved(page)
    page.keyboard.type('0')
    expect(rate).to_have_value('950')
    page.keyboard.press('Tab')
    expect(rate).to_have_value('950.00')
    # In the middle of a word the network goes, and then the page itself is loaded anew.
    clerk.lose_network()
    title = page.get_by_label('Title (English)')
    title.fill('Typed under a bridge')
    clerk.sees('No connection. What you typed stays here')
    clerk.find_network()
    is_saved(page)
    title.focus()
    page.keyboard.press('End')
    page.keyboard.type(', and on')
    page.reload()
    page.wait_for_function('window.did_handshake === true')
    expect(page.get_by_label('Title (English)')).to_have_value('Typed under a bridge, and on')
    is_saved(page)
    # A line that was begun without network is there after a reload too, and only once.
    clerk.lose_network()
    page.get_by_role('button', name='Kit', exact=True).click()
    page.keyboard.type('Begun in the dark')
    clerk.find_network()
    page.reload()
    page.wait_for_function('window.did_handshake === true')
    stands(page, *wanted, 'Begun in the dark')
    is_saved(page)
    assert backstage.do(names_of(number)) == [*wanted, 'Begun in the dark']


def test_a_text_told_before_the_connection_stands_overtakes_no_line(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    number = backstage.do(a_draft_of_three())
    page = meet('desktop').sign_in(house.url, f'/quotes/{number}/edit')
    page.evaluate(BEFORE_THE_CONNECTION)
    page.get_by_role('button', name='Kit', exact=True).click()
    page.keyboard.type('Begun too early')
    page.keyboard.press('Tab')
    page.evaluate('did_handshake = true; waiting.reverse().forEach((go) => go())')
    is_saved(page)
    wanted = ['ARRI SkyPanel S60-C', 'Fresnel 2 kW', 'Delivery and pick-up', 'Begun too early']
    stands(page, *wanted)
    assert backstage.do(names_of(number)) == wanted


def test_lines_are_dragged_into_another_order(house: Program, backstage: Backstage, meet: Meet) -> None:
    number = backstage.do(a_draft_of_three())
    page = meet('desktop').sign_in(house.url, f'/quotes/{number}/edit')
    grips = page.get_by_role('button', name='Move this line with the arrow keys')
    grips.nth(0).hover()
    page.mouse.down()
    below = grips.nth(2).bounding_box()
    assert below is not None
    for step in range(1, 6):
        page.mouse.move(below['x'] + 8, below['y'] + 20 * step)
    page.mouse.up()
    stands(page, 'Fresnel 2 kW', 'Delivery and pick-up', 'ARRI SkyPanel S60-C')
    is_saved(page)
    assert backstage.do(names_of(number)) == ['Fresnel 2 kW', 'Delivery and pick-up', 'ARRI SkyPanel S60-C']


def test_two_clerks_on_one_quote_see_each_other_and_overwrite_nothing(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    number = backstage.do(a_draft_of_three())
    bo, colleague = meet('desktop'), meet('desktop')
    page = bo.sign_in(house.url, f'/quotes/{number}/edit')
    other = colleague.sign_in(house.url, f'/quotes/{number}/edit', email=backstage.do(ann()))
    bo.sees('Ann is also writing here')
    colleague.sees('Bo is also writing here')
    # Bo is in the middle of a word while Ann changes the line he is in, adds one and moves another.
    half = page.get_by_label('Title (English)')
    half.fill('Half a ti')
    other.get_by_label('Quantity').nth(0).fill('6')
    names(other).nth(2).press('Alt+ArrowUp')
    other.get_by_role('button', name='Kit', exact=True).click()
    other.keyboard.type('Dolly with track')
    stands(page, 'ARRI SkyPanel S60-C', 'Delivery and pick-up', 'Fresnel 2 kW', 'Dolly with track')
    expect(page.get_by_label('Quantity').nth(0)).to_have_value('6')
    expect(half).to_be_focused()
    page.keyboard.type('tle')
    expect(other.get_by_label('Title (English)')).to_have_value('Half a title')
    # Both write in one field at once: what Bo wrote stays before him, and he is told what Ann wrote.
    colleague.lose_network()
    other.get_by_label('Title (Thai)').fill('ของแอน')
    page.get_by_label('Title (Thai)').fill('ของโบ')
    is_saved(page)
    colleague.find_network()
    colleague.sees('Bo wrote here: “ของโบ”.')
    expect(other.get_by_label('Title (Thai)')).to_have_value('ของแอน')
    other.get_by_role('button', name='Use theirs').click()
    expect(other.get_by_label('Title (Thai)')).to_have_value('ของโบ')
    expect(page.get_by_label('Title (Thai)')).to_have_value('ของโบ')
    is_saved(other)
