"""How the rows of a bank statement are drawn: what came in, what it may be, and one press to confirm it."""

from __future__ import annotations

from decimal import Decimal

from htpy import Node, a, b, button, div, h2, p, section, small, span

from app.words import Words
from models import LineState, Proposal
from pages.console.sheet import figure
from pages.console.statement_view import LineRow, Offer, StatementView
from pages.parts.empty import empty
from pages.parts.table import Column, Row, chip, table

TONE = {'recorded': 'good', 'reference': 'acc', 'claim': 'acc', 'amount': ''}


def statement(w: Words, view: StatementView, *, writes: bool) -> Node:
    last = view.last
    told = last and w(
        'pay.statement.last_read', file=last.file, moment=w.moment(last.at), name=last.by, new=last.new, rows=last.rows
    )
    nothing = 'none' if last is None else 'all_done'
    calm = div('.card')[empty('receipts', w(f'pay.statement.{nothing}'), w(f'pay.statement.{nothing}_text'))]
    more = p('.dim')[w('pay.statement.rest', count=view.left)] if view.left else None
    return [
        p('.dim')[told or w('pay.statement.intro')],
        [_table(w, view.open, writes), more] if view.open else calm,
        section('.decided')[h2[w('pay.statement.done')], _table(w, view.done, writes)] if view.done else None,
    ]


def _table(w: Words, rows: tuple[LineRow, ...], writes: bool) -> Node:
    columns = [
        Column(w('pay.statement.day'), 'tight'),
        Column(w('pay.statement.amount'), 'n'),
        Column(w('pay.statement.text'), 'bank-text'),
        Column(w('pay.statement.proposal')),
        Column('', 'acts'),
    ]
    return table(columns, (Row(str(row.id), '', _cells(w, row, writes)) for row in rows))


def _cells(w: Words, row: LineRow, writes: bool) -> tuple[Node, ...]:
    day = [w.day(row.booked_on), small[row.at[:5]] if row.at else None]
    return day, b[figure(row.amount)], span[row.text], _may_be(w, row, writes), _acts(w, row) if writes else None


def _may_be(w: Words, row: LineRow, writes: bool) -> Node:
    if row.state is LineState.RECORDED:
        return chip('good', w('pay.statement.recorded_for', number=row.number, name=row.decided_by))
    if row.state is LineState.IGNORED:
        return span('.dim')[w('pay.statement.ignored', name=row.decided_by)]
    if not row.offers:
        return span('.dim')[w('pay.statement.nothing')]
    return div('.offers')[[_offer(w, row, offer, place == 0, writes) for place, offer in enumerate(row.offers)]]


def _offer(w: Words, row: LineRow, offer: Offer, first: bool, writes: bool) -> Node:
    it = offer.proposal
    room = 'jobs' if it.is_job else 'invoices' if it.is_invoice else 'deposits'
    press = button(
        '.btn.small' if first and it.why != 'amount' else '.btn.ghost.small',
        type='button',
        data_do='tick' if it.movement_id else 'record',
        data_ref=f'{row.id}:{it.movement_id or it.record_id}',
        aria_label=w('pay.statement.record_as', number=it.number),
    )[w('pay.statement.tick') if it.movement_id else w('pay.statement.record')]
    return div('.offer')[
        div[
            a(href=f'/{room}/{it.number}')[b[it.number]],
            ' ',
            chip(TONE[it.why], w(f'pay.statement.why_{it.why}')),
            small[w.pick(offer.customer, offer.customer_th), _difference(w, row.amount, it)],
        ],
        press if writes else None,
    ]


def _difference(w: Words, amount: Decimal, it: Proposal) -> str:
    """What recording it would leave, where it is not the whole."""
    if it.movement_id:
        return ''
    parts = [w('pay.statement.withheld', tax=w.baht(it.withheld))] if it.withheld else []
    rest = it.owed - amount - it.withheld
    if rest:
        key = 'left' if rest > 0 else 'more'
        parts.append(w(f'pay.statement.{key}', amount=w.baht(abs(rest))))
    return ''.join(f' · {part}' for part in parts)


def _acts(w: Words, row: LineRow) -> Node:
    if row.state is LineState.RECORDED:
        return None
    verbs = {'find': 'find', 'ignore': 'ignore'} if row.state is LineState.OPEN else {'reopen': 'reopen'}
    return div('.btns')[
        [
            button('.btn.text.small', type='button', data_do=verb, data_ref=str(row.id))[w(f'pay.statement.{key}')]
            for verb, key in verbs.items()
        ]
    ]
