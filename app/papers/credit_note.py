"""A credit note (s.86/10): which paper it lowers, what that said, what is right, the difference, its VAT, and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.deposit_request import set_lines
from app.papers.labels import Labels, money, number
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import Block, addressed
from app.papers.sheet import BOLD, SMALL, TEXT, TINY, Fact, Said, Sheet, Signer, Sum
from app.papers.sums import in_baht, told
from app.papers.table import Row


def set_credit_note(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, amount = sheet.labels, Decimal(frozen['amount'])
    sheet.head(labels('credit_note.title'), _facts(labels, frozen), mark=mark_of(labels, frozen), second=LAWFUL)
    sheet.parties(addressed(labels, frozen['customer']), _original(labels, frozen))
    set_lines(sheet, list(_rows(labels, frozen)))
    sheet.totals(_sums(labels, frozen), in_words_of=amount, beside=_beside(labels, frozen))
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.document_to')), issuer(sheet, 'sign.document_from', frozen['issued_on']))


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))
    if frozen['invoice_number'] not in ('', frozen['original_number']):
        yield Fact(labels('credit_note.invoice'), frozen['invoice_number'])


def _original(labels: Labels, frozen: dict[str, Any]) -> Block:
    """The paper that is lowered, and the tax invoices that were made of what was paid of it."""
    day = labels.day(frozen['original_on'])
    said = [
        Said(frozen['original_number'], BOLD),
        Said(f'{labels("credit_note.original_on")[0]} {day[0]}', TEXT),
        Said(day[1], SMALL),
    ]
    taxed = [one for one in frozen['tax_invoices'] if one['number'] != frozen['original_number']]
    if taxed:
        said.append(Said('  '.join(labels('credit_note.tax_invoices')), SMALL))
    for one in taxed:
        first = labels.matched('credit_note.tax_invoice', {'day': labels.day(one['issued_on'])}, number=one['number'])
        said.append(Said(first[0], TEXT))
    return labels('credit_note.original'), said


def _rows(labels: Labels, frozen: dict[str, Any]) -> Iterator[Row]:
    reason, voids = labels('credit_note.reason'), labels('credit_note.voids')
    before = labels('credit_note.more_than_invoice')
    because = [Said(frozen['reason'])] if frozen['reason'] else [Said(before[0]), Said(before[1], SMALL)]
    said = [Said('  '.join(reason), TINY), *because]
    if frozen['voids']:
        said += [Said(voids[0], SMALL), Said(voids[1], TINY)]
    difference = Decimal(frozen['difference'])
    yield Row(([Said('1', SMALL)], said, money(difference)), difference)


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    names = ('original_value', 'right_value')
    found = [Sum(labels(f'credit_note.{name}'), Decimal(frozen[name])) for name in names]
    found.append(Sum(labels('credit_note.difference'), Decimal(frozen['difference']), 1))
    if Decimal(frozen['vat']) or Decimal(frozen['vat_percent']):
        found.append(Sum(labels('sheet.vat', percent=number(frozen['vat_percent'])), Decimal(frozen['vat'])))
    return [*found, Sum(labels('credit_note.amount'), Decimal(frozen['amount']), 2)]


def _beside(labels: Labels, frozen: dict[str, Any]) -> list[Said]:
    """What the customer has of it."""
    names = [name for name in ('lowered', 'credit') if Decimal(frozen[name])]
    said = [one for name in names for one in in_baht(labels, f'credit_note.{name}', frozen[name])]
    return [*told(labels('credit_note.values')), *said]
