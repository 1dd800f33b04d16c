"""Opens every screen and state, in both languages and modes and at every width, looks for faults and keeps pictures.

Run by `test_tour.py`. The pictures lie in `build/screens/<room>/<language>/<screen>-<width>-<mode>.jpg`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.people import DESK_AGENT, LIVE, MEANT
from tests.browser.scenery import Stop

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / 'build' / 'screens'
CHECKS = (Path(__file__).parent / 'tour_checks.js').read_text(encoding='utf-8')
AXE = Path(AXE_FILE_PATH).read_text(encoding='utf-8')
KEYS = sorted(path.stem for path in (ROOT / 'assets/words/en').glob('*.toml'))
AT_ONCE = 3  # pages under way: while one is drawn, another is looked at
TALLEST = 2600  # px of a page that a picture shows
PATIENCE = 30_000  # ms
MODES: tuple[Literal['light', 'dark'], ...] = ('light', 'dark')


@dataclass(frozen=True, slots=True)
class Room:
    """The portal or the console, as it is looked at."""

    name: str
    widths: tuple[int, ...]
    target: int  # px that a target must measure in both directions
    cookies: tuple[dict[str, Any], ...] = ()


PORTAL = Room('portal', (390, 320, 820, 1440), 44)
CONSOLE = Room('console', (1440, 1024, 820), 24)


@dataclass(slots=True)
class Tour:
    """One walk through a room in one language."""

    base_url: str
    room: Room
    language: str
    records: list[str]  # what people have typed: English on a Thai page where it is somebody's name
    browser_options: dict[str, Any]
    cookies: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def walk(self, stops: Iterable[Stop]) -> list[str]:
        """Every fault found, each with the screen on which it was."""
        waiting = asyncio.Queue[Stop]()
        for stop in stops:
            waiting.put_nowait(stop)
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(**self.browser_options)
            await asyncio.gather(*(self._walker(browser, waiting) for _ in range(AT_ONCE)))
            await browser.close()
        return sorted(self.faults)

    async def _walker(self, browser: Browser, waiting: asyncio.Queue[Stop]) -> None:
        context = await self._context(browser)
        while not waiting.empty():
            stop = waiting.get_nowait()
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            try:
                await self._look(page, stop)
            except Exception as error:  # one screen that fails must not hide the faults of the others
                self.faults.append(f'{stop.name}: {type(error).__name__} {str(error).splitlines()[0]}')
            await page.close()
        await context.close()

    async def _context(self, browser: Browser) -> BrowserContext:
        context = await browser.new_context(
            viewport={'width': self.room.widths[0], 'height': 844},
            user_agent=DESK_AGENT,
            has_touch=self.room is PORTAL,
            locale='th-TH' if self.language == 'th' else 'en-GB',
            reduced_motion='reduce',
            color_scheme='light',
        )
        await context.add_cookies([{'name': 'lang', 'value': self.language, 'url': self.base_url}, *self.cookies])  # type: ignore[list-item]
        return context

    async def _look(self, page: Page, stop: Stop) -> None:
        found: set[str] = set()
        page.on('console', lambda said: found.add(said.text) if _is_complaint(said) else None)
        page.on('pageerror', lambda error: found.add(str(error)))
        await page.goto(self.base_url + stop.address, wait_until='commit')
        await page.wait_for_function(
            f'document.readyState === "complete" && (({LIVE}) || !window.createApp && !document.getElementById("app"))'
        )
        for name in stop.press:
            await page.get_by_role('button', name=name, exact=True).first.click()
        await page.evaluate('document.fonts.ready')
        for mode in MODES:
            await page.emulate_media(color_scheme=mode)
            for width in self.room.widths:
                await page.set_viewport_size({'width': width, 'height': 844 if width < 800 else 900})
                if mode == 'light':
                    found |= {f'{width} px: {fault}' for fault in await self._faults(page, width)}
                await self._keep(page, stop, width, mode)
            found |= {f'{mode}: {fault}' for fault in await _violations(page, mode)}
        self.faults += [f'{stop.name}: {fault}' for fault in found]

    async def _faults(self, page: Page, width: int) -> list[str]:
        asked = {
            'width': width,
            'target': self.room.target,
            'language': self.language,
            'records': self.records if self.language == 'th' else [],
            'keys': KEYS,
        }
        return list(await page.evaluate(f'({CHECKS})({json.dumps(asked)})'))

    async def _keep(self, page: Page, stop: Stop, width: int, mode: str) -> None:
        folder = PICTURES / self.room.name / self.language
        folder.mkdir(parents=True, exist_ok=True)
        height = min(await page.evaluate('document.documentElement.scrollHeight'), TALLEST)
        await page.screenshot(
            path=folder / f'{_file_name(stop.name)}-{width}-{mode}.jpg',
            type='jpeg',
            quality=80,
            full_page=True,
            clip={'x': 0, 'y': 0, 'width': width, 'height': height},
        )


def _is_complaint(said: Any) -> bool:
    return said.type in ('error', 'warning') and not MEANT.search(said.text)


async def _violations(page: Page, mode: str) -> list[str]:
    """What axe finds; in the dark only the colours can differ."""
    only = {'runOnly': ['color-contrast']} if mode == 'dark' else {}
    await page.evaluate(f'window.axe || (() => {{ {AXE} }})()')
    answer = await page.evaluate(
        'async (only) => (await axe.run(document, { resultTypes: ["violations"], ...only })).violations.flatMap('
        '(fault) => fault.nodes.slice(0, 3).map((node) => `axe ${fault.id}: ${node.target.join(" ")}'
        ' ${node.any[0]?.message ?? ""}`))',
        only,
    )
    return list(answer)


def _file_name(name: str) -> str:
    return re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')
