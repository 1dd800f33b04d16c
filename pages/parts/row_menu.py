"""The ••• of a drawn list: one menu for all its rows, since one for each would weigh more than the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from htpy import Node, button
from nicegui import events, ui

from pages.parts.action import attempt

if TYPE_CHECKING:
    from pages.frame import Desk


class RowMenu(ui.element, component='row_menu.js'):
    """`choose(key, reference)` is called with what was chosen and the row's reference."""

    def __init__(self, desk: Desk, label: str, entries: Mapping[str, str], choose: Callable[[str, str], Any]) -> None:
        super().__init__()
        self._desk, self._choose = desk, choose
        self._props['label'] = label
        self._props['entries'] = dict(entries)
        self.on('choose', self._chosen)

    async def _chosen(self, event: events.GenericEventArguments) -> None:
        # Anybody can send anything here; who may is asked again by what is called.
        said = event.args if isinstance(event.args, dict) else {}
        key, reference = said.get('key'), said.get('ref')
        if isinstance(key, str) and isinstance(reference, str):
            await attempt(self._desk, lambda: self._choose(key, reference))


def row_dots(label: str, keys: Sequence[str], reference: str) -> Node:
    """The button of one row; none where there is nothing to choose."""
    if not keys:
        return None
    return button(
        '.dots', type='button', data_menu=' '.join(keys), data_ref=reference, aria_haspopup='menu', aria_label=label
    )['•••']
