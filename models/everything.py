"""Everything that is kept of one customer, as a person may ask for it (PDPA s.30 and s.31); no secret is in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from tortoise import connections, fields
from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.access_code import AccessCode
from models.activity import Activity
from models.actor import Actor, Level, Module
from models.bank_statement import BankLine
from models.base import now, one_change
from models.claim import Claim, Slip
from models.credit import CreditReturn
from models.credit_note import CreditNote
from models.customer import Contact
from models.deposit import Deposit, DepositKept, DepositMove
from models.device import Device, DeviceRight
from models.document import Document, DocumentKind, DocumentState
from models.invoice import Invoice
from models.invoice_line import InvoiceLine
from models.job import Job, JobLine, StageMove
from models.outbox import Outbox
from models.payment import Payment
from models.portal_link import PortalLink
from models.quote import Quote
from models.quote_line import QuoteLine
from models.quote_revision import QuoteRevision
from models.quote_version import OF_LINE, OF_QUOTE
from models.receipt import Receipt
from models.signature import Signature
from models.visit import PortalVisit, VisitKind, VisitOrigin
from models.withholding_certificate import WithholdingCertificate

if TYPE_CHECKING:
    from models.customer import Customer

# What serves the program alone, or names its staff by number. What is kept as bytes (digests, ciphers, pictures) is
# never told: pictures and papers are files of their own.
UNTOLD = {'search', 'key', 'fingerprint', 'frozen', 'version', 'staff_id', 'owner_id', 'program_id', 'claimed_until'}
FINGERPRINTS = {'document': 'sha256', 'signature': 'shown_sha256'}  # anybody can make these of the paper itself

Told = dict[str, Any]
M = TypeVar('M', bound=Model)


@dataclass(frozen=True, slots=True)
class Everything:
    """What is told of the customer, by the names of the columns; and the files of whose bytes it tells nothing."""

    customer: 'Customer'
    told: Told
    papers: tuple[Document, ...]
    letters: tuple[Outbox, ...]
    slips: tuple[UUID, ...]
    certificates: tuple[UUID, ...]


async def gather(customer: 'Customer', *, by: Actor) -> Everything:
    """`Export`: all of it as it stands at one moment, and the line of activity that says that it was taken."""
    by.must(Module.CUSTOMERS, Level.MANAGE)
    at = now()
    async with one_change():
        # One look for all: what a colleague does meanwhile is in all of it, or in none.
        await connections.get('default').execute_query('set transaction isolation level repeatable read')
        customer = await type(customer).get(id=customer.id)
        await Activity.note('customer_exported', by=by, at=at, customer_id=customer.id)
        links = await PortalLink.filter(customer_id=customer.id).order_by('id')
        link_ids = [link.id for link in links]
        papers = await _without_content(Document).filter(customer_id=customer.id).order_by('issued_on', 'id')
        claims = await Claim.filter(customer_id=customer.id).order_by('id')
        certificates = await _without_content(WithholdingCertificate).filter(customer_id=customer.id).order_by('id')
        letters = await Outbox.filter(customer_id=customer.id).order_by('id')
        told = {
            'customer': row(customer),
            'contacts': rows(await Contact.filter(customer_id=customer.id).order_by('position')),
            'quotes': await _quotes(customer.id, papers),
            'jobs': await _jobs(customer.id),
            'invoices': await _invoices(customer.id),
            **await _money(customer.id),
            'withholding_certificates': rows(certificates),
            'claims': rows(claims),
            'papers': rows(papers),
            'links': rows(links),
            **await _looks(link_ids),
            'letters': rows(letters),
            'activity': rows(
                await Activity.filter(Q(customer_id=customer.id) | Q(link_id__in=link_ids)).order_by('at', 'id')
            ),
        }
        slips = await Slip.filter(claim_id__in=[claim.id for claim in claims]).order_by('id').values_list('claim_id')
    return Everything(
        customer,
        told,
        tuple(paper for paper in papers if paper.state is DocumentState.SET),
        tuple(letters),
        tuple(claim_id for [claim_id] in slips),
        tuple(one.id for one in certificates if one.media_type),
    )


def row(record: Model) -> Told:
    """A record by the names of its columns, as JSON has it: moments in UTC, amounts as text."""
    meta = record._meta
    names = [name for name in meta.fields_map if name in meta.fields_db_projection and name not in UNTOLD]
    said = {name: plain(getattr(record, name)) for name in names if not _is_bytes(meta.fields_map[name])}
    if digest := FINGERPRINTS.get(meta.db_table):
        said[digest] = bytes(getattr(record, digest) or b'').hex()
    return said


def rows(records: Iterable[Model]) -> list[Told]:
    return [row(record) for record in records]


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    return value


def _without_content(model: type[M]) -> QuerySet[M]:
    return model.all().only(*(name for name in model._meta.fields_db_projection if name != 'content'))


def _is_bytes(field: fields.Field[Any]) -> bool:
    return isinstance(field, fields.BinaryField)


async def _quotes(customer_id: UUID, papers: list[Document]) -> list[Told]:
    quotes = await Quote.filter(customer_id=customer_id).order_by('id')
    ids = [quote.id for quote in quotes]
    asked = await Activity.filter(quote_id__in=ids, what='quote_question').order_by('at', 'id')
    written = {one.quote_id: row(one) for one in await QuoteRevision.filter(quote_id__in=ids)}
    signed = {one.quote_id: row(one) for one in await Signature.filter(quote_id__in=ids)}
    lines = await QuoteLine.filter(quote_id__in=ids).order_by('position')
    return [
        {
            **row(quote),
            'lines': rows(line for line in lines if line.quote_id == quote.id),
            'versions': [
                _version(paper)
                for paper in papers
                if paper.quote_id == quote.id and paper.kind is DocumentKind.QUOTE and 'lines' in paper.frozen
            ],
            'being_written': written.get(quote.id),
            'questions': [{'at': plain(line.at), **line.facts} for line in asked if line.quote_id == quote.id],
            'signature': signed.get(quote.id),
        }
        for quote in quotes
    ]


def _version(paper: Document) -> Told:
    """What the customer could read of the quote then."""
    said = paper.frozen
    return {
        'edition': paper.edition,
        'issued_on': plain(paper.issued_on),
        **{name: said[name] for name in (*OF_QUOTE, 'terms_version') if name in said},
        'lines': [{name: line[name] for name in (*OF_LINE, 'optional') if name in line} for line in said['lines']],
    }


async def _jobs(customer_id: UUID) -> list[Told]:
    jobs = await Job.filter(customer_id=customer_id).order_by('id')
    ids = [job.id for job in jobs]
    lines = await JobLine.filter(job_id__in=ids).order_by('position')
    moves = await StageMove.filter(job_id__in=ids).order_by('at', 'id')
    return [
        {
            **row(job),
            'lines': rows(line for line in lines if line.job_id == job.id),
            'moves': rows(move for move in moves if move.job_id == job.id),
        }
        for job in jobs
    ]


async def _invoices(customer_id: UUID) -> list[Told]:
    invoices = await Invoice.filter(customer_id=customer_id).order_by('id')
    lines = await InvoiceLine.filter(invoice_id__in=[invoice.id for invoice in invoices]).order_by('position')
    return [
        {**row(invoice), 'lines': rows(line for line in lines if line.invoice_id == invoice.id)} for invoice in invoices
    ]


async def _money(customer_id: UUID) -> Told:
    payments = await Payment.filter(customer_id=customer_id).order_by('id')
    deposits = await Deposit.filter(customer_id=customer_id).order_by('id')
    ids = [deposit.id for deposit in deposits]
    moves = await DepositMove.filter(deposit_id__in=ids).order_by('at', 'id')
    kept = await DepositKept.filter(deposit_id__in=ids).order_by('id')
    movements = [one.id for one in (*payments, *moves)]
    return {
        'payments': rows(payments),
        'receipts': rows(await Receipt.filter(customer_id=customer_id).order_by('id')),
        'credit_notes': rows(await CreditNote.filter(customer_id=customer_id).order_by('id')),
        'credit_returns': rows(await CreditReturn.filter(customer_id=customer_id).order_by('id')),
        'deposits': [
            {
                **row(deposit),
                'moves': rows(move for move in moves if move.deposit_id == deposit.id),
                'kept_lines': rows(line for line in kept if line.deposit_id == deposit.id),
            }
            for deposit in deposits
        ],
        'bank_lines': rows(await BankLine.filter(recorded_as__in=movements).order_by('id')),
    }


async def _looks(link_ids: list[UUID]) -> Told:
    """Who looked, with what and from where; where a colleague looked from is the colleague's own."""
    visits = await PortalVisit.filter(link_id__in=link_ids).order_by('at', 'id')
    theirs = PortalVisit.filter(link_id__in=link_ids).exclude(kind=VisitKind.STAFF)
    origins = {one.visit_id: one for one in await VisitOrigin.filter(visit_id__in=Subquery(theirs.values('id')))}
    devices = {visit.device_id for visit in visits if visit.device_id}
    return {
        'visits': [
            {**row(visit), **{name: getattr(origins.get(visit.id), name, '') for name in ('ip', 'user_agent')}}
            for visit in visits
        ],
        'devices': rows(await Device.filter(id__in=list(devices)).order_by('id')),
        'device_rights': rows(await DeviceRight.filter(link_id__in=link_ids).order_by('id')),
        'access_codes': rows(await AccessCode.filter(link_id__in=link_ids).order_by('id')),
    }
