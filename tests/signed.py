"""A quote as it was signed: what goes into a signed paper, and the paper of it."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache
from hashlib import sha256
from typing import Any

import pypdfium2

from app.papers.certificate import signed_quote
from app.papers.press import render
from app.papers.thai import together
from app.seal_key import SealKey, new_seal_key

BASE = 'https://rent.siamlight.test'
ID, SHOWN_ID = '5ea1' * 8, '8c1f' * 8
THAI_NAME = 'พลอยพรรณ ศรีสุขน้ำทิพย์'
AGENT = (
    'Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'
)
STROKES = [
    [[1000 + 7 * at, 3000 + round(900 * math.sin(at / 17) * math.cos(at / 90)), at * 9] for at in range(0, 1000, 6)],
    [[1200, 4300], [3300, 4200], [9000, 3750]],
]


@cache
def key() -> SealKey:
    return new_seal_key('Siam Light & Grip Co., Ltd.')


def a_line(name: str, thai: str, **facts: Any) -> dict[str, Any]:
    line = {'id': name, 'kind': 'Equipment', 'name': name, 'name_th': thai, 'quantity': '4.00', 'duration': '10.00'}
    line |= {'rate': '2500.00', 'rate_type': 'Daily', 'withholding': 'Rent 5 %', 'amount': '100000.00'}
    return {**line, 'optional': False, 'chosen': False, **facts}


def a_quote(**facts: Any) -> dict[str, Any]:
    firm = {
        'name': 'Siam Light & Grip Co., Ltd.', 'name_th': 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด', 'address': '88 Rama IV',
        'address_th': '88 ถนนพระรามที่ 4', 'phone': '02 123 4567', 'email': 'hello@siamlight.test', 'website': '',
        'line_url': '', 'tax_id': '0105540087061', 'branch': '00000', 'vat_registered': True, 'accent': '#0c6b58',
        'logo': '', 'promptpay_id': '', 'promptpay_kind': '', 'bank_accounts': '',
    }  # fmt: skip
    customer = {
        'kind': 'Company', 'name': 'Nimman Film Co., Ltd.', 'name_th': 'บริษัท นิมมานฟิล์ม จำกัด',
        'tax_id': '0994000165501', 'branch': '00000', 'vat_registered': True, 'address': 'เชียงใหม่ 50200',
        'contact': 'Ploy', 'contact_phone': '081 234 5678', 'contact_email': 'ploy@nimman.test',
    }  # fmt: skip
    return {
        'number': 'QT-2026-0042', 'title': 'Commercial shoot', 'title_th': 'ถ่ายโฆษณา', 'quoted_on': '2026-11-20',
        'issued_on': '2026-11-20', 'job_start': '2026-12-08', 'job_end': '2026-12-17', 'expires_on': '2026-12-04',
        'published': '2', 'vat_percent': '7.00', 'discount_kind': 'THB', 'discount_value': '0',
        'subtotal': '100000.00', 'discount': '0.00', 'vat': '7000.00', 'grand_total': '107000.00',
        'deposit': '20000.00', 'total_due': '127000.00', 'customer_notes': '', 'terms': 'Return it clean.',
        'terms_th': 'คืนให้สะอาด', 'terms_version': 3, 'firm': firm, 'customer': customer, 'language': 'th',
        'verification': SHOWN_ID, 'edition': 2,
        'lines': [
            a_line('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel'),
            a_line('Generator', 'เครื่องปั่นไฟ', optional=True, chosen=True),
            a_line('Extra stand', 'ขาตั้งเพิ่ม', optional=True),
        ],
        **facts,
    }  # fmt: skip


def an_event(at: str, what: str, by: str = '', **facts: Any) -> dict[str, Any]:
    return {'at': f'2026-11-{at}+00:00', 'what': what, 'by': by, 'facts': {'number': 'QT-2026-0042', **facts}}


def a_signature(shown: bytes, **facts: Any) -> dict[str, Any]:
    return {
        'name': THAI_NAME, 'position': 'Line producer', 'company': 'Nimman Film', 'email': 'ploy@nimman.test',
        'consent': 'ข้าพเจ้ายอมรับใบเสนอราคา QT-2026-0042', 'language': 'th', 'ip': '184.22.101.7',
        'user_agent': AGENT, 'method': 'Drawn', 'strokes': STROKES, 'terms_version': 3, 'quote_version': 2,
        'signed_at': '2026-11-22T11:12:05.412345+00:00', 'device': '', 'link': '3F9A0C21BB', 'code_passed': True,
        'shown_sha256': sha256(shown).hexdigest(), 'shown_document': '', 'shown_verification': SHOWN_ID, **facts,
    }  # fmt: skip


EVENTS = [
    an_event('20T03:05:00', 'quote_sent', 'Bo'),
    an_event('20T04:11:09', 'link_viewed', public_id='3F9A0C21BB'),
    an_event('20T04:15:39', 'quote_question', 'Customer', line='Generator', question='มีค่าน้ำมันรวมแล้วหรือยัง'),
    an_event('21T09:00:00', 'quote_published', 'Bo', version=2),
    an_event('22T11:02:11', 'link_viewed', public_id='3F9A0C21BB'),
    an_event('22T11:12:05', 'quote_accepted', 'Customer', name=THAI_NAME),
]


@cache
def the_shown() -> bytes:
    return render('Quote', a_quote())


def made(events: list[dict[str, Any]] | None = None, quote: dict[str, Any] | None = None, **facts: Any) -> bytes:
    shown = the_shown()
    frozen = {**a_quote(verification=ID, issued_on='2026-11-22', **(quote or {})), 'events': events or EVENTS}
    frozen['signature'] = a_signature(shown, **facts)
    return signed_quote(frozen, logo=None, shown=shown, seal=key(), base_url=BASE)


@cache
def the_paper() -> bytes:
    return made()


def plain(text: str) -> str:
    """Without what readers do differently: spaces, line ends, and how sara am is written."""
    return re.sub(r'\s+', '', together(unicodedata.normalize('NFC', text)))


def read_by_pdfium(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return '\n'.join(page.get_textpage().get_text_range() for page in document)


TOLD = [
    'ใบรับรองการลงนาม', 'Certificate of signature', 'QT-2026-0042', 'ฉบับที่ 2', 'version 2',
    'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด', 'บริษัท นิมมานฟิล์ม จำกัด', '฿127,000.00', 'เลือก: เครื่องปั่นไฟ', ID,
    THAI_NAME, 'Line producer, Nimman Film', 'ploy@nimman.test', 'เขียนด้วยมือบนหน้าจอ', '2026-11-22T11:12:05Z',
    '22 พฤศจิกายน 2569 เวลา 18:12:05 น.', '22 November 2026, 18:12:05 in Bangkok (UTC+7)',
    'ข้าพเจ้ายอมรับใบเสนอราคา QT-2026-0042', 'เงื่อนไขการเช่า ฉบับที่ 3', '184.22.101.7', 'Chrome · Android', '3F9A0C21BB',
    'ใส่บนเครื่องนี้ก่อนลงนาม', 'ส่งใบเสนอราคาให้ลูกค้า', 'Portal link 3F9A0C21BB opened for the first time',
    'มีค่าน้ำมันรวมแล้วหรือยัง', 'แก้ไขและเผยแพร่เป็นฉบับที่ 2', '2026-11-22 18:12:05', 'rent.siamlight.test/verify',
]  # fmt: skip
