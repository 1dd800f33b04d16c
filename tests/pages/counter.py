"""The console as a person at the counter has it: signed in, on one screen or several."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote as in_address
from uuid import UUID, uuid4

import pytest
from nicegui import events
from nicegui.testing import User

from app.sessions import cookie_of, digest_of
from app.settings import MailServer, Settings
from models import Role, Staff, StaffSession
from pages.parts.file_choice import FileChoice
from pages.parts.region import Region
from tests.conftest import Psql
from tests.world import KEYS, a_person, bo

SETTINGS = Settings(secret=b'x' * 32, public_url='http://localhost:8080')


@pytest.fixture
def counter(user: User, live_db: str, monkeypatch: pytest.MonkeyPatch) -> User:
    """A browser at the counter, nobody signed in yet; changes reach it as they reach everybody."""
    monkeypatch.setattr('app.keys._in_use', KEYS)
    monkeypatch.setattr('app.settings._in_use', SETTINGS)
    user.javascript_rules[re.compile('.*clipboard', re.DOTALL)] = lambda _said: True
    import pages  # noqa: F401  (the harness forgets the screens after every test)

    return user


@pytest.fixture
def mail_server(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house has one, to which nothing is sent here: letters wait in the outbox."""
    server = MailServer('127.0.0.1', 9, 'house@siamlight.test')
    monkeypatch.setattr('app.settings._in_use', replace(SETTINGS, mail=server))


async def sit_down(user: User, role: Role = Role.OWNER, *, language: str = 'en') -> StaffSession:
    """Somebody with this role signs in on this browser."""
    await bo()  # and the firm, which is there before anybody works in it
    known = await Staff.get_or_none(email=f'nok.{role.value.casefold()}@siamlight.test')
    person = known or await a_person(role, 'Nok')
    await person.choose_language(language)
    secret = uuid4().hex
    session = await StaffSession.open(person, digest=digest_of(secret))
    user.http_client.cookies.update(cookie_of(secret))
    return session


async def quietly_given(psql: Psql, role: Role, staff_id: UUID) -> None:
    """Another role, of which no open page has heard yet: who presses in that moment is asked again all the same."""
    unannounced = 'set session_replication_role = replica'
    await psql(f"{unannounced}; update staff set role = '{role.value}' where id = '{staff_id}'")


async def sees(user: User, text: str) -> None:
    """The screen shows or says this soon; a busy machine may take its time."""
    await user.should_see(text, retries=50)


async def choose(user: User, what: str) -> None:
    """Take an entry of the ••• menu, by its key."""
    from pages.parts.more import More

    await user.should_see(More, retries=50)
    user.find(More).trigger('choose', what)


def choose_of(user: User, key: str, reference: str) -> None:
    """Take an entry of the ••• of one row, or send what a browser would send for one that is not offered."""
    from pages.parts.row_menu import RowMenu

    assert user.client
    [menu] = [one for one in user.client.elements.values() if isinstance(one, RowMenu)]
    said = {'key': key, 'ref': reference}
    for listener in [one for one in menu._event_listeners.values() if one.type == 'choose']:
        with user.client:
            events.handle_event(
                listener.handler, events.GenericEventArguments(sender=menu, client=user.client, args=said)
            )


async def hand_in(user: User, marker: str, name: str, content: bytes, **headers: str) -> int:
    """Choose a file, which the browser then sends to the address of the button; gives the status of the answer."""
    await user.should_see(marker=marker, retries=50)
    [choice] = user.find(kind=FileChoice, marker=marker).elements
    assert isinstance(choice, FileChoice)
    headers = {'x-file-name': in_address(name), **headers}
    return (await user.http_client.post(choice.address, content=content, headers=headers)).status_code


def tap(user: User, verb: str, reference: str = '') -> None:
    """Press what a drawn piece of HTML offers, as the browser would report it."""
    assert user.client
    [region, *_] = [
        element
        for element in user.client.elements.values()
        if isinstance(element, Region) and f'data-do="{verb}"' in element.html
    ]
    said = events.GenericEventArguments(sender=region, client=user.client, args={'verb': verb, 'ref': reference})
    [listener] = [listener for listener in region._event_listeners.values() if listener.type == 'act']
    with user.client:
        events.handle_event(listener.handler, said)
