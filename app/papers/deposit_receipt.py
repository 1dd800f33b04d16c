"""The paper of a deposit, or of a part of one, that was received: not a sale, and no tax invoice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.deposit_request import deposit_facts, policy, set_lines, titled
from app.papers.labels import Labels, money
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import addressed, rental
from app.papers.receipt import moved_on, paid_how
from app.papers.sheet import SMALL, Fact, Sheet, Signer, Sum
from app.papers.table import Row


def set_deposit_receipt(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, amount = sheet.labels, Decimal(frozen['amount'])
    sheet.head(labels('deposit.receipt_title'), facts(labels, frozen), mark=mark_of(labels, frozen), second=LAWFUL)
    sheet.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    set_lines(sheet, [Row(([], titled(labels, 'deposit.in_return', frozen), money(amount)), amount)])
    sheet.totals(_sums(labels, frozen), in_words_of=amount, beside=paid_how(labels, frozen))
    policy(sheet, frozen)
    first, second = labels('deposit.no_vat')
    sheet.note(labels('sheet.notes'), first, ink=SMALL, second=second)
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.money_from')), issuer(sheet, 'sign.money_to', frozen['issued_on']))


def facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))
    back = frozen['receipt_kind'] == 'DEPRR'
    yield from moved_on(labels, frozen, 'credit_return.returned_on' if back else 'receipt.moved_on')
    yield Fact(labels('deposit.deposit'), frozen['deposit']['number'])
    yield from deposit_facts(labels, frozen)


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    """What came now; where the deposit comes in parts also how it stands."""
    deposit, amount = frozen['deposit'], Decimal(frozen['amount'])
    found = [Sum(labels('deposit.received_now'), amount, 2)]
    asked, awaited = Decimal(deposit['amount']), Decimal(deposit['awaited'])
    if asked != amount:
        found = [Sum(labels('deposit.asked'), asked), *found]
        found += [Sum(labels('deposit.held'), Decimal(deposit['held'])), Sum(labels('deposit.awaited'), awaited)]
    return found
