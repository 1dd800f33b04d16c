"""How an invoice is settled: by money, by tax withheld, by credit notes; and what its full settlement brings about."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from models.money import ZERO, baht

if TYPE_CHECKING:
    from models.invoice import Invoice
    from models.portal_link import EndReason

JUST_NOW = timedelta(hours=2)  # how long ago a device may have looked and still count as the one that pays


async def settle(invoice: 'Invoice', *, at: datetime, **sums: Decimal) -> None:
    """Write `received`, `withheld` or `credited`, and the status that follows; full payment ends the links."""
    from models.invoice import InvoiceStatus
    from models.portal_link import EndReason

    known = {name: sums.get(name, getattr(invoice, name)) for name in ('received', 'withheld', 'credited')}
    paid = known['received'] + known['withheld']
    status = InvoiceStatus.PARTIAL if paid else InvoiceStatus.SENT
    if paid + known['credited'] == invoice.total:
        status = InvoiceStatus.PAID
    await invoice.set(**known, status=status)
    if status is InvoiceStatus.PAID:
        await end_links(EndReason.PAID, at=at, invoice_id=invoice.id)


async def end_links(reason: 'EndReason', *, at: datetime, **of: UUID) -> None:
    """All that was asked for has come: the links of this `invoice_id` or `deposit_id` end, and whoever pays at this
    moment keeps the view on that device.
    """
    from models.device import DeviceRight, RightKind
    from models.portal_link import PortalLink

    lookers = await _lookers([link.id for link in await PortalLink.filter(**of).only('id')], at)
    # The links are locked before their devices, as revoking does.
    await PortalLink.end_all(reason, at=at, **of)
    for link_id, device_id in lookers:
        await DeviceRight.give(RightKind.KEPT, link_id=link_id, device_id=device_id, at=at)


async def vat_of_part(invoice: 'Invoice', part: Decimal) -> Decimal:
    """The VAT inside the next `part` THB of the balance: its share of what no living paper has told yet.

    So all parts come to the invoice's VAT to the satang, whatever was reversed or credited in between.
    """
    from models.credit_note import CreditNote
    from models.receipt import Receipt

    if not invoice.balance:
        return ZERO
    receipts = await Receipt.filter(invoice_id=invoice.id, cancelled_at=None)
    notes = await CreditNote.filter(invoice_id=invoice.id)
    told = sum((one.vat for one in receipts), ZERO) + sum((note.vat_lowered for note in notes), ZERO)
    return max(ZERO, baht((invoice.vat - told) * part / invoice.balance))


async def _lookers(link_ids: list[UUID], at: datetime) -> set[tuple[UUID, UUID]]:
    """The links and devices that have it open, or had a moment ago: who pays is in the bank's app by now."""
    from models.visit import PortalVisit, Presence, VisitKind

    links = [str(link_id) for link_id in link_ids]
    if not links:
        return set()
    here = await Presence.filter(link_id__in=links, device_id__not_isnull=True).values_list('link_id', 'device_id')
    lately = PortalVisit.filter(link_id__in=links, kind=VisitKind.VIEW, at__gt=at - JUST_NOW)
    seen = await lately.values_list('link_id', 'device_id')
    return {(link_id, device_id) for link_id, device_id in [*here, *seen] if device_id}
