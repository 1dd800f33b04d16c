"""The paper of an invoice; it is a tax invoice too only where the firm's tax point is the issue (s.86/4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.labels import Labels, money, number
from app.papers.lines import line_columns, line_row, plain_row
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import addressed, rental
from app.papers.paying import Beside, set_payment
from app.papers.sheet import BOLD, SMALL, TINY, Fact, Said, Sheet, Signer, Sum
from app.papers.sums import vat_sums, withheld_label
from app.papers.table import Row, Table


def invoice_title(frozen: dict[str, Any]) -> str:
    return 'invoice.tax_title' if frozen['tax_invoice_number'] else 'invoice.title'


def set_invoice(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels = sheet.labels
    title, facts = labels(invoice_title(frozen)), _facts(labels, frozen)
    if frozen['tax_invoice_number']:
        sheet.head(title, facts, mark=mark_of(labels, frozen, set_of_papers=True), second=LAWFUL)
    else:
        sheet.head(title, facts, mark=mark_of(labels, frozen) if frozen.get('copy') else None)
    about = [rental(labels, frozen['job'], 'start_on', 'end_on')] if frozen['job'] else []
    sheet.parties(addressed(labels, frozen['customer']), *about)
    Table(sheet, line_columns(labels)).set(list(rows(labels, frozen['lines'], frozen['prepayments'])))
    sheet.totals(_sums(labels, frozen), in_words_of=Decimal(frozen['total']))
    set_payment(sheet, frozen, _if_withheld(labels, frozen))
    sheet.note(labels('sheet.notes'), frozen['customer_notes'])
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.bill_to')), issuer(sheet, 'sign.bill_from', frozen['issued_on']))


def rows(labels: Labels, lines: list[dict[str, Any]], prepayments: list[dict[str, Any]]) -> Iterator[Row]:
    """What is charged, and what was paid before as rows below zero, before VAT, with the numbers of its papers."""
    for at, line in enumerate(lines, 1):
        yield line_row(labels, at, line)
    for paid in prepayments:
        more = '   '.join(filter(None, (paid['tax_invoice_number'], labels.day(paid['issued_on'])[0])))
        yield plain_row(labels('invoice.prepayment', number=paid['number']), -Decimal(paid['net']), Said(more, TINY))


def discount_sum(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    discount = Decimal(frozen['discount'])
    if not discount:
        return []
    if frozen['discount_kind'] == '%':
        return [Sum(labels('sheet.discount_percent', percent=number(frozen['discount_value'])), -discount)]
    return [Sum(labels('sheet.discount'), -discount)]


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    if frozen['tax_invoice_number']:
        yield Fact(labels('invoice.tax_number'), frozen['tax_invoice_number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))
    yield Fact(labels('invoice.due'), labels.day(frozen['due_on']))
    if frozen['job']:
        yield Fact(labels('invoice.job'), frozen['job']['number'])


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    """A firm without VAT tells of none; a value before VAT is told where the subtotal is another one."""
    subtotal, discount, vat = (Decimal(frozen[name]) for name in ('subtotal', 'discount', 'vat'))
    found = [Sum(labels('sums.lines'), subtotal), *discount_sum(labels, frozen)]
    if vat or Decimal(frozen['vat_percent']):
        value, tax = vat_sums(labels, net=subtotal - discount, vat=vat, percent=frozen['vat_percent'])
        found += [value, tax] if discount else [tax]
    return [*found, Sum(labels('sheet.grand_total'), Decimal(frozen['total']), 2)]


def _if_withheld(labels: Labels, frozen: dict[str, Any]) -> list[Beside]:
    """For a company's accountant: what it would withhold by class and pay then. The debt stays the whole."""
    parts = frozen['withholding']
    if not parts or frozen['customer']['kind'] != 'Company':
        return []
    told = [Beside(labels('invoice.if_withheld'), ink=BOLD)]
    told += [Beside(withheld_label(labels, part), money(part['tax']), SMALL) for part in parts]
    told.append(Beside(labels('sums.net_payable'), money(frozen['net_if_withheld']), BOLD))
    if frozen.get('promptpay'):
        told.append(Beside(labels('invoice.if_withheld_note'), ink=TINY))
    return told
