"""Settings → Business: the firm is described once, refused where it would hurt, and shown everywhere at once."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from nicegui import ui
from nicegui.testing import User
from PIL import Image

from app.pictures import logo_of
from models import Business, CodePolicy, Refused, Role, TaxPoint
from tests.pages.counter import counter, sees, sit_down
from tests.pages.work import pick, typed, write
from tests.world import a_draft, bo

__all__ = ['counter']


def a_picture(kind: str = 'PNG', size: tuple[int, int] = (900, 300)) -> bytes:
    written = io.BytesIO()
    Image.new('RGB', size, '#0c6b58').save(written, kind, comment=b'secret')
    return written.getvalue()


async def test_what_the_owner_types_is_saved_and_shown_on_every_open_page(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    counter.find(marker='name').clear().type('Siam Lamps')
    counter.find(marker='tax_id').clear().type('0-1055-40087-06-1')
    counter.find(marker='line_url').type('line.me/R/ti/p/@siam')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert (firm.name, firm.tax_id, firm.line_url) == ('Siam Lamps', '0105540087061', 'https://line.me/R/ti/p/@siam')
    await sees(counter, 'Siam Lamps')


async def test_how_the_accountant_wants_vat_and_deposits_is_kept(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    pick(counter, 'vat_rounding', '1.00')
    pick(counter, 'tax_point', 'ISSUE')
    counter.find(marker='deposit_refund_days').clear().type('14')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert (firm.vat_rounding, firm.tax_point, firm.deposit_refund_days) == (Decimal('1.00'), TaxPoint.ISSUE, 14)


async def test_a_prefix_is_chosen_before_its_first_number_and_fixed_from_then_on(counter: User) -> None:
    await a_draft()
    await sit_down(counter)
    await counter.open('/settings')
    await sees(counter, 'In use and fixed: QT')
    await counter.should_not_see(marker='prefix_quote')
    counter.find(marker='prefix_invoice').clear().type('IV 1')
    counter.find(marker='save').click()
    await sees(counter, '“IV 1” cannot begin a number')
    counter.find(marker='prefix_invoice').clear().type('RC')
    counter.find(marker='save').click()
    await sees(counter, 'cannot both begin with RC')
    counter.find(marker='prefix_invoice').clear().type('IV')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    assert (await Business.the()).prefixes == {'INV': 'IV'}


async def test_no_address_of_the_firm_is_a_script(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    counter.find(marker='website').type('javascript://%0aalert(1)')
    counter.find(marker='save').click()
    await sees(counter, 'This is not the address of a website')
    assert (await Business.the()).website == ''


@pytest.mark.parametrize(
    ('field', 'typed', 'said'),
    [
        ('name', '', 'Please enter a name.'),
        ('tax_id', '12', 'A tax ID has 13 digits.'),
        ('accent', 'green', 'A colour is written as #rrggbb'),
        ('accent', '#ffe08a', 'too pale or too dark'),
        ('vat_rate', 'seven', 'Please enter a percentage'),
        ('terms_days', '900', 'between 0 and 365'),
        ('deposit_refund_days', 'soon', 'Deposits are returned within'),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(counter: User, field: str, typed: str, said: str) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    counter.find(marker=field).clear().type(typed)
    counter.find(marker='save').click()
    await sees(counter, said)
    assert (await Business.the()).version == 1


async def test_an_edit_that_came_second_keeps_what_was_typed(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    counter.find(marker='phone').clear().type('02 999 0000')
    await (await Business.the()).amend(version=1, by=await bo(), website='https://siam.example')
    counter.find(marker='save').click()
    await sees(counter, 'Somebody else just saved a change here')
    [phone] = counter.find(marker='phone').elements
    assert isinstance(phone, ui.input)
    assert phone.value == '02 999 0000'
    assert (await Business.the()).website == 'https://siam.example'


async def test_whoever_saves_second_sees_and_keeps_what_a_colleague_saved_elsewhere_on_the_form(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    write(counter, 'phone', '02 999 0000')
    others = {'promptpay_kind': 'mobile', 'promptpay_id': '0812345678', 'part_payments': False, 'vat_registered': False}
    await (await Business.the()).amend(version=1, by=await bo(), **others)
    counter.find(marker='save').click()
    await sees(counter, 'Somebody else just saved a change here')
    assert typed(counter, 'promptpay_id') == '0812345678'
    [ticked], [kind] = (counter.find(marker=name).elements for name in ('part_payments', 'promptpay_kind'))
    assert ticked.props['checked'] is False  # and the browser is told
    assert [one.props['value'] for one in kind if one.props['selected']] == ['mobile']
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert firm.phone == '02 999 0000'
    assert {name: getattr(firm, name) for name in others} == others


async def test_a_rule_about_codes_that_a_colleague_set_meanwhile_is_not_undone_by_the_next_save(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/portal')
    write(counter, 'origin_days', '365')
    await (await Business.the()).amend(version=1, by=await bo(), code_policy=CodePolicy.EVERYONE)
    counter.find(marker='save').click()
    await sees(counter, 'Somebody else just saved a change here')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert (firm.code_policy, firm.origin_days) == (CodePolicy.EVERYONE, 365)


async def test_new_terms_become_the_next_version(counter: User) -> None:
    await sit_down(counter, Role.ADMIN)
    await counter.open('/settings')
    counter.find(marker='rental_terms').clear().type('Return it clean.')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    assert (await Business.the()).terms_version == 2


@pytest.mark.parametrize('kind', ['PNG', 'JPEG', 'WEBP'])
async def test_a_logo_is_made_anew_and_small(kind: str) -> None:
    made = await logo_of(a_picture(kind, (3000, 1000)))
    drawn = Image.open(io.BytesIO(made))
    assert drawn.format == 'PNG'
    assert drawn.size == (640, 213)
    assert b'secret' not in made


@pytest.mark.parametrize(
    ('content', 'reason'),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'logo_vector'),
        (b'not a picture', 'logo_unreadable'),
        (b'', 'logo_unreadable'),
        (b'\x89PNG\r\n\x1a\n' + b'0' * 1_000_001, 'logo_unreadable'),
        (b'\x89PNG\r\n\x1a\n' + b'0' * 100, 'logo_unreadable'),
    ],
)
async def test_a_file_that_is_no_safe_picture_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        await logo_of(content)


async def test_a_promptpay_id_is_shown_as_a_code_to_try_and_doubted_without_being_refused(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    pick(counter, 'promptpay_kind', 'tax_id')
    write(counter, 'promptpay_id', '0-1055-36000-31-5')
    await sees(counter, 'Test code for ฿1.00.')
    await sees(counter, 'The check digit does not fit.')
    pick(counter, 'part_payments', False)
    pick(counter, 'promptpay_static', True)
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert (firm.promptpay_id, firm.promptpay_kind) == ('0105536000315', 'tax_id')
    assert (firm.part_payments, firm.promptpay_static) == (False, True)


@pytest.mark.parametrize(
    ('kind', 'typed', 'said'),
    [
        ('biller', '0105540087061012', 'does not have the right number of digits'),
        ('', '0812345678', 'Please choose what kind of PromptPay ID this is.'),
    ],
)
async def test_a_promptpay_id_that_cannot_be_paid_is_refused(counter: User, kind: str, typed: str, said: str) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    pick(counter, 'promptpay_kind', kind)
    write(counter, 'promptpay_id', typed)
    counter.find(marker='save').click()
    await sees(counter, said)
    assert not (await Business.the()).promptpay_id
