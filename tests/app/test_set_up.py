"""The address that makes the first owner opens for half an hour, for one token, and never once there is an owner."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from app.set_up import may_set_up, offer_set_up
from models import now
from tests.world import a_firm, a_person


async def test_without_an_owner_a_token_is_offered_and_only_it_opens(db: str) -> None:
    path = await offer_set_up()
    assert path is not None
    token = path.removeprefix('/setup/')
    assert len(token) == 22
    assert await may_set_up(token)
    assert not await may_set_up(token[:-1])
    assert not await may_set_up('')


async def test_a_later_offer_makes_the_earlier_one_void(db: str) -> None:
    first, second = await offer_set_up(), await offer_set_up()
    assert first is not None
    assert second is not None
    assert not await may_set_up(first.removeprefix('/setup/'))
    assert await may_set_up(second.removeprefix('/setup/'))


async def test_after_half_an_hour_it_is_closed(db: str) -> None:
    path = await offer_set_up()
    assert path is not None
    with time_machine.travel(now() + timedelta(minutes=30, seconds=1)):
        assert not await may_set_up(path.removeprefix('/setup/'))


async def test_with_an_owner_nothing_is_offered_and_what_was_offered_is_closed(db: str) -> None:
    path = await offer_set_up()
    assert path is not None
    await a_firm()
    await a_person()
    assert not await may_set_up(path.removeprefix('/setup/'))
    assert await offer_set_up() is None
