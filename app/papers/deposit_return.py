"""The paper of a deposit that goes back: what was received, what was kept and why, what is returned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.papers.deposit_receipt import facts
from app.papers.deposit_request import titled
from app.papers.labels import Labels, money
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import addressed, rental
from app.papers.receipt import paid_how
from app.papers.sheet import SMALL, TINY, Said, Sheet, Signer, Sum
from app.papers.sums import told
from app.papers.table import Column, Row, Table

KINDS_KEPT = {'Charge': 'charge', 'Compensation for damage': 'damage'}


def set_deposit_return(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, returned = sheet.labels, Decimal(frozen['amount'])
    sheet.head(labels('deposit.return_title'), facts(labels, frozen), mark=mark_of(labels, frozen), second=LAWFUL)
    sheet.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    columns = [
        Column(('', ''), 8, 'C'),
        Column(labels('sheet.item'), 108),
        Column(labels('deposit.vat_column'), 30, 'R'),
        Column(labels('sheet.amount'), 32, 'R'),
    ]
    Table(sheet, columns).set(_rows(labels, frozen))
    how = paid_how(labels, frozen, 'back') if returned else []
    none_kept = [] if frozen['kept_lines'] else told(labels('deposit.nothing_kept'))
    sheet.totals(_sums(labels, frozen), in_words_of=returned, beside=[*how, *none_kept])
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.money_to')), issuer(sheet, 'sign.money_back', frozen['issued_on']))


def _rows(labels: Labels, frozen: dict[str, Any]) -> list[Row]:
    collected = Decimal(frozen['deposit']['collected'])
    rows = [Row(([], titled(labels, 'deposit.in_return', frozen), [], money(collected)), collected)]
    return [*rows, *(_kept(labels, at, line) for at, line in enumerate(frozen['kept_lines'], 1))]


def _kept(labels: Labels, at: int, line: dict[str, Any]) -> Row:
    """The customer's money that stays with the firm: of what kind, why, its VAT, and where that is invoiced."""
    amount = Decimal(line['amount'])
    said = [Said(line['reason']), Said('  '.join(labels(f'deposit.{KINDS_KEPT[line["kind"]]}')), SMALL)]
    if line['tax_invoice_number']:
        said.append(Said('  '.join(labels('deposit.tax_invoice', number=line['tax_invoice_number'])), SMALL))
    none = labels('deposit.no_vat_inside')
    vat = money(line['vat']) if line['tax_invoice_number'] else [Said(none[0], SMALL), Said(none[1], TINY)]
    return Row(([Said(str(at), SMALL)], said, vat, money(-amount)), -amount)


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    kept, vat = Decimal(frozen['kept']), Decimal(frozen['kept_vat'])
    found = [Sum(labels('deposit.collected'), Decimal(frozen['deposit']['collected']))]
    if kept:
        found.append(Sum(labels('deposit.kept'), -kept))
    found.append(Sum(labels('deposit.returned'), Decimal(frozen['amount']), 2))
    if vat:
        found.append(Sum(labels('deposit.kept_vat'), vat))
    return found
