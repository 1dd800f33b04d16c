"""Numbers are gapless within their series and year, whoever issues at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from models import (
    Business,
    CreditNote,
    CreditReturn,
    Deposit,
    Invoice,
    InvoiceStatus,
    Job,
    KeptEntry,
    KeptKind,
    Method,
    NumberCounter,
    Payment,
    Receipt,
    Series,
    make_statement,
    next_number,
    one_change,
)
from tests.ledger import must_be_gapless
from tests.world import SKYPANELS, a_job, an_accepted_quote, an_invoice, bo, nimman, pay, today

pytestmark = pytest.mark.usefixtures('db')


async def test_each_series_and_each_year_counts_from_one() -> None:
    async with one_change():
        numbers = [
            await next_number(Series.INVOICE, date(2026, 12, 31)),
            await next_number(Series.INVOICE, date(2027, 1, 1)),
            await next_number(Series.RECEIPT, date(2026, 12, 31)),
            await next_number(Series.INVOICE, date(2026, 12, 31)),
        ]
    assert numbers == ['INV-2026-0001', 'INV-2027-0001', 'RC-2026-0001', 'INV-2026-0002']


async def test_the_year_turns_at_midnight_in_bangkok() -> None:
    customer = await nimman()
    with time_machine.travel(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), tick=False):
        assert (await an_invoice(customer)).number == 'INV-2026-0001'
    with time_machine.travel(datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), tick=False):
        assert (await an_invoice(customer)).number == 'INV-2027-0001'


async def test_the_firm_may_choose_its_own_prefix() -> None:
    customer = await nimman()
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), prefixes={'INV': 'IV'})
    assert ((await an_invoice(customer)).number or '').startswith('IV-')


async def test_a_number_given_back_is_given_again() -> None:
    customer, by = await nimman(), await bo()
    drafts = [await Invoice.draft(customer, lines=[SKYPANELS], by=by) for _ in range(12)]

    async def issue(position: int, draft: Invoice) -> None:
        async with one_change():
            await draft.issue(by=by)
            if position % 3 == 0:
                raise RuntimeError('power cut')

    await asyncio.gather(*(issue(n, draft) for n, draft in enumerate(drafts)), return_exceptions=True)
    issued = await Invoice.filter(number__not_isnull=True)
    assert sorted(int((invoice.number or '')[-4:]) for invoice in issued) == list(range(1, 9))


async def test_fifty_issuers_of_every_series_leave_no_gap_whatever_fails() -> None:
    by, customer = await bo(), await nimman()
    drafts = [await Invoice.draft(customer, lines=[SKYPANELS], by=by) for _ in range(10)]
    owed = [await an_invoice(customer) for _ in range(10)]
    await pay(await an_invoice(customer), 117_000, keep_rest_as_credit=True)
    jobs: list[Job] = [await a_job(customer) for _ in range(4)]
    deposits = [await Deposit.get(quote_id=(await an_accepted_quote(customer)).id) for _ in range(6)]
    moved: dict[str, Any] = {'method': Method.CASH, 'by': by}
    kept = [KeptEntry(KeptKind.CHARGE, 'Late', Decimal(107))]

    async def deposit_through(deposit: Deposit) -> None:
        await deposit.collect(amount=Decimal(20000), collected_on=today(), key=uuid4(), **moved)
        await deposit.give_back(returned_on=today(), key=uuid4(), kept=kept, **moved)

    acts: list[Callable[[], Awaitable[object]]] = [
        *(lambda one=one: one.issue(by=by) for one in drafts),
        *(lambda one=one: pay(one, 1000) for one in owed),
        *(
            lambda one=one: CreditNote.issue(one, difference=Decimal(1), reason='Late', key=uuid4(), by=by)
            for one in owed
        ),
        *(
            lambda one=one: one.record_prepayment(amount=Decimal(100), paid_on=today(), key=uuid4(), **moved)
            for one in jobs
        ),
        *(lambda one=one: deposit_through(one) for one in deposits),
        *(lambda: make_statement(customer, first=today(), last=today(), by=by) for _ in range(6)),
        *(
            lambda: CreditReturn.pay_back(customer, amount=Decimal(1), returned_on=today(), key=uuid4(), **moved)
            for _ in range(4)
        ),
    ]

    async def attempt(position: int, act: Callable[[], Awaitable[object]]) -> None:
        async with one_change():
            await act()
            if position % 3 == 0:
                raise RuntimeError('power cut')

    assert len(acts) == 50
    outcomes = await asyncio.gather(*(attempt(n, act) for n, act in enumerate(acts)), return_exceptions=True)
    assert {str(one) for one in outcomes if one} == {'power cut'}
    await must_be_gapless()
    taken = {counter.key.rsplit('-', 1)[0] for counter in await NumberCounter.all()}
    assert taken == {str(series) for series in Series}


async def test_a_receipt_after_midnight_in_bangkok_counts_from_one_and_its_invoice_keeps_its_year() -> None:
    customer = await nimman()
    with time_machine.travel(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), tick=False):
        invoice = await an_invoice(customer)
        await pay(invoice, 7000)
    with time_machine.travel(datetime(2026, 12, 31, 17, 0, 1, tzinfo=UTC), tick=False):
        await pay(invoice, 100000)
        assert (await Receipt.all().order_by('id').values_list('number', 'tax_invoice_number')) == [
            ('RC-2026-0001', 'TI-2026-0001'),
            ('RC-2027-0001', 'TI-2027-0001'),
        ]
        assert invoice.number == 'INV-2026-0001'


async def test_a_void_keeps_its_number_and_the_next_takes_another() -> None:
    customer = await nimman()
    first = await an_invoice(customer)
    await first.void(reason='Wrong company', by=await bo())
    assert (await an_invoice(customer)).number == f'INV-{today().year}-0002'
    assert (await Invoice.get(id=first.id)).number == f'INV-{today().year}-0001'
    await must_be_gapless()


async def test_two_clerks_who_settle_one_invoice_at_once_make_one_payment() -> None:
    invoice, by = await an_invoice(), await bo()
    copies = [await Invoice.get(id=invoice.id) for _ in range(10)]
    paid: dict[str, Any] = {'amount': Decimal(107000), 'method': Method.PROMPTPAY, 'paid_on': today(), 'by': by}
    outcomes = await asyncio.gather(
        *(copy.record_payment(key=uuid4(), **paid) for copy in copies), return_exceptions=True
    )
    assert sum(isinstance(one, Payment) for one in outcomes) == 1
    assert await Receipt.all().count() == 1
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID
