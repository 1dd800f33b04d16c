"""Money papers: each field that the law names, in Thai and in English, and every code equal to what is to be paid."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from app.papers.amount_in_words import in_words
from app.papers.kinds import KINDS
from app.papers.labels import money
from app.papers.paying import payload_of
from app.papers.press import PAPERS, render
from app.papers.sheet import BOTTOM, LEFT, RIGHT
from app.papers.thai import pieces
from app.promptpay import Kind, Payee, payload
from models import DocumentKind
from tests.money_papers import (
    BUYER,
    CHARGE,
    FIRM_WITHOUT_VAT,
    JOB,
    PERSON,
    PREPAID,
    PROMPTPAY,
    REPLACES,
    a_credit_note,
    a_credit_return,
    a_deposit,
    a_deposit_receipt,
    a_deposit_request,
    a_deposit_return,
    a_manifest,
    a_part_receipt,
    a_prepayment,
    a_receipt,
    a_statement,
    a_tax_invoice,
    an_invoice,
)
from tests.papers import FIRM, a_frozen_quote, a_line, as_typed, by_pdfium, drawn, says, scanned

Frozen = dict[str, Any]
LANGUAGES = ('th', 'en')
MM = 72 / 25.4


def a_taxed_invoice(language: str = 'th', **facts: Any) -> Frozen:
    """Where the firm's tax point is the issue."""
    return an_invoice(language, **{'tax_invoice_number': 'TI-2026-0029', **facts})


# One of each, and the kind of its document.
ONE_OF_EACH: dict[str, tuple[str, Callable[..., Frozen]]] = {
    'invoice': ('Invoice', an_invoice),
    'taxed invoice': ('Invoice', a_taxed_invoice),
    'receipt': ('Receipt', a_receipt),
    'part receipt': ('Receipt', a_part_receipt),
    'prepayment': ('Receipt', a_prepayment),
    'tax invoice': ('Tax Invoice', a_tax_invoice),
    'deposit request': ('Deposit Request', a_deposit_request),
    'deposit receipt': ('Deposit Receipt', a_deposit_receipt),
    'deposit return': ('Deposit Return Receipt', a_deposit_return),
    'manifest': ('Delivery Manifest', lambda language='th', **facts: a_manifest(8, language, **facts)),
    'credit note': ('Credit Note', a_credit_note),
    'credit return': ('Credit Return Receipt', a_credit_return),
    'statement': ('Statement', lambda language='th', **facts: a_statement(6, language, **facts)),
}


@cache
def plain(name: str, language: str = 'th') -> tuple[Frozen, bytes, str]:
    """One of each as it is: what it was set from, its bytes, all that can be read in it."""
    kind, freeze = ONE_OF_EACH[name]
    frozen = freeze(language)
    paper = render(kind, frozen)
    return frozen, paper, by_pdfium(paper)


def read(name: str, language: str = 'th', **facts: Any) -> str:
    kind, freeze = ONE_OF_EACH[name]
    return by_pdfium(render(kind, freeze(language, **facts)))


def sees(text: str, *said: str) -> None:
    assert [one for one in said if not says(text, one)] == []


def misses(text: str, *unsaid: str) -> None:
    assert [one for one in unsaid if says(text, one)] == []


# ------------------------------------------------------------- the tax invoice, Revenue Code s.86/4


def names_of(frozen: Frozen) -> list[str]:
    lines = frozen.get('lines', [])
    return [name for line in lines for name in (line['name'], line['name_th'])] or [frozen['reason']]


TAXED = ('taxed invoice', 'receipt', 'part receipt', 'prepayment', 'tax invoice')
TAX_INVOICE: dict[str, Callable[[Frozen], list[str]]] = {
    'the words': lambda _: ['ใบกำกับภาษี', 'Tax Invoice'],
    'seller name': lambda f: [f['firm']['name'], f['firm']['name_th']],
    'seller address': lambda f: [f['firm']['address'], f['firm']['address_th']],
    'seller tax ID': lambda f: ['เลขประจำตัวผู้เสียภาษี', f['firm']['tax_id']],
    'seller branch': lambda _: ['สำนักงานใหญ่', 'Head office'],
    'buyer name': lambda f: [f['customer']['name'], f['customer']['name_th']],
    'buyer address': lambda f: [f['customer']['address']],
    'buyer tax ID': lambda f: [f['customer']['tax_id']],
    'its number': lambda f: [f.get('tax_invoice_number') or f['number']],
    'name of what was sold': names_of,
    'quantity': lambda f: [line['quantity'].removesuffix('.00') for line in f.get('lines', []) if 'quantity' in line],
    'value': lambda f: [money(value_of(f))],
    'VAT apart from the value': lambda f: ['ภาษีมูลค่าเพิ่ม 7%', 'VAT 7%', money(f['vat'])],
    'date of issue': lambda f: [written(f['issued_on'], 'th'), written(f['issued_on'], 'en')],
    'original': lambda _: ['ต้นฉบับ', 'Original'],
}


def value_of(frozen: Frozen) -> Decimal:
    total = frozen.get('total') or frozen.get('settled') or frozen['amount']
    return Decimal(total) - Decimal(frozen['vat'])


