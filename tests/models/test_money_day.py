"""Money moves today at the latest, and its papers say on which day it did, and what lies between sum and balance."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from models import (
    BankLine,
    BankRow,
    BankStatement,
    Claim,
    CreditNote,
    CreditReturn,
    Deposit,
    Document,
    Method,
    Receipt,
    Refused,
    Statement,
    make_statement,
)
from tests.world import a_held_deposit, a_job, a_link, an_accepted_quote, an_invoice, bo, in_days, nimman, pay, today

pytestmark = pytest.mark.usefixtures('db')
HOW: dict[str, Any] = {'amount': Decimal(1000), 'method': Method.BANK_TRANSFER}


async def paying(day: date) -> object:
    return await pay(await an_invoice(), 1000, paid_on=day)


async def paying_before(day: date) -> object:
    return await (await a_job()).record_prepayment(**HOW, paid_on=day, key=uuid4(), by=await bo())


async def collecting(day: date) -> object:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    return await deposit.collect(**HOW, collected_on=day, key=uuid4(), by=await bo())


async def giving_back(day: date) -> object:
    deposit = await a_held_deposit()
    return await deposit.give_back(method=Method.CASH, returned_on=day, key=uuid4(), by=await bo())


async def returning_credit(day: date) -> object:
    customer = await nimman()
    await pay(await an_invoice(customer), 108000, keep_rest_as_credit=True)
    return await CreditReturn.pay_back(customer, **HOW, returned_on=day, key=uuid4(), by=await bo())


async def recording_a_claim(day: date) -> object:
    invoice = await an_invoice()
    link = (await a_link(invoice))[0]
    claim = await Claim.make(invoice, amount=Decimal(1000), key=uuid4(), by=link.grant().actor)
    return await claim.record(**HOW, paid_on=day, by=await bo())


async def recording_a_row(day: date) -> object:
    """The bank's file itself, read with its days and months exchanged."""
    row = BankRow(day, Decimal(1000), 'transfer')
    await BankStatement.take([row], file_name='june.csv', head='date,amount', columns={}, by=await bo())
    return await (await BankLine.get()).record(await an_invoice(), by=await bo())


@pytest.mark.parametrize(
    'moving',
    [paying, paying_before, collecting, giving_back, returning_credit, recording_a_claim, recording_a_row],
)
async def test_a_day_to_come_is_refused_and_today_in_bangkok_is_none(
    moving: Callable[[date], Awaitable[object]],
) -> None:
    with time_machine.travel('2026-11-22T18:30Z', tick=False):  # 01:30 of the 23rd in Bangkok
        receipts = await Receipt.all().count()
        with pytest.raises(Refused) as refused:
            await moving(date(2026, 11, 24))
        assert refused.value.reason == 'day_to_come'
        assert not await Receipt.filter(issued_on=date(2026, 11, 24)).exists() and receipts == 0
    with time_machine.travel('2026-11-23T18:30Z', tick=False):
        assert await moving(date(2026, 11, 24))


@pytest.mark.parametrize(
    ('moving', 'kind'),
    [(paying, 'RC'), (paying_before, 'PREREC'), (collecting, 'DEPR'), (giving_back, 'DEPRR')],
)
async def test_the_paper_knows_the_day_on_which_the_money_moved_and_is_issued_today(
    moving: Callable[[date], Awaitable[object]], kind: str
) -> None:
    await moving(in_days(-4))
    receipt = await Receipt.get(kind=kind)
    paper = await Document.get(receipt_id=receipt.id)
    assert (receipt.issued_on, paper.frozen['issued_on']) == (today(), str(today()))
    assert paper.frozen['moved_on'] == str(in_days(-4))


async def test_the_statement_keeps_the_day_of_the_paper_and_names_the_day_of_the_money() -> None:
    customer = await nimman()
    first, second = await an_invoice(customer), await an_invoice(customer)
    await pay(first, 1000, paid_on=in_days(-4))
    await pay(second, 500)
    statement = await Statement.of(customer.id, today() - timedelta(days=1), today())
    paid = [line.entry for line in statement.lines if line.entry.what == 'payment']
    assert [(entry.on, entry.moved_on) for entry in paid] == [(today(), in_days(-4)), (today(), None)]
    paper = await make_statement(customer, first=today(), last=today(), by=await bo())
    assert [line['moved_on'] for line in paper.frozen['lines'][-2:]] == [str(in_days(-4)), '']


async def test_a_receipt_knows_what_lies_between_its_invoice_and_what_is_left() -> None:
    invoice = await an_invoice()
    await pay(invoice, 20000)
    await CreditNote.issue(invoice, difference=Decimal(1000), reason='A broken lamp', key=uuid4(), by=await bo())
    receipt = await Receipt.get(payment_id=(await pay(invoice, 5000)).id)
    frozen = (await Document.get(receipt_id=receipt.id)).frozen
    between = {name: Decimal(frozen['invoice'][name]) for name in ('total', 'credited', 'paid_before')}
    assert between == {'total': Decimal(107000), 'credited': Decimal(1070), 'paid_before': Decimal(20000)}
    left = between['total'] - between['credited'] - between['paid_before'] - Decimal(frozen['settled'])
    assert left == Decimal(frozen['balance']) == Decimal(80930)
