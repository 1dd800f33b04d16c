"""Frozen papers for tests and measurements: a firm, a customer and lines, as the models freeze them."""

from __future__ import annotations

import contextlib
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

FIRM: dict[str, Any] = {
    'name': 'Siam Light & Grip Co., Ltd.',
    'name_th': 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด',
    'address': '99/8 Soi Ladprao 71, Wang Thonglang, Bangkok 10310',
    'address_th': '99/8 ซอยลาดพร้าว 71 แขวงสะพานสอง เขตวังทองหลาง กรุงเทพมหานคร 10310',
    'phone': '02 123 4567',
    'email': 'hello@siamlight.test',
    'website': 'siamlight.test',
    'line_url': '',
    'tax_id': '0105540087061',
    'branch': '00000',
    'vat_registered': True,
    'accent': '#0c6b58',
    'logo': '',
    'promptpay_id': '0105540087061',
    'promptpay_kind': 'taxid',
    'bank_accounts': 'ธนาคารกสิกรไทย 123-4-56789-0\nบริษัท สยาม ไลท์ แอนด์ กริป จำกัด',
}
CUSTOMER: dict[str, Any] = {
    'kind': 'Company',
    'name': 'Nimman Film Co., Ltd.',
    'name_th': 'บริษัท นิมมานฟิล์ม จำกัด',
    'tax_id': '0994000165501',
    'branch': '00000',
    'vat_registered': True,
    'address': '15 ถนนนิมมานเหมินท์ ตำบลสุเทพ อำเภอเมือง เชียงใหม่ 50200',
    'contact': 'พลอยพรรณ ศรีสุข',
    'contact_phone': '081 234 5678',
    'contact_email': 'ploy@nimman.test',
}
TERMS_TH = (
    '1. ผู้เช่าต้องชำระค่าเช่าและเงินประกันก่อนรับอุปกรณ์ เงินประกันจะคืนให้ภายใน 7 วันหลังจากส่งคืนอุปกรณ์ครบถ้วน\n'
    '2. อุปกรณ์ที่ชำรุด สูญหาย หรือเสียหายระหว่างการเช่า ผู้เช่าต้องรับผิดชอบค่าซ่อมแซมหรือค่าอุปกรณ์ทดแทนตามราคาตลาด\n'
    '3. การส่งคืนล่าช้าคิดค่าเช่าเพิ่มเป็นรายวันตามอัตราในใบเสนอราคานี้ นับเศษของวันเป็นหนึ่งวัน\n'
    '4. ค่าน้ำมันเชื้อเพลิงสำหรับเครื่องกำเนิดไฟฟ้า ค่าที่จอดรถ และค่าผ่านทาง ผู้เช่าเป็นผู้ชำระ'
)
TERMS = (
    '1. Rent and deposit are paid before the equipment is handed over. The deposit is returned within 7 days.\n'
    '2. The hirer bears the repair or replacement of equipment that was damaged or lost, at market prices.\n'
    '3. A late return is charged by the day at the rates of this quotation; part of a day counts as a day.\n'
    '4. Fuel of generators, parking and tolls are paid by the hirer.'
)
NAMES = (
    ('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel S60-C พร้อมขาตั้งและกล่องเก็บ'),
    ('Sony FX6 cinema camera, body and cage', 'กล้องถ่ายภาพยนตร์ Sony FX6 พร้อมโครงและแบตเตอรี่ 4 ก้อน'),
    ('Generator 60 kVA, silent', 'เครื่องกำเนิดไฟฟ้า 60 กิโลวัตต์ เก็บเสียง รวมน้ำมันเชื้อเพลิงเต็มถัง'),
    ('Line array speaker set', 'ชุดลำโพงไลน์อาร์เรย์'),
    ('Tent 6 × 12 m', 'เต็นท์ผ้าใบขนาด 6 × 12 เมตร กันน้ำ'),
    ('C-stand 40"', 'ขาตั้ง C-stand 40 นิ้ว'),
    ('Wireless video, 1 transmitter and 2 receivers', 'ชุดส่งสัญญาณภาพไร้สาย 1 ตัวส่ง 2 ตัวรับ'),
    ('Camera assistant', 'ผู้ช่วยช่างภาพ ค่าแรงต่อวัน ที่กองถ่าย'),
    ('Delivery and pick-up, Bangkok – Chiang Mai', 'ค่าขนส่งไป-กลับ กรุงเทพฯ – เชียงใหม่'),
    ('Overnight guard', 'พนักงานรักษาความปลอดภัยกะกลางคืน'),
)
SATANG = Decimal('0.01')


