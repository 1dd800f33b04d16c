"""Puts a text on the clipboard; where the browser has none, shows it in a field to copy by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from pages.parts.action import Button
from pages.parts.panel import Overlay
from pages.parts.script import call
from pages.parts.text import Text

if TYPE_CHECKING:
    from pages.frame import Desk

# Without https there is no navigator.clipboard; the older command works while a field is selected.
COPY = """
async (text) => {
  try { await navigator.clipboard.writeText(text); return true } catch (error) {}
  const field = document.createElement('textarea');
  field.value = text; field.style.cssText = 'position:fixed;opacity:0';
  (document.querySelector('.overlay:last-of-type .sheet') ?? document.body).append(field);
  const before = document.activeElement;
  field.select();
  let copied = false;
  try { copied = document.execCommand('copy') } catch (error) {}
  field.remove(); before?.focus();
  return copied;
}
"""


async def copy_text(desk: Desk, text: str, *, said: str) -> None:
    """Copy and say so; else show the text, selected, so that the person can copy it."""
    with desk.layer:
        try:
            copied = await call(COPY.strip(), text)
        except TimeoutError:
            copied = False
    if copied:
        desk.say(said)
    else:
        _copy_by_hand(desk, text)


def _copy_by_hand(desk: Desk, text: str) -> None:
    def close() -> None:
        overlay.delete()

    w = desk.w
    with desk.layer, Overlay('question', w('console.copy_by_hand'), close) as overlay:
        Text('h2', w('console.copy_by_hand'))
        Text('p', w('console.copy_by_hand_text'))
        field = ui.input(value=text).props('borderless dense readonly autofocus').classes('link')
        field.props['aria-label'] = w('console.address')
        field.on('focus', js_handler='(event) => event.target.select()')
        with ui.element('div').classes('btns'):
            Button(w('common.close'), close)
