"""What the tests of jobs, quotes, invoices and deposits share: a colleague at the next desk, presses, forged events."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from nicegui import core, events
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from pages.parts.more import More
from pages.parts.region import Region
from tests.conftest import Patient
from tests.pages.counter import counter, sees, sit_down, tap

PATIENCE = 300  # tenths of a second: three are too few for a live page on a busy machine


@pytest.fixture
def colleague(counter: User) -> User:
    """Another browser at the same counter."""
    return Patient(httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url='http://test'))


async def misses(user: User, text: str) -> None:
    await user.should_not_see(text, retries=PATIENCE)


async def until(true: Callable[[], Any], why: Callable[[], str]) -> None:
    """Wait for what comes of it soon; `why` says what did not."""
    try:
        async with asyncio.timeout(PATIENCE / 10):
            while not (await found if inspect.isawaitable(found := true()) else found):
                await asyncio.to_thread(bool)
    except TimeoutError:
        raise AssertionError(why()) from None


async def links_to(user: User, path: str) -> None:
    """Something drawn leads to this address."""

    def drawn() -> bool:
        regions = [one for one in list(_client(user).elements.values()) if isinstance(one, Region)]
        return any(f'href="{path}"' in region.html for region in regions)

    await until(drawn, lambda: f'nothing leads to {path}')


def choose(user: User, key: str) -> None:
    """Choose from the ••• menu, or send what a browser would send for an entry that is not there."""
    [menu] = [one for one in list(_client(user).elements.values()) if isinstance(one, More)]
    _send(user, menu, 'choose', key)


def forge(user: User, verb: str, reference: str) -> None:
    """Send a press to every drawn piece of the page that listens, whether it offers it or not."""
    for region in [one for one in list(_client(user).elements.values()) if isinstance(one, Region)]:
        _send(user, region, 'act', {'verb': verb, 'ref': reference})


def forge_one(user: User, element: Any, kind: str, said: Any) -> None:
    """Send one element what a browser would send it."""
    _send(user, element, kind, said)


def typed(user: User, marker: str) -> Any:
    """What stands in a field."""
    [field] = user.find(marker=marker).elements
    return getattr(field, 'value')  # noqa: B009  (every field has one, and not every element)


def write(user: User, marker: str, text: str) -> None:
    """Type over what stands in a field."""
    user.find(marker=marker).clear().type(text)


def pick(user: User, marker: str, value: Any) -> None:
    """Choose in a list, or tick."""
    [field] = user.find(marker=marker).elements
    _send(user, field, 'change', value)


@dataclass(frozen=True, slots=True)
class HeldUp:
    """An answer that comes when it is let go."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_asked(self) -> None:
        async with asyncio.timeout(PATIENCE / 10):
            await self.asked.wait()

    async def comes(self) -> None:
        self.let_go.set()
        async with asyncio.timeout(PATIENCE / 10):
            await self.answered.wait()


def held_up(patch: pytest.MonkeyPatch, owner: Any, name: str, when: Callable[..., bool]) -> HeldUp:
    """Of what the page asks there, hold up what `when` says of what is asked."""
    whole, held = getattr(owner, name), HeldUp()

    async def answer(*asked: Any, **named: Any) -> Any:
        if not when(*asked):
            return await whole(*asked, **named)
        held.asked.set()
        await held.let_go.wait()
        answered = await whole(*asked, **named)
        held.answered.set()
        return answered

    patch.setattr(owner, name, answer)
    return held


def saves(user: User) -> None:
    """Press the save button that is on top: that of the open panel, else that of the page."""
    top = max(user.find(marker='save').elements, key=lambda button: button.id)
    UserInteraction(user, {top}, None).click()


def _send(user: User, element: Any, kind: str, arguments: Any) -> None:
    client = _client(user)
    for listener in [one for one in element._event_listeners.values() if one.type == kind]:
        with client:
            events.handle_event(
                listener.handler, events.GenericEventArguments(sender=element, client=client, args=arguments)
            )


def _client(user: User) -> Any:
    assert user.client
    return user.client


__all__ = [
    'choose',
    'colleague',
    'counter',
    'forge',
    'forge_one',
    'held_up',
    'links_to',
    'misses',
    'pick',
    'saves',
    'sees',
    'sit_down',
    'tap',
    'typed',
    'until',
    'write',
]
