"""Jobs: what is on its way, what is booked, what is over; and one job with its stages, dates and equipment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from htpy import Node, b, div, h1, h2, i, li, ol, p, section, span, time

from app.live import Live, follow, live
from models import ROAD, Document, Grant, Invoice, Job, JobLine, LineKind, Stage, StageMove, bangkok_day, now
from pages.portal.documents import Paper, papers_about, papers_here
from pages.portal.pieces import card, cards, contact_us, empty, facts, heading, title_row, top
from pages.portal.reader import Reader
from pages.portal.scope import mine
from pages.theme import icon

TONE = {Stage.CANCELLED: 'bad', Stage.CLOSED: 'good'}


@dataclass(frozen=True, slots=True)
class JobCard:
    number: str
    title: str
    title_th: str
    stage: Stage
    group: str
    start_on: date
    end_on: date

    @classmethod
    def of(cls, job: Job, today: date) -> JobCard:
        return cls(job.number, job.title, job.title_th, job.stage, job.group(today), job.start_on, job.end_on)


@dataclass(frozen=True, slots=True)
class Step:
    stage: Stage
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Equipment:
    name: str
    name_th: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as its customer may see it: no asset numbers, no internal reason, the driver once on the way."""

    card: JobCard
    first_end_on: date
    steps: tuple[Step, ...]
    equipment: tuple[Equipment, ...]
    delivery_address: str
    site_contact: str
    driver: str
    driver_phone: str
    vehicle: str
    cancel_reason: str
    invoices: tuple[str, ...]
    papers: tuple[Paper, ...]


def live_jobs(grant: Grant) -> Live[tuple[JobCard, ...]]:
    """All jobs of this customer; the ones that move first, then by their dates."""

    async def load() -> tuple[JobCard, ...]:
        today = bangkok_day(now())
        found = [JobCard.of(job, today) for job in await grant.jobs().order_by('start_on', 'number')]
        return tuple(sorted(found, key=lambda job: (job.group != 'active', job.start_on, job.number)))

    return live((*mine(grant), 'jobs'), [follow(Job, customer_id=grant.customer_id)], load)


async def live_job(grant: Grant, number: str) -> Live[JobView | None] | None:
    """The job of this number, if this link shows it."""
    found = await grant.jobs().filter(number=number).first()
    if found is None:
        return None
    job_id = found.id

    async def load() -> JobView | None:
        job = await grant.jobs().get_or_none(id=job_id).prefetch_related('lines', 'moves')
        return await _view(grant, job) if job else None

    follows = [
        follow(Job, id=job_id),
        follow(StageMove, job_id=job_id),
        follow(JobLine, job_id=job_id),
        follow(Invoice, job_id=job_id),
        follow(Document, customer_id=grant.customer_id),
    ]
    return live((*mine(grant), 'job', job_id), follows, load)


def job_card(r: Reader, job: JobCard) -> Node:
    ends = r.w('portal.until', day=r.w.day(job.end_on))
    when = ends if job.group == 'active' else r.w.span(job.start_on, job.end_on)
    return card(
        r,
        f'/jobs/{job.number}',
        title_row(r.w.pick(job.title, job.title_th), job.number),
        bar(job.stage),
        div('.row')[b(class_=f'stage {TONE.get(job.stage, "")}'.strip())[words_for(r, job.stage)], span('.ref')[when]],
        key=f'job-{job.number}',
    )


def open_jobs(r: Reader, jobs: tuple[JobCard, ...]) -> Node:
    """On Home: every job that is not past."""
    open_ones = [job for job in jobs if job.group != 'past']
    title = 'portal.active_jobs' if any(job.group == 'active' for job in open_ones) else 'portal.upcoming_jobs'
    return cards(heading(r, r.w(title), '/jobs', r.w('portal.all_jobs')), (job_card(r, job) for job in open_ones))


def job_list(r: Reader, jobs: tuple[JobCard, ...]) -> Node:
    if not jobs:
        return [h1[r.w('portal.jobs')], empty('jobs', r.w('portal.no_jobs'), r.w('portal.no_jobs_text'))]
    groups = [(name, [job for job in jobs if job.group == name]) for name in ('active', 'upcoming', 'past')]
    groups[-1][1].reverse()
    return [
        h1[r.w('portal.jobs')],
        [cards(h2[span[r.w(f'portal.{name}')]], (job_card(r, job) for job in found)) for name, found in groups],
    ]


def job_page(r: Reader, job: JobView) -> Node:
    title = r.w.pick(job.card.title, job.card.title_th)
    return [
        top(r, '/jobs', r.w('portal.jobs'), title, job.card.number),
        banner(r, job),
        div('.card')[rail(r, job)],
        section[h2[span[r.w('portal.dates')]], div('.card')[_dates(r, job)]],
        _place(r, job),
        _equipment(r, job),
        papers_here(r, job.papers, f'/jobs/{job.card.number}'),
        contact_us(r, job.card.number),
    ]


