"""One invoice: what it charges, what was paid, what is owed, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from tortoise.exceptions import DoesNotExist

from models import Invoice, InvoiceStatus, Level, Module, Refused
from pages.bind import bind
from pages.console import invoice_sheet as drawn
from pages.console.certificate_panel import certificate_panel
from pages.console.columns import history_below, two_columns
from pages.console.credit_panels import credit_note_panel, use_credit_panel
from pages.console.invoice_form import InvoiceForm
from pages.console.invoice_panels import (
    discard_draft,
    finalize,
    record_payment,
    reverse_payment,
    send_invoice,
    tax_invoice_again,
    void_invoice,
)
from pages.console.invoice_view import InvoiceView, live_invoice
from pages.console.invoices import new_invoice, new_invoice_of
from pages.console.links import choose_link, link_entries, links_block
from pages.console.sheet import block
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.letters import letter_list
from pages.parts.more import More
from pages.parts.papers import paper_list
from pages.parts.region import Region

# Registered before: their addresses must be known before the one that takes any number.
__all__ = ['new_invoice', 'new_invoice_of']


@console_page('/invoices/{reference}', module=Module.INVOICES)
async def invoice_page(desk: Desk, reference: str) -> None:
    """An issued invoice has its number as address, a draft its id; the address of a draft stays good."""
    await InvoiceScreen(desk, await _of(reference)).open()


@console_page('/invoices/{reference}/edit', module=Module.INVOICES, level=Level.WRITE)
async def edit_invoice(desk: Desk, reference: str) -> None:
    """A draft; what was issued is corrected by a credit note, or voided."""
    invoice = await _of(reference)
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Refused('invoice_not_draft')
    await InvoiceForm(desk, invoice).open()


class InvoiceScreen:
    """Regions that follow one invoice."""

    def __init__(self, desk: Desk, invoice: Invoice) -> None:
        self.desk, self.invoice = desk, invoice

    async def open(self) -> None:
        desk, invoice = self.desk, self.invoice
        title = invoice.number or desk.w('invoices.draft')
        with bar(desk, title, heading='') as self.top:
            self.buttons = Region(act=guarded(desk, self._act))
            self.buttons.classes('btns')
            self.more = More(desk, self._choose)
        wide, narrow = two_columns()
        with wide:
            self.charge = Region()
            self.payments = Region(act=guarded(desk, self._act))
            self.notes = Region()
        with narrow:
            self.standing = Region()
            await paper_list(desk, invoice.customer_id, invoice_id=invoice.id)
            await links_block(desk, invoice)
            await letter_list(desk, invoice)
        await history_below(desk, wide, invoice_id=invoice.id)
        await bind(live_invoice(invoice.id, invoice.customer_id), self._show, self.top)

    def _show(self, view: InvoiceView | None) -> None:
        w, desk = self.desk.w, self.desk
        if view is None:
            self._show_discarded()
            return
        self.top.show(drawn.head(w, view))
        self.buttons.show(drawn.buttons(w, view) if desk.may(Module.INVOICES, Level.WRITE) else None)
        self.more.offer(self._entries(view))
        self.charge.show(block(w('invoices.charge'), drawn.charge(w, view)))
        may_reverse = desk.may(Module.INVOICES, Level.MANAGE)
        paid = drawn.payments(w, view, desk.may(Module.INVOICES, Level.WRITE), may_reverse)
        self.payments.show(None if view.is_draft else block(w('invoices.payments'), paid))
        self.notes.show(block(w('money.credit_notes'), drawn.credit_notes(w, view)) if view.notes else None)
        self.standing.show(block(w('invoices.standing'), drawn.standing(w, view)))

    def _show_discarded(self) -> None:
        w = self.desk.w
        self.top.show(empty('invoices', w('invoices.discarded')))
        self.more.offer({})
        for region in (self.buttons, self.charge, self.payments, self.notes, self.standing):
            region.show(None)

    def _entries(self, view: InvoiceView) -> dict[str, str]:
        w, desk = self.desk.w, self.desk
        entries = {} if view.is_draft else link_entries(desk, self.invoice, alive=view.is_open)
        writes, manages = desk.may(Module.INVOICES, Level.WRITE), desk.may(Module.INVOICES, Level.MANAGE)
        if view.is_open and writes:
            entries = {'send': w('invoices.send_again'), **entries}
        if view.tax_invoice and writes and view.row.status is not InvoiceStatus.VOID:
            entries['tax-invoice'] = w('money.tax_invoice.verb')
        if view.is_draft and writes:
            entries['discard'] = w('money.discard.verb')
        if view.may_be_credited and manages:
            entries['credit-note'] = w('money.note.verb')
        if view.may_be_voided and manages:
            entries['void'] = w('invoices.void')
        return entries

    async def _act(self, verb: str, reference: str) -> None:
        verbs = {
            'send': send_invoice,
            'finalize': finalize,
            'pay': record_payment,
            'use-credit': use_credit_panel,
        }
        of_payment = {
            'reverse': reverse_payment,
            'certificate': certificate_panel,
            'tax-invoice': tax_invoice_again,
        }
        if verb in verbs:
            await verbs[verb](self.desk, self.invoice.id)
        elif verb in of_payment:
            await of_payment[verb](self.desk, reference)

    async def _choose(self, key: str) -> None:
        verbs = {
            'send': send_invoice,
            'void': void_invoice,
            'discard': discard_draft,
            'credit-note': credit_note_panel,
        }
        if key in verbs:
            await verbs[key](self.desk, self.invoice.id)
        elif key == 'tax-invoice':
            await tax_invoice_again(self.desk, '', invoice_id=self.invoice.id)
        else:
            await choose_link(self.desk, key, await Invoice.get(id=self.invoice.id))


async def _of(reference: str) -> Invoice:
    if invoice := await Invoice.get_or_none(number=reference):
        return invoice
    try:
        return await Invoice.get(id=UUID(reference))
    except ValueError:
        raise DoesNotExist(Invoice) from None
