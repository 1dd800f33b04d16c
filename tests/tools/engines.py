"""Two more browsers to ask, each by the protocol it speaks itself: WebKit by WebDriver, Firefox by WebDriver BiDi."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.browser.program import free_port

PATIENCE = 60.0  # seconds; the first start of a browser on a busy machine
LOOK_AGAIN = 0.05


class Engine(Protocol):
    """A browser with one tab, at a phone's width as far as it can be made so narrow."""

    def open(self, address: str) -> None: ...

    def ask(self, expression: str) -> Any:
        """What this JavaScript expression is in the page."""

    def click(self, selector: str) -> None:
        """A click of the pointer on the first of these elements."""


def until(engine: Engine, expression: str, *, within: float = 20.0) -> None:
    """Wait until this JavaScript expression is true in the page."""
    deadline = time.monotonic() + within
    # While another page is being loaded there may be nothing yet of which one could ask.
    asked = f'(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()'
    while not engine.ask(asked):
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {within:.0f} s: {expression}\n{engine.ask("document.body.innerText")}')
        time.sleep(LOOK_AGAIN)


# ---------------------------------------------------------------------------------------------------- WebKit


def find_webkit() -> str | None:
    """What is missing for WebKit, or None."""
    return None if all(_webkit_programs()) else 'WebKitWebDriver, its MiniBrowser and Xvfb'


@contextmanager
def webkit() -> Iterator[Engine]:
    """WebKitGTK, which is near Safari without being it."""
    driver, browser, screen = _webkit_programs()
    assert driver and browser and screen
    with ExitStack() as opened, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        display = opened.enter_context(_screen(screen))
        port = free_port()
        environment = os.environ | {'DISPLAY': display, 'HOME': home, 'XDG_RUNTIME_DIR': home, 'GDK_BACKEND': 'x11'}
        opened.enter_context(_running([driver, f'--port={port}'], environment))
        client = opened.enter_context(httpx.Client(base_url=f'http://127.0.0.1:{port}', timeout=PATIENCE))
        _wait_for_port(port)
        engine = _WebDriver(client, {'webkitgtk:browserOptions': {'binary': browser, 'args': ['--automation']}})
        try:
            yield engine
        finally:
            engine.quit()


class _WebDriver:
    ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

    def __init__(self, client: httpx.Client, wanted: dict[str, Any]) -> None:
        self._client = client
        answer = self._said(client.post('/session', json={'capabilities': {'alwaysMatch': wanted}}))
        self._session = f'/session/{answer["sessionId"]}'
        self._do('/window/rect', {'width': 390, 'height': 844})

    def open(self, address: str) -> None:
        self._do('/url', {'url': address})

    def ask(self, expression: str) -> Any:
        return self._do('/execute/sync', {'script': f'return ({expression})', 'args': []})

    def click(self, selector: str) -> None:
        found = self._do('/element', {'using': 'css selector', 'value': selector})
        self._do(f'/element/{found[self.ELEMENT]}/click', {})

    def quit(self) -> None:
        self._client.delete(self._session)

    def _do(self, path: str, asked: dict[str, Any]) -> Any:
        return self._said(self._client.post(self._session + path, json=asked))

    @staticmethod
    def _said(answer: httpx.Response) -> Any:
        value = answer.json()['value']
        assert answer.is_success, value
        return value


def _webkit_programs() -> tuple[str | None, str | None, str | None]:
    browsers = sorted(Path('/usr').glob('lib*/**/webkit2gtk-4.*/MiniBrowser'))
    return shutil.which('WebKitWebDriver'), str(browsers[-1]) if browsers else None, shutil.which('Xvfb')


# --------------------------------------------------------------------------------------------------- Firefox


def find_firefox() -> str | None:
    """What is missing for Firefox, or None."""
    return None if _firefox_program() else 'Firefox'


@contextmanager
def firefox() -> Iterator[Engine]:
    """Firefox without a window."""
    program = _firefox_program()
    assert program
    with ExitStack() as opened, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        port = free_port()
        command = [program, '--headless', '--no-remote', '--profile', home, '--remote-debugging-port', str(port)]
        opened.enter_context(_running(command, os.environ | {'HOME': home, 'MOZ_DISABLE_CONTENT_SANDBOX': '1'}))
        _wait_for_port(port)
        with connect(f'ws://127.0.0.1:{port}/session', max_size=None) as socket:
            yield _BiDi(socket)


class _BiDi:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._do('session.new', capabilities={})
        self._tab = self._do('browsingContext.getTree')['contexts'][0]['context']
        self._do('browsingContext.setViewport', context=self._tab, viewport={'width': 390, 'height': 844})

    def open(self, address: str) -> None:
        self._do('browsingContext.navigate', context=self._tab, url=address, wait='complete')

    def ask(self, expression: str) -> Any:
        answer = self._do(
            'script.evaluate',
            expression=f'JSON.stringify({expression})',
            target={'context': self._tab},
            awaitPromise=True,
        )
        assert answer['type'] == 'success', answer
        return json.loads(answer['result'].get('value', 'null'))

    def click(self, selector: str) -> None:
        it = f'document.querySelector({json.dumps(selector)})'
        self.ask(f'{it}.scrollIntoView({{block: "center"}})')
        place = self.ask(
            f'(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])({it}.getBoundingClientRect())'
        )
        moves = [
            {'type': 'pointerMove', 'x': round(place[0]), 'y': round(place[1])},
            {'type': 'pointerDown', 'button': 0},
            {'type': 'pointerUp', 'button': 0},
        ]
        pointer = {'type': 'pointer', 'id': 'mouse', 'actions': moves}
        self._do('input.performActions', context=self._tab, actions=[pointer])

    def _do(self, method: str, **asked: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({'id': number, 'method': method, 'params': asked}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE))
            if answer.get('id') == number:  # whatever else arrives are events that nobody asked for
                assert answer['type'] == 'success', answer
                return answer['result']


def _firefox_program() -> str | None:
    return shutil.which('firefox') or shutil.which('firefox-esr')


# ---------------------------------------------------------------------------------------------------- either


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # with all the processes that a browser starts
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _screen(program: str) -> Iterator[str]:
    """A display that nobody sees; the server chooses its number and says which."""
    read, write = os.pipe()
    command = [program, '-displayfd', str(write), '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']
    with subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        try:
            assert re.fullmatch(r'\d+', number), 'Xvfb did not start'
            yield f':{number}'
        finally:
            server.terminate()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(('127.0.0.1', port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_AGAIN)
        else:
            return
