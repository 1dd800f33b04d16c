"""A small world for the tests: Siam Light & Grip, its people, and a customer called Nimman Film with Khun Ploy."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.keys import Keys
from models import (
    SYSTEM,
    Actor,
    Business,
    ContactEntry,
    Customer,
    Deposit,
    Document,
    Invoice,
    Job,
    LineEntry,
    LineKind,
    LinkSecret,
    Method,
    Payment,
    PortalLink,
    Quote,
    QuoteEntry,
    Role,
    SignatureEntry,
    SignatureMethod,
    Staff,
    Stage,
    bangkok_day,
    now,
)

KEYS = Keys(b'a secret that is only used in tests, never else')
SKYPANELS = LineEntry('ARRI SkyPanel S60-C', Decimal(2500), Decimal(4), Decimal(10), name_th='ไฟ ARRI SkyPanel S60-C')
DELIVERY = LineEntry('Delivery and pick-up', Decimal(3500), kind=LineKind.MANUAL, name_th='ค่าขนส่งไป-กลับ')


def today() -> date:
    return bangkok_day(now())


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def a_secret() -> LinkSecret:
    return KEYS.new_link_secret()


async def a_firm(**facts: Any) -> Business:
    return await Business.found(
        **{
            'name': 'Siam Light & Grip Co., Ltd.',
            'name_th': 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด',
            'phone': '02 123 4567',
            'email': 'hello@siamlight.test',
            'tax_id': '0105540087061',
            'by': SYSTEM,
            **facts,
        }
    )


async def a_person(role: Role = Role.OWNER, name: str = 'Bo', password_hash: str = '-') -> Staff:
    email = f'{name.casefold()}.{role.value.casefold()}@siamlight.test'
    return await Staff.enrol(name=name, email=email, role=role, password_hash=password_hash, by=SYSTEM)


async def bo() -> Actor:
    """Bo at the counter, who may do everything; makes the firm as well where there is none."""
    if not await Business.exists():
        await a_firm()
    known = await Staff.get_or_none(email='bo.owner@siamlight.test')
    return (known or await a_person()).actor


async def nimman(by: Actor | None = None, **facts: Any) -> Customer:
    """Nimman Film, whose primary contact is called Khun Ploy."""
    contact = ContactEntry('Ployphan Srisuk', '081 234 5678', 'ploy@nimman.test', 'Khun Ploy', 'คุณพลอย')
    return await Customer.enrol(
        **{
            'name': 'Nimman Film Co., Ltd.',
            'name_th': 'บริษัท นิมมานฟิล์ม จำกัด',
            'language': 'en',
            'contacts': [contact],
            'by': by or await bo(),
            **facts,
        }
    )


async def a_stranger() -> Customer:
    """Another customer, of whom Nimman Film must never see anything."""
    return await Customer.enrol(
        name='Ladprao Studio', contacts=[ContactEntry('Bank Wongsa', '089 111 2222')], language='th', by=await bo()
    )


async def a_draft(customer: Customer | None = None, **facts: Any) -> Quote:
    own = await bo()
    by, lines = facts.pop('by', own), tuple(facts.pop('lines', [SKYPANELS]))
    entry = QuoteEntry(
        lines=lines,
        **{
            'title': 'Commercial shoot, Chiang Mai',
            'title_th': 'ถ่ายโฆษณา เชียงใหม่',
            'job_start': in_days(7),
            'job_end': in_days(16),
            'deposit': Decimal(20000),
            **facts,
        },
    )
    return await Quote.draft(customer or await nimman(), entry, by=by)


async def a_sent_quote(customer: Customer | None = None, **facts: Any) -> Quote:
    quote = await a_draft(customer, **facts)
    await quote.send(secret=a_secret(), by=await bo())
    await set_paper(quote)
    return quote


async def set_paper(quote: Quote) -> None:
    """The PDF of the version that is published now, which must exist before anybody signs: here only a few bytes."""
    paper = await quote.paper()
    assert paper is not None
    await paper.keep(f'%PDF-1.7 {quote.number} {quote.published}'.encode())


def ploy(link: PortalLink | None = None) -> Actor:
    return Actor('customer', 'Khun Ploy', link_id=link.id if link else None)


def typed(name: str = 'Ployphan Srisuk', **facts: Any) -> SignatureEntry:
    return SignatureEntry(name, SignatureMethod.TYPED, 'I accept the quote and the terms.', 'en', **facts)


async def an_accepted_quote(customer: Customer | None = None, **facts: Any) -> Quote:
    quote = await a_sent_quote(customer, **facts)
    await quote.accept(version=1, signature=typed(), by=ploy())
    return quote


async def a_job(customer: Customer | None = None, stage: Stage = Stage.NEW, **facts: Any) -> Job:
    """100,000 THB of rent over ten days, driven to `stage` by its named actions."""
    job = await (await an_accepted_quote(customer, **facts)).create_job(by=await bo())
    while job.stage is not stage and job.next_stage:
        await job.advance(job.next_stage, by=await bo())
    return job


async def an_invoice(customer: Customer | None = None, lines: list[LineEntry] | None = None, **facts: Any) -> Invoice:
    """107,000 THB with VAT, issued today."""
    by = await bo()
    invoice = await Invoice.draft(customer or await nimman(), lines=lines or [SKYPANELS], by=by, **facts)
    await invoice.issue(by=by)
    return invoice


async def pay(invoice: Invoice, amount: Decimal | int, **facts: Any) -> Payment:
    return await invoice.record_payment(
        **{
            'amount': Decimal(amount),
            'method': Method.PROMPTPAY,
            'paid_on': today(),
            'key': uuid4(),
            'by': await bo(),
            **facts,
        }
    )


async def set_all_papers() -> None:
    """Every paper that is owed, here only a few bytes."""
    async for document in Document.ordered():
        await document.keep(f'%PDF-1.7 {document.kind} {document.number}'.encode())


async def a_held_deposit(customer: Customer | None = None) -> Deposit:
    quote = await an_accepted_quote(customer)
    deposit = await Deposit.get(quote_id=quote.id)
    await deposit.collect(amount=deposit.amount, method=Method.CASH, collected_on=today(), key=uuid4(), by=await bo())
    return deposit


async def a_link(record: Customer | Quote | Invoice | Deposit, **facts: Any) -> tuple[PortalLink, str]:
    """A live link with its token."""
    secret = a_secret()
    return await PortalLink.issue(record, secret=secret, by=await bo(), **facts), secret.token
