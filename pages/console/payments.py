"""Payments: what customers say they paid, recorded or dismissed; beside it the bank's statement."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from htpy import a, div, p
from nicegui import app as server
from nicegui import ui
from starlette.responses import PlainTextResponse, Response

from app.sessions import signed_in
from models import Claim, Customer, Deposit, Invoice, Level, Module, Slip
from pages.console.claim_sheet import claim_list
from pages.console.claim_view import Claims, live_claims
from pages.console.collect_panel import collect_payment
from pages.console.find import find, id_in
from pages.console.payment_panel import PaymentPanel
from pages.console.told import Told
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.listed import AT_ONCE
from pages.parts.panel import open_panel
from pages.parts.region import Region
from pages.parts.table import LiveRegion

PARTS = {'claims': '/payments', 'statement': '/payments/statement'}


@server.get('/payments/slips/{claim_id}')
async def slip_fetched(request: Request, claim_id: UUID) -> Response:
    """For staff alone, as a file; the picture was made anew when it came."""
    session = await signed_in(request.cookies)
    if session is None or not session.staff.actor.may(Module.INVOICES, Level.READ):
        return PlainTextResponse('', 404)
    slip = await Slip.get_or_none(claim_id=claim_id).select_related('claim')
    if slip is None:
        return PlainTextResponse('', 404)
    name = f'slip-{slip.claim.number}-{slip.claim.id.hex[-6:]}.jpg'
    headers = {'content-disposition': f'attachment; filename="{name}"', 'cache-control': 'private, no-store'}
    return Response(bytes(slip.picture), media_type='image/jpeg', headers=headers)


@console_page('/payments', module=Module.INVOICES)
async def payments(desk: Desk) -> None:
    writes = desk.may(Module.INVOICES, Level.WRITE)
    bar(desk, desk.w('pay.claims.title'))
    payment_tabs(desk, 'claims')

    most = AT_ONCE

    async def act(verb: str, reference: str) -> None:
        nonlocal most
        if verb == 'record':
            await record_claim(desk, reference)
        elif verb == 'dismiss':
            await dismiss_claim(desk, reference)
        elif verb == 'more':
            await desk.must(Module.INVOICES, Level.READ)
            most += AT_ONCE
            await shown.follow(live_claims(most))

    with ui.element('div'):
        shown: LiveRegion[Claims] = LiveRegion(
            lambda claims: claim_list(desk.w, claims, writes=writes), guarded(desk, act)
        )
    shown.region.mark('claims').classes('stack told-rows')
    await shown.follow(live_claims(most))


def payment_tabs(desk: Desk, here: str) -> Region:
    """The way between claims and the bank's statement."""
    w = desk.w
    return Region(
        div('.tabs', role='navigation', aria_label=w('pay.claims.title'))[
            [
                a(href=path, aria_current='page' if part == here else None)[w(f'pay.claims.{part}')]
                for part, path in PARTS.items()
            ]
        ]
    )


async def record_claim(desk: Desk, reference: str) -> None:
    """`Record Payment`, with what the customer told in it."""
    claim, actor = await find(desk, Claim, id=id_in(reference))
    actor.must(Module.INVOICES, Level.WRITE)
    await record_told(desk, claim.invoice_id, claim.number, Told.by_customer(claim))


async def record_told(desk: Desk, invoice_id: UUID | None, number: str, told: Told) -> None:
    """The panel of the document, filled."""
    if invoice_id is None:
        await find(desk, Deposit, number=number)
        await collect_payment(desk, number, told)
        return
    invoice, _ = await find(desk, Invoice, id=invoice_id)
    customer = await Customer.get(id=invoice.customer_id)
    with open_panel(desk, desk.w('invoices.pay.title')) as panel:
        await PaymentPanel(desk, invoice, customer, panel, told).open()


async def dismiss_claim(desk: Desk, reference: str) -> None:
    """`Dismiss`: no balance moves, and the customer reads why."""
    w = desk.w
    claim, actor = await find(desk, Claim, id=id_in(reference))
    actor.must(Module.INVOICES, Level.WRITE)
    with open_panel(desk, w('pay.claims.dismiss_title')) as panel:
        Region(p[w('pay.claims.dismiss_text')])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('pay.claims.dismiss_reason'), lines=3)

        async def save() -> None:
            found, by = await find(desk, Claim, id=claim.id)
            await found.dismiss(reason=form['reason'], by=by)
            panel.close()
            desk.say(w('pay.claims.dismiss_done', number=claim.number))

        form.save_button(w('pay.claims.dismiss'), save, tone='bad')
        panel.unsaved = lambda: form.changed
