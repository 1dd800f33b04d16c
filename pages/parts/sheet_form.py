"""What is written in a sheet and sent as a whole: fields, perhaps a signature, and one button that is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from htpy import Node
from nicegui import events, ui

from app.assets import asset
from app.words import Words
from models import Refused
from pages.parts.action import tried
from pages.parts.unbroken import unbroken

LONGEST = 4000  # signs of one field, as they reach us; what a record takes is its own rule


@dataclass(frozen=True, slots=True)
class SheetField:
    """`kind` is that of the input, or `long` for several lines, or `choice` of the options (value, text)."""

    name: str
    label: str
    value: str = ''
    kind: str = 'text'
    autocomplete: str = ''
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came from the browser: text where text belongs, and for the rest whatever somebody sent."""

    values: Mapping[str, str]
    method: str
    strokes: Any


class SheetForm(ui.element, component='sheet_form.js'):
    """`send` is tried at each press; what it refuses is said beside the field in `blames` (reason → field)."""

    def __init__(
        self,
        w: Words,
        *,
        fields: tuple[SheetField, ...],
        submit: str,
        draft: str,
        send: Callable[[Sent], Any],
        more: tuple[SheetField, ...] = (),
        blames: Mapping[str, str] | None = None,
        tone: str = '',
        signed: bool = False,
        strokes: Any = None,
        head: Node = None,
        foot: Node = None,
        act: Callable[[str, str], Any] | None = None,
    ) -> None:
        super().__init__()
        self._w, self._send, self._blames, self._act = w, send, blames or {}, act
        self._one_at_a_time = asyncio.Lock()
        self.strokes: Any = strokes or []
        self._props.update(
            fields=[asdict(field) for field in fields],
            more=[asdict(field) for field in more],
            submit=submit,
            tone=tone,
            draft=draft,
            words={name: w(f'signing.form.{name}') for name in WORDS},
            head=unbroken(head),
            foot=unbroken(foot),
            pad=asset('pad.js') if signed else '',
            strokes=self.strokes,
            answered=0,
            problem='',
            blamed='',
            notice='',
            wait='',
            done='',
        )
        self.on('sent', self._sent)
        self.on('drawn', self._drawn)
        self.on('act', self._acted)

    def tell(
        self, *, head: Node = None, notice: Node = None, wait: str | None = None, done: Node = None, foot: Node = None
    ) -> None:
        """Say something else from now on; what is not named stays, and nothing that was written is touched."""
        said = {'head': head, 'notice': notice, 'done': done, 'foot': foot}
        self._put({name: unbroken(node) for name, node in said.items() if node is not None})
        if wait is not None:
            self._put({'wait': wait})

    def _put(self, wanted: Mapping[str, Any]) -> None:
        if self.is_deleted or all(self._props.get(name) == value for name, value in wanted.items()):
            return
        self._props.update(wanted)
        self.update()

    async def _sent(self, event: events.GenericEventArguments) -> None:
        came = _read(event.args)
        if came is None:
            return
        number, sent = came
        async with self._one_at_a_time:  # a second press waits for the first, and finds it answered
            if number == self._props['answered'] or self.is_deleted:
                return
            no = await tried(self._w, lambda: self._send(sent))
            refused = no.refused if no else None
            self._put({'answered': number, 'problem': no.sentence if no else '', 'blamed': self._blamed(refused)})

    def _blamed(self, refused: Refused | None) -> str:
        return self._blames.get(refused.reason, '') if refused else ''

    def _drawn(self, event: events.GenericEventArguments) -> None:
        strokes = event.args.get('strokes') if isinstance(event.args, dict) else None
        if isinstance(strokes, list) and sum(len(it) if isinstance(it, list) else 1 for it in strokes) <= MOST:
            self.strokes = strokes

    def _acted(self, event: events.GenericEventArguments) -> Any:
        said = event.args if isinstance(event.args, dict) else {}
        verb, reference = said.get('verb'), said.get('ref')
        if self._act and isinstance(verb, str) and isinstance(reference, str):
            return self._act(verb, reference)
        return None

    def _displayed_contents(self, *, only_visible: bool) -> list[str]:
        # What a test's user reads in it.
        from pages.parts.region import texts_of

        parts = [texts_of(str(self._props[name])) for name in ('head', 'notice', 'done', 'foot')]
        labels = [field['label'] for field in (*self._props['fields'], *self._props['more'])]
        values = [field['value'] for field in self._props['fields']]
        said = [str(self._props[name]) for name in ('problem', 'wait', 'submit')]
        return [*super()._displayed_contents(only_visible=only_visible), *parts, *labels, *values, *said]


WORDS = (
    'how', 'Drawn', 'Typed', 'drawn', 'empty', 'here', 'undo', 'clear', 'typed', 'more', 'slow', 'sending',
)  # fmt: skip
MOST = 5000  # points that are kept while one draws


def _read(args: Any) -> tuple[int, Sent] | None:
    """Anybody can send anything here: what is not of this form is no press."""
    if not isinstance(args, dict) or type(args.get('sent')) is not int or not isinstance(args.get('values'), dict):
        return None
    values = {name: text[:LONGEST] for name, text in args['values'].items() if isinstance(text, str)}
    return args['sent'], Sent(values, str(args.get('method', ''))[:20], args.get('strokes'))