def written(day: str, language: str) -> str:
    year, month, number = day.split('-')
    months = {'11': ('พฤศจิกายน', 'November'), '12': ('ธันวาคม', 'December')}[month]
    return f'{int(number)} {months[language == "en"]} {int(year) + (543 if language == "th" else 0)}'


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('name', TAXED)
@pytest.mark.parametrize('field', TAX_INVOICE)
def test_a_tax_invoice_names(field: str, name: str, language: str) -> None:
    frozen, _, text = plain(name, language)
    sees(text, *TAX_INVOICE[field](frozen))


@pytest.mark.parametrize('name', TAXED)
def test_a_branch_is_named_by_its_number(name: str) -> None:
    text = read(name, firm=FIRM | {'branch': '00003'}, customer=BUYER | {'branch': '00012'})
    sees(text, 'สาขาที่ 00003', 'Branch 00003', 'สาขาที่ 00012')


def test_a_buyer_without_vat_needs_neither_tax_id_nor_branch() -> None:
    text = read('receipt', customer=PERSON)
    sees(text, 'สมชาย ใจดี', PERSON['address'])
    assert text.count('เลขประจำตัวผู้เสียภาษี') == 1  # the seller's own


@pytest.mark.parametrize('name', ['taxed invoice', 'receipt', 'prepayment'])
def test_a_tax_invoice_that_is_another_paper_too_says_that_it_is_one_of_a_set(name: str) -> None:
    sees(plain(name)[2], 'ต้นฉบับ (เอกสารออกเป็นชุด)')


def test_a_copy_says_that_it_is_one() -> None:
    text = read('receipt', copy=True)
    sees(text, 'สำเนา (เอกสารออกเป็นชุด)', 'Copy (one of a set)')
    misses(text, 'ต้นฉบับ', 'Original')
    sees(read('invoice', copy=True), 'สำเนา')


@pytest.mark.parametrize('name', ['invoice', 'deposit request', 'deposit receipt', 'manifest', 'statement'])
@pytest.mark.parametrize('language', LANGUAGES)
def test_what_is_no_tax_invoice_never_calls_itself_one(name: str, language: str) -> None:
    text = plain(name, language)[2].replace('เอกสารนี้ไม่ใช่ใบกำกับภาษี', '').replace('is not a tax invoice', '')
    misses(text, 'ใบกำกับภาษี', 'Tax Invoice', 'tax invoice')


# ------------------------------------------------------------------------ the receipt, s.105 and 105 bis

RECEIVED = ('receipt', 'part receipt', 'prepayment', 'deposit receipt')
RECEIPT: dict[str, Callable[[Frozen], list[str]]] = {
    'issuer tax ID': lambda f: [f['firm']['tax_id']],
    'issuer name': lambda f: [f['firm']['name'], f['firm']['name_th']],
    'number': lambda f: [f['number']],
    'date': lambda f: [written(f['issued_on'], 'th'), written(f['issued_on'], 'en')],
    'amount': lambda f: [money(f['amount'])],
    'amount in words': lambda f: [in_words(Decimal(f['amount']), language) for language in LANGUAGES],
    'kind': lambda f: ['เงินประกัน (คืนได้)'] if 'deposit' in f else names_of(f),
    'quantity and price': lambda f: [money(one['rate']) for one in f.get('lines', []) if 'rate' in one],
    'how it was paid': lambda f: [
        {'Cash': 'ชำระเป็นเงินสด', 'PromptPay': 'ชำระผ่านพร้อมเพย์'}.get(f['method'], 'โอนเงินธนาคาร')
    ],
}


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('name', RECEIVED)
@pytest.mark.parametrize('field', RECEIPT)
def test_a_receipt_names(field: str, name: str, language: str) -> None:
    frozen, _, text = plain(name, language)
    sees(text, *RECEIPT[field](frozen))


@pytest.mark.parametrize('name', ONE_OF_EACH)
def test_both_languages_stand_on_every_paper_the_customers_first(name: str) -> None:
    (_, _, thai), (_, _, english) = plain(name, 'th'), plain(name, 'en')
    kind = ONE_OF_EACH[name][0]
    title = {'Invoice': 'ใบแจ้งหนี้', 'Receipt': 'ใบเสร็จรับเงิน', 'Tax Invoice': 'ใบกำกับภาษี'}.get(kind, 'ใบ')
    assert title in english and len(re.findall('[ก-๛]', english)) > 200
    assert thai.index('เลขประจำตัวผู้เสียภาษี') < thai.index('Tax ID')
    assert english.index('Tax ID') < english.index('เลขประจำตัวผู้เสียภาษี')
    assert '\ufffd' not in thai + english


# ----------------------------------------------------------------------------- the credit note, s.86/10

CREDIT_NOTE: dict[str, Callable[[Frozen], list[str]]] = {
    'the words': lambda _: ['ใบลดหนี้', 'Credit Note'],
    'seller': lambda f: [f['firm']['name_th'], f['firm']['address_th'], f['firm']['tax_id'], 'สำนักงานใหญ่'],
    'buyer': lambda f: [f['customer']['name_th'], f['customer']['address'], f['customer']['tax_id']],
    'number': lambda f: [f['number']],
    'date': lambda _: ['2 ธันวาคม 2569', '2 December 2026'],
    'number of the original': lambda f: [f['original_number']],
    'date of the original': lambda _: ['22 พฤศจิกายน 2569', '22 November 2026'],
    'tax invoices concerned': lambda _: ['TI-2026-0029 วันที่ 24 พฤศจิกายน 2569'],
    'original value': lambda _: ['มูลค่าตามเอกสารเดิม', '58,000.00'],
    'right value': lambda _: ['มูลค่าที่ถูกต้อง', '53,000.00'],
    'difference': lambda _: ['ผลต่าง', 'Difference', '5,000.00'],
    'VAT of the difference': lambda _: ['ภาษีมูลค่าเพิ่ม 7%', '350.00'],
    'its sum in words': lambda _: ['ห้าพันสามร้อยห้าสิบบาทถ้วน', '5,350.00'],
    'reason': lambda f: ['เหตุผลที่ลดหนี้', f['reason']],
    'what comes off': lambda _: ['หักจากยอดค้างตามใบแจ้งหนี้ 5,350.00 บาท'],
}


