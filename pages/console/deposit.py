"""One deposit as a small ledger: what was asked, what came, what went back, what was kept and why."""

from __future__ import annotations

from models import Deposit, Level, Module
from pages.bind import bind
from pages.console import deposit_sheet as drawn
from pages.console.collect_panel import collect_payment
from pages.console.columns import history_below, two_columns
from pages.console.deposit_panels import return_deposit, reverse_collection
from pages.console.deposit_view import DepositView, live_deposit
from pages.console.links import choose_link, link_entries, links_block
from pages.console.sheet import block
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.more import More
from pages.parts.papers import paper_list
from pages.parts.region import Region


@console_page('/deposits/{number}', module=Module.INVOICES)
async def deposit_page(desk: Desk, number: str) -> None:
    deposit = await Deposit.get(number=number)
    await DepositScreen(desk, deposit).open()


class DepositScreen:
    def __init__(self, desk: Desk, deposit: Deposit) -> None:
        self.desk, self.deposit = desk, deposit

    async def open(self) -> None:
        desk, deposit = self.desk, self.deposit
        with bar(desk, deposit.number, heading='') as self.top:
            self.buttons = Region(act=guarded(desk, self._act))
            self.buttons.classes('btns')
            self.more = More(desk, self._choose)
        wide, narrow = two_columns()
        with wide:
            self.ledger = Region(act=guarded(desk, self._act))
        with narrow:
            self.standing = Region()
            await paper_list(desk, deposit.customer_id, deposit_id=deposit.id)
            await links_block(desk, deposit)
        await history_below(desk, wide, deposit_id=deposit.id)
        await bind(live_deposit(deposit.id, deposit.customer_id), self._show, self.top)

    def _show(self, view: DepositView) -> None:
        w = self.desk.w
        self.top.show(drawn.head(w, view))
        self.buttons.show(drawn.buttons(w, view) if self.desk.may(Module.INVOICES, Level.WRITE) else None)
        self.more.offer(link_entries(self.desk, self.deposit, alive=bool(view.awaited)))
        ledger = drawn.ledger(w, view, may_reverse=self.desk.may(Module.INVOICES, Level.MANAGE))
        self.ledger.show(block(w('deposits.ledger_title'), ledger))
        self.standing.show(block(w('deposits.standing'), drawn.standing(w, view)))

    async def _choose(self, key: str) -> None:
        await choose_link(self.desk, key, await Deposit.get(id=self.deposit.id))

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'reverse':
            await reverse_collection(self.desk, self.deposit.number, reference)
        panels = {'collect': collect_payment, 'return': return_deposit}
        if verb in panels:
            await panels[verb](self.desk, self.deposit.number)
