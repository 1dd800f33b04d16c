"""Work at the counter with a real keyboard and mouse: no press does more than it says, and the clerk needs no mouse."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import expect

from models import Document, DocumentKind, Invoice, Job, Payment, Stage
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import a_draft, a_job, an_invoice, nimman

Meet = Callable[..., Person]
STATEMENT = b'Date,Description,Deposit\n22/11/2026,Transfer,100.00\n'


async def a_picked_job() -> str:
    return (await a_job(await nimman(), Stage.PICKING)).number


async def stage_of(number: str) -> Stage:
    return (await Job.get(number=number)).stage


def test_a_double_click_moves_a_job_one_stage_and_the_button_says_what_its_next_press_does(
    house: Program, backstage: Backstage, meet: Meet
) -> None:
    number = backstage.do(a_picked_job())
    page = meet('desktop').sign_in(house.url, f'/jobs/{number}')
    page.get_by_role('button', name='Mark Loaded').dblclick(delay=60)
    expect(page.get_by_role('button', name='Dispatch')).to_be_visible()
    expect(page.get_by_role('button', name='Mark Loaded')).to_have_count(0)
    expect(page.locator('.record .chip')).to_have_text('Loaded')
    page.get_by_role('button', name='More').click()
    expect(page.get_by_role('menuitem', name='Extend Job')).to_be_visible()
    assert backstage.do(stage_of(number)) is Stage.LOADED


def test_a_double_click_makes_one_statement(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def a_customer() -> str:
        return str((await nimman()).id)

    async def statements_of(customer_id: str) -> int:
        return await Document.filter(customer_id=customer_id, kind=DocumentKind.STATEMENT).count()

    customer_id = backstage.do(a_customer())
    page = meet('desktop').sign_in(house.url, f'/customers/{customer_id}/account')
    page.get_by_role('button', name='Make Statement').dblclick(delay=150)
    expect(page.get_by_text('STM-').first).to_be_visible()
    page.reload()
    expect(page.get_by_role('button', name='Make Statement')).to_be_visible()
    assert backstage.do(statements_of(customer_id)) == 1


def test_the_card_wanders_over_the_board(house: Program, backstage: Backstage, meet: Meet) -> None:
    number = backstage.do(a_picked_job())
    page = meet('desktop').sign_in(house.url, '/jobs')
    picking, loaded = page.get_by_role('group', name='Picking'), page.get_by_role('group', name='Loaded')
    card = picking.locator(f'#job-{number}')
    card.get_by_role('button', name='Mark Loaded').click()
    expect(loaded.locator(f'#job-{number}')).to_be_visible()
    expect(card).to_have_count(0)
    page.get_by_role('link', name='List').click()
    page.wait_for_url(f'{house.url}/jobs/list')
    page.reload()
    expect(page.locator(f'#row-{number}').get_by_role('button', name='Dispatch')).to_be_visible()


def test_a_payment_is_recorded_without_a_mouse(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def an_open_invoice() -> str:
        return str((await an_invoice(await nimman())).number)

    async def paid(number: str) -> list[Decimal]:
        invoice = await Invoice.get(number=number)
        return [payment.amount for payment in await Payment.filter(invoice_id=invoice.id)]

    number = backstage.do(an_open_invoice())
    page = meet('desktop').sign_in(house.url, f'/invoices/{number}')
    page.get_by_role('button', name='Record Payment').focus()
    page.keyboard.press('Enter')
    expect(page.get_by_label('Amount received, THB')).to_be_focused()
    page.keyboard.type('50,000')
    expect(page.get_by_text('฿57,000.00 stays owed.')).to_be_visible()
    page.keyboard.press('Control+Enter')
    expect(page.get_by_role('dialog')).to_have_count(0)
    expect(page.get_by_text('฿57,000.00', exact=True)).to_be_visible()
    expect(page.get_by_role('button', name='Record Payment')).to_be_focused()
    page.keyboard.press('Enter')
    expect(page.get_by_label('Amount received, THB')).to_be_focused()
    page.keyboard.type('7,000')
    expect(page.get_by_text('฿50,000.00 stays owed.')).to_be_visible()
    page.keyboard.press('Enter')
    expect(page.get_by_role('dialog')).to_have_count(0)
    assert sorted(backstage.do(paid(number))) == [Decimal(7000), Decimal(50000)]


def test_a_file_that_did_not_arrive_is_said_and_chosen_again(house: Program, meet: Meet) -> None:
    def choose(name: str, content: bytes) -> None:
        with page.expect_file_chooser() as chosen:
            page.get_by_role('button', name='Choose a CSV File').click()
        chosen.value.set_files({'name': name, 'mimeType': 'text/csv', 'buffer': content})

    page = meet('desktop').sign_in(house.url, '/payments/statement')
    page.get_by_role('button', name='Read a Statement').click()
    choose('decade.csv', b' ' * 5_000_001)
    expect(page.get_by_text('This file cannot be read as a table.')).to_be_visible()
    page.route('**/files/**', lambda sent: sent.abort())
    choose('november.csv', STATEMENT)
    expect(page.get_by_text('This file could not be sent.')).to_be_visible()
    page.unroute_all()
    choose('พฤศจิกายน.csv', STATEMENT)
    expect(page.get_by_text('พฤศจิกายน.csv')).to_be_visible()
    expect(page.get_by_text('Rows of money that came in: 1')).to_be_visible()


OUT_OF_SIGHT = """selector => [...document.querySelectorAll(selector)]
  .filter(one => { const at = one.getBoundingClientRect(); return at.width && (at.left < 0 || at.right > innerWidth) })
  .map(one => one.outerHTML)"""


def test_a_sent_quote_has_its_link_in_the_clipboard(house: Program, backstage: Backstage, meet: Meet) -> None:
    async def a_quote() -> str:
        return (await a_draft(await nimman())).number

    number = backstage.do(a_quote())
    clerk = meet('desktop', permissions=['clipboard-read', 'clipboard-write'])
    page = clerk.sign_in(house.url, f'/quotes/{number}')
    page.get_by_role('button', name='Send to Client').click()
    page.get_by_role('dialog').get_by_role('button', name='Send Now').click()
    clerk.sees(f'{number} is sent. The link is copied and ready to paste.')
    expect(page.get_by_role('button', name='Send Again')).to_be_visible()
    address = page.evaluate('navigator.clipboard.readText()')
    assert address.startswith(f'{house.url}/p/')
    page.set_viewport_size({'width': 390, 'height': 900})  # the same clerk with a phone in the warehouse
    expect(page.get_by_text('ARRI SkyPanel S60-C', exact=True)).to_be_visible()
    assert page.evaluate(OUT_OF_SIGHT, '.lines td, .sums .n, .bar button, .person a, .person button') == []
    ploy = meet('phone')
    ploy.open(address)
    ploy.sees('Commercial shoot, Chiang Mai')
