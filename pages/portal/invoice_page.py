"""One invoice: its lines and sums, what was paid and credited, and how to pay the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from htpy import Node, a, b, div, h2, p, section, small, span

from app.live import Live, follow, live
from models import (
    Claim,
    CreditNote,
    Document,
    Grant,
    Invoice,
    InvoiceLine,
    LineKind,
    Payment,
    Receipt,
    bangkok_day,
    now,
)
from pages.portal.documents import Paper, papers_about, papers_here
from pages.portal.invoices import InvoiceCard, badge, when
from pages.portal.lines import LineView, line_rows
from pages.portal.paying import Claimed, claimed, pay_button, payment_ways, told_of, waiting_words
from pages.portal.pieces import amounts, chip, contact_us, facts, lines_table, top
from pages.portal.reader import Reader
from pages.portal.scope import mine
from pages.theme import icon


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
    papers: tuple[Paper, ...]


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
        follow(Document, invoice_id=invoice_id),
    ]
    return live((*mine(grant), 'invoice', invoice_id), follows, load)


def invoice_page(r: Reader, invoice: InvoiceView) -> Node:
    card, w = invoice.card, r.w
    return [
        top(r, '/invoices', w('portal.invoices') if r.whole else w('portal.invoice'), card.number),
        div('.card')[
            div('.row')[badge(r, card), span('.ref')[when(r, card)]],
            div('.row.sum')[span('.amount')[w.baht(card.balance if card.is_open else card.total)]],
            p('.sub')[w('portal.still_to_pay') if card.is_open else w(f'portal.sum_of.{card.badge}')],
            waiting_words(r, invoice.claimed) if card.is_open else None,
            pay_button(r, card.number, told=told_of(invoice.claimed, card.balance)) if card.is_open else None,
        ],
        payment_ways(r, card.number, card.balance) if card.is_open else None,
        papers_here(r, invoice.papers, f'/invoices/{card.number}'),
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
        papers=await papers_about(grant, invoice_id=invoice.id),
    )


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
    notes = [r.w(f'common.method.{payment.method}'), *([payment.receipt] if payment.receipt else [])]
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
        return a('.row', href=r.at(f'/receipts/{payment.receipt}'))[inside, icon('onward')]
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
