"""A quote: the price offered for a rental, sent in versions, accepted or declined by the customer."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level, Module
from models.base import Record, Refused, bangkok_day, end_of_day, now, one_change
from models.business import Business
from models.customer import Customer, fold
from models.device import DeviceRight, RightKind
from models.document import Document, DocumentKind, DocumentState
from models.limit import LimitCount
from models.money import ZERO, DiscountKind, Totals
from models.numbering import Series, next_number
from models.outbox import Outbox
from models.quote_entry import QuoteEntry
from models.quote_line import QuoteLine
from models.quote_revision import QuoteRevision
from models.quote_version import Change, changes_of, frozen_as_signed, frozen_quote
from models.signature import Signature, SignatureEntry, evidence

if TYPE_CHECKING:
    from models.job import Job
    from models.portal_link import LinkSecret, PortalLink

QUESTIONS, QUESTIONS_WITHIN = 10, timedelta(hours=1)


class QuoteStatus(StrEnum):
    DRAFT = 'Draft'
    SENT = 'Sent'
    ACCEPTED = 'Accepted'
    JOB_CREATED = 'Job Created'
    DECLINED = 'Declined'
    EXPIRED = 'Expired'


EDITABLE = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.EXPIRED)


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
    lines: fields.ReverseRelation[QuoteLine]

    class Meta:
        table = 'quote'

    @classmethod
    async def draft(cls, customer: Customer, entry: QuoteEntry, *, by: Actor) -> 'Quote':
        """A new draft, which the customer cannot see. Raises Refused: see `QuoteEntry.checked`."""
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        today = bangkok_day(at)
        entry.checked()
        firm = await Business.the()
        async with one_change():
            quote = await cls.create(
                number=await next_number(Series.QUOTE, today),
                customer_id=customer.id,
                quoted_on=today,
                expires_on=entry.expiry(today),
                vat_percent=firm.vat_percent,
                total_due=entry.deposit,
                owner_id=by.staff_id,
                **entry.columns,
            )
            await quote._take(entry, firm)
            await Activity.note('quote_drafted', by=by, at=at, **quote._where, number=quote.number)
        return quote

    async def write(self, entry: QuoteEntry, *, version: int, by: Actor) -> QuoteRevision:
        """Keep what is being typed, complete or not, from `version` of the private copy (0: there was none).

        A draft takes over what is complete at once; what the customer sees of a sent quote stays until `publish`.
        Raises Refused: `quote_not_open`, `changed_meanwhile`.
        """
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        firm = await Business.the()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            if quote.status not in EDITABLE:
                raise Refused('quote_not_open', number=self.number)
            revision = await QuoteRevision.keep(self.id, entry, version=version, at=at, by=by)
            if quote.status is QuoteStatus.DRAFT and entry.complete:
                await quote._take(entry, firm)
            if not version:  # one line for the whole sitting, not one for each word
                await Activity.note('quote_amended', by=by, at=at, **self._where, number=self.number)
        return revision

    async def publish(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink':
        """`Publish Changes`: the private copy becomes the next version, which open pages show at once.

        The link is kept and ends with the new expiry; where it has ended meanwhile, there is a new one.
        Raises Refused: `nothing_to_publish`, `quote_not_open`, `quote_empty`, `quote_expired`, what a line refuses.
        """
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        firm = await Business.the()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            if quote.status not in (QuoteStatus.SENT, QuoteStatus.EXPIRED):
                raise Refused('quote_not_open', number=self.number)
            if (revision := await QuoteRevision.get_or_none(quote_id=self.id)) is None:
                raise Refused('nothing_to_publish', number=self.number)
            await quote._take(revision.entry.checked(), firm)
            link = await quote._hand_over(secret=secret, at=at, by=by, mail=mail)
            await Activity.note(
                'quote_published', by=by, at=at, **self._where, number=self.number, version=quote.published
            )
        await self.refresh_from_db()
        return link

    async def discard(self, *, by: Actor) -> None:
        """`Discard` what was being written on a sent quote. Raises Refused('nothing_to_publish')."""
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        async with one_change():
            await Quote.select_for_update().get(id=self.id)
            if not await QuoteRevision.filter(quote_id=self.id).delete():
                raise Refused('nothing_to_publish', number=self.number)
            await Activity.note('quote_discarded', by=by, at=at, **self._where, number=self.number)

    async def duplicate(self, *, by: Actor) -> 'Quote':
        """A new draft with the same lines; where the dates have passed, the same number of days from tomorrow."""
        today = bangkok_day(now())
        start = max(self.job_start, today + timedelta(days=1))
        entry = await self.entry()
        lines = tuple(replace(line, id=None) for line in entry.lines)
        copy = replace(
            entry, lines=lines, job_start=start, job_end=start + (self.job_end - self.job_start), expires_on=None
        )
        return await Quote.draft(await Customer.get(id=self.customer_id), copy, by=by)

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

    async def send(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink':
        """`Send to Client`: the draft becomes version 1 and gets its link; sending again reuses the link.

        Raises Refused: `quote_empty`, `quote_not_open`, `quote_expired`, and what a line refuses.
        """
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        firm = await Business.the()
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            if quote.status not in (QuoteStatus.DRAFT, QuoteStatus.SENT):
                raise Refused('quote_not_open', number=self.number)
            if quote.status is QuoteStatus.DRAFT and (revision := await QuoteRevision.get_or_none(quote_id=self.id)):
                await quote._take(revision.entry.checked(), firm)
            if quote.status is QuoteStatus.DRAFT:
                link = await quote._hand_over(secret=secret, at=at, by=by, mail=mail)
            else:
                link = await quote._deliver(secret=secret, at=at, by=by, mail=mail)
            await Activity.note('quote_sent', by=by, at=at, **self._where, number=self.number)
        await self.refresh_from_db()
        return link

    async def accept(
        self, *, version: int, signature: SignatureEntry, by: Actor, device_id: UUID | None = None
    ) -> Signature:
        """The customer signs published version `version`: one acceptance, one deposit, however many phones.

        `device_id` is the device that signed: it keeps its view after the link has ended.
        Raises Refused: `signature_name_missing`, `signature_missing`, `quote_not_open`, `quote_expired`,
        `quote_replaced`, `quote_accepted_already`, `link_closed`, `quote_paper_missing` (its PDF is being made), and
        what a hostile signature is refused for: see `SignatureEntry.check`.
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
            await quote._refuse_closed_link(by, at)
            if version != quote.published:
                raise Refused('quote_replaced', number=self.number)
            shown = await Document.get_or_none(
                kind=DocumentKind.QUOTE, quote_id=self.id, edition=version, state=DocumentState.SET
            )
            if shown is None:
                raise Refused('quote_paper_missing', number=self.number)
            await QuoteRevision.filter(quote_id=self.id).delete()  # what was still being written is too late
            if optional := await QuoteLine.filter(quote_id=self.id, optional=True):
                for line in optional:
                    await line.set(chosen=line.id in signature.chosen)
                await quote._total(await Business.the())
            await quote.set(status=QuoteStatus.ACCEPTED, accepted_at=at)
            signed = await Signature.take(signature, shown=shown, quote_version=version, at=at, by=by)
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
                frozen={
                    **await frozen_as_signed(quote, shown),
                    **await evidence(signed, shown, device_id=device_id, at_counter=signature.at_counter),
                },
            )
            if quote.deposit > 0:
                await Deposit.request(quote, at=at, by=by)
            await Outbox.queue('quote_signed', customer_id=self.customer_id, quote_id=self.id, copy_to=signature.email)
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
            await quote._refuse_closed_link(by, at)
            await quote.set(status=QuoteStatus.DECLINED, declined_at=at, decline_reason=reason.strip()[:2000])
            await PortalLink.end_all(EndReason.DECLINED, at=at, quote_id=self.id)
            await Activity.note(
                'quote_declined', by=by, at=at, **self._where, number=self.number, reason=reason.strip()[:2000] or '—'
            )
            await self._tell_owner('quote_declined', by=by, reason=reason.strip()[:300] or '—')
        self.update_from_dict({'status': quote.status, 'declined_at': at, 'decline_reason': quote.decline_reason})

    async def ask(self, question: str, *, by: Actor, line_id: UUID | None = None) -> None:
        """`Ask a question`, perhaps about one line: staff are told, and answer by mail or phone.

        Raises Refused: `question_missing`, `quote_not_open`, `quote_expired`, `too_many_questions`.
        """
        if by.kind != 'customer':
            raise Refused('not_allowed')
        text = question.strip()[:2000]
        if not text:
            raise Refused('question_missing')
        at = now()
        if await LimitCount.count(f'question:{self.id}', QUESTIONS_WITHIN) > QUESTIONS:
            raise Refused('too_many_questions')
        async with one_change():
            quote = await Quote.select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            await quote._refuse_closed_link(by, at)
            line = await QuoteLine.get_or_none(id=line_id, quote_id=self.id) if line_id else None
            about = line.name if line else ''
            await Activity.note(
                'quote_question', by=by, at=at, **self._where, number=self.number, question=text, line=about or '—'
            )
            await self._tell_owner('question_asked', by=by, question=text[:300], line=about or '—')

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
                # Somebody may have published it with a later day since it was read.
                still = cls.filter(id=quote.id, status=QuoteStatus.SENT, expires_on__lt=bangkok_day(at))
                if await still.update(status=QuoteStatus.EXPIRED):
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
        return await frozen_quote(self)

    async def changes(self) -> tuple[Change, ...]:
        """What the customer reads anew in the version that is published now."""
        return await changes_of(self)

    async def paper(self) -> Document | None:
        """The PDF of the version that is published now; `Ordered` while it is being made."""
        return await Document.get_or_none(kind=DocumentKind.QUOTE, quote_id=self.id, edition=self.published)

    async def _refuse_closed_link(self, by: Actor, at: datetime) -> None:
        """An open page is no proof that its link still lives: it may have been revoked since the page was drawn."""
        from models.portal_link import LinkState, PortalLink

        if by.link_id:
            # With those that the verb is going to end, in the order in which everybody locks links.
            locked = PortalLink.filter(Q(id=by.link_id) | Q(quote_id=self.id)).order_by('id').select_for_update()
            if any(link.id == by.link_id and link.state(at) is not LinkState.LIVE for link in await locked):
                raise Refused('link_closed')

    def _refuse_unless_open(self, at: datetime) -> None:
        if self.status in (QuoteStatus.ACCEPTED, QuoteStatus.JOB_CREATED):
            raise Refused('quote_accepted_already', number=self.number)
        if self.status_at(at) is QuoteStatus.EXPIRED:
            raise Refused('quote_expired', number=self.number)
        if self.status is not QuoteStatus.SENT:
            raise Refused('quote_not_open', number=self.number)

    async def _hand_over(self, *, secret: 'LinkSecret', at: datetime, by: Actor, mail: bool) -> 'PortalLink':
        """The next version, with its paper: what the customer sees from now on."""
        from models.portal_link import PortalLink

        if not await QuoteLine.exists(quote_id=self.id):
            raise Refused('quote_empty')
        self._refuse_if_over(at)
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
        await QuoteRevision.filter(quote_id=self.id).delete()
        await PortalLink.end_with_quote(self.id, until=end_of_day(self.expires_on), at=at)
        return await self._deliver(secret=secret, at=at, by=by, mail=mail)

    async def _deliver(self, *, secret: 'LinkSecret', at: datetime, by: Actor, mail: bool) -> 'PortalLink':
        from models.portal_link import PortalLink

        self._refuse_if_over(at)
        link = await PortalLink.copy(self, secret=secret, by=by)
        if mail:
            await Outbox.queue(
                'quote', customer_id=self.customer_id, quote_id=self.id, link_id=link.id, owner_id=by.staff_id
            )
        if by.staff_id:  # who sent it last hears what becomes of it
            await self.set(owner_id=by.staff_id)
        return link

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

        owner_id = (await Quote.get(id=self.id)).owner_id
        await Notice.tell(
            what, module=Module.QUOTES, owner_id=owner_id, by=by, **self._where, number=self.number, **facts
        )

    @property
    def _where(self) -> dict[str, UUID]:
        return {'customer_id': self.customer_id, 'quote_id': self.id}
