"""What staff see of jobs: a card of the board, one job as a whole, and its money for those who may see invoices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from app.live import Live, follow, live
from models import (
    OVER,
    ROAD,
    Customer,
    Deposit,
    DepositStatus,
    Invoice,
    InvoiceStatus,
    Job,
    JobLine,
    LineKind,
    Payment,
    Quote,
    Receipt,
    Stage,
    StageMove,
    bangkok_day,
    fold,
    now,
)
from pages.parts.listed import Listed, first_of

IN_THE_HOUSE = (Stage.NEW, Stage.PICKING, Stage.LOADED)
LATEST = 12  # closed and cancelled jobs that the board keeps in sight; the list has all

Due = Literal['', 'starts_today', 'start_late', 'ends_today', 'end_late']


@dataclass(frozen=True, slots=True)
class JobCard:
    """A job at a glance; `due` is what the day asks of it."""

    id: UUID
    number: str
    title: str
    title_th: str
    customer: str
    customer_th: str
    stage: Stage
    start_on: date
    end_on: date
    due: Due
    search: str
    customer_id: UUID

    @classmethod
    def of(cls, job: Job, today: date) -> JobCard:
        return cls(
            job.id,
            job.number,
            job.title,
            job.title_th,
            job.customer.name,
            job.customer.name_th,
            job.stage,
            job.start_on,
            job.end_on,
            _due(job, today),
            job.search,
            job.customer_id,
        )


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage and the jobs in it; `more` are closed or cancelled ones that only the list shows."""

    stage: Stage
    cards: tuple[JobCard, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """When and through whom a job reached a stage; neither is known when it was set from outside."""

    stage: Stage
    at: datetime | None = None
    by: str = ''
    note: str = ''


@dataclass(frozen=True, slots=True)
class JobItem:
    name: str
    name_th: str
    kind: LineKind
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery plan as it is saved, and the version from which it may be edited."""

    version: int
    delivery_address: str
    site_contact: str
    driver_name: str
    driver_phone: str
    vehicle: str


@dataclass(frozen=True, slots=True)
class JobView:
    card: JobCard
    customer_id: UUID
    quote_number: str
    first_end_on: date
    steps: tuple[Step, ...]
    items: tuple[JobItem, ...]
    delivery: Delivery
    cancel_reason: str
    cancel_shown: bool


@dataclass(frozen=True, slots=True)
class JobInvoice:
    id: UUID
    number: str | None
    status: InvoiceStatus
    total: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Prepayment:
    number: str
    amount: Decimal
    paid_on: date
    counted: bool
    reversed: bool
    credit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class JobDeposit:
    number: str
    amount: Decimal
    held: Decimal
    status: DepositStatus


@dataclass(frozen=True, slots=True)
class JobMoney:
    invoices: tuple[JobInvoice, ...]
    prepayments: tuple[Prepayment, ...]
    deposit: JobDeposit | None

    @property
    def has_draft(self) -> bool:
        return any(invoice.status is InvoiceStatus.DRAFT for invoice in self.invoices)

    @property
    def waiting(self) -> Decimal:
        """Paid before an invoice, and standing on none."""
        kept = (one.amount - one.credit for one in self.prepayments if not one.counted and not one.reversed)
        return sum(kept, Decimal(0))

    @property
    def may_be_drafted(self) -> bool:
        """Whether nothing bills this job any more, or something that was paid for it stands on no invoice."""
        stands = any(invoice.status is not InvoiceStatus.VOID for invoice in self.invoices)
        return not self.has_draft and (not stands or bool(self.waiting))


def live_board() -> Live[tuple[Lane, ...]]:
    """Every job by its stage, soonest first; of those that are over the latest."""

    async def load() -> tuple[Lane, ...]:
        today = bangkok_day(now())
        return tuple([await _lane(stage, today) for stage in Stage])

    return live(('console', 'board'), [follow(Job), follow(Customer)], load)


def live_jobs(text: str, most: int) -> Live[Listed[JobCard]]:
    """The jobs that a search finds, the latest first."""
    sought = fold(text)

    async def load() -> Listed[JobCard]:
        today = bangkok_day(now())
        found = Job.filter(await Customer.records_by(sought))
        jobs, total = await first_of(found.order_by('-start_on', '-number').select_related('customer'), most)
        return Listed(tuple(JobCard.of(job, today) for job in jobs), total)

    return live(('console', 'jobs', sought, most), [follow(Job), follow(Customer)], load)


def live_job(job_id: UUID, customer_id: UUID) -> Live[JobView]:
    async def load() -> JobView:
        job = await Job.get(id=job_id).select_related('customer').prefetch_related('lines', 'moves')
        quote = await Quote.get(id=job.quote_id)
        return _view(job, quote.number)

    follows = [
        follow(Job, id=job_id),
        follow(JobLine, job_id=job_id),
        follow(StageMove, job_id=job_id),
        follow(Customer, id=customer_id),
    ]
    return live(('console', 'job', job_id), follows, load)


def live_job_money(job_id: UUID) -> Live[JobMoney]:
    """Only for those who may read invoices."""

    async def load() -> JobMoney:
        return await money_of(job_id)

    follows = [
        follow(Invoice, job_id=job_id),
        follow(Payment, job_id=job_id),
        follow(Deposit, job_id=job_id),
    ]
    return live(('console', 'job money', job_id), follows, load)


async def money_of(job_id: UUID) -> JobMoney:
    today = bangkok_day(now())
    invoices = await Invoice.filter(job_id=job_id).order_by('id')
    payments = await Payment.filter(job_id=job_id, invoice_id=None).order_by('id')
    receipts = await Receipt.filter(payment_id__in=[payment.id for payment in payments])
    numbers = {receipt.payment_id: receipt.number for receipt in receipts}
    deposit = await Deposit.get_or_none(job_id=job_id)
    return JobMoney(
        tuple(JobInvoice(one.id, one.number, one.status_on(today), one.total, one.balance) for one in invoices),
        tuple(
            Prepayment(
                numbers.get(one.id, ''),
                one.amount,
                one.paid_on,
                one.counted_on_id is not None,
                bool(one.reversed_at),
                one.credit,
            )
            for one in payments
        ),
        JobDeposit(deposit.number, deposit.amount, deposit.held, deposit.status) if deposit else None,
    )


async def _lane(stage: Stage, today: date) -> Lane:
    found = Job.filter(stage=stage).select_related('customer')
    if stage not in OVER:
        return Lane(stage, tuple(JobCard.of(job, today) for job in await found.order_by('start_on', 'number')))
    cards = tuple(JobCard.of(job, today) for job in await found.order_by('-end_on', '-number').limit(LATEST))
    return Lane(stage, cards, await Job.filter(stage=stage).count() - len(cards))


def _view(job: Job, quote_number: str) -> JobView:
    return JobView(
        card=JobCard.of(job, bangkok_day(now())),
        customer_id=job.customer_id,
        quote_number=quote_number,
        first_end_on=job.first_end_on,
        steps=_steps(job.stage, sorted(job.moves, key=lambda move: (move.at, move.id))),
        items=tuple(
            JobItem(line.name, line.name_th, line.kind, line.quantity)
            for line in sorted(job.lines, key=lambda line: line.position)
        ),
        delivery=Delivery(
            job.version,
            job.delivery_address,
            job.site_contact,
            job.driver_name,
            job.driver_phone,
            job.vehicle,
        ),
        cancel_reason=job.cancel_reason,
        cancel_shown=job.cancel_shown,
    )


def _steps(stage: Stage, moves: Iterable[StageMove]) -> tuple[Step, ...]:
    """The stages on the way; a cancelled job stops where it was."""
    last = {move.to_stage: Step(move.to_stage, move.at, move.by_name, move.note) for move in moves}
    if stage is Stage.CANCELLED:
        return (*(last[passed] for passed in ROAD if passed in last), last.get(stage, Step(stage)))
    here = ROAD.index(stage)
    return tuple(last.get(each, Step(each)) if place <= here else Step(each) for place, each in enumerate(ROAD))


def _due(job: Job, today: date) -> Due:
    if job.stage in OVER:
        return ''
    if job.stage in IN_THE_HOUSE:
        return 'starts_today' if job.start_on == today else 'start_late' if job.start_on < today else ''
    return 'ends_today' if job.end_on == today else 'end_late' if job.end_on < today else ''