@pytest.mark.parametrize('field', CREDIT_NOTE)
def test_a_credit_note_names(field: str) -> None:
    frozen, _, text = plain('credit note')
    sees(text, *CREDIT_NOTE[field](frozen))


def test_a_credit_note_says_what_becomes_credit_and_what_is_cancelled_as_a_whole() -> None:
    text = read('credit note', 'en', lowered='350.00', credit='5000.00', voids=True)
    sees(text, '5,000.00 baht become your credit', '350.00 baht are taken off', 'cancelled as a whole')
    without = read('credit note', firm=FIRM_WITHOUT_VAT, vat='0.00', vat_percent='0.00', tax_invoices=[])
    misses(without, 'ภาษีมูลค่าเพิ่ม', 'ใบกำกับภาษี')


# ------------------------------------------------------------------------------------ without VAT

WITHOUT_VAT = {'firm': FIRM_WITHOUT_VAT, 'tax_invoice_number': '', 'vat': '0.00', 'vat_percent': '0.00'}


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_firm_without_vat_tells_of_none(language: str) -> None:
    whole = {'net': '58000.00', 'settled': '58000.00', 'amount': '58000.00', 'withheld_by_class': []}
    receipt = read('receipt', language, **WITHOUT_VAT, **whole, received='58000.00', withheld='0.00', customer=PERSON)
    invoice = read('invoice', language, **WITHOUT_VAT, total='58000.00', customer=PERSON)
    prepaid = read('prepayment', language, **{**WITHOUT_VAT, 'vat_percent': '7.00'}, net='10700.00', customer=PERSON)
    for text in (receipt, invoice, prepaid):
        misses(text, 'ภาษีมูลค่าเพิ่ม', 'VAT', 'ใบกำกับภาษี', 'Tax Invoice', 'TI-', 'สำนักงานใหญ่', 'เป็นชุด')
        sees(text, FIRM['tax_id'])
    sees(receipt, 'ใบเสร็จรับเงิน', 'Receipt', '58,000.00', 'ห้าหมื่นแปดพันบาทถ้วน')


# -------------------------------------------------------------------------------------- the invoice


@pytest.mark.parametrize('language', LANGUAGES)
def test_an_invoice_says_what_is_owed_until_when_and_for_what(language: str) -> None:
    frozen, _, text = plain('invoice', language)
    sees(text, 'ใบแจ้งหนี้', 'Invoice', 'INV-2026-0042', 'ครบกำหนดชำระ', '22 ธันวาคม 2569', '22 December 2026')
    sees(text, JOB['number'], JOB['title'], JOB['title_th'], '8–17 ธันวาคม 2569', '8–17 December 2026', '10 วัน')
    sees(text, *[money(line[name]) for line in frozen['lines'] for name in ('rate', 'amount')])
    sees(text, '58,000.00', '4,060.00', '62,060.00', 'หกหมื่นสองพันหกสิบบาทถ้วน', 'Sixty-Two Thousand Sixty Baht Only')
    sees(text, 'ธนาคารกสิกรไทย 123-4-56789-0', frozen['customer_notes'])


def test_a_company_reads_what_to_pay_if_it_withholds_and_a_person_does_not() -> None:
    _, _, text = plain('invoice')
    sees(text, 'หากหักภาษี ณ ที่จ่าย', 'หัก ณ ที่จ่าย ค่าบริการ 3% Withheld, services 3% 135.00')
    sees(text, 'หัก ณ ที่จ่าย ค่าเช่า 5% Withheld, rent 5% 2,675.00', 'ยอดชำระสุทธิ Net payable 59,250.00')
    misses(read('invoice', customer=PERSON), 'หัก ณ ที่จ่าย', '59,250.00')
    misses(read('invoice', withholding=[]), 'หัก ณ ที่จ่าย')


def test_what_was_paid_before_stands_as_a_row_below_zero() -> None:
    sums = {'subtotal': '48000.00', 'vat': '3360.00', 'total': '51360.00', 'prepaid': '10700.00'}
    text = read('invoice', prepayments=[PREPAID], **sums)
    sees(text, 'หักเงินรับล่วงหน้า PREREC-2026-0003', 'TI-2026-0017', '15 พฤศจิกายน 2569', '−10,000.00')
    sees(text, '48,000.00', '3,360.00', '51,360.00')


def test_a_discount_is_told_and_the_value_that_vat_is_counted_of() -> None:
    sums = {'discount': '5800.00', 'vat': '3654.00', 'total': '55854.00'}
    text = read('invoice', discount_kind='%', discount_value='10.00', **sums)
    sees(text, 'ส่วนลด 10%', '−5,800.00', 'มูลค่าก่อนภาษี', '52,200.00', '3,654.00', '55,854.00')
    sees(read('invoice', discount_kind='THB', discount_value='5800.00', **sums), 'ส่วนลด', '−5,800.00')


