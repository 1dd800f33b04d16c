"""What a PromptPay QR says: EMVCo merchant-presented payloads made and read, and the mini-QR of a transfer slip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from stdnum.th import tin

from models.written import plain_digits

TRANSFER = 'A000000677010111'  # tag 29: to a mobile number, a tax ID or an e-wallet
BILL = 'A000000677010112'  # tag 30: to a biller, with references
BAHT = '764'  # ISO 4217
LARGEST = Decimal('9999999999.99')  # tag 54 holds 13 characters
REFERENCE = re.compile(r'[A-Z0-9]{1,20}')


class Kind(StrEnum):
    MOBILE = 'mobile'
    TAX_ID = 'taxid'
    E_WALLET = 'ewallet'
    BILL = 'bill'


# A mobile number has nine digits behind its leading 0, or behind 66, or +66 with the 0 that does not belong there.
SHAPES = {
    Kind.MOBILE: re.compile('0[0-9]{9}|660[0-9]{9}|(66|0066)?[1-9][0-9]{8}'),
    Kind.TAX_ID: re.compile('[0-9]{13}'),
    Kind.E_WALLET: re.compile('[0-9]{15}'),
    Kind.BILL: re.compile('[0-9]{13}|[0-9]{15}'),
}


class Malformed(ValueError):
    """What should be written or was read is no PromptPay; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom to pay. `target` as the firm typed it: 081-234-5678, a 13-digit ID, a 15-digit wallet or biller."""

    kind: Kind
    target: str

    @property
    def digits(self) -> str:
        """The digits of the target. Raises Malformed when there are too many or too few of them."""
        digits = re.sub(r'\D', '', plain_digits(self.target))
        if not SHAPES[self.kind].fullmatch(digits):
            raise Malformed(f'{self.kind.value} of {len(digits)} digits')
        return digits

    @property
    def doubtful(self) -> bool:
        """A wrong check digit of a national or tax ID: PromptPay checks none, so it is a reason to look again only."""
        return self.kind is Kind.TAX_ID and not tin.is_valid(self.digits)

    @property
    def ending(self) -> str:
        """What may be shown of it: the last four digits."""
        return self.digits[-4:]


@dataclass(frozen=True, slots=True)
class Payment:
    """What a payload asks for. `amount` in THB, None where the payer types it; references as the biller defined."""

    payee: Payee | None
    amount: Decimal | None = None
    reference1: str = ''
    reference2: str = ''
    terminal: str = ''
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slip:
    """What the mini-QR of a transfer slip names: proof of nothing by itself, but the same transfer only once."""

    bank: str
    reference: str
    sent_on: date | None = None


# The kinds as the firm's settings keep them.
KEPT_AS = {'mobile': Kind.MOBILE, 'tax_id': Kind.TAX_ID, 'ewallet': Kind.E_WALLET, 'biller': Kind.BILL}


def payee_of(kind: str, target: str) -> Payee | None:
    """Whom the firm's settings name; None where they name nobody to whom PromptPay could pay."""
    if kind not in KEPT_AS or not target:
        return None
    payee = Payee(KEPT_AS[kind], target)
    try:
        _ = payee.digits
    except Malformed:
        return None
    return payee


def guessed(target: str, *, biller: bool = False) -> Payee:
    """Whom a bare number means, by how many digits it has. Raises Malformed."""
    digits = re.sub(r'\D', '', plain_digits(target))
    kind = {13: Kind.TAX_ID, 15: Kind.E_WALLET}.get(len(digits), Kind.MOBILE)
    if digits.startswith('0066') and len(digits) == 13:
        kind = Kind.MOBILE
    payee = Payee(Kind.BILL if biller else kind, target)
    _ = payee.digits  # too many or too few are refused here
    return payee


def payload(
    payee: Payee,
    amount: Decimal | None = None,
    *,
    reference1: str = '',
    reference2: str = '',
    terminal: str = '',
    always_static: bool = False,
) -> str:
    """The text of the QR, tags ascending, CRC last (EMVCo QRCPS tags 00, 01, 29 or 30, 53, 54, 58, 62, 63).

    `always_static` writes tag 01 = 11 with an amount as well, for banks that want it so. Raises Malformed.
    """
    if amount is not None and not (0 < amount <= LARGEST and amount == amount.quantize(Decimal('0.01'))):
        raise Malformed(f'amount {amount}')
    parts = [
        _field('00', '01'),
        _field('01', '11' if amount is None or always_static else '12'),
        _account(payee, reference1, reference2),
        _field('53', BAHT),
    ]
    if amount is not None:
        parts.append(_field('54', f'{amount:.2f}'))
    parts.append(_field('58', 'TH'))
    if terminal:
        parts.append(_field('62', _field('07', terminal)))
    text = ''.join(parts) + '6304'
    return text + checksum(text)


