"""On a narrow phone no line ends within the number of a record, a sum or a date."""

from __future__ import annotations

from htpy import a, b, option, p, textarea
from nicegui.testing import User

from app.assets import style
from pages.parts.region import Region
from pages.parts.unbroken import unbroken, unbroken_days
from tests.world import a_job, a_link


async def test_the_numbers_of_a_job_and_its_quote_stand_in_one_piece_on_the_phone(portal: User) -> None:
    job = await a_job()
    _, token = await a_link(await job.customer)
    await portal.open(f'/p/{token}/jobs/{job.number}')
    assert portal.client
    drawn = ''.join(one.html for one in portal.client.elements.values() if isinstance(one, Region))
    assert f'<bdi>{job.number}</bdi>' in drawn
    assert drawn.count(f'>{job.number}<') == drawn.count(f'<bdi>{job.number}</bdi>')


def test_both_styles_keep_such_a_piece_whole() -> None:
    for sheet in ('portal.css', 'console.css'):
        assert 'bdi{white-space:nowrap' in style(sheet).replace(' ', '')


def test_numbers_and_sums_with_a_sign_are_drawn_whole_and_copied_as_they_are_written() -> None:
    said = unbroken(p['Draft #JOB-2026-0005, DEPRR-2027-12345, −฿1,250.50, ฿57,000.00.'])
    assert said == (
        '<p>Draft #<bdi>JOB-2026-0005</bdi>, <bdi>DEPRR-2027-12345</bdi>, <bdi>−฿1,250.50</bdi>, ฿57,000.00.</p>'
    )


def test_dates_are_joined_and_may_break_only_between_two_of_them() -> None:
    said = unbroken(b['22 Nov 2026, 08:05; 28 Nov – 2 Dec; 8–28 Dec; 5 พ.ย. 2569; 12 Market St'])
    assert said == (
        '<b>22\xa0Nov\xa02026, 08:05; 28\xa0Nov\xa0– 2\xa0Dec; <bdi>8–28 Dec</bdi>; 5\xa0พ.ย.\xa02569; 12 Market St</b>'
    )
    assert unbroken_days('28 November – 2 December 2026') == '28\xa0November\xa0– 2\xa0December\xa02026'


def test_addresses_and_what_somebody_types_or_chooses_stay_as_they_are() -> None:
    for node in (
        a(href='/jobs/JOB-2026-0005', title='22 Nov')['so'],
        textarea['JOB-2026-0005 on 22 Nov'],
        option(value='QT-2026-0001')['QT-2026-0001, 22 Nov'],
    ):
        assert unbroken(node) == str(node)
