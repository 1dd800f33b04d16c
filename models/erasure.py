"""What becomes of a customer who asks to be forgotten (PDPA s.33): what no law makes a firm keep goes, the rest stays.

What stays are issued papers and the books, with the buyer's name, tax ID and billing address (Revenue Code s.87/3,
Accounting Act s.14), and the sealed record of what happened, in which nothing is ever changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.access_code import AccessCode
from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, now, one_change
from models.bill import OPEN, InvoiceStatus
from models.claim import Claim, ClaimState, Slip
from models.credit import credit_of
from models.customer import NAMELESS, Contact, fold
from models.deposit import Deposit
from models.device import Device, DeviceRight
from models.document import Document, DocumentKind
from models.invoice import Invoice
from models.job import OVER, Job, Stage, StageMove
from models.notice import Notice
from models.outbox import Outbox
from models.payment import Payment
from models.portal_link import PortalLink
from models.prepaid import paid_before
from models.quote import Quote, QuoteStatus
from models.quote_revision import Editing, QuoteRevision
from models.receipt import Receipt
from models.visit import PortalVisit, Presence, VisitOrigin

if TYPE_CHECKING:
    from models.customer import Customer

SIGNED = (QuoteStatus.ACCEPTED, QuoteStatus.JOB_CREATED)
# Of the customer's row, what is on no paper; and what the law asks a paper to name, which goes where there is none.
PRIVATE: dict[str, Any] = {
    'code': '', 'delivery_address': '', 'notes': '', 'terms_days': None, 'wants_code': False, 'search': '',
}  # fmt: skip
BUYER: dict[str, Any] = {
    'name': NAMELESS, 'name_th': '', 'tax_id': '', 'vat_registered': False, 'branch': '', 'billing_address': '',
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Records:
    """All that is the customer's and has a life of its own."""

    quotes: list[Quote]
    jobs: list[Job]
    invoices: list[Invoice]
    deposits: list[Deposit]
    claims: list[Claim]
    links: list[PortalLink]

    @property
    def unsigned(self) -> list[Quote]:
        return [quote for quote in self.quotes if quote.status not in SIGNED]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What deleting would come to: whether papers and books stay, and how much has happened so far."""

    keeps: bool
    seen: int


async def prospect_of(customer: 'Customer', *, by: Actor) -> Prospect:
    """Were it deleted now. Raises Refused where `erase` would."""
    by.must(Module.CUSTOMERS, Level.MANAGE)
    at = now()
    if (await type(customer).get(id=customer.id)).erased_at:
        raise Refused('customer_erased')
    records = _Records(*[await each.order_by('id') for each in _of(customer.id)])
    await _refuse_open(customer.id, records, at)
    return Prospect(await _keeps(customer.id, records), await _happened(customer.id))


async def erase(customer: 'Customer', *, typed: str, seen: int, by: Actor) -> None:
    """`Delete`: for good, archived and with all its links revoked; nobody can work with it any more.

    Whoever works on a record of the customer at this moment has it locked, and is not waited for: it is refused
    instead, so that neither half a record is left nor anything lost that was just written. `seen` is of the prospect.
    Raises Refused: `customer_erased`, `erasure_not_confirmed`, `erasure_changed`, `erasure_busy`, and what
    `_refuse_open` refuses.
    """
    by.must(Module.CUSTOMERS, Level.MANAGE)
    at = now()
    async with one_change():
        # From here on nothing new can name this customer: a row that does waits for this lock.
        stored = await type(customer).select_for_update().get(id=customer.id)
        if stored.erased_at:
            raise Refused('customer_erased')
        if not fold(typed) or fold(typed) not in {fold(text) for text in (stored.name, stored.name_th, stored.code)}:
            raise Refused('erasure_not_confirmed')
        if await _happened(stored.id) != seen:
            raise Refused('erasure_changed')
        records = _Records(*[await _all_held(each) for each in _of(stored.id)])
        await _refuse_open(stored.id, records, at)
        keeps = await _keeps(stored.id, records)
        await _forget_links(stored, records, by=by)
        await _forget_letters(stored.id, records, at)
        facts = PRIVATE if keeps else PRIVATE | BUYER
        await stored.set(
            **facts, archived_at=stored.archived_at or at, erased_at=at, version=stored.version + 1
        )  # from now on the database lets go what may go
        await _forget_claims(records.claims)
        await _forget_quotes(records, keeps=keeps, customer_id=stored.id)
        await Invoice.filter(customer_id=stored.id, status=InvoiceStatus.DRAFT).delete()
        await _forget_sites(records.jobs)
        await Contact.filter(customer_id=stored.id).delete()
        await Activity.note('customer_erased', by=by, at=at, customer_id=stored.id)
    customer.become(stored)


def _of(customer_id: UUID) -> Iterable[QuerySet[Any]]:
    return (model.filter(customer_id=customer_id) for model in (Quote, Job, Invoice, Deposit, Claim, PortalLink))


async def _happened(customer_id: UUID) -> int:
    """How much was done with the customer; looking, and taking a copy, changes nothing."""
    return await Activity.filter(customer_id=customer_id).exclude(what__in=['link_viewed', 'customer_exported']).count()


async def _all_held(rows: QuerySet[Any]) -> list[Any]:
    """Locked, all of them at once or none: whoever holds one of them may be waiting for what is held here."""
    held = await rows.order_by('id').select_for_update(skip_locked=True)
    if len(held) < await rows.count():
        raise Refused('erasure_busy')
    return held


async def _refuse_open(customer_id: UUID, records: _Records, at: datetime) -> None:
    """What is open concerns both, and is brought to its end first. Raises Refused, for the first thing found."""
    for quote in records.quotes:
        await _refuse_open_quote(quote, at)
    for job in records.jobs:
        if job.stage not in OVER:
            raise Refused('erasure_job', number=job.number)
    closed = {job.id: job.number for job in records.jobs if job.stage is Stage.CLOSED}
    for invoice in records.invoices:
        _refuse_open_invoice(invoice, closed)
    for deposit in records.deposits:
        if deposit.awaited or deposit.held:
            raise Refused('erasure_deposit', number=deposit.number)
    for claim in records.claims:
        if claim.state is ClaimState.WAITING:
            raise Refused('erasure_claim', number=claim.number)
    await _refuse_money(customer_id, records.jobs)


async def _refuse_open_quote(quote: Quote, at: datetime) -> None:
    if quote.status_at(at) is QuoteStatus.SENT:
        raise Refused('erasure_quote_sent', number=quote.number)
    if quote.status is QuoteStatus.ACCEPTED:
        raise Refused('erasure_quote_accepted', number=quote.number)
    if quote.status not in SIGNED and (writers := await Editing.of(quote.id)):
        raise Refused('erasure_quote_written', number=quote.number, name=writers[0].name)


def _refuse_open_invoice(invoice: Invoice, closed: dict[UUID, str]) -> None:
    if invoice.status in OPEN:
        raise Refused('erasure_invoice', number=invoice.number, balance=invoice.balance)
    if invoice.status is InvoiceStatus.DRAFT and invoice.job_id in closed:
        raise Refused('erasure_not_billed', number=closed[invoice.job_id])


async def _refuse_money(customer_id: UUID, jobs: list[Job]) -> None:
    for job in jobs:
        if paid := await paid_before(job.id):
            raise Refused('erasure_paid_before', number=job.number, amount=paid)
    if credit := await credit_of(customer_id):
        raise Refused('erasure_credit', credit=credit)


async def _keeps(customer_id: UUID, records: _Records) -> bool:
    """Whether anything is there that the law makes a firm keep."""
    if any(invoice.number for invoice in records.invoices) or records.deposits:
        return True
    if any(quote.status in SIGNED for quote in records.quotes):
        return True
    return await Payment.exists(customer_id=customer_id) or await Receipt.exists(customer_id=customer_id)


async def _forget_links(customer: 'Customer', records: _Records, *, by: Actor) -> None:
    """Revoked at once; that they were made and looked at stays, by whom and from where goes."""
    await PortalLink.revoke_all_of(customer, by=by)
    links = [link.id for link in records.links]
    visits = PortalVisit.filter(link_id__in=links)
    await VisitOrigin.filter(visit_id__in=Subquery(visits.values('id'))).delete()
    seen = {*await visits.exclude(device_id=None).values_list('device_id', flat=True)}
    seen |= {*await DeviceRight.filter(link_id__in=links).values_list('device_id', flat=True)}
    await Device.filter(id__in=list(seen)).exclude(user_agent='').update(user_agent='')
    for model in (DeviceRight, AccessCode, Presence):
        await model.filter(link_id__in=links).delete()
    emptied = {'note': '', 'first_viewed_ip': '', 'last_viewed_ip': '', 'previewed_by': ''}
    await PortalLink.filter(id__in=links).update(**emptied)
    unsigned = [quote.id for quote in records.unsigned]
    await PortalLink.filter(quote_id__in=unsigned).update(quote_id=None)


async def _forget_letters(customer_id: UUID, records: _Records, at: datetime) -> None:
    """What is owed is not sent any more; one that is on its way just now is waited for by whoever tries again."""
    noticed = Q(customer_id=customer_id) | Q(quote_id__in=[quote.id for quote in records.unsigned])
    notices = await Notice.filter(noticed).values_list('id', flat=True)
    letters = Outbox.filter(Q(customer_id=customer_id) | Q(notice_id__in=list(notices)))
    held = await _all_held(letters)
    if any(letter.claimed_until and letter.claimed_until > at for letter in held):
        raise Refused('erasure_busy')
    await Outbox.filter(id__in=[letter.id for letter in held]).delete()
    await Notice.filter(id__in=list(notices)).delete()


async def _forget_claims(claims: list[Claim]) -> None:
    """That it was said stays with the money; the picture goes. A transfer's reference still counts but once."""
    ids = [claim.id for claim in claims]
    await Slip.filter(claim_id__in=ids).delete()
    await Claim.filter(id__in=ids).update(has_slip=False)
    await Claim.filter(id__in=ids).exclude(reason='').update(reason=NAMELESS)


async def _forget_quotes(records: _Records, *, keeps: bool, customer_id: UUID) -> None:
    """What was not signed goes with its papers; of what was signed only what the firm noted for itself."""
    ids = [quote.id for quote in records.unsigned]
    papers = Q(quote_id__in=ids)
    if not keeps:
        papers |= Q(kind=DocumentKind.STATEMENT, customer_id=customer_id)
    held = await _all_held(Document.filter(papers).only('id'))
    await Document.filter(id__in=[paper.id for paper in held]).delete()
    for model in (QuoteRevision, Editing):
        await model.filter(quote_id__in=ids).delete()
    await Quote.filter(id__in=ids).delete()
    await Quote.filter(customer_id=customer_id).update(internal_notes='')


async def _forget_sites(jobs: list[Job]) -> None:
    """Where it went and who received it stands on the papers of the job; why it was cancelled was for the firm."""
    ids = [job.id for job in jobs]
    await Job.filter(id__in=ids).update(delivery_address='', site_contact='', cancel_reason='')
    await StageMove.filter(job_id__in=ids).exclude(note='').update(note='')
