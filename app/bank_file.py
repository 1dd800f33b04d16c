"""A bank's statement as CSV: read whatever its encoding, preamble and calendar, by columns that are known or said.

Heads as their public readers and samples show them (found in open repositories, November 2026; the banks publish none):
KBank   Date, Transaction Type, Withdrawal (THB), Deposit (THB), Outstanding Balance (THB), Service Channel, Note
SCB     Account Number, Date, Time, Transaction Code, Channel, Cheque Number, Debit Amount, Credit Amount, …
Bangkok Transaction Date and Time, Value Date, Description, Cheque Number, Debit Amount, Credit Amount, …
Any other is read by the names of its columns, in English or Thai, or as the clerk says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from models import BankRow, Refused

LARGEST_FILE = 5_000_000  # bytes
MOST_ROWS = 20_000
WIDEST = 100  # cells of a row; a bank has some twenty
LOOKED_AT = 60  # lines at the top in which the head is looked for
BUDDHIST_ERA = 543
ORDERS = ('dmy', 'mdy', 'ymd')
# The whole head, so that a bank is named only where it is that bank's file.
BANKS = {
    'KBank': ('transactiontype', 'withdrawalthb', 'depositthb', 'outstandingbalancethb'),
    'SCB': ('transactioncode', 'chequenumber', 'debitamount', 'creditamount', 'balancesign'),
    'Bangkok Bank': ('transactiondateandtime', 'valuedate', 'debitamount', 'creditamount', 'ledgerbalance'),
}
NAMES = {
    'date': ('transactiondateandtime', 'transactiondate', 'trandate', 'transdate', 'date', 'วันที่ทำรายการ', 'วันที่', 'วัน'),
    'time': ('time', 'transactiontime', 'เวลา'),
    'received': ('deposit', 'credit', 'moneyin', 'ฝาก', 'เงินเข้า', 'เครดิต'),
    'paid': ('withdrawal', 'debit', 'moneyout', 'ถอน', 'เงินออก', 'เดบิต', 'หักบัญชี'),
    'signed': ('amount', 'จำนวนเงิน', 'ยอดเงิน'),
    'balance': ('balance', 'คงเหลือ'),
}
MONTHS = (
    ('jan', 'ม.ค.', 'มกราคม'), ('feb', 'ก.พ.', 'กุมภาพันธ์'), ('mar', 'มี.ค.', 'มีนาคม'), ('apr', 'เม.ย.', 'เมษายน'),
    ('may', 'พ.ค.', 'พฤษภาคม'), ('jun', 'มิ.ย.', 'มิถุนายน'), ('jul', 'ก.ค.', 'กรกฎาคม'), ('aug', 'ส.ค.', 'สิงหาคม'),
    ('sep', 'ก.ย.', 'กันยายน'), ('oct', 'ต.ค.', 'ตุลาคม'), ('nov', 'พ.ย.', 'พฤศจิกายน'), ('dec', 'ธ.ค.', 'ธันวาคม'),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, counted from 0; `signed` when one column holds both directions."""

    date: int
    received: int
    time: int | None = None
    signed: bool = False
    order: str = 'dmy'
    skipped: tuple[int, ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, known: dict[str, Any]) -> Columns:
        return cls(**{**known, 'skipped': tuple(known.get('skipped', ()))})