def reference_of(number: str) -> str:
    """A document number as a bank takes it, so that its statement names the invoice: INV-2026-0042 is INV20260042."""
    return re.sub(r'[^A-Z0-9]', '', number.upper())[:20]


def read(text: str) -> Payment:
    """What a payload asks for, in whatever order its fields stand. Raises Malformed, for a wrong checksum too."""
    fields = dict(_fields(text))
    _check(text, fields.get('63', ''), head='6304')
    if fields.get('00') != '01':
        raise Malformed('no EMVCo payload')
    account = dict(_fields(fields.get('29') or fields.get('30') or ''))
    return Payment(
        payee=_payee(account),
        amount=_amount(fields.get('54')),
        reference1=account.get('02', '') if '30' in fields else '',
        reference2=account.get('03', '') if '30' in fields else '',
        terminal=dict(_fields(fields.get('62', ''))).get('07', ''),
        fields=fields,
    )


def read_slip(text: str) -> Slip:
    """The transfer that a slip's mini-QR names. Raises Malformed."""
    fields = dict(_fields(text))
    # Some banks drop the leading zeros of the checksum.
    _check(text, fields.get('91', '').rjust(4, '0'), head='9104')
    inside = dict(_fields(fields.get('00', '')))
    if inside.get('00') == '000001':
        return Slip(bank=inside.get('01', ''), reference=inside.get('02', ''))
    if inside.get('00') == '01':  # TrueMoney
        day = inside.get('04', '')
        sent_on = datetime.strptime(day, '%d%m%Y').date() if re.fullmatch(r'\d{8}', day) else None  # noqa: DTZ007  (a day)
        return Slip(bank='TrueMoney', reference=inside.get('03', ''), sent_on=sent_on)
    raise Malformed('no transfer slip')


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, start FFFF), four upper-case hexadecimal digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f'{crc:04X}'


def _account(payee: Payee, reference1: str, reference2: str) -> str:
    digits = payee.digits
    if payee.kind is Kind.BILL:
        for reference in filter(None, (reference1, reference2)):
            if not REFERENCE.fullmatch(reference):
                raise Malformed(f'reference {reference}')
        if not reference1:
            raise Malformed('a biller needs reference 1')
        second = _field('03', reference2) if reference2 else ''
        return _field('30', _field('00', BILL) + _field('01', digits) + _field('02', reference1) + second)
    inside = {
        Kind.MOBILE: ('01', f'0066{digits[-9:]}'),
        Kind.TAX_ID: ('02', digits),
        Kind.E_WALLET: ('03', digits),
    }[payee.kind]
    return _field('29', _field('00', TRANSFER) + _field(*inside))


def _payee(account: dict[str, str]) -> Payee | None:
    """The payee of a domestic PromptPay; other schemes (cross-border, presented by the customer) name none of ours."""
    if account.get('00') == BILL:
        return Payee(Kind.BILL, account.get('01', ''))
    if account.get('00') != TRANSFER:
        return None
    if mobile := account.get('01'):
        return Payee(Kind.MOBILE, f'0{mobile[-9:]}')
    if tax_id := account.get('02'):
        return Payee(Kind.TAX_ID, tax_id)
    return Payee(Kind.E_WALLET, account['03']) if '03' in account else None


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as wrong:
        raise Malformed(f'amount {text}') from wrong


def _field(tag: str, value: str) -> str:
    return f'{tag}{len(value):02d}{value}'


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Tag, two digits of length, value: one after the other to the end."""
    rest = text
    while rest:
        head = re.match(r'(\d{2})(\d{2})', rest)
        if head is None or len(rest) < 4 + int(head[2]):
            # A checksum that lost its leading zeros is shorter than it says.
            if head and head[1] == '91':
                yield '91', rest[4:]
                return
            raise Malformed('cut off or no PromptPay at all')
        end = 4 + int(head[2])
        yield head[1], rest[4:end]
        rest = rest[end:]


def _check(text: str, given: str, *, head: str) -> None:
    body, found, _ = text.rpartition(head)
    if not found or checksum(body + head) != given.upper():
        raise Malformed('wrong checksum')
