"""The ••• menu of a record: what is done seldom, under its exact names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from pages.parts.action import attempt

if TYPE_CHECKING:
    from pages.frame import Desk

SERIOUS = ('cancel', 'void', 'revoke', 'erase')  # entries that take something away stand out


class More(ui.element, component='more.js'):
    """`offer` says what it holds now; a choice comes back by its key. Without entries it is not there."""

    def __init__(self, desk: Desk, choose: Callable[[str], Any]) -> None:
        super().__init__()
        self._desk, self._choose = desk, choose
        self._props['label'] = desk.w('jobs.more_actions')
        self._props['items'] = []
        self.set_visibility(False)
        self.on('choose', self._chosen)

    def offer(self, entries: Mapping[str, str]) -> None:
        """Entries by key, in their order."""
        items = [{'key': key, 'text': text, 'tone': 'bad' if key in SERIOUS else ''} for key, text in entries.items()]
        if items != self._props['items']:
            self._props['items'] = items
            self.update()
        self.set_visibility(bool(items))

    async def _chosen(self, event: events.GenericEventArguments) -> None:
        # Anybody can send anything here; who may is asked again by what is called.
        if isinstance(event.args, str):
            await attempt(self._desk, lambda: self._choose(event.args))

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:
        return [
            *super()._displayed_contents(only_visible=only_visible),
            *(item['text'] for item in self._props['items']),
        ]
