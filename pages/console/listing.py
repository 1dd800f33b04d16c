"""A list of records with its search, its filter by status and as many rows as were asked for; one live view."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from htpy import Node, button
from nicegui import ui

from app.live import Live
from app.words import Words
from models import Level
from pages.console.sheet import status_words
from pages.frame import Desk
from pages.parts.action import Verb, action, guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.listed import AT_ONCE, Listed, show_more
from pages.parts.region import Region
from pages.parts.side import MENU
from pages.parts.table import LiveRegion

T = TypeVar('T')
S = TypeVar('S', bound=Enum)


class Listing(Generic[T, S]):
    """`area` names the entry of the menu and the words; `follow(text, status, most)` gives the first of what a search
    and a filter leave.
    """

    def __init__(
        self,
        desk: Desk,
        area: str,
        statuses: type[S],
        follow: Callable[[str, S | None, int], Live[Listed[T]]],
        draw: Callable[[Words, tuple[T, ...]], Node],
        *,
        new: Verb | None = None,
    ) -> None:
        self.desk, self.area, self.statuses = desk, area, statuses
        self.follow, self.draw, self.new = follow, draw, new
        self.text, self.status, self.most = '', '', AT_ONCE

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        with bar(desk, w(f'{self.area}.title'), hint=w(f'{self.area}.search'), search=self.search):
            if self.new:
                action(desk, w(f'{self.area}.new'), self.new, key='n')
        self.filters = Region(self._filters(), guarded(desk, self._filter))
        self.filters.classes('filters').props(f'role=group aria-label="{w("quotes.status")}"')
        with ui.element('div'):
            self.shown: LiveRegion[Listed[T]] = LiveRegion(self._draw, guarded(desk, self._more))
        await self.search('')

    async def search(self, text: str) -> None:
        self.text, self.most = text, AT_ONCE
        await self._follow()

    async def _follow(self) -> None:
        # The role may have changed since the screen was opened.
        await self.desk.must(MENU[self.area], Level.READ)
        status = self.statuses[self.status] if self.status else None
        await self.shown.follow(self.follow(self.text, status, self.most))

    async def _more(self, verb: str, _reference: str) -> None:
        if verb == 'more':
            self.most += AT_ONCE
            await self._follow()

    async def _filter(self, verb: str, name: str) -> None:
        if verb == 'filter' and name in ('', *self.statuses.__members__):
            self.status = name
            self.filters.show(self._filters())
            await self.search(self.text)

    def _draw(self, listed: Listed[T]) -> Node:
        w = self.desk.w
        if not listed.rows:
            return nothing_listed(w, self.area, sought=bool(self.text or self.status))
        return [self.draw(w, listed.rows), show_more(w, listed.left, shown=len(listed.rows))]

    def _filters(self) -> Node:
        w = self.desk.w
        names = [('', w('quotes.all')), *((one.name, status_words(w, one)) for one in self.statuses)]
        return [
            button(
                '.opt', type='button', data_do='filter', data_ref=name, aria_pressed=str(name == self.status).lower()
            )[text]
            for name, text in names
        ]


def nothing_listed(w: Words, area: str, *, sought: bool) -> Node:
    """That there is none yet and where they come from, or that none is like what is sought."""
    if sought:
        return empty(area, w(f'{area}.none_found'), w('console.nothing_like_it'))
    return empty(area, w(f'{area}.none_yet'), w(f'{area}.none_yet_text'))
