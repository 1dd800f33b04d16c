"""Payments → Bank statement: rows of the bank's file, matched with what is owed; the clerk confirms each."""

from __future__ import annotations

from uuid import UUID

from models import (
    BankLine,
    Claim,
    Deposit,
    DepositMove,
    Invoice,
    InvoiceStatus,
    Level,
    Module,
    Payment,
    Proposal,
    Refused,
    money_known,
    proposals,
)
from pages.bind import bind
from pages.console.find import find, id_in
from pages.console.payments import payment_tabs, record_told
from pages.console.statement_import import read_statement
from pages.console.statement_sheet import statement
from pages.console.statement_view import live_statement
from pages.console.told import Told
from pages.frame import Desk, console_page
from pages.parts.action import action, guarded
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.panel import open_panel
from pages.parts.region import Region


@console_page('/payments/statement', module=Module.INVOICES)
async def bank_statement(desk: Desk) -> None:
    w = desk.w
    writes = desk.may(Module.INVOICES, Level.WRITE)
    with bar(desk, w('pay.statement.title')):
        if writes:
            action(desk, w('pay.statement.read'), lambda: read_statement(desk), key='n')
    payment_tabs(desk, 'statement')
    shown = Region(act=guarded(desk, lambda verb, reference: _act(desk, verb, reference))).mark('statement')
    shown.classes('stack told-rows')
    await bind(live_statement(), lambda view: shown.show(statement(w, view, writes=writes)), shown)


async def _act(desk: Desk, verb: str, reference: str) -> None:
    line_id, _, record_id = reference.partition(':')
    if verb not in ('record', 'tick', 'find', 'ignore', 'reopen'):
        return
    line, actor = await find(desk, BankLine, id=id_in(line_id))
    actor.must(Module.INVOICES, Level.WRITE)
    if verb == 'record':
        await _record(desk, line, id_in(record_id))
    elif verb == 'tick':
        offer = await _offered(line, id_in(record_id))
        if offer.movement_id is None:
            raise Refused('bank_line_decided')
        movement = await Payment.get_or_none(id=offer.movement_id) or await DepositMove.get(id=offer.movement_id)
        await line.was_recorded(movement, offer.number, by=actor)
    elif verb == 'find':
        _find(desk, line)
    elif verb == 'ignore':
        await line.ignore(by=actor)
    else:
        await line.reopen(by=actor)


async def _record(desk: Desk, line: BankLine, record_id: UUID) -> None:
    """What fits is recorded with this press. More than is owed, a claim that it may be, or a payment that somebody has
    typed already, is decided in the panel.
    """
    seen = await _known(record_id)  # before what is offered is looked up: what comes in between is refused
    offer = await _offered(line, record_id)
    if offer.movement_id:
        raise Refused('bank_line_decided')
    told = Told.by_bank(line, offer)
    undecided = offer.claim_id is None and (
        await Claim.waiting().filter(number=offer.number).exists() or await _may_be_typed(line, offer)
    )
    if line.amount + offer.withheld > offer.owed or undecided:
        await record_told(desk, offer.record_id if offer.is_invoice else None, offer.number, told)
        return
    actor = await desk.must(Module.INVOICES, Level.WRITE)
    record = await (Invoice if offer.is_invoice else Deposit).get(id=offer.record_id)
    how = {'amount': line.amount, 'withheld': offer.withheld, 'paid_on': line.booked_on, 'method': told.method}
    await told.record(record, by=actor, seen=seen, **how)
    desk.say(desk.w('pay.statement.recorded_done', amount=f'{line.amount:,.2f}', number=offer.number))


async def _known(record_id: UUID) -> frozenset[UUID]:
    record = await Invoice.get_or_none(id=record_id) or await Deposit.get_or_none(id=record_id)
    return await money_known(record) if record else frozenset()


async def _may_be_typed(line: BankLine, offer: Proposal) -> bool:
    """Whether a payment of the same document that was typed by hand may be this very row."""
    offers = (await proposals([line])).get(line.id, ())
    return any(one.movement_id and one.number == offer.number for one in offers)


async def _offered(line: BankLine, reference: UUID) -> Proposal:
    """What is proposed for this row at this moment, by the id that its button carries; what somebody made up is not."""
    offers = (await proposals([line])).get(line.id, ())
    offer = next((offer for offer in offers if (offer.movement_id or offer.record_id) == reference), None)
    if offer is None:
        raise Refused('bank_line_decided')
    return offer


def _find(desk: Desk, line: BankLine) -> None:
    """Any other document that waits for money, by its number, or an invoice that was paid before: it is credit then."""
    w = desk.w
    with open_panel(desk, w('pay.statement.find_title')) as panel:
        form = Form(desk, {'document_not_open': 'number'})
        form.text('number', w('pay.statement.find_number'), hint=f'{line.amount:,.2f} · {line.text[:120]}')

        async def save() -> None:
            number = form['number'].upper()
            await desk.must(Module.INVOICES, Level.WRITE)
            invoice = await Invoice.get_or_none(number=number)
            deposit = await Deposit.get_or_none(number=number) if invoice is None else None
            record = invoice or deposit
            paid = invoice is not None and invoice.status is InvoiceStatus.PAID
            owed = invoice.balance if invoice else deposit.awaited if deposit else 0
            if record is None or (owed <= 0 and not paid):
                raise Refused('document_not_open')
            offer = Proposal('amount', number, record.id, invoice is not None)
            await record_told(desk, invoice.id if invoice else None, number, Told.by_bank(line, offer))

        form.save_button(w('pay.statement.find_save'), save)
        panel.unsaved = lambda: False
