"""What people type for a machine: Thai digits, dashes and half an address."""

from __future__ import annotations

import pytest

from app.promptpay import Kind, Payee, payee_of, payload
from models import Business, ContactEntry, Customer, Refused
from models.written import dialled, is_email, is_phone, line_address, web_address
from tests.world import bo, nimman


async def test_a_tax_id_in_thai_digits_is_kept_and_found_as_any_other(db: str) -> None:
    customer = await nimman(tax_id='๐-๑๐๕๕-๔๐๐๘๗-๐๖-๑', branch='๐๐๐๐๑')
    assert (customer.tax_id, customer.branch) == ('0105540087061', '00001')
    for sought in ('0105540', '๐๑๐๕๕๔๐'):
        assert await Customer.found_by(sought).count() == 1
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), tax_id='๐๑๐๕๕๔๐๐๘๗๐๖๑', promptpay_id='๐๘๑-๒๓๔-๕๖๗๘')
    assert (firm.tax_id, firm.promptpay_id) == ('0105540087061', '0812345678')


@pytest.mark.parametrize(
    'target', ['๐๘๑-๒๓๔-๕๖๗๘', '081 234 5678', '812345678', '+66 81 234 5678', '+66 (0)81 234 5678']
)
def test_a_mobile_number_is_paid_however_it_is_written(target: str) -> None:
    assert payload(Payee(Kind.MOBILE, target)) == payload(Payee(Kind.MOBILE, '0812345678'))


@pytest.mark.parametrize('target', ['081234567', '08123456789', '66081234567', '0066081234567', '000000000'])
def test_a_mobile_number_that_lacks_a_digit_is_paid_to_nobody(target: str) -> None:
    assert payee_of('mobile', target) is None


@pytest.mark.parametrize(
    ('facts', 'reason'),
    [
        ({'phone': '12'}, 'phone_malformed'),
        ({'email': 'help@'}, 'email_malformed'),
        ({'email': 'a@b'}, 'email_malformed'),
    ],
)
async def test_the_firm_is_reached_by_what_it_says(db: str, facts: dict[str, str], reason: str) -> None:
    await bo()
    firm = await Business.the()
    with pytest.raises(Refused, match=reason):
        await firm.amend(version=firm.version, by=await bo(), **facts)


async def test_a_contact_is_reached_by_what_is_known(db: str) -> None:
    for entry, reason in (
        (ContactEntry('Ploy', phone='12'), 'phone_malformed'),
        (ContactEntry('Ploy', email='ploy@nimman'), 'email_malformed'),
    ):
        with pytest.raises(Refused, match=reason):
            await Customer.enrol(name='Nimman', contacts=[entry], by=await bo())


def test_telephones_dial_the_first_number_in_digits_that_they_know() -> None:
    assert dialled('๐๕๓-๑๒๓-๔๕๖') == '053123456'
    assert dialled('02 123 4567 ต่อ 101') == dialled('02-123-4567, 081 234 5678') == '021234567'
    assert dialled('+66 2 123 4567') == '+6621234567'
    assert is_phone('02 123 4567 ต่อ 101') and is_phone('๐๕๓-๑๒๓-๔๕๖') and not is_phone('1234')
    assert is_email('ploy@nimman.co.th') and not is_email('ploy@.th') and not is_email('p loy@nimman.th')


@pytest.mark.parametrize(
    ('typed', 'address'),
    [
        ('@chiang', 'https://line.me/R/ti/p/@chiang'),
        ('chiang.rent', 'https://line.me/ti/p/~chiang.rent'),
        ('~chiang', 'https://line.me/ti/p/~chiang'),
        ('line.me/R/ti/p/@chiang', 'https://line.me/R/ti/p/@chiang'),
        ('https://lin.ee/abc', 'https://lin.ee/abc'),
        ('', ''),
        ('https://@chiang', None),
        ('javascript:alert(1)', None),
    ],
)
def test_line_is_found_by_its_id_and_by_its_address(typed: str, address: str | None) -> None:
    assert line_address(typed) == address


def test_a_website_has_a_name_with_a_dot() -> None:
    assert web_address('chiang.example') == 'https://chiang.example'
    assert web_address('http://chiang.example/rent') == 'http://chiang.example/rent'
    assert web_address('chiang') is web_address('javascript:alert(1)') is None
