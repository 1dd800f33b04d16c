"""A furnished house that really runs, and people at real browsers: a customer's phone, a desktop at the counter."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.keys import Keys
from app.passwords import hash_password
from models import PortalLink
from tests.browser.people import CLERK, PASSWORD, PATIENCE, Person
from tests.browser.program import SECRET, Backstage, Program
from tests.cluster import Databases
from tests.leaks import leaks
from tests.world import a_firm, a_person

QUIET = [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
]
# Else the browser without windows rounds every letter to whole pixels, and sets text wider than people see it.
EVEN_TEXT = '--font-render-hinting=none'
BROWSERS = ('chromium-headless-shell', 'chromium', 'google-chrome')
# A small machine that is busy with other tests may take its time; what is there is seen at once all the same.
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope='session')
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **browser_options()}


def browser_options() -> dict[str, Any]:
    """Which browser is started and how; `dev.py test` has found one, plain pytest looks on the path."""
    path = os.environ.get('E2E_BROWSER_PATH')  # empty: the one that Playwright brings
    if path is None:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
    is_root = hasattr(os, 'geteuid') and os.geteuid() == 0
    arguments = [*QUIET, EVEN_TEXT, *(['--no-sandbox'] if is_root else [])]
    return {'args': arguments} | ({'executable_path': path} if path else {})


@pytest.fixture(scope='session')
def backstage(databases: Databases) -> Iterator[Backstage]:
    """The records of the house, changed from outside of the program that serves it."""
    url = databases.take()
    behind = Backstage(url)
    behind.do(open_the_firm())
    yield behind
    behind.leave()
    databases.drop(url)


async def open_the_firm() -> None:
    """The firm, and Bo, who may do everything and reads English."""
    await a_firm(line_url='https://line.me/R/ti/p/@siamlight', bank_accounts='KBank 012-3-45678-9 Siam Light & Grip')
    clerk = await a_person(password_hash=await hash_password(PASSWORD))
    await clerk.choose_language('en')
    assert clerk.email == CLERK


@pytest.fixture(scope='session')
def house(backstage: Backstage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program that most tests visit."""
    program = Program(backstage.database_url, tmp_path_factory.mktemp('house')).start()
    yield program
    program.stop()
    assert not program.complaints(), program.log.read_text()
    tells_nothing(program, backstage)


@pytest.fixture
def start_program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """One more program on the database of this address, for one test; more of its environment can be given."""
    started: list[Program] = []

    def start(database_url: str, **environment: str) -> Program:
        started.append(Program(database_url, tmp_path, **environment))
        return started[-1].start()

    yield start
    for program in started:
        program.stop()


def tells_nothing(program: Program, backstage: Backstage, **more: str) -> None:
    """What the program wrote down opens nothing: no link that lives, no cookie that a browser had, no password."""
    secrets = {f'cookie {place}': cookie for place, cookie in enumerate(sorted(Person.cookies_seen))}
    secrets |= {f'link {place}': token for place, token in enumerate(backstage.do(readable_links()))}
    told = leaks(program.log.read_text(encoding='utf-8', errors='replace'), {'password': PASSWORD, **secrets, **more})
    assert not told, f'{program.log} tells {told}'


async def readable_links() -> list[str]:
    known = Keys(SECRET.encode())
    return [known.link_token(link.cipher) or '' for link in await PortalLink.exclude(cipher=None) if link.cipher]


@pytest.fixture
def meet(browser: Browser) -> Iterator[Callable[..., Person]]:
    """Somebody at a browser of their own: `ploy = meet('phone')`, `clerk = meet('desktop')`.

    Whatever they do, no page of theirs may complain or ask another host for anything.
    """
    met: list[Person] = []

    def person(device: str, **options: Any) -> Person:
        met.append(Person(browser, device, **options))
        return met[-1]

    yield person
    for someone in met:
        someone.leave()
    for someone in met:
        assert not someone.foreign, f'asked of other hosts: {someone.foreign}'
        assert not someone.complaints, f'the browser complained: {someone.complaints}'
