"""Paying on the phone: the code says what is owed at that moment, and nobody sees or says more than their link lets."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from httpx import Response
from nicegui import events
from nicegui.testing import User
from PIL import Image

from app.promptpay import Kind, Payee, payload
from app.slips import LARGEST_FILE
from models import (
    Business,
    Claim,
    ClaimState,
    Customer,
    CustomerKind,
    Deposit,
    Invoice,
    Method,
    Payment,
    PortalLink,
    Quote,
    Slip,
)
from pages.portal.pay import Tools
from tests.app.test_slips import SCB, a_file, an_enormous_png
from tests.pages.counter import tap
from tests.pages.test_portal import misses, path_to, sees
from tests.pages.test_portal_trust import seen
from tests.pages.work import until
from tests.world import a_firm, a_stranger, an_accepted_quote, an_invoice, bo, nimman, pay, today

TAX_ID = Payee(Kind.TAX_ID, '0105540087061')
SENT = {'sec-fetch-site': 'same-origin'}


@pytest.fixture(autouse=True)
async def firm(portal: User) -> Business:
    await a_firm(promptpay_id='0105540087061', promptpay_kind='tax_id', bank_accounts='Kasikornbank 123-4-56789-0')
    return await Business.the()


async def set_up(**facts: Any) -> None:
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), **facts)


async def open_sheet(phone: User, record: Customer | Quote | Invoice, number: str | None) -> str:
    path = await path_to(record)
    await phone.open(path)
    await sees(phone, str(number))
    await seen(phone, await PortalLink.all().order_by('-id').first() or PortalLink())
    tap(phone, 'pay', str(number))
    await phone.should_see(Tools, retries=50)
    await sees(phone, 'Copy amount')
    return path


async def said_by(phone: User, path: str) -> str:
    """What another program reads in the picture of this address."""
    answer = await phone.http_client.get(path)
    assert (answer.status_code, answer.headers['content-type']) == (200, 'image/png')
    assert answer.headers['cache-control'] == 'no-store'
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)).convert('L'))
    return str(code.text)


def code_of(amount: int | str, payee: Payee = TAX_ID, **facts: Any) -> str:
    return payload(payee, Decimal(amount), **facts)


def shows(phone: User, amount: int | str) -> bool:
    """Whether the code on the sheet is that of this amount."""
    assert phone.client
    pictured = f'v={code_of(amount)[-4:]}'
    return any(pictured in str(element._props.get('html', '')) for element in phone.client.elements.values())


def look_of_pay(phone: User) -> str:
    """Of the button on the page that opens the sheet."""
    assert phone.client
    drawn = ' '.join(str(element._props.get('html', '')) for element in phone.client.elements.values())
    [look] = re.findall(r'class="([^"]*)"[^>]*data-do="pay"', drawn)
    return str(look)


async def hand_in(
    phone: User, path: str, number: str | None, amount: str, content: bytes = b'', **asked: Any
) -> Response:
    asked = {'key': str(uuid4()), 'amount': amount, **asked}
    return await phone.http_client.post(f'{path}/pay/{number}/claim', params=asked, content=content, headers=SENT)


def tell(phone: User, kind: str, arguments: Any = None) -> None:
    """What the browser's part of the sheet reports."""
    assert phone.client
    [tools] = [element for element in phone.client.elements.values() if isinstance(element, Tools)]
    for listener in [one for one in tools._event_listeners.values() if one.type == kind]:
        with phone.client:
            said = events.GenericEventArguments(sender=tools, client=phone.client, args=arguments)
            events.handle_event(listener.handler, said)


async def test_the_sheet_names_amount_payee_and_number_and_hides_most_of_the_id(portal: User) -> None:
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await sees(portal, '฿107,000.00', 'tax ID ending 7061', f'Please quote {invoice.number}', 'Save QR', 'Copy amount')
    await sees(portal, 'Kasikornbank 123-4-56789-0')
    assert shows(portal, 107_000)


