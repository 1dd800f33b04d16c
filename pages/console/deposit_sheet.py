"""How deposits are drawn for staff: the list, the head of one, and its ledger."""

from __future__ import annotations

from decimal import Decimal

import htpy
from htpy import Node, a, b, button, p, small, tbody, td, th, thead, tr

from app.words import Words
from models import DepositMoveKind
from pages.console.deposit_view import DepositRow, DepositView, Entry, Kept
from pages.console.sheet import amounts, customer_link, facts, figure, record_head, state
from pages.parts.table import Column, Row, chip, table


def deposit_list(w: Words, deposits: tuple[DepositRow, ...]) -> Node:
    kinds = {'number': 'tight', 'customer': '', 'job': 'tight roomy', 'amount': 'n', 'collected': 'n'}
    kinds |= {'returned': 'n', 'status': ''}
    return table(
        [Column(w(f'deposits.column.{name}'), kind) for name, kind in kinds.items()],
        (Row(row.number, f'/deposits/{row.number}', _cells(w, row)) for row in deposits),
    )


def head(w: Words, deposit: DepositView) -> Node:
    row = deposit.row
    below: list[Node] = [
        customer_link(w, deposit.customer_id, row.customer, row.customer_th),
        ' · ',
        a(href=f'/quotes/{deposit.quote_number}')[deposit.quote_number],
    ]
    if row.job_number:
        below += [' · ', a(href=f'/jobs/{row.job_number}')[row.job_number]]
    return record_head(w, ('/deposits', w('deposits.title')), row.number, state(w, row.status), below=below)


def buttons(w: Words, deposit: DepositView) -> Node:
    """What can be done with it now: collect what is awaited, return what is held."""
    collects, returns = bool(deposit.awaited), bool(deposit.held)
    look = '.btn.ghost' if collects else '.btn'
    return [
        button(look, type='button', data_do='return')[w('deposits.return')] if returns else None,
        button('.btn', type='button', data_do='collect')[w('deposits.collect')] if collects else None,
    ]


def standing(w: Words, deposit: DepositView) -> Node:
    rows = [(w('deposits.asked'), deposit.row.amount, '')]
    if deposit.awaited:
        rows.append((w('deposits.awaited'), deposit.awaited, ''))
    rows.append((w('deposits.held'), deposit.held, 'strong'))
    days = [
        (w('deposits.requested'), w.day(deposit.requested_on)),
        (w('deposits.waived'), w.day(deposit.waived_on) if deposit.waived_on else None),
    ]
    return [amounts(w, rows), facts(days)]


def ledger(w: Words, deposit: DepositView, *, may_reverse: bool) -> Node:
    """Every movement with its receipt, then what was kept and why."""
    may_reverse = may_reverse and bool(deposit.held)
    if not deposit.entries:
        return p('.dim')[w('deposits.no_moves')]
    return htpy.table('.lines')[
        thead[
            tr[
                [th[w(f'deposits.ledger.{name}')] for name in ('day', 'what', 'method')],
                [th('.n')[w(f'deposits.ledger.{name}')] for name in ('came', 'went')],
            ]
        ],
        tbody[
            [_entry(w, entry, may_reverse) for entry in deposit.entries],
            [_kept(w, kept) for kept in deposit.kept_lines],
        ],
    ]


def _entry(w: Words, entry: Entry, may_reverse: bool) -> Node:
    came = entry.kind is DepositMoveKind.COLLECTED
    notes = [entry.reference, w('invoices.recorded_by', name=entry.by)]
    if entry.reversed:
        notes.append(w('invoices.reversed_because', reason=entry.reversal_reason))
    verb: Node = None
    if entry.reversed:
        verb = chip('', w('invoices.reversed'))
    elif came and may_reverse:
        said = w('invoices.reverse')
        verb = button('.btn.text.bad', type='button', data_do='reverse', data_ref=str(entry.id))[said]
    tone = 'aside' if entry.reversed else None
    return [
        tr(class_=tone)[
            td[w.day(entry.day)],
            td[b[w('deposits.collected') if came else w('deposits.given_back')], small[entry.receipt]],
            td[w(f'common.method.{entry.method.name.lower()}'), small[' · '.join(note for note in notes if note)]],
            _moved(w, 'came', entry.amount if came else None),
            _moved(w, 'went', None if came else entry.amount),
        ],
        tr(class_=f'payment-verbs {tone or ""}'.strip())[td(colspan='5')[verb]] if verb else None,
    ]


def _kept(w: Words, kept: Kept) -> Node:
    tax = w('deposits.vat_inside', amount=w.baht(kept.vat), number=kept.tax_invoice) if kept.vat else None
    return tr[
        td,
        td[b[w(f'deposits.kept_kind.{kept.kind.name.lower()}')], small[kept.reason]],
        td[small[tax] if tax else None],
        _moved(w, 'came', None),
        _moved(w, 'went', kept.amount),
    ]


def _moved(w: Words, way: str, amount: Decimal | None) -> Node:
    return td('.n', data_label=w(f'deposits.ledger.{way}'))[figure(amount) if amount else None]


def _cells(w: Words, row: DepositRow) -> tuple[Node, ...]:
    return (
        row.number,
        w.pick(row.customer, row.customer_th),
        a('.above', href=f'/jobs/{row.job_number}')[row.job_number] if row.job_number else w('common.none'),
        figure(row.amount),
        figure(row.collected),
        figure(row.returned),
        state(w, row.status),
    )
