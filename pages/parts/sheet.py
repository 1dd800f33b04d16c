"""The sheet that slides up from the bottom of a phone, above everything that changes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from app.assets import asset
from app.words import Words


class Sheet(ui.element, component='sheet.js'):
    """`with Sheet(layer, w, title):` builds what stands in it. It stays until `leave()`, whatever the page does.

    `layer` is an element outside of all views; `left` is told when the reader closed it.
    """

    def __init__(self, layer: ui.element, w: Words, title: str, left: Callable[[], Any] | None = None) -> None:
        with layer:
            super().__init__()
        self._props['label'], self._props['close'] = title, w('common.close')
        self._props['styles'] = asset('sheet.css')
        self._left = left
        self.on('leave', self.leave, args=[])

    def leave(self) -> None:
        # A page that is taken down as a whole takes the sheet along, the layer below it first.
        if self.is_deleted or (self.parent_slot and self.parent_slot.parent.is_deleted):
            return
        self.delete()
        if self._left:
            self._left()
