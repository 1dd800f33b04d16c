"""`Record Payment`: what came in, what was withheld, and what that leaves; one payment however often it is pressed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from htpy import Node, b, p
from nicegui import background_tasks
from nicegui.elements.mixins.text_element import TextElement

from models import Claim, Customer, CustomerKind, DepositMove, Invoice, Method, Payment, Receipt, Refused, baht
from pages.bind import bind
from pages.console.buyer import buyer_hint
from pages.console.find import find
from pages.console.invoice_view import InvoiceView, live_invoice
from pages.console.looked import Looked
from pages.console.money_fields import money_fields, moved_by
from pages.console.told import Told, claim_options, slip_shown, waiting_for
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import Panel
from pages.parts.region import Region
from pages.parts.typed import written

ZERO = Decimal('0.00')
BLAMES = {
    'amount_not_positive': 'amount',
    'more_than_balance': 'credit',
    'withheld_too_much': 'withheld',
    'withheld_by_company_only': 'withheld',
    'payment_known': 'reference',
}


class PaymentPanel:
    """The balance stays true while the panel is open: what was proposed follows it, what was typed does not."""

    def __init__(
        self, desk: Desk, invoice: Invoice, customer: Customer, panel: Panel, told: Told | None = None
    ) -> None:
        self.desk, self.invoice, self.panel, self.told = desk, invoice, panel, told
        self.is_company = customer.kind is CustomerKind.COMPANY
        self.row = told if told and told.line_id and not told.claim_id else None
        self.key = uuid4()
        self.balance = invoice.balance
        self.view: InvoiceView | None = None
        self.claims: list[Claim] = []

    async def open(self) -> None:
        self.looked = await Looked.at(self.invoice)
        owed = bool(self.invoice.vat and self.invoice.balance > 0 and not self.invoice.tax_invoice_number)
        self.buyer = await buyer_hint(self.desk, self.invoice.customer_id, taxed=owed)
        if self.told is None or self.row:
            self.claims = await waiting_for(self.invoice)
            self.told = self._told_by(self.claims[0] if self.claims else None)
        self._build()
        await bind(live_invoice(self.invoice.id, self.invoice.customer_id), self._show, self.panel.body)

    def _build(self) -> None:
        """The form, with what is told of the money in it."""
        desk, w, told = self.desk, self.desk.w, self.told
        self.proposed: dict[str, Decimal] = {'amount': self.balance, 'withheld': ZERO}
        self.head = TextElement(tag='p', text='')
        if self.buyer:
            Region(self.buyer)
        self.form = form = Form(desk, BLAMES)
        if self.claims:
            form.select('claim', w('pay.claims.which'), claim_options(w, self.claims), self._picked)
        if told and told.slip and told.claim_id:
            Region(slip_shown(w, told.claim_id))
        form.money('amount', w('invoices.pay.amount'), told.amount if told else self.balance)
        if self.is_company:
            form.tick('withholds', w('invoices.pay.withholds'), bool(told and told.withheld))
            form.money('withheld', w('invoices.pay.withheld'), told.withheld if told else ZERO, empty=ZERO)
        self.outcome = Region()
        form.tick('credit', w('invoices.pay.credit'))
        money_fields(form, 'invoices.pay', day='paid_on', method=told.method if told else Method.PROMPTPAY)
        if told:
            form.fields['paid_on'].write(told.paid_on.isoformat())
            form.fields['reference'].write(told.reference)
        form.on_change = self._changed
        form.saved()
        form.save_button(w('invoices.pay.save'), self._save)
        self.panel.unsaved = lambda: form.changed

    def _show(self, view: InvoiceView | None) -> None:
        if view is None or view.row.number is None:
            return
        w = self.desk.w
        self.view, self.balance = view, view.row.balance
        said = 'balance' if self.balance > 0 else 'paid_already'
        self.head.set_text(w(f'invoices.pay.{said}', number=view.row.number, amount=w.baht(self.balance)))
        self._changed()

    def _choose_claim(self) -> bool:
        """Another claim was chosen, or none of them: the form begins anew with what that one tells."""
        picked = self.form['claim'] if self.claims else ''
        if not self.claims or picked == self._picked:
            return False
        found = next((claim for claim in self.claims if str(claim.id) == picked), None)
        self.told = self._told_by(found)
        self._again()
        return True

    def _told_by(self, claim: Claim | None) -> Told | None:
        """What is told of the money once it is known of which claim it is, or of none."""
        if self.row:
            return self.row.of_claim(claim)
        return Told.by_customer(claim) if claim else None

    def _again(self) -> None:
        self.panel.body.clear()
        with self.panel.body:
            self._build()
            self._show(self.view)

    def _changed(self) -> None:
        if self._choose_claim():
            return
        self._draw()
        background_tasks.create(self._propose(), name='what is proposed for a payment')

    async def _propose(self) -> None:
        """What the figures are likely to be, in whatever field still holds what was proposed before."""
        ours = self._typed('amount') == self.proposed['amount']
        settled = self.balance if ours else await self._settled_by(self._typed('amount'))
        tax = await self.invoice.withholding_of(settled) if self._withholds else ZERO
        if self.form.fields['amount'].group.is_deleted:
            return
        if ours:
            self._write('amount', settled - tax)
        if self._withholds:
            self._propose_tax(settled, tax)

    def _propose_tax(self, settled: Decimal, tax: Decimal) -> None:
        if self._typed('withheld') == self.proposed['withheld']:
            self._write('withheld', tax)
        w = self.desk.w
        figures = {'settled': w.baht(settled), 'withheld': w.baht(tax), 'received': w.baht(settled - tax)}
        self.form.fields['withheld'].hint(w('invoices.pay.proposed', **figures))

    async def _settled_by(self, received: Decimal | None) -> Decimal:
        """How much of the invoice is settled when this much arrives after the tax was withheld."""
        if received is None or not self._withholds or self.balance <= 0:
            return received or ZERO
        share = await self.invoice.withholding_of(self.balance) / self.balance
        return min(self.balance, baht(received / (1 - share)))

    def _draw(self) -> None:
        form = self.form
        if self.is_company:
            form.fields['withholds'].group.set_visibility(self.balance > 0)
            form.fields['withheld'].group.set_visibility(self._withholds)
        rest = self._rest()
        form.fields['credit'].group.set_visibility(rest is not None and rest > 0)
        self.outcome.show(self._outcome(rest))

    def _outcome(self, rest: Decimal | None) -> Node:
        w = self.desk.w
        if rest is None:
            return None
        if rest > 0 and self.balance <= 0:
            return p('.warning')[w('invoices.pay.all_credit', rest=w.baht(rest))]
        if rest > 0:
            return p('.warning')[w('invoices.pay.over', rest=w.baht(rest))]
        if self.balance <= 0:
            return None
        return p('.dim')[b[w('invoices.pay.settles')] if rest == 0 else w('invoices.pay.left', left=w.baht(-rest))]

    def _rest(self) -> Decimal | None:
        """What is more than the balance; negative what stays owed; None while it cannot be read."""
        amount, withheld = self._typed('amount'), self._typed('withheld') if self._withholds else ZERO
        return None if amount is None or withheld is None else amount + withheld - self.balance

    @property
    def _picked(self) -> str:
        return str(self.told.claim_id or '') if self.told else ''

    @property
    def _withholds(self) -> bool:
        return self.is_company and self.balance > 0 and bool(self.form['withholds'])

    def _typed(self, name: str) -> Decimal | None:
        try:
            amount: Decimal = self.form[name]
            return amount
        except Refused:
            return None

    def _write(self, name: str, amount: Decimal) -> None:
        self.proposed[name] = amount
        if self._typed(name) != amount:
            self.form.fields[name].write(written(amount))

    async def _save(self) -> None:
        form, w = self.form, self.desk.w
        amount: Decimal = form['amount']
        withheld: Decimal = form['withheld'] if self._withholds else ZERO
        invoice, actor = await find(self.desk, Invoice, id=self.invoice.id)
        how: dict[str, Any] = {
            'amount': amount,
            'withheld': withheld,
            'paid_on': form['paid_on'],
            'keep_rest_as_credit': form['credit'],
            **moved_by(form),
        }
        if self.told is None:
            await self._look_for_claims(amount)
        with self.looked.press() as seen:
            payment = await self._record(invoice, by=actor, seen=seen, **how)
        receipt = await Receipt.get(payment_id=payment.id)
        self.panel.close()
        self.desk.say(w('invoices.pay.done', amount=w.baht(amount), receipt=receipt.number))

    async def _record(self, invoice: Invoice, **how: Any) -> Payment | DepositMove:
        if self.told:
            return await self.told.record(invoice, **how)
        return await invoice.record_payment(**how, key=self.key)

    async def _look_for_claims(self, amount: Decimal) -> None:
        """A customer may have told of this very money while the form was open. Raises Refused('claim_arrived')."""
        known = {claim.id for claim in self.claims}
        waiting = await waiting_for(self.invoice)
        arrived = [claim for claim in waiting if claim.id not in known and claim.amount == amount]
        if arrived:
            self.claims, self.told = waiting, Told.by_customer(arrived[0])
            self._again()
            raise Refused('claim_arrived')
