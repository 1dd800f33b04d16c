"""What staff see of quotes: a row of the list, and one quote with its lines, sums, deposit and acceptance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q

from app.live import Live, follow, live
from models import (
    Customer,
    Deposit,
    DepositStatus,
    DiscountKind,
    Job,
    LineKind,
    Presence,
    Program,
    Quote,
    QuoteLine,
    QuoteRevision,
    QuoteStatus,
    RateType,
    Totals,
    bangkok_day,
    fold,
    now,
)
from models.money import ZERO
from pages.parts.listed import Listed, first_of


@dataclass(frozen=True, slots=True)
class QuoteRow:
    number: str
    title: str
    title_th: str
    customer: str
    customer_th: str
    quoted_on: date
    expires_on: date
    total: Decimal
    status: QuoteStatus
    here: int  # phones on which its customer has it open now


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a quote or an invoice as it is printed."""

    kind: LineKind
    name: str
    name_th: str
    quantity: Decimal
    duration: Decimal
    rate: Decimal
    rate_type: RateType
    amount: Decimal
    optional: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """The foot of a quote or an invoice, in THB; an invoice has no deposit."""

    subtotal: Decimal
    discount: Decimal
    discount_kind: DiscountKind
    discount_value: Decimal
    vat: Decimal
    vat_percent: Decimal
    grand_total: Decimal
    deposit: Decimal | None = None
    total_due: Decimal | None = None

    @classmethod
    def typed(
        cls,
        totals: Totals,
        vat_percent: Decimal,
        discount_kind: DiscountKind = DiscountKind.THB,
        discount_value: Decimal = ZERO,
        *,
        with_deposit: bool = False,
    ) -> Sums:
        """Of what stands in a form, before anything is saved."""
        return cls(
            totals.subtotal,
            totals.discount,
            discount_kind,
            discount_value,
            totals.vat,
            vat_percent,
            totals.grand_total,
            totals.deposit if with_deposit else None,
            totals.total_due if with_deposit else None,
        )


@dataclass(frozen=True, slots=True)
class QuoteDeposit:
    number: str
    amount: Decimal
    status: DepositStatus


@dataclass(frozen=True, slots=True)
class QuoteView:
    id: UUID
    customer_id: UUID
    number: str
    version: int
    published: int
    title: str
    title_th: str
    customer: str
    customer_th: str
    status: QuoteStatus
    quoted_on: date
    expires_on: date
    job_start: date
    job_end: date
    lines: tuple[SheetLine, ...]
    sums: Sums
    customer_notes: str
    internal_notes: str
    sent_at: datetime | None
    decline_reason: str
    deposit: QuoteDeposit | None
    job_number: str
    unpublished: bool


def live_quotes(text: str, status: QuoteStatus | None, most: int) -> Live[Listed[QuoteRow]]:
    """The quotes that a search and a status leave, the latest first."""
    sought = fold(text)

    async def load() -> Listed[QuoteRow]:
        at = now()
        found = Quote.filter(_having(status, bangkok_day(at)), await Customer.records_by(sought))
        quotes, total = await first_of(found.order_by('-quoted_on', '-number').select_related('customer'), most)
        here = await _looked_at([quote.id for quote in quotes], at)
        return Listed(tuple(_row(quote, at, here[quote.id]) for quote in quotes), total)

    follows = [follow(Quote), follow(Customer), follow(Presence)]
    return live(('console', 'quotes', sought, status, most), follows, load)


def live_quote(quote_id: UUID, customer_id: UUID) -> Live[QuoteView | None]:
    """None once it was deleted, together with what was known of its customer."""

    async def load() -> QuoteView | None:
        quote = await Quote.get_or_none(id=quote_id).select_related('customer').prefetch_related('lines')
        if quote is None:
            return None
        deposit = await Deposit.get_or_none(quote_id=quote_id)
        job = await Job.get_or_none(quote_id=quote_id)
        return _view(quote, deposit, job, await QuoteRevision.exists(quote_id=quote_id))

    follows = [
        follow(Quote, id=quote_id),
        follow(QuoteLine, quote_id=quote_id),
        follow(QuoteRevision, quote_id=quote_id),
        follow(Deposit, quote_id=quote_id),
        follow(Job, quote_id=quote_id),
        follow(Customer, id=customer_id),
    ]
    return live(('console', 'quote', quote_id), follows, load)


def _having(status: QuoteStatus | None, today: date) -> Q:
    """A sent quote is expired from midnight on, whether somebody wrote it down or not."""
    if status is None:
        return Q()
    if status is QuoteStatus.SENT:
        return Q(status=status, expires_on__gte=today)
    if status is QuoteStatus.EXPIRED:
        return Q(Q(status=status), Q(status=QuoteStatus.SENT, expires_on__lt=today), join_type='OR')
    return Q(status=status)


async def _looked_at(quote_ids: Collection[UUID], at: datetime) -> Counter[UUID]:
    alive = await Program.living(at)
    here = await Presence.filter(program_id__in=alive, quote_id__in=list(quote_ids)).only('id', 'quote_id')
    return Counter(presence.quote_id for presence in here if presence.quote_id)


def _row(quote: Quote, at: datetime, here: int) -> QuoteRow:
    return QuoteRow(
        quote.number,
        quote.title,
        quote.title_th,
        quote.customer.name,
        quote.customer.name_th,
        quote.quoted_on,
        quote.expires_on,
        quote.grand_total,
        quote.status_at(at),
        here,
    )


def _view(quote: Quote, deposit: Deposit | None, job: Job | None, written: bool) -> QuoteView:
    return QuoteView(
        id=quote.id,
        customer_id=quote.customer_id,
        number=quote.number,
        version=quote.version,
        published=quote.published,
        title=quote.title,
        title_th=quote.title_th,
        customer=quote.customer.name,
        customer_th=quote.customer.name_th,
        status=quote.status_at(now()),
        quoted_on=quote.quoted_on,
        expires_on=quote.expires_on,
        job_start=quote.job_start,
        job_end=quote.job_end,
        lines=tuple(line_of(line) for line in sorted(quote.lines, key=lambda line: line.position)),
        sums=Sums(
            quote.subtotal,
            quote.discount,
            quote.discount_kind,
            quote.discount_value,
            quote.vat,
            quote.vat_percent,
            quote.grand_total,
            quote.deposit,
            quote.total_due,
        ),
        customer_notes=quote.customer_notes,
        internal_notes=quote.internal_notes,
        sent_at=quote.sent_at,
        decline_reason=quote.decline_reason,
        deposit=QuoteDeposit(deposit.number, deposit.amount, deposit.status) if deposit else None,
        job_number=job.number if job else '',
        unpublished=written and quote.status is not QuoteStatus.DRAFT,
    )


def line_of(line: QuoteLine) -> SheetLine:
    return SheetLine(
        line.kind,
        line.name,
        line.name_th,
        line.quantity,
        line.duration,
        line.rate,
        line.rate_type,
        line.amount,
        line.optional,
        line.chosen,
    )
