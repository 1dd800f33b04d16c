"""The console's frame: who is at the counter, the side bar, and the screen that the address asks for."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, get_type_hints
from urllib.parse import quote as in_address
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from htpy import div
from nicegui import PageArguments, background_tasks, ui
from tortoise.exceptions import DoesNotExist

from app.assets import asset
from app.live import follow, live
from app.sessions import signed_in
from app.words import Words, words
from models import Actor, Business, Level, Module, Refused, Staff, StaffSession, now
from pages.bind import bind
from pages.parts.empty import empty
from pages.parts.region import Region
from pages.parts.side import Side, firm_colours

log = logging.getLogger(__name__)

SHEETS = ('tokens.css', 'console.css', 'console_work.css', 'console_links.css', 'console_editor.css')
SCRIPTS = ('console.js', 'half_typed.js')
SIGNED_OUT = """
document.dispatchEvent(new Event('signedout'));
location.replace('/sign-in?out=1&next=' + encodeURIComponent(location.pathname));
"""
LONGEST_WAIT = 10.0  # seconds that the first answer waits for its screen, on a machine that has much to do
Build = Callable[..., Awaitable[None]]
B = TypeVar('B', bound=Build)


class Desk:
    """One open tab of the console: the person at it, their words, and the way to ask again who they are."""

    def __init__(self, session: StaffSession) -> None:
        self.staff: Staff = session.staff
        self.w: Words = words(session.staff.language)
        self.session_id = session.id
        self.digest = bytes(session.digest)
        self.layer: ui.element  # panels and questions stand here, outside of what an address shows
        self.firm = ''

    async def actor(self) -> Actor:
        """The `by=` of a verb. Every handler asks, since a session may have ended or a role changed meanwhile.

        Raises Refused('signed_out').
        """
        session = await StaffSession.find(self.digest)
        if session is None:
            raise Refused('signed_out')
        self.staff = session.staff
        return session.staff.actor

    async def must(self, module: Module, level: Level) -> Actor:
        """The actor, if their role still reaches this far. Raises Refused('not_allowed')."""
        actor = await self.actor()
        actor.must(module, level)
        return actor

    def may(self, module: Module, level: Level = Level.READ) -> bool:
        """What to draw; whoever acts is asked again by `actor`."""
        return self.staff.actor.may(module, level)

    @property
    def sees(self) -> tuple[Module, ...]:
        """The modules of which this person's role may see anything; part of the key of what is shared."""
        return tuple(module for module in Module if self.may(module))

    def say(self, sentence: str) -> None:
        """Tell in passing that something was done."""
        with self.layer:
            ui.notify(sentence, classes='toast', position='bottom', timeout=4000)

    def warn(self, sentence: str) -> None:
        """Tell that something was not done, and why; long enough to be read."""
        with self.layer:
            ui.notify(sentence, classes='toast bad', position='bottom', timeout=9000)

    def go(self, path: str) -> None:
        """Show another screen of the console."""
        with self.layer:
            ui.navigate.to(path)

    def title(self, text: str) -> None:
        with self.layer:
            ui.page_title(f'{text} · {self.firm}' if self.firm else text)


@dataclass(frozen=True, slots=True)
class Screen:
    """What an address shows, and to whom."""

    path: str
    module: Module
    level: Level
    build: Build
    inner: bool

    def arguments(self, given: dict[str, str]) -> dict[str, Any] | None:
        """The parts of the address as the screen wants them, or None when they cannot be."""
        hints = get_type_hints(self.build) if given else {}
        try:
            return {name: UUID(text) if hints.get(name) is UUID else text for name, text in given.items()}
        except ValueError:
            return None


SCREENS: dict[str, Screen] = {}


def console_page(path: str, *, module: Module, level: Level = Level.READ, inner: bool = False) -> Callable[[B], B]:
    """Show `async def screen(desk, …)` under this address to whoever may; `inner` screens have addresses below theirs.

    Parameters of the path arrive under their names, those annotated as UUID as such.
    """

    def register(build: B) -> B:
        SCREENS[path] = Screen(path, module, level, build, inner)

        async def opened(request: Request) -> None:
            await _open(request)

        # NiceGUI's test harness imports a page again by the module of its function.
        opened.__module__, opened.__name__, opened.__qualname__ = build.__module__, build.__name__, build.__qualname__
        for address in (path, f'{path}/{{inner:path}}') if inner else (path,):
            ui.page(address, title='Console', response_timeout=LONGEST_WAIT + 1, dependencies=[Depends(_ask_who)])(
                opened
            )
        return build

    return register


async def inner_screens(desk: Desk, screens: dict[str, tuple[Module, Build]]) -> None:
    """Show, within a screen that is `inner`, what the rest of the address asks for; '/' is where it begins."""
    ready = asyncio.Event()
    routes = {
        path: _view(desk, Screen(path, module, Level.READ, build, False), ready)
        for path, (module, build) in screens.items()
    }
    ui.sub_pages(routes, show_404=False)
    await ready.wait()


async def _ask_who(request: Request) -> None:
    # Before the page: a client built for somebody who is sent away would stay in memory for a minute.
    session = await signed_in(request.cookies)
    if session is None:
        raise HTTPException(303, headers={'Location': f'/sign-in?next={in_address(request.url.path)}'})
    request.state.session = session


