"""A job: one rental on its way from the warehouse to the customer and back, moved only by named actions."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.customer import Customer, fold
from models.line import Line, LineEntry, LineKind
from models.money import proposed_duration
from models.numbering import Series, next_number

if TYPE_CHECKING:
    from models.payment import Payment
    from models.quote import Quote


class Stage(StrEnum):
    NEW = 'New'
    PICKING = 'Picking'
    LOADED = 'Loaded'
    DELIVERING = 'Delivering'
    ON_SITE = 'On Site'
    RETURNING = 'Returning'
    CLOSED = 'Closed'
    CANCELLED = 'Cancelled'


ROAD = tuple(stage for stage in Stage if stage is not Stage.CANCELLED)
OVER = (Stage.CLOSED, Stage.CANCELLED)

# The name of the action by which a job reaches a stage; a word key, and the button's label.
ACTION = {
    Stage.PICKING: 'start_picking',
    Stage.LOADED: 'mark_loaded',
    Stage.DELIVERING: 'dispatch',
    Stage.ON_SITE: 'confirm_delivery',
    Stage.RETURNING: 'start_return',
    Stage.CLOSED: 'close_job',
}


class Job(Record):
    number = fields.CharField(max_length=40, unique=True)
    quote_id = fields.UUIDField(unique=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='jobs', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    title = fields.CharField(max_length=300)
    title_th = fields.CharField(max_length=300, default='')
    start_on = fields.DateField()
    end_on = fields.DateField()
    first_end_on = fields.DateField()
    stage = fields.CharEnumField(Stage, default=Stage.NEW, max_length=12, db_index=True)
    delivery_address = fields.TextField(default='')
    site_contact = fields.CharField(max_length=200, default='')
    driver_name = fields.CharField(max_length=200, default='')
    driver_phone = fields.CharField(max_length=40, default='')
    vehicle = fields.CharField(max_length=100, default='')
    cancel_reason = fields.TextField(default='')
    cancel_shown = fields.BooleanField(default=False)
    search = fields.TextField(default='')
    lines: fields.ReverseRelation['JobLine']
    moves: fields.ReverseRelation['StageMove']

    class Meta:
        table = 'job'

    @classmethod
    async def open(cls, quote: 'Quote', *, start_on: date, end_on: date, at: datetime, by: Actor) -> 'Job':
        """Only `quote.create_job` calls this: the job inherits the quote's lines, and owes a draft invoice."""
        from models.deposit import Deposit
        from models.invoice import Invoice

        if end_on < start_on:
            raise Refused('job_dates')
        lines = [line for line in await quote.lines.all().order_by('position') if line.counts]
        customer = await Customer.get(id=quote.customer_id)
        number = await next_number(Series.JOB, bangkok_day(at))
        job = await cls.create(
            number=number,
            quote_id=quote.id,
            customer_id=quote.customer_id,
            title=quote.title,
            title_th=quote.title_th,
            start_on=start_on,
            end_on=end_on,
            first_end_on=end_on,
            delivery_address=customer.delivery_address,
            search=fold(f'{number} {quote.number} {quote.title} {quote.title_th} {customer.name} {customer.name_th}'),
        )
        for position, line in enumerate(lines):
            await JobLine.create(job_id=job.id, position=position, **line.entry.columns)
        await StageMove.create(job_id=job.id, to_stage=Stage.NEW, at=at, by_name=by.name, staff_id=by.staff_id)
        await Deposit.filter(quote_id=quote.id).update(job_id=job.id)
        await Invoice.draft(
            customer,
            lines=[line.entry for line in lines],
            job=job,
            discount_kind=quote.discount_kind,
            discount_value=quote.discount_value,
            vat_percent=quote.vat_percent,
            by=by,
        )
        await Activity.note('job_created', by=by, at=at, **job._where, quote_id=quote.id, number=number)
        return job

    async def advance(self, to: Stage, *, by: Actor) -> None:
        """One stage further, by its named action; no stage is skipped.

        Raises Refused('job_moved') when the job is no longer where the person saw it.
        """
        from models.manifest import owe_manifest

        by.must(Module.JOBS, Level.WRITE)
        if to not in ACTION:
            raise Refused('job_moved', number=self.number)
        async with one_change():
            await self._move(ROAD[ROAD.index(to) - 1], to, by=by)
            if to is Stage.DELIVERING:
                await owe_manifest(self)

    async def go_back(self, *, by: Actor, note: str = '') -> None:
        """`Go Back` one stage: for those who manage jobs.

        Raises Refused: `job_over`, `job_at_start`, `job_moved`, `customer_erased`.
        """
        by.must(Module.JOBS, Level.MANAGE)
        if self.stage is Stage.CANCELLED:
            raise Refused('job_over', number=self.number)
        if self.stage is Stage.NEW:
            raise Refused('job_at_start', number=self.number)
        async with one_change():
            await Job.select_for_update().get(id=self.id)
            await Customer.must_be_known(self.customer_id)
            await self._move(self.stage, ROAD[ROAD.index(self.stage) - 1], by=by, note=note)

    async def cancel(
        self,
        *,
        reason: str,
        by: Actor,
        shown: bool = False,
        draft_invoice: Literal['delete', 'keep'] = 'delete',
        paid_before: Literal['stay', 'credit'] = 'stay',
    ) -> None:
        """The end without return. The reason is internal unless `shown`; issued invoices and a held deposit stay.

        A deposit that was not paid is not awaited any more. What was paid before an invoice stays with the job for one
        that may come, or is the customer's credit at once. Raises Refused: `reason_missing`, `job_over`.
        """
        from models.deposit import Deposit
        from models.invoice import Invoice, InvoiceStatus
        from models.prepaid import credit_prepayments
        from models.prepaid import paid_before as waits

        by.must(Module.JOBS, Level.WRITE)
        if not reason.strip():
            raise Refused('reason_missing')
        at = now()
        async with one_change():
            job = await Job.select_for_update().get(id=self.id)
            if job.stage in OVER:
                raise Refused('job_over', number=self.number)
            await job.set(cancel_reason=reason.strip(), cancel_shown=shown)
            await job._enter(Stage.CANCELLED, at=at, by=by, note=reason.strip())
            if draft_invoice == 'delete':
                for invoice in await Invoice.filter(job_id=self.id, status=InvoiceStatus.DRAFT):
                    await invoice.drop(by=by)
            await Deposit.waive(self.id, at=at)
            if paid_before == 'credit' and await waits(self.id):
                await credit_prepayments(job, reason=reason, by=by)
            await Activity.note('job_cancelled', by=by, at=at, **self._where, number=self.number)
        self.update_from_dict({'stage': Stage.CANCELLED, 'cancel_reason': reason.strip(), 'cancel_shown': shown})

    async def extend(self, *, end_on: date, lines: Iterable[LineEntry], by: Actor, seen: date | None = None) -> None:
        """A later last day; the extra duration goes to the draft invoice, or to a new draft if one was issued.

        `seen` is the last day from which `lines` were reckoned. Raises Refused: `job_over`, `extension_not_later`,
        `extension_changed` (a colleague extended it meanwhile, and has charged some of these days).
        """
        from models.invoice import Invoice, InvoiceStatus

        by.must(Module.JOBS, Level.WRITE)
        entries = [line.checked() for line in lines]
        at = now()
        async with one_change():
            job = await Job.select_for_update().get(id=self.id)
            if job.stage in OVER:
                raise Refused('job_over', number=self.number)
            if end_on <= job.end_on:
                raise Refused('extension_not_later')
            if seen not in (None, job.end_on):
                raise Refused('extension_changed')
            draft = await Invoice.filter(job_id=self.id, status=InvoiceStatus.DRAFT).order_by('id').first()
            if draft is None:
                draft = await Invoice.draft(await Customer.get(id=self.customer_id), lines=entries, job=job, by=by)
            else:
                await draft.take_lines(entries)
            await Activity.note(
                'job_extended', by=by, at=at, **self._where, number=self.number, was=job.end_on, until=end_on
            )
            await job.set(end_on=end_on)
        self.end_on = end_on

    async def extension_lines(self, end_on: date, *, named: Callable[[str, str], tuple[str, str]]) -> list[LineEntry]:
        """What extending to `end_on` costs: each rented line for the extra duration in its rate unit, before VAT.

        `named` makes of its English and Thai name those of the line that is charged on top.
        """
        entries = []
        for line in await self.lines.all().order_by('position'):
            if line.kind is LineKind.MANUAL:
                continue
            before = proposed_duration(self.start_on, self.end_on, line.rate_type)
            extra = proposed_duration(self.start_on, end_on, line.rate_type) - before
            if extra > 0:
                name, name_th = named(line.name, line.name_th)
                entries.append(replace(line.entry, name=name, name_th=name_th, duration=Decimal(extra)))
        return entries

    async def plan_delivery(self, *, version: int, by: Actor, **facts: Any) -> None:
        """Where it goes, who receives it, who drives: address, site contact, driver's name and phone, vehicle.

        Raises Refused: `job_over`, `changed_meanwhile`.
        """
        by.must(Module.JOBS, Level.WRITE)
        at = now()
        async with one_change():
            if (await Job.select_for_update().get(id=self.id)).stage in OVER:
                raise Refused('job_over', number=self.number)
            await self.set_unless_changed(version, **{key: str(value).strip() for key, value in facts.items()})
            await Activity.note('delivery_planned', by=by, at=at, **self._where, number=self.number)

    async def record_prepayment(
        self,
        *,
        amount: Decimal,
        method: str,
        paid_on: date,
        key: UUID,
        by: Actor,
        reference: str = '',
        seen: Collection[UUID] | None = None,
    ) -> 'Payment':
        """Money before the final invoice, THB including VAT: see `models.prepaid.record_prepayment`."""
        from models.prepaid import record_prepayment

        return await record_prepayment(
            self, amount=amount, method=method, paid_on=paid_on, key=key, by=by, reference=reference, seen=seen
        )

    @property
    def next_stage(self) -> Stage | None:
        """Where the next named action leads, if anywhere."""
        if self.stage in OVER:
            return None
        return ROAD[ROAD.index(self.stage) + 1]

    def group(self, today: date) -> Literal['active', 'upcoming', 'past']:
        """How the customer's list is cut; `today` is a Bangkok day."""
        if self.stage in OVER:
            return 'past'
        return 'upcoming' if self.stage is Stage.NEW and self.start_on > today else 'active'

    def text(self, language: str) -> str:
        return (self.title_th or self.title) if language == 'th' else self.title

    async def _move(self, seen: Stage, to: Stage, *, by: Actor, note: str = '') -> None:
        at = now()
        async with one_change():
            # Conditional on the stage the person saw, so that two people cannot take the same step twice.
            if not await Job.filter(id=self.id, stage=seen).update(stage=to):
                raise Refused('job_moved', number=self.number)
            await self._tell(seen, to, at=at, by=by, note=note)
        self.stage = to

    async def _enter(self, to: Stage, *, at: datetime, by: Actor, note: str) -> None:
        seen = self.stage
        await self.set(stage=to)
        await self._tell(seen, to, at=at, by=by, note=note)

    async def _tell(self, seen: Stage, to: Stage, *, at: datetime, by: Actor, note: str) -> None:
        await StageMove.create(
            job_id=self.id, from_stage=seen, to_stage=to, at=at, by_name=by.name, staff_id=by.staff_id, note=note
        )
        await Activity.note('job_moved', by=by, at=at, **self._where, number=self.number, was=seen, stage=to)

    @property
    def _where(self) -> dict[str, UUID]:
        return {'customer_id': self.customer_id, 'job_id': self.id}


class JobLine(Line):
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        'models.Job', related_name='lines', on_delete=fields.CASCADE
    )
    job_id: UUID

    class Meta:
        table = 'job_line'
        ordering = ('position',)


class StageMove(Record):
    """Who moved the job, when, from where to where. A stage set from outside the program has none."""

    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        'models.Job', related_name='moves', on_delete=fields.RESTRICT
    )
    job_id: UUID
    from_stage = fields.CharEnumField(Stage, max_length=12, null=True)
    to_stage = fields.CharEnumField(Stage, max_length=12)
    at = fields.DatetimeField()
    by_name = fields.CharField(max_length=200)
    staff_id = fields.UUIDField(null=True)
    note = fields.TextField(default='')

    class Meta:
        table = 'stage_move'
        ordering = ('at', 'id')