def banner(r: Reader, job: JobView) -> Node:
    """The customer's words for the stage, large, with when and who."""
    stage = job.card.stage
    at = next((step.at for step in job.steps if step.stage is stage), None)
    below = [r.w(f'portal.since.{stage.name.lower()}', moment=r.w.moment(at)) if at else None, _driver(r, job)]
    tone = 'quiet' if stage in (Stage.CANCELLED, Stage.CLOSED) else ''
    return div(class_=f'banner {tone}'.strip(), role='status')[
        b[words_for(r, stage)],
        p[' · '.join(text for text in below if text)] if any(below) else None,
        p[job.cancel_reason] if job.cancel_reason else None,
    ]


def bar(stage: Stage) -> Node:
    """Where the job is, at a glance; its words stand below it."""
    if stage is Stage.CANCELLED:
        return None
    here = ROAD.index(stage)
    over = stage is Stage.CLOSED
    return div('.rail', aria_hidden='true')[
        [i(class_='d' if n < here or over else 'n' if n == here else None) for n in range(len(ROAD))]
    ]


def rail(r: Reader, job: JobView) -> Node:
    """The stages under each other with their times; one that was set from outside has none."""
    reached = {step.stage: step.at for step in job.steps}
    cancelled = job.card.stage is Stage.CANCELLED
    shown: list[Stage] = [step.stage for step in job.steps] if cancelled else list(ROAD)
    here = shown.index(job.card.stage)
    return ol('.steps')[[_step(r, stage, n, here, reached.get(stage)) for n, stage in enumerate(shown)]]


def words_for(r: Reader, stage: Stage) -> str:
    return r.w(f'common.stage_customer.{stage.name.lower()}')


async def _view(grant: Grant, job: Job) -> JobView:
    on_the_way = job.stage in ROAD[ROAD.index(Stage.DELIVERING) :]
    return JobView(
        card=JobCard.of(job, bangkok_day(now())),
        first_end_on=job.first_end_on,
        steps=_steps(job),
        equipment=tuple(
            Equipment(line.name, line.name_th, line.quantity)
            for line in sorted(job.lines, key=lambda line: line.position)
            if line.kind in (LineKind.EQUIPMENT, LineKind.KIT)
        ),
        delivery_address=job.delivery_address,
        site_contact=job.site_contact,
        driver=job.driver_name if on_the_way else '',
        driver_phone=job.driver_phone if on_the_way else '',
        vehicle=job.vehicle if on_the_way else '',
        cancel_reason=job.cancel_reason if job.cancel_shown and job.stage is Stage.CANCELLED else '',
        invoices=tuple(
            invoice.number or '' for invoice in await grant.invoices().filter(job_id=job.id).order_by('number')
        ),
        papers=await papers_about(grant, job_id=job.id),
    )


def _steps(job: Job) -> tuple[Step, ...]:
    times = {move.to_stage: move.at for move in sorted(job.moves, key=lambda move: (move.at, move.id))}
    if job.stage is Stage.CANCELLED:
        passed = [stage for stage in ROAD if stage in times]
        return tuple(Step(stage, times.get(stage)) for stage in [*passed, Stage.CANCELLED])
    return tuple(Step(stage, times.get(stage)) for stage in ROAD[: ROAD.index(job.stage) + 1])


def _step(r: Reader, stage: Stage, n: int, here: int, at: datetime | None) -> Node:
    if n < here or (n == here and stage is Stage.CLOSED):
        state = 'done'
    elif n == here:
        state = 'now over' if stage is Stage.CANCELLED else 'now'
    else:
        state = 'todo'
    return li(class_=f'step {state}', aria_current='step' if n == here else None)[
        span('.dot')[icon('check') if state == 'done' else None],
        span('.what')[r.w(f'portal.step.{stage.name.lower()}')],
        time(datetime=at.isoformat())[r.w.moment(at)] if at and n <= here else None,
    ]


def _dates(r: Reader, job: JobView) -> Node:
    extended = job.card.end_on > job.first_end_on
    return facts(
        [
            (r.w('portal.start'), r.w.day(job.card.start_on)),
            (r.w('portal.end_before'), r.w.day(job.first_end_on) if extended else None),
            (r.w('portal.extended_to') if extended else r.w('portal.end'), r.w.day(job.card.end_on)),
        ]
    )


def _place(r: Reader, job: JobView) -> Node:
    rows = [
        (r.w('portal.delivery_address'), job.delivery_address),
        (r.w('portal.site_contact'), job.site_contact),
        (r.w('portal.driver'), ' · '.join(text for text in (job.driver, job.driver_phone) if text)),
        (r.w('portal.vehicle'), job.vehicle),
    ]
    if not any(value for _, value in rows):
        return None
    return section[h2[span[r.w('portal.delivery')]], div('.card')[facts(rows)]]


def _equipment(r: Reader, job: JobView) -> Node:
    if not job.equipment:
        return None
    return section[
        h2[span[r.w('portal.equipment')]],
        div('.card.kv')[
            [
                div('.row')[span[r.w.pick(line.name, line.name_th)], b[r.w.number(line.quantity)]]
                for line in job.equipment
            ]
        ],
    ]


def _driver(r: Reader, job: JobView) -> str:
    return r.w('portal.driver_is', name=job.driver) if job.driver and job.card.stage is Stage.DELIVERING else ''
