"""A quote or invoice link reaches no other record: not by any address, not by forged events, not by what it follows."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest
from nicegui import Client, background_tasks
from nicegui.nicegui import _on_event
from nicegui.testing import User

from app import live
from models import Customer, Deposit, Document, Invoice, Job, LineEntry, Method, Quote, Receipt, Stage
from pages.parts.region import Region
from tests.world import a_job, a_link, a_sent_quote, a_stranger, an_invoice, bo, nimman, pay, today

PATIENCE = 300
VIEWS = ('jobs', 'invoices', 'receipts', 'documents', 'quotes', 'deposits')


@dataclass(frozen=True, slots=True)
class Records:
    """One of every kind, and the texts by which each would be recognised."""

    quote: Quote
    invoice: Invoice
    numbers: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    own: Records
    other: Records
    foreign: Records

    def hidden_from(self, record: Quote | Invoice) -> tuple[str, ...]:
        """Everything that the link of this record must not show."""
        everything = [mark for records in (self.own, self.other, self.foreign) for mark in records.marks]
        return tuple(mark for mark in everything if mark not in _marks_of(record))


@pytest.fixture
async def world(portal: User) -> World:
    customer = await nimman()
    return World(
        await _records(customer, 'Own', 11),
        await _records(customer, 'Other', 23),
        await _records(await a_stranger(), 'Foreign', 37),
    )


@pytest.mark.parametrize('kind', ['quote', 'invoice'])
async def test_no_address_leads_from_a_narrow_link_to_another_record(portal: User, world: World, kind: str) -> None:
    record = getattr(world.own, kind)
    _, token = await a_link(record)
    for path in _addresses(world):
        answer = await portal.http_client.get(f'/p/{token}{path}')
        assert answer.status_code == 200
        for mark in world.hidden_from(record):
            assert mark not in answer.text, f'{kind} link shows {mark} at {path}'


@pytest.mark.parametrize('kind', ['quote', 'invoice'])
async def test_no_forged_event_makes_a_narrow_link_show_another_record(portal: User, world: World, kind: str) -> None:
    record = getattr(world.own, kind)
    _, token = await a_link(record)
    client = await portal.open(f'/p/{token}')
    for path in _addresses(world):
        for args in _forged(f'/p/{token}{path}', world):
            await _send_to_every_handler(client, args)
            _shows_nothing_of(client, world.hidden_from(record))
    portal.navigate.to(f'/p/{token}')
    await portal.should_see(_marks_of(record)[0], retries=PATIENCE)


@pytest.mark.parametrize('kind', ['quote', 'invoice'])
async def test_a_narrow_link_follows_its_one_record_only(portal: User, world: World, kind: str) -> None:
    record = getattr(world.own, kind)
    link, token = await a_link(record)
    await portal.open(f'/p/{token}')
    for path in _addresses(world):
        portal.navigate.to(f'/p/{token}{path}')
    portal.navigate.to(f'/p/{token}')
    await portal.should_see(_marks_of(record)[0], retries=PATIENCE)
    # And of its customer whether a code is asked for, which the row itself says.
    customer = ('customer', 'id', str(record.customer_id))
    followed = {it for it in live._hub.followed if (it.table, it.column, it.value) != customer}
    allowed = {str(record.id), str(link.id)}
    assert {it.value for it in followed if it.table != 'business'} <= allowed


async def test_a_customers_link_shows_all_of_that_customer_and_nothing_of_another(portal: User, world: World) -> None:
    _, token = await a_link(await Customer.get(id=world.own.quote.customer_id))
    client = await portal.open(f'/p/{token}')
    for path in _addresses(world):
        answer = await portal.http_client.get(f'/p/{token}{path}')
        for mark in world.foreign.marks:
            assert mark not in answer.text, f'shows {mark} at {path}'
        for args in _forged(f'/p/{token}{path}', world):
            await _send_to_every_handler(client, args)
            _shows_nothing_of(client, world.foreign.marks)
    assert 'Own job' in (await portal.http_client.get(f'/p/{token}/jobs')).text
    assert 'Other job' in (await portal.http_client.get(f'/p/{token}/jobs')).text


async def test_two_links_share_what_they_see_only_when_they_see_the_same(portal: User, world: World) -> None:
    whole = (await a_link(await Customer.get(id=world.own.quote.customer_id)))[0].grant()
    narrow = (await a_link(world.own.quote))[0].grant()
    again = (await a_link(world.own.quote))[0].grant()
    from pages.portal.scope import mine

    assert mine(narrow) == mine(again)
    assert mine(narrow) != mine(whole)


async def test_the_address_of_another_link_does_not_move_an_open_page_into_it(portal: User, world: World) -> None:
    _, token = await a_link(world.own.quote)
    _, other = await a_link(world.foreign.quote)
    client = await portal.open(f'/p/{token}')
    for args in _forged(f'/p/{other}', world):
        await _send_to_every_handler(client, args)
        _shows_nothing_of(client, world.hidden_from(world.own.quote))


async def _records(customer: Customer, name: str, quantity: int) -> Records:
    """Amounts differ by quantity, so that no sum of one is a sum of another."""
    by = await bo()

    def line(what: str, rate: int) -> list[LineEntry]:
        return [LineEntry(f'{name} {what} line', Decimal(rate), Decimal(quantity))]

    quote = await a_sent_quote(customer, title=f'{name} quote', title_th=f'{name} quote th', lines=line('quote', 1010))
    job = await a_job(
        customer, Stage.DELIVERING, title=f'{name} job', title_th=f'{name} job th', lines=line('job', 2020)
    )
    invoice = await an_invoice(customer, lines=line('invoice', 3030))
    payment = await pay(invoice, 10 * quantity)
    deposit = await Deposit.get(job_id=job.id)
    await deposit.collect(amount=deposit.amount, method=Method.CASH, collected_on=today(), key=uuid4(), by=by)
    receipts = await Receipt.filter(customer_id=customer.id, payment_id=payment.id) + await Receipt.filter(
        deposit_id=deposit.id
    )
    papers = await Document.filter(customer_id=customer.id)
    numbers = {job.number, deposit.number, quote.number, str(invoice.number)}
    numbers |= {receipt.number for receipt in receipts} | {paper.number for paper in papers}
    marks = (f'{name} job', *_marks_of(quote), *_marks_of(invoice), *(f'>{number}<' for number in numbers))
    return Records(quote, invoice, tuple(sorted(numbers)), tuple(dict.fromkeys(marks)))


def _marks_of(record: Quote | Invoice | Job) -> tuple[str, ...]:
    if isinstance(record, Quote):
        return record.title, f'{record.title} line', f'>{record.number}<'
    if isinstance(record, Invoice):
        return f'฿{record.total:,.2f}', f'>{record.number}<'
    return record.title, f'>{record.number}<'


def _addresses(world: World) -> list[str]:
    numbers = [number for records in (world.own, world.other, world.foreign) for number in records.numbers]
    deep = [f'/{view}/{number}' for view in VIEWS for number in numbers]
    tricks = [f'/{number}' for number in numbers[:4]] + ['/quotes/%', '/jobs/_', '/invoices/../quotes', '/.', '/%2e%2e']
    return ['', *(f'/{view}' for view in VIEWS), *deep, *tricks]


def _forged(path: str, world: World) -> list[object]:
    number = path.rpartition('/')[2]
    return [path, {'verb': 'open', 'ref': number}, {'verb': 'pay', 'ref': str(world.foreign.invoice.id)}]


async def _send_to_every_handler(client: Client, args: object) -> None:
    """As a hostile browser would: every listener of the page gets what it likes to send."""
    listeners = [(element, key) for element in client.elements.values() for key in element._event_listeners]
    for element, listener_id in listeners:
        if isinstance(args, str) or isinstance(element, Region):
            forged = {'client_id': client.id, 'id': element.id, 'listener_id': listener_id, 'args': [json.dumps(args)]}
            _on_event('forged', forged)
    building = [
        task for task in background_tasks.running_tasks if not task.done() and task is not asyncio.current_task()
    ]
    await asyncio.gather(*(task for task in building if 'sub_page' in task.get_name()), return_exceptions=True)


def _shows_nothing_of(client: Client, marks: tuple[str, ...]) -> None:
    shown = ''.join(element.html for element in client.elements.values() if isinstance(element, Region))
    for mark in marks:
        assert mark not in shown, f'shows {mark}'
