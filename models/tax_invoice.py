"""`Issue Tax Invoice`: the paper of a tax invoice again, with the buyer's details as they are now; its number stays."""

from typing import Any

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, bangkok_day, now, one_change
from models.customer import Customer
from models.document import Document
from models.invoice import Invoice
from models.outbox import Outbox
from models.receipt import Receipt

# What an order of a paper writes into it by itself.
OF_THE_PARTIES = ('verification', 'language', 'firm', 'customer')


async def issue_again(record: Receipt | Invoice, *, by: Actor) -> Document:
    """The edition before is cancelled, kept and readable; the new one says which it replaces.

    Raises Refused: `no_tax_invoice`, `tax_invoice_cancelled`, `buyer_address_missing`, `buyer_tax_id_missing`.
    """
    by.must(Module.INVOICES, Level.WRITE)
    at = now()
    async with one_change():
        known = await type(record).select_for_update().get(id=record.id)
        if not known.tax_invoice_number:
            raise Refused('no_tax_invoice')
        must_be_complete(await Customer.get(id=known.customer_id))
        old = await _paper_of(known)
        old_frozen: dict[str, Any] = {k: v for k, v in old.frozen.items() if k not in OF_THE_PARTIES}
        await old.set(cancelled_at=at)
        again = await Document.order(
            old.kind,
            old.number,
            edition=old.edition + 1,
            customer_id=old.customer_id,
            invoice_id=old.invoice_id,
            job_id=old.job_id,
            deposit_id=old.deposit_id,
            receipt_id=old.receipt_id,
            issued_on=old.issued_on,
            frozen=old_frozen
            | {'replaces': {'edition': old.edition, 'issued_on': str(old.issued_on), 'again_on': str(bangkok_day(at))}},
        )
        if isinstance(known, Receipt):
            await Outbox.queue('receipt', customer_id=known.customer_id, receipt_id=known.id)
        await Activity.note(
            'tax_invoice_issued', by=by, at=at, customer_id=old.customer_id, invoice_id=old.invoice_id,
            job_id=old.job_id, deposit_id=old.deposit_id, number=known.tax_invoice_number,
        )  # fmt: skip
    return again


def must_be_complete(buyer: Customer) -> None:
    """What the law asks of a buyer on a tax invoice: name and address, and tax ID and branch when VAT-registered."""
    if not buyer.billing_address.strip():
        raise Refused('buyer_address_missing')
    if buyer.vat_registered and not (buyer.tax_id and buyer.branch):
        raise Refused('buyer_tax_id_missing')


async def _paper_of(record: Receipt | Invoice) -> Document:
    """The latest edition. A receipt that was cancelled gives no new one."""
    papers = Document.filter(receipt_id=record.id) if isinstance(record, Receipt) else _of_invoice(record)
    latest = await papers.order_by('-edition').first()
    if latest is None or latest.cancelled_at:
        raise Refused('tax_invoice_cancelled')
    return latest


def _of_invoice(invoice: Invoice) -> Any:
    return Document.filter(invoice_id=invoice.id, kind='Invoice')