def test_an_invoice_written_by_hand_has_no_rental() -> None:
    text = read('invoice', job={})
    misses(text, 'งานเช่า', 'งานเลขที่')


# ------------------------------------------------------------------------------------- the codes


def code_of(kind: Kind, target: str, amount: str, **more: Any) -> str:
    return payload(Payee(kind, target), Decimal(amount), **more)


CODES = {
    'mobile': ({'kind': 'mobile', 'id': '081-234-5678'}, code_of(Kind.MOBILE, '0812345678', '62060.00')),
    'tax ID': ({'kind': 'tax_id', 'id': '0105540087061'}, code_of(Kind.TAX_ID, '0105540087061', '62060.00')),
    'e-wallet': ({'kind': 'ewallet', 'id': '004999000288505'}, code_of(Kind.E_WALLET, '004999000288505', '62060.00')),
    'bill': (
        {'kind': 'biller', 'id': '099999999999990'},
        code_of(Kind.BILL, '099999999999990', '62060.00', reference1='INV20260042'),
    ),
    'for banks that want it static': (
        {'kind': 'tax_id', 'id': '0105540087061', 'static': 'yes'},
        code_of(Kind.TAX_ID, '0105540087061', '62060.00', always_static=True),
    ),
}


@pytest.mark.parametrize(('facts', 'wanted'), CODES.values(), ids=list(CODES))
def test_the_code_of_an_invoice_asks_for_exactly_its_total(facts: dict[str, str], wanted: str) -> None:
    assert scanned(render('Invoice', an_invoice(promptpay=PROMPTPAY | facts))) == [wanted]


@pytest.mark.parametrize('amount', ['0.01', '1070.00', '9999999.99'])
def test_the_code_of_a_deposit_request_asks_for_what_is_awaited(amount: str) -> None:
    facts = PROMPTPAY | {'amount': amount, 'reference': 'DEP20260009'}
    frozen = a_deposit_request(amount=amount, promptpay=facts)
    paper = render('Deposit Request', frozen)
    assert scanned(paper) == [code_of(Kind.TAX_ID, '0105540087061', amount)]
    sees(by_pdfium(paper), money(amount), in_words(Decimal(amount), 'th'), 'ลงท้าย 7061')


def test_beside_a_code_stand_payee_masked_id_amount_and_what_to_quote() -> None:
    text = read('invoice', 'en')
    sees(text, 'Scan with any bank app', '62,060.00 baht', 'tax ID ending 7061', 'Please quote INV-2026-0042')
    assert text.count('0105540087061') == 1  # at the head only
    bill = read('invoice', 'en', promptpay=PROMPTPAY | {'kind': 'biller', 'id': '099999999999990'})
    sees(bill, 'Reference 1: INV20260042')


@pytest.mark.parametrize(
    'facts',
    [{}, PROMPTPAY | {'kind': 'nonsense'}, PROMPTPAY | {'id': '12'}, PROMPTPAY | {'amount': '99999999999.00'}],
    ids=['none', 'unknown kind', 'too short', 'too much'],
)
def test_without_a_code_the_bank_account_is_told(facts: dict[str, str]) -> None:
    paper = render('Invoice', an_invoice(promptpay=facts))
    assert payload_of(facts) == '' and scanned(paper) == []
    sees(by_pdfium(paper), 'บัญชีธนาคาร', 'ธนาคารกสิกรไทย 123-4-56789-0', 'ยอดชำระสุทธิ Net payable 59,250.00')


def test_without_a_bank_account_it_says_whom_to_ask() -> None:
    text = read('invoice', promptpay={}, firm=FIRM | {'bank_accounts': ' '})
    sees(text, 'สอบถามวิธีชำระเงิน', '02 123 4567')


def test_bank_accounts_of_many_lines_do_not_push_the_code_apart() -> None:
    many = '\n'.join(f'ธนาคารกรุงเทพ สาขาที่ {at} เลขที่บัญชี 123-4-{at:05}-0' for at in range(60))
    paper = render('Invoice', an_invoice(firm=FIRM | {'bank_accounts': many}))
    assert len(scanned(paper)) == 1
    assert [line for line in many.split('\n') if not says(by_pdfium(paper), line)] == []


# ------------------------------------------------------------------------------------- the receipts


def test_a_receipt_is_for_all_that_it_settles_and_tells_what_was_withheld() -> None:
    text = read('receipt')
    sees(text, 'ใบเสร็จรับเงิน/ใบกำกับภาษี', 'RC-2026-0051', 'TI-2026-0029', 'INV-2026-0042', 'KBANK 22/11 14:05')
    sees(text, '62,060.00', 'หกหมื่นสองพันหกสิบบาทถ้วน', 'หัก ณ ที่จ่าย ค่าเช่า 5%', '−2,675.00', '−135.00')
    sees(text, 'จำนวนเงินที่รับจริง', '59,250.00', 'ชำระตามใบแจ้งหนี้ครบถ้วนแล้ว')


