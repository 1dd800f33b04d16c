"""The firm, its people and its customers: what is refused, what is found, what two editors see."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from tortoise.transactions import in_transaction

from models import (
    SYSTEM,
    Actor,
    Business,
    ContactEntry,
    Customer,
    NumberCounter,
    Refused,
    Role,
    Staff,
    StaffSession,
    now,
    tax_id_doubtful,
)
from tests.world import a_draft, a_firm, a_person, bo, nimman

pytestmark = pytest.mark.usefixtures('db')


async def test_there_is_one_firm() -> None:
    with pytest.raises(Refused, match='not_set_up'):
        await Business.the()
    await a_firm()
    assert (await Business.the()).text('name', 'th') == 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด'


async def test_a_used_prefix_is_locked_and_an_unused_one_is_not() -> None:
    await a_draft()
    firm = await Business.the()
    with pytest.raises(Refused, match='prefix_used'):
        await firm.amend(version=firm.version, by=await bo(), prefixes={'QT': 'Q'})
    await firm.amend(version=firm.version, by=await bo(), prefixes={'INV': 'IV'})
    assert (await Business.the()).prefixes == {'INV': 'IV'}
    assert await NumberCounter.filter(key__startswith='QT').count() == 1


async def test_new_rental_terms_are_a_new_version_of_the_terms() -> None:
    firm = await a_firm()
    await firm.amend(version=1, by=await bo(), rental_terms='Handle with care')
    assert (await Business.the()).terms_version == 2


async def test_only_admins_and_the_owner_change_settings() -> None:
    firm = await a_firm()
    for role in (Role.CREW, Role.SALES, Role.BILLING, Role.OPERATIONS):
        with pytest.raises(Refused, match='not_allowed'):
            await firm.amend(version=1, by=Actor('staff', 'X', role=role), phone='1')
    await firm.amend(version=1, by=Actor('staff', 'Y', role=Role.ADMIN), phone='02 999 0000')


@pytest.mark.parametrize(('tax_id', 'doubtful'), [('0105540087061', False), ('0105536000315', True), ('', False)])
def test_a_wrong_check_digit_is_doubted_not_refused(tax_id: str, doubtful: bool) -> None:
    assert tax_id_doubtful(tax_id) is doubtful


@pytest.mark.parametrize(
    ('facts', 'reason'),
    [
        ({'name': ' '}, 'name_missing'),
        ({'tax_id': '123'}, 'tax_id_malformed'),
        ({'branch': '1'}, 'branch_malformed'),
        ({'language': 'de'}, 'language_missing'),
        ({'terms_days': 400}, 'terms_malformed'),
        ({'contacts': []}, 'contact_missing'),
        ({'contacts': [ContactEntry(' ')]}, 'contact_name_missing'),
        ({'contacts': [ContactEntry('Ploy')]}, 'contact_unreachable'),
        ({'contacts': [ContactEntry('Ploy', email='ploy')]}, 'email_malformed'),
    ],
)
async def test_a_customer_is_refused(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        await nimman(**facts)
    assert not await Customer.exists()


@pytest.mark.parametrize(
    'typed',
    [
        'nimman',
        'นิมมานฟิล์ม',
        'พลอย',
        '0812345678',
        '081 234',
        '081-234-56',
        '(081) 234',
        '๐๘๑-๒๓๔',
        '+66 81 234',
        '66812345678',
        '0-1055-40087-06-1',
        'ploy@nimman',
        'PLOYPHAN film',
    ],
)
async def test_a_customer_is_found_by_whatever_one_remembers(typed: str) -> None:
    customer = await nimman(tax_id='0105540087061')
    assert [found.id for found in await Customer.found_by(typed)] == [customer.id]
    assert not await Customer.found_by(typed + ' nobody')


async def test_the_second_of_two_edits_is_told_and_nothing_of_it_is_kept() -> None:
    customer = await nimman()
    other = await Customer.get(id=customer.id)
    await customer.amend(version=1, by=await bo(), name='Nimman Pictures')
    with pytest.raises(Refused, match='changed_meanwhile'):
        await other.amend(version=1, by=await bo(), notes='late', contacts=[ContactEntry('New', '0812345678')])
    stored = await Customer.get(id=customer.id).prefetch_related('contacts')
    assert (stored.name, stored.notes) == ('Nimman Pictures', '')
    assert stored.primary_contact is not None and stored.primary_contact.full_name == 'Ployphan Srisuk'


async def test_an_installation_has_one_first_owner() -> None:
    await Staff.enrol_owner(name='Bo', email='Bo@SiamLight.test', password_hash='-')
    with pytest.raises(Refused, match='owner_exists'):
        await Staff.enrol_owner(name='Eve', email='eve@siamlight.test', password_hash='-')
    with pytest.raises(Refused, match='email_taken'):
        await Staff.enrol(name='Bo 2', email='bo@siamlight.test', role=Role.CREW, password_hash='-', by=SYSTEM)


async def test_a_session_is_found_by_its_digest_until_it_ends() -> None:
    staff = await a_person(Role.SALES)
    session = await StaffSession.open(staff, digest=b'1' * 32)
    assert await StaffSession.find(b'2' * 32) is None
    found = await StaffSession.find(b'1' * 32)
    assert found is not None and found.staff.name == 'Bo'
    await session.end()
    assert await StaffSession.find(b'1' * 32) is None


@pytest.mark.parametrize(('role', 'lives'), [(Role.SALES, True), (Role.OWNER, False)])
async def test_an_owner_left_alone_for_half_a_day_signs_in_again(role: Role, lives: bool) -> None:
    await StaffSession.open(await a_person(role), digest=b'1' * 32)
    with time_machine.travel(now() + timedelta(hours=12, minutes=1)):
        assert (await StaffSession.find(b'1' * 32) is not None) is lives


async def test_who_leaves_is_signed_out_everywhere() -> None:
    staff = await a_person(Role.SALES)
    await StaffSession.open(staff, digest=b'1' * 32)
    await staff.leave(by=SYSTEM)
    assert await StaffSession.find(b'1' * 32) is None
    with pytest.raises(Refused, match='sign_in_refused'):
        await StaffSession.open(staff, digest=b'3' * 32)


async def test_customers_stand_as_a_telephone_book_of_the_readers_language_has_them() -> None:
    names = {
        'Zenith Stage': 'บริษัท เก่งแสง จำกัด',  # ก before แ, and its vowel is written first
        'andaman Weddings': 'บริษัท ไกลบ้าน จำกัด',
        'Baan Studio': 'บริษัท กิ่งแก้ว จำกัด',
        'Chai Rentals': 'บริษัท ขจร จำกัด',
        'Dee House': 'บริษัท เขียว จำกัด',
        'Harrow Pictures': '',
    }
    for name, name_th in names.items():
        await nimman(name=name, name_th=name_th)

    async def stand(language: str) -> list[str]:
        return [one.text(language) for one in await Customer.in_order(Customer.all(), language)]

    assert await stand('en') == sorted(names, key=str.casefold)
    assert await stand('th') == [
        'Harrow Pictures',
        'บริษัท กิ่งแก้ว จำกัด',
        'บริษัท เก่งแสง จำกัด',
        'บริษัท ไกลบ้าน จำกัด',
        'บริษัท ขจร จำกัด',
        'บริษัท เขียว จำกัด',
    ]


async def test_the_order_of_customers_is_read_from_an_index() -> None:
    for language, index in (('en', 'customer_by_name '), ('th', 'customer_by_name_th ')):
        asked = Customer.in_order(Customer.all(), language).limit(50).sql(params_inline=True)
        async with in_transaction() as transaction:
            await transaction.execute_query('set local enable_sort = off')  # of a handful of rows it is dearer
            _, plan = await transaction.execute_query(f'explain {asked}')
        assert index in str(plan) and 'Sort' not in str(plan), plan
