"""Payloads equal those of independent implementations to the byte, and whatever order fields stand in is read."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.promptpay import Kind, Malformed, Payee, checksum, payee_of, payload, read, read_slip, reference_of
from main import main

KNOWN: dict[str, Any] = json.loads((Path(__file__).parent / 'promptpay_vectors.json').read_text('utf-8'))
DOMESTIC = {kind.value for kind in Kind}
PRINTABLE = [case for case in KNOWN['cases'] if case['input'].get('poi') != '11']  # that is a setting of the firm


def made_from(asked: dict[str, str]) -> str:
    return payload(
        Payee(Kind(asked['kind']), asked['target']),
        Decimal(asked['amount']) if 'amount' in asked else None,
        reference1=asked.get('ref1', ''),
        reference2=asked.get('ref2', ''),
        terminal=asked.get('terminal', ''),
        always_static=asked.get('poi') == '11',
    )


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert checksum('123456789') == KNOWN['crc_check']['123456789']


@pytest.mark.parametrize('case', KNOWN['cases'], ids=lambda case: case['id'])
def test_a_payload_is_made_byte_for_byte(case: dict[str, Any]) -> None:
    assert made_from(case['input']) == case['payload']


@pytest.mark.parametrize('name', KNOWN['crc_leading_zero_cases'])
def test_a_checksum_keeps_its_leading_zeros(name: str) -> None:
    case = next(case for case in KNOWN['cases'] if case['id'] == name)
    assert made_from(case['input'])[-4] == '0'
    assert read(case['payload']).fields['63'] == case['payload'][-4:]


@pytest.mark.parametrize('case', KNOWN['published'], ids=lambda case: case['payload'][-4:])
def test_published_payloads_are_read_in_whatever_order_they_stand(case: dict[str, Any]) -> None:
    found = read(case['payload'])
    assert found.fields == case['fields']
    assert found.amount == (Decimal(case['input']['amount']) if 'amount' in case['input'] else None)
    if case['input']['kind'] in DOMESTIC:
        asked = Payee(Kind(case['input']['kind']), case['input']['target'])
        assert found.payee is not None
        assert (found.payee.kind, found.payee.digits) == (asked.kind, asked.digits)
        assert found.reference1 == case['input'].get('ref1', '')


@pytest.mark.parametrize('case', KNOWN['must_reject'][:2], ids=['stale', 'altered'])
def test_a_wrong_checksum_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(Malformed, match='checksum'):
        read(case['payload'])


def test_a_lower_case_checksum_is_read_and_never_written() -> None:
    good = KNOWN['must_reject'][2]['payload']
    lower = next(case['payload'] for case in KNOWN['cases'] if not case['payload'][-4:].isdigit())
    assert read(good).payee == Payee(Kind.MOBILE, '0801234567')
    assert read(lower[:-4] + lower[-4:].lower()).payee is not None
    assert lower[-4:] == lower[-4:].upper()


@pytest.mark.parametrize('case', KNOWN['slip_mini_qr'], ids=['SCB', 'BBL', 'TrueMoney'])
def test_the_mini_qr_of_a_slip_names_its_transfer(case: dict[str, str]) -> None:
    slip = read_slip(case['payload'])
    assert slip.reference == case.get('transRef', case.get('transactionId'))
    assert slip.bank == case.get('sendingBank', 'TrueMoney')


def test_a_slip_whose_checksum_lost_its_zeros_is_read() -> None:
    body = '004000060000010103002021900021231231212{:05d}5102TH9104'
    text = next(text for text in (body.format(number) for number in range(400)) if checksum(text).startswith('0'))
    assert read_slip(text + checksum(text).lstrip('0')).bank == '002'


@pytest.mark.parametrize('text', ['', 'hello', '0002', '000201', 'https://example.com', '00020101021129370016A0000006'])
def test_what_is_no_promptpay_is_refused(text: str) -> None:
    for reading in (read, read_slip):
        with pytest.raises(Malformed):
            reading(text)


@pytest.mark.parametrize(
    ('payee', 'amount', 'reference'),
    [
        (Payee(Kind.MOBILE, '12345'), None, ''),
        (Payee(Kind.TAX_ID, '010554008706'), None, ''),
        (Payee(Kind.E_WALLET, '1'), None, ''),
        (Payee(Kind.BILL, '010553600031501'), None, ''),
        (Payee(Kind.BILL, '010553600031501'), None, 'INV-2026'),
        (Payee(Kind.BILL, '010553600031501'), None, 'A' * 21),
        (Payee(Kind.MOBILE, '0812345678'), Decimal(0), ''),
        (Payee(Kind.MOBILE, '0812345678'), Decimal('1.005'), ''),
        (Payee(Kind.MOBILE, '0812345678'), Decimal('99999999999.99'), ''),
    ],
)
def test_what_cannot_be_paid_is_not_written(payee: Payee, amount: Decimal | None, reference: str) -> None:
    with pytest.raises(Malformed):
        payload(payee, amount, reference1=reference)


def test_a_document_number_becomes_a_reference() -> None:
    assert reference_of('INV-2026-0042') == 'INV20260042'
    assert len(reference_of('INV-' + '9' * 40)) == 20


@pytest.mark.parametrize(('tax_id', 'doubtful'), [('0105540087061', False), ('0105536000315', True)])
def test_a_wrong_check_digit_is_doubted_and_still_written(tax_id: str, doubtful: bool) -> None:
    payee = Payee(Kind.TAX_ID, tax_id)
    assert payee.doubtful is doubtful
    assert tax_id in payload(payee)
    assert payee.ending == tax_id[-4:]


@given(
    st.decimals(min_value=Decimal('0.01'), max_value=Decimal('9999999.99'), places=2),
    st.from_regex(r'\A[A-Z0-9]{1,20}\Z'),
)
def test_what_was_written_is_read_again(amount: Decimal, reference: str) -> None:
    found = read(payload(Payee(Kind.BILL, '010554008706101'), amount, reference1=reference))
    assert (found.amount, found.reference1) == (amount, reference)


@pytest.mark.parametrize('case', PRINTABLE, ids=lambda case: case['id'])
def test_the_terminal_prints_every_payload(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    asked = case['input']
    options = {'--amount': 'amount', '--ref1': 'ref1', '--ref2': 'ref2', '--terminal': 'terminal'}
    said = [part for option, name in options.items() if name in asked for part in (option, asked[name])]
    biller = ['--biller'] if asked['kind'] == 'bill' else []
    assert main(['promptpay', asked['target'], *biller, *said]) == 0
    assert capsys.readouterr().out.strip() == case['payload']


@pytest.mark.parametrize('asked', [['12345'], ['0812345678', '--amount', 'much'], ['0812345678', '--amount', '-1']])
def test_the_terminal_says_what_cannot_be_paid(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['promptpay', *asked]) == 2
    told = capsys.readouterr()
    assert told.out == ''
    assert 'cannot be paid' in told.err


def test_the_firms_settings_name_a_payee_or_nobody() -> None:
    assert payee_of('biller', '010553600031501') == Payee(Kind.BILL, '010553600031501')
    assert payee_of('', '0812345678') is None
    assert payee_of('mobile', '') is None
    assert payee_of('tax_id', '0812345678') is None
