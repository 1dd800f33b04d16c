"""How to pay what a paper asks for: the PromptPay code of exactly that amount, and the firm's bank accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.papers.labels import money
from app.papers.pen import Ink
from app.papers.sheet import BOLD, QR_SIDE, SMALL, TEXT, WIDTH, Said, Sheet
from app.papers.thai import lines
from app.promptpay import Kind, Malformed, payee_of, payload

AMOUNT = 13.0  # the size of the figures beside the code
REACHED = ('phone', 'email', 'line_url')


def set_payment(sheet: Sheet, frozen: dict[str, Any]) -> None:
    """The code with what it pays beside it, and the bank accounts."""
    facts, labels = frozen.get('promptpay') or {}, sheet.labels
    code = payload_of(facts)
    if not code:
        set_banks(sheet)
        return
    beside, banks = _beside(sheet, facts, frozen['number']), _bank_lines(sheet)
    fits = _tall([*beside, *banks]) <= QR_SIDE - 4
    alt = labels('pay.alt', amount=money(facts['amount']), number=frozen['number'])[0]
    sheet.qr(code, [*beside, *(banks if fits else [])], alt=alt)
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


def _beside(sheet: Sheet, facts: dict[str, Any], number: str) -> list[Said]:
    labels = sheet.labels
    payee = payee_of(facts['kind'], facts['id'])
    assert payee is not None
    whom = labels.pick(sheet.firm['name'], sheet.firm['name_th'])[0]
    how = labels(f'pay.{facts["kind"]}', ending=payee.ending)
    named = (
        labels('pay.reference', reference=facts['reference'])
        if payee.kind is Kind.BILL
        else labels('pay.quote', number=number)
    )
    scan, amount = labels('pay.scan'), labels('pay.amount', amount=money(facts['amount']))
    return [
        Said(scan[0], BOLD),
        Said(scan[1], SMALL),
        Said(amount[0], Ink(AMOUNT, 'B', sheet.tint.text)),
        Said(whom, TEXT),
        Said('  '.join(how), SMALL),
        Said('  '.join(named), SMALL),
    ]


def _bank_lines(sheet: Sheet) -> list[Said]:
    banks = [line.strip() for line in str(sheet.firm.get('bank_accounts') or '').split('\n') if line.strip()]
    return [Said('  '.join(sheet.labels('pay.bank')), BOLD), *(Said(line) for line in banks)] if banks else []


def _tall(said: list[Said]) -> float:
    width = WIDTH - QR_SIDE - 6
    return sum(one.ink.leading * len(lines(one.text, width, one.ink.width)) for one in said if one.text)
