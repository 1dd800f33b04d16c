"""What the screens of quotes, jobs, invoices and deposits draw alike: chips, facts, lines, sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID

from htpy import Node, a, b, dd, div, dl, dt, h1, h2, p, section, small, span, table, tbody, td, th, thead, tr

from app.words import Words
from models import DepositStatus, DiscountKind, InvoiceStatus, LineKind, QuoteStatus, RateType, Stage
from pages.console.quote_view import SheetLine, Sums
from pages.parts.table import chip
from pages.theme import icon

TONE: dict[Enum, str] = {
    QuoteStatus.SENT: 'acc',
    QuoteStatus.ACCEPTED: 'good',
    QuoteStatus.DECLINED: 'bad',
    QuoteStatus.EXPIRED: 'warn',
    InvoiceStatus.SENT: 'acc',
    InvoiceStatus.PARTIAL: 'warn',
    InvoiceStatus.PAID: 'good',
    InvoiceStatus.OVERDUE: 'bad',
    DepositStatus.PENDING: 'warn',
    DepositStatus.PARTIALLY_HELD: 'warn',
    DepositStatus.HELD: 'good',
    DepositStatus.FORFEITED: 'bad',
    Stage.DELIVERING: 'acc',
    Stage.ON_SITE: 'acc',
    Stage.CLOSED: 'good',
    Stage.CANCELLED: 'bad',
}
COUNTED = ('quantity', 'duration', 'rate', 'amount')
WORDS_OF: dict[type[Enum], str] = {
    QuoteStatus: 'quote_status',
    InvoiceStatus: 'invoice_status',
    DepositStatus: 'deposit_status',
    Stage: 'stage',
}


def status_words(w: Words, status: Enum) -> str:
    return w(f'common.{WORDS_OF[type(status)]}.{status.name.lower()}')


def state(w: Words, status: Enum) -> Node:
    return chip(TONE.get(status, ''), status_words(w, status))


def figure(amount: Decimal) -> str:
    """An amount in a column of amounts: 57,000.00."""
    return f'{"−" if amount < 0 else ""}{abs(amount):,.2f}'


def block(title: str, *children: Node) -> Node:
    """A titled card of a record."""
    return section('.card', aria_label=title)[h2[title], children]


def record_head(w: Words, back: tuple[str, str], title: str, *beside: Node, below: Node = None) -> Node:
    """The head of a record: the way back to its list, its name, its state, and what it belongs to."""
    path, place = back
    return div('.record')[
        a('.way', href=path)[icon('back'), place], div('.name')[h1[title], beside], p('.sub')[below] if below else None
    ]


def facts(rows: Iterable[tuple[str, Node]]) -> Node:
    """Names and what they are; what is empty is left out."""
    return dl('.kv')[[div('.row')[dt[name], dd[value]] for name, value in rows if value]]


def customer_link(w: Words, customer_id: UUID, english: str, thai: str) -> Node:
    return a(href=f'/customers/{customer_id}')[w.pick(english, thai)]


def day_or_none(w: Words, day: date | None) -> str:
    return w.day(day) if day else w('common.none')


def duration_words(w: Words, rate_type: RateType, count: Decimal) -> str:
    """3 days, 1 week, 1.5 months."""
    return w(f'quotes.{"unit_one" if count == 1 else "unit"}.{rate_type.name.lower()}', count=w.number(count))


def lines_table(w: Words, lines: Iterable[SheetLine]) -> Node:
    """What is charged, as the paper says it: amounts before VAT."""
    return table('.lines.items')[
        thead[tr[th[w('quotes.line.name')], [th('.n')[w(f'quotes.line.{name}')] for name in COUNTED]]],
        tbody[[_line(w, line) for line in lines]],
    ]


def sums_table(w: Words, sums: Sums) -> Node:
    """The foot, with the labels that the paper has."""
    percent = w.number(sums.vat_percent)
    rows: list[tuple[str, Decimal, str]] = [(w('common.totals.subtotal'), sums.subtotal, '')]
    if sums.discount:
        rows.append((_discount_words(w, sums), -sums.discount, ''))
    if sums.vat_percent:
        rows.append((w('common.totals.vat', percent=percent), sums.vat, ''))
    rows.append((w('common.totals.grand_total'), sums.grand_total, 'strong'))
    if sums.deposit is not None and sums.total_due is not None:
        rows.append((w('common.totals.deposit'), sums.deposit, ''))
        rows.append((w('common.totals.total_due'), sums.total_due, 'strong'))
    return amounts(w, rows)


def amounts(w: Words, rows: Iterable[tuple[str, Decimal, str]]) -> Node:
    """Sums under each other; the tone is '' or 'strong'."""
    return div('.sums')[
        [div(class_=f'sum {tone}'.strip())[span[name], span('.n')[w.baht(amount)]] for name, amount, tone in rows]
    ]


def _line(w: Words, line: SheetLine) -> Node:
    note = ''
    if line.optional:
        note = w('quotes.line.chosen') if line.chosen else w('quotes.line.optional')
    other = line.name if w.language == 'th' and line.name_th else line.name_th
    counted = not line.optional or line.chosen
    plain = line.kind in (LineKind.MANUAL, LineKind.PREPAYMENT)
    name = w('quotes.line.prepayment', number=line.name) if line.kind is LineKind.PREPAYMENT else None
    paid_before = line.kind is LineKind.PREPAYMENT
    counts = (
        '' if paid_before else w.number(line.quantity),
        '' if plain else duration_words(w, line.rate_type, line.duration),
        '' if paid_before else figure(line.rate),
        figure(line.amount),
    )
    return tr(class_=None if counted else 'aside')[
        td[
            b[name or w.pick(line.name, line.name_th)],
            small[other] if other and other != w.pick(line.name, line.name_th) else None,
            small('.note')[note] if note else None,
        ],
        [td('.n', data_label=w(f'quotes.line.{what}'))[cell] for what, cell in zip(COUNTED, counts, strict=True)],
    ]


def _discount_words(w: Words, sums: Sums) -> str:
    if sums.discount_kind is DiscountKind.PERCENT:
        return w('quotes.discount_percent', percent=w.number(sums.discount_value))
    return w('common.totals.discount')
