"""One element for one piece of HTML that a pure function drew, and the page's first screen made of the same HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from re import sub
from typing import Any

from htpy import Node
from nicegui import events, ui

from pages.parts.unbroken import unbroken

FOLDER = Path(__file__).parent
IDIOMORPH = FOLDER.parent.parent / 'assets/idiomorph'
# Stands in the head: a slow connection may pause after the first button, and then a tap would be lost.
REMEMBER_EARLY_TAP = (
    '<script>addEventListener("click",e=>{const b=e.target.closest("#first [data-do]");'
    'if(b){window.earlyTap={...b.dataset};b.setAttribute("aria-busy","true")}})</script>'
)

Act = Callable[[str, str], Any]


class Region(ui.element, component='region.js', esm={'idiomorph': str(IDIOMORPH)}):
    """HTML that is patched in place when it changes; taps on `data-do` come back as verb and reference."""

    def __init__(self, node: Node = None, act: Act | None = None) -> None:
        super().__init__()
        self._props['html'] = ''
        self.show(node)
        if act is not None:
            self.on('act', lambda event: self._acted(event, act))

    def show(self, node: Node) -> None:
        """Show this from now on; nothing is sent when nothing changed."""
        html = unbroken(node)
        if html != self._props['html']:
            self._props['html'] = html
            self.update()

    @property
    def html(self) -> str:
        return str(self._props['html'])

    def _acted(self, event: events.GenericEventArguments, act: Act) -> Any:
        # Anybody can send anything here: what is not a verb and a reference is not a tap.
        said = event.args if isinstance(event.args, dict) else {}
        verb, reference = said.get('verb'), said.get('ref')
        if isinstance(verb, str) and isinstance(reference, str | None):
            return act(verb, reference or '')
        return None

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:
        # What a test's user reads: the text as a person would see it.
        text = texts_of(self.html)
        return [*super()._displayed_contents(only_visible=only_visible), text, unescape(sub('<[^>]*>', '', self.html))]


def texts_of(html: str) -> str:
    """What a person reads of it."""
    return ' '.join(unescape(sub('<[^>]*>', ' ', html)).split())


def first_screen(client_content: ui.element) -> None:
    """Serve what the page shows as plain HTML too, readable before the application has booted."""
    # Browsers that know it draw the first screen at once instead of an empty page before it.
    ui.add_head_html(f'<link rel="expect" href="#first" blocking="render">{REMEMBER_EARLY_TAP}')
    ui.add_body_html(f'<div id="first">{_drawn(client_content)}</div><!--first-->')


def _drawn(element: ui.element) -> str:
    # Regions and the boxes around them; sheets and inputs come with the application.
    if isinstance(element, Region):
        inside = element.html
    elif element.tag == 'div' or isinstance(element, ui.sub_pages):
        inside = ''.join(_drawn(child) for child in element)
    else:
        return ''
    return f'<div class="{" ".join(element.classes)}">{inside}</div>'
