"""Frozen money papers for tests and measurements, in the shape in which the models freeze them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.papers import CUSTOMER, FIRM, a_line

FIRM_WITHOUT_VAT = FIRM | {'vat_registered': False, 'branch': ''}
BUYER = CUSTOMER
PERSON = CUSTOMER | {
    'kind': 'Individual',
    'name': 'Somchai Jaidee',
    'name_th': 'สมชาย ใจดี',
    'tax_id': '',
    'branch': '',
    'vat_registered': False,
}
JOB = {
    'number': 'JOB-2026-0012',
    'title': 'Commercial shoot, Chiang Mai',
    'title_th': 'ถ่ายโฆษณา เชียงใหม่',
    'start_on': '2026-12-08',
    'end_on': '2026-12-17',
}
RENT = a_line(0, name='ARRI SkyPanel S60-C', quantity='2.00', duration='10.00', rate='2675.00', amount='53500.00')
CREW = a_line(7, quantity='3.00', duration='1.00', rate='1500.00', amount='4500.00')
PROMPTPAY = {'kind': 'tax_id', 'id': '0105540087061', 'amount': '62060.00', 'reference': 'INV20260042', 'static': ''}
PREPAID = {
    'number': 'PREREC-2026-0003',
    'tax_invoice_number': 'TI-2026-0017',
    'issued_on': '2026-11-15',
    'amount': '10700.00',
    'vat': '700.00',
    'net': '10000.00',
}
REPLACES = {'edition': 1, 'issued_on': '2026-11-22', 'again_on': '2026-11-25'}
ABOUT_DEPOSIT = {
    'requested_on': '2026-11-22',
    'quote': 'QT-2026-0042',
    'title': JOB['title'],
    'title_th': JOB['title_th'],
    'job': 'JOB-2026-0012',
    'job_start': '2026-12-08',
    'job_end': '2026-12-17',
    'refund_days': 7,
    'vat_percent': '7.00',
}
CHARGE = {
    'kind': 'Charge',
    'reason': 'คืนอุปกรณ์ล่าช้า 1 วัน',
    'amount': '5350.00',
    'vat': '350.00',
    'tax_invoice_number': 'TI-2026-0031',
}
DAMAGE = {
    'kind': 'Compensation for damage',
    'reason': 'ขาตั้ง C-stand หัก 1 ตัว',
    'amount': '2500.00',
    'vat': '0.00',
    'tax_invoice_number': '',
}


def a_frozen(number: str, language: str = 'th', /, **facts: Any) -> dict[str, Any]:
    return {
        'language': language,
        'firm': FIRM,
        'customer': BUYER,
        'verification': '3f9c0d7a51e84b2f9d60c1a2b3c4d5e6',
        'number': number,
        'issued_on': '2026-11-22',
        'edition': 1,
        **facts,
    }


def an_invoice(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """The worked example of the trade: 53,500 of rent and 4,500 of work, 62,060.00 with VAT, 59,250.00 if withheld."""
    return a_frozen(
        'INV-2026-0042',
        language,
        **{
            'due_on': '2026-12-22',
            'customer_notes': 'ขอบคุณที่ใช้บริการ',
            'tax_invoice_number': '',
            'vat_percent': '7.00',
            'subtotal': '58000.00',
            'discount': '0.00',
            'discount_kind': 'THB',
            'discount_value': '0.00',
            'vat': '4060.00',
            'total': '62060.00',
            'prepaid': '0.00',
            'charged': '58000.00',
            'net_if_withheld': '59250.00',
            'job': JOB,
            'lines': [RENT, CREW],
            'prepayments': [],
            'withholding': [
                {'class': 'Rent', 'percent': '5', 'lines': '53500.00', 'tax': '2675.00'},
                {'class': 'Service', 'percent': '3', 'lines': '4500.00', 'tax': '135.00'},
            ],
            'promptpay': PROMPTPAY,
            **facts,
        },
    )


def a_receipt(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """All of that invoice, paid by a company that withheld."""
    return a_frozen(
        'RC-2026-0051',
        language,
        **{
            'receipt_kind': 'RC',
            'tax_invoice_number': 'TI-2026-0029',
            'amount': '62060.00',
            'settled': '62060.00',
            'withheld': '2810.00',
            'credit': '0.00',
            'received': '59250.00',
            'vat': '4060.00',
            'net': '58000.00',
            'kept': '0.00',
            'method': 'Bank Transfer',
            'reference': 'KBANK 22/11 14:05',
            'vat_percent': '7.00',
            'invoice': {
                'number': 'INV-2026-0042',
                'issued_on': '2026-11-22',
                'total': '62060.00',
                'discount': '0.00',
                'discount_kind': 'THB',
                'discount_value': '0.00',
                'prepayments': [],
                'title': JOB['title'],
                'title_th': JOB['title_th'],
            },
            'job': {'number': JOB['number']},
            'lines': [RENT, CREW],
            'withheld_by_class': [
                {'class': 'Rent', 'percent': '5', 'tax': '2675.00'},
                {'class': 'Service', 'percent': '3', 'tax': '135.00'},
            ],
            'balance': '0.00',
            **facts,
        },
    )


def a_part_receipt(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """10,700 of the 62,060, from somebody who withholds nothing."""
    part = {'amount': '10700.00', 'settled': '10700.00', 'received': '10700.00', 'vat': '700.00', 'net': '10000.00'}
    rest = {'withheld': '0.00', 'withheld_by_class': [], 'balance': '51360.00', 'method': 'PromptPay'}
    return a_receipt(language, **{**part, **rest, **facts})


def a_prepayment(language: str = 'th', **facts: Any) -> dict[str, Any]:
    return a_frozen(
        'PREREC-2026-0003',
        language,
        **{
            'receipt_kind': 'PREREC',
            'tax_invoice_number': 'TI-2026-0017',
            **{'amount': '10700.00', 'settled': '10700.00', 'received': '10700.00', 'vat': '700.00'},
            **{'net': '10000.00', 'withheld': '0.00', 'credit': '0.00', 'kept': '0.00'},
            'method': 'PromptPay',
            'reference': '',
            'vat_percent': '7.00',
            'job': JOB,
            'lines': [
                {'kind': 'Pre-payment', 'name': JOB['title'], 'name_th': JOB['title_th'], 'amount': '10000.00'},
            ],
            **facts,
        },
    )


def a_deposit(**facts: str) -> dict[str, str]:
    names = ('amount', 'collected', 'returned', 'kept', 'held', 'awaited')
    return {'number': 'DEP-2026-0009', **dict.fromkeys(names, '0.00'), **facts}


def a_deposit_request(language: str = 'th', **facts: Any) -> dict[str, Any]:
    return a_frozen(
        'DEP-2026-0009',
        language,
        **{
            **ABOUT_DEPOSIT,
            'job': '',
            'deposit': a_deposit(amount='20000.00', awaited='20000.00'),
            'kept_lines': [],
            'amount': '20000.00',
            'promptpay': PROMPTPAY | {'amount': '20000.00', 'reference': 'DEP20260009'},
            **facts,
        },
    )


def a_deposit_receipt(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """The first 12,000 of 20,000."""
    return a_frozen(
        'DEPR-2026-0011',
        language,
        **{
            **ABOUT_DEPOSIT,
            'receipt_kind': 'DEPR',
            'tax_invoice_number': '',
            **dict.fromkeys(('withheld', 'credit', 'vat', 'kept', 'kept_vat'), '0.00'),
            **dict.fromkeys(('amount', 'settled', 'received', 'net'), '12000.00'),
            'deposit': a_deposit(amount='20000.00', collected='12000.00', held='12000.00', awaited='8000.00'),
            'kept_lines': [],
            'method': 'Cash',
            'reference': '',
            **facts,
        },
    )


def a_deposit_return(language: str = 'th', kept: list[dict[str, str]] | None = None, **facts: Any) -> dict[str, Any]:
    """20,000 less what was kept: by default a charge with VAT inside and a damage without."""
    lines = [CHARGE, DAMAGE] if kept is None else kept
    keeping, vat = (sum((Decimal(line[name]) for line in lines), Decimal('0.00')) for name in ('amount', 'vat'))
    back = Decimal('20000.00') - keeping
    return a_deposit_receipt(
        language,
        **{
            'number': 'DEPRR-2026-0004',
            'receipt_kind': 'DEPRR',
            'issued_on': '2026-12-21',
            'amount': str(back),
            'kept': str(keeping),
            'kept_vat': str(vat),
            'deposit': a_deposit(amount='20000.00', collected='20000.00', returned=str(back), kept=str(keeping)),
            'kept_lines': lines,
            'method': 'Bank Transfer',
            'reference': 'SCB 123',
            **facts,
        },
    )


def a_tax_invoice(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """Of the charge that was kept."""
    about = {name: value for name, value in ABOUT_DEPOSIT.items() if name != 'refund_days'}
    kept = {name: CHARGE[name] for name in ('kind', 'reason', 'amount', 'vat')}
    more = {'deposit': 'DEP-2026-0009', 'receipt': 'DEPRR-2026-0004', 'issued_on': '2026-12-21'}
    return a_frozen('TI-2026-0031', language, **{**about, **kept, **more, **facts})


def a_manifest(many: int = 8, language: str = 'th', **facts: Any) -> dict[str, Any]:
    lines = [{**a_line(at), 'kind': 'Equipment', 'withholding': 'Rent'} for at in range(many)]
    return a_frozen(
        'JOB-2026-0012',
        language,
        **{
            'title': JOB['title'],
            'title_th': JOB['title_th'],
            'start_on': '2026-12-08',
            'end_on': '2026-12-17',
            'delivery_address': 'โรงแรมดาราเทวี ลานด้านหลัง 51/4 หมู่ 1 ถนนเชียงใหม่-สันกำแพง ตำบลท่าศาลา เชียงใหม่ 50000',
            'site_contact': 'คุณกิ่งแก้ว 089 111 2222',
            'driver_name': 'สมบัติ ขับดี',
            'driver_phone': '086 333 4444',
            'vehicle': 'รถหกล้อ 1กข 1234 กรุงเทพมหานคร',
            'contact': 'พลอยพรรณ ศรีสุข',
            'contact_phone': '081 234 5678',
            'lines': [{name: line[name] for name in MANIFESTED} for line in lines],
            **facts,
        },
    )


MANIFESTED = ('kind', 'name', 'name_th', 'quantity', 'withholding')


def a_credit_note(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """5,000 off the invoice, of which 10,700 had been paid."""
    return a_frozen(
        'CN-2026-0002',
        language,
        **{
            'issued_on': '2026-12-02',
            'original_number': 'INV-2026-0042',
            'original_on': '2026-11-22',
            'invoice_number': 'INV-2026-0042',
            'original_value': '58000.00',
            'right_value': '53000.00',
            'difference': '5000.00',
            'vat': '350.00',
            'vat_percent': '7.00',
            'amount': '5350.00',
            'lowered': '5350.00',
            'credit': '0.00',
            'voids': False,
            'reason': 'คิดค่าเช่าเกินไป 1 วัน อุปกรณ์ส่งถึงช้ากว่ากำหนด',
            'tax_invoices': [{'number': 'TI-2026-0029', 'issued_on': '2026-11-24'}],
            **facts,
        },
    )


def a_credit_return(language: str = 'th', **facts: Any) -> dict[str, Any]:
    """3,000 of credit go back by bank transfer, 500 stay."""
    return a_frozen(
        'CRR-2026-0002',
        language,
        **{
            'issued_on': '2026-12-21',
            'returned_on': '2026-12-20',
            'amount': '3000.00',
            'credit_left': '500.00',
            'method': 'Bank Transfer',
            'reference': 'SCB 771',
            **facts,
        },
    )


def a_statement(many: int = 6, language: str = 'th', **facts: Any) -> dict[str, Any]:
    """So many entries after 10,000.00 that were owed before: an invoice, half of it paid, and so on."""
    balance = charged = settled = Decimal(0)
    balance += Decimal('10000.00')
    lines = []
    for at in range(many):
        asked = Decimal(f'{1000 + at}.50')
        entry = {'on': f'2026-11-{1 + at % 28:02}', 'about': JOB['title'] if at % 2 == 0 else f'INV-2026-{at:04}'}
        if at % 2 == 0:
            entry |= {'what': 'invoice', 'number': f'INV-2026-{at + 1:04}', 'charged': str(asked), 'settled': '0.00'}
            balance, charged = balance + asked, charged + asked
        else:
            half = (asked / 2).quantize(Decimal('0.01'))
            entry |= {'what': 'payment', 'number': f'RC-2026-{at:04}', 'charged': '0.00', 'settled': str(half)}
            balance, settled = balance - half, settled + half
        lines.append({**entry, 'balance': str(balance)})
    return a_frozen(
        'SOA-2026-0001',
        language,
        **{
            'issued_on': '2026-12-01',
            'first': '2026-11-01',
            'last': '2026-11-30',
            'opening': '10000.00',
            'closing': str(balance),
            'charged': str(charged),
            'settled': str(settled),
            'deposits_held': '20000.00',
            'lines': lines,
            **facts,
        },
    )
