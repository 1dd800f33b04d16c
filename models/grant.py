"""What a link that lives lets its holder see; every way in finds records through it and none by id alone."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.actor import Actor
from models.claim import Claim
from models.customer import Contact, Customer
from models.deposit import Deposit
from models.document import Document, DocumentKind
from models.invoice import Invoice, InvoiceStatus
from models.job import Job
from models.quote import Quote, QuoteStatus
from models.receipt import Receipt

NOTHING = UUID(int=0)
PAPERS_OF_QUOTE = (DocumentKind.QUOTE, DocumentKind.SIGNED_QUOTE)
CAME_OF_QUOTE = (DocumentKind.DEPOSIT_REQUEST, DocumentKind.DEPOSIT_RECEIPT, DocumentKind.DEPOSIT_RETURN)
PAPERS_OF_INVOICE = (DocumentKind.INVOICE,)
CAME_OF_INVOICE = (DocumentKind.RECEIPT, DocumentKind.TAX_INVOICE)


class Scope(StrEnum):
    CUSTOMER = 'customer'
    QUOTE = 'quote'
    INVOICE = 'invoice'
    DEPOSIT = 'deposit'


@dataclass(frozen=True, slots=True)
class Grant:
    """What a live link lets its holder see: every page, download, subscription and handler finds records through it."""

    scope: Scope
    link_id: UUID
    customer_id: UUID
    quote_id: UUID | None
    invoice_id: UUID | None
    kept: bool = False

    @property
    def actor(self) -> Actor:
        return Actor('customer', 'Customer', link_id=self.link_id)

    def customer(self) -> QuerySet[Customer]:
        return Customer.filter(id=self.customer_id)

    def contacts(self) -> QuerySet[Contact]:
        return Contact.filter(customer_id=self.customer_id)

    def quotes(self) -> QuerySet[Quote]:
        mine = Quote.filter(customer_id=self.customer_id).exclude(status=QuoteStatus.DRAFT)
        return mine if self._is_whole else mine.filter(id=self._only(self.quote_id))

    def jobs(self) -> QuerySet[Job]:
        mine = Job.filter(customer_id=self.customer_id)
        return mine if self._is_whole else mine.filter(id=NOTHING)

    def invoices(self) -> QuerySet[Invoice]:
        mine = Invoice.filter(customer_id=self.customer_id).exclude(status=InvoiceStatus.DRAFT)
        return mine if self._is_whole else mine.filter(id=self._only(self.invoice_id))

    def receipts(self) -> QuerySet[Receipt]:
        mine = Receipt.filter(customer_id=self.customer_id)
        if self._is_whole:
            return mine
        if self.kept and self.invoice_id:
            return mine.filter(invoice_id=self.invoice_id)
        if self.kept and self.quote_id:
            return mine.filter(deposit_id__in=Subquery(self.deposits().values('id')))
        return mine.filter(id=NOTHING)

    def deposits(self) -> QuerySet[Deposit]:
        mine = Deposit.filter(customer_id=self.customer_id)
        if self.kept and self.quote_id:
            return mine.filter(quote_id=self.quote_id)
        return mine if self._is_whole else mine.filter(id=NOTHING)

    def claims(self) -> QuerySet[Claim]:
        """What was said to be paid of what it shows, by whomever."""
        mine = Claim.filter(customer_id=self.customer_id)
        if self._is_whole:
            return mine
        if self.invoice_id:
            return mine.filter(invoice_id=self.invoice_id)
        return mine.filter(deposit_id__in=Subquery(self.deposits().values('id')))

    def documents(self) -> QuerySet[Document]:
        mine = Document.filter(customer_id=self.customer_id)
        if self.scope is Scope.QUOTE:
            own = Q(quote_id=self._only(self.quote_id), kind__in=PAPERS_OF_QUOTE)
            if self.kept:
                deposit = Subquery(self.deposits().values('id'))
                own |= Q(deposit_id__in=deposit, kind__in=CAME_OF_QUOTE)
            return mine.filter(own)
        if self.scope is Scope.INVOICE:
            came_of_it = CAME_OF_INVOICE if self.kept else ()
            return mine.filter(invoice_id=self._only(self.invoice_id), kind__in=(*PAPERS_OF_INVOICE, *came_of_it))
        return mine

    @property
    def _is_whole(self) -> bool:
        return self.scope is Scope.CUSTOMER

    @staticmethod
    def _only(record_id: UUID | None) -> UUID:
        return record_id or NOTHING
