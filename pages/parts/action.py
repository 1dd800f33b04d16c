"""Presses: the one place where a verb is tried and, when the answer is no, the reader is told why."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui.elements.mixins.text_element import TextElement

from models import Refused

if TYPE_CHECKING:
    from app.words import Words
    from pages.frame import Desk

log = logging.getLogger(__name__)

Verb = Callable[[], Any]
Explain = Callable[[Refused | None, str], None]


PRESSED = '() => emit()'
# The second half of a double click comes when the first is done already, and would do it again.
PRESSED_ONCE = '(event) => event.detail < 2 && emit()'
WEIGHTY = ('', 'bad')  # what these do is written down; lines of a form may be added as fast as one likes


@dataclass(frozen=True, slots=True)
class No:
    """Why a press did nothing: the rule that refused it (None for a fault of ours), and the sentence that says so."""

    refused: Refused | None
    sentence: str


async def attempt(desk: Desk, verb: Verb, explain: Explain | None = None) -> bool:
    """Try the verb; True when it was done. Otherwise the reader is told why, by `explain` or in passing.

    Whatever was typed stays where it is.
    """
    tell = explain or (lambda _refused, sentence: desk.warn(sentence))
    no = await tried(desk.w, verb)
    if no:
        tell(no.refused, no.sentence)
    return no is None


async def tried(w: Words, verb: Verb) -> No | None:
    """Try the verb, for whoever reads these words; None when it was done."""
    try:
        answer = verb()
        if inspect.isawaitable(answer):
            await answer
    except Refused as refused:
        return No(refused, w.refusal(refused))
    except Exception:
        log.exception('A press failed')
        return No(None, w('refusals.went_wrong'))
    return None


class Button(TextElement):
    """A plain button; it does one thing at a time, however often it is pressed."""

    def __init__(self, text: str, pressed: Verb | None = None, *, tone: str = '', key: str = '') -> None:
        super().__init__(tag='button', text=text)
        self.classes(f'btn {tone}'.strip())
        self.props['type'] = 'button'
        if key:
            self.props['data-key'] = key
        self._busy = False
        if pressed:
            how = PRESSED_ONCE if tone in WEIGHTY else PRESSED
            self.on('click', lambda: self._press(pressed), js_handler=how)

    async def _press(self, pressed: Verb) -> None:
        if self._busy:
            return
        self._busy = True
        self._show_busy()
        try:
            answer = pressed()
            if inspect.isawaitable(answer):
                await answer
        finally:
            self._busy = False
            if not self.is_deleted:
                self._show_busy()

    def _show_busy(self) -> None:
        # Not disabled: the browser would take the focus away, and whoever works by keyboard would have to start over.
        self.props['aria-busy'] = 'true' if self._busy else 'false'
        self.update()


def action(
    desk: Desk,
    label: str,
    verb: Verb,
    *,
    tone: str = '',
    done: str = '',
    key: str = '',
    explain: Explain | None = None,
) -> Button:
    """A button for one verb: it waits for the answer, and says why if the answer is no.

    `tone` is '' (the one primary action), 'ghost', 'bad' or 'text'; `done` is said when it was done; `key` presses it.
    """

    async def press() -> None:
        if await attempt(desk, verb, explain) and done:
            desk.say(done)

    return Button(label, press, tone=tone, key=key)


def guarded(desk: Desk, act: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    """For a Region's `act`: taps in drawn HTML are tried like any other press."""

    async def tapped(verb: str, reference: str) -> None:
        await attempt(desk, lambda: act(verb, reference))

    return tapped
