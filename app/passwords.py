"""Passwords: how they are kept, checked in the same time whether known or not, and slowed down against guessing."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import TypeVar
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.keys import keys
from models import LimitCount, Refused, Staff, network

SHORTEST, LONGEST = 10, 200
FREE_TRIES = 5  # a person may mistype this often before having to wait
FIRST_DELAY, LAST_DELAY = timedelta(seconds=2), timedelta(minutes=15)
FORGIVEN_AFTER = timedelta(hours=1)
AT_ONCE = 4  # nineteen megabytes each: a flood of sign-ins must not take all memory and every core
OWN_TRIES, OWN_WITHIN = 10, timedelta(minutes=15)
LETTERS, LETTERS_FROM, ASKED_WITHIN = 5, 20, timedelta(hours=1)  # to one mailbox, and asked for from one address
REMEMBERED = 10_000  # names and addresses whose failures are kept; the oldest are forgotten first

T = TypeVar('T')

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def hash_password(password: str) -> str:
    """What is stored. Raises Refused('password_short') under ten characters."""
    if len(password) < SHORTEST:
        raise Refused('password_short')
    return await _apart(_hasher.hash, password[:LONGEST])


async def person_of(email: str, password: str) -> Staff:
    """The person with this address and password.

    Raises Refused('sign_in_refused'), after the same time for addresses that are unknown.
    """
    staff = await Staff.get_or_none(email=email.strip().casefold(), left_at=None)
    # Who was invited and has chosen no password yet is, from outside, nobody.
    stored = staff.password_hash if staff and staff.joined else await _apart(_nobodys)
    right = await _apart(_verify, stored, password[:LONGEST])
    if staff is None or not right:
        raise Refused('sign_in_refused')
    if _hasher.check_needs_rehash(stored):
        await staff.set(password_hash=await _apart(_hasher.hash, password[:LONGEST]))
    return staff


async def check_own(staff: Staff, password: str) -> None:
    """Before somebody changes how they sign in. Raises Refused: `password_wrong`; `sign_in_wait` after many tries."""
    key = f'own password {staff.id}'
    if await LimitCount.count(key, OWN_WITHIN) > OWN_TRIES:
        raise Refused('sign_in_wait', wait=OWN_WITHIN)
    if not await _apart(_verify, staff.password_hash, password[:LONGEST]):
        raise Refused('password_wrong')
    await LimitCount.forget(key)


async def is_own(staff: Staff, password: str) -> bool:
    """Whether this is their password, as far as `check_own` lets anybody try."""
    try:
        await check_own(staff, password)
    except Refused:
        return False
    return True


async def may_try(*names: str, patience: float) -> float:
    """Count a try to sign in before it is looked at, by e-mail and by address, for all programs together.

    The wait doubles with every further try. Somebody who need not wait longer than `patience` waits here; for anybody
    else nothing is counted, and the seconds come back that they have to wait.
    """
    wait = await _turn(names)
    if 0 < wait <= patience:
        await asyncio.sleep(wait)
        wait = await _turn(names)
    return wait


async def not_a_guess(name: str) -> None:
    """Of an address that many share: this try was right, and the others' tries stand."""
    await LimitCount.take_back(_counted_under(name))


async def may_ask_anew(email: str, ip: str) -> bool:
    """Whether one more letter about a forgotten password may leave; counted for unknown addresses as for known ones."""
    mails = await LimitCount.count(_counted_under(f'forgot {email.casefold()}'), ASKED_WITHIN)
    asks = await LimitCount.count(_counted_under(f'forgot from {network(ip)}'), ASKED_WITHIN)
    return mails <= LETTERS and asks <= LETTERS_FROM


async def forgive(*names: str) -> None:
    """The password was right: what was mistyped before it is forgotten."""
    for name in names:
        await LimitCount.forget(_counted_under(name))


async def _turn(names: tuple[str, ...]) -> float:
    wait = await LimitCount.turn(map(_counted_under, names), _delay_after, forgiven_after=FORGIVEN_AFTER)
    return wait.total_seconds()


def _delay_after(tries: int) -> timedelta:
    if tries <= FREE_TRIES:
        return timedelta(0)
    return min(FIRST_DELAY * (1 << min(tries - FREE_TRIES - 1, 20)), LAST_DELAY)


def _counted_under(name: str) -> str:
    # People type their password where the e-mail belongs: nothing that was typed is stored in readable form.
    return f'sign-in {hmac.digest(keys().derive("sign-in counting"), name.encode(), sha256).hex()}'


async def _apart(work: Callable[..., T], *arguments: str) -> T:
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turns:
        return await asyncio.to_thread(work, *arguments)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """A hash that no password fits, so that an unknown address takes as long as a known one."""
    return _hasher.hash('nobody has this password, and nobody ever will')
