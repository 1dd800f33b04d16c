"""What differs between two versions of a quote, as staff read it before they publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from htpy import Node, b, small, span

from app.words import Words
from models import Change, LineKind, QuoteEntry

MONEY = ('total_due', 'deposit', 'rate')
DAYS = ('job_start', 'job_end', 'expires_on')
COUNTS = ('quantity', 'duration')


def change_lines(w: Words, changes: Iterable[Change], entry: QuoteEntry) -> list[Node]:
    names = {line.id: w.pick(line.name, line.name_th) for line in entry.lines}
    return [_line(w, change, names.get(change.line_id, '') if change.line_id else '') for change in changes]


def _line(w: Words, change: Change, name: str) -> Node:
    if change.what != 'changed':
        # Of a line that came or went the field holds its Thai name and the value its English one.
        said = w.pick(change.before or change.after, change.field)
        return [
            span(f'.chip.{"good" if change.what == "added" else "bad"}')[w(f'editor.change.{change.what}')],
            b[said],
        ]
    field = w(f'editor.field.{change.field}')
    return [
        b[name or field],
        small[field] if name else None,
        span('.from-to')[f'{_value(w, change.field, change.before)} → {_value(w, change.field, change.after)}'],
    ]


def _value(w: Words, field: str, text: str) -> str:
    write = _WAYS.get(field)
    return write(w, text) if write else text or '—'


_WAYS: dict[str, Callable[[Words, str], str]] = {
    **dict.fromkeys(MONEY, lambda w, text: w.baht(Decimal(text))),
    **dict.fromkeys(DAYS, lambda w, text: w.day(date.fromisoformat(text))),
    **dict.fromkeys(COUNTS, lambda w, text: w.number(Decimal(text))),
    'rate_type': lambda w, text: w(f'editor.per_{text.lower()}'),
    'kind': lambda w, text: w(f'quotes.kind.{LineKind(text).name.lower()}'),
    'optional': lambda w, text: w('quotes.form.optional') if text == 'True' else w('editor.included'),
}