def test_tax_withheld_in_one_sum_is_told_in_one() -> None:
    parts = [{'class': '', 'percent': '', 'tax': '2800.00'}]
    text = read('receipt', withheld='2800.00', received='59260.00', withheld_by_class=parts)
    sees(text, 'ภาษีหัก ณ ที่จ่าย', '−2,800.00', '59,260.00')


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_part_payment_counts_the_part_and_tells_the_rest(language: str) -> None:
    _, _, text = plain('part receipt', language)
    sees(text, '(53,500.00)', '(4,500.00)', 'รับชำระตามใบแจ้งหนี้ INV-2026-0042', '10,000.00', '700.00', '10,700.00')
    sees(text, 'ยอดตามใบแจ้งหนี้ 62,060.00 บาท', 'ยอดคงค้างตามใบแจ้งหนี้ 51,360.00 บาท', 'Left to pay')
    misses(text, 'หัก ณ ที่จ่าย')


def test_a_receipt_for_all_of_a_discounted_invoice_leads_from_its_lines_to_its_sum() -> None:
    invoice = {**a_receipt()['invoice'], 'discount': '5000.00', 'prepayments': [PREPAID], 'total': '46010.00'}
    sums = {'amount': '46010.00', 'settled': '46010.00', 'net': '43000.00', 'vat': '3010.00', 'received': '46010.00'}
    text = read('receipt', invoice=invoice, **sums, withheld='0.00', withheld_by_class=[])
    sees(text, '53,500.00', '−10,000.00', '48,000.00', '−5,000.00', '43,000.00', '3,010.00', '46,010.00')
    misses(text, '(53,500.00)')


def test_an_over_payment_has_its_own_line() -> None:
    sums = {'amount': '63060.00', 'credit': '1000.00', 'received': '63060.00', 'withheld': '0.00'}
    text = read('receipt', **sums, withheld_by_class=[])
    sees(text, 'เก็บไว้เป็นเครดิตของลูกค้า', '1,000.00', '62,060.00', '63,060.00', 'หกหมื่นสามพันหกสิบบาทถ้วน')


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_prepayment_says_what_for_and_that_it_is_deducted_later(language: str) -> None:
    _, _, text = plain('prepayment', language)
    sees(text, 'ใบเสร็จรับเงินล่วงหน้า/ใบกำกับภาษี', 'PREREC-2026-0003', 'TI-2026-0017', 'JOB-2026-0012')
    sees(text, 'เงินรับล่วงหน้าสำหรับ ถ่ายโฆษณา เชียงใหม่', 'Pre-payment for Commercial shoot, Chiang Mai')
    sees(text, '10,000.00', '700.00', '10,700.00', 'จะหักออกในใบแจ้งหนี้')


# --------------------------------------------------------------------------------------- deposits


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_deposit_request_tells_when_and_how_it_goes_back(language: str) -> None:
    _, _, text = plain('deposit request', language)
    sees(text, 'ใบแจ้งชำระเงินประกัน', 'Deposit Request', 'DEP-2026-0009', 'QT-2026-0042', '20,000.00')
    sees(text, 'สองหมื่นบาทถ้วน', 'คืนให้ภายใน 7 วัน', 'within 7 days', JOB['title_th'], '8–17 December 2026')


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_deposit_receipt_tells_what_came_and_what_is_awaited(language: str) -> None:
    _, _, text = plain('deposit receipt', language)
    sees(text, 'ใบรับเงินประกัน', 'DEPR-2026-0011', 'DEP-2026-0009', '12,000.00', '20,000.00', '8,000.00')
    sees(text, 'ไม่อยู่ในบังคับภาษีมูลค่าเพิ่ม', 'ต้นฉบับ')


def test_a_deposit_received_in_one_sum_tells_of_no_parts() -> None:
    whole = a_deposit(amount='20000.00', collected='20000.00', held='20000.00')
    misses(read('deposit receipt', amount='20000.00', deposit=whole), 'ยังรอชำระ', 'เงินประกันตามที่ตกลง')


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_deposit_that_goes_back_in_part_tells_what_was_kept_and_why(language: str) -> None:
    _, _, text = plain('deposit return', language)
    sees(text, 'ใบคืนเงินประกัน', 'DEPRR-2026-0004', 'DEP-2026-0009', '20,000.00', '−7,850.00', '12,150.00')
    sees(text, CHARGE['reason'], '−5,350.00', '350.00', 'ใบกำกับภาษี TI-2026-0031', 'ค่าบริการ')
    sees(text, 'ขาตั้ง C-stand หัก 1 ตัว', '−2,500.00', 'ค่าเสียหาย', 'ไม่มีภาษี', 'คืนโดยโอนเงินธนาคาร', 'SCB 123')
    sees(text, 'หนึ่งหมื่นสองพันหนึ่งร้อยห้าสิบบาทถ้วน', '21 ธันวาคม 2569', '21 December 2026')


def test_a_deposit_that_goes_back_in_full_says_that_nothing_was_kept() -> None:
    text = read('deposit return', kept=[])
    sees(text, 'ไม่มีรายการที่หักไว้', '20,000.00')
    misses(text, 'หักไว้ Kept')


def test_a_deposit_that_is_forfeited_returns_nothing() -> None:
    text = read('deposit return', kept=[CHARGE | {'amount': '20000.00', 'vat': '1308.41'}])
    sees(text, '−20,000.00', 'ศูนย์บาทถ้วน', '1,308.41')
    misses(text, 'คืนโดยโอนเงินธนาคาร')


