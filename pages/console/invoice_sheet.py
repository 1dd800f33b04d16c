"""How invoices are drawn for staff: the list, the head of one, its lines and sums, and what was paid."""

from __future__ import annotations

from decimal import Decimal

import htpy
from htpy import Node, a, b, button, div, p, small, span, tbody, td, th, thead, tr

from app.words import Words
from models import InvoiceStatus
from pages.console.invoice_view import InvoiceRow, InvoiceView, NoteRow, PaymentRow
from pages.console.sheet import (
    amounts,
    customer_link,
    day_or_none,
    facts,
    figure,
    lines_table,
    record_head,
    state,
    sums_table,
)
from pages.parts.table import Column, Row, chip, table

SUMS = {'total': 'n', 'paid': 'n roomy', 'balance': 'n'}


def number_of(w: Words, row: InvoiceRow) -> str:
    """Its number, or what a draft is called until it has one."""
    if row.number:
        return row.number
    return w('invoices.draft_of', job=row.job_number) if row.job_number else w('invoices.draft')


def invoice_list(w: Words, invoices: tuple[InvoiceRow, ...]) -> Node:
    kinds = {'number': 'tight', 'customer': '', 'issued': 'tight roomy', 'due': 'tight', **SUMS}
    columns = [Column(w(f'invoices.column.{name}'), kind) for name, kind in {**kinds, 'status': ''}.items()]
    return table(
        columns,
        (Row(row.number or str(row.id), f'/invoices/{row.number or row.id}', _cells(w, row)) for row in invoices),
    )


def head(w: Words, invoice: InvoiceView) -> Node:
    row = invoice.row
    below: list[Node] = [customer_link(w, invoice.customer_id, row.customer, row.customer_th)]
    if row.job_number:
        below += [' · ', a(href=f'/jobs/{row.job_number}')[row.job_number]]
    if invoice.void_reason:
        below += [' · ', b[w('invoices.voided_because')], ' ', invoice.void_reason]
    return record_head(w, ('/invoices', w('invoices.title')), number_of(w, row), state(w, row.status), below=below)


def charge(w: Words, invoice: InvoiceView) -> Node:
    return [
        lines_table(w, invoice.lines) if invoice.lines else p('.dim')[w('invoices.no_lines')],
        sums_table(w, invoice.sums),
    ]


def buttons(w: Words, invoice: InvoiceView) -> Node:
    """What can be done with it now by those who may: a draft is sent, an open one is paid."""
    if invoice.is_draft:
        return [
            a('.btn.ghost', href=f'/invoices/{invoice.row.id}/edit')[w('common.edit')],
            button('.btn.ghost', type='button', data_do='finalize')[w('invoices.finalize')],
            button('.btn', type='button', data_do='send')[w('invoices.send')],
        ]
    if invoice.is_open:
        return [
            button('.btn.ghost', type='button', data_do='use-credit')[w('money.use_credit')]
            if invoice.credit
            else None,
            button('.btn', type='button', data_do='pay')[w('invoices.record_payment')],
        ]
    if invoice.row.status is InvoiceStatus.PAID:  # what comes late or twice is the customer's credit
        return button('.btn.ghost', type='button', data_do='pay')[w('invoices.record_payment')]
    return None


def standing(w: Words, invoice: InvoiceView) -> Node:
    """What is owed at this moment, large, and the days that matter."""
    row = invoice.row
    owed = div('.owed')[span[w('invoices.balance')], b('.amount')[w.baht(row.balance)]]
    dates = facts(
        [
            (w('invoices.column.issued'), w.day(row.issued_on) if row.issued_on else None),
            (w('invoices.column.due'), w.day(row.due_on) if row.due_on else None),
            (w('invoices.tax_invoice'), invoice.tax_invoice),
        ]
    )
    shown: list[tuple[str, Decimal, str]] = [(w('invoices.column.total'), row.total, '')]
    if invoice.received:
        shown.append((w('invoices.received'), -invoice.received, ''))
    if invoice.withheld:
        shown.append((w('invoices.withheld'), -invoice.withheld, ''))
    if invoice.credited:
        shown.append((w('money.credited'), -invoice.credited, ''))
    if row.status is InvoiceStatus.DRAFT:
        return [p('.sub')[w('invoices.draft_text')], dates]
    waits = p('.dim')[w('money.has_credit', amount=w.baht(invoice.credit))] if invoice.credit else None
    return [owed, amounts(w, shown), waits, dates]


