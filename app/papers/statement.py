"""The statement of account: what was owed before a period, what happened in it, what is owed after."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.labels import Labels, money
from app.papers.parties import Block, addressed
from app.papers.paying import set_banks
from app.papers.pen import Ink
from app.papers.sheet import BOLD, SMALL, TINY, Fact, Said, Sheet, Sum
from app.papers.sums import in_baht, told
from app.papers.table import Column, Row, Table


def set_statement(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, closing = sheet.labels, Decimal(frozen['closing'])
    sheet.head(labels('statement.title'), _facts(labels, frozen))
    sheet.parties(addressed(labels, frozen['customer']), _period(labels, frozen))
    columns = [
        Column(labels('sheet.date'), 31),
        Column(labels('statement.document'), 32),
        Column(labels('sheet.item'), 43),
        Column(labels('statement.charged'), 24, 'R'),
        Column(labels('statement.settled'), 24, 'R'),
        Column(labels('statement.balance'), 24, 'R'),
    ]
    Table(sheet, columns).set(list(_rows(labels, frozen)))
    sheet.totals(_sums(labels, frozen), in_words_of=closing, beside=_beside(labels, frozen))
    if closing > 0:
        set_banks(sheet)


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))


def _period(labels: Labels, frozen: dict[str, Any]) -> Block:
    first, second = labels.span(frozen['first'], frozen['last'])
    return labels('statement.period'), [Said(first, BOLD), Said(second, SMALL)]


def _rows(labels: Labels, frozen: dict[str, Any]) -> Iterator[Row]:
    """The last column runs on; over pages it is what is carried."""
    opening = Decimal(frozen['opening'])
    label, day = labels('statement.opening'), labels.day(frozen['first'])
    yield Row(
        (_day(day), [], [Said(label[0], BOLD), Said(label[1], TINY)], [], [], [Said(money(opening), BOLD)]), opening
    )
    if not frozen['lines']:
        none = labels('statement.nothing')
        yield Row(([], [], [Said(none[0], SMALL), Said(none[1], TINY)], [], [], []))
    for line in frozen['lines']:
        yield _row(labels, line)


def _row(labels: Labels, line: dict[str, Any]) -> Row:
    charged, settled = Decimal(line['charged']), Decimal(line['settled'])
    what = labels(f'statement.{line["what"]}')
    about = labels.pick(line['about'], line.get('about_th', ''))[0]
    return Row(
        (
            _day(labels.day(line['on'])),
            [Said(line['number'])],
            [Said(what[0]), Said(what[1], TINY), Said(about, SMALL), *_moved(labels, line)],
            money(charged) if charged else '',
            money(settled) if settled else '',
            money(line['balance']),
        ),
        charged - settled,
    )


def _moved(labels: Labels, line: dict[str, Any]) -> list[Said]:
    """On which day the money itself moved, where its paper is of another."""
    day = line.get('moved_on', '')
    if not day:
        return []
    key = 'returned_on' if line['what'] == 'credit_returned' else 'received_on'
    both = labels.matched(f'statement.{key}', {'day': labels.day(day)})
    return [Said(both[0], SMALL), Said(both[1], TINY)]


def _day(day: tuple[str, str]) -> list[Said]:
    return [Said(day[0], Ink(8.6)), Said(day[1], TINY)]


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    return [
        Sum(labels('statement.opening'), Decimal(frozen['opening'])),
        Sum(labels('statement.total_charged'), Decimal(frozen['charged'])),
        Sum(labels('statement.total_settled'), -Decimal(frozen['settled'])),
        Sum(labels('statement.closing'), Decimal(frozen['closing']), 2),
    ]


def _beside(labels: Labels, frozen: dict[str, Any]) -> list[Said]:
    """What the closing balance means, in words that leave no doubt about who owes whom."""
    closing, held = Decimal(frozen['closing']), Decimal(frozen['deposits_held'])
    key = 'owed' if closing > 0 else 'in_favour' if closing else 'nothing_owed'
    said = told(labels.matched(f'statement.{key}', {'day': labels.day(frozen['last'])}, amount=money(abs(closing))))
    return [*said, *(in_baht(labels, 'statement.deposits_held', held) if held else [])]
