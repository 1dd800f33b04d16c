"""Codes of an authenticator app: right within half a minute, once, and not for ever guessed at."""

from datetime import timedelta

import pyotp
import pytest
import time_machine

from app.keys import keys
from app.second_factor import (
    LIMITS,
    address_for_apps,
    check_second,
    forgive_codes,
    new_recovery_codes,
    new_secret,
    step_of,
    written,
)
from models import Refused, Role, Staff, now
from tests.world import a_person

pytestmark = pytest.mark.usefixtures('db')


async def somebody_with_codes(secret: str, recovery: list[str]) -> Staff:
    staff = await a_person(Role.SALES)
    digests = [keys().recovery_digest(code) for code in recovery]
    await staff.begin_codes(keys().seal_totp(secret), step=0, recovery_digests=digests, by=staff.actor)
    return staff


async def test_a_code_opens_once() -> None:
    secret = new_secret()
    staff = await somebody_with_codes(secret, [])
    code = pyotp.TOTP(secret).at(now())
    await check_second(staff, f' {code[:3]} {code[3:]} ')
    with pytest.raises(Refused, match='second_code_used'):
        await check_second(await Staff.get(id=staff.id), code)


@pytest.mark.parametrize(('seconds', 'right'), [(-30, True), (0, True), (30, True), (-61, False), (61, False)])
def test_a_clock_may_be_half_a_minute_off(seconds: int, right: bool) -> None:
    secret, at = new_secret(), now()
    with time_machine.travel(at, tick=False):
        code = pyotp.TOTP(secret).at(at + timedelta(seconds=seconds))
        if right:
            assert step_of(secret, code, at) == int((at + timedelta(seconds=seconds)).timestamp()) // 30
        else:
            with pytest.raises(Refused, match='second_code_wrong'):
                step_of(secret, code, at)


async def test_a_code_from_paper_opens_once_whatever_the_app_says() -> None:
    recovery = new_recovery_codes()
    staff = await somebody_with_codes(new_secret(), recovery)
    await check_second(staff, written(recovery[3]))
    with pytest.raises(Refused, match='second_code_wrong'):
        await check_second(await Staff.get(id=staff.id), written(recovery[3]))
    assert len(set(recovery)) == 10


async def test_after_ten_wrong_codes_even_the_right_one_has_to_wait() -> None:
    """Three of a million codes are right at a time: 960 tries are a chance of 1 in 350 a day."""
    secret = new_secret()
    staff = await somebody_with_codes(secret, [])
    right = pyotp.TOTP(secret).at(now())
    wrong = f'{(int(right) + 500_000) % 1_000_000:06d}'
    for _ in range(LIMITS[timedelta(minutes=15)]):
        with pytest.raises(Refused, match='second_code_wrong'):
            await check_second(staff, wrong)
    with pytest.raises(Refused, match='sign_in_wait'):
        await check_second(staff, right)
    with time_machine.travel(now() + timedelta(minutes=16)):
        await check_second(staff, pyotp.TOTP(secret).at(now()))


async def test_who_guesses_codes_all_day_has_forty_tries() -> None:
    """At a million codes, three of which open at a time: a chance of one in eight thousand a day."""
    secret, began, tried = new_secret(), now(), 0
    staff = await somebody_with_codes(secret, [])
    for quarter in range(8):
        with time_machine.travel(began + timedelta(minutes=16 * quarter), tick=False):
            totp = pyotp.TOTP(secret)
            near = {totp.at(now() + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
            wrong = next(code for code in ('000000', '111111', '222222', '333333') if code not in near)
            for _ in range(12):
                with pytest.raises(Refused) as refused:
                    await check_second(staff, wrong)
                tried += refused.value.reason == 'second_code_wrong'
    assert tried == 40
    await forgive_codes(staff)  # as after a new password
    await check_second(staff, pyotp.TOTP(secret).at(now()))


def test_the_secret_lies_sealed_and_the_app_is_told_whose_it_is() -> None:
    secret = new_secret()
    sealed = keys().seal_totp(secret)
    assert secret.encode() not in sealed
    assert keys().totp_secret(sealed) == secret
    assert keys().totp_secret(keys().new_link_secret().cipher) is None
    assert 'issuer=Siam' in address_for_apps(secret, 'bo@siamlight.test', 'Siam')
    assert keys().who_is_half_way(keys().half_way('bo'), 60) == 'bo'
    assert keys().who_is_half_way('anything', 60) is None
