"""A quote: the price offered for a rental, sent in versions, accepted or declined by the customer."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level, Module
from models.base import Record, Refused, bangkok_day, end_of_day, now, one_change
from models.business import Business
from models.customer import Customer, fold
from models.device import DeviceRight, RightKind
from models.document import Document, DocumentKind
from models.line import Line, LineEntry
from models.money import ZERO, DiscountKind, Totals
from models.numbering import Series, next_number
from models.outbox import Outbox
from models.signature import Signature, SignatureEntry

if TYPE_CHECKING:
    from models.job import Job
    from models.portal_link import LinkSecret, PortalLink

VALIDITY = timedelta(days=14)


class QuoteStatus(StrEnum):
    DRAFT = 'Draft'
    SENT = 'Sent'
    ACCEPTED = 'Accepted'
    JOB_CREATED = 'Job Created'
    DECLINED = 'Declined'
    EXPIRED = 'Expired'


class Quote(Record):
    number = fields.CharField(max_length=40, unique=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='quotes', on_delete=fields.RESTRICT
    )
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
    lines: fields.ReverseRelation['QuoteLine']

    class Meta:
        table = 'quote'

    @classmethod
    async def draft(
        cls,
        customer: Customer,
        *,
        job_start: date,
        job_end: date,
        lines: Iterable[LineEntry],
        by: Actor,
        title: str = '',
        title_th: str = '',
        expires_on: date | None = None,
        deposit: Decimal = ZERO,
        discount_kind: DiscountKind = DiscountKind.THB,
        discount_value: Decimal = ZERO,
        customer_notes: str = '',
        internal_notes: str = '',
    ) -> 'Quote':
        """A new draft, which the customer cannot see. `job_end` is the last day, inclusive; amounts THB before VAT.

        Raises Refused: `quote_dates`, `quote_expiry`, `amount_negative`, and what a line refuses.
        """
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        today = bangkok_day(at)
        entries = [line.checked() for line in lines]
        expires_on = expires_on or min(today + VALIDITY, max(job_start - timedelta(days=1), today))
        _check(job_start, job_end, expires_on, deposit, discount_value)
        firm = await Business.the()
        async with one_change():
            quote = await cls.create(
                number=await next_number(Series.QUOTE, today),
                customer_id=customer.id,
                title=title.strip() or (entries[0].name if entries else ''),
                title_th=title_th.strip() or (entries[0].name_th if entries and not title.strip() else ''),
                quoted_on=today,
                job_start=job_start,
                job_end=job_end,
                expires_on=expires_on,
                vat_percent=firm.vat_percent,
                deposit=deposit,
                total_due=deposit,
                discount_kind=discount_kind,
                discount_value=discount_value,
                customer_notes=customer_notes.strip(),
                internal_notes=internal_notes.strip(),
                owner_id=by.staff_id,
            )
            await quote._keep_lines(entries, firm)
            await Activity.note('quote_drafted', by=by, at=at, **quote._where, number=quote.number)
        return quote

    async def amend(self, *, version: int, by: Actor, lines: Iterable[LineEntry] | None = None, **facts: Any) -> None:
        """Edit a draft, from `version`. A quote that was sent is edited as a new version instead."""
        by.must(Module.QUOTES, Level.WRITE)
        entries = None if lines is None else [line.checked() for line in lines]
        wanted = {key: facts.get(key, getattr(self, key)) for key in ('job_start', 'job_end', 'expires_on')}
        _check(
            **wanted,
            deposit=facts.get('deposit', self.deposit),
            discount=facts.get('discount_value', self.discount_value),
        )
        at = now()
        firm = await Business.the()
        async with one_change():
            stored = await Quote.select_for_update().get(id=self.id)
            if stored.status is not QuoteStatus.DRAFT:
                raise Refused('quote_not_draft')
            total_due = stored.grand_total + facts.get('deposit', stored.deposit)
            await self.set_unless_changed(version, total_due=total_due, **facts)
            await self._keep_lines(entries, firm)
            await Activity.note('quote_amended', by=by, at=at, **self._where, number=self.number)

    async def send(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink':
        """`Send to Client`: the draft becomes version 1 and gets its link; sending again reuses the link.

        Raises Refused: `quote_empty`, `quote_not_open`, `quote_expired`.
        """
        from models.portal_link import PortalLink

        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            if quote.status not in (QuoteStatus.DRAFT, QuoteStatus.SENT):
                raise Refused('quote_not_open', number=self.number)
            if at >= end_of_day(quote.expires_on):
                raise Refused('quote_expired', number=self.number)
            if not await QuoteLine.exists(quote_id=self.id):
                raise Refused('quote_empty')
            if quote.status is QuoteStatus.DRAFT:
                await quote._publish(at)
            self.update_from_dict({'status': quote.status, 'published': quote.published, 'sent_at': quote.sent_at})
            link = await PortalLink.copy(quote, secret=secret, by=by)
            if mail:
                await Outbox.queue(
                    'quote', customer_id=self.customer_id, quote_id=self.id, link_id=link.id, owner_id=by.staff_id
                )
            if by.staff_id:  # who sent it last hears what becomes of it
                await quote.set(owner_id=by.staff_id)
            await Activity.note('quote_sent', by=by, at=at, **self._where, number=self.number)
        return link

    async def accept(
        self, *, version: int, signature: SignatureEntry, by: Actor, device_id: UUID | None = None
    ) -> Signature:
        """The customer signs published version `version`: one acceptance, one deposit, however many phones.

        `device_id` is the device that signed: it keeps its view after the link has ended.
        Raises Refused: `signature_name_missing`, `signature_missing`, `quote_not_open`, `quote_expired`,
        `quote_replaced`, `quote_accepted_already`.
        """
        from models.deposit import Deposit
        from models.portal_link import EndReason, PortalLink

        if by.kind != 'customer':
            raise Refused('not_allowed')
        signature.check()
        at = now()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            if version != quote.published:
                raise Refused('quote_replaced', number=self.number)
            for line in await QuoteLine.filter(quote_id=self.id, optional=True):
                await line.set(chosen=line.id in signature.chosen)
            await quote._total(await Business.the())
            await quote.set(status=QuoteStatus.ACCEPTED, accepted_at=at)
            signed = await Signature.take(signature, quote_id=self.id, quote_version=version, at=at, by=by)
            await PortalLink.end_all(EndReason.ACCEPTED, at=at, quote_id=self.id)
            if device_id and by.link_id:
                await DeviceRight.give(RightKind.KEPT, link_id=by.link_id, device_id=device_id, at=at)
            await Activity.note('quote_accepted', by=by, at=at, **self._where, number=self.number, name=signature.name)
            await Document.order(
                DocumentKind.SIGNED_QUOTE,
                self.number,
                customer_id=self.customer_id,
                quote_id=self.id,
                edition=version,
                issued_on=bangkok_day(at),
                frozen=await quote.frozen(),
            )
            if quote.deposit > 0:
                await Deposit.request(quote, at=at, by=by)
            await Outbox.queue('quote_signed', customer_id=self.customer_id, quote_id=self.id)
            await self._tell_owner('quote_signed', by=by, name=signature.name)
        self.update_from_dict({'status': quote.status, 'accepted_at': at})
        return signed

    async def decline(self, *, by: Actor, reason: str = '') -> None:
        """The customer says no, with a reason if they like. Raises Refused: `quote_not_open`, `quote_expired`."""
        from models.portal_link import EndReason, PortalLink

        if by.kind != 'customer':
            by.must(Module.QUOTES, Level.WRITE)
        at = now()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            await quote.set(status=QuoteStatus.DECLINED, declined_at=at, decline_reason=reason.strip()[:2000])
            await PortalLink.end_all(EndReason.DECLINED, at=at, quote_id=self.id)
            await Activity.note(
                'quote_declined', by=by, at=at, **self._where, number=self.number, reason=reason.strip()[:2000] or '—'
            )
            await self._tell_owner('quote_declined', by=by, reason=reason.strip()[:300] or '—')
        self.update_from_dict({'status': quote.status, 'declined_at': at, 'decline_reason': quote.decline_reason})

    async def create_job(self, *, by: Actor, start_on: date | None = None, end_on: date | None = None) -> 'Job':
        """`Create Job` from an accepted quote: one job per quote, with its draft invoice."""
        from models.job import Job

        by.must(Module.JOBS, Level.WRITE)
        at = now()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            if quote.status is QuoteStatus.JOB_CREATED:
                raise Refused('job_exists', number=self.number)
            if quote.status is not QuoteStatus.ACCEPTED:
                raise Refused('quote_not_accepted', number=self.number)
            await quote.set(status=QuoteStatus.JOB_CREATED)
            job = await Job.open(
                quote, start_on=start_on or quote.job_start, end_on=end_on or quote.job_end, at=at, by=by
            )
        self.status = QuoteStatus.JOB_CREATED
        return job

    @classmethod
    async def expire_overdue(cls) -> int:
        """Write down what time has already done: sent quotes past their expiry. Returns how many."""
        at = now()
        overdue = await cls.filter(status=QuoteStatus.SENT, expires_on__lt=bangkok_day(at)).order_by('id')
        for quote in overdue:
            async with one_change():
                if await cls.filter(id=quote.id, status=QuoteStatus.SENT).update(status=QuoteStatus.EXPIRED):
                    await Activity.note('quote_expired', by=SYSTEM, at=at, **quote._where, number=quote.number)
        return len(overdue)

    def status_at(self, at: datetime) -> QuoteStatus:
        """The status as a reader sees it: a sent quote is expired from midnight in Bangkok, noted or not."""
        if self.status is QuoteStatus.SENT and at >= end_of_day(self.expires_on):
            return QuoteStatus.EXPIRED
        return self.status

    def text(self, language: str) -> str:
        return (self.title_th or self.title) if language == 'th' else self.title

    async def frozen(self) -> dict[str, Any]:
        """What a paper of this version says, whatever becomes of the records."""
        lines = await QuoteLine.filter(quote_id=self.id).order_by('position')
        names = (
            'number',
            'title',
            'title_th',
            'quoted_on',
            'job_start',
            'job_end',
            'expires_on',
            'published',
            'vat_percent',
        )
        amounts = ('subtotal', 'discount', 'vat', 'grand_total', 'deposit', 'total_due')
        return {
            **{name: str(getattr(self, name)) for name in (*names, *amounts, 'customer_notes')},
            'lines': [
                {
                    **{name: str(getattr(line, name)) for name in ('kind', 'name', 'name_th', 'quantity', 'duration')},
                    **{name: str(getattr(line, name)) for name in ('rate', 'rate_type', 'amount')},
                    'optional': line.optional,
                    'chosen': line.chosen,
                }
                for line in lines
            ],
        }

    def _refuse_unless_open(self, at: datetime) -> None:
        if self.status in (QuoteStatus.ACCEPTED, QuoteStatus.JOB_CREATED):
            raise Refused('quote_accepted_already', number=self.number)
        if self.status_at(at) is QuoteStatus.EXPIRED:
            raise Refused('quote_expired', number=self.number)
        if self.status is not QuoteStatus.SENT:
            raise Refused('quote_not_open', number=self.number)

    async def _publish(self, at: datetime) -> None:
        await self.set(status=QuoteStatus.SENT, published=self.published + 1, sent_at=at)
        await Document.order(
            DocumentKind.QUOTE,
            self.number,
            customer_id=self.customer_id,
            quote_id=self.id,
            edition=self.published,
            issued_on=bangkok_day(at),
            frozen=await self.frozen(),
        )

    async def _keep_lines(self, entries: list[LineEntry] | None, firm: Business) -> None:
        if entries is not None:
            await QuoteLine.filter(quote_id=self.id).delete()
            for position, entry in enumerate(entries):
                await QuoteLine.create(quote_id=self.id, position=position, optional=entry.optional, **entry.columns)
        await self._total(firm)
        customer = await Customer.get(id=self.customer_id)
        await self.set(search=fold(f'{self.number} {self.title} {self.title_th} {customer.name} {customer.name_th}'))

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

        owner_id = (await Quote.get(id=self.id)).owner_id
        await Notice.tell(
            what, module=Module.QUOTES, owner_id=owner_id, by=by, **self._where, number=self.number, **facts
        )

    @property
    def _where(self) -> dict[str, UUID]:
        return {'customer_id': self.customer_id, 'quote_id': self.id}


class QuoteLine(Line):
    quote: fields.ForeignKeyRelation[Quote] = fields.ForeignKeyField(
        'models.Quote', related_name='lines', on_delete=fields.CASCADE
    )
    quote_id: UUID
    optional = fields.BooleanField(default=False)
    chosen = fields.BooleanField(default=False)

    class Meta:
        table = 'quote_line'
        ordering = ('position',)

    @property
    def counts(self) -> bool:
        """Whether the line is part of the sum: an optional one only when the customer ticked it."""
        return self.chosen or not self.optional


def _check(job_start: date, job_end: date, expires_on: date, deposit: Decimal, discount: Decimal) -> None:
    if job_end < job_start:
        raise Refused('quote_dates')
    if expires_on > job_start:
        raise Refused('quote_expiry')
    if deposit < 0 or discount < 0:
        raise Refused('amount_negative')
