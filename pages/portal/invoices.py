"""Invoices: what is owed and since when; and one invoice with its lines, sums, payments and how to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from htpy import Node, a, b, div, h1, h2, p, section, small, span
from tortoise.expressions import Q, RawSQL

from app.live import Live, follow, live
from models import (
    OPEN,
    Claim,
    CreditNote,
    Grant,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Job,
    LineKind,
    Payment,
    Receipt,
    bangkok_day,
    now,
    outstanding_of,
)
from models.money import ZERO
from pages.portal.filing import AT_ONCE, Filed, Sought, filed, listed
from pages.portal.lines import LineView, line_rows
from pages.portal.paying import Claimed, claimed, pay_button, payment_ways, waiting_words
from pages.portal.pieces import (
    amounts,
    cards,
    chip,
    contact_us,
    empty,
    facts,
    heading,
    lines_table,
    top,
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


@dataclass(frozen=True, slots=True)
class PaymentView:
    paid_on: date
    method: str
    received: Decimal
    withheld: Decimal
    credit: Decimal
    reversed: bool
    receipt: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A credit note: what was taken off, and why."""

    number: str
    issued_on: date
    amount: Decimal
    credit: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    card: InvoiceCard
    lines: tuple[LineView, ...]
    subtotal: Decimal
    discount: Decimal
    vat_percent: Decimal
    vat: Decimal
    received: Decimal
    withheld: Decimal
    credited: Decimal
    notes_of_credit: tuple[NoteView, ...]
    payments: tuple[PaymentView, ...]
    notes: str
    tax_invoice: str
    claimed: tuple[Claimed, ...]


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


async def live_invoice(grant: Grant, number: str = '') -> Live[InvoiceView | None] | None:
    """The invoice of this number, or the one of an invoice link, if this link shows it."""
    mine_ones = grant.invoices()
    found = await (mine_ones.filter(number=number) if number else mine_ones).first()
    if found is None:
        return None
    invoice_id = found.id

    async def load() -> InvoiceView | None:
        invoice = await grant.invoices().get_or_none(id=invoice_id).prefetch_related('lines', 'payments')
        return await _view(grant, invoice) if invoice else None

    follows = [
        follow(Invoice, id=invoice_id),
        follow(InvoiceLine, invoice_id=invoice_id),
        follow(Payment, invoice_id=invoice_id),
        follow(CreditNote, invoice_id=invoice_id),
        follow(Receipt, invoice_id=invoice_id),
        follow(Claim, invoice_id=invoice_id),
    ]
    return live((*mine(grant), 'invoice', invoice_id), follows, load)


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
    of_total = r.w('portal.of', amount=r.w.baht(invoice.total)) if part else _when(r, invoice)
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


def invoice_page(r: Reader, invoice: InvoiceView) -> Node:
    card, w = invoice.card, r.w
    return [
        top(r, '/invoices', w('portal.invoices') if r.whole else w('portal.invoice'), card.number),
        div('.card')[
            div('.row')[badge(r, card), span('.ref')[_when(r, card)]],
            div('.row.sum')[span('.amount')[w.baht(card.balance if card.is_open else card.total)]],
            p('.sub')[w('portal.still_to_pay') if card.is_open else w(f'portal.sum_of.{card.badge}')],
            waiting_words(r, invoice.claimed) if card.is_open else None,
            pay_button(r, card.number) if card.is_open else None,
        ],
        payment_ways(r, card.number, card.balance) if card.is_open else None,
        section[h2[span[w('portal.what_for')]], div('.card')[_lines(r, invoice)]],
        _payments(r, invoice),
        _credit_notes(r, invoice),
        section[h2[span[w('portal.details')]], div('.card')[_details(r, invoice)]],
        contact_us(r, card.number),
    ]


