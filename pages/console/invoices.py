"""Invoices: what was charged, what is paid, what is owed; and the form for one that stands on its own."""

from __future__ import annotations

from htpy import p

from models import Business, Invoice, InvoiceStatus, Level, Module, Totals
from pages.console.columns import two_columns
from pages.console.customer_choice import chosen_customer, customer_choice
from pages.console.invoice_sheet import invoice_list
from pages.console.invoice_view import InvoiceRow, live_invoices
from pages.console.line_fields import LineFields, card
from pages.console.listing import Listing
from pages.console.quote_view import Sums
from pages.console.sheet import record_head, sums_table
from pages.frame import Desk, console_page
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.region import Region


@console_page('/invoices', module=Module.INVOICES)
async def invoices(desk: Desk) -> None:
    writes = desk.may(Module.INVOICES, Level.WRITE)
    listing: Listing[InvoiceRow, InvoiceStatus] = Listing(
        desk,
        'invoices',
        InvoiceStatus,
        live_invoices,
        invoice_list,
        new=(lambda: desk.go('/invoices/new')) if writes else None,
    )
    await listing.open()


@console_page('/invoices/new', module=Module.INVOICES, level=Level.WRITE)
async def new_invoice(desk: Desk) -> None:
    """For what no job stands behind: a customer and lines."""
    w = desk.w
    firm = await Business.the()
    form = Form(desk, {'customer_not_chosen': 'customer'})
    title = w('invoices.form.title')
    bar(desk, title, heading=record_head(w, ('/invoices', w('invoices.title')), title))
    wide, narrow = two_columns('form')
    with wide:
        with card(w('quotes.form.customer')):
            await customer_choice(form)
            Region(p('.dim')[w('invoices.form.text')])
        with card(w('quotes.form.lines')):
            lines = LineFields(form, lambda: None, optional=False)
    with narrow.classes('sticky'), card(w('invoices.column.total')):
        sums = Region()
        form.save_button(w('invoices.form.save'), lambda: _save(desk, form, lines))

    def changed() -> None:
        lines.dates_changed()
        totals = Totals.of(
            (entry.amount for entry in lines.readable()), vat_percent=firm.vat_percent, vat_to=firm.vat_rounding
        )
        sums.show(sums_table(w, Sums.typed(totals, firm.vat_percent)))

    form.on_change = changed
    lines.add_empty()
    form.saved()
    changed()


async def _save(desk: Desk, form: Form, lines: LineFields) -> None:
    entries = lines.entries()
    customer, actor = await chosen_customer(desk, form)
    invoice = await Invoice.draft(customer, lines=entries, by=actor)
    desk.say(desk.w('invoices.form.done'))
    desk.go(f'/invoices/{invoice.id}')