def test_a_charge_kept_of_a_deposit_has_a_tax_invoice_of_its_own() -> None:
    text = plain('tax invoice')[2]
    sees(text, 'TI-2026-0031', CHARGE['reason'], '5,000.00', '350.00', '5,350.00', 'DEP-2026-0009', 'DEPRR-2026-0004')


# ------------------------------------------------------------------------------------ the manifest


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_manifest_tells_what_goes_where_and_with_whom(language: str) -> None:
    frozen, paper, text = plain('manifest', language)
    sees(text, 'ใบส่งมอบอุปกรณ์', 'Delivery Manifest', 'JOB-2026-0012', frozen['delivery_address'], BUYER['name_th'])
    sees(text, frozen['site_contact'], frozen['driver_name'], frozen['driver_phone'], frozen['vehicle'])
    sees(text, frozen['contact'], frozen['contact_phone'], '8–17 ธันวาคม 2569', '8–17 December 2026')
    sees(text, 'ผู้ส่งมอบ', 'ผู้รับมอบ', *[line[name] for line in frozen['lines'] for name in ('name', 'name_th')])
    assert scanned(paper) == ['JOB-2026-0012']
    misses(text, '2,500.00', 'บาท')


@pytest.mark.parametrize('many', [1, 8, 14, 24])
def test_a_manifest_stays_one_page(many: int) -> None:
    frozen = a_manifest(many)
    paper = render('Delivery Manifest', frozen)
    assert len(pages_of(paper)) == 1
    assert [line['name_th'] for line in frozen['lines'] if not says(by_pdfium(paper), line['name_th'])] == []


def test_work_and_transport_travel_on_no_vehicle() -> None:
    line = {name: a_line(8)[name] for name in ('kind', 'name', 'name_th', 'quantity')}
    hired = line | {'name': 'Dolly, hired in', 'name_th': '', 'withholding': 'Rent'}
    text = by_pdfium(render('Delivery Manifest', a_manifest(lines=[line | {'withholding': 'Transport'}, hired])))
    sees(text, 'Dolly, hired in')
    misses(text, line['name'])


def test_a_manifest_without_a_site_or_a_driver_tells_whom_to_call() -> None:
    none = dict.fromkeys(('delivery_address', 'site_contact', 'driver_name', 'driver_phone', 'vehicle'), '')
    sees(read('manifest', **none), BUYER['address'], 'พลอยพรรณ ศรีสุข', '081 234 5678')


# ------------------------------------------------------------------------- credit that goes back


@pytest.mark.parametrize('language', LANGUAGES)
def test_credit_that_goes_back_says_how_much_how_and_what_remains(language: str) -> None:
    frozen, _, text = plain('credit return', language)
    sees(text, 'ใบคืนเครดิต', 'Credit Return Receipt', frozen['number'], '3,000.00', '500.00', 'SCB 771')
    sees(text, frozen['customer']['name'], in_words(Decimal(3000), 'th'), 'ไม่ใช่ใบกำกับภาษี', 'This is not a tax invoice')


@pytest.mark.parametrize(('reason', 'said'), [('', 'More was paid in advance'), ('Called off', 'Called off')])
def test_a_note_on_a_prepayment_says_why_it_was_made(reason: str, said: str) -> None:
    text = read('credit note', 'en', invoice_number='', reason=reason, original_number='TI-2026-0007')
    sees(text, 'TI-2026-0007', said)


# ------------------------------------------------------------------------------------ the statement


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_statement_leads_from_its_opening_to_its_closing_balance(language: str) -> None:
    frozen, _, text = plain('statement', language)
    sees(text, 'ใบแจ้งยอดบัญชี', 'Statement of Account', '1–30 พฤศจิกายน 2569', '1–30 November 2026', '10,000.00')
    for line in frozen['lines']:
        sees(text, line['number'], money(line['balance']), money(max(line['charged'], line['settled'], key=Decimal)))
    closing = money(frozen['closing'])
    sees(text, closing, f'ยอดค้างชำระ {closing} บาท ณ วันที่ 30 พฤศจิกายน 2569', 'Deposits held apart', '20,000.00')


def test_the_balance_is_carried_over_the_pages_of_a_statement() -> None:
    frozen = a_statement(200)
    pages = pages_of(render('Statement', frozen))
    assert len(pages) > 8
    carried = [re.search(r'ยอดยกไป Carried forward ([\d,.]+)', page) for page in pages]
    brought = [re.search(r'ยอดยกมา Brought forward ([\d,.]+)', page) for page in pages]
    told = [one[1] for one in carried if one]
    assert told == [one[1] for one in brought if one] and len(told) >= len(pages) - 2
    assert set(told) <= {money(line['balance']) for line in frozen['lines']}
    assert all(says(' '.join(pages), line['number']) for line in frozen['lines'])


@pytest.mark.parametrize(
    ('closing', 'said'),
    [('-500.00', '500.00 baht is in your favour on 30 November 2026'), ('0.00', 'Nothing is owed on 30 November')],
)
def test_a_statement_says_who_owes_whom(closing: str, said: str) -> None:
    text = by_pdfium(render('Statement', a_statement(0, 'en', closing=closing, deposits_held='0.00')))
    sees(text, said, 'Nothing moved in this period')
    misses(text, 'Bank account', 'Deposits held')


