"""The form in which an invoice is written by hand or a draft is changed; its sums as one types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from htpy import Node, p
from nicegui import ui

from models import Business, DiscountKind, Invoice, LineKind, Refused, Totals
from pages.console.columns import two_columns
from pages.console.customer_choice import chosen_customer, customer_choice
from pages.console.find import find
from pages.console.invoice_view import sheet_line
from pages.console.line_fields import LineFields, card
from pages.console.quote_view import Sums
from pages.console.sheet import lines_table, record_head, sums_table
from pages.frame import Desk
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.region import Region
from pages.parts.typed import written

ZERO = Decimal('0.00')


class InvoiceForm:
    """A new draft, or (with `invoice`) a draft changed from the version that was opened."""

    def __init__(self, desk: Desk, invoice: Invoice | None = None, *, customer_id: str = '') -> None:
        self.desk, self.invoice, self.customer_id = desk, invoice, customer_id
        self.version = invoice.version if invoice else 0
        self.form = Form(desk, {'customer_not_chosen': 'customer', 'amount_negative': 'discount'})

    async def open(self) -> None:
        w, invoice, form = self.desk.w, self.invoice, self.form
        firm = await Business.the()
        self.vat_percent = invoice.vat_percent if invoice else firm.vat_percent
        self.vat_to = firm.vat_rounding
        title = w('money.form.title_edit') if invoice else w('invoices.form.title')
        back = (f'/invoices/{invoice.id}', w('invoices.draft')) if invoice else ('/invoices', w('invoices.title'))
        bar(self.desk, title, heading=record_head(w, back, title))
        wide, narrow = two_columns('form')
        with wide:
            if invoice is None:
                with card(w('quotes.form.customer')):
                    await customer_choice(form, self.customer_id)
                    Region(p('.dim')[w('invoices.form.text')])
            with card(w('quotes.form.lines')):
                self.theirs = Region()
                self.lines = LineFields(form, lambda: None, optional=False, classes=True)
            with card(w('quotes.notes')):
                notes = invoice.customer_notes if invoice else ''
                form.text('customer_notes', w('quotes.form.customer_notes'), notes, lines=2)
        with narrow.classes('sticky'):
            self._money()
        await self._fill()
        form.on_change = self._changed
        form.saved()
        self._changed()

    def _money(self) -> None:
        w, invoice, form = self.desk.w, self.invoice, self.form
        with card(w('invoices.column.total')):
            kinds = {kind.name: kind.value for kind in DiscountKind}
            with ui.element('div').classes('pair'):
                discount = invoice.discount_value if invoice and invoice.discount_value else None
                form.money('discount', w('quotes.form.discount'), discount, empty=ZERO)
                kind = invoice.discount_kind if invoice else DiscountKind.THB
                form.select('discount_kind', w('quotes.form.discount_in'), kinds, kind.name)
            self.sums = Region()
            form.save_button(w('invoices.form.save'), self._save)

    async def _fill(self) -> None:
        if self.invoice is None:
            self.lines.add_empty()
            return
        self.lines.fill([line.entry for line in await self.invoice.lines.all().order_by('position')])

    def _changed(self) -> None:
        self.lines.dates_changed()
        self.sums.show(self._sums())

    def _sums(self) -> Node:
        """What it comes to, as far as it can be read already."""
        try:
            discount = self._discount()
        except Refused:
            return None
        totals = Totals.of(
            (entry.amount for entry in self.lines.readable()),
            vat_percent=self.vat_percent,
            vat_to=self.vat_to,
            **discount,
        )
        return sums_table(self.desk.w, Sums.typed(totals, self.vat_percent, *discount.values()))

    def _discount(self) -> dict[str, Any]:
        kind = self.form['discount_kind']
        if kind not in DiscountKind.__members__:
            raise Refused('record_gone')
        return {'discount_kind': DiscountKind[kind], 'discount_value': self.form['discount']}

    async def _save(self) -> None:
        entries = self.lines.entries()
        if any(entry.kind is LineKind.PREPAYMENT for entry in entries):
            raise Refused('record_gone')
        facts = {**self._discount(), 'customer_notes': self.form['customer_notes']}
        if self.invoice is None:
            customer, actor = await chosen_customer(self.desk, self.form)
            invoice = await Invoice.draft(customer, lines=entries, by=actor, **facts)
        else:
            invoice, actor = await find(self.desk, Invoice, id=self.invoice.id)
            try:
                await invoice.amend(version=self.version, lines=entries, by=actor, **facts)
            except Refused as refused:
                if refused.reason == 'changed_meanwhile':
                    await self._show_theirs(invoice.id)
                raise
        # Pressed again before the browser has gone on, it is the same draft.
        self.invoice, self.version = invoice, invoice.version
        self.desk.say(self.desk.w('invoices.form.done'))
        self.desk.go(f'/invoices/{invoice.id}')

    async def _show_theirs(self, invoice_id: UUID) -> None:
        """What was typed stays, and beside it stands what saving it once more would replace."""
        stored = await Invoice.get(id=invoice_id).prefetch_related('lines')
        lines = [sheet_line(line) for line in sorted(stored.lines, key=lambda line: line.position)]
        self.theirs.show([p('.warning')[self.desk.w('money.form.theirs')], lines_table(self.desk.w, lines)])
        self.form.catch_up(
            {
                'discount': written(stored.discount_value) if stored.discount_value else '',
                'discount_kind': stored.discount_kind.name,
                'customer_notes': stored.customer_notes,
            }
        )
        self.version = stored.version
