"""Customer credit and credit notes at the counter: use it on an invoice, return it, lower an invoice."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

from htpy import Node, p
from nicegui import background_tasks

from models import (
    CreditNote,
    CreditReturn,
    Customer,
    Invoice,
    Level,
    Module,
    Refused,
    credit_of,
    use_credit,
)
from pages.console.find import find
from pages.console.money_fields import money_fields, moved_by
from pages.console.sheet import amounts
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region


async def use_credit_panel(desk: Desk, invoice_id: UUID) -> None:
    """`Use Credit`: as much as there is, or as much as is owed."""
    w = desk.w
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    actor.must(Module.INVOICES, Level.WRITE)
    credit = await credit_of(invoice.customer_id)
    key = uuid4()
    with open_panel(desk, w('money.use_credit')) as panel:
        said = {'credit': w.baht(credit), 'number': invoice.number or '', 'balance': w.baht(invoice.balance)}
        Region(p[w('money.using.text', **said)])
        blames = {'amount_not_positive': 'amount', 'credit_too_small': 'amount', 'more_than_balance': 'amount'}
        form = Form(desk, blames)
        form.money('amount', w('money.using.amount'), min(credit, invoice.balance))

        async def save() -> None:
            found, by = await find(desk, Invoice, id=invoice_id)
            amount: Decimal = form['amount']
            await use_credit(found, amount=amount, key=key, by=by)
            panel.close()
            desk.say(w('money.using.done', amount=w.baht(amount), number=found.number or ''))

        form.save_button(w('money.use_credit'), save)
        panel.unsaved = lambda: form.changed


async def return_credit_panel(desk: Desk, customer_id: UUID) -> None:
    """`Return Credit`: money goes back to the customer."""
    w = desk.w
    customer = await Customer.get(id=customer_id)
    await desk.must(Module.INVOICES, Level.MANAGE)
    credit = await credit_of(customer_id)
    key = uuid4()
    with open_panel(desk, w('money.return_credit')) as panel:
        Region(p[w('money.returning.text', credit=w.baht(credit))])
        form = Form(desk, {'amount_not_positive': 'amount', 'credit_too_small': 'amount'})
        form.money('amount', w('money.returning.amount'), credit)
        money_fields(form, 'money.returning')
        form.text('reason', w('money.returning.reason'), lines=2)

        async def save() -> None:
            by = await desk.must(Module.INVOICES, Level.MANAGE)
            amount: Decimal = form['amount']
            await CreditReturn.pay_back(
                customer,
                amount=amount,
                returned_on=form['day'],
                reason=form['reason'],
                key=key,
                by=by,
                **moved_by(form),
            )
            panel.close()
            desk.say(w('money.returning.done', amount=w.baht(amount)))

        form.save_button(w('money.return_credit'), save)
        panel.unsaved = lambda: form.changed


async def credit_note_panel(desk: Desk, invoice_id: UUID) -> None:
    """`Credit Note`: by how much the value before VAT is lowered, and why."""
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    actor.must(Module.INVOICES, Level.MANAGE)
    with open_panel(desk, desk.w('money.note.verb')) as panel:
        NotePanel(desk, invoice, panel).open()


class NotePanel:
    """Says before saving what the note comes to: its VAT, what comes off the balance, what becomes credit."""

    def __init__(self, desk: Desk, invoice: Invoice, panel: Panel) -> None:
        self.desk, self.invoice, self.panel = desk, invoice, panel
        self.key = uuid4()

    def open(self) -> None:
        w = self.desk.w
        blames = {'amount_not_positive': 'difference', 'credit_note_too_much': 'difference', 'reason_missing': 'reason'}
        self.form = form = Form(self.desk, blames)
        self.head = Region()
        form.money('difference', w('money.note.difference'))
        self.outcome = Region()
        form.text('reason', w('money.note.why'), lines=2)
        self.head.show(self._text(self.invoice))
        form.on_change = lambda: background_tasks.create(self._show(), name='what a credit note comes to')
        form.save_button(w('money.note.save'), self._save)
        self.panel.unsaved = lambda: form.changed

    async def _show(self) -> None:
        """The answer to what was typed last, whichever comes last."""
        typed = self.form.changes
        node, wrong = await self._outcome()
        if typed == self.form.changes and not self.outcome.is_deleted:
            self.outcome.show(node)
            self.form.fields['difference'].blame(wrong)

    def _text(self, invoice: Invoice) -> Node:
        w = self.desk.w
        said = 'text' if invoice.balance > 0 else 'text_paid'
        return p[w(f'money.note.{said}', number=invoice.number or '', balance=w.baht(invoice.balance))]

    async def _outcome(self) -> tuple[Node, str]:
        """As one types; what no note can be is said beside the field at once."""
        w = self.desk.w
        invoice = await Invoice.get(id=self.invoice.id)
        try:
            difference: Decimal = self.form['difference']
            vat, lowered, credit = await CreditNote.worth(invoice, difference)
        except Refused as refused:
            return None, w.refusal(refused) if refused.reason == 'credit_note_too_much' else ''
        rows = [(w('money.note.vat'), vat, '')] if vat else []
        rows.append((w('money.note.whole_vat' if vat else 'money.note.whole'), difference + vat, 'strong'))
        if lowered:
            rows += [(w('money.note.off_balance'), lowered, ''), (w('money.note.after'), invoice.balance - lowered, '')]
        if credit:
            rows.append((w('money.note.to_credit'), credit, ''))
        return amounts(w, rows), ''

    async def _save(self) -> None:
        w, form = self.desk.w, self.form
        invoice, by = await find(self.desk, Invoice, id=self.invoice.id)
        note = await CreditNote.issue(
            invoice, difference=form['difference'], reason=form['reason'], key=self.key, by=by
        )
        self.panel.close()
        self.desk.say(w('money.note.done', number=note.number, amount=w.baht(note.amount)))
