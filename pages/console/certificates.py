"""The withholding certificates (50 ทวิ) that customers still owe, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from htpy import Node, a, button, p
from nicegui import ui

from app.live import Live, follow, live
from app.words import Words
from models import Customer, Level, Module, Payment
from pages.console.certificate_panel import certificate_panel
from pages.console.sheet import figure, record_head
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.listed import AT_ONCE, Listed, first_of, show_more
from pages.parts.table import Column, LiveRegion, Row, table


@dataclass(frozen=True, slots=True)
class Owed:
    payment_id: UUID
    paid_on: date
    invoice: str
    customer_id: UUID
    customer: str
    customer_th: str
    withheld: Decimal


@console_page('/invoices/certificates', module=Module.INVOICES)
async def certificates(desk: Desk) -> None:
    w = desk.w
    title = w('money.certificates.title')
    bar(desk, title, heading=record_head(w, ('/invoices', w('invoices.title')), title))

    most = AT_ONCE

    async def act(verb: str, reference: str) -> None:
        nonlocal most
        if verb == 'certificate':
            await certificate_panel(desk, reference)
        elif verb == 'more':
            await desk.must(Module.INVOICES, Level.READ)
            most += AT_ONCE
            await shown.follow(live_owed(most))

    with ui.element('div'):
        shown: LiveRegion[Listed[Owed]] = LiveRegion(lambda owed: _drawn(desk, owed), guarded(desk, act))
    await shown.follow(live_owed(most))


def live_owed(most: int = AT_ONCE) -> Live[Listed[Owed]]:
    async def load() -> Listed[Owed]:
        found = Payment.certificates_owed().order_by('paid_on', 'id').select_related('invoice')
        payments, total = await first_of(found, most)
        customers = {one.id: one for one in await Customer.filter(id__in=[one.customer_id for one in payments])}
        return Listed(tuple(_owed(payment, customers[payment.customer_id]) for payment in payments), total)

    return live(('console', 'certificates owed', most), [follow(Payment), follow(Customer)], load)


def owed_link(w: Words, count: int) -> Node:
    """The way here from the invoices, while anything is owed."""
    if not count:
        return None
    return p('.sub')[a(href='/invoices/certificates')[w('money.certificates.link'), f' · {count}']]


def _owed(payment: Payment, customer: Customer) -> Owed:
    number = (payment.invoice.number or '') if payment.invoice else ''
    return Owed(
        payment.id, payment.paid_on, number, customer.id, customer.name, customer.name_th, payment.withheld
    )  # fmt: skip


def _drawn(desk: Desk, owed: Listed[Owed]) -> Node:
    w = desk.w
    columns = [
        Column(w('invoices.column.number'), 'tight'),
        Column(w('invoices.column.customer')),
        Column(w('invoices.payment.day'), 'tight'),
        Column(w('invoices.payment.withheld'), 'n'),
        Column(''),
    ]
    rows = (Row(str(one.payment_id), f'/invoices/{one.invoice}', _cells(desk, one)) for one in owed.rows)
    return [
        p('.sub')[w('money.certificates.text')],
        table(columns, rows, empty('receipts', w('money.certificates.none'), w('money.certificates.none_text'))),
        show_more(w, owed.left),
    ]


def _cells(desk: Desk, one: Owed) -> tuple[Node, ...]:
    w = desk.w
    verb = button('.btn.text.above', type='button', data_do='certificate', data_ref=str(one.payment_id))[
        w('money.certificate.verb')
    ]
    return (
        one.invoice,
        a('.above', href=f'/customers/{one.customer_id}')[w.pick(one.customer, one.customer_th)],
        w.day(one.paid_on),
        figure(one.withheld),
        verb if desk.may(Module.INVOICES, Level.WRITE) else None,
    )
