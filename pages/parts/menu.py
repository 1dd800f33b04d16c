"""What is done more seldom, behind three dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import ui

from pages.parts.action import Button, attempt

if TYPE_CHECKING:
    from pages.frame import Desk


def more(desk: Desk, entries: Sequence[tuple[str, Callable[[], Any]]]) -> Button:
    """A button `•••` that opens a list of verbs; each is tried like any press."""

    def entry(label: str, verb: Callable[[], Any]) -> None:
        async def chosen() -> None:
            await attempt(desk, verb)

        ui.menu_item(label, chosen)

    made = Button('•••', tone='ghost')
    made.props['aria-label'], made.props['aria-haspopup'] = desk.w('console.more'), 'menu'
    with made, ui.menu().props('anchor="bottom right" self="top right" no-refocus=false'):
        for label, verb in entries:
            entry(label, verb)
    return made
