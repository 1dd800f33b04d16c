"""What is kept of a customer is handed out and deleted by those who manage customers, and by nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from nicegui.testing import User

from app.customer_archive import archive_of
from models import Activity, Customer, Role, prospect_of
from tests.conftest import Psql
from tests.kept import everything_of_nimman
from tests.pages.counter import counter, quietly_given, sees, sit_down, tap
from tests.pages.work import choose, colleague, links_to, misses, saves, write
from tests.world import an_invoice, bo, nimman

__all__ = ['colleague', 'counter']

BELOW = (Role.CREW, Role.BILLING, Role.OPERATIONS)


async def exports() -> int:
    return await Activity.filter(what='customer_exported').count()


async def test_export_is_offered_to_who_may_manage_and_fetches_the_file(counter: User) -> None:
    customer = await nimman(code='C-77')
    await sit_down(counter, Role.SALES)
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Export')
    choose(counter, 'export')
    answer = await counter.download.next()
    assert answer.status_code == 200 and await exports() == 1
    assert answer.headers['content-type'] == 'application/zip'
    assert answer.headers['cache-control'] == 'private, no-store'
    assert answer.headers['content-disposition'].startswith('attachment; filename="C-77-personal-data-')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read('customer.json'))['customer']['name'] == 'Nimman Film Co., Ltd.'


async def test_a_thai_name_is_safe_in_the_name_of_the_file(counter: User) -> None:
    customer = await nimman(name='บริษัท "นิมมาน"\\ ฟิล์ม')
    await sit_down(counter)
    said = (await counter.http_client.get(f'/personal-data/{customer.id}')).headers['content-disposition']
    assert said.isascii() and said.count('"') == 2 and '\\' not in said


@pytest.mark.parametrize('role', BELOW)
async def test_who_may_not_manage_is_not_offered_it_and_refused(counter: User, role: Role) -> None:
    customer = await nimman()
    await sit_down(counter, role)
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Nimman Film')
    await counter.should_not_see('Export')
    answer = await counter.http_client.get(f'/personal-data/{customer.id}')
    assert (answer.status_code, answer.text) == (404, 'Nothing here')
    assert not await exports()


async def test_a_press_that_was_forged_after_the_role_was_lost_is_refused(counter: User, psql: Psql) -> None:
    customer = await nimman()
    session = await sit_down(counter, Role.SALES)
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Export')
    await quietly_given(psql, Role.BILLING, session.staff_id)
    choose(counter, 'export')
    await sees(counter, 'Your role does not allow this')
    assert not await exports()


async def test_without_a_session_the_way_leads_over_the_door(counter: User) -> None:
    customer = await nimman()
    answer = await counter.http_client.get(f'/personal-data/{customer.id}')
    assert (answer.status_code, answer.headers['location']) == (303, f'/sign-in?next=/personal-data/{customer.id}')
    await sit_down(counter)
    for nobody in ('00000000-0000-0000-0000-000000000000', 'x'):
        assert (await counter.http_client.get(f'/personal-data/{nobody}')).status_code == 404


async def test_who_was_signed_out_while_it_was_made_gets_nothing(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await nimman()
    session = await sit_down(counter)

    async def meanwhile_signed_out(everything: Any) -> Any:
        file = await archive_of(everything)
        await session.end()
        return file

    monkeypatch.setattr('pages.console.personal.archive_of', meanwhile_signed_out)
    answer = await counter.http_client.get(f'/personal-data/{customer.id}')
    assert answer.status_code == 303 and b'PK' not in answer.content
    assert await Customer.exists(id=customer.id)


async def test_what_goes_and_what_stays_is_said_before_the_name_is_typed(counter: User) -> None:
    kept = await everything_of_nimman()
    await sit_down(counter, Role.SALES)
    await counter.open(f'/customers/{kept.customer.id}')
    choose(counter, 'erase')
    await sees(counter, 'for as long as the law asks')
    await sees(counter, 'Nimman Film Co., Ltd. · C-77')
    counter.find(marker='typed').type('Nimman')
    saves(counter)
    await sees(counter, 'neither the name nor the code')
    assert (await Customer.get(id=kept.customer.id)).erased_at is None
    write(counter, 'typed', 'C-77')
    saves(counter)
    await sees(counter, 'The personal data of this customer was deleted on')
    await sees(counter, 'the law makes us keep them')
    await misses(counter, 'Generate Portal Link')
    await misses(counter, 'Khun Ploy')
    await misses(counter, 'Take Out of Archive')
    await sees(counter, 'Export')
    await counter.open(f'/invoices/{kept.invoice.number}')
    await links_to(counter, f'/customers/{kept.customer.id}')


async def test_of_whom_nothing_must_be_kept_that_is_said_too(counter: User) -> None:
    customer = await nimman()
    await sit_down(counter)
    await counter.open(f'/customers/{customer.id}')
    choose(counter, 'erase')
    await sees(counter, 'Name, tax ID and billing address as well')
    write(counter, 'typed', 'บริษัท นิมมานฟิล์ม จำกัด')
    saves(counter)
    await sees(counter, 'so the name is gone as well')
    await misses(counter, 'Nimman Film')


async def test_what_is_open_is_named_and_no_panel_opens(counter: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    await sit_down(counter)
    await counter.open(f'/customers/{customer.id}')
    choose(counter, 'erase')
    await sees(counter, f'Invoice {invoice.number} is not paid: ฿107,000.00 are open')
    await counter.should_not_see('Delete for Good')


async def test_pages_that_are_open_elsewhere_show_it_at_once(counter: User, colleague: User) -> None:
    kept = await everything_of_nimman()
    await sit_down(counter)
    colleague.http_client.cookies.update(counter.http_client.cookies)
    await counter.open(f'/quotes/{kept.declined.number}')
    await sees(counter, 'Wedding of her sister')
    await colleague.open('/customers')
    await sees(colleague, 'Nimman Film')
    prospect = await prospect_of(kept.customer, by=await bo())
    await kept.customer.erase(typed='C-77', seen=prospect.seen, by=await bo())
    await sees(counter, 'This record is not there any more')
    await misses(counter, 'Wedding of her sister')
    await sees(colleague, 'No customers yet')
    tap(colleague, 'archived')
    await misses(colleague, 'Nimman Film')
    for place in ('/quotes/new', '/invoices/new', '/links', '/customers'):
        await colleague.open(place)
        await colleague.should_not_see('Nimman Film')


async def test_the_open_portal_of_the_customer_closes(counter: User, another: Callable[[], User]) -> None:
    kept = await everything_of_nimman()
    phone = another()
    await phone.open(f'/p/{kept.token}')
    await sees(phone, 'Khun Ploy')
    prospect = await prospect_of(kept.customer, by=await bo())
    await kept.customer.erase(typed='C-77', seen=prospect.seen, by=await bo())
    await misses(phone, 'Khun Ploy')
    assert (await phone.http_client.get(f'/p/{kept.token}')).status_code == 410


async def test_a_role_that_was_lost_deletes_nothing(counter: User, psql: Psql) -> None:
    customer = await nimman()
    session = await sit_down(counter, Role.SALES)
    await counter.open(f'/customers/{customer.id}')
    choose(counter, 'erase')
    await sees(counter, 'Delete for Good')
    write(counter, 'typed', 'Nimman Film Co., Ltd.')
    await quietly_given(psql, Role.OPERATIONS, session.staff_id)
    saves(counter)
    await sees(counter, 'Your role does not allow this')
    choose(counter, 'erase')
    assert (await Customer.get(id=customer.id)).erased_at is None
