"""How to pay what a paper asks for: the PromptPay code of exactly that amount, and the firm's bank accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.papers.labels import money
from app.papers.layout import Piece
from app.papers.pen import Ink
from app.papers.sheet import BOLD, INSET, LEFT, QR_SIDE, RIGHT, SMALL, TEXT, TINY, Pair, Said, Sheet
from app.papers.thai import lines
from app.promptpay import Kind, Malformed, payee_of, payload

AMOUNT = 13.0  # the size of the figures beside the code
MIDDLE, LAST = 58.0, 72.0  # the width of what the code pays, and of what stands at the right of that
TALLEST = 52.0  # of what stands there; the bank goes below the code when it would be more
QUIET_EDGE = 4.0  # of the white around the code, which may reach into the margin
REACHED = ('phone', 'email', 'line_url')


@dataclass(frozen=True, slots=True)
class Beside:
    """What else has to be known before paying: a line in both languages, and an amount."""

    label: Pair
    amount: str = ''
    ink: Ink = TEXT

    @property
    def space(self) -> float:
        """What is bold begins something of its own."""
        return 1.6 if self.ink.style else 0.3

    @property
    def beside(self) -> bool:
        """Whether both languages stand on one line."""
        first, second = self.label
        wide = self.ink.width(first) + 1.6 + TINY.width(second) + 3.0 + self.ink.width(self.amount)
        return bool(second) and wide <= LAST

    @property
    def height(self) -> float:
        texts = ((self.label[0], self.ink), ('' if self.beside else self.label[1], TINY))
        return self.space + sum(ink.leading * len(lines(text, LAST, ink.width)) for text, ink in texts if text)


def set_payment(sheet: Sheet, frozen: dict[str, Any], also: Sequence[Beside] = ()) -> None:
    """The code, what it pays, and the bank accounts; `also` is what else has to be known before paying.

    A cancelled paper asks nobody for money.
    """
    if sheet.cancelled:
        return
    facts, labels = frozen.get('promptpay') or {}, sheet.labels
    code, banks = payload_of(facts), _bank_lines(sheet)
    fits = bool(code) and sum(one.height for one in [*banks, *also]) <= TALLEST
    if code:
        alt = labels('pay.alt', amount=money(facts['amount']), number=frozen['number'])[0]
        said = _said_of(sheet, facts, frozen['number'])
        _side_by_side(sheet, code, alt, said, [*banks, *also] if fits else also)
    elif also:
        sheet.room(sum(one.height for one in also), Piece.ENDING)
        _set_beside(sheet, LEFT, also)
        sheet.y += sheet.gap(4.0)
    if not fits:
        set_banks(sheet)


def set_banks(sheet: Sheet) -> None:
    """The firm's bank accounts as it wrote them; without any, whom to ask."""
    labels, firm = sheet.labels, sheet.firm
    if banks := str(firm.get('bank_accounts') or '').strip():
        sheet.note(labels('pay.bank'), banks)
        return
    first, second = labels('pay.ask', reach='   '.join(filter(None, (firm.get(way) for way in REACHED))))
    sheet.note(labels('pay.title'), first, second=second)


def payload_of(facts: dict[str, Any]) -> str:
    """What the code says; nothing where the firm had named nobody to pay, or more is asked for than a code holds."""
    payee = payee_of(facts.get('kind', ''), facts.get('id', ''))
    if payee is None:
        return ''
    reference = facts.get('reference', '') if payee.kind is Kind.BILL else ''
    try:
        return payload(
            payee, Decimal(facts['amount']), reference1=reference, always_static=facts.get('static') == 'yes'
        )
    except Malformed:
        return ''


def _side_by_side(sheet: Sheet, code: str, alt: str, first: Sequence[Said], second: Sequence[Beside]) -> None:
    sheet.room(max(QR_SIDE, sum(one.height for one in second)) + 4, Piece.ENDING)
    top = sheet.y
    with sheet.tag('Figure', alt):
        sheet.code(LEFT - QUIET_EDGE, top - QUIET_EDGE, QR_SIDE, code)
    sheet.y = top
    with sheet.tag('P'):
        sheet.say(first, LEFT + QR_SIDE, MIDDLE)
    lowest = max(sheet.y, top + QR_SIDE - 2 * QUIET_EDGE)
    sheet.y = top
    _set_beside(sheet, RIGHT - LAST, second)
    sheet.y = max(sheet.y, lowest) + sheet.gap(4.0)


def _set_beside(sheet: Sheet, x: float, told: Sequence[Beside]) -> None:
    with sheet.tag('P'):
        for at, one in enumerate(told):
            sheet.y += one.space if at else 0.0
            top = sheet.y
            base = top + one.ink.leading * 0.72
            if one.beside:
                sheet.two(x, base, one.label, one.ink, TINY)
                sheet.y += one.ink.leading
            else:
                sheet.say([Said(one.label[0], one.ink), Said(one.label[1], TINY)], x, LAST)
            sheet.add('write_at', x + LAST - INSET, base, one.amount, one.ink, 'R')


def _said_of(sheet: Sheet, facts: dict[str, Any], number: str) -> list[Said]:
    """What the code pays, to whom, and what to quote: the payer sees it before the banking app says it."""
    labels = sheet.labels
    payee = payee_of(facts['kind'], facts['id'])
    assert payee is not None
    whom = labels.pick(sheet.firm['name'], sheet.firm['name_th'])[0]
    how = labels(f'pay.{facts["kind"]}', ending=payee.ending)
    quoted = (
        labels('pay.reference', reference=facts['reference'])
        if payee.kind is Kind.BILL
        else labels('pay.quote', number=number)
    )
    scan, amount = labels('pay.scan'), labels('pay.amount', amount=money(facts['amount']))
    return [
        Said(scan[0], BOLD),
        Said(scan[1], SMALL),
        Said(amount[0], Ink(AMOUNT, 'B', sheet.tint.text)),
        Said(whom),
        *(Said(text, ink) for pair in (how, quoted) for text, ink in zip(pair, (SMALL, TINY), strict=True)),
    ]


def _bank_lines(sheet: Sheet) -> list[Beside]:
    banks = [line.strip() for line in str(sheet.firm.get('bank_accounts') or '').split('\n') if line.strip()]
    return [Beside(sheet.labels('pay.bank'), ink=BOLD), *(Beside((line, '')) for line in banks)] if banks else []
