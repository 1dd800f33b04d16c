"""Passwords: how they are kept, checked in the same time whether known or not, and slowed down against guessing."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TypeVar
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models import LimitCount, Refused, Staff

SHORTEST, LONGEST = 10, 200
FREE_TRIES = 5  # a person may mistype this often before having to wait
FIRST_DELAY, LAST_DELAY = 2.0, 900.0  # seconds
FORGIVEN_AFTER = 3600.0
AT_ONCE = 4  # nineteen megabytes each: a flood of sign-ins must not take all memory and every core
OWN_TRIES, OWN_WITHIN = 10, timedelta(minutes=15)
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
    stored = staff.password_hash if staff else await _apart(_nobodys)
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
        raise Refused('sign_in_wait', seconds=int(OWN_WITHIN.total_seconds()))
    if not await _apart(_verify, staff.password_hash, password[:LONGEST]):
        raise Refused('password_wrong')
    await LimitCount.forget(key)


class Guesses:
    """How often sign-in failed of late, by e-mail and by address; the wait doubles with every further failure."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, *names: str) -> float:
        """Seconds until the next try is looked at; 0 when it is at once."""
        at = time.monotonic()
        return max((self._wait_of(name, at) for name in names), default=0.0)

    def failed(self, *names: str) -> None:
        at = time.monotonic()
        for name in names:
            count, last = self._failures.pop(name, (0, at))
            self._failures[name] = (1 if at - last > FORGIVEN_AFTER else count + 1, at)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, *names: str) -> None:
        for name in names:
            self._failures.pop(name, None)

    def _wait_of(self, name: str, at: float) -> float:
        count, last = self._failures.get(name, (0, 0.0))
        if count <= FREE_TRIES:
            return 0.0
        return max(0.0, last + min(FIRST_DELAY * 2.0 ** (count - FREE_TRIES - 1), LAST_DELAY) - at)


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
