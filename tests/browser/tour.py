"""Opens every screen and state, in both languages and modes and at every width, looks for faults and keeps pictures.

Run by `test_tour.py`. The pictures lie in `build/screens/<room>/<language>/<screen>-<width>-<mode>.jpg`; drawing them
takes most of the time, so a plain run keeps a share of them. `PICTURES=all` keeps one of every screen, width, language
and mode, to be looked at by eye; what is checked is the same.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, BrowserContext, Locator, Page, TimeoutError

from app.words import Language, words
from tests.browser.people import DESK_AGENT, LIVE, MEANT
from tests.browser.scenery import Stop
from tests.browser.walk import Walk

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / 'build' / 'screens'
CHECKS = (Path(__file__).parent / 'tour_checks.js').read_text(encoding='utf-8')
AXE = Path(AXE_FILE_PATH).read_text(encoding='utf-8')
KEYS = sorted(path.stem for path in (ROOT / 'assets/words/en').glob('*.toml'))
LOW = 844  # px, the height of a screen
READ_BY_AXE = """
async (only) => (await axe.run(document, { resultTypes: ['violations'], ...only })).violations.flatMap((fault) =>
    fault.nodes.slice(0, 3).map((node) => {
        const element = node.html.replace(/ (style|id|href)="[^"]*"/g, '').slice(0, 120);
        return `${fault.id}: ${element} ${node.any[0]?.message ?? ''}`;
    }))
"""
# It fetches nothing anew, and keeps out of the sandbox of a letter's preview, where it could not run.
READ_WHOLE = {'preload': False, 'iframes': False}
SAY_WHAT_IS_BLOCKED = """
addEventListener('securitypolicyviolation', (blocked) =>
    console.error(`blocked by the policy: ${blocked.effectiveDirective} ${blocked.blockedURI} ${blocked.sample}`));
