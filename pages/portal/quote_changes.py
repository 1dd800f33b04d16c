"""What is new in a version of a quote, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from htpy import Node, b, li, span, ul

from models.quote_version import Change
from pages.portal.lines import line_name
from pages.portal.quote_view import QuoteView
from pages.portal.reader import Reader

MONEY = ('total_due', 'deposit', 'rate')
DAYS = ('job_start', 'job_end', 'expires_on')
COUNTS = ('quantity', 'duration')
# Their old text is of no use beside the new one; a kind of line is our own affair.
TOLD_ONLY = ('customer_notes', 'optional')
UNTOLD = ('kind',)
IN_ONE_LANGUAGE = {'title': 'en', 'title_th': 'th', 'name': 'en', 'name_th': 'th'}


def change_list(r: Reader, quote: QuoteView) -> Node:
    """All of it: for a reader who knows the version before."""
    changes = [change for change in quote.changes if _is_told(r, change)]
    names = {line.id: line_name(r, line) for line in quote.lines}
    return ul('.changes')[
        [li[_kind(r, change), ' ', _what(r, change, names, quote), ' ', _between(r, change)] for change in changes]
    ]


def line_marks(r: Reader, quote: QuoteView) -> dict[UUID, tuple[str, str]]:
    """By line: `new` or `changed`, and how."""
    marks: dict[UUID, tuple[str, str]] = {}
    for change in quote.changes:
        if change.line_id is None or change.what == 'removed' or not _is_told(r, change):
            continue
        if change.what == 'added':
            marks[change.line_id] = ('new', r.w('signing.new_line'))
        else:
            before = marks.get(change.line_id, ('', ''))[1]
            said = ' '.join(filter(None, (r.w(f'signing.field.{change.field}'), _from_to(r, change))))
            marks[change.line_id] = ('changed', f'{before}, {said}' if before else said)
    return marks


def has_changes(r: Reader, quote: QuoteView) -> bool:
    return any(_is_told(r, change) for change in quote.changes)


def _is_told(r: Reader, change: Change) -> bool:
    if change.what != 'changed':
        return True
    return change.field not in UNTOLD and IN_ONE_LANGUAGE.get(change.field, r.language) == r.language


def _kind(r: Reader, change: Change) -> Node:
    tone = {'added': 'good', 'removed': 'bad', 'changed': ''}[change.what]
    return span(class_=f'chip {tone}'.strip())[r.w(f'signing.{change.what}')]


def _what(r: Reader, change: Change, names: dict[UUID, str], quote: QuoteView) -> Node:
    if change.what != 'changed':
        # Of a line that came or went the field holds its Thai name and the value its English one.
        return b[r.w.pick(change.before or change.after, change.field)]
    # What the reader has ticked is in the total above, and in neither of these two.
    plain = '_plain' if change.field == 'total_due' and quote.optional else ''
    field = r.w(f'signing.field.{change.field}{plain}')
    if change.line_id is None:
        return b[field]
    return [b[names.get(change.line_id, '')], f': {field}']


def _between(r: Reader, change: Change) -> Node:
    """Numbers stay whole; where two sums have no room beside each other the second goes below."""
    if change.what != 'changed':
        return None
    if change.field in (*DAYS, *COUNTS):
        return span('.n')[_from_to(r, change)]
    if change.field in MONEY:
        write = _writer(r, change.field)
        return [span('.n')[f'{write(change.before)} →'], ' ', span('.n')[write(change.after)]]
    return _from_to(r, change)


def _from_to(r: Reader, change: Change) -> str:
    if change.what != 'changed' or change.field in TOLD_ONLY:
        return ''
    write = _writer(r, change.field)
    return f'{write(change.before)} → {write(change.after)}'


def _writer(r: Reader, field: str) -> Callable[[str], str]:
    if field in MONEY:
        return lambda text: r.w.baht(Decimal(text))
    if field in DAYS:
        return lambda text: r.w.day(date.fromisoformat(text))
    if field in COUNTS:
        return lambda text: r.w.number(Decimal(text))
    if field == 'rate_type':
        return lambda text: r.w(f'common.rate_type.{text.lower()}')
    return lambda text: text or '—'
