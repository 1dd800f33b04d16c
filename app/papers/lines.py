"""The lines of a quote or an invoice in the table: names in both languages, how many, how long, at what rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.papers.colours import QUIET
from app.papers.labels import Labels, money, number
from app.papers.pen import Ink
from app.papers.sheet import SMALL, TEXT, TINY, Pair, Said
from app.papers.table import Column, Row

COUNTED = {'Daily': 'days', 'Weekly': 'weeks', 'Monthly': 'months'}
WITHOUT_TIME = ('Manual', 'Pre-payment')  # a delivery or a day's work has no rental time


def line_columns(labels: Labels) -> list[Column]:
    return [
        Column(('', ''), 8, 'C'),
        Column(labels('sheet.item'), 83),
        Column(labels('sheet.quantity'), 15, 'R'),
        Column(labels('sheet.duration'), 20, 'R'),
        Column(labels('sheet.rate'), 24, 'R'),
        Column(labels('sheet.amount'), 28, 'R'),
    ]


def line_row(labels: Labels, at: int, line: dict[str, Any], *, tag: Said | None = None) -> Row:
    """`tag` says of an optional line whether it counts; only what counts is in the sum that is carried over."""
    counts = not line.get('optional') or bool(line.get('chosen'))
    first, second = labels.pick(line['name'], line.get('name_th', ''))
    look = TEXT if counts else Ink(TEXT.size, '', QUIET)
    amount = Decimal(line['amount'])
    return Row(
        (
            [Said(str(at), SMALL)],
            [Said(first, look), Said(second, TINY), *([tag] if tag else [])],
            [Said(number(line['quantity']), look)],
            _duration(labels, line, look),
            [Said(money(line['rate']), look)],
            [Said(money(amount) if counts else f'({money(amount)})', look)],
        ),
        amount if counts else None,
    )


def plain_row(name: Pair, amount: Decimal, *more: Said) -> Row:
    """A row that has no quantity: an amount and what it is for."""
    return Row(([], [Said(name[0]), Said(name[1], TINY), *more], [], [], [], [Said(money(amount))]), amount)


def optional_tag(labels: Labels, line: dict[str, Any]) -> Said | None:
    if not line.get('optional'):
        return None
    pair = labels('quote.chosen' if line.get('chosen') else 'quote.optional')
    return Said('  '.join(pair), Ink(7.2, 'I', QUIET))


def _duration(labels: Labels, line: dict[str, Any], look: Ink) -> list[Said]:
    if line['kind'] in WITHOUT_TIME:
        return [Said('–', SMALL)]
    first, second = _counted(labels, line)
    return [Said(first, look), Said(second, TINY)]


def _counted(labels: Labels, line: dict[str, Any]) -> Pair:
    count = number(line['duration'])
    first, second = labels(f'sheet.{COUNTED[line["rate_type"]]}', count=count)
    if count == '1':
        first, second = (one.removesuffix('s') for one in (first, second))
    return first, second
