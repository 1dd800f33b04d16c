"""Paying from a phone: two taps to the saved code, a code that follows what is owed, and a receipt in its place."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from app.promptpay import Kind, Payee, payload
from models import Business, Invoice, Payment
from tests.app.test_slips import a_file
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import a_link, an_invoice, bo, nimman, pay

Meet = Callable[..., Person]
PAYEE = Payee(Kind.TAX_ID, '0105540087061')


@pytest.fixture
def furnish(backstage: Backstage) -> Callable[[], tuple[Invoice, str]]:
    async def with_promptpay() -> tuple[Invoice, str]:
        firm = await Business.the()
        paid_by = {'promptpay_id': PAYEE.target, 'promptpay_kind': 'tax_id'}
        await firm.amend(version=firm.version, by=await bo(), **paid_by)
        invoice = await an_invoice(await nimman(name=f'Film {uuid4()}'))
        return invoice, (await a_link(invoice))[1]

    return lambda: backstage.do(with_promptpay())


def read(picture: bytes) -> str:
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert('L'))
    return str(code.text)


def code_of(amount: int | str) -> str:
    return payload(PAYEE, Decimal(amount))


def seen_code(page: Page) -> str:
    """What another phone reads from this screen."""
    expect(page.locator('.pay-code')).to_be_visible()
    page.wait_for_function('document.getAnimations().every((one) => one.playState !== "running")')
    return read(page.screenshot())


def test_two_taps_from_the_invoice_link_to_the_saved_picture_of_the_code(
    house: Program, furnish: Callable[[], tuple[Invoice, str]], meet: Meet
) -> None:
    invoice, token = furnish()
    ploy = meet('phone')
    page = ploy.open(f'{house.url}/p/{token}')
    page.get_by_role('button', name='Pay with PromptPay').first.tap()
    assert seen_code(page) == code_of(107_000)
    with page.expect_download() as saved:
        page.get_by_role('link', name='Save QR').tap()
    assert saved.value.suggested_filename == f'{invoice.number}.png'
    assert read(Path(saved.value.path()).read_bytes()) == code_of(107_000)


def test_the_open_sheet_follows_a_part_payment_and_turns_into_the_receipt_at_the_clerks_press(
    house: Program, backstage: Backstage, furnish: Callable[[], tuple[Invoice, str]], meet: Meet
) -> None:
    invoice, token = furnish()
    ploy, clerk = meet('phone'), meet('desktop')
    page = ploy.open(f'{house.url}/p/{token}')
    page.get_by_role('button', name='Pay with PromptPay').first.tap()
    assert seen_code(page) == code_of(107_000)
    ploy.watch_for_reload()
    backstage.do(pay(invoice, 50_000))
    ploy.sees('Still to pay: ฿57,000.00')
    assert seen_code(page) == code_of(57_000)

    page.get_by_role('button', name='I have paid').tap()
    page.locator('input[type=file]').set_input_files(
        {'name': 'slip.jpg', 'mimeType': 'image/jpeg', 'buffer': a_file('JPEG')}
    )
    page.get_by_role('button', name='Say that I have paid').tap()
    ploy.sees('Waiting for confirmation.')

    desk = clerk.sign_in(house.url, f'/invoices/{invoice.number}')
    desk.get_by_role('button', name='Record Payment').click()
    desk.locator('[data-key=save]').last.click()
    ploy.sees('Paid. Thank you!')
    receipt = page.get_by_role('link', name='Open the receipt')
    expect(receipt).to_be_visible()
    assert not ploy.has_reloaded
    paper = ploy.fetch(house.url + str(receipt.get_attribute('href')))
    assert paper.ok and paper.body().startswith(b'%PDF')
    assert backstage.do(_payments(invoice)) == 2


def test_without_a_clipboard_what_is_copied_can_be_copied_by_hand(
    house: Program, furnish: Callable[[], tuple[Invoice, str]], meet: Meet
) -> None:
    _, token = furnish()
    page = meet('phone').open(f'{house.url}/p/{token}')
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {}); document.execCommand = () => false")
    page.get_by_role('button', name='Pay with PromptPay').first.tap()
    page.get_by_role('button', name='Copy amount').tap()
    expect(page.get_by_label('Please copy this by hand')).to_have_value('107000.00')
    page.go_back()  # the phone's own Back closes the sheet
    expect(page.locator('.sheet')).to_have_count(0)
    expect(page).to_have_url(f'{house.url}/p/{token}')
    page.get_by_role('button', name='Pay with PromptPay').first.tap()
    expect(page.locator('.pay-code')).to_be_visible()


async def _payments(invoice: Invoice) -> int:
    return await Payment.filter(invoice_id=invoice.id).count()
