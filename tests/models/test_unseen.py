"""One transfer that two clerks have in hand is one payment, also where it is a part and nobody typed a reference."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from models import (
    Deposit,
    DepositMove,
    Invoice,
    Job,
    Method,
    Payment,
    Receipt,
    Refused,
    credit_of,
    money_known,
    use_credit,
)
from tests.ledger import must_add_up
from tests.world import a_job, an_accepted_quote, an_invoice, bo, pay, today

pytestmark = pytest.mark.usefixtures('db')

Verb = Callable[..., Awaitable[Any]]


async def an_invoice_to_pay() -> tuple[Invoice, Verb]:
    invoice = await an_invoice()
    return invoice, lambda **how: invoice.record_payment(paid_on=today(), **how)


async def a_deposit_to_collect() -> tuple[Deposit, Verb]:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    return deposit, lambda **how: deposit.collect(collected_on=today(), **how)


async def a_job_to_pay_before() -> tuple[Job, Verb]:
    job = await a_job()
    return job, lambda **how: job.record_prepayment(paid_on=today(), **how)


PAYABLE = [an_invoice_to_pay, a_deposit_to_collect, a_job_to_pay_before]


@pytest.mark.parametrize('made', PAYABLE)
async def test_ten_clerks_who_record_one_part_payment_at_once_make_one(
    made: Callable[[], Awaitable[tuple[Any, Verb]]],
) -> None:
    record, verb = await made()
    seen, by = await money_known(record), await bo()
    part: dict[str, Any] = {'amount': Decimal(5000), 'method': Method.PROMPTPAY, 'by': by, 'seen': seen}
    outcomes = await asyncio.gather(*(verb(key=uuid4(), **part) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in outcomes) == 1
    refusals = [one for one in outcomes if isinstance(one, Refused)]
    assert {one.reason for one in refusals} == {'recorded_meanwhile'}
    assert len(refusals) == 9
    assert await Receipt.all().count() == 1
    await must_add_up(record.customer_id)


@pytest.mark.parametrize('made', PAYABLE)
async def test_who_presses_again_after_reading_it_means_another_transfer(
    made: Callable[[], Awaitable[tuple[Any, Verb]]],
) -> None:
    record, verb = await made()
    seen = await money_known(record)
    part: dict[str, Any] = {'amount': Decimal(5000), 'method': Method.PROMPTPAY, 'by': await bo()}
    first = await verb(key=uuid4(), seen=seen, **part)
    with pytest.raises(Refused, match='recorded_meanwhile') as refused:
        await verb(key=uuid4(), seen=seen, **part)
    told = refused.value.facts
    assert (told['name'], told['amount'], told['number']) == ('Bo', Decimal(5000), record.number)
    assert told['at'] == first.created_at
    second = await verb(key=uuid4(), seen=seen | told['unseen'], **part)  # type: ignore[operator]
    assert second.id != first.id
    await must_add_up(record.customer_id)


async def test_a_double_press_finds_its_own_payment_and_is_not_refused() -> None:
    invoice = await an_invoice()
    seen, key = await money_known(invoice), uuid4()
    first = await pay(invoice, 5000, key=key, seen=seen)
    assert (await pay(invoice, 5000, key=key, seen=seen)).id == first.id


async def test_a_payment_that_was_reversed_meanwhile_stands_in_nobodys_way() -> None:
    invoice = await an_invoice()
    seen = await money_known(invoice)
    await (await pay(invoice, 5000)).reverse(reason='Wrong invoice', by=await bo())
    await pay(invoice, 5000, seen=seen)
    assert await Payment.filter(reversed_at=None).count() == 1


async def test_credit_that_was_used_meanwhile_is_no_transfer() -> None:
    first = await an_invoice()
    await pay(first, 110000, keep_rest_as_credit=True)
    second = await Invoice.draft(await first.customer, lines=[line.entry for line in await first.lines], by=await bo())
    await second.issue(by=await bo())
    seen = await money_known(second)
    await use_credit(second, amount=Decimal(3000), key=uuid4(), by=await bo())
    await pay(second, 5000, seen=seen)
    assert await credit_of(first.customer_id) == 0
    assert await DepositMove.all().count() == 0
