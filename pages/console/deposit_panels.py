"""The side panels in which a deposit is given back, whole, in part or not at all, and a collection is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from htpy import Node, p
from nicegui import html, ui

from models import (
    Deposit,
    DepositMove,
    KeptEntry,
    KeptKind,
    Level,
    Module,
    Receipt,
    Refused,
    reverse_collected,
)
from pages.console.find import find, id_in
from pages.console.money_fields import money_fields, moved_by
from pages.console.sheet import amounts
from pages.frame import Desk
from pages.parts.action import action
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region

ZERO = Decimal('0.00')


async def return_deposit(desk: Desk, number: str) -> None:
    """`Return Deposit`: what goes back and what is kept, line by line with its reason."""
    deposit, actor = await find(desk, Deposit, number=number)
    actor.must(Module.INVOICES, Level.WRITE)
    if not deposit.held:
        raise Refused('deposit_not_held', number=number)
    with open_panel(desk, desk.w('deposits.giving.title')) as panel:
        Return(desk, deposit, panel).open()


async def reverse_collection(desk: Desk, number: str, reference: str) -> None:
    """What was collected by mistake, or did not come after all: with a reason."""
    w = desk.w
    deposit, actor = await find(desk, Deposit, number=number)
    actor.must(Module.INVOICES, Level.MANAGE)
    move = await _move(deposit, reference)
    receipt = await Receipt.get(id=move.receipt_id)
    amount = w.baht(move.amount)
    with open_panel(desk, w('deposits.undo.title')) as panel:
        Region(p[w('deposits.undo.text', amount=amount, number=number, receipt=receipt.number)])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('deposits.undo.reason'), lines=3)

        async def save() -> None:
            by = await desk.must(Module.INVOICES, Level.MANAGE)
            await reverse_collected(await _move(deposit, reference), reason=form['reason'], by=by)
            panel.close()
            desk.say(w('deposits.undo.done', amount=amount))

        form.save_button(w('deposits.undo.save'), save, tone='bad')
        panel.unsaved = lambda: form.changed


async def _move(deposit: Deposit, reference: str) -> DepositMove:
    move = await DepositMove.get_or_none(id=id_in(reference), deposit_id=deposit.id)
    if move is None:
        raise Refused('record_gone')
    return move


@dataclass(slots=True)
class KeptLine:
    """One line of what is kept, by the names of its fields in the form."""

    number: int
    box: ui.element

    def name(self, part: str) -> str:
        return f'{part}_{self.number}'


class Return:
    """The panel: all of it, a part, or nothing goes back; what is kept is entered as lines."""

    def __init__(self, desk: Desk, deposit: Deposit, panel: Panel) -> None:
        self.desk, self.deposit, self.panel = desk, deposit, panel
        self.key = uuid4()
        self.lines: list[KeptLine] = []
        self.made = 0

    def open(self) -> None:
        w = self.desk.w
        self.head = Region()
        self.form = form = Form(self.desk)
        ways = {way: w(f'deposits.giving.{way}') for way in ('full', 'partial', 'forfeit')}
        form.choice('how', w('deposits.giving.how'), ways, 'full')
        with ui.element('div').classes('group') as self.kept_box:
            html.h2(w('deposits.giving.kept'))
            self.rows = ui.element('div').classes('group')
            Region(p('.dim')[w('deposits.giving.charge_hint')])
            action(self.desk, w('deposits.giving.add'), self._add, tone='ghost')
        self.sums = Region()
        money_fields(form, 'deposits.giving')
        form.on_change = self._changed
        form.save_button(w('deposits.giving.save'), self._save)
        self.panel.unsaved = lambda: form.changed
        self._changed()

    def _add(self, amount: Decimal | None = None) -> None:
        w, form = self.desk.w, self.form
        self.made += 1
        with self.rows, ui.element('div').classes('kept-line') as box:
            line = KeptLine(self.made, box)
            kinds = {kind.name: w(f'deposits.kept_kind.{kind.name.lower()}') for kind in KeptKind}
            with ui.element('div').classes('pair uneven'):
                form.select(line.name('kind'), w('deposits.giving.kind'), kinds, KeptKind.COMPENSATION.name)
                form.money(line.name('amount'), w('deposits.giving.amount'), amount)
            form.text(line.name('reason'), w('deposits.giving.reason'))
            action(self.desk, w('deposits.giving.remove'), lambda: self._remove(line), tone='text')
        self.lines.append(line)
        self._draw()

    def _remove(self, line: KeptLine) -> None:
        if line in self.lines:
            self.lines.remove(line)
            for part in ('kind', 'amount', 'reason'):
                self.form.forget(line.name(part))
            line.box.delete()
            self._draw()

    def _changed(self) -> None:
        keeps = self.form['how'] != 'full'
        self.kept_box.set_visibility(keeps)
        if keeps and not self.lines:
            self._add(self.deposit.held if self.form['how'] == 'forfeit' else None)
        self._draw()

    def _draw(self) -> None:
        held = self.desk.w.baht(self.deposit.held)
        self.head.show(p[self.desk.w('deposits.giving.held', number=self.deposit.number, amount=held)])
        self.sums.show(self._sums())

    def _sums(self) -> Node:
        w = self.desk.w
        try:
            kept = sum((entry.amount for entry in self._kept()), ZERO)
        except Refused:
            return None
        held = self.deposit.held
        if kept > held:
            number = self.deposit.number
            return p('.warning')[w.refusal(Refused('kept_too_much', number=number, held=held))]
        rows = [
            (w('deposits.giving.keeping'), kept, ''),
            (w('deposits.giving.back'), held - kept, 'strong'),
        ]
        return amounts(w, rows)

    def _kept(self) -> list[KeptEntry]:
        if self.form['how'] == 'full':
            return []
        return [
            KeptEntry(
                KeptKind[self.form[line.name('kind')]], self.form[line.name('reason')], self.form[line.name('amount')]
            )
            for line in self.lines
        ]

    async def _save(self) -> None:
        kept, form, w = self._kept(), self.form, self.desk.w
        deposit, actor = await find(self.desk, Deposit, number=self.deposit.number)
        seen, self.deposit = self.deposit.held, deposit
        self._draw()
        keeping = sum((entry.amount for entry in kept), ZERO)
        # What the person chose in words must be what the amounts say.
        if form['how'] == 'forfeit' and keeping != deposit.held:
            raise Refused('forfeit_not_all', held=deposit.held)
        if form['how'] == 'partial' and not kept:
            raise Refused('kept_missing')
        how = {'returned_on': form['day'], 'kept': kept, **moved_by(form)}
        await deposit.give_back(**how, seen=seen, key=self.key, by=actor)
        self.panel.close()
        returned = seen - keeping
        self.desk.say(w('deposits.giving.done', number=deposit.number, returned=w.baht(returned), kept=w.baht(keeping)))
