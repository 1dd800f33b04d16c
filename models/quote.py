"""A quote: the price offered for a rental, written and sent in versions, answered by the customer."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level, Module
from models.answered import Answered
from models.base import Refused, bangkok_day, end_of_day, now, one_change
from models.business import Business
from models.customer import Customer
from models.document import Document, DocumentKind
from models.numbering import Series, next_number
from models.offer import QuoteStatus
from models.outbox import Outbox
from models.quote_entry import QuoteEntry
from models.quote_line import QuoteLine
from models.quote_revision import QuoteRevision

# The first migration looks for the status here.
__all__ = ['EDITABLE', 'Quote', 'QuoteStatus']

if TYPE_CHECKING:
    from models.job import Job
    from models.portal_link import LinkSecret, PortalLink

EDITABLE = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.EXPIRED)


class Quote(Answered):
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='quotes', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    lines: fields.ReverseRelation[QuoteLine]

    class Meta:
        table = 'quote'

    @classmethod
    async def draft(cls, customer: Customer, entry: QuoteEntry, *, by: Actor) -> 'Quote':
        """A new draft, which the customer cannot see. Raises Refused: `customer_erased`, see `QuoteEntry.checked`."""
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
            await Customer.must_be_known(customer.id)
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
        entry = entry.told_apart()
        async with one_change():
            quote = await self._held()
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
            quote = await self._held()
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
            await self._held()
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

    async def send(self, *, secret: 'LinkSecret', by: Actor, mail: bool = True) -> 'PortalLink':
        """`Send to Client`: the draft becomes version 1 and gets its link; sending again reuses the link.

        Raises Refused: `quote_empty`, `quote_not_open`, `quote_expired`, and what a line refuses.
        """
        by.must(Module.QUOTES, Level.WRITE)
        at = now()
        firm = await Business.the()
        async with one_change():
            quote = await self._held()
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

    async def create_job(self, *, by: Actor, start_on: date | None = None, end_on: date | None = None) -> 'Job':
        """`Create Job` from an accepted quote: one job per quote, with its draft invoice."""
        from models.job import Job

        by.must(Module.JOBS, Level.WRITE)
        at = now()
        async with one_change():
            quote = await self._held()
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

    async def _held(self) -> 'Quote':
        """The row, locked. Raises Refused('record_gone') when it was deleted with its customer."""
        if (quote := await Quote.select_for_update().get_or_none(id=self.id)) is None:
            raise Refused('record_gone')
        return quote

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
