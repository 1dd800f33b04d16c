"""Invoices: what is owed and since when, on Home and as a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from htpy import Node, a, div, h1, h2, p, section, span
from tortoise.expressions import Q, RawSQL

from app.live import Live, follow, live
from models import (
    OPEN,
    Grant,
    Invoice,
    InvoiceStatus,
    Job,
    bangkok_day,
    now,
    outstanding_of,
)
from models.money import ZERO
from pages.portal.filing import AT_ONCE, Filed, Sought, filed, listed
from pages.portal.paying import pay_button
from pages.portal.pieces import (
    cards,
    chip,
    empty,
    heading,
)
from pages.portal.reader import Reader
from pages.portal.scope import mine

# Among open ones the longest due, among others the number alone.
URGENT = "case when invoice.status in ('Sent', 'Partial') then invoice.due_on end"
TONE = {'unpaid': 'acc', 'partial': 'warn', 'overdue': 'bad', 'paid': 'good', 'void': ''}


@dataclass(frozen=True, slots=True)
class InvoiceCard:
    number: str
    badge: str
    days_over: int
    total: Decimal
    settled: Decimal
    balance: Decimal
    issued_on: date
    due_on: date
    job: str = ''
    title: str = ''
    title_th: str = ''

    @classmethod
    def of(cls, invoice: Invoice, today: date, job: Job | None) -> InvoiceCard:
        due = invoice.due_on or today
        return cls(
            number=invoice.number or '',
            badge=invoice.badge(today),
            days_over=max(0, (today - due).days),
            total=invoice.total,
            settled=invoice.received + invoice.withheld + invoice.credited,
            balance=invoice.balance,
            issued_on=invoice.issued_on or today,
            due_on=due,
            job=job.number if job else '',
            title=job.title if job else '',
            title_th=job.title_th if job else '',
        )

    @property
    def is_open(self) -> bool:
        return self.badge in ('unpaid', 'partial', 'overdue')


@dataclass(frozen=True, slots=True)
class Owed:
    """Of what is owed the longest due, how many invoices there are, and in THB what several of them come to."""

    cards: tuple[InvoiceCard, ...]
    count: int
    amount: Decimal


# How the list can be cut, and what that leaves of the records.
CUTS: dict[str, Callable[[date], Q]] = {
    'to_pay': lambda _: Q(status__in=OPEN),
    'overdue': lambda today: Q(status__in=OPEN, due_on__lt=today),
    'paid': lambda _: Q(status=InvoiceStatus.PAID),
    'void': lambda _: Q(status=InvoiceStatus.VOID),
}


def live_owed(grant: Grant) -> Live[Owed]:
    """What is still owed, the longest due first: few cards, however many were ever issued."""

    async def load() -> Owed:
        today = bangkok_day(now())
        found = grant.invoices().filter(status__in=OPEN)
        first = await found.order_by('due_on', 'number').select_related('job').limit(AT_ONCE)
        count = len(first) if len(first) < AT_ONCE else await found.count()
        cards = tuple(InvoiceCard.of(invoice, today, invoice.job) for invoice in first)
        return Owed(cards, count, await outstanding_of(grant.customer_id) if count > 1 else ZERO)

    return live((*mine(grant), 'open invoices'), [follow(Invoice, customer_id=grant.customer_id)], load)


def live_invoices(grant: Grant, sought: Sought) -> Live[Filed[InvoiceCard]]:
    """Issued invoices as they are sought: the open ones first, the longest due before the others."""

    async def load() -> Filed[InvoiceCard]:
        today = bangkok_day(now())
        found = sought.within(grant.invoices(), 'search__contains')
        if sought.kind:
            found = found.filter(CUTS[sought.kind](today))
        ordered = found.annotate(settled=RawSQL("invoice.status not in ('Sent', 'Partial')"), urgent=RawSQL(URGENT))
        ordered = ordered.order_by('settled', 'urgent', '-number').select_related('job')
        return await filed(
            grant.invoices(), ordered, sought, list(CUTS), lambda invoice: InvoiceCard.of(invoice, today, invoice.job)
        )

    return live((*mine(grant), 'invoices', sought), [follow(Invoice, customer_id=grant.customer_id)], load)


def to_pay(r: Reader, owed: Owed) -> Node:
    """On Home: what is still owed, and how much of it there is in all."""
    if not owed.cards:
        return None
    title = heading(r, r.w('portal.to_pay'), '/invoices', r.w('portal.all_invoices'))
    in_all = r.w('portal.owed_in_all', count=owed.count, amount=r.w.baht(owed.amount))
    further = r.w('portal.all_to_pay', count=owed.count)
    return section[
        title,
        p('.sub.in-all')[in_all] if owed.count > 1 else None,
        [invoice_card(r, invoice) for invoice in owed.cards],
        p('.centred')[a('.btn.ghost', href=r.at('/invoices'))[further]] if owed.count > len(owed.cards) else None,
    ]


def invoice_list(r: Reader, invoices: Filed[InvoiceCard], sought: Sought) -> Node:
    if not invoices.rows and not sought.anything:
        text = empty('invoices', r.w('portal.no_invoices'), r.w('portal.no_invoices_text'))
        return [h1[r.w('portal.invoices')], text]
    open_ones = [invoice for invoice in invoices.rows if invoice.is_open]
    settled = [invoice for invoice in invoices.rows if not invoice.is_open]
    return listed(
        r,
        r.w('portal.invoices'),
        invoices,
        sought,
        lambda kind: r.w(f'money.cut.{kind}'),
        cards(h2[span[r.w('portal.to_pay')]], (invoice_card(r, invoice) for invoice in open_ones)),
        cards(h2[span[r.w('portal.earlier')]], (invoice_card(r, invoice) for invoice in settled)),
    )


def invoice_card(r: Reader, invoice: InvoiceCard) -> Node:
    path = r.at(f'/invoices/{invoice.number}')
    part = invoice.is_open and invoice.settled > 0
    sum_ = invoice.balance if invoice.is_open else invoice.total
    of_total = r.w('portal.of', amount=r.w.baht(invoice.total)) if part else when(r, invoice)
    return div('.card', id=f'invoice-{invoice.number}')[
        a('.cover', href=path)[
            div('.row')[badge(r, invoice), span('.ref')[invoice.number]],
            div('.about')[r.w.pick(invoice.title, invoice.title_th)] if invoice.title else None,
            div('.row.sum')[
                span('.amount' if invoice.is_open else '.amount.small')[r.w.baht(sum_)], span('.ref')[of_total]
            ],
        ],
        pay_button(r, invoice.number) if invoice.is_open else None,
    ]


def badge(r: Reader, invoice: InvoiceCard) -> Node:
    if invoice.badge == 'overdue' and invoice.days_over:
        key = 'portal.badge.overdue_day' if invoice.days_over == 1 else 'portal.badge.overdue_days'
        return chip(TONE['overdue'], r.w(key, days=invoice.days_over))
    return chip(TONE[invoice.badge], r.w(f'portal.badge.{invoice.badge}'))


def when(r: Reader, invoice: InvoiceCard) -> str:
    if invoice.is_open:
        return r.w('portal.due', day=r.w.day(invoice.due_on))
    return r.w.day(invoice.issued_on)
