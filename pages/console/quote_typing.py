"""The element in which a quote is typed: the browser keeps what is not saved, the house hears and patches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from htpy import Node, fragment
from nicegui import events, ui
from uuid_utils.compat import uuid7

from models import Refused

EDITOR = Path(__file__).parents[2] / 'assets/editor'
SPARES = 12  # ids handed out beforehand, so that a new line is there without waiting for an answer
LONGEST = 12_000  # characters of one field that are taken from a browser
MOST_AT_ONCE = 4_000  # fields that one message may bring

Hear = Callable[[str, dict[str, Any]], Awaitable[None]]


class QuoteTyping(ui.element, component='quote_typing.js', esm={'quote-editor': str(EDITOR)}):
    """`html` is drawn once, `lines` and `values` fill it; afterwards fields and rows are patched, never what is typed.

    `hear(what, said)` gets what happens: typed, added, removed, restored, ordered, sought, chosen, act.
    """

    def __init__(
        self,
        node: Node,
        *,
        stored_as: str,
        words: dict[str, str],
        lines: list[str],
        values: dict[str, str],
        shown: dict[str, str],
        hear: Hear,
        gone: Callable[[], None],
    ) -> None:
        super().__init__()
        self._props['html'] = str(fragment[node])
        self._props['storedAs'] = stored_as
        self._props['words'] = words
        self._props['lines'], self._props['values'], self._props['shown'] = lines, values, shown
        self._spares: set[UUID] = set()
        self._props['spares'] = self.spare()
        self._hear, self._gone = hear, gone
        self.on('said', self._said)

    def patch(self, **parts: Any) -> None:
        """`values` and `kept` by path, `texts` and `notes` by name, `rows`, `order`, `gone`, `sought`."""
        given = {name: part for name, part in parts.items() if part}
        if given and not self.is_deleted:
            self.run_method('patch', given)

    def spare(self) -> list[str]:
        """As many new ids as were used up."""
        fresh = [uuid7() for _ in range(SPARES - len(self._spares))]
        self._spares.update(fresh)
        return [str(one) for one in fresh]

    def used(self, line_id: UUID) -> None:
        """A new line has this id. Raises Refused: only ids that were handed out here may be used."""
        if line_id not in self._spares:
            raise Refused('record_gone')
        self._spares.discard(line_id)
        self.patch(spares=self.spare())

    def _handle_delete(self) -> None:
        # With the page or with the screen, whichever goes first.
        super()._handle_delete()
        self._gone()

    async def _said(self, event: events.GenericEventArguments) -> None:
        # Anybody can send anything here; what it means is read again by who hears it.
        said = event.args if isinstance(event.args, dict) else {}
        what = said.get('what')
        if isinstance(what, str):
            await self._hear(what, said)


def fields_in(said: dict[str, Any], name: str = 'fields') -> dict[str, str]:
    """Texts by path, as far as they are such."""
    given = said.get(name)
    if not isinstance(given, dict) or len(given) > MOST_AT_ONCE:
        return {}
    return {path: text[:LONGEST] for path, text in given.items() if isinstance(path, str) and isinstance(text, str)}


def id_of(said: dict[str, Any], name: str = 'id') -> UUID | None:
    try:
        return UUID(str(said.get(name)))
    except ValueError:
        return None


def ids_of(said: dict[str, Any]) -> list[UUID]:
    given = said.get('ids')
    found = [id_of({'id': one}) for one in given[:MOST_AT_ONCE]] if isinstance(given, list) else []
    return [one for one in found if one]
