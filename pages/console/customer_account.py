"""A customer's account: what is owed and what is the customer's, and its statement over any period, as a paper too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import htpy
from htpy import Node, b, button, div, p, small, tbody, td, th, thead, tr
from nicegui import background_tasks, ui

from app.live import Follow, Live, follow, live
from app.words import Words
from models import (
    CreditNote,
    CreditReturn,
    Customer,
    Deposit,
    DocumentKind,
    Invoice,
    Level,
    Module,
    Payment,
    Receipt,
    Refused,
    Statement,
    StatementLine,
    credit_of,
    make_statement,
    outstanding_of,
)
from pages.bind import bind
from pages.console.credit_panels import return_credit_panel
from pages.console.line_fields import card
from pages.console.money_fields import today
from pages.console.sheet import figure
from pages.frame import Desk
from pages.parts.action import guarded
from pages.parts.form import Form
from pages.parts.papers import paper_list
from pages.parts.region import Region
from pages.parts.table import LiveRegion


@dataclass(frozen=True, slots=True)
class Standing:
    owed: Decimal
    credit: Decimal
    before: Decimal


class AccountScreen:
    """The period is the person's; what stands in it follows what happens."""

    def __init__(self, desk: Desk, customer_id: UUID) -> None:
        self.desk, self.customer_id = desk, customer_id

    async def open(self) -> None:
        with ui.element('div').classes('stack'):
            await self._pile()

    async def _pile(self) -> None:
        desk, w = self.desk, self.desk.w
        figures = Region(act=guarded(desk, self._act))
        with card(w('money.statement.title')):
            self.form = form = Form(desk, {'period_backwards': 'last'})
            with ui.element('div').classes('three'):
                form.date('first', w('money.statement.first'), today().replace(day=1))
                form.date('last', w('money.statement.last'), today())
            self.shown: LiveRegion[Statement] = LiveRegion(lambda statement: statement_table(w, statement))
            if desk.may(Module.INVOICES, Level.WRITE):
                form.save_button(w('money.statement.make'), self._make).classes('beside')
        form.on_change = lambda: background_tasks.create(form.attempt(self._follow), name='another period')
        await bind(live_standing(self.customer_id), lambda standing: figures.show(self._figures(standing)), figures)
        await self._follow()
        for kind in (DocumentKind.STATEMENT, DocumentKind.CREDIT_RETURN):
            await paper_list(desk, self.customer_id, kind=kind)

    async def _follow(self) -> None:
        await self.desk.must(Module.INVOICES, Level.READ)
        first, last = self.form['first'], self.form['last']
        if last < first:
            raise Refused('period_backwards')
        await self.shown.follow(live_statement(self.customer_id, first, last))

    async def _make(self) -> None:
        by = await self.desk.must(Module.INVOICES, Level.WRITE)
        customer = await Customer.get(id=self.customer_id)
        document = await make_statement(customer, first=self.form['first'], last=self.form['last'], by=by)
        self.desk.say(self.desk.w('money.statement.made', number=document.number))

    async def _act(self, verb: str, _reference: str) -> None:
        if verb == 'return-credit':
            await return_credit_panel(self.desk, self.customer_id)

    def _figures(self, standing: Standing) -> Node:
        w = self.desk.w
        shown = [(w('customers.outstanding'), standing.owed), (w('money.credit'), standing.credit)]
        if standing.before:
            shown.append((w('money.paid_before'), standing.before))
        returns = standing.credit and self.desk.may(Module.INVOICES, Level.MANAGE)
        return div('.card.figures')[
            [div[small('.dim')[name], b('.figure')[w.baht(amount)]] for name, amount in shown],
            button('.btn.ghost', type='button', data_do='return-credit')[w('money.return_credit')] if returns else None,
        ]


def live_standing(customer_id: UUID) -> Live[Standing]:
    async def load() -> Standing:
        waiting = Payment.filter(customer_id=customer_id, invoice_id=None, counted_on_id=None, reversed_at=None)
        before = sum((payment.kept_before for payment in await waiting), Decimal('0.00'))
        return Standing(await outstanding_of(customer_id), await credit_of(customer_id), before)

    return live(('account', customer_id), _follows(customer_id), load)


def live_statement(customer_id: UUID, first: date, last: date) -> Live[Statement]:
    follows = [
        *_follows(customer_id),
        follow(Receipt, customer_id=customer_id),
        follow(Deposit, customer_id=customer_id),
    ]
    return live(('statement', customer_id, first, last), follows, lambda: Statement.of(customer_id, first, last))


def statement_table(w: Words, statement: Statement) -> Node:
    """From the opening to the closing balance."""
    names = ('charged', 'settled', 'balance')
    held = statement.deposits_held
    return [
        htpy.table('.lines')[
            thead[
                tr[
                    [th[w(f'money.statement.{name}')] for name in ('day', 'what')],
                    [th('.n')[w(f'money.statement.{name}')] for name in names],
                ]
            ],
            tbody[
                _balance_row(w, 'opening', statement.first, statement.opening),
                [_row(w, line) for line in statement.lines],
                _balance_row(w, 'closing', statement.last, statement.closing),
            ],
        ],
        p('.dim.held')[w('money.statement.deposits_held', amount=w.baht(held))] if held else None,
    ]


def _balance_row(w: Words, name: str, day: date, amount: Decimal) -> Node:
    return tr[
        td[w.day(day)],
        td[b[w(f'money.statement.{name}')]],
        td('.n'),
        td('.n'),
        _sum(w, 'balance', b[figure(amount)]),
    ]


def _row(w: Words, line: StatementLine) -> Node:
    entry = line.entry
    told = [entry.about] if entry.about else []
    if entry.moved_on:
        said = 'returned_on' if entry.what == 'credit_returned' else 'received_on'
        told.append(w(f'money.entry.{said}', day=w.day(entry.moved_on)))
    return tr[
        td[w.day(entry.on)],
        td[b[w(f'money.entry.{entry.what}'), ' ', entry.number], small[' · '.join(told)] if told else None],
        _sum(w, 'charged', figure(entry.charged) if entry.charged else None),
        _sum(w, 'settled', figure(entry.settled) if entry.settled else None),
        _sum(w, 'balance', figure(line.balance)),
    ]


def _sum(w: Words, name: str, said: Node) -> Node:
    return td('.n', data_label=w(f'money.statement.{name}'))[said]


def _follows(customer_id: UUID) -> list[Follow]:
    return [follow(model, customer_id=customer_id) for model in (Invoice, Payment, CreditNote, CreditReturn)]
