"""Invoices: what was charged, what is paid, what is owed; and one written by hand."""

from __future__ import annotations

from uuid import UUID

from models import InvoiceStatus, Level, Module
from pages.bind import bind
from pages.console.certificates import certificates, live_owed, owed_link
from pages.console.invoice_form import InvoiceForm
from pages.console.invoice_sheet import invoice_list
from pages.console.invoice_view import InvoiceRow, live_invoices
from pages.console.listing import Listing
from pages.frame import Desk, console_page
from pages.parts.region import Region

__all__ = ['certificates']  # its address must be known before the one that takes any number


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
    owed = Region()
    await bind(live_owed(), lambda found: owed.show(owed_link(desk.w, found.total)), owed)


@console_page('/invoices/new', module=Module.INVOICES, level=Level.WRITE)
async def new_invoice(desk: Desk) -> None:
    """For what no job stands behind: a customer and lines."""
    await InvoiceForm(desk).open()


@console_page('/invoices/new/{customer_id}', module=Module.INVOICES, level=Level.WRITE)
async def new_invoice_of(desk: Desk, customer_id: UUID) -> None:
    """The same, from the customer's own page."""
    await InvoiceForm(desk, customer_id=str(customer_id)).open()
