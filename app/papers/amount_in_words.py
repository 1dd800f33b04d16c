"""An amount of baht in words, Thai and English, counted in whole satang."""

from __future__ import annotations

from decimal import Decimal

THAI = ('ศูนย์', 'หนึ่ง', 'สอง', 'สาม', 'สี่', 'ห้า', 'หก', 'เจ็ด', 'แปด', 'เก้า')
PLACES = ('', 'สิบ', 'ร้อย', 'พัน', 'หมื่น', 'แสน')
MILLION = 1_000_000

NAMES = (
    'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen '
    'Eighteen Nineteen'
)
SMALL = NAMES.split()
TENS = ('', '', 'Twenty', 'Thirty', 'Forty', 'Fifty', 'Sixty', 'Seventy', 'Eighty', 'Ninety')
SCALES = ((10**12, 'Trillion'), (10**9, 'Billion'), (10**6, 'Million'), (1000, 'Thousand'), (100, 'Hundred'))


def in_words(amount: Decimal, language: str) -> str:
    """หกสิบบาทถ้วน or Sixty Baht Only. `amount` has whole satang; one below zero opens with minus."""
    baht, satang = divmod(abs(int(amount * 100)), 100)
    return (_thai if language == 'th' else _english)(baht, satang, minus=amount < 0)


def _thai(baht: int, satang: int, *, minus: bool) -> str:
    rest = f'{_thai_number(satang)}สตางค์' if satang else 'ถ้วน'
    return f'{"ลบ" if minus else ""}{_thai_number(baht)}บาท{rest}'


def _thai_number(number: int, *, more: bool = False) -> str:
    """`more`: something stands before it, so that a last one is called เอ็ด."""
    if number >= MILLION:
        millions, rest = divmod(number, MILLION)
        return f'{_thai_number(millions)}ล้าน{_thai_number(rest, more=True) if rest else ""}'
    if number == 0:
        return THAI[0]
    digits = [int(digit) for digit in str(number)]
    names = [_thai_digit(digit, len(digits) - at - 1) for at, digit in enumerate(digits)]
    if digits[-1] == 1 and (len(digits) > 1 or more):
        names[-1] = 'เอ็ด'
    return ''.join(names)


def _thai_digit(digit: int, place: int) -> str:
    if digit == 0:
        return ''
    if place == 1 and digit <= 2:
        return 'สิบ' if digit == 1 else 'ยี่สิบ'
    return THAI[digit] + PLACES[place]


def _english(baht: int, satang: int, *, minus: bool) -> str:
    rest = f'and {_english_number(satang)} Satang' if satang else 'Only'
    return f'{"Minus " if minus else ""}{_english_number(baht)} Baht {rest}'


def _english_number(number: int) -> str:
    for size, name in SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            return f'{_english_number(many)} {name}' + (f' {_english_number(rest)}' if rest else '')
    if number < 20:
        return SMALL[number]
    ten, one = divmod(number, 10)
    return TENS[ten] + (f'-{SMALL[one]}' if one else '')