def credit_notes(w: Words, invoice: InvoiceView) -> Node:
    """What was taken off it, and why."""
    return htpy.table('.lines')[
        thead[tr[th[w('money.note.number')], th[w('money.note.reason')], th('.n')[w('money.note.amount')]]],
        tbody[[_note(w, note) for note in invoice.notes]],
    ]


def _note(w: Words, note: NoteRow) -> Node:
    vat = w('money.note.vat_inside', amount=w.baht(note.vat)) if note.vat else ''
    kept = w('invoices.kept_as_credit', amount=w.baht(note.credit)) if note.credit else ''
    return tr[
        td[b[note.number], small[w.day(note.issued_on)]],
        td[note.reason, small[' · '.join(part for part in (vat, kept) if part)]],
        td('.n', data_label=w('money.note.amount'))[figure(-note.amount)],
    ]


def payments(w: Words, invoice: InvoiceView, may_write: bool, may_reverse: bool) -> Node:
    if not invoice.payments:
        return p('.dim')[w('invoices.no_payments')]
    return htpy.table('.lines')[
        thead[
            tr[
                [th[w(f'invoices.payment.{name}')] for name in ('day', 'receipt', 'method')],
                [th('.n')[w(f'invoices.payment.{name}')] for name in ('amount', 'withheld')],
            ]
        ],
        tbody[[_payment(w, payment, may_write, may_reverse) for payment in invoice.payments]],
    ]


def _payment(w: Words, payment: PaymentRow, may_write: bool, may_reverse: bool) -> Node:
    notes = [payment.reference, w('invoices.recorded_by', name=payment.by)]
    if payment.credit:
        notes.append(w('invoices.kept_as_credit', amount=w.baht(payment.credit)))
    if payment.reversed_at:
        notes.append(w('invoices.reversed_because', reason=payment.reversal_reason))
    verbs = _payment_verbs(w, payment, may_write, may_reverse)
    tone = 'aside' if payment.reversed_at else None
    return [
        tr(class_=tone)[
            td[w.day(payment.paid_on)],
            td[b[payment.receipt], small[payment.tax_invoice] if payment.tax_invoice else None],
            td[w(f'common.method.{payment.method.name.lower()}'), small[' · '.join(note for note in notes if note)]],
            td('.n', data_label=w('invoices.payment.amount'))[figure(payment.amount)],
            td('.n', data_label=w('invoices.payment.withheld'))[
                figure(payment.withheld) if payment.withheld else None, _certificate(w, payment)
            ],
        ],
        tr(class_=f'payment-verbs {tone or ""}'.strip())[td(colspan='5')[verbs]] if verbs else None,
    ]


def _certificate(w: Words, payment: PaymentRow) -> Node:
    """Whether the customer's certificate of the tax it kept back is here."""
    if payment.owes_certificate:
        return small[w('money.certificate.owed')]
    if payment.certificate is None:
        return None
    here = w('money.certificate.here', number=payment.certificate).rstrip()
    if payment.has_file:
        return small[a(href=f'/certificates/{payment.id}', data_plain=True, download=True)[here]]
    return small[here]


def _payment_verbs(w: Words, payment: PaymentRow, may_write: bool, may_reverse: bool) -> Node:
    if payment.reversed_at:
        return chip('', w('invoices.reversed'))
    verbs = []
    if may_write and payment.withheld:
        verbs.append(
            ('certificate', w('money.certificate.verb' if payment.owes_certificate else 'money.certificate.undo'), '')
        )
    if may_write and payment.tax_invoice:
        verbs.append(('tax-invoice', w('money.tax_invoice.verb'), ''))
    if may_reverse:
        verbs.append(('reverse', w('invoices.reverse'), '.bad'))
    return [
        button(f'.btn.text{tone}', type='button', data_do=verb, data_ref=str(payment.id))[text]
        for verb, text, tone in verbs
    ]


def _cells(w: Words, row: InvoiceRow) -> tuple[Node, ...]:
    return (
        number_of(w, row),
        w.pick(row.customer, row.customer_th),
        day_or_none(w, row.issued_on),
        day_or_none(w, row.due_on),
        figure(row.total),
        [
            figure(row.paid),
            small('.under')[w('invoices.less_credit', amount=figure(row.credited))] if row.credited else None,
        ],
        figure(row.balance),
        state(w, row.status),
    )
