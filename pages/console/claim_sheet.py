"""How claims are drawn: who says what was paid, with the slip, and what can be done about it."""

from __future__ import annotations

from htpy import Node, a, b, button, div, h2, p, section, small, span

from app.words import Words
from models import ClaimState
from pages.console.claim_view import ClaimRow, Claims
from pages.console.sheet import customer_link
from pages.console.told import slip_shown
from pages.parts.empty import empty
from pages.parts.listed import show_more
from pages.parts.table import Column, Row, chip, table


def claim_list(w: Words, claims: Claims, *, writes: bool) -> Node:
    nobody = div('.card')[empty('receipts', w('pay.claims.none'), w('pay.claims.none_text'))]
    return [
        [
            _table(w, claims.waiting.rows, lambda row: _buttons(w, row) if writes else None),
            show_more(w, claims.waiting.left),
        ]
        if claims.waiting.rows
        else nobody,
        section('.decided')[
            h2[w('pay.claims.decided')],
            _table(w, claims.decided.rows, lambda row: _outcome(w, row)),
            show_more(w, claims.decided.left),
        ]
        if claims.decided.rows
        else None,
    ]


def _table(w: Words, rows: tuple[ClaimRow, ...], last: object) -> Node:
    columns = [
        Column(w('pay.claims.amount'), 'n'),
        Column(w('pay.claims.paid_for')),
        Column(w('pay.claims.told')),
        Column(w('pay.claims.slip')),
        Column('', 'acts'),
    ]
    assert callable(last)
    return table(columns, (Row(str(row.id), '', (*_cells(w, row), last(row))) for row in rows))


def _cells(w: Words, row: ClaimRow) -> tuple[Node, ...]:
    tax = small[w('pay.statement.withheld', tax=w.baht(row.withheld))] if row.withheld else None
    transfer = w('pay.claims.transfer', reference=row.reference, bank=row.bank) if row.reference else None
    owed = w('pay.claims.owed', amount=w.baht(row.owed)) if row.owed > 0 else w('pay.claims.settled')
    return (
        [b[w.baht(row.amount)], tax],
        [
            a(href=row.path)[b[row.number]],
            small[customer_link(w, row.customer_id, row.customer, row.customer_th), ' · ', owed],
        ],
        [span('.moment')[w.moment(row.claimed_at)], small[transfer] if transfer else None],
        slip_shown(w, row.id) if row.has_slip else span('.dim')[w('pay.claims.no_slip')],
    )


def _buttons(w: Words, row: ClaimRow) -> Node:
    return div('.btns')[
        button('.btn.small', type='button', data_do='record', data_ref=str(row.id))[w('pay.claims.record')]
        if row.owed > 0
        else None,
        button('.btn.ghost.small', type='button', data_do='dismiss', data_ref=str(row.id))[w('pay.claims.dismiss')],
    ]


def _outcome(w: Words, row: ClaimRow) -> Node:
    if row.state is ClaimState.RECORDED:
        return chip('good', w('pay.claims.recorded', name=row.decided_by))
    return p('.dim')[w('pay.claims.dismissed', name=row.decided_by, reason=row.reason)]
