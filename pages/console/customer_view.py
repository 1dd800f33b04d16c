"""What staff see of customers: a row of the list, and one customer with what is open; as far as a role may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.live import Live, follow, live
from models import (
    OVER,
    Contact,
    Customer,
    CustomerKind,
    Deposit,
    DepositStatus,
    Invoice,
    InvoiceStatus,
    Job,
    Module,
    PortalLink,
    Presence,
    Quote,
    QuoteStatus,
    Scope,
    Stage,
    bangkok_day,
    fold,
    now,
    outstanding_of_all,
)
from models.register import RegisteredLink
from pages.parts.link_rows import rows_of
from pages.parts.listed import Listed, first_of

ZERO = Decimal('0.00')


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as it is shown."""

    full_name: str
    call_name: str
    call_name_th: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`active_jobs` and `outstanding` are None for a role that sees none."""

    id: UUID
    name: str
    name_th: str
    tax_id: str
    contact: Person | None
    active_jobs: int | None
    outstanding: Decimal | None
    language: str
    archived: bool
    links: tuple[RegisteredLink, ...]
    here: int


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One customer whole."""

    id: UUID
    version: int
    kind: CustomerKind
    name: str
    name_th: str
    code: str
    tax_id: str
    vat_registered: bool
    branch: str
    billing_address: str
    delivery_address: str
    notes: str
    language: str
    terms_days: int | None
    wants_code: bool
    archived: bool
    erased_at: datetime | None
    contacts: tuple[Person, ...]
    active_jobs: int | None
    outstanding: Decimal | None
    links: tuple[RegisteredLink, ...]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A quote, job, invoice or deposit in the list of its customer."""

    href: str
    number: str
    title: str
    title_th: str
    first_day: date | None
    last_day: date | None
    amount: Decimal | None
    state: QuoteStatus | Stage | InvoiceStatus | DepositStatus


def live_customers(
    sees: tuple[Module, ...], text: str, language: str, *, archived: bool, most: int
) -> Live[Listed[CustomerRow]]:
    """The customers that a search leaves, by their name in this language."""
    sought = fold(text)

    async def load() -> Listed[CustomerRow]:
        found = Customer.found_by(sought).filter(erased_at=None)
        if not archived:
            found = found.filter(archived_at=None)
        ordered = Customer.in_order(found, language)
        customers, total = await first_of(ordered.prefetch_related('contacts'), most)
        return Listed(await _rows(customers, sees), total)

    follows = [follow(Customer), follow(Contact), follow(PortalLink), follow(Job), follow(Presence)]
    if Module.INVOICES in sees:
        follows.append(follow(Invoice))
    return live(('customers', sees, sought, language, archived, most), follows, load)


def live_customer(customer_id: UUID, sees: tuple[Module, ...]) -> Live[CustomerView]:
    async def load() -> CustomerView:
        customer = await Customer.get(id=customer_id).prefetch_related('contacts')
        [row] = await _rows([customer], sees)
        names = ('id', 'active_jobs', 'outstanding', 'links', 'contacts', 'archived')
        own = {name: getattr(customer, name) for name in CustomerView.__slots__ if name not in names}
        return CustomerView(
            id=customer_id,
            active_jobs=row.active_jobs,
            outstanding=row.outstanding,
            links=row.links,
            contacts=_people(customer.contacts),
            archived=row.archived,
            **own,
        )

    follows = [
        follow(Customer, id=customer_id),
        *(follow(model, customer_id=customer_id) for model in (Contact, PortalLink, Presence, Job, Invoice)),
    ]
    return live(('customer', customer_id, sees), follows, load)


def live_records(customer_id: UUID, module: str, most: int) -> Live[Listed[RecordRow]]:
    """The newest of one kind that this customer has."""
    model, rows = RECORDS[module]

    async def load() -> Listed[RecordRow]:
        found, total = await first_of(model.filter(customer_id=customer_id).order_by('-created_at', '-id'), most)
        return Listed(tuple(rows(found)), total)

    return live(('records', customer_id, module, most), [follow(model, customer_id=customer_id)], load)


async def _rows(customers: Sequence[Customer], sees: tuple[Module, ...]) -> tuple[CustomerRow, ...]:
    """A fixed number of queries, however many customers there are."""
    ids = [customer.id for customer in customers]
    active = await Job.filter(customer_id__in=ids).exclude(stage__in=OVER).only('id', 'customer_id')
    jobs = Counter(job.customer_id for job in active)
    owed = await outstanding_of_all(ids) if Module.INVOICES in sees else {}
    here = await Presence.of_customers(ids)
    links: defaultdict[UUID, list[RegisteredLink]] = defaultdict(list)
    for row in await rows_of(PortalLink.filter(customer_id__in=ids, scope=Scope.CUSTOMER)):
        links[row.customer_id].append(row)
    return tuple(
        CustomerRow(
            customer.id,
            customer.name,
            customer.name_th,
            customer.tax_id,
            next(iter(_people(customer.contacts)), None),
            jobs[customer.id] if Module.JOBS in sees else None,
            owed.get(customer.id, ZERO) if Module.INVOICES in sees else None,
            customer.language,
            customer.archived_at is not None,
            tuple(links[customer.id]),
            here.get(customer.id, 0),
        )
        for customer in customers
    )


def _people(contacts: Iterable[Contact]) -> tuple[Person, ...]:
    ordered = sorted(contacts, key=lambda contact: contact.position)
    return tuple(Person(*(getattr(contact, name) for name in Person.__slots__)) for contact in ordered)


def _quotes(quotes: Iterable[Quote]) -> Iterable[RecordRow]:
    at = now()
    for quote in quotes:
        yield RecordRow(
            f'/quotes/{quote.number}',
            quote.number,
            quote.title,
            quote.title_th,
            quote.quoted_on,
            quote.expires_on,
            quote.grand_total,
            quote.status_at(at),
        )


def _jobs(jobs: Iterable[Job]) -> Iterable[RecordRow]:
    for job in jobs:
        yield RecordRow(
            f'/jobs/{job.number}', job.number, job.title, job.title_th, job.start_on, job.end_on, None, job.stage
        )


def _invoices(invoices: Iterable[Invoice]) -> Iterable[RecordRow]:
    today = bangkok_day(now())
    for invoice in invoices:
        yield RecordRow(
            f'/invoices/{invoice.number or invoice.id}',
            invoice.number or '',
            '',
            '',
            invoice.issued_on,
            invoice.due_on,
            invoice.total,
            invoice.status_on(today),
        )


def _deposits(deposits: Iterable[Deposit]) -> Iterable[RecordRow]:
    for deposit in deposits:
        yield RecordRow(
            f'/deposits/{deposit.number}',
            deposit.number,
            '',
            '',
            deposit.requested_on,
            None,
            deposit.amount,
            deposit.status,
        )


RECORDS: dict[str, tuple[type[Any], Any]] = {
    'quotes': (Quote, _quotes),
    'jobs': (Job, _jobs),
    'invoices': (Invoice, _invoices),
    'deposits': (Deposit, _deposits),
}
