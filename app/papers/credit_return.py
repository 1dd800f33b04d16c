"""The paper of credit that goes back to the customer: how much, how, when, and that no tax is told by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.papers.deposit_request import set_lines
from app.papers.labels import money
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import addressed
from app.papers.receipt import paid_how
from app.papers.sheet import SMALL, TINY, Fact, Said, Sheet, Signer, Sum
from app.papers.sums import told
from app.papers.table import Row


def set_credit_return(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels, amount = sheet.labels, Decimal(frozen['amount'])
    facts = [
        Fact(labels('sheet.number'), frozen['number'], strong=True),
        Fact(labels('sheet.date'), labels.day(frozen['issued_on'])),
    ]
    sheet.head(labels('credit_return.title'), facts, mark=mark_of(labels, frozen), second=LAWFUL)
    day = labels.day(frozen['returned_on'])
    sheet.parties(
        addressed(labels, frozen['customer']),
        (labels('credit_return.returned_on'), [Said(day[0]), Said(day[1], SMALL)]),
    )
    first, second = labels('credit_return.line')
    set_lines(sheet, [Row(([Said('1', SMALL)], [Said(first), Said(second, TINY)], money(amount)), amount)])
    sums = [
        Sum(labels('credit_return.amount'), amount, 2),
        Sum(labels('credit_return.left'), Decimal(frozen['credit_left'])),
    ]
    beside = [*paid_how(labels, frozen, 'back'), *told(labels('credit_return.no_vat'))]
    sheet.totals(sums, in_words_of=amount, beside=beside)
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.money_to')), issuer(sheet, 'sign.money_back', frozen['issued_on']))
