"""`Collect Payment`: what came in for a deposit; one payment however often it is pressed, and whoever told of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from htpy import p

from models import Claim, Deposit, Level, Method, Module, Refused
from pages.console.find import find
from pages.console.looked import Looked
from pages.console.money_fields import money_fields, moved_by
from pages.console.told import Told, claim_options, slip_shown, waiting_for
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region


async def collect_payment(desk: Desk, number: str, told: Told | None = None) -> None:
    deposit, actor = await find(desk, Deposit, number=number)
    actor.must(Module.INVOICES, Level.WRITE)
    with open_panel(desk, desk.w('deposits.collecting.title')) as panel:
        await Collecting(desk, deposit, panel, told).open()


class Collecting:
    """The form begins with what a customer or the bank told of the money, where somebody did."""

    def __init__(self, desk: Desk, deposit: Deposit, panel: Panel, told: Told | None) -> None:
        self.desk, self.deposit, self.panel, self.told = desk, deposit, panel, told
        self.row = told if told and told.line_id and not told.claim_id else None
        self.key = uuid4()
        self.claims: list[Claim] = []

    async def open(self) -> None:
        self.looked = await Looked.at(self.deposit)
        if self.told is None or self.row:
            self.claims = await waiting_for(self.deposit)
            self.told = self._told_by(self.claims[0] if self.claims else None)
        self._build()

    def _build(self) -> None:
        w, number, told = self.desk.w, self.deposit.number, self.told
        Region(p[w('deposits.collecting.awaited', number=number, amount=w.baht(self.deposit.awaited))])
        self.form = form = Form(self.desk, {'amount_not_positive': 'amount', 'more_than_deposit': 'amount'})
        if self.claims:
            form.select('claim', w('pay.claims.which'), claim_options(w, self.claims), self._picked)
        if told and told.slip and told.claim_id:
            Region(slip_shown(w, told.claim_id))
        form.money('amount', w('deposits.collecting.amount'), told.amount if told else self.deposit.awaited)
        money_fields(form, 'deposits.collecting', method=told.method if told else Method.PROMPTPAY)
        if told:
            form.fields['day'].write(told.paid_on.isoformat())
            form.fields['reference'].write(told.reference)
        form.saved()
        form.on_change = self._changed
        form.save_button(w('deposits.collecting.save'), self._save)
        self.panel.unsaved = lambda: form.changed

    def _changed(self) -> None:
        """Another claim was chosen, or none of them: the form begins anew with what that one tells."""
        picked = self.form['claim'] if self.claims else ''
        if self.claims and picked != self._picked:
            found = next((claim for claim in self.claims if str(claim.id) == picked), None)
            self._again(self._told_by(found))

    def _told_by(self, claim: Claim | None) -> Told | None:
        """What is told of the money once it is known of which claim it is, or of none."""
        if self.row:
            return self.row.of_claim(claim)
        return Told.by_customer(claim) if claim else None

    @property
    def _picked(self) -> str:
        return str(self.told.claim_id or '') if self.told else ''

    def _again(self, told: Told | None) -> None:
        self.told = told
        self.panel.body.clear()
        with self.panel.body:
            self._build()

    async def _save(self) -> None:
        form, w, number = self.form, self.desk.w, self.deposit.number
        deposit, actor = await find(self.desk, Deposit, number=number)
        how: dict[str, Any] = {'amount': form['amount'], **moved_by(form)}
        if self.told is None:
            await self._look_for_claims(deposit, how['amount'])
        with self.looked.press() as seen:
            await self._record(deposit, form['day'], by=actor, seen=seen, **how)
        self.panel.close()
        self.desk.say(w('deposits.collecting.done', number=number, amount=w.baht(how['amount'])))

    async def _record(self, deposit: Deposit, day: date, **how: Any) -> None:
        if self.told:
            await self.told.record(deposit, paid_on=day, **how)
        else:
            await deposit.collect(**how, collected_on=day, key=self.key)

    async def _look_for_claims(self, deposit: Deposit, amount: object) -> None:
        """A customer may have told of this very money while the form was open. Raises Refused('claim_arrived')."""
        known = {claim.id for claim in self.claims}
        waiting = await waiting_for(deposit)
        arrived = [claim for claim in waiting if claim.id not in known and claim.amount == amount]
        if arrived:
            self.claims = waiting
            self._again(Told.by_customer(arrived[0]))
            raise Refused('claim_arrived')
