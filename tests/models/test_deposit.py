"""A deposit is asked for once, held, and returned or kept with a reason."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from models import (
    BankLine,
    BankRow,
    BankStatement,
    Deposit,
    DepositKept,
    DepositMove,
    DepositStatus,
    Document,
    Invoice,
    KeptEntry,
    KeptKind,
    LineState,
    Method,
    Receipt,
    Refused,
    Role,
    reverse_collected,
)
from tests.ledger import must_add_up
from tests.world import a_held_deposit, a_person, an_accepted_quote, an_invoice, bo, today

pytestmark = pytest.mark.usefixtures('db')


async def collect(deposit: Deposit, amount: int) -> DepositMove:
    return await deposit.collect(
        amount=Decimal(amount), method=Method.PROMPTPAY, collected_on=today(), key=uuid4(), by=await bo()
    )


async def give_back(deposit: Deposit, *kept: KeptEntry) -> DepositMove:
    return await deposit.give_back(
        method=Method.BANK_TRANSFER, returned_on=today(), key=uuid4(), kept=kept, by=await bo()
    )


async def test_collecting_in_parts_makes_a_receipt_each() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    await collect(deposit, 5000)
    assert (deposit.status, deposit.awaited) == (DepositStatus.PARTIALLY_HELD, Decimal(15000))
    await collect(deposit, 15000)
    assert (deposit.status, deposit.held) == (DepositStatus.HELD, Decimal(20000))
    assert await Receipt.filter(deposit_id=deposit.id, kind='DEPR').count() == 2


async def test_more_than_was_asked_for_is_refused() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    with pytest.raises(Refused, match='more_than_deposit'):
        await collect(deposit, 20001)


async def test_twenty_clerks_collect_one_deposit_once() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    copies = [await Deposit.get(id=deposit.id) for _ in range(20)]
    await bo()
    outcomes = await asyncio.gather(*(collect(copy, 20000) for copy in copies), return_exceptions=True)
    assert sum(isinstance(outcome, DepositMove) for outcome in outcomes) == 1
    assert (await Deposit.get(id=deposit.id)).collected == Decimal(20000)


async def test_a_full_return() -> None:
    deposit = await a_held_deposit()
    await give_back(deposit)
    assert (deposit.status, deposit.returned, deposit.held) == (DepositStatus.RETURNED, Decimal(20000), Decimal(0))


async def test_a_part_is_kept_with_its_reason_and_vat_only_on_a_charge() -> None:
    deposit = await a_held_deposit()
    await give_back(
        deposit,
        KeptEntry(KeptKind.CHARGE, 'One day late', Decimal(1070)),
        KeptEntry(KeptKind.COMPENSATION, 'Broken barn door', Decimal(2500)),
    )
    assert (deposit.status, deposit.returned) == (DepositStatus.PARTIALLY_RETURNED, Decimal(16430))
    kept = {line.reason: line for line in await DepositKept.filter(deposit_id=deposit.id)}
    assert (kept['One day late'].vat, kept['Broken barn door'].vat) == (Decimal(70), Decimal(0))
    assert kept['One day late'].tax_invoice_number is not None
    receipt = await Receipt.get(deposit_id=deposit.id, kind='DEPRR')
    assert (receipt.amount, receipt.kept) == (Decimal(16430), Decimal(3570))


async def test_everything_kept_is_forfeited() -> None:
    deposit = await a_held_deposit()
    await give_back(deposit, KeptEntry(KeptKind.COMPENSATION, 'Lamp lost at sea', Decimal(20000)))
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.FORFEITED


@pytest.mark.parametrize(
    ('entry', 'reason'),
    [
        (KeptEntry(KeptKind.CHARGE, '', Decimal(10)), 'reason_missing'),
        (KeptEntry(KeptKind.CHARGE, 'Late', Decimal(0)), 'amount_not_positive'),
        (KeptEntry(KeptKind.CHARGE, 'Late', Decimal(20001)), 'kept_too_much'),
    ],
)
async def test_keeping_is_refused(entry: KeptEntry, reason: str) -> None:
    deposit = await a_held_deposit()
    with pytest.raises(Refused, match=reason):
        await give_back(deposit, entry)
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.HELD


async def test_what_is_not_held_is_not_returned() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    with pytest.raises(Refused, match='deposit_not_held'):
        await give_back(deposit)


async def test_what_was_collected_by_mistake_is_awaited_again_and_its_receipt_is_cancelled() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    first = await collect(deposit, 5000)
    second = await collect(deposit, 15000)
    await reverse_collected(second, reason='It was for another job', by=await bo())
    stored = await Deposit.get(id=deposit.id)
    assert (stored.status, stored.held, stored.awaited) == (DepositStatus.PARTIALLY_HELD, Decimal(5000), Decimal(15000))
    receipt = await Receipt.get(id=second.receipt_id)
    assert receipt.cancelled_at is not None
    assert (await Document.get(receipt_id=receipt.id)).cancelled_at == receipt.cancelled_at
    assert (await Receipt.get(id=first.receipt_id)).cancelled_at is None
    await reverse_collected(first, reason='The cheque bounced', by=await bo())
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.PENDING
    await collect(deposit, 20000)
    assert (await Deposit.get(id=deposit.id)).held == Decimal(20000)
    await must_add_up(deposit.customer_id)


async def test_a_collection_is_taken_back_once_with_a_reason_by_who_manages_money() -> None:
    deposit = await a_held_deposit()
    [move] = await deposit.moves.all()
    with pytest.raises(Refused, match='reason_missing'):
        await reverse_collected(move, reason=' ', by=await bo())
    with pytest.raises(Refused, match='not_allowed'):
        await reverse_collected(move, reason='Wrong', by=(await a_person(Role.SALES)).actor)
    copies = [await DepositMove.get(id=move.id) for _ in range(5)]
    by = await bo()
    outcomes = await asyncio.gather(
        *(reverse_collected(copy, reason='Wrong', by=by) for copy in copies), return_exceptions=True
    )
    assert [one for one in outcomes if one is None] == [None]
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {'payment_reversed_already'}
    assert (await Deposit.get(id=deposit.id)).collected == 0


async def test_what_was_given_back_is_not_taken_back() -> None:
    deposit = await a_held_deposit()
    back = await give_back(deposit)
    for move in (await deposit.moves.all().first(), back):
        assert move is not None
        with pytest.raises(Refused, match='deposit_not_held'):
            await reverse_collected(move, reason='Wrong', by=await bo())


async def test_a_row_that_a_colleague_recorded_for_something_else_is_not_said_to_be_recorded_here() -> None:
    deposit, invoice, by = await Deposit.get(quote_id=(await an_accepted_quote()).id), await an_invoice(), await bo()
    await BankStatement.take([BankRow(today(), Decimal(20000), 'x')], file_name='x.csv', head='x', columns={}, by=by)
    line = await BankLine.get()
    move = await line.record(deposit, by=by)
    with pytest.raises(Refused, match='bank_line_decided'):
        await line.record(invoice, by=by)
    assert await line.record(await Deposit.get(id=deposit.id), by=by) == move
    assert (await Invoice.get(id=invoice.id)).received == 0


async def test_whoever_gives_back_what_they_saw_gives_back_no_more_that_came_meanwhile() -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    await collect(deposit, 5000)
    seen = deposit.held
    await collect(await Deposit.get(id=deposit.id), 5000)
    how: dict[str, Any] = {'method': Method.CASH, 'returned_on': today(), 'by': await bo()}
    with pytest.raises(Refused, match='changed_meanwhile'):
        await deposit.give_back(key=uuid4(), seen=seen, **how)
    stored = await Deposit.get(id=deposit.id)
    assert (stored.returned, stored.held) == (Decimal(0), Decimal(10000))
    await stored.give_back(key=uuid4(), seen=stored.held, **how)
    assert stored.returned == Decimal(10000)


async def test_the_row_of_a_reversed_collection_is_open_again_and_can_be_recorded_anew() -> None:
    deposit, by = await Deposit.get(quote_id=(await an_accepted_quote()).id), await bo()
    await BankStatement.take([BankRow(today(), Decimal(20000), 'DEP')], file_name='x.csv', head='x', columns={}, by=by)
    line = await BankLine.get()
    move = await line.record(deposit, by=by)
    assert isinstance(move, DepositMove)
    await reverse_collected(move, reason='Wrong deposit', by=by)
    line = await BankLine.get()
    assert (line.state, line.recorded_as) == (LineState.OPEN, None)
    assert (await line.record(deposit, by=by)).id != move.id
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.HELD
