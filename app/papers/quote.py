"""The paper of a quote: what is offered, until when, on which terms; set from the frozen version and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.papers.colours import INK
from app.papers.labels import Labels, number
from app.papers.lines import line_columns, line_row, optional_tag
from app.papers.parties import addressed, rental
from app.papers.pen import Ink
from app.papers.sheet import Fact, Pair, Sheet, Signer, Sum
from app.papers.table import Table

TERMS = Ink(8.2, '', INK)


def set_quote(sheet: Sheet, frozen: dict[str, Any], *, signer: Signer | None = None, mark: Pair | None = None) -> None:
    """Everything up to the signatures; `signer` is the customer's, when somebody has signed, and `mark` says so."""
    labels = sheet.labels
    sheet.head(labels('quote.title'), _facts(labels, frozen), mark=mark)
    sheet.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    Table(sheet, line_columns(labels)).set(
        [line_row(labels, at, line, tag=optional_tag(labels, line)) for at, line in enumerate(frozen['lines'], 1)]
    )
    sheet.totals(sums(labels, frozen), in_words_of=Decimal(frozen['grand_total']))
    sheet.note(labels('sheet.notes'), frozen.get('customer_notes', ''))
    terms(sheet, frozen)
    firm = labels.pick(sheet.firm['name'], sheet.firm['name_th'])[0]
    sheet.signatures(
        signer or Signer(labels('quote.accepted_by')),
        Signer(labels('quote.offered_by'), name=firm, date=labels.day(frozen['quoted_on'])[0]),
    )


def sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    """From the subtotal to what is due; a discount, VAT or deposit of nothing is not told."""
    vat, discount, deposit = (Decimal(frozen[name]) for name in ('vat', 'discount', 'deposit'))
    found = [Sum(labels('sheet.subtotal'), Decimal(frozen['subtotal']))]
    if discount:
        found.append(Sum(_discount(labels, frozen), -discount))
    if vat or Decimal(frozen['vat_percent']):
        found.append(Sum(labels('sheet.vat', percent=number(frozen['vat_percent'])), vat))
    found.append(Sum(labels('sheet.grand_total'), Decimal(frozen['grand_total']), 1 if deposit else 2))
    if deposit:
        found.append(Sum(labels('sheet.deposit'), deposit))
        found.append(Sum(labels('sheet.total_due'), Decimal(frozen['total_due']), 2))
    return found


def terms(sheet: Sheet, frozen: dict[str, Any]) -> None:
    first, second = sheet.labels.pick(frozen.get('terms', ''), frozen.get('terms_th', ''))
    label = sheet.labels('quote.terms', version=frozen.get('terms_version', 1))
    sheet.note(label, first, ink=TERMS, second=second)


def _facts(labels: Labels, frozen: dict[str, Any]) -> Sequence[Fact]:
    facts = [
        Fact(labels('sheet.number'), frozen['number'], strong=True),
        Fact(labels('sheet.date'), labels.day(frozen['quoted_on'])),
        Fact(labels('quote.valid_until'), labels.day(frozen['expires_on'])),
    ]
    if int(frozen.get('published') or 1) > 1:
        facts.insert(1, Fact(labels('sheet.version'), str(frozen['published'])))
    return facts


def _discount(labels: Labels, frozen: dict[str, Any]) -> Pair:
    if frozen.get('discount_kind') == '%':
        return labels('sheet.discount_percent', percent=number(frozen['discount_value']))
    return labels('sheet.discount')
