"""A change is on the customer's phone the moment it is made, whoever makes it and wherever."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models import Stage
from tests.browser.people import Person, timed
from tests.browser.program import Backstage, Program
from tests.world import a_job, a_link, nimman

LOADED = {
    'en': 'Loaded — ready to leave our warehouse',
    'th': 'จัดอุปกรณ์ขึ้นรถเรียบร้อยแล้ว — พร้อมออกจากคลัง',
}
PREPARING = {'en': 'Preparing your equipment', 'th': 'กำลังจัดเตรียมอุปกรณ์'}

Meet = Callable[..., Person]


async def a_job_being_picked(language: str = 'en') -> tuple[str, str]:
    """Its number and the path of its customer's link."""
    customer = await nimman(language=language)
    job = await a_job(customer, Stage.PICKING)
    _, token = await a_link(customer)
    return job.number, f'/p/{token}'


@pytest.mark.parametrize('language', ['en', 'th'])
def test_the_clerk_presses_mark_loaded_and_the_phone_reads_it_without_a_reload(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    number, link = backstage.do(a_job_being_picked(language))
    clerk, ploy = meet('desktop'), meet('phone')
    phone = ploy.open(house.url + link)
    expect(phone.locator('.card .stage')).to_have_text(PREPARING[language])
    ploy.watch_for_reload()
    board = clerk.sign_in(house.url, '/jobs')
    board.locator(f'#job-{number}').get_by_role('button', name='Mark Loaded').click()
    with timed(capsys, 'pressed → read'):
        expect(phone.locator('.card .stage')).to_have_text(LOADED[language])
    expect(board.locator(f'#job-{number}').get_by_role('button', name='Dispatch')).to_be_visible()
    assert not ploy.has_reloaded


def test_clerk_and_customer_may_be_served_by_two_processes(
    house: Program,
    backstage: Backstage,
    start_program: Callable[[str], Program],
    meet: Meet,
    capsys: pytest.CaptureFixture[str],
) -> None:
    number, link = backstage.do(a_job_being_picked())
    second = start_program(backstage.database_url)
    clerk, ploy = meet('desktop'), meet('phone')
    phone = ploy.open(f'{house.url}{link}/jobs/{number}')
    expect(phone.locator('.banner b')).to_have_text(PREPARING['en'])
    ploy.watch_for_reload()
    sheet = clerk.sign_in(second.url, f'/jobs/{number}')
    sheet.get_by_role('button', name='Mark Loaded').click()
    with timed(capsys, 'pressed → read by way of two processes'):
        expect(phone.locator('.banner b')).to_have_text(LOADED['en'])
    expect(phone.locator('.step.now .what')).to_have_text(LOADED['en'])
    assert not ploy.has_reloaded


@pytest.mark.parametrize('language', ['en', 'th'])
def test_a_stage_set_in_psql_is_read_on_the_phone_without_a_reload(
    house: Program, backstage: Backstage, meet: Meet, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    number, link = backstage.do(a_job_being_picked(language))
    ploy = meet('phone')
    page = ploy.open(house.url + link)
    ploy.sees(PREPARING[language])
    ploy.watch_for_reload()
    backstage.psql("update job set stage = 'Loaded' where number = $1", number)
    with timed(capsys, 'written → read'):
        expect(page.locator('.card .stage')).to_have_text(LOADED[language])
    page.get_by_role('link', name=number).click()
    expect(page.locator('.banner b')).to_have_text(LOADED[language])
    backstage.psql("update job set stage = 'Picking' where number = $1", number)
    expect(page.locator('.banner b')).to_have_text(PREPARING[language])
    assert not ploy.has_reloaded
