"""The paper that asks for a security deposit: how much, how to pay it, and when and how it goes back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.labels import Labels, money
from app.papers.marks import issuer
from app.papers.parties import addressed, rental
from app.papers.paying import set_payment
from app.papers.sheet import TINY, Fact, Said, Sheet, Signer, Sum
from app.papers.table import Column, Row, Table


def set_deposit_request(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, amount = sheet.labels, Decimal(frozen['amount'])
    sheet.head(labels('deposit.request_title'), _facts(labels, frozen))
    sheet.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    set_lines(sheet, [Row(([], titled(labels, 'deposit.line', frozen), money(amount)), amount)])
    sheet.totals([Sum(labels('deposit.amount'), amount, 2)], in_words_of=amount)
    set_payment(sheet, frozen)
    policy(sheet, frozen)
    sheet.signatures(Signer(labels('sign.document_to')), issuer(sheet, 'sign.document_from', frozen['issued_on']))


def set_lines(sheet: Sheet, rows: list[Row]) -> None:
    """A table of what and how much."""
    labels = sheet.labels
    columns = [Column(('', ''), 8, 'C'), Column(labels('sheet.item'), 138), Column(labels('sheet.amount'), 32, 'R')]
    Table(sheet, columns, carried=False).set(rows)


def titled(labels: Labels, key: str, frozen: dict[str, Any]) -> list[Said]:
    """A sentence about this rental."""
    first, second = labels.matched(key, {'title': labels.pick(frozen['title'], frozen['title_th'])})
    return [Said(first), Said(second, TINY)]


def deposit_facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    """Where the deposit belongs."""
    yield Fact(labels('deposit.quote'), frozen['quote'])
    if frozen['job']:
        yield Fact(labels('deposit.job'), frozen['job'])


def policy(sheet: Sheet, frozen: dict[str, Any]) -> None:
    first, second = sheet.labels('deposit.policy_text', days=frozen['refund_days'])
    sheet.note(sheet.labels('deposit.policy'), first, second=second)


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['requested_on']))
    yield from deposit_facts(labels, frozen)
