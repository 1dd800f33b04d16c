"""What a quote offers and how it stands: its dates, lines and sums, and the status that follows from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.actor import Actor, Module
from models.base import Record, Refused, end_of_day
from models.business import Business
from models.customer import Customer, fold
from models.document import Document, DocumentKind
from models.money import ZERO, DiscountKind, Totals
from models.quote_entry import QuoteEntry
from models.quote_line import QuoteLine
from models.quote_version import Change, changes_of, frozen_quote


class QuoteStatus(StrEnum):
    DRAFT = 'Draft'
    SENT = 'Sent'
    ACCEPTED = 'Accepted'
    JOB_CREATED = 'Job Created'
    DECLINED = 'Declined'
    EXPIRED = 'Expired'


class Offer(Record):
    """`Expired` is written down at night, and true from midnight on. All sums in THB."""

    number = fields.CharField(max_length=40, unique=True)
    customer_id: UUID
    title = fields.CharField(max_length=300)
    title_th = fields.CharField(max_length=300, default='')
    quoted_on = fields.DateField()
    job_start = fields.DateField()
    job_end = fields.DateField()
    expires_on = fields.DateField()
    status = fields.CharEnumField(QuoteStatus, max_length=12, default=QuoteStatus.DRAFT)
    published = fields.IntField(default=0)
    vat_percent = fields.DecimalField(max_digits=5, decimal_places=2)
    discount_kind = fields.CharEnumField(DiscountKind, max_length=3, default=DiscountKind.THB)
    discount_value = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    subtotal = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    discount = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    vat = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    grand_total = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    deposit = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    total_due = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    customer_notes = fields.TextField(default='')
    internal_notes = fields.TextField(default='')
    owner_id = fields.UUIDField(null=True)
    sent_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    declined_at = fields.DatetimeField(null=True)
    decline_reason = fields.TextField(default='')
    search = fields.TextField(default='')

    class Meta:
        abstract = True

    async def entry(self) -> QuoteEntry:
        """The quote as it could be typed again."""
        lines = await QuoteLine.filter(quote_id=self.id).order_by('position')
        return QuoteEntry(
            self.job_start,
            self.job_end,
            tuple(line.as_typed for line in lines),
            self.title,
            self.title_th,
            self.expires_on,
            self.deposit,
            self.discount_kind,
            self.discount_value,
            self.customer_notes,
            self.internal_notes,
        )

    def status_at(self, at: datetime) -> QuoteStatus:
        """The status as a reader sees it: a sent quote is expired from midnight in Bangkok, noted or not."""
        if self.status is QuoteStatus.SENT and at >= end_of_day(self.expires_on):
            return QuoteStatus.EXPIRED
        return self.status

    def text(self, language: str) -> str:
        return (self.title_th or self.title) if language == 'th' else self.title

    async def frozen(self) -> dict[str, Any]:
        """What a paper of this version says, whatever becomes of the records."""
        return await frozen_quote(self)

    async def changes(self) -> tuple[Change, ...]:
        """What the customer reads anew in the version that is published now."""
        return await changes_of(self)

    async def paper(self) -> Document | None:
        """The PDF of the version that is published now; `Ordered` while it is being made."""
        return await Document.get_or_none(kind=DocumentKind.QUOTE, quote_id=self.id, edition=self.published)

    def _refuse_unless_open(self, at: datetime) -> None:
        if self.status in (QuoteStatus.ACCEPTED, QuoteStatus.JOB_CREATED):
            raise Refused('quote_accepted_already', number=self.number)
        if self.status_at(at) is QuoteStatus.EXPIRED:
            raise Refused('quote_expired', number=self.number)
        if self.status is not QuoteStatus.SENT:
            raise Refused('quote_not_open', number=self.number)

    def _refuse_if_over(self, at: datetime) -> None:
        if at >= end_of_day(self.expires_on):
            raise Refused('quote_expired', number=self.number)

    async def _take(self, entry: QuoteEntry, firm: Business) -> None:
        """Make the quote what was typed."""
        customer = await Customer.get(id=self.customer_id)
        await QuoteLine.keep(self.id, entry.lines)
        columns = entry.columns
        names = f'{self.number} {columns["title"]} {columns["title_th"]} {customer.name} {customer.name_th}'
        await self.set(
            **columns,
            expires_on=entry.expiry(self.quoted_on),
            total_due=self.grand_total + entry.deposit,
            search=fold(names),
        )
        await self._total(firm)

    async def _total(self, firm: Business) -> None:
        lines = await QuoteLine.filter(quote_id=self.id)
        totals = Totals.of(
            (line.amount for line in lines if line.counts),
            vat_percent=self.vat_percent,
            vat_to=firm.vat_rounding,
            discount_kind=self.discount_kind,
            discount_value=self.discount_value,
            deposit=self.deposit,
        )
        await self.set(
            subtotal=totals.subtotal,
            discount=totals.discount,
            vat=totals.vat,
            grand_total=totals.grand_total,
            total_due=totals.total_due,
        )

    async def _tell_owner(self, what: str, *, by: Actor, **facts: Any) -> None:
        from models.notice import Notice

        owner_id = (await type(self).get(id=self.id)).owner_id
        await Notice.tell(
            what, module=Module.QUOTES, owner_id=owner_id, by=by, **self._where, number=self.number, **facts
        )

    @property
    def _where(self) -> dict[str, UUID]:
        return {'customer_id': self.customer_id, 'quote_id': self.id}
