"""The counter: its door, links that are made there, and work without a mouse."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from models import Stage
from tests.browser.people import CLERK, PASSWORD, Person
from tests.browser.program import Backstage, Program
from tests.world import a_job, nimman

Meet = Callable[..., Person]


async def a_customer(name: str = 'Nimman Film Co., Ltd.') -> str:
    return str((await nimman(name=name)).id)


def test_a_generated_link_is_in_the_clipboard_and_opens_the_portal(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    customer = backstage.do(a_customer())
    clerk = meet('desktop', permissions=['clipboard-read', 'clipboard-write'])
    page = clerk.sign_in(house.url, f'/customers/{customer}')
    page.get_by_role('button', name='Generate Portal Link').click()
    page.get_by_role('button', name='Generate', exact=True).click()
    clerk.sees('Link copied')
    address = page.evaluate('navigator.clipboard.readText()')
    assert address.startswith(f'{house.url}/p/')
    assert len(address) == len(house.url) + len('/p/') + 22
    ploy = meet('phone')
    ploy.open(address)
    ploy.sees('Hello, Khun Ploy')


def test_enter_opens_what_was_typed_however_fast_and_back_finds_the_list_as_it_was(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    for name in ('Andaman Weddings', 'Nimman Film Co., Ltd.'):
        backstage.do(a_customer(name))
    page = meet('desktop').sign_in(house.url, '/customers')
    expect(page.get_by_role('link', name='Andaman Weddings')).to_be_visible()
    page.keyboard.press('/')
    page.keyboard.type('film co')
    page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name='Nimman Film Co., Ltd.')).to_be_visible()
    page.go_back()
    expect(page.get_by_label('Search name, contact, phone, tax ID')).to_have_value('film co')
    expect(page.get_by_role('link', name='Andaman Weddings')).to_be_hidden()


def test_on_a_phone_the_strips_of_menu_and_tabs_show_where_one_is(house: Program, meet: Meet) -> None:
    page = meet('phone').sign_in(house.url, '/settings')
    for tab in ('Audit Log', 'Business'):
        page.locator('.tabs').get_by_role('link', name=tab).dispatch_event('click')  # wherever the strip has come to
        expect(page.locator('.tabs [aria-current]')).to_have_text(tab)
        expect(page.locator('.tabs [aria-current]')).to_be_in_viewport(ratio=0.9)
        expect(page.locator('.side nav [aria-current]')).to_be_in_viewport(ratio=0.9)


def test_only_the_right_password_opens_the_console_and_signing_out_closes_every_tab(house: Program, meet: Meet) -> None:
    clerk = meet('desktop')
    page = clerk.page
    page.goto(f'{house.url}/jobs')
    for password in ('wrong password', PASSWORD):
        page.get_by_label('E-mail').fill(CLERK)
        page.get_by_label('Password').fill(password)
        page.get_by_role('button', name='Sign in').click()
        if password != PASSWORD:
            expect(page.get_by_role('alert')).to_be_visible()
            expect(page.get_by_label('E-mail')).to_have_value(CLERK)
    page.wait_for_url(f'{house.url}/jobs')
    other_tab = clerk.new_tab()
    other_tab.goto(f'{house.url}/customers')
    expect(other_tab.get_by_role('heading', name='Customers')).to_be_visible()
    for width in (390, 820):  # however narrow the window, the way out and to one's own account is in sight
        page.set_viewport_size({'width': width, 'height': 900})
        expect(page.get_by_role('button', name='Sign out')).to_be_in_viewport(ratio=0.9)
        expect(page.locator('.side .who .icon')).to_be_in_viewport(ratio=0.9)
    page.get_by_role('button', name='Sign out').click()
    page.wait_for_url('**/sign-in*')
    other_tab.wait_for_url('**/sign-in?out=1&next=%2Fcustomers')
    page.goto(f'{house.url}/jobs')
    expect(page.get_by_label('Password')).to_be_visible()


def test_the_counter_works_without_a_mouse(house: Program, backstage: Backstage, meet: Meet) -> None:
    backstage.do(a_customer('Keyboard Pictures'))
    clerk = meet('desktop', permissions=['clipboard-read', 'clipboard-write'])
    page = clerk.page
    page.goto(f'{house.url}/customers')
    expect(page.get_by_label('E-mail')).to_be_focused()  # a browser does it when it first draws the page
    page.keyboard.type(CLERK)
    page.keyboard.press('Tab')
    page.keyboard.type(PASSWORD)
    page.keyboard.press('Enter')
    page.wait_for_url(f'{house.url}/customers')
    expect(page.get_by_role('heading', name='Customers')).to_be_visible()
    page.wait_for_function('window.did_handshake === true')
    page.keyboard.press('/')
    page.keyboard.type('keyboard pic')
    expect(page.get_by_role('row', name='Keyboard Pictures')).to_be_visible()
    expect(page.locator('.row-link')).to_have_count(1)
    page.keyboard.press('ArrowDown')
    page.keyboard.press('Enter')
    expect(page.get_by_role('heading', name='Keyboard Pictures')).to_be_visible()
    page.get_by_role('button', name='Generate Portal Link').focus()
    page.keyboard.press('Enter')
    panel = page.get_by_role('dialog', name='Generate Portal Link')
    expect(panel.get_by_label('For whom')).to_be_focused()  # a panel begins at its first field, once it is drawn
    page.keyboard.type('Accounting')
    page.keyboard.press('Escape')
    clerk.sees('Throw away what you typed?')
    expect(page.get_by_role('button', name='Not Now')).to_be_focused()
    page.keyboard.press('Enter')
    expect(panel.get_by_label('For whom')).to_be_focused()
    page.keyboard.press('Enter')
    expect(panel.locator('.living')).to_have_count(1)
    expect(panel.get_by_label('For whom')).to_have_value('')
    page.keyboard.press('Escape')
    expect(page.get_by_role('dialog')).to_have_count(0)
    expect(page.get_by_role('button', name='Generate Portal Link')).to_be_focused()
    page.goto(f'{house.url}/links')
    page.wait_for_function('window.did_handshake === true')
    dots = page.get_by_role('row', name='Accounting').get_by_role('button', name='More about this link')
    dots.press('Enter')
    for _ in range(3):
        page.keyboard.press('ArrowDown')
        expect(page.locator('.work .row-link:focus')).to_have_count(0)
    page.evaluate('document.activeElement.blur()')
    page.keyboard.press('ArrowUp')
    expect(page.get_by_role('menuitem').last).to_be_focused()
    page.keyboard.press('Escape')
    expect(page.get_by_role('menu')).to_have_count(0)
    expect(dots).to_be_focused()


def test_what_is_half_typed_survives_what_others_do(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def a_picked_job() -> str:
        return (await a_job(await nimman(), Stage.PICKING)).number

    number = backstage.do(a_picked_job())
    clerk = meet('desktop')
    page = clerk.sign_in(house.url, f'/jobs/{number}')
    driver = page.get_by_label('Driver', exact=True)
    driver.click()
    page.keyboard.type('Anan Kha')
    backstage.psql("update job set stage = 'Loaded', vehicle = 'Isuzu 6 wheels' where number = $1", number)
    expect(page.get_by_role('button', name='Dispatch')).to_be_visible()
    expect(driver).to_be_focused()
    page.keyboard.type('bdee')
    expect(driver).to_have_value('Anan Khabdee')


def test_what_is_half_filled_survives_a_change_behind_it_and_is_not_left_unasked(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    clerk = meet('desktop')
    page = clerk.sign_in(house.url, '/customers')
    page.get_by_role('button', name='New Customer').click()
    name = page.get_by_label('Name (as printed)')
    name.click()
    page.keyboard.type('Half a na')
    backstage.do(a_customer('Newcomer Studio'))
    expect(page.get_by_role('row', name='Newcomer Studio', include_hidden=True)).to_be_attached()
    expect(name).to_be_focused()
    page.keyboard.type('me')
    expect(name).to_have_value('Half a name')
    page.keyboard.press('Escape')
    clerk.sees('Throw away what you typed?')

    page.goto(f'{house.url}/settings')
    page.wait_for_function('window.did_handshake === true')
    question = page.get_by_role('dialog', name='Throw away what you typed?')
    page.get_by_label('VAT rate').fill('seven')
    page.get_by_role('link', name='Jobs').dblclick()
    expect(question).to_have_count(1)
    question.get_by_role('button', name='Not Now').click()
    expect(question).to_have_count(0)
    expect(page.get_by_label('VAT rate')).to_have_value('seven')
    page.evaluate('scrollTo(0, 0)')
    page.get_by_role('button', name='Save').click()
    clerk.sees('Please enter a percentage such as 7 or 7.5.')
    expect(page.get_by_label('VAT rate')).to_be_focused()
    expect(page.get_by_label('VAT rate')).to_be_in_viewport()
    page.keyboard.press('ControlOrMeta+a')
    page.keyboard.type('7')
    page.get_by_role('button', name='Save').click()
    clerk.sees('Saved')
    page.get_by_role('link', name='Jobs').click()
    page.wait_for_url(f'{house.url}/jobs')
    page.goto(f'{house.url}/settings')
    page.wait_for_function('window.did_handshake === true')
    page.get_by_label('VAT rate').fill('eight')
    page.get_by_role('link', name='Jobs').click()
    question.get_by_role('button', name='Throw Away').click()
    page.wait_for_url(f'{house.url}/jobs')


def test_what_was_half_typed_when_the_session_ended_is_given_back_after_signing_in(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    clerk = meet('desktop')
    page = clerk.sign_in(house.url, '/customers')
    page.get_by_role('button', name='New Customer').click()
    name = page.get_by_label('Name (as printed)')
    name.press_sequentially('Half a name')
    backstage.psql('update staff_session set ended_at = now()')
    page.wait_for_url(re.compile('/sign-in'))
    clerk.sees('You are signed out. Please sign in again')
    page.get_by_label('E-mail').fill(CLERK)
    page.get_by_label('Password').fill(PASSWORD)
    page.get_by_role('button', name='Sign in').click()
    page.wait_for_url(f'{house.url}/customers')
    page.get_by_role('button', name='New Customer').click()
    clerk.sees('What you typed before is back.')
    expect(name).to_have_value('Half a name')
    page.keyboard.press('Escape')
    page.get_by_role('button', name='Throw Away').click()
    page.reload()
    page.get_by_role('button', name='New Customer').click()
    expect(name).to_have_value('')
