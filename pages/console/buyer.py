"""Before a tax invoice is made: what the law asks of its buyer (Revenue Code s.86/4) and nobody has noted yet."""

from __future__ import annotations

from uuid import UUID

from htpy import Node, a, p

from models import Business, Customer, Invoice, InvoiceStatus, TaxPoint
from models.tax_invoice import must_be_complete
from pages.frame import Desk
from pages.parts.action import tried
from pages.parts.confirm import confirm


async def buyer_hint(desk: Desk, customer_id: UUID, *, taxed: bool = True) -> Node:
    """Said beside what is about to make a tax invoice; the money is recorded all the same, for it has come."""
    said = await _missing(desk, customer_id) if taxed else ''
    if not said:
        return None
    known = a(href=f'/customers/{customer_id}', target='_blank')[desk.w('money.tax_invoice.complete')]
    return p('.warning')[said, ' ', known]


async def may_be_issued(desk: Desk, invoice: Invoice) -> bool:
    """Whether nothing is missing for an invoice that is a tax invoice as well, or the clerk wants it as it is."""
    firm, w = await Business.the(), desk.w
    if invoice.status is not InvoiceStatus.DRAFT or firm.tax_point is not TaxPoint.ISSUE or not invoice.vat:
        return True
    said = await _missing(desk, invoice.customer_id)
    return not said or await confirm(desk, w('money.tax_invoice.incomplete'), said, yes=w('money.tax_invoice.anyway'))


async def _missing(desk: Desk, customer_id: UUID) -> str:
    """The sentence that names it; '' where all is there, or the firm makes no tax invoices."""
    customer = await Customer.get(id=customer_id)
    if not (await Business.the()).vat_registered:
        return ''
    no = await tried(desk.w, lambda: must_be_complete(customer))
    return no.sentence if no else ''
