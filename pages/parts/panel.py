"""The side panel that slides in from the right: one at a time, left by Esc, with the focus back where it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from pages.parts.action import Button
from pages.parts.text import Text

if TYPE_CHECKING:
    from pages.frame import Desk


class Overlay(ui.element, component='overlay.js'):
    """Something above the page, that keeps the focus until it is closed."""

    def __init__(self, kind: str, label: str, leave: Callable[[], Any]) -> None:
        super().__init__()
        self._props['kind'], self._props['label'] = kind, label
        self.typed: list[Callable[[], bool]] = []  # of each field in it: whether something was typed there
        self.on('leave', leave, args=[])


class Panel:
    """`with open_panel(desk, title) as panel:` builds what stands in it; `panel.close()` ends it."""

    def __init__(self, desk: Desk, title: str) -> None:
        self.desk = desk
        self.unsaved: Callable[[], bool] = lambda: any(typed() for typed in self.overlay.typed)
        with desk.layer:
            self.overlay = Overlay('panel', title, self.leave)
        self.overlay.on('givenback', lambda: desk.say(desk.w('console.given_back')), args=[])
        with self.overlay, ui.element('div').classes('head'):
            Text('h2', title)
            Button('Esc', self.leave, tone='text').props['aria-label'] = desk.w('common.close')
        with self.overlay:
            self.body = ui.element('div').classes('body')

    def __enter__(self) -> Panel:
        self.body.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.body.__exit__(*error)
        if error[0] is not None:
            self.close()

    async def leave(self) -> None:
        """Close, unless something was typed that would be lost: then ask first."""
        from pages.parts.confirm import confirm

        w = self.desk.w
        if not self.unsaved() or await confirm(
            self.desk, w('console.unsaved'), w('console.unsaved_text'), yes=w('console.throw_away'), tone='bad'
        ):
            self.close()

    def close(self) -> None:
        if not self.overlay.is_deleted:
            self.overlay.delete()


def held_by(element: ui.element) -> Overlay | None:
    """The panel or question in which this stands."""
    return next((one for one in element.ancestors() if isinstance(one, Overlay)), None)


def open_panel(desk: Desk, title: str) -> Panel:
    """A new panel in place of the one that may be open."""
    for overlay in [child for child in desk.layer if isinstance(child, Overlay)]:
        overlay.delete()
    return Panel(desk, title)
