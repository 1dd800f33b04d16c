"""The pay sheet: open above all that changes, true to the balance, and a receipt the moment the money is recorded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from nicegui import background_tasks, events, ui

from app.assets import asset
from models import Grant
from pages.bind import bind
from pages.parts.region import Region
from pages.parts.sheet import Sheet
from pages.portal.pay_sheet import claim_form, foot_part, part_field, part_problem, pay_part, ways_part
from pages.portal.pay_view import ZERO, Chosen, PayView, chosen, live_pay, part_typed
from pages.portal.reader import Reader

if TYPE_CHECKING:
    from pages.portal.door import Entry


async def open_pay(r: Reader, entry: Entry, layer: ui.element, number: str) -> PaySheet | None:
    """`Pay`: the sheet of one invoice or deposit, if this link shows it."""
    grant = await entry.grant_now()
    if grant is None or await live_pay(grant, number) is None:
        return None
    sheet = PaySheet(r, entry, layer, number)
    await sheet.follow(grant)
    return sheet


class Tools(ui.element, component='pay_tools.js'):
    """What a sheet needs of the browser: the clipboard, what is typed, and a file sent with a form."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self._props['words'], self._props['styles'] = words, asset('pay.css')


class PaySheet:
    """Every press asks again whether the link lives; what somebody chose or types survives every change."""

    def __init__(self, r: Reader, entry: Entry, layer: ui.element, number: str) -> None:
        self.r, self.entry, self.number = r, entry, number
        self.view: PayView | None = None
        self.grant: Grant | None = None
        self.chosen = Chosen()
        self.parted, self.typed, self.wrong = False, '', ''
        self.again = False  # whether the code is wanted although all was said to be paid
        self.at_first: Decimal | None = None
        self.sheet = Sheet(layer, r.w, r.w('pay.title', number=number))
        names = ('too_large', 'not_sent', 'by_hand', 'sending', 'choose_slip')
        with self.sheet, Tools({name: r.w(f'pay.{name}') for name in names}) as self.tools:
            self.followed = ui.element('div').classes('hidden')
            self.body = Region(act=self._act)
            self.ways = Region(act=self._act)
            self.field = Region()
            self.problem = Region()
            self.form = Region(act=self._act)
            self.foot = Region(act=self._act)
        self.tools.on('told', self._told)
        self.tools.on('claimed', self._claimed, args=[])

    def leave(self) -> None:
        self.sheet.leave()

    async def follow(self, grant: Grant) -> None:
        """Show what this grant lets see, from now on."""
        found = await live_pay(grant, self.number)
        if found is None or self.sheet.is_deleted:
            return
        self.grant = grant
        self.followed.delete()
        with self.tools:
            self.followed = ui.element('div').classes('hidden')
        await bind(found, self._show, self.followed)

    def _show(self, view: PayView | None) -> None:
        if view is None:
            self.sheet.leave()
            return
        self.view = view
        if self.at_first is None:
            self.at_first = view.settled
        self.wrong = part_typed(self.r.w, view, self.typed)[1]
        if self.chosen.part and view.part_of(self.chosen.part) != self.chosen.part:
            self.chosen = Chosen(net=self.chosen.net)
        self._draw()
        if view.owed <= 0:
            self.form.show(None)
            if view.receipt is None and self.grant and not self.grant.kept:
                # The link has just ended with its invoice: this device keeps it, and what came of it.
                background_tasks.create(self._follow_kept(), name='show the receipt of what was paid')

    async def _follow_kept(self) -> None:
        grant = await self.entry.grant_now()
        if grant and grant.kept:
            await self.follow(grant)

    def _draw(self) -> None:
        view, r = self.view, self.r
        if view is None or self.sheet.is_deleted:
            return
        claiming = bool(self.form.html) and view.owed > 0
        received = view.settled - (self.at_first or ZERO)
        self.again = self.again and view.told
        folded = view.told and not self.again
        asks = self.parted and view.parts and view.owed > 0 and not claiming and not folded
        wrong = self.wrong if asks else ''
        body = pay_part(r, view, self.chosen, received=received, wrong=bool(wrong), folded=folded)
        self.body.show(None if claiming else body)
        self.ways.show(None if claiming or folded else ways_part(r, view, self.chosen, parted=self.parted))
        if not asks:
            self.field.show(None)
        elif not self.field.html:
            self.field.show(part_field(r, self.typed))
        self.problem.show(part_problem(wrong))
        self.foot.show(None if claiming else foot_part(r, view, folded=folded))

    async def _act(self, verb: str, reference: str) -> None:
        if self.view is None or await self.entry.grant_now() is None:
            return
        if verb == 'leave':
            self.sheet.leave()
        elif verb == 'net':
            self.chosen = replace(self.chosen, net=not self.chosen.net)
        elif verb == 'part':
            self.parted, self.chosen = not self.parted, Chosen(net=self.chosen.net)
            self.typed = self.wrong = ''
        elif verb == 'paid':
            self._open_form()
        elif verb == 'amend':
            self._open_amending(reference)
        elif verb == 'back':
            self.form.show(None)
        elif verb == 'again':
            self.again = True
        self._draw()

    def _open_form(self) -> None:
        """Its address holds a key of its own, so that what is sent twice is said once."""
        assert self.view is not None
        amount, tax = self.chosen.sums(self.view)
        net = '&net=1' if tax else ''
        address = self.r.at(f'/pay/{self.number}/claim?key={uuid4()}{net}')
        self.form.show(claim_form(self.r, amount, address))

    def _open_amending(self, reference: str) -> None:
        """What was said and waits, to be corrected; its own key is in the address."""
        assert self.view is not None
        claim = next((one for one in self.view.claims if one.waits and str(one.id) == reference), None)
        if claim:
            net = '&net=1' if claim.withheld else ''
            address = self.r.at(f'/pay/{self.number}/claim?key={claim.id}&amend=1{net}')
            self.form.show(claim_form(self.r, claim.amount, address, amends=claim))

    async def _claimed(self) -> None:
        self.form.show(None)
        self._draw()

    async def _told(self, event: events.GenericEventArguments) -> None:
        """A part was typed; anybody can send anything here."""
        said = event.args if isinstance(event.args, dict) else {}
        grant = await self.entry.grant_now()
        if said.get('name') != 'part' or not isinstance(said.get('value'), str) or self.view is None or grant is None:
            return
        self.typed = said['value'][:40]
        part, self.wrong = part_typed(self.r.w, self.view, self.typed)
        self.chosen = await chosen(grant, self.view, part=part, net=self.chosen.net)
        self._draw()
