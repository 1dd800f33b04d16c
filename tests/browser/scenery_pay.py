"""Paying in the house of the tour: sheets that are open, claims that wait and were decided, rows of a bank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.keys import keys
from app.slips import slip_of
from models import (
    OPEN,
    BankLine,
    BankRow,
    BankStatement,
    Claim,
    Customer,
    Deposit,
    DepositStatus,
    Invoice,
    InvoiceStatus,
    Job,
    LineEntry,
    Method,
    Payment,
    PortalLink,
    bangkok_day,
    now,
)
from tests.app.test_slips import a_file
from tests.browser.scenery import Stop, _owner, _way_in
from tests.world import in_days

OPEN_SHEET = '.pay-code'


async def furnish_payments() -> None:
    """Three that wait, two that were decided; and a statement with a row of every kind."""
    by = await _owner()
    first, second, third = await _open_invoices(3)
    deposit = await Deposit.filter(status=DepositStatus.PENDING).order_by('id').first()
    assert deposit is not None
    await _say(first, first.balance, slip=await slip_of(a_file('JPEG')))
    await _say(deposit, deposit.amount)
    await (await _say(second, Decimal(7))).dismiss(reason='Nothing has arrived on our account yet.', by=by)
    paid = await _say(second, Decimal(1_000))
    await paid.record(amount=Decimal(1_000), method=Method.PROMPTPAY, paid_on=in_days(0), by=by)
    named = str(third.number).replace('-', '')
    told = {
        'Transfer Deposit K PLUS ' + named: third.balance,
        'BILL PAYMENT REF1 ' + named + ' with more money than anybody asked for': third.balance + 3_000,
        'โอนจากบัญชีออมทรัพย์': first.balance,
        'รับโอนพร้อมเพย์': Decimal(1_000),
        'ดอกเบี้ยรับ': Decimal('15.75'),
        'เงินสดฝากผ่านเครื่อง': Decimal('42.42'),
    }
    rows = [BankRow(in_days(0), amount, text, '09:04') for text, amount in told.items()]
    await BankStatement.take(rows, file_name='kbank.csv', head='tour', columns={}, by=by)
    await (await BankLine.get(amount=Decimal('15.75'))).ignore(by=by)
    job = await _paid_before()
    await (await Invoice.get(job_id=job.id, status=InvoiceStatus.DRAFT)).discard(by=by)


async def portal_pay_stops() -> list[Stop]:
    """The sheet over an invoice and a deposit, the form in it, and what waits."""
    claim = await Claim.waiting().filter(invoice_id__not_isnull=True).order_by('id').first()
    assert claim is not None
    waiting = await Invoice.get(id=claim.invoice_id)
    calm = (await _open_invoices(3))[2]
    deposit = await Deposit.filter(status=DepositStatus.PENDING).order_by('-id').first()
    assert deposit is not None
    at, waits = await _at(calm, 'invoices'), await _at(waiting, 'invoices')
    pay = ('pay.button',)
    return [
        Stop('pay invoice', at, pay, wants=OPEN_SHEET),
        Stop('pay claim', at, (*pay, 'pay.i_have_paid'), wants='.pay-claim'),
        Stop('pay waiting', waits, pay, wants='.pay-note'),
        Stop('invoice waiting', waits),
        Stop('pay deposit', await _at(deposit, 'deposits'), pay, wants=OPEN_SHEET),
        Stop('deposit link', await _link_of(deposit)),
        Stop('deposit link pay', await _link_of(deposit), pay, wants=OPEN_SHEET),
    ]


async def console_pay_stops() -> list[Stop]:
    claim = await Claim.waiting().filter(invoice_id__not_isnull=True).order_by('id').first()
    assert claim is not None
    job = f'/jobs/{(await _paid_before()).number}'
    held = await Deposit.filter(status=DepositStatus.HELD).order_by('id').first()
    prepaid = await Invoice.filter(prepaid__gt=0, status__in=OPEN).order_by('id').first()
    assert held is not None and prepaid is not None
    more = 'jobs.more_actions'
    return [
        Stop('payments', '/payments'),
        Stop('payments record', '/payments', ('pay.claims.record',)),
        Stop('payments dismiss', '/payments', ('pay.claims.dismiss',)),
        Stop('payments statement', '/payments/statement'),
        Stop('payments statement read', '/payments/statement', ('pay.statement.read',)),
        Stop('payments statement find', '/payments/statement', ('pay.statement.find',)),
        Stop('invoice payment claimed', f'/invoices/{claim.number}', ('invoices.record_payment',)),
        Stop('invoice void paid before', f'/invoices/{prepaid.number}', (more, 'invoices.void')),
        Stop('job paid before', job),
        Stop('job keep credit', job, ('jobs.again.credit',)),
        Stop('job cancel paid before', job, (more, 'common.action.cancel_job')),
        Stop('deposit menu', f'/deposits/{held.number}', (more,)),
        Stop('deposit reverse', f'/deposits/{held.number}', ('invoices.reverse',)),
    ]


async def _paid_before() -> Job:
    """Of which nothing was billed yet."""
    payment = await Payment.filter(invoice_id=None, counted_on_id=None, reversed_at=None).order_by('id').first()
    assert payment is not None
    return await Job.get(id=payment.job_id)


async def _link_of(deposit: Deposit) -> str:
    link = await PortalLink.copy(deposit, secret=keys().new_link_secret(), by=await _owner())
    return f'/p/{keys().link_token(link.cipher or b"")}'


async def _open_invoices(count: int) -> list[Invoice]:
    """Of customers whose names fit on a line; the amounts differ."""
    named = await Customer.exclude(code__in=['LONG', 'MANY']).values_list('id', flat=True)
    today = bangkok_day(now())
    found = [
        it for it in await Invoice.filter(customer_id__in=named).order_by('id') if it.number and it.balance > 1_000
    ]
    known = [it for it in found if it.badge(today) in ('unpaid', 'partial', 'overdue')]
    while len(known) < count:
        customer, by = await Customer.get(id=named[len(known)]), await _owner()
        invoice = await Invoice.draft(
            customer, lines=[LineEntry('Tent 10 × 20 m', Decimal(12_345 + len(known)), name_th='เต็นท์')], by=by
        )
        await invoice.issue(by=by)
        known.append(await Invoice.get(id=invoice.id))
    return known[:count]


async def _say(record: Invoice | Deposit, amount: Decimal, **facts: Any) -> Claim:
    await _way_in(await Customer.get(id=record.customer_id))
    link = (
        await PortalLink.filter(customer_id=record.customer_id, quote_id=None, invoice_id=None).order_by('-id').first()
    )
    assert link is not None
    said: dict[str, Any] = {'amount': amount, 'key': uuid4(), 'by': link.grant().actor, **facts}
    return await Claim.make(record, **said)


async def _at(record: Invoice | Deposit, place: str) -> str:
    return f'{await _way_in(await Customer.get(id=record.customer_id))}/{place}/{record.number}'
