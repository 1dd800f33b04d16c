"""Deposits at the counter: collected, held, and given back whole, in part or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from nicegui.testing import User

from models import Deposit, DepositKept, DepositMove, DepositStatus, KeptKind, Method, PortalLink, Role
from tests.pages.work import choose, colleague, counter, forge, misses, pick, saves, sees, sit_down, tap, typed, write
from tests.world import KEYS, a_held_deposit, a_job, an_accepted_quote, bo, today

__all__ = ['colleague', 'counter']


async def test_the_list_follows_what_is_collected(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.OPERATIONS)
    await a_job()
    deposit = await Deposit.get()
    await colleague.open('/deposits')
    await sees(colleague, 'Pending')
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'collect')
    await counter.should_see(marker='amount', retries=50)
    assert typed(counter, 'amount') == '20,000.00'
    write(counter, 'amount', '5,000')
    saves(counter)
    await sees(counter, 'Partially Held')
    await sees(colleague, '20,000.00 5,000.00 0.00 Partially Held')


async def test_a_double_press_collects_once(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    quote = await an_accepted_quote()
    deposit = await Deposit.get(quote_id=quote.id)
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'collect')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '5,000')
    saves(counter)
    saves(counter)
    await sees(counter, 'DEPR-')
    assert (await Deposit.get(id=deposit.id)).collected == Decimal(5000)


async def test_a_part_that_a_colleague_collected_meanwhile_is_said_before_it_is_collected_twice(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    quote = await an_accepted_quote()
    deposit = await Deposit.get(quote_id=quote.id)
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'collect')
    await counter.should_see(marker='amount', retries=50)
    write(counter, 'amount', '5,000')
    await deposit.collect(amount=Decimal(5000), method=Method.CASH, collected_on=today(), key=uuid4(), by=await bo())
    saves(counter)
    await sees(counter, f'Bo recorded ฿5,000.00 for {deposit.number} on')
    assert typed(counter, 'amount') == '5,000'
    saves(counter)
    await sees(counter, f'฿5,000.00 of {deposit.number} collected.')
    assert (await Deposit.get(id=deposit.id)).collected == Decimal(10000)


async def test_a_deposit_is_returned_in_part_with_what_was_kept_and_why(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await a_held_deposit()
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'return')
    await sees(counter, f'Held for {deposit.number}: ฿20,000.00')
    counter.find('A part').click()
    await counter.should_see(marker='amount_1', retries=50)
    write(counter, 'amount_1', '21,000')
    await sees(counter, f'Only ฿20,000.00 of deposit {deposit.number} is held. Please keep no more than that.')
    await misses(counter, 'Goes back')
    write(counter, 'amount_1', '3,210')
    await sees(counter, 'Goes back ฿16,790.00')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    write(counter, 'reason_1', 'Broken stand')
    counter.find('Add a line').click()
    await counter.should_see(marker='amount_2', retries=50)
    write(counter, 'amount_2', '1,070')
    write(counter, 'reason_2', 'Cleaning')
    pick(counter, 'kind_2', 'CHARGE')
    await sees(counter, 'Goes back ฿15,720.00')
    saves(counter)
    await sees(counter, 'Partially Returned')
    await sees(counter, 'Broken stand')
    await sees(counter, '฿70.00 VAT inside')
    stored = await Deposit.get(id=deposit.id)
    assert (stored.returned, stored.kept, stored.held) == (Decimal(15720), Decimal(4280), Decimal(0))
    assert {(line.kind, line.amount) for line in await DepositKept.all()} == {
        (KeptKind.COMPENSATION, Decimal(3210)),
        (KeptKind.CHARGE, Decimal(1070)),
    }


async def test_what_a_colleague_collected_while_it_was_given_back_is_shown_before_it_goes_back(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    how: dict[str, Any] = {'method': Method.CASH, 'collected_on': today(), 'by': await bo()}
    await deposit.collect(amount=Decimal(5000), key=uuid4(), **how)
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'return')
    await sees(counter, f'Held for {deposit.number}: ฿5,000.00')
    write(counter, 'reference', 'KBANK 4412')
    await deposit.collect(amount=Decimal(5000), key=uuid4(), **how)
    saves(counter)
    await sees(counter, 'Somebody else just saved a change here')
    await sees(counter, f'Held for {deposit.number}: ฿10,000.00')
    assert (await Deposit.get(id=deposit.id)).returned == 0
    assert typed(counter, 'reference') == 'KBANK 4412'
    saves(counter)
    await sees(counter, 'DEPRR-')
    assert (await Deposit.get(id=deposit.id)).returned == Decimal(10000)


async def test_all_of_it_goes_back_without_a_reason(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await a_held_deposit()
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'return')
    await counter.should_see(marker='method', retries=50)
    saves(counter)
    await sees(counter, 'DEPRR-')
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.RETURNED


async def test_nothing_goes_back_only_when_the_lines_say_so(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await a_held_deposit()
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, 'return')
    await counter.should_see(marker='how', retries=50)
    counter.find('Nothing').click()
    await counter.should_see(marker='amount_1', retries=50)
    assert typed(counter, 'amount_1') == '20,000.00'
    write(counter, 'amount_1', '19,000')
    write(counter, 'reason_1', 'Camera lost')
    saves(counter)
    await sees(counter, 'the lines must add up to all that is held: ฿20,000.00')
    write(counter, 'amount_1', '20,000')
    saves(counter)
    await sees(counter, 'Forfeited')
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.FORFEITED


@pytest.mark.parametrize('verb', ['collect', 'return'])
async def test_who_may_only_read_deposits_moves_none(counter: User, verb: str) -> None:
    await sit_down(counter, Role.SALES)
    deposit = await a_held_deposit()
    await counter.open(f'/deposits/{deposit.number}')
    await sees(counter, '20,000.00')
    await misses(counter, 'Return Deposit')
    forge(counter, verb, '')
    await sees(counter, 'Your role does not allow this.')
    assert await DepositMove.all().count() == 1


async def test_a_collection_by_mistake_is_reversed_with_a_reason(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.SALES)
    deposit = await a_held_deposit()
    [move] = await deposit.moves.all()
    for user in (counter, colleague):
        await user.open(f'/deposits/{deposit.number}')
        await sees(user, 'DEPR-')
    await misses(colleague, 'Reverse')
    forge(colleague, 'reverse', str(move.id))
    await sees(colleague, 'Your role does not allow this.')
    tap(counter, 'reverse', str(move.id))
    await sees(counter, 'no longer count and are awaited again')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    write(counter, 'reason', 'It was the rent')
    saves(counter)
    await sees(colleague, 'reversed: It was the rent')
    await sees(counter, 'Collect Payment')
    assert (await Deposit.get(id=deposit.id)).status is DepositStatus.PENDING


async def test_a_move_of_another_deposit_is_not_reversed_from_here(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    mine, other = await a_held_deposit(), await a_held_deposit()
    await counter.open(f'/deposits/{mine.number}')
    await sees(counter, 'DEPR-')
    [move] = await other.moves.all()
    tap(counter, 'reverse', str(move.id))
    await sees(counter, 'This record is not there any more.')
    assert (await Deposit.get(id=other.id)).status is DepositStatus.HELD


async def test_the_link_of_a_deposit_is_copied_and_opens_the_quote_with_its_deposit(
    counter: User, colleague: User
) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    await counter.open(f'/deposits/{deposit.number}')
    await sees(counter, 'Copy Portal Link')
    choose(counter, 'copy-link')
    await sees(counter, 'copied')
    link = await PortalLink.get(deposit_id=deposit.id)
    await colleague.open(f'/p/{KEYS.link_token(link.cipher or b"")}')
    await sees(colleague, 'Commercial shoot, Chiang Mai')
    await sees(colleague, '฿20,000.00')
    await counter.open('/links')
    await sees(counter, deposit.number)


@pytest.mark.parametrize(('held', 'verb'), [(False, 'collect'), (True, 'return')])
async def test_a_day_to_come_is_refused_beside_its_field(counter: User, held: bool, verb: str) -> None:
    await sit_down(counter, Role.BILLING)
    deposit = await a_held_deposit() if held else await Deposit.get(quote_id=(await an_accepted_quote()).id)
    await counter.open(f'/deposits/{deposit.number}')
    tap(counter, verb)
    await counter.should_see(marker='day', retries=50)
    [box] = counter.find(marker='day').elements
    assert box.props['max'] == today().isoformat()
    write(counter, 'day', '2099-01-01')
    saves(counter)
    await sees(counter, 'This day has not come yet.')
    assert await DepositMove.all().count() == int(held)
    write(counter, 'day', today().isoformat())
    saves(counter)
    await sees(counter, 'DEPRR-' if held else 'DEPR-')