@pytest.mark.parametrize(
    'what', ['invoice', 'void', 'payment', 'prepayment', 'credit_used', 'reversal', 'credit_note', 'credit_returned']
)
def test_every_entry_of_an_account_has_its_name(what: str) -> None:
    entry = {'on': '2026-11-05', 'what': what, 'number': 'X-1', 'charged': '0.00', 'settled': '0.00', 'balance': '1.00'}
    sees(
        by_pdfium(render('Statement', a_statement(lines=[{**entry, 'about': 'Film', 'about_th': 'หนัง'}]))), 'X-1', 'หนัง'
    )


# ------------------------------------------------------------------------- cancelled, and issued again


@pytest.mark.parametrize('name', ['invoice', 'receipt', 'prepayment', 'deposit receipt', 'tax invoice'])
def test_a_cancelled_paper_says_so_and_asks_nobody_for_money(name: str) -> None:
    kind, freeze = ONE_OF_EACH[name]
    marked = render(kind, freeze(cancelled_on='2026-11-25'))
    sees(by_pdfium(marked), 'ยกเลิก', 'CANCELLED', 'ยกเลิกเมื่อวันที่ 25 พฤศจิกายน 2569', 'Cancelled on 25 November 2026')
    assert scanned(marked) == []
    misses(plain(name)[2], 'ยกเลิก', 'CANCELLED')


def test_the_mark_lies_over_every_page() -> None:
    lines = [a_line(at, optional=False) for at in range(60)]
    paper = render('Invoice', an_invoice(lines=lines, cancelled_on='2026-11-25'))
    pages = pages_of(paper)
    assert len(pages) > 3 and all('CANCELLED' in page for page in pages)
    assert all(reddish(drawn(paper, at, dpi=50)) > 400 for at in range(len(pages)))


def reddish(page: Image.Image) -> int:
    many = page.convert('RGB').getcolors(page.width * page.height) or []
    return sum(count for count, (red, green, blue) in many if red > green + 20 and red > blue + 20)  # type: ignore[misc]


@pytest.mark.parametrize('name', ['taxed invoice', 'receipt', 'prepayment'])
def test_a_paper_issued_again_says_which_one_it_replaces(name: str) -> None:
    text = read(name, replaces=REPLACES, edition=2)
    sees(text, 'ยกเลิกและออกฉบับใหม่แทนฉบับเดิม (ฉบับที่ 1)', '25 พฤศจิกายน 2569', 'cancels and replaces edition 1')


# ------------------------------------------------------------------------------- long papers, long names

NAME = 'บริษัทอุปกรณ์ถ่ายทำภาพยนตร์และโทรทัศน์แห่งประเทศไทยและเอเชียตะวันออกเฉียงใต้จำกัดมหาชน' * 3


def long_ones(name: str) -> tuple[str, Frozen]:
    """The same paper with every name as long as people ever make one."""
    kind, freeze = ONE_OF_EACH[name]
    named = {'name': NAME, 'name_th': NAME, 'address': NAME}
    frozen = freeze(firm=FIRM | named | {'address_th': NAME}, customer=BUYER | named)
    about = {'title': NAME, 'title_th': NAME}
    frozen |= {
        key: NAME for key in ('reason', 'customer_notes', 'delivery_address', 'vehicle', *about) if key in frozen
    }
    if isinstance(frozen.get('job'), dict):
        frozen['job'] = frozen['job'] | about
    if 'invoice' in frozen:
        frozen['invoice'] = frozen['invoice'] | about
    texts = {'name': NAME, 'name_th': NAME, 'about': NAME, 'reason': NAME}
    for lines in ('lines', 'kept_lines'):
        frozen[lines] = [line | {key: NAME for key in texts if key in line} for line in frozen.get(lines, [])]
    return kind, frozen


@pytest.mark.parametrize('name', ONE_OF_EACH)
def test_long_names_are_broken_and_never_clipped(name: str) -> None:
    paper = render(*long_ones(name))
    assert by_pdfium(paper).replace(' ', '').count(as_typed(NAME).replace(' ', '')) >= 3
    with pypdfium2.PdfDocument(paper) as opened:
        for page in opened:
            boxes = [thing.get_bounds() for thing in page.get_objects()]
            assert min(box[0] for box in boxes) / MM >= LEFT - 0.6
            assert max(box[2] for box in boxes) / MM <= RIGHT + 0.6
            assert 297 - min(box[1] for box in boxes) / MM <= BOTTOM + 12


@pytest.mark.parametrize('name', ['invoice', 'receipt', 'part receipt', 'manifest'])
@pytest.mark.parametrize('many', [1, 200])
def test_papers_of_one_line_and_of_two_hundred(name: str, many: int) -> None:
    kind, freeze = ONE_OF_EACH[name]
    lines = [a_line(at, optional=False, kind='Equipment') for at in range(many)]
    pages = pages_of(render(kind, freeze(lines=lines)))
    text = ' '.join(pages)
    assert (len(pages) == 1) is (many == 1)
    assert [line['name_th'] for line in lines if not says(text, line['name_th'])] == []
    assert [f'หน้า {at} จาก {len(pages)}' in page for at, page in enumerate(pages, 1)] == [True] * len(pages)


def pages_of(paper: bytes) -> list[str]:
    with pypdfium2.PdfDocument(paper) as opened:
        return [as_typed(page.get_textpage().get_text_range()) for page in opened]


