"""Activity reads as sentences in the reader's language, and tells nothing of money to who may see none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from nicegui.testing import User

from app.words import words
from models import PortalLink, Role, Stage
from pages.parts.history import Event, sentence
from tests.pages.counter import counter, sees, sit_down
from tests.pages.work import misses
from tests.world import a_job, a_sent_quote, an_invoice, nimman, pay

__all__ = ['counter']


def event(what: str, **facts: str) -> Event:
    return Event(uuid4(), datetime(2026, 11, 22, tzinfo=UTC), what, 'staff', 'Bo', tuple(facts.items()))


def test_stages_are_told_in_words() -> None:
    moved = event('job_moved', number='JOB-2026-0001', was='Picking', stage='Loaded')
    assert sentence(words('en'), moved) == 'Job JOB-2026-0001: Picking → Loaded'
    assert sentence(words('th'), moved) == 'งาน JOB-2026-0001: กำลังจัดของ → ขึ้นรถแล้ว'


def test_amounts_and_days_are_written_as_people_write_them() -> None:
    paid = event('payment_recorded', amount='50000.00', number='INV-2026-0001')
    assert '฿50,000.00' in sentence(words('en'), paid)
    extended = event('job_extended', number='JOB-2026-0001', was='2026-11-28', until='2026-12-02')
    assert sentence(words('en'), extended).endswith('from 28 Nov to 2 Dec') or '2026' in sentence(words('en'), extended)


def test_what_is_not_known_is_left_out() -> None:
    assert sentence(words('en'), event('quote_declined', number='QT-2026-0001')).endswith('—')


async def test_a_question_of_somebody_without_a_name_reads_as_the_customers(counter: User) -> None:
    await sit_down(counter, language='th')
    quote = await a_sent_quote(await nimman())
    link = await PortalLink.get(quote_id=quote.id)
    await quote.ask('ส่งของเช้าได้ไหม', by=link.grant().actor)
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, f'คำถามเกี่ยวกับใบเสนอราคา {quote.number}: ส่งของเช้าได้ไหม')
    await misses(counter, '>Customer<')
    await misses(counter, '(—)')


async def test_a_customers_activity_is_live(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, 'Customer created')
    job = await a_job(customer, Stage.PICKING)
    await sees(counter, f'Job {job.number}: New → Picking')


async def test_crew_read_nothing_of_money(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    customer = await nimman()
    invoice = await an_invoice(customer)
    await pay(invoice, Decimal(1000))
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, 'Customer created')
    await counter.should_not_see('฿')
