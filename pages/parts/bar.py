"""The bar above a screen: where one is, the search, and the one thing that is mostly done here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from htpy import Node, h1
from nicegui import events, ui
from nicegui.element import Element

from pages.parts.action import attempt
from pages.parts.region import Region

if TYPE_CHECKING:
    from pages.frame import Desk

SETTLED = 0.2  # seconds without another key before the search is made


class Bar(ui.element):
    """`with bar(desk, title) as bar:` holds the buttons; `bar.show(node)` draws another title."""

    def __init__(self, desk: Desk, title: Node) -> None:
        super().__init__('header')
        self.classes('bar')
        with self:
            self.heading = Region(title)
        self.heading.classes('title')

    def show(self, title: Node) -> None:
        self.heading.show(title)


def bar(
    desk: Desk, title: str, *, heading: Node = None, hint: str = '', search: Callable[[str], Any] | None = None
) -> Bar:
    """The bar with the title (`heading` draws it otherwise); `search` is called with what was typed."""
    desk.title(title)
    made = Bar(desk, heading if heading is not None else h1[title])
    if search:
        with made:
            search_field(desk, hint, search)
    return made


def search_field(desk: Desk, hint: str, search: Callable[[str], Any]) -> Element:
    """Where `/` leads; waits until typing pauses. Beside it stands which text is answered: Enter waits for that."""

    async def typed(event: events.ValueChangeEventArguments[Any]) -> None:
        text = str(event.value or '').strip()
        if await attempt(desk, lambda: search(text)) and str(field.value or '').strip() == text:
            answered.props['data-sought'] = text
            answered.update()

    field = ui.input(placeholder=hint, on_change=typed)
    field.props(f'borderless dense type=search debounce={int(SETTLED * 1000)}').classes('search').mark('search')
    field.props['aria-label'] = hint
    field.props['data-search'] = True
    answered = ui.element('span').props('hidden data-sought=""')
    return field
