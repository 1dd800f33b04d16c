"""Many at once, and the power going out: numbers stay whole, money is counted once, what was promised is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from app.database import connect, disconnect, migrate
from models import Activity, Document, Invoice, InvoiceStatus, Payment, Receipt, Refused, one_change
from tests.cluster import Cluster
from tests.conftest import Program, Psql
from tests.world import SKYPANELS, an_invoice, bo, nimman, pay

WRITER = """
import asyncio, os
from app.database import connect
from models import Invoice, Customer, one_change
from tests.world import SKYPANELS, bo, pay

async def write(customer, by):
    while True:
        async with one_change():
            invoice = await Invoice.draft(customer, lines=[SKYPANELS], by=by)
            await invoice.issue(by=by)
            await pay(invoice, 107_000)
        print(invoice.number, flush=True)  # only now is it promised

async def main():
    await connect(os.environ['DATABASE_URL'])
    customer, by = await Customer.first(), await bo()
    await asyncio.gather(*(write(customer, by) for _ in range(4)))

asyncio.run(main())
"""

END_ALL_OTHERS = (
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity'
    ' where datname = current_database() and pid <> pg_backend_pid()'
)


async def test_fifty_invoices_issued_at_once_of_which_a_third_fail_half_way_leave_no_gap(db: str) -> None:
    customer, by = await nimman(), await bo()
    drafts = [await Invoice.draft(customer, lines=[SKYPANELS], by=by) for _ in range(50)]
    doomed = {draft.id: number for number, draft in enumerate(drafts) if number % 3 == 0}

    async def issue(draft: Invoice) -> None:
        async with one_change():
            await draft.issue(by=by)
            if draft.id in doomed:
                if doomed[draft.id] % 2:  # half of them by an error, half because whoever asked has gone
                    raise RuntimeError
                task = asyncio.current_task()
                assert task
                task.cancel()
                await asyncio.Event().wait()

    results = await asyncio.gather(*(issue(draft) for draft in drafts), return_exceptions=True)
    assert Counter(type(result).__name__ for result in results) == {
        'NoneType': 33,
        'RuntimeError': 8,
        'CancelledError': 9,
    }
    await everything_is_whole(33)
    # And the numbers that were given back are taken by who comes next.
    for draft in drafts[:4:3]:
        await draft.refresh_from_db()
        await draft.issue(by=by)
    await everything_is_whole(35)


async def test_twenty_payments_of_one_balance_leave_one(db: str) -> None:
    invoice = await an_invoice()
    results = await asyncio.gather(*(pay(invoice, 107_000) for _ in range(20)), return_exceptions=True)
    paid = [result for result in results if isinstance(result, Payment)]
    refused = [result.reason for result in results if isinstance(result, Refused)]
    assert (len(paid), len(refused)) == (1, 19)
    assert await Payment.all().count() == await Receipt.all().count() == 1
    invoice = await Invoice.get(id=invoice.id)
    assert (invoice.status, invoice.balance) == (InvoiceStatus.PAID, Decimal(0))


async def test_twenty_parts_of_one_balance_fill_it_exactly(db: str) -> None:
    invoice = await an_invoice()
    results = await asyncio.gather(*(pay(invoice, 10_000) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(result, Payment) for result in results) == 10
    assert (await Invoice.get(id=invoice.id)).balance == Decimal(7_000)
    numbers = sorted(await Receipt.all().values_list('number', flat=True))
    assert [int(str(number)[-4:]) for number in numbers] == list(range(1, 11))


async def test_a_program_killed_while_it_writes_leaves_nothing_half_written(
    db: str, program: Program, psql: Psql
) -> None:
    await nimman()
    promised: set[str] = set()
    for _ in range(2):
        running = await program(WRITER)
        promised |= await told(running, 15)
        running.kill()
        promised |= await told(running, None)
    await disconnect()
    await psql(END_ALL_OTHERS)  # the server may not have noticed yet that its client is dead
    await connect(db)
    await kept(promised)


async def test_a_server_killed_while_it_writes_loses_nothing_that_was_promised(
    durable: Cluster, program: Program
) -> None:
    await nimman()
    promised: set[str] = set()
    for _ in range(2):
        running = await program(f'import os; os.environ["DATABASE_URL"] = {durable.url()!r}\n{WRITER}')
        promised |= await told(running, 15)
        await asyncio.to_thread(durable.kill)
        promised |= await told(running, None)
        await asyncio.to_thread(durable.start)
    await kept(promised)


@pytest.fixture
async def durable() -> AsyncIterator[Cluster]:
    """A server that keeps its promises as in operation, for a test to kill."""
    cluster = await asyncio.to_thread(lambda: Cluster(durable=True))
    try:
        await asyncio.to_thread(cluster.start)
        await migrate(cluster.url())
        await connect(cluster.url())
        yield cluster
        await disconnect()
    finally:
        await asyncio.to_thread(cluster.remove)


async def told(running: asyncio.subprocess.Process, lines: int | None) -> set[str]:
    """The next numbers that the program says are written; without a count, all until its end."""
    assert running.stdout
    heard: set[str] = set()
    async with asyncio.timeout(60):
        while (lines is None or len(heard) < lines) and (line := await running.stdout.readline()):
            if line.endswith(b'\n'):  # the last word of the dying may be cut short
                heard.add(line.decode().strip())
    assert lines is None or len(heard) == lines, await running.communicate()
    return heard


async def kept(promised: set[str]) -> None:
    there = {invoice.number for invoice in await Invoice.filter(number__not_isnull=True)}
    assert len(promised) >= 30
    assert promised <= there
    await everything_is_whole(len(there))


async def everything_is_whole(issued: int) -> None:
    """Numbers without gap or double, and each issued invoice with its paper, its line in the record and its payment."""
    invoices = await Invoice.filter(number__not_isnull=True)
    assert sorted(int(str(invoice.number)[-4:]) for invoice in invoices) == list(range(1, issued + 1))
    assert await Document.filter(invoice_id__in=[invoice.id for invoice in invoices]).count() >= issued
    assert await Activity.filter(what='invoice_issued').count() == issued
    for invoice in invoices:
        settled = sum((payment.amount for payment in await Payment.filter(invoice_id=invoice.id)), Decimal(0))
        assert settled == invoice.received
