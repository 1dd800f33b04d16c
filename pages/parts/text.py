"""Words on the page that stand outside of what is drawn as HTML."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement

from pages.parts.unbroken import unbroken_days


class Text(TextElement):
    """`Text('h2', 'Live links')`: one element with a text that may change."""

    def __init__(self, tag: str, text: str = '') -> None:
        super().__init__(tag=tag, text=text)

    def _text_to_model_text(self, text: str) -> None:
        super()._text_to_model_text(unbroken_days(text))