async def test_two_taps_that_a_slow_network_brings_together_open_one_sheet(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    await portal.open(await path_to(customer))
    await sees(portal, str(invoice.number))
    for _ in range(2):
        tap(portal, 'pay', str(invoice.number))
    await portal.should_see(Tools, retries=50)
    await sees(portal, 'Save QR')
    assert len(portal.find(Tools).elements) == 1


async def test_the_saved_picture_says_the_balance_of_that_moment(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    picture = f'{path}/pay/{invoice.number}.png'
    assert await said_by(portal, picture) == code_of(107_000)
    await pay(invoice, 50_000)
    assert await said_by(portal, picture) == code_of(57_000)
    saved = await portal.http_client.get(f'{picture}?save=1')
    assert saved.headers['content-disposition'] == f'attachment; filename="{invoice.number}.png"'
    assert saved.headers['x-content-type-options'] == 'nosniff'


async def test_an_open_sheet_follows_a_part_payment_and_becomes_the_receipt(portal: User) -> None:
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await pay(invoice, 50_000)
    await sees(portal, 'Thank you, ฿50,000.00 received. Still to pay: ฿57,000.00.')
    assert shows(portal, 57_000)
    await pay(invoice, 57_000)
    await sees(portal, 'Paid. Thank you!', 'Receipt RC-', 'Open the receipt')
    await misses(portal, 'Save QR')


async def test_a_link_to_everything_opens_the_sheet_from_home_and_from_the_list(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    path = await open_sheet(portal, customer, invoice.number)
    await sees(portal, f'Pay {invoice.number}')
    await portal.open(f'{path}/invoices')
    tap(portal, 'pay', str(invoice.number))
    await sees(portal, 'Save QR')


async def test_a_deposit_that_is_waited_for_is_paid_like_an_invoice(portal: User) -> None:
    customer = await nimman()
    quote = await an_accepted_quote(customer)
    deposit = await Deposit.get(quote_id=quote.id)
    path = await open_sheet(portal, customer, deposit.number)
    assert await said_by(portal, f'{path}/pay/{deposit.number}.png') == code_of(20_000)
    await deposit.collect(
        amount=Decimal(20_000), method=Method.PROMPTPAY, collected_on=today(), key=uuid4(), by=await bo()
    )
    await sees(portal, 'Deposit received. Thank you!', 'Receipt DEPR-')


async def test_a_biller_is_told_the_document_and_a_bank_may_want_the_static_form(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    await set_up(promptpay_kind='biller', promptpay_id='010554008706101', promptpay_static=True)
    reference = str(invoice.number).replace('-', '')
    biller = Payee(Kind.BILL, '010554008706101')
    expected = code_of(107_000, biller, reference1=reference, always_static=True)
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png') == expected


async def test_a_company_pays_what_is_left_after_tax(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'I withhold 5% tax (pay ฿102,000.00)')
    tap(portal, 'net')
    await sees(portal, '฿107,000.00 less ฿5,000.00 tax withheld')
    assert shows(portal, 102_000)
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png?net=1') == code_of(102_000)
    await pay(invoice, 50_000)
    await sees(portal, '฿57,000.00 less ฿2,663.55 tax withheld')
    assert shows(portal, '54336.45')


async def test_a_person_is_offered_no_tax_to_withhold(portal: User) -> None:
    invoice = await an_invoice(await nimman(kind=CustomerKind.INDIVIDUAL))
    path = await open_sheet(portal, invoice, invoice.number)
    await misses(portal, 'withhold')
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png?net=1') == code_of(107_000)


async def test_a_part_is_paid_where_the_firm_takes_parts(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    tap(portal, 'part')
    await sees(portal, 'How much do you pay now?')
    tell(portal, 'told', {'name': 'part', 'value': '40,000'})
    await sees(portal, '฿40,000.00')
    assert shows(portal, 40_000)
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png?part=40000') == code_of(40_000)
    for nonsense in ('999999999', '-5', 'much', {'not': 'text'}):
        tell(portal, 'told', {'name': 'part', 'value': nonsense})
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png?part=999999999') == code_of(107_000)
    await set_up(part_payments=False)
    await misses(portal, 'Pay a part of it')
    assert await said_by(portal, f'{path}/pay/{invoice.number}.png?part=40000') == code_of(107_000)


@pytest.mark.parametrize(
    ('typed', 'sentence'),
    [
        ('107,000.01', 'At most ฿107,000.00: more is not owed.'),
        ('999999999', 'At most ฿107,000.00: more is not owed.'),
        ('0', 'Please enter an amount above zero.'),
        ('abc', '“abc” is not an amount.'),
    ],
)
async def test_a_part_that_cannot_be_is_said_at_the_field_and_shows_no_code(
    portal: User, typed: str, sentence: str
) -> None:
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'Pay a part of it')
    tap(portal, 'part')
    await sees(portal, 'How much do you pay now?')
    tell(portal, 'told', {'name': 'part', 'value': typed})
    await sees(portal, sentence, 'The code appears once the amount is right.')
    await misses(portal, 'Save QR')
    assert not shows(portal, 107_000)
    tell(portal, 'told', {'name': 'part', 'value': '107,000'})
    await sees(portal, 'Save QR')
    await misses(portal, sentence)
    assert shows(portal, 107_000)


async def test_a_part_stays_typed_while_the_reader_looks_at_the_form(portal: User) -> None:
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'Pay a part of it')
    tap(portal, 'part')
    await sees(portal, 'How much do you pay now?')
    tell(portal, 'told', {'name': 'part', 'value': '40,000'})
    await sees(portal, '฿40,000.00')
    tap(portal, 'paid')
    await sees(portal, 'Say that I have paid')
    await misses(portal, 'How much do you pay now?')
    tap(portal, 'back')
    await sees(portal, 'How much do you pay now?')
    assert shows(portal, 40_000)
    assert portal.client
    drawn = [str(element._props.get('html', '')) for element in portal.client.elements.values()]
    assert any('name="part"' in html and 'value="40,000"' in html for html in drawn)


async def test_a_part_that_is_too_much_once_money_came_shows_no_other_code(portal: User) -> None:
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'Pay a part of it')
    tap(portal, 'part')
    await sees(portal, 'How much do you pay now?')
    tell(portal, 'told', {'name': 'part', 'value': '60,000'})
    await sees(portal, '฿60,000.00')
    await pay(invoice, 50_000)
    await sees(portal, 'At most ฿57,000.00: more is not owed.')
    assert not shows(portal, 57_000)
    tap(portal, 'part')
    await sees(portal, 'Save QR')
    await misses(portal, 'At most')
    assert shows(portal, 57_000)


async def test_without_promptpay_the_bank_account_is_named_and_whom_to_ask(portal: User) -> None:
    await set_up(promptpay_id='')
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'Kasikornbank 123-4-56789-0', 'Questions about this payment?', 'Call 02 123 4567')
    await misses(portal, 'Save QR')
    assert (await portal.http_client.get(f'{path}/pay/{invoice.number}.png')).status_code == 404


async def test_a_link_pays_only_what_it_shows(portal: User) -> None:
    mine, theirs = await an_invoice(), await an_invoice(await a_stranger())
    path = await path_to(mine)
    assert (await portal.http_client.get(f'{path}/pay/{theirs.number}.png')).status_code == 404
    assert (await hand_in(portal, path, theirs.number, '5')).status_code == 404
    await portal.open(path)
    await sees(portal, str(mine.number))
    tap(portal, 'pay', str(theirs.number))
    await portal.should_not_see(Tools, retries=50)
    assert not await Claim.exists()


async def test_a_revoked_link_pays_nothing_and_closes_the_sheet(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await (await PortalLink.get()).revoke(by=await bo())
    await portal.should_not_see(Tools, retries=50)
    assert (await portal.http_client.get(f'{path}/pay/{invoice.number}.png')).status_code == 410
    assert (await hand_in(portal, path, invoice.number, '5')).status_code == 410


async def test_what_was_said_waits_for_confirmation_and_moves_no_balance(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    tap(portal, 'paid')
    await sees(portal, 'Say that I have paid')
    answer = await hand_in(portal, path, invoice.number, '107,000.00', a_file('JPEG'))
    assert answer.status_code == 200
    tell(portal, 'claimed')
    await sees(portal, 'Waiting for confirmation.')
    claim = await Claim.get()
    assert (claim.amount, claim.slip_reference, claim.has_slip) == (Decimal(107_000), SCB['transRef'], True)
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(107_000)
    await claim.record(amount=claim.amount, method=Method.PROMPTPAY, paid_on=today(), by=await bo())
    await sees(portal, 'Paid. Thank you!')
    assert await Payment.all().count() == 1


async def test_who_said_to_have_paid_all_is_shown_no_code_until_it_is_wanted_again(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await hand_in(portal, path, invoice.number, '7,000')  # the rest is still to be paid
    await sees(portal, 'that you paid ฿7,000.00', 'Save QR')
    assert look_of_pay(portal) == 'btn'
    await hand_in(portal, path, invoice.number, '100,000')
    await misses(portal, 'Save QR', 'Pay a part of it', 'How to pay from this phone')
    assert not shows(portal, 107_000)
    await sees(portal, 'that you paid ฿100,000.00', 'We confirm your payment as soon as we see it')
    await until(lambda: look_of_pay(portal) == 'btn ghost', lambda: look_of_pay(portal))
    tap(portal, 'again')
    await sees(portal, 'Save QR', 'How to pay from this phone')
    assert shows(portal, 107_000)
    for claim in await Claim.all():
        await claim.dismiss(reason='Nothing has come.', by=await bo())
    await sees(portal, 'Nothing has come.', 'Save QR', 'I have paid')


async def test_more_than_is_owed_takes_a_second_press_for_the_same_sum(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    first = await hand_in(portal, path, invoice.number, '214,000')
    assert (first.status_code, first.json()['again']) == (422, True)
    assert 'Only ฿107,000.00 is still to be paid' in first.json()['sentence']
    assert (await hand_in(portal, path, invoice.number, '215,000', sure='214,000')).status_code == 422
    assert (await hand_in(portal, path, invoice.number, '214,000', sure='214,000')).status_code == 200
    absurd = await hand_in(portal, path, invoice.number, '999999999999', sure='999999999999')
    assert (absurd.status_code, absurd.json()['again']) == (422, False)
    assert [claim.amount for claim in await Claim.all()] == [Decimal(214_000)]


async def test_what_was_said_wrongly_is_corrected_and_the_forgotten_slip_added(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await hand_in(portal, path, invoice.number, '10,700')
    await sees(portal, 'Waiting for confirmation.', 'Correct it or add the slip')
    claim = await Claim.get()
    tap(portal, 'amend', str(claim.id))
    await sees(portal, 'Send the correction', 'Add the slip')
    await misses(portal, 'Save QR')
    asked: dict[str, Any] = {'key': str(claim.id), 'amend': '1'}
    answer = await hand_in(portal, path, invoice.number, '107,000', a_file('JPEG'), **asked)
    assert answer.status_code == 200
    tell(portal, 'claimed')
    await sees(portal, 'that you paid ฿107,000.00', 'Correct it')
    await misses(portal, 'Correct it or add the slip')
    stored = await Claim.get()
    assert (stored.amount, stored.has_slip) == (Decimal(107_000), True)
    await stored.record(amount=stored.amount, method=Method.PROMPTPAY, paid_on=today(), by=await bo())
    late = await hand_in(portal, path, invoice.number, '5', **asked)
    assert late.status_code == 422
    theirs = await an_invoice(await a_stranger())
    strange: dict[str, Any] = {'key': str(claim.id), 'amend': '1'}
    assert (await hand_in(portal, await path_to(theirs), theirs.number, '5', **strange)).status_code == 404


async def test_a_dismissed_claim_says_why(portal: User) -> None:
    invoice = await an_invoice()
    path = await open_sheet(portal, invoice, invoice.number)
    await hand_in(portal, path, invoice.number, '5')
    await sees(portal, 'Waiting for confirmation.')
    await (await Claim.get()).dismiss(reason='The slip shows another account.', by=await bo())
    await sees(portal, 'We could not confirm your payment of ฿5.00.', 'The slip shows another account.')


async def test_the_tax_that_was_kept_back_is_told_with_the_claim(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    await hand_in(portal, path, invoice.number, '102,000', net='1')
    assert (await Claim.get()).withheld == Decimal(5_000)


@pytest.mark.parametrize(
    ('content', 'sentence'),
    [
        (b'<script>alert(1)</script>', 'cannot be read as a picture'),
        (an_enormous_png(40_000, 40_000), 'cannot be read as a picture'),
        (b'\xff\xd8\xff'.ljust(LARGEST_FILE + 1, b'0'), 'larger than 10 MB'),
    ],
    ids=['a script', 'an enormous picture', 'a byte too many'],
)
async def test_a_hostile_file_is_refused_with_a_sentence(portal: User, content: bytes, sentence: str) -> None:
    invoice = await an_invoice()
    answer = await hand_in(portal, await path_to(invoice), invoice.number, '5', content)
    assert answer.status_code == 422
    assert sentence in answer.json()['sentence']
    assert not await Claim.exists()


async def test_an_amount_that_is_none_is_refused_with_a_sentence(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    for amount in ('', 'much', '0'):
        answer = await hand_in(portal, path, invoice.number, amount)
        assert answer.status_code == 422 and answer.json()['sentence']


async def test_a_form_of_another_site_says_nothing(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    answer = await portal.http_client.post(
        f'{path}/pay/{invoice.number}/claim?key={uuid4()}&amount=5', headers={'sec-fetch-site': 'cross-site'}
    )
    assert answer.status_code == 403
    assert not await Claim.exists()


async def test_the_eleventh_try_of_an_hour_is_refused(portal: User) -> None:
    invoice = await an_invoice()
    path = await path_to(invoice)
    answers = [(await hand_in(portal, path, invoice.number, '0')).json()['sentence'] for _ in range(11)]
    assert 'several times within an hour' in answers[-1]
    assert not any('several times' in answer for answer in answers[:-1])


async def test_a_double_press_is_said_once(portal: User) -> None:
    invoice = await an_invoice()
    path, key = await path_to(invoice), str(uuid4())
    for _ in range(2):
        assert (await hand_in(portal, path, invoice.number, '5', a_file('PNG'), key=key)).status_code == 200
    assert await Claim.all().count() == 1 and await Slip.all().count() == 1
    assert (await Claim.get()).state is ClaimState.WAITING


async def test_in_a_chat_the_picture_is_opened_and_not_handed_over(portal: User) -> None:
    portal.http_client.headers['user-agent'] += ' Line/14.0.0'
    invoice = await an_invoice()
    await open_sheet(portal, invoice, invoice.number)
    await sees(portal, 'In LINE: hold your finger on the code')
    assert portal.client
    drawn = ' '.join(str(element._props.get('html', '')) for element in portal.client.elements.values())
    assert f'/pay/{invoice.number}.png"' in drawn and 'save=1' not in drawn
