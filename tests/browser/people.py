"""Somebody at a browser: what they see, tap and type, and what their browser would complain about."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, CDPSession, ConsoleMessage, Page, Request, expect

CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0'
AGENT = f'Mozilla/5.0 (Linux; Android 14; Pixel 7) {CHROME} Mobile Safari/537.36'
DESK_AGENT = f'Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36'
DEVICES: dict[str, dict[str, Any]] = {
    'phone': {
        'viewport': {'width': 390, 'height': 844},
        'device_scale_factor': 2,
        'is_mobile': True,
        'has_touch': True,
        'user_agent': AGENT,
        'locale': 'en-US',
    },
    'desktop': {'viewport': {'width': 1440, 'height': 900}, 'user_agent': DESK_AGENT, 'locale': 'en-US'},
}
CLERK, PASSWORD = 'bo.owner@siamlight.test', 'lights, camera, grip'  # the one who does everything at this counter
LIVE = 'window.did_handshake === true && window.socket?.connected === true && !document.getElementById("first")'
PATIENCE = 30_000  # ms
# What a browser says when the network of the test is cut, or an answer is a refusal: both are meant.
MEANT = re.compile(r'net::ERR_|status of (404|410|422)|WebSocket connection to')


@contextmanager
def timed(capsys: pytest.CaptureFixture[str], what: str) -> Iterator[None]:
    """Say how long this took: a figure to be read, since how much else a machine has to do is not ours to judge."""
    began = time.monotonic()
    yield
    with capsys.disabled():
        print(f'\n  {what}: {time.monotonic() - began:.1f} s')


class Person:
    """One browser without history; `page` is the tab in front."""

    cookies_seen: ClassVar[set[str]] = set()  # those of everybody that are secrets, to be sought in what is logged

    def __init__(self, browser: Browser, device: str, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(**{**DEVICES[device], **options})
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.documents: list[str] = []
        self._has_left = False
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on('console', self._hear)
        page.on('pageerror', lambda error: self.complaints.append(str(error)))
        page.on('request', self._notice)
        return page

    def open(self, address: str) -> Page:
        """Open a page and wait until it is live."""
        self.page.goto(address)
        self.page.wait_for_function(LIVE)
        return self.page

    def sign_in(self, house: str, onward: str = '/customers', *, email: str = CLERK, password: str = PASSWORD) -> Page:
        """Go to this screen of the console and be let in on the way."""
        self.page.goto(house + onward)
        self.page.get_by_label('E-mail').fill(email)
        self.page.get_by_label('Password').fill(password)
        self.page.get_by_role('button', name='Sign in').click()
        self.page.wait_for_url(house + onward)
        self.page.wait_for_function(LIVE)
        return self.page

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_no(self, text: str) -> None:
        expect(self.page.get_by_text(text)).to_have_count(0)

    def tap(self, name: str, role: Any = 'link') -> None:
        self.page.get_by_role(role, name=name).first.click()

    def fetch(self, address: str) -> APIResponse:
        """A download with the cookies of this browser; a paper that is still being made is asked for again."""
        patience = time.monotonic() + 2 * PATIENCE / 1000
        while True:
            answer = self.context.request.get(address, max_redirects=0)
            if answer.status != 503 or time.monotonic() > patience:
                return answer

    def watch_for_reload(self) -> None:
        """From now on `has_reloaded` tells whether the page was loaded again."""
        self.page.evaluate('window.sameDocument = true')

    @property
    def has_reloaded(self) -> bool:
        return not self.page.evaluate('window.sameDocument === true')

    def devtools(self) -> CDPSession:
        return self.context.new_cdp_session(self.page)

    def lose_network(self) -> None:
        """As under a bridge: nothing goes through any more, and the connection that stood is gone."""
        self.context.set_offline(True)
        self.page.evaluate('window.socket.io.engine.close()')

    def find_network(self) -> None:
        self.context.set_offline(False)

    def leave(self) -> None:
        if self._has_left:
            return
        self._has_left = True
        self.cookies_seen.update(one.get('value', '') for one in self.context.cookies() if one.get('name') != 'lang')
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ('error', 'warning') and not MEANT.search(message.text):
            self.complaints.append(message.text)

    def _notice(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ('http', 'https', 'ws', 'wss') and parts.hostname != '127.0.0.1':
            self.foreign.append(request.url)
        if request.is_navigation_request():
            self.documents.append(parts.path)
