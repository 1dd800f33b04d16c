"""What is kept of a customer is handed out by those who manage customers, and by nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from nicegui.testing import User

from app.customer_archive import archive_of
from models import Activity, Customer, Role, Staff
from tests.pages.counter import counter, sees, sit_down
from tests.pages.work import choose
from tests.world import nimman

__all__ = ['counter']

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


async def test_a_press_that_was_forged_after_the_role_was_lost_is_refused(counter: User) -> None:
    customer = await nimman()
    session = await sit_down(counter, Role.SALES)
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Export')
    await Staff.filter(id=session.staff_id).update(role=Role.BILLING)
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
