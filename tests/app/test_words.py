"""Both languages say the same things, completely; money and dates are written as their readers write them."""

import ast
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest
import time_machine

from app.words import catalogue, words
from models import ACTION, DepositStatus, DocumentKind, InvoiceStatus, Method, QuoteStatus, RateType, Refused, Stage

ROOT = Path(__file__).parents[2]
EN, TH = words('en'), words('th')
THAI = re.compile(r'[\u0e01-\u0e3a\u0e40-\u0e5b]')  # the sign ฿ is everybody's


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_catalogues_have_the_same_keys_and_gaps() -> None:
    english, thai = catalogue('en'), catalogue('th')
    assert english.keys() == thai.keys()
    for key in english:
        assert gaps(english[key]) == gaps(thai[key]), key


def test_thai_sentences_are_thai_and_english_ones_are_not() -> None:
    for key, sentence in catalogue('en').items():
        plain = sentence.replace('50 ทวิ', '')  # a form of the Revenue Department, which has no other name
        assert not THAI.search(plain) or key == 'common.language_th' or key.endswith('.thai'), key
    for key, sentence in catalogue('th').items():
        plain = re.sub(r'\{.*?\}', '', sentence)
        assert THAI.search(sentence) or not re.search(r'[a-z]{4,}', plain) or key == 'common.language_en', key


def test_the_house_speaks_without_particles() -> None:
    for key, sentence in catalogue('th').items():
        assert not re.search('ค่ะ|ครับ|นะคะ', sentence), key


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    raised = set()
    for folder in ('models', 'app', 'pages'):
        for path in (ROOT / folder).rglob('*.py'):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Name(id='Refused'), args=[ast.Constant(value=str(reason)), *_]):
                        raised.add(reason)
    for reason in raised:
        assert EN.has(f'refusals.{reason}'), reason
        assert TH.refusal(Refused(reason, number='QT-1', rest=Decimal(1)))


def test_every_line_of_activity_has_its_sentence() -> None:
    noted = set()
    for path in (ROOT / 'models').glob('*.py'):
        noted |= set(re.findall(r"Activity\.note\(\s*'(\w+)'", path.read_text()))
    assert noted
    for what in noted:
        assert EN.has(f'activity.{what}'), what


@pytest.mark.parametrize(
    ('table', 'values'),
    [
        ('stage', Stage),
        ('stage_customer', Stage),
        ('quote_status', QuoteStatus),
        ('invoice_status', InvoiceStatus),
        ('deposit_status', DepositStatus),
        ('method', Method),
        ('rate_type', RateType),
        ('document', DocumentKind),
    ],
)
def test_every_value_has_its_word(table: str, values: type[Stage]) -> None:
    for value in values:
        assert EN.has(f'common.{table}.{value.value.lower().replace(" ", "_")}'), value


def test_every_action_has_its_word() -> None:
    for action in ACTION.values():
        assert EN.has(f'common.action.{action}')


def test_stages_are_in_the_customers_words() -> None:
    assert EN('common.stage_customer.loaded') == 'Loaded — ready to leave our warehouse'
    assert TH('common.stage_customer.loaded') == 'จัดอุปกรณ์ขึ้นรถเรียบร้อยแล้ว — พร้อมออกจากคลัง'


def test_money_has_its_sign_separators_and_satang() -> None:
    assert EN.baht(Decimal('1234567.5')) == '฿1,234,567.50'
    assert TH.baht(Decimal(-20)) == '−฿20.00'


@pytest.mark.parametrize(('number', 'written'), [('3.00', '3'), ('1.50', '1.5'), ('100', '100')])
def test_a_quantity_has_no_needless_decimals(number: str, written: str) -> None:
    assert EN.number(Decimal(number)) == written


@time_machine.travel(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
def test_dates_are_gregorian_in_english_and_buddhist_in_thai() -> None:
    assert (EN.day(date(2026, 11, 28)), TH.day(date(2026, 11, 28))) == ('28 Nov', '28 พ.ย.')
    assert (EN.day(date(2027, 1, 2)), TH.day(date(2027, 1, 2))) == ('2 Jan 2027', '2 ม.ค. 2570')
    assert TH.day(date(2026, 11, 28), year=True) == '28 พ.ย. 2569'


@time_machine.travel(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
def test_half_past_midnight_in_bangkok_is_the_new_day() -> None:
    assert EN.moment(datetime(2026, 11, 21, 17, 30, tzinfo=UTC)) == '22 Nov, 00:30'


@time_machine.travel(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
def test_a_span_names_what_differs() -> None:
    assert EN.span(date(2026, 12, 8), date(2026, 12, 28)) == '8–28 Dec'
    assert EN.span(date(2026, 11, 28), date(2026, 12, 2)) == '28 Nov – 2 Dec'
    assert EN.span(date(2026, 12, 8), date(2026, 12, 8)) == '8 Dec'


def test_an_unknown_language_is_answered_in_thai() -> None:
    assert words('de') is words('th') or words('de').language == 'th'


def test_a_wait_is_told_in_the_unit_in_which_one_thinks_of_it() -> None:
    told = [words('en').lasting(timedelta(seconds=seconds)) for seconds in (0.4, 61, 130, 900, 7199, 86400)]
    assert told == ['2 seconds', '61 seconds', '3 minutes', '15 minutes', '120 minutes', '24 hours']
    assert words('th').refusal(Refused('sign_in_wait', wait=timedelta(minutes=15))).count('15 นาที') == 1
