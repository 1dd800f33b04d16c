"""What is done with an invoice: sent, made final, discarded, voided; a payment reversed, a tax invoice issued again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from htpy import p

from app.keys import keys
from app.words import Words
from models import (
    HEAD_OFFICE,
    Actor,
    Business,
    Customer,
    Invoice,
    InvoiceStatus,
    Level,
    Module,
    Payment,
    Receipt,
    Series,
    bangkok_day,
    issue_again,
    now,
    paid_before,
)
from models.money import ZERO
from pages.console.buyer import may_be_issued
from pages.console.customer_form import edit_customer
from pages.console.find import find, id_in
from pages.console.letter_choice import letter_choice
from pages.console.payment_panel import PaymentPanel
from pages.console.sheet import facts
from pages.console.told import waiting_for
from pages.frame import Desk
from pages.parts.action import action
from pages.parts.clipboard import copy_text
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.link_rows import address
from pages.parts.panel import open_panel
from pages.parts.region import Region


async def send_invoice(desk: Desk, invoice_id: UUID) -> None:
    """`Send`: the mail is seen first; then a draft gets number and day, and the invoice its link, which is copied."""
    w = desk.w
    invoice, actor = await _to_issue(desk, invoice_id)
    if actor is None:
        return
    draft = invoice.status is InvoiceStatus.DRAFT
    with open_panel(desk, w('invoices.send') if draft else w('invoices.send_again')) as panel:
        if draft:
            Region(p('.dim')[w('invoices.send_draft_text')])
        mails = await _letter_part(desk, invoice)

        async def send() -> None:
            found, by = await find(desk, Invoice, id=invoice_id)
            link = await found.send(secret=keys().new_link_secret(), by=by, mail=mails())
            panel.close()
            if link is None:
                desk.say(w('money.settled_before', number=found.number))
                return
            url = address(keys().link_token(link.cipher or b''))
            await copy_text(desk, url, said=w('invoices.sent', number=found.number))

        Form(desk).save_button(w('editor.send_now'), send)


async def _letter_part(desk: Desk, invoice: Invoice) -> Callable[[], bool]:
    """The mail as it would go; of a draft the number is made only then. None where nothing will be left to pay."""
    customer, firm = await Customer.get(id=invoice.customer_id), await Business.the()
    draft = invoice.status is InvoiceStatus.DRAFT
    owed = invoice.balance - (await paid_before(invoice.job_id) if draft and invoice.job_id else ZERO)
    if owed <= ZERO:
        return lambda: False
    number = invoice.number or f'{await Business.prefix_of(Series.INVOICE)}-…'
    terms = firm.terms_days if customer.terms_days is None else customer.terms_days
    due_on = invoice.due_on or bangkok_day(now()) + timedelta(days=terms)

    def facts(w: Words) -> dict[str, str]:
        return {'number': number, 'amount': w.baht(owed), 'until': w.day(due_on, year=True)}

    return await letter_choice(desk, customer, 'invoice', facts)


async def finalize(desk: Desk, invoice_id: UUID) -> None:
    """`Finalize`: number and day as with `Send`, but nothing is sent."""
    invoice, actor = await _to_issue(desk, invoice_id)
    if actor is None:
        return
    await invoice.issue(by=actor)
    desk.say(desk.w('invoices.finalized', number=invoice.number))


async def _to_issue(desk: Desk, invoice_id: UUID) -> tuple[Invoice, Actor | None]:
    """Looked up once more after the clerk was asked about its buyer; nobody acts where the answer was no."""
    invoice, actor = await find(desk, Invoice, id=invoice_id)
    actor.must(Module.INVOICES, Level.WRITE)
    if not await may_be_issued(desk, invoice):
        return invoice, None
    return await find(desk, Invoice, id=invoice_id)


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
        if invoice.prepaid:
            Region(p('.warning')[w('money.discard.paid_before', amount=w.baht(invoice.prepaid))])
        if claims := await waiting_for(invoice):
            told = w.baht(sum((claim.amount for claim in claims), ZERO))
            Region(p('.warning')[w('invoices.voiding.claimed', amount=told)])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('invoices.voiding.reason'), lines=3)

        async def save() -> None:
            found, by = await find(desk, Invoice, id=invoice_id)
            await found.void(reason=form['reason'], by=by)
            panel.close()
            desk.say(w('invoices.voiding.done', number=invoice.number))

        form.save_button(w('invoices.voiding.save'), save, tone='bad')
        panel.unsaved = lambda: form.changed


async def discard_draft(desk: Desk, invoice_id: UUID) -> None:
    """`Discard`: a draft that will not be needed; asked, since it cannot be undone."""
    w = desk.w
    draft, _ = await find(desk, Invoice, id=invoice_id)
    before = await paid_before(draft.job_id) if draft.job_id else None
    waits = w('money.discard.paid_before', amount=w.baht(before)) if before else ''
    text = f'{w("money.discard.text")} {waits}'.strip()
    if not await confirm(desk, w('money.discard.title'), text, yes=w('money.discard.verb'), tone='bad'):
        return
    invoice, by = await find(desk, Invoice, id=invoice_id)
    await invoice.discard(by=by)
    desk.say(w('invoices.discarded'))


async def tax_invoice_again(desk: Desk, reference: str, *, invoice_id: UUID | None = None) -> None:
    """`Issue Tax Invoice`: shows the buyer as it will be printed, then issues it anew under its number."""
    w = desk.w
    record: Receipt | Invoice
    if invoice_id:
        record, actor = await find(desk, Invoice, id=invoice_id)
    else:
        payment, actor = await find(desk, Payment, id=id_in(reference))
        record = await Receipt.get(payment_id=payment.id)
    actor.must(Module.INVOICES, Level.WRITE)
    buyer = await Customer.get(id=record.customer_id)
    branch = w('customers.head_office') if buyer.branch == HEAD_OFFICE else buyer.branch
    known = [
        (w('customers.name'), w.pick(buyer.name, buyer.name_th)),
        (w('customers.billing_address'), buyer.billing_address or w('money.tax_invoice.missing')),
        (w('customers.tax_id'), buyer.tax_id or w('money.tax_invoice.missing')),
        (w('customers.branch'), branch if buyer.branch else w('money.tax_invoice.missing')),
    ]
    with open_panel(desk, w('money.tax_invoice.verb')) as panel:
        Region([p[w('money.tax_invoice.text', number=record.tax_invoice_number or '')], facts(known)])
        action(desk, w('money.tax_invoice.complete'), lambda: edit_customer(desk, buyer.id), tone='ghost')
        form = Form(desk)

        async def save() -> None:
            await issue_again(record, by=await desk.must(Module.INVOICES, Level.WRITE))
            panel.close()
            desk.say(w('money.tax_invoice.done', number=record.tax_invoice_number or ''))

        form.save_button(w('money.tax_invoice.verb'), save)
