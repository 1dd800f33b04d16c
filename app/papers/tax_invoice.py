"""A tax invoice of its own (s.86/4): what was kept of a deposit for a charge, paid from it, with the VAT inside."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.deposit_request import set_lines
from app.papers.labels import Labels, money
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import addressed, rental
from app.papers.sheet import SMALL, TINY, Fact, Said, Sheet, Signer, Sum
from app.papers.sums import told, vat_sums
from app.papers.table import Row


def set_tax_invoice(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, amount, vat = sheet.labels, Decimal(frozen['amount']), Decimal(frozen['vat'])
    net = amount - vat
    sheet.head(labels('tax_invoice.title'), _facts(labels, frozen), mark=mark_of(labels, frozen), second=LAWFUL)
    sheet.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    kind = labels('deposit.charge')
    what = [Said(frozen['reason']), Said('  '.join(kind), TINY)]
    set_lines(sheet, [Row(([Said('1', SMALL)], what, money(net)), net)])
    sheet.totals(
        [
            *vat_sums(labels, net=net, vat=vat, percent=frozen['vat_percent']),
            Sum(labels('sheet.grand_total'), amount, 2),
        ],
        in_words_of=amount,
        beside=told(labels('tax_invoice.from_deposit', number=frozen['deposit'])),
    )
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.document_to')), issuer(sheet, 'sign.authorised', frozen['issued_on']))


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))
    yield Fact(labels('tax_invoice.receipt'), frozen['receipt'])
    if frozen['job']:
        yield Fact(labels('deposit.job'), frozen['job'])