def test_amounts_of_every_size_find_room() -> None:
    for amount in ('0.01', '9999999.99', '123456789012.34'):
        text = read('prepayment', amount=amount, settled=amount, net=amount, vat='0.01')
        sees(text, money(amount), in_words(Decimal(amount), 'th'), in_words(Decimal(amount), 'en'))


# ------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize('name', ONE_OF_EACH)
def test_equal_input_gives_equal_bytes_and_a_small_file(name: str) -> None:
    kind, freeze = ONE_OF_EACH[name]
    _, paper, _ = plain(name)
    assert render(kind, freeze()) == paper
    assert len(paper) <= 60 * 1024


def test_every_kind_of_document_has_a_paper() -> None:
    assert set(KINDS) == {str(kind) for kind in DocumentKind}
    assert set(PAPERS) | {'Signed Quote'} == set(KINDS)
    assert {kind for kind, _ in ONE_OF_EACH.values()} | {'Quote', 'Signed Quote'} == set(KINDS)


def test_a_foreign_name_is_not_torn_within_a_syllable() -> None:
    assert pieces('แอนด์ กริป')[-1] == 'กริป' and pieces('หัก ณ ที่จ่าย')[:2] == ('หัก ', 'ณ ')


def with_lines(name: str, language: str, many: int) -> tuple[str, Frozen]:
    lines = [a_line(at, optional=False) for at in range(many)]
    if name == 'statement':
        return 'Statement', a_statement(many, language)
    if name in ('invoice', 'receipt'):
        kind, make = ONE_OF_EACH[name]
        return kind, make(language, lines=lines)
    without: Frozen = {'terms': '', 'terms_th': '', 'customer_notes': ''} if name == 'quote without terms' else {}
    return 'Quote', a_frozen_quote(language=language, lines=lines, **without)


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('name', ['quote', 'quote without terms', 'invoice', 'receipt', 'statement'])
def test_places_to_sign_and_to_pay_have_the_sums_and_two_lines_above_them(name: str, language: str) -> None:
    for many in (1, 5, 7, 9, 10, 11, 14, 20, 24, 25):
        *before, last = pages_of(render(*with_lines(name, language, many)))
        above, words, _ = last.partition('จำนวนเงินเป็นตัวอักษร')
        assert words, (many, len(before))
        # Those of two rows, or of what is carried over and the last of them.
        assert len(re.findall(r'[\d,]+\.\d\d', above)) >= (4 if before else 1), many
        assert not before or name == 'quote' or many > 5


@pytest.mark.parametrize('language', LANGUAGES)
def test_the_equipment_of_a_van_stands_on_one_page(language: str) -> None:
    assert [len(pages_of(render('Delivery Manifest', a_manifest(many, language)))) for many in (14, 24, 28)] == [1] * 3
    assert len(pages_of(render('Delivery Manifest', a_manifest(40, language)))) == 2


# ------------------------------------------------------------------------------------- days and what lies between


@pytest.mark.parametrize('kind', ['receipt', 'prepayment', 'deposit receipt', 'deposit return'])
def test_a_receipt_names_the_day_of_the_money_where_it_is_not_its_own(kind: str) -> None:
    thai, english = ('วันที่คืนเงิน', 'Returned on') if kind == 'deposit return' else ('วันที่รับเงิน', 'Received on')
    for text in (read(kind, 'th', moved_on='2026-11-18'), read(kind, 'en', moved_on='2026-11-18')):
        sees(text, thai, english, '18 พฤศจิกายน 2569', '18 November 2026')
    own = ONE_OF_EACH[kind][1]('th')['issued_on']
    for text in (read(kind), read(kind, moved_on=own)):  # a paper of before names none
        misses(text, thai, english)


def test_a_statement_names_the_day_of_the_money_where_it_is_not_that_of_the_paper() -> None:
    paid = {'on': '2026-11-22', 'what': 'payment', 'number': 'RC-2026-0001', 'about': 'INV-2026-0001'}
    line = {**paid, 'charged': '0.00', 'settled': '500.00', 'balance': '9500.00'}
    misses(read('statement', 'en', lines=[line]), 'received 18')
    sees(read('statement', 'en', lines=[{**line, 'moved_on': '2026-11-18'}]), 'received 18 November 2026')
    back = {**line, 'what': 'credit_returned', 'moved_on': '2026-11-18'}
    sees(read('statement', 'th', lines=[back]), 'คืนเงิน 18 พฤศจิกายน 2569')


def test_the_lines_of_a_receipt_after_a_credit_note_and_earlier_payments_add_up() -> None:
    invoice = a_receipt()['invoice'] | {'credited': '1070.00', 'paid_before': '20000.00'}
    facts = {'invoice': invoice, 'balance': '30290.00'}
    text = read('part receipt', 'en', **facts)
    between = ('Less credit notes 1,070.00 baht', 'Less paid earlier 20,000.00 baht')
    sees(text, 'Total of the invoice 62,060.00 baht', *between)
    sees(text, 'Settled by this receipt 10,700.00 baht', 'Left to pay on the invoice 30,290.00 baht')
    sees(read('part receipt', 'th', **facts), 'หักใบลดหนี้ 1,070.00 บาท', 'หักยอดที่ชำระก่อนหน้า 20,000.00 บาท')
    misses(read('part receipt', 'en'), 'Less credit notes', 'Less paid earlier')