"""
# One of each screen; 'all' keeps every width and mode, 'none' is for where nobody opens them.
KEPT = os.environ.get('PICTURES', 'some')
ALL_PICTURES = KEPT == 'all'
TALLEST = 2400  # px of a page that a picture shows
# Live, or one of the plain pages that need no application.
SETTLED = f'document.readyState === "complete" && (({LIVE}) || !document.getElementById("app"))'


# Read to its end (a press may have led to another page, of which nothing is there yet), nothing moves any more, and
# no button waits for what it has begun, but for those below a question that it asks.
AT_REST = """document.readyState === 'complete' && !document.querySelector('[aria-busy=true]:not([inert] *)') &&
    document.getAnimations().every((one) => one.playState !== 'running')"""

# The first thing that changes on the page after a press: the button begins to wait, or what it opens is there.
SAY_WHEN_ANSWERED = """() => {
    window.hasAnswered = false;
    new MutationObserver((_, observer) => { observer.disconnect(); window.hasAnswered = true; })
        .observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
}"""

Cookies = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Room:
    """The portal or the console, as it is looked at."""

    name: str
    widths: tuple[int, ...]
    target: int  # px that a target must measure in both directions


PORTAL = Room('portal', (390, 320, 820, 1440), 44)
CONSOLE = Room('console', (1440, 820, 390), 24)


@dataclass(slots=True)
class Tour(Walk):
    """One walk through a room in one language."""

    base_url: str
    room: Room
    language: Language
    records: list[str]  # what people have typed: English on a Thai page where it is somebody's name
    browser_options: dict[str, Any]
    cookies: Cookies = ()
    seen_at: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    looks_at: dict[Page, Stop] = field(default_factory=dict)

    async def walk(self, stops: Iterable[Stop]) -> list[str]:
        """Every fault found, each with the screens on which it was."""
        await self.through(stops)
        return [f'{fault}\n    on {_some(places)}' for fault, places in sorted(self.seen_at.items())]

    async def context(self, browser: Browser, *, signed_in: bool) -> BrowserContext:
        context = await browser.new_context(
            viewport={'width': self.room.widths[0], 'height': 844},
            user_agent=DESK_AGENT,
            has_touch=self.room is PORTAL,
            locale='th-TH' if self.language == 'th' else 'en-GB',
            reduced_motion='reduce',
            color_scheme='light',
        )
        await context.add_init_script(SAY_WHAT_IS_BLOCKED)
        cookies = self.cookies if signed_in else ()
        await context.add_cookies([{'name': 'lang', 'value': self.language, 'url': self.base_url}, *cookies])
        return context

    async def tab(self, context: BrowserContext) -> Page:
        page = await Walk.tab(self, context)
        page.on('console', lambda said: self._note(self.looks_at[page], said.text) if _is_complaint(said) else None)
        page.on('pageerror', lambda error: self._note(self.looks_at[page], str(error)))
        if self.language == 'en':
            await page.add_init_script(AXE)
        return page

    def failed(self, stop: Stop, error: Exception) -> None:
        self._note(stop, f'{type(error).__name__} {str(error).splitlines()[0]}')

    async def look(self, page: Page, stop: Stop) -> None:
        self.looks_at[page] = stop
        await page.set_viewport_size({'width': self.room.widths[0], 'height': LOW})
        await page.emulate_media(color_scheme='light')
        await page.goto(self.base_url + stop.address, wait_until='commit')
        await page.wait_for_function(SETTLED)
        for key in stop.press:
            await press(page, key, self.language)
        if stop.wants:
            await page.locator(stop.wants).first.wait_for()
            await _come_to_rest(page)
        await page.evaluate('document.fonts.ready')
        for width in self.room.widths:
            await page.set_viewport_size({'width': width, 'height': LOW})
            for fault in await self._faults(page, width):
                self._note(stop, fault, f' {width}')
            if ALL_PICTURES or (KEPT == 'some' and width == self.room.widths[0]):
                await self._keep(page, stop, width, 'light')
        # What axe reads is built the same in both languages.
        if self.language == 'en':
            await self._read_by_axe(page, stop, READ_WHOLE)
        await page.emulate_media(color_scheme='dark')
        for width in self.room.widths if ALL_PICTURES else ():
            await page.set_viewport_size({'width': width, 'height': LOW})
            await self._keep(page, stop, width, 'dark')
        if self.language == 'en':
            await self._read_by_axe(page, stop, {**READ_WHOLE, 'runOnly': ['color-contrast']})

    def _note(self, stop: Stop, fault: str, where: str = '') -> None:
        self.seen_at[fault].append(stop.name + where)

    async def _faults(self, page: Page, width: int) -> list[str]:
        asked = {
            'width': width,
            'target': self.room.target,
            'language': self.language,
            'records': self.records if self.language == 'th' else [],
            'keys': KEYS,
        }
        return list(await page.evaluate(f'({CHECKS})({json.dumps(asked)})'))

    async def _read_by_axe(self, page: Page, stop: Stop, only: dict[str, Any]) -> None:
        mode = 'dark ' if 'runOnly' in only else ''
        for fault in await page.evaluate(READ_BY_AXE, only):
            self._note(stop, f'axe {mode}{fault}')

    async def _keep(self, page: Page, stop: Stop, width: int, mode: str) -> None:
        folder = PICTURES / self.room.name / self.language
        folder.mkdir(parents=True, exist_ok=True)
        # A page made as high as its content has its bottom bar at the bottom, and needs no stitching.
        height = min(await page.evaluate('document.documentElement.scrollHeight'), TALLEST)
        if height > LOW:
            await page.set_viewport_size({'width': width, 'height': height})
        path = folder / f'{_file_name(stop.name)}-{width}-{mode}.jpg'
        try:
            await page.screenshot(path=path, type='jpeg', quality=80)
        except TimeoutError:
            # Now and then the browser, busy with its other pages, draws no frame to take; one that hangs fails again.
            await page.bring_to_front()
            await page.screenshot(path=path, type='jpeg', quality=80)


async def press(page: Page, what: str, language: Language) -> None:
    """A button, choice or entry of a menu by the key of its words, or what a selector finds; until all is still."""
    # Before the answer has come, a page is as still as after it.
    await page.evaluate(SAY_WHEN_ANSWERED)
    await _pressed(page, what, language).first.click()
    # Another page knows nothing of it, and has to come first.
    await page.wait_for_function(f'window.hasAnswered ?? ({SETTLED})')
    await _come_to_rest(page)


def _pressed(page: Page, what: str, language: Language) -> Locator:
    if what[0] in '.[':
        return page.locator(what)
    name = words(language)(what)
    button = page.get_by_role('button', name=name, exact=True)
    return button.or_(page.get_by_role('menuitem', name=name, exact=True)).or_(
        page.get_by_role('radio', name=name, exact=True)
    )


async def _come_to_rest(page: Page) -> None:
    await page.wait_for_function(AT_REST)


def _is_complaint(said: Any) -> bool:
    """But that the sandbox of a letter's preview keeps out what the tour brings with it is meant."""
    return said.type in ('error', 'warning') and not MEANT.search(said.text) and 'about:srcdoc' not in said.text


def _some(places: list[str]) -> str:
    return ', '.join(places[:6]) + (f' and {len(places) - 6} more' if len(places) > 6 else '')


def _file_name(name: str) -> str:
    return re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')