async def _view(grant: Grant, invoice: Invoice) -> InvoiceView:
    job = await grant.jobs().get_or_none(id=invoice.job_id) if invoice.job_id else None
    receipts = {receipt.payment_id: receipt.number for receipt in await grant.receipts().filter(invoice_id=invoice.id)}
    return InvoiceView(
        card=InvoiceCard.of(invoice, bangkok_day(now()), job),
        lines=tuple(LineView.of(line) for line in sorted(invoice.lines, key=lambda line: line.position)),
        subtotal=invoice.subtotal,
        discount=invoice.discount,
        vat_percent=invoice.vat_percent,
        vat=invoice.vat,
        received=invoice.received,
        withheld=invoice.withheld,
        credited=invoice.credited,
        notes_of_credit=tuple(
            NoteView(*(getattr(note, name) for name in NoteView.__slots__))
            for note in await CreditNote.filter(invoice_id=invoice.id).order_by('number')
        ),
        payments=tuple(
            PaymentView(
                paid_on=payment.paid_on,
                method=payment.method.name.lower(),
                received=payment.amount,
                withheld=payment.withheld,
                credit=payment.credit,
                reversed=payment.reversed_at is not None,
                receipt=receipts.get(payment.id, ''),
            )
            for payment in sorted(invoice.payments, key=lambda payment: (payment.paid_on, payment.id))
        ),
        notes=invoice.customer_notes,
        tax_invoice=invoice.tax_invoice_number or '',
        claimed=await claimed(grant, invoice.number or ''),
    )


def _when(r: Reader, invoice: InvoiceCard) -> str:
    if invoice.is_open:
        return r.w('portal.due', day=r.w.day(invoice.due_on))
    return r.w.day(invoice.issued_on)


def _lines(r: Reader, invoice: InvoiceView) -> Node:
    w, card = r.w, invoice.card
    prepaid = any(line.kind is LineKind.PREPAYMENT for line in invoice.lines)
    return [
        lines_table(r, line_rows(r, invoice.lines)),
        amounts(
            r,
            [
                (
                    w('common.totals.subtotal') if not prepaid else w('portal.sum.after_prepayment'),
                    invoice.subtotal,
                    '',
                ),
                (w('common.totals.discount'), -invoice.discount if invoice.discount else None, ''),
                (
                    w('common.totals.vat', percent=w.number(invoice.vat_percent)),
                    invoice.vat if invoice.vat_percent else None,
                    '',
                ),
                (w('common.totals.grand_total'), card.total, 'strong'),
                (w('portal.sum.received'), -invoice.received if invoice.received else None, ''),
                (w('portal.sum.withheld'), -invoice.withheld if invoice.withheld else None, ''),
                (w('money.credited'), -invoice.credited if invoice.credited else None, ''),
                (w('portal.sum.balance'), card.balance if card.settled else None, 'strong'),
            ],
        ),
    ]


def _payments(r: Reader, invoice: InvoiceView) -> Node:
    if not invoice.payments:
        return None
    return section[
        h2[span[r.w('portal.payments')]], div('.card.rows')[[_payment(r, payment) for payment in invoice.payments]]
    ]


def _payment(r: Reader, payment: PaymentView) -> Node:
    notes = [r.w(f'common.method.{payment.method}')]
    if payment.withheld:
        notes.append(r.w('portal.withheld_of', amount=r.w.baht(payment.withheld)))
    if payment.credit:
        notes.append(r.w('portal.credit_of', amount=r.w.baht(payment.credit)))
    inside = [
        div[b('.n')[r.w.baht(payment.received)], small[' · '.join(notes)]],
        chip('bad', r.w('portal.cancelled')) if payment.reversed else None,
        span('.ref')[r.w.day(payment.paid_on)],
    ]
    if payment.receipt:  # known only where the link shows receipts
        return a('.row', href=r.at(f'/receipts/{payment.receipt}'))[inside]
    return div('.row')[inside]


def _credit_notes(r: Reader, invoice: InvoiceView) -> Node:
    if not invoice.notes_of_credit:
        return None
    return section[
        h2[span[r.w('money.credit_notes')]],
        div('.card.rows')[[_credit_note(r, note) for note in invoice.notes_of_credit]],
    ]


def _credit_note(r: Reader, note: NoteView) -> Node:
    kept = r.w('portal.credit_of', amount=r.w.baht(note.credit)) if note.credit else ''
    return div('.row')[
        div[
            b('.n')[r.w.baht(-note.amount)],
            small[' · '.join(part for part in (note.number, note.reason, kept) if part)],
        ],
        span('.ref')[r.w.day(note.issued_on)],
    ]


def _details(r: Reader, invoice: InvoiceView) -> Node:
    w, card = r.w, invoice.card
    job = a(href=r.at(f'/jobs/{card.job}'))[w.pick(card.title, card.title_th)] if card.job else None
    return [
        facts(
            [
                (w('portal.issued'), w.day(card.issued_on)),
                (w('portal.due_day'), w.day(card.due_on)),
                (w('portal.job'), job),
                (w('portal.tax_invoice'), invoice.tax_invoice),
            ]
        ),
        p('.said')[invoice.notes] if invoice.notes else None,
    ]
