"""The doors of the console: who gets in, who does not, how long guessing takes, and when a session is over."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from httpx import Response
from nicegui.testing import User

from app import set_up
from app.live import follow, live
from app.passwords import FORGIVEN_AFTER, hash_password, may_try, person_of
from models import Actor, Business, Level, LimitCount, Module, Refused, Role, Staff, StaffSession, now
from models.staff import IDLE_LIMIT
from pages.console.doorway import safe_path
from pages.frame import SCREENS
from tests.conftest import SECRET, Program, Psql
from tests.pages.counter import SETTINGS, choose, counter, quietly_given, sees, sit_down, tap
from tests.world import a_firm, a_person, nimman

__all__ = ['counter']

PASSWORD = 'twelve lamps and a tripod'
GUESSER = f"""
import asyncio, os
from datetime import timedelta
import time_machine
from app.database import connect, disconnect
from app.keys import use_keys
from app.passwords import may_try
from models import now

async def guess():
    await connect(os.environ['DATABASE_URL'])
    with time_machine.travel(now() - timedelta(seconds=62), tick=False) as clock:
        while (wait := await may_try('mail bo.owner@siamlight.test', patience=0)) < 64:
            clock.shift(wait)
    await disconnect()

use_keys({SECRET!r})
asyncio.run(guess())
"""
SAME_SITE = {'sec-fetch-site': 'same-origin', 'origin': 'http://localhost:8080'}


async def bo_with_a_password() -> Staff:
    await a_firm()
    return await a_person(Role.OWNER, 'Bo', password_hash=await hash_password(PASSWORD))


async def sign_in_with(user: User, email: str, password: str, **headers: str) -> Response:
    typed = {'email': email, 'password': password, 'next': '/customers'}
    return await user.http_client.post('/sign-in', data=typed, headers=SAME_SITE | headers)


async def test_a_right_password_opens_a_session_of_its_own(counter: User) -> None:
    await bo_with_a_password()
    answer = await sign_in_with(counter, 'BO.owner@siamlight.test ', PASSWORD)
    assert (answer.status_code, answer.headers['location']) == (303, '/customers')
    cookie = answer.headers['set-cookie'].lower()
    assert 'httponly' in cookie
    assert 'samesite=lax' in cookie
    secret = counter.http_client.cookies['staff']
    assert len(secret) >= 43
    assert secret.encode() not in bytes((await StaffSession.get()).digest)
    await counter.open('/customers')
    await sees(counter, 'เพิ่มลูกค้า')


async def test_signing_in_again_makes_another_session_and_ends_the_old_one(counter: User) -> None:
    await bo_with_a_password()
    await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
    first = counter.http_client.cookies['staff']
    await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
    assert counter.http_client.cookies['staff'] != first
    assert await StaffSession.filter(ended_at=None).count() == 1


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(counter: User) -> None:
    await bo_with_a_password()
    wrong = await sign_in_with(counter, 'bo.owner@siamlight.test', 'not this one at all')
    unknown = await sign_in_with(counter, 'nobody@siamlight.test', 'not this one at all')
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace('bo.owner@', 'nobody@') == unknown.text
    assert 'E-mail or password is not right' in wrong.text
    assert 'set-cookie' not in wrong.headers


async def test_an_unknown_address_costs_as_much_work_as_a_known_one(live_db: str) -> None:
    await bo_with_a_password()
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(5):
        for address, times in (('bo.owner@siamlight.test', known), ('nobody@siamlight.test', unknown)):
            begun = time.process_time()
            with pytest.raises(Refused):
                await person_of(address, 'not this one at all')
            times.append(time.process_time() - begun)
    assert min(unknown) > min(known) / 3


async def test_whoever_left_the_firm_does_not_get_in(counter: User) -> None:
    person = await bo_with_a_password()
    other = await a_person(Role.OWNER, 'Ann')
    await person.leave(by=other.actor)
    answer = await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
    assert answer.status_code == 422


async def test_guessing_has_to_wait_longer_and_longer(db: str) -> None:
    waits, began = [], now()
    with time_machine.travel(began, tick=False) as clock:
        for _ in range(12):
            while wait := await may_try('mail bo', 'from 10.0.0.1', patience=0):
                clock.shift(wait)
                waits.append(wait)
        assert waits == [2, 4, 8, 16, 32, 64]
        assert await may_try('mail ann', patience=0) == 0
        assert await may_try('mail bo', patience=0) == 128
        clock.shift(FORGIVEN_AFTER)
        assert await may_try('mail bo', patience=0) == 0


async def test_many_wrong_tries_are_told_to_wait_even_with_the_right_password_until_the_wait_is_over(
    counter: User,
) -> None:
    await bo_with_a_password()
    with time_machine.travel(now(), tick=False) as clock:
        while not (wait := await may_try('mail bo.owner@siamlight.test', patience=0)) > 10:
            clock.shift(wait)
        answer = await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
        assert answer.status_code == 429
        assert 'Please wait' in answer.text
        clock.shift(wait)
        assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)).status_code == 303
        assert (await sign_in_with(counter, 'bo.owner@siamlight.test', 'mistyped')).status_code == 422


async def guessed_at(email: str) -> None:
    """A stranger has tried so often that the next has to wait for minutes."""
    with time_machine.travel(now() - timedelta(minutes=2), tick=False) as clock:
        while (wait := await may_try(f'mail {email}', patience=0)) < 128:
            clock.shift(wait)


async def test_strangers_who_guess_keep_nobody_out_who_signs_in_where_they_always_do(counter: User) -> None:
    await bo_with_a_password()
    await a_person(Role.SALES, 'Ann', password_hash=await hash_password(PASSWORD))
    assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)).status_code == 303
    await guessed_at('bo.owner@siamlight.test')
    await guessed_at('ann.sales@siamlight.test')
    assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)).status_code == 303
    assert (await sign_in_with(counter, 'ann.sales@siamlight.test', PASSWORD)).status_code == 429
    [known] = [name for name in counter.http_client.cookies if name.startswith('known')]
    counter.http_client.cookies.set(known, 'made up.' + '0' * 64)
    assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)).status_code == 429


async def test_a_browser_that_is_known_has_to_wait_like_any_other_when_it_guesses(counter: User) -> None:
    await bo_with_a_password()
    await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
    answers = [(await sign_in_with(counter, 'bo.owner@siamlight.test', 'guessed')).status_code for _ in range(9)]
    assert answers[:5] == [422] * 5 and answers[-1] == 429


async def test_a_right_password_does_not_excuse_the_guesses_from_its_address(counter: User) -> None:
    await bo_with_a_password()
    for number in range(3):
        await sign_in_with(counter, f'somebody{number}@siamlight.test', 'guessed')
    for _ in range(3):
        counter.http_client.cookies.clear()
        assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)).status_code == 303
    tries = [count.tries for count in await LimitCount.all()]
    assert sorted(tries) == [1, 1, 1, 3]  # of each name, and of the address they came from


async def test_guesses_made_at_once_are_looked_at_one_by_one(counter: User) -> None:
    await bo_with_a_password()
    answers = await asyncio.gather(*(sign_in_with(counter, 'bo.owner@siamlight.test', 'guessed') for _ in range(30)))
    looked_at = [answer for answer in answers if answer.status_code == 422]
    assert 6 <= len(looked_at) <= 7  # five may be mistyped, and who has to wait for two seconds only waits
    assert {answer.status_code for answer in answers} == {422, 429}


async def test_programs_of_one_installation_count_guesses_together(counter: User, program: Program) -> None:
    await bo_with_a_password()
    guesser = await program(GUESSER)
    said = await guesser.communicate()
    assert guesser.returncode == 0, said
    answer = await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD)
    assert answer.status_code == 429


async def test_what_was_typed_to_sign_in_is_stored_nowhere(counter: User, psql: Psql) -> None:
    await bo_with_a_password()
    await sign_in_with(counter, PASSWORD, PASSWORD)
    assert await psql("update limit_count set tries = tries where key like '%twelve%' or key like '%127.0.0.1%'") == (
        'UPDATE 0'
    )
    assert await LimitCount.all().count() == 2


@pytest.mark.parametrize(
    'headers', [{'sec-fetch-site': 'cross-site'}, {'origin': 'https://evil.example'}, {'origin': 'null'}]
)
async def test_a_form_of_another_site_signs_nobody_in_or_out(counter: User, headers: dict[str, str]) -> None:
    await bo_with_a_password()
    assert (await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD, **headers)).status_code == 403
    await sit_down(counter)
    assert (await counter.http_client.post('/sign-out', headers=headers)).status_code == 403
    assert await StaffSession.filter(ended_at=None).count() == 1


async def test_a_page_asked_for_while_signed_out_leads_to_the_door_and_back(counter: User) -> None:
    await bo_with_a_password()
    answer = await counter.http_client.get('/customers/7')
    assert (answer.status_code, answer.headers['location']) == (303, '/sign-in?next=/customers/7')
    form = await counter.http_client.get(answer.headers['location'])
    assert 'name="next" value="/customers/7"' in form.text


@pytest.mark.parametrize(
    'address', ['https://evil.example', '//evil.example', '/\\evil.example', 'customers', '/p/abc', '/sign-out']
)
def test_the_way_back_never_leads_elsewhere(address: str) -> None:
    assert safe_path(address) == '/customers'


async def test_signing_out_ends_the_session_on_the_server(counter: User) -> None:
    session = await sit_down(counter)
    answer = await counter.http_client.post('/sign-out', headers=SAME_SITE)
    assert answer.headers['location'] == '/sign-in'
    await session.refresh_from_db()
    assert session.ended_at is not None
    assert (await counter.http_client.get('/customers')).status_code == 303


async def test_open_tabs_of_an_ended_session_are_left_at_once(counter: User) -> None:
    session = await sit_down(counter)
    await nimman()
    await counter.open('/customers')
    await sees(counter, 'Nimman Film')
    await session.end()
    await sees(counter, 'You are signed out')
    await counter.should_not_see('Nimman Film')


@pytest.mark.parametrize(
    ('role', 'columns'),
    [
        (Role.SALES, {'ends_at': timedelta(seconds=1)}),
        (Role.OWNER, {'seen_at': timedelta(seconds=1) - IDLE_LIMIT}),
    ],
)
async def test_an_open_tab_leaves_by_itself_when_its_session_runs_out_or_an_owner_is_idle_for_twelve_hours(
    counter: User, role: Role, columns: dict[str, timedelta]
) -> None:
    session = await sit_down(counter, role)
    await nimman()
    await counter.open('/customers')
    await sees(counter, 'Nimman Film')
    # Written before anybody looks: what follows happens without another word from the database.
    await StaffSession.filter(id=session.id).update(**{name: now() + after for name, after in columns.items()})
    await sees(counter, 'You are signed out')
    await counter.should_not_see('Nimman Film')
    assert (await StaffSession.get(id=session.id)).ended_at is None


async def test_a_forged_event_of_an_ended_session_does_nothing(counter: User) -> None:
    session = await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    with time_machine.travel(session.ends_at):  # over by time, which nobody announces
        await choose(counter, 'archive')
        await sees(counter, 'You are signed out')
    await customer.refresh_from_db()
    assert customer.archived_at is None


async def test_a_forged_event_of_a_role_that_may_not_is_refused(counter: User, psql: Psql) -> None:
    session = await sit_down(counter, Role.SALES)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    await quietly_given(psql, Role.CREW, session.staff_id)
    counter.find('Generate Portal Link').click()
    await sees(counter, 'Your role does not allow this')


@pytest.mark.parametrize(
    ('role', 'sees_it', 'not_this'),
    [
        (Role.SALES, ['Customers', 'Invoices', 'Outstanding', 'New Customer'], ['Settings']),
        (Role.CREW, ['Customers', 'Jobs', 'Active Jobs'], ['Invoices', 'Deposits', 'Outstanding', 'Settings', 'New C']),
        (Role.BILLING, ['Invoices', 'Outstanding'], ['Settings', 'New Customer']),
        (Role.ADMIN, ['Settings', 'Outstanding', 'New Customer'], []),
    ],
)
async def test_a_role_sees_its_modules_and_nothing_of_the_others(
    counter: User, role: Role, sees_it: list[str], not_this: list[str]
) -> None:
    await sit_down(counter, role)
    await nimman()
    await counter.open('/customers')
    await sees(counter, 'Nimman Film')
    for text in sees_it:
        await sees(counter, text)
    for text in not_this:
        await counter.should_not_see(text)


LEVELS = {  # customers, quotes, jobs, money, settings
    Role.CREW: (1, 1, 2, 0, 0),
    Role.SALES: (3, 3, 1, 1, 0),
    Role.BILLING: (1, 1, 1, 3, 0),
    Role.OPERATIONS: (1, 1, 3, 1, 0),
    Role.ADMIN: (3, 3, 3, 3, 2),
    Role.OWNER: (3, 3, 3, 3, 3),
}


@pytest.mark.parametrize('role', Role)
async def test_a_role_may_exactly_what_the_table_of_roles_says(counter: User, role: Role) -> None:
    await sit_down(counter, role)
    actor = Actor('staff', 'Nok', role)
    for module, level in zip(Module, LEVELS[role], strict=True):
        assert [actor.may(module, asked) for asked in Level] == [asked <= level for asked in Level], module
    for path, screen in SCREENS.items():
        if '{' in path:
            continue
        await counter.open(path)
        shown = screen.level <= LEVELS[role][list(Module).index(screen.module)]
        await (counter.should_not_see if shown else counter.should_see)('This is not for your role')


async def test_settings_are_closed_to_sales_even_by_address(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    await counter.open('/settings')
    await sees(counter, 'This is not for your role')


async def test_crew_see_no_invoices_of_a_customer_by_address(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}/invoices')
    await sees(counter, 'This is not for your role')


async def test_the_language_is_kept_with_the_person(counter: User) -> None:
    session = await sit_down(counter)
    thai = asyncio.Event()

    async def language() -> str:
        return (await Staff.get(id=session.staff_id)).language

    def heard(chosen: str) -> None:
        if chosen == 'th':
            thai.set()

    await live('language of Nok', [follow(Staff)], language).watch(heard)
    await counter.open('/customers')
    tap(counter, 'language', 'th')
    await asyncio.wait_for(thai.wait(), 30)
    await counter.open('/customers')
    await sees(counter, 'เพิ่มลูกค้า')


async def test_the_first_owner_is_made_once(counter: User) -> None:
    address = await set_up.offer_set_up()
    assert address
    form = await counter.http_client.get(f'{address}?lang=en')
    assert 'Name of the firm' in form.text
    typed = {'firm': 'Siam Light', 'firm_th': '', 'name': 'Bo', 'email': 'bo@siamlight.test', 'password': 'short'}
    refused = await counter.http_client.post(f'{address}?lang=en', data=typed, headers=SAME_SITE)
    assert 'at least 10 characters' in refused.text
    assert 'value="Siam Light"' in refused.text
    made = await counter.http_client.post(f'{address}?lang=en', data=typed | {'password': PASSWORD}, headers=SAME_SITE)
    assert made.headers['location'] == '/settings'
    assert (await Business.the()).name == 'Siam Light'
    assert (await Staff.get()).role is Role.OWNER
    again = await counter.http_client.post(f'{address}', data=typed | {'password': PASSWORD}, headers=SAME_SITE)
    assert again.status_code == 404


async def test_over_https_the_cookie_is_bound_to_this_host(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.settings._in_use', replace(SETTINGS, public_url='https://rent.siamlight.test'))
    await bo_with_a_password()
    headers = {'origin': 'https://rent.siamlight.test'}
    answer = await sign_in_with(counter, 'bo.owner@siamlight.test', PASSWORD, **headers)
    cookie = answer.headers['set-cookie']
    assert cookie.startswith('__Host-staff=')
    assert 'Secure' in cookie
    assert 'Path=/' in cookie
