"""Walks through many screens in a few tabs that stay open: as somebody who has signed in, and as a stranger."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.scenery import Stop

AT_ONCE = 3  # pages under way: while one is drawn, another is looked at
PATIENCE = 30_000  # ms


class Walk(ABC):
    """What is looked for at each stop is for others to say."""

    __slots__ = ()
    browser_options: dict[str, Any]

    async def through(self, stops: Iterable[Stop]) -> None:
        waiting = deque(stops)
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(**self.browser_options)
            await asyncio.gather(*(self._walker(browser, waiting) for _ in range(AT_ONCE)))
            await browser.close()

    @abstractmethod
    async def context(self, browser: Browser, *, signed_in: bool) -> BrowserContext: ...

    @abstractmethod
    async def look(self, page: Page, stop: Stop) -> None: ...

    @abstractmethod
    def failed(self, stop: Stop, error: Exception) -> None: ...

    async def tab(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    async def _walker(self, browser: Browser, waiting: deque[Stop]) -> None:
        contexts = {signed_in: await self.context(browser, signed_in=signed_in) for signed_in in (True, False)}
        tabs: dict[bool, Page] = {}
        while waiting:
            stop = waiting.popleft()
            spoilt = bool(stop.press)  # what was opened or typed there may come again with the tab
            try:
                # One tab for all stops: a fresh one has to read every script anew, and that of axe is long.
                if stop.signed_in not in tabs:
                    tabs[stop.signed_in] = await self.tab(contexts[stop.signed_in])
                await self.look(tabs[stop.signed_in], stop)
            except Exception as error:  # one screen that fails must not hide the faults of the others
                self.failed(stop, error)
                spoilt = True
            if spoilt and (tab := tabs.pop(stop.signed_in, None)):
                await tab.close()