def a_line(at: int = 0, **facts: Any) -> dict[str, Any]:
    """The line that stands at this place; of every ten the last three are no equipment, the last of all is optional."""
    name, name_th = NAMES[at % 10]
    manual = at % 10 >= 7
    quantity, duration, rate = 1 + at % 4, 1 if manual else 10, 2500 + 37 * at
    return {
        'id': f'00000000-0000-0000-0000-{at:012}',
        'kind': 'Manual' if manual else 'Equipment',
        'name': name,
        'name_th': name_th,
        'quantity': f'{quantity}.00',
        'duration': f'{duration}.00',
        'rate': f'{rate}.00',
        'rate_type': 'Daily',
        'withholding': 'Service' if manual else 'Rent',
        'amount': f'{quantity * duration * rate}.00',
        'optional': at % 10 == 9,
        'chosen': False,
        **facts,
    }


def a_frozen_quote(many: int = 10, language: str = 'th', **facts: Any) -> dict[str, Any]:
    """A quote of so many lines, 5 % discount, 7 % VAT and a deposit of 20,000 THB."""
    lines = facts.pop('lines', None) or [a_line(at) for at in range(many)]
    subtotal = sum((Decimal(line['amount']) for line in lines if not line['optional']), Decimal(0))
    discount = (subtotal * 5 / 100).quantize(SATANG, ROUND_HALF_UP)
    vat = ((subtotal - discount) * 7 / 100).quantize(SATANG, ROUND_HALF_UP)
    total = subtotal - discount + vat
    return {
        'kind': 'Quote',
        'language': language,
        'firm': FIRM,
        'customer': CUSTOMER,
        'verification': '3f9c0d7a51e84b2f9d60c1a2b3c4d5e6',
        'number': 'QT-2026-0042',
        'issued_on': '2026-11-22',
        'edition': 1,
        'title': 'Commercial shoot, Chiang Mai',
        'title_th': 'ถ่ายโฆษณา เชียงใหม่',
        'quoted_on': '2026-11-22',
        'job_start': '2026-12-08',
        'job_end': '2026-12-17',
        'expires_on': '2026-12-06',
        'published': '1',
        'vat_percent': '7.00',
        'discount_kind': '%',
        'discount_value': '5.00',
        'subtotal': str(subtotal),
        'discount': str(discount),
        'vat': str(vat),
        'grand_total': str(total),
        'deposit': '20000.00',
        'total_due': str(total + 20000),
        'customer_notes': 'ทีมงานจะติดตั้งและทดสอบอุปกรณ์ให้พร้อมใช้ก่อนเวลาเริ่มถ่ายทำ 2 ชั่วโมง',
        'lines': lines,
        'terms': TERMS,
        'terms_th': TERMS_TH,
        'terms_version': 3,
        **facts,
    }


def by_pdfium(paper: bytes) -> str:
    """All that Chrome's reader takes out of a paper."""
    with contextlib.closing(pypdfium2.PdfDocument(paper)) as opened:
        return as_typed('\n'.join(page.get_textpage().get_text_range() for page in opened))


def as_typed(text: str) -> str:
    """What a reader found, the white space of the layout taken for what it is."""
    return re.sub(r'\s+', ' ', text).strip()


def says(paper_text: str, said: str) -> bool:
    """Whether a text stands in what a reader found, however its lines were broken."""
    return as_typed(said).replace(' ', '') in paper_text.replace(' ', '')


def drawn(paper: bytes, page: int = 0, dpi: int = 200) -> Image.Image:
    """A page as it would be printed."""
    with contextlib.closing(pypdfium2.PdfDocument(paper)) as opened:
        picture: Image.Image = opened[page].render(scale=dpi / 72).to_pil()
        return picture


def scanned(paper: bytes, page: int = 0) -> list[str]:
    """What the QR codes of a page say."""
    return [found.text for found in zxingcpp.read_barcodes(drawn(paper, page))]