async def _open(request: Request) -> None:
    desk = Desk(request.state.session)
    _speak(desk.w)
    firm = await Business.get_or_none(only=1).only('id', 'accent', 'name', 'name_th')
    desk.firm = desk.w.pick(firm.name, firm.name_th) if firm else ''
    ui.add_head_html(_head(firm))
    ready = asyncio.Event()
    with ui.element('div').classes('desk') as frame:
        frame.props['data-who'] = str(desk.staff.id)  # what was half typed is given back to the same person
        side = Side(desk)
        # No `main`: the framework's page around all of this is one already.
        with ui.element('div').classes('work'):
            ui.sub_pages({path: _view(desk, SCREENS[path], ready) for path in SCREENS}, show_404=False)
    desk.layer = ui.element('div').classes('layer')
    Region(div(role='status')[desk.w('console.reconnecting')]).classes('reconnecting')
    ui.context.client.sub_pages_router.on_path_changed(side.go)
    await side.start(request.url.path)
    await Leaving(desk, frame).start()
    async with asyncio.timeout(LONGEST_WAIT):
        await ready.wait()


def _speak(w: Words) -> None:
    client = ui.context.client
    client.page = copy.copy(client.page)
    client.page.language = 'th' if w.language == 'th' else 'en-US'


def _head(firm: Business | None) -> str:
    sheets = ''.join(f'<link rel="stylesheet" href="{asset(name)}">' for name in SHEETS)
    colours = firm_colours(firm.accent) if firm else ''
    fonts = ''.join(
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{asset(f"fonts/sarabun-{weight}.woff2")}">'
        for weight in (400, 700)
    )
    scripts = ''.join(f'<script defer src="{asset(name)}"></script>' for name in SCRIPTS)
    return f'{fonts}{sheets}<style id="firm">{colours}</style>{scripts}'


def _view(desk: Desk, screen: Screen, ready: asyncio.Event) -> Callable[[PageArguments], Awaitable[None]]:
    async def view(arguments: PageArguments) -> None:
        try:
            await _show(desk, screen, arguments)
        finally:
            ready.set()  # else a screen that failed would hold up the whole answer

    # Deferred annotations are text, and NiceGUI compares this one by identity.
    view.__annotations__['arguments'] = PageArguments
    return view


async def _show(desk: Desk, screen: Screen, arguments: PageArguments) -> None:
    given = screen.arguments(arguments.path_parameters)
    try:
        if given is None or (arguments.remaining_path and not screen.inner):
            raise DoesNotExist(Staff)
        await desk.must(screen.module, screen.level)
        await screen.build(desk, **given)
    except DoesNotExist:
        _say_instead(arguments.frame, desk, 'console.nothing_here', 'console.nothing_here_text')
    except Refused as refused:
        _say_instead(arguments.frame, desk, 'console.not_shown', '', desk.w.refusal(refused))
    except Exception:
        log.exception('%s could not be shown', screen.path)
        _say_instead(arguments.frame, desk, 'console.failed', 'refusals.went_wrong')


def _say_instead(place: ui.element, desk: Desk, title: str, key: str, text: str = '') -> None:
    place.clear()
    with place:
        Region(empty('trouble', desk.w(title), text or desk.w(key), heading=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands: until when it holds, None once it is over; and for whom its screens are drawn."""

    until: datetime | None
    role: str
    language: str


class Leaving:
    """The moment a session ends, on whatever process or by itself, its open tabs are left."""

    def __init__(self, desk: Desk, frame: ui.element) -> None:
        self.desk, self.frame = desk, frame
        self.drawn_for = desk.staff.role.value, desk.staff.language
        self._clock: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        session_id, staff_id = self.desk.session_id, self.desk.staff.id
        follows = [follow(StaffSession, id=session_id), follow(Staff, id=staff_id)]
        ui.context.client.on_delete(self._stop_clock)
        await bind(live(('session', session_id), follows, self._standing), self._show, self.desk.layer)

    async def _standing(self) -> Standing:
        session = await StaffSession.get(id=self.desk.session_id).select_related('staff')
        staff = session.staff
        over = session.ended_at is not None or staff.left_at is not None
        return Standing(None if over else session.until(staff.role), staff.role.value, staff.language)

    def _show(self, standing: Standing) -> None:
        self._stop_clock()
        if standing.until is None or standing.until <= now():
            _say_signed_out(self.desk, self.frame)
            return
        # Nothing is written when a time is up, so the page looks at the clock itself.
        left = (standing.until - now()).total_seconds()
        self._clock = asyncio.get_running_loop().call_later(left + 0.05, self._look_again)
        # Another role or language draws its screens anew.
        if (standing.role, standing.language) != self.drawn_for and not self.desk.layer.is_deleted:
            with self.desk.layer:
                ui.run_javascript('location.reload()')
            if standing.role != self.drawn_for[0]:  # a browser need not obey, and follows what it may no longer see
                self.desk.layer.clear()
                self.frame.clear()

    def _look_again(self) -> None:
        async def look() -> None:
            self._show(await self._standing())

        background_tasks.create(look(), name='look whether a session is over')

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()


def _say_signed_out(desk: Desk, frame: ui.element) -> None:
    if desk.layer.is_deleted:
        return
    with desk.layer:
        ui.run_javascript(SIGNED_OUT)
    desk.layer.clear()
    frame.clear()
    with frame:
        Region(empty('person', desk.w('console.signed_out'), desk.w('refusals.signed_out')))
