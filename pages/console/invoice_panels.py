"""What is done with an invoice: send it, make it final, reverse one of its payments, void it."""

from __future__ import annotations

from uuid import UUID

from htpy import p

from app.keys import keys
from models import Customer, Invoice, Level, Module, Payment, Receipt
from pages.console.find import find, id_in
from pages.console.payment_panel import PaymentPanel
from pages.frame import Desk
from pages.parts.clipboard import copy_text
from pages.parts.form import Form
from pages.parts.link_rows import address
from pages.parts.panel import open_panel
from pages.parts.region import Region


async def send_invoice(desk: Desk, invoice_id: UUID) -> None:
    """`Send`: a draft gets its number and day, and the invoice its link, which is copied."""
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    link = await invoice.send(secret=keys().new_link_secret(), by=actor)
    if link is None:
        desk.say(desk.w('money.settled_before', number=invoice.number))
        return
    url = address(keys().link_token(link.cipher or b''))
    await copy_text(desk, url, said=desk.w('invoices.sent', number=invoice.number))


async def finalize(desk: Desk, invoice_id: UUID) -> None:
    """`Finalize`: number and day as with `Send`, but nothing is sent."""
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    await invoice.issue(by=actor)
    desk.say(desk.w('invoices.finalized', number=invoice.number))


async def record_payment(desk: Desk, invoice_id: UUID) -> None:
    """`Record Payment`, beside the invoice."""
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    actor.must(Module.INVOICES, Level.WRITE)
    customer = await Customer.get(id=invoice.customer_id)
    with open_panel(desk, desk.w('invoices.pay.title')) as panel:
        await PaymentPanel(desk, invoice, customer, panel).open()


async def reverse_payment(desk: Desk, reference: str) -> None:
    """The money did not come after all: with a reason."""
    w = desk.w
    payment, actor = await find(desk, Payment, id=id_in(reference))
    actor.must(Module.INVOICES, Level.MANAGE)
    receipt = await Receipt.get(payment_id=payment.id)
    amount = w.baht(payment.amount)
    with open_panel(desk, w('invoices.undo.title')) as panel:
        Region(p[w('invoices.undo.text', amount=amount, receipt=receipt.number)])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('invoices.undo.reason'), lines=3)

        async def save() -> None:
            found, by = await find(desk, Payment, id=payment.id)
            await found.reverse(reason=form['reason'], by=by)
            panel.close()
            desk.say(w('invoices.undo.done', amount=amount))

        form.save_button(w('invoices.undo.save'), save, tone='bad')
        panel.unsaved = lambda: form.changed


async def void_invoice(desk: Desk, invoice_id: UUID) -> None:
    """`Void`: kept and readable, with a reason."""
    w = desk.w
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    actor.must(Module.INVOICES, Level.MANAGE)
    with open_panel(desk, w('invoices.voiding.title')) as panel:
        Region(p[w('invoices.voiding.text', number=invoice.number)])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('invoices.voiding.reason'), lines=3)

        async def save() -> None:
            found, by = await find(desk, Invoice, id=invoice_id)
            await found.void(reason=form['reason'], by=by)
            panel.close()
            desk.say(w('invoices.voiding.done', number=invoice.number))

        form.save_button(w('invoices.voiding.save'), save, tone='bad')
        panel.unsaved = lambda: form.changed
