"""A dense table whose rows are links, kept true by the live view that it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import htpy
from htpy import Node, a, div, tbody, td, th, thead, tr
from nicegui import ui

from app.live import Live
from pages.bind import bind
from pages.parts.region import Act, Region

T = TypeVar('T')


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is '' or 'n' (numbers, to the right), 'dim' (quiet), 'aside' (not on narrow screens)."""

    title: str
    kind: str = ''


@dataclass(frozen=True, slots=True)
class Row:
    """The first cell is the link of the whole row; without an address the row only shows."""

    key: str
    href: str
    cells: tuple[Node, ...]
    tone: str = ''


def table(columns: Sequence[Column], rows: Iterable[Row], empty: Node = None) -> Node:
    """The table, or `empty` when there is nothing in it."""
    drawn = [_row(columns, row) for row in rows]
    if not drawn:
        return empty
    heads = [_head(column) for column in columns]
    return div('.card.table')[htpy.table[thead[tr[heads]], tbody[drawn]]]


class LiveRegion(Generic[T]):
    """One region that shows one live view after the other: the search changes what is followed.

    `timely`: it is drawn again as time passes.
    """

    def __init__(self, draw: Callable[[T], Node], act: Act | None = None, *, timely: bool = False) -> None:
        self.region = Region(act=act)
        self._draw, self._timely = draw, timely
        self._followed: ui.element | None = None
        self._box = ui.element('div').classes('hidden')

    async def follow(self, view: Live[T]) -> None:
        """Show this view from now on, and no other."""
        if self._followed and not self._followed.is_deleted:
            self._followed.delete()
        with self._box:
            self._followed = ui.element('div')
        await bind(view, lambda value: self.region.show(self._draw(value)), self._followed, timely=self._timely)


def chip(tone: str, text: str) -> Node:
    """A status: always in words, the colour only underlines them. Tones: '', good, warn, bad, acc."""
    return htpy.span(class_=f'chip {tone}'.strip())[text]


def _head(column: Column) -> Node:
    # Buttons need no heading, and an empty one would be read out as one.
    kind = column.kind or None
    return th(class_=kind, scope='col')[column.title] if column.title else td(class_=kind)


def _row(columns: Sequence[Column], row: Row) -> Node:
    cells: list[Any] = []
    for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
        held = a('.row-link', href=row.href)[cell] if place == 0 and row.href else cell
        # A phone has no room for the heads: there each cell says by itself what it is.
        cells.append(td(class_=column.kind or None, data_label=column.title or None)[held])
    return tr(id=f'row-{row.key}', class_=row.tone or None)[cells]