@dataclass(frozen=True, slots=True)
class BankFile:
    """The names of its columns and its rows; `head` is the same for every file of that kind."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def head(self) -> str:
        return sha256('\x1f'.join(_plain(name) for name in self.names).encode()).hexdigest()

    @property
    def bank(self) -> str:
        """The bank whose head this is, or ''."""
        names = {_plain(name) for name in self.names}
        return next((bank for bank, wanted in BANKS.items() if names.issuperset(wanted)), '')


def opened(content: bytes) -> BankFile:
    """All of it or nothing: half a statement would leave payments out without a word.

    Raises Refused: `statement_unreadable`, `statement_too_long`.
    """
    if len(content) > LARGEST_FILE or content.startswith((b'PK', b'%PDF', b'\xd0\xcf')):
        raise Refused('statement_unreadable')
    text = _decoded(content)
    if '\0' in text:
        raise Refused('statement_unreadable')
    lines = _lines(text)
    start = _head(lines)
    if start is None:
        raise Refused('statement_unreadable')
    width = len(lines[start])
    rows = [line[:width] + ('',) * (width - len(line)) for line in lines[start + 1 :]]
    if len(rows) > MOST_ROWS:
        raise Refused('statement_too_long', rows=f'{len(rows):,}', most=f'{MOST_ROWS:,}')
    return BankFile(lines[start], tuple(rows))


def guessed(file: BankFile) -> Columns | None:
    """By the names of the columns, and the order of its dates by the dates themselves."""
    day, time, received = (_named(file.names, NAMES[what]) for what in ('date', 'time', 'received'))
    signed = received is None
    if signed:
        received = _named(file.names, NAMES['signed'])
    if day is None or received is None:
        return None
    # What went out and what was left are no text of the bank's.
    others = (*NAMES['paid'], *NAMES['balance'])
    aside = [place for place, name in enumerate(file.names) if any(other in _plain(name) for other in others)]
    skipped = tuple(place for place in aside if place not in (day, received))
    return Columns(day, received, time, signed, _order(row[day] for row in file.rows), skipped)


def rows_of(file: BankFile, columns: Columns) -> tuple[list[BankRow], int]:
    """What came in, and how many rows that say something could not be read."""
    rows, unreadable = [], 0
    used = {columns.date, columns.received, columns.time, *columns.skipped}
    for line in file.rows:
        amount, day = _amount(line[columns.received]), _day(line[columns.date], columns.order)
        if amount is None or day is None:
            unreadable += bool(line[columns.received]) and bool(line[columns.date])
        elif amount > 0:
            time = _time(line[columns.time] if columns.time is not None else line[columns.date])
            said = ' '.join(cell for place, cell in enumerate(line) if place not in used and cell not in ('', '-'))
            rows.append(BankRow(day, amount, said, time, line))
    return rows, unreadable


def _decoded(content: bytes) -> str:
    """As Thai banks write: UTF-8 with or without a mark, else the old Thai code page (TIS-620 is a part of it)."""
    if content.startswith((b'\xff\xfe', b'\xfe\xff')):
        return content.decode('utf-16', 'replace')
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError:
        return content.decode('cp874', 'replace')


def _lines(text: str) -> list[tuple[str, ...]]:
    """The rows that say something. A wide one is refused before any of its cells is looked at."""
    found = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=_mark(text)):
            if len(cells) > WIDEST:
                raise Refused('statement_unreadable')
            line = tuple(cell.strip() for cell in cells)
            if any(line):
                found.append(line)
    except csv.Error as error:
        raise Refused('statement_unreadable') from error
    return found


def _mark(text: str) -> str:
    top = '\n'.join(text.splitlines()[:LOOKED_AT])
    return max(',;\t|', key=top.count)


def _head(lines: list[tuple[str, ...]]) -> int | None:
    """The line under which dates and amounts begin: names in it, and none of its cells is an amount."""
    for place, line in enumerate(lines[:LOOKED_AT]):
        cells = [cell for cell in line if cell]
        if len(cells) < 3 or any(_day(cell, order) or _amount(cell) for cell in cells for order in ORDERS):
            continue
        below = lines[place + 1 : place + 4]
        if any(_looks_like_a_row(row, len(line)) for row in below):
            return place
    return None


def _looks_like_a_row(row: tuple[str, ...], width: int) -> bool:
    cells = row[:width]
    return any(_day(cell, order) for cell in cells for order in ORDERS) and any(_amount(cell) for cell in cells)


def _named(names: tuple[str, ...], wanted: tuple[str, ...]) -> int | None:
    plain = [_plain(name) for name in names]
    for want in wanted:
        exact = [place for place, name in enumerate(plain) if name == want]
        within = [place for place, name in enumerate(plain) if want in name]
        if exact or within:
            return (exact or within)[0]
    return None


def _plain(name: str) -> str:
    return re.sub(r'[^a-z0-9฀-๿]', '', name.lower())


def _order(days: Iterable[str]) -> str:
    """Day first, unless the dates themselves say otherwise."""
    month_first = False
    for text in days:
        if numbers := re.match(r'\s*(\d{1,4})[/.-](\d{1,2})[/.-]', text):
            first, second = int(numbers[1]), int(numbers[2])
            if first > 31:
                return 'ymd'
            if first > 12 >= second:
                return 'dmy'
            month_first = month_first or second > 12 >= first
    return 'mdy' if month_first else 'dmy'


def _day(text: str, order: str) -> date | None:
    text = text.strip().lower()
    if found := re.match(r'(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?!\d)', text):
        numbers = dict(zip(order, (int(part) for part in found.groups()), strict=True))
        return _date(numbers['y'], numbers['m'], numbers['d'])
    if found := re.match(r'(\d{1,2})[\s\-/]+([^\d\s\-/]+)[\s\-/]+(\d{2,4})(?!\d)', text):
        month = next((at for at, names in enumerate(MONTHS, 1) if found[2].startswith(names)), None)
        return _date(int(found[3]), month, int(found[1])) if month else None
    if re.fullmatch(r'\d{8}', text):
        return _date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    """Two digits may be of either era: 69 is 2569, which is 2026; 26 is 2026."""
    if year < 100:
        year = 2500 + year if year >= 60 else 2000 + year
    if year > 2400:
        year -= BUDDHIST_ERA
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _time(text: str) -> str:
    found = re.search(r'(\d{1,2}):(\d{2})(?::(\d{2}))?', text)
    return f'{int(found[1]):02d}:{found[2]}' + (f':{found[3]}' if found[3] else '') if found else ''


def _amount(text: str) -> Decimal | None:
    """1,234.50, -4,121.64 THB, (500.00), ฿50; empty or a dash is nothing, and 13 digits are somebody's tax id."""
    plain = re.sub(r'(?i)thb|baht|บาท|[฿,\s+]', '', text)
    negative = plain.startswith(('-', '(')) or plain.endswith('-')
    plain = plain.strip('-()')
    if not plain:
        return Decimal(0)
    if not re.fullmatch(r'\d{1,12}(\.\d{1,2})?', plain):
        return None
    try:
        amount = Decimal(plain).quantize(Decimal('0.01'))
    except InvalidOperation:
        return None
    return -amount if negative else amount
