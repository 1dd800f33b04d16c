"""Files that staff hand in: from the page that asked for them, by whoever opened it, and none that is too large."""

from __future__ import annotations

import io

from nicegui.testing import User
from PIL import Image

from app.bank_file import LARGEST_FILE
from models import BankStatement, Business, Role, WithholdingCertificate
from pages.parts.file_choice import FileChoice
from tests.conftest import Psql
from tests.pages.counter import hand_in, quietly_given
from tests.pages.work import colleague, counter, misses, saves, sees, sit_down, tap, write
from tests.world import an_invoice, pay

__all__ = ['colleague', 'counter']
STATEMENT = b'Date,Description,Deposit\n22/11/2026,Transfer,100.00\n'


def a_picture() -> bytes:
    drawn = io.BytesIO()
    Image.new('RGB', (900, 300), '#0a7d55').save(drawn, 'PNG')
    return drawn.getvalue()


async def reading_a_statement(user: User) -> None:
    await user.open('/payments/statement')
    user.find('Read a Statement…').click()
    await user.should_see(marker='bank-file', retries=50)


async def test_a_logo_is_kept_as_soon_as_it_is_chosen(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    assert await hand_in(counter, 'logo-light', 'โลโก้.png', a_picture()) == 204
    await sees(counter, 'Saved')
    kept = (await Business.the()).logo_light
    assert kept
    assert Image.open(io.BytesIO(kept)).size == (640, 213)


async def test_a_certificate_keeps_the_name_of_its_file(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    payment = await pay(invoice, 102000, withheld=5000)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, '50 ทวิ owed')
    tap(counter, 'certificate', str(payment.id))
    assert await hand_in(counter, 'certificate-file', 'หนังสือรับรอง.png', a_picture()) == 204
    await sees(counter, 'หนังสือรับรอง.jpg')
    write(counter, 'number', '12/3')
    saves(counter)
    await sees(counter, '50 ทวิ 12/3')
    assert (await WithholdingCertificate.get(payment_id=payment.id)).file_name == 'หนังสือรับรอง.jpg'


async def test_a_file_that_cannot_be_read_is_refused_and_the_next_one_is_taken(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    await reading_a_statement(counter)
    assert await hand_in(counter, 'bank-file', 'november.csv', b'PK\x03\x04') == 204
    await sees(counter, 'This file cannot be read as a table.')
    assert await hand_in(counter, 'bank-file', 'november.csv', STATEMENT) == 204
    await sees(counter, 'november.csv')


async def test_of_a_file_that_is_too_large_no_more_is_read(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    await reading_a_statement(counter)
    assert await hand_in(counter, 'bank-file', 'november.csv', STATEMENT + b' ' * LARGEST_FILE) == 413
    await sees(counter, 'This file cannot be read as a table.')
    await misses(counter, 'november.csv')


async def test_a_file_is_taken_only_from_the_browser_and_the_page_that_asked_for_it(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.OWNER)
    await reading_a_statement(counter)
    [choice] = counter.find(kind=FileChoice).elements
    assert isinstance(choice, FileChoice)
    at = choice.address.rpartition('/')[0]
    assert await hand_in(counter, 'bank-file', 'a.csv', STATEMENT, **{'sec-fetch-site': 'cross-site'}) == 403
    stranger = colleague.http_client
    assert (await stranger.post(choice.address, content=STATEMENT)).status_code == 404
    stranger.cookies.clear()
    assert (await stranger.post(choice.address, content=STATEMENT)).status_code == 404
    ours = counter.http_client
    for elsewhere in (f'{at}/1', f'{at}/999999', f'/files/nobody/{choice.id}'):
        assert (await ours.post(elsewhere, content=STATEMENT)).status_code == 404, elsewhere
    await misses(counter, 'a.csv')
    assert not await BankStatement.exists()


async def test_a_role_that_was_taken_meanwhile_reads_no_more_statements(counter: User, psql: Psql) -> None:
    session = await sit_down(counter, Role.BILLING)
    await reading_a_statement(counter)
    await quietly_given(psql, Role.CREW, session.staff_id)
    assert await hand_in(counter, 'bank-file', 'november.csv', STATEMENT) == 204
    await sees(counter, 'Your role does not allow this')
    await misses(counter, 'november.csv')


async def test_a_screen_that_was_left_takes_no_file_any_more(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings')
    await counter.should_see(marker='logo-light', retries=50)
    [choice] = counter.find(kind=FileChoice, marker='logo-light').elements
    assert isinstance(choice, FileChoice)
    assert counter.client
    counter.client.delete()
    assert (await counter.http_client.post(choice.address, content=a_picture())).status_code == 404
    assert (await Business.the()).logo_light is None
