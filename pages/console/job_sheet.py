"""How jobs are drawn for staff: the cards of the board, the list, the stage rail, equipment and money."""

from __future__ import annotations

from functools import lru_cache

from htpy import Node, a, b, button, div, h2, li, ol, p, small, span, time
from markupsafe import Markup

from app.words import Words, words
from models import ACTION, OVER, ROAD, LineKind, Stage, bangkok_day, now
from pages.console.job_view import Due, JobCard, JobInvoice, JobMoney, JobView, Lane, Prepayment, Step
from pages.console.sheet import customer_link, facts, figure, record_head, state, status_words
from pages.parts.table import Column, Row, chip, table
from pages.theme import icon

DUE_TONE: dict[Due, str] = {'starts_today': 'acc', 'ends_today': 'acc', 'start_late': 'bad', 'end_late': 'bad'}


def lane(w: Words, drawn: Lane, may_move: bool) -> Node:
    """A stage of the board with its jobs."""
    name = status_words(w, drawn.stage)
    this_year = bangkok_day(now()).year
    return [
        h2[span[name], span('.ref')[str(len(drawn.cards) + drawn.more)]],
        [card(w.language, this_year, one, may_move) for one in drawn.cards],
        a('.ref.above', href='/jobs/list')[w('jobs.more', count=drawn.more)] if drawn.more else None,
    ]


@lru_cache(maxsize=4096)
def card(language: str, _this_year: int, job: JobCard, may_move: bool) -> Markup:
    """Drawn once for all who look at the board: a change costs the card that changed, not its lane."""
    w = words(language)
    return Markup(
        div('.job', id=f'job-{job.number}')[
            a('.open', href=f'/jobs/{job.number}')[
                span('.ref')[job.number],
                b[w.pick(job.title, job.title_th)],
                span('.dim')[w.pick(job.customer, job.customer_th)],
            ],
            div('.when')[span[w.span(job.start_on, job.end_on)], due_chip(w, job.due)],
            move_button(w, job, '.btn.ghost.small') if may_move else None,
        ]
    )


def job_list(w: Words, jobs: tuple[JobCard, ...], may_move: bool) -> Node:
    """The same jobs as a table."""
    kinds = {'number': 'tight', 'job': '', 'customer': '', 'stage': '', 'start': 'tight roomy', 'end': 'tight'}
    columns = [
        *(Column(w(f'jobs.column.{name}'), kind) for name, kind in kinds.items()),
        Column(w('jobs.column.next'), 'n'),
    ]
    return table(
        columns,
        (Row(job.number, f'/jobs/{job.number}', _cells(w, job, may_move)) for job in jobs),
    )


def move_button(w: Words, job: JobCard, look: str) -> Node:
    """The one named action that is next. It says where it leads, so that a late press moves nothing else."""
    following = next_stage(job.stage)
    if following is None:
        return None
    return button(look, type='button', data_do='advance', data_ref=f'{job.number} {following.name}')[
        w(f'common.action.{ACTION[following]}')
    ]


def next_stage(stage: Stage) -> Stage | None:
    return None if stage in OVER else ROAD[ROAD.index(stage) + 1]


def due_chip(w: Words, due: Due) -> Node:
    return chip(DUE_TONE[due], w(f'jobs.due.{due}')) if due else None


def head(w: Words, job: JobView) -> Node:
    """Title, number, customer and where the job is."""
    one = job.card
    return record_head(
        w,
        ('/jobs', w('jobs.title')),
        w.pick(one.title, one.title_th),
        state(w, one.stage),
        due_chip(w, one.due),
        below=[one.number, ' · ', customer_link(w, job.customer_id, one.customer, one.customer_th)],
    )


def rail(w: Words, job: JobView) -> Node:
    """The stages with when and who; what was set from outside stands without a time."""
    here = next(n for n, step in enumerate(job.steps) if step.stage is job.card.stage)
    return [
        ol('.stage-rail')[[_step(w, step, n, here) for n, step in enumerate(job.steps)]],
        _cancelled(w, job),
    ]


def dates(w: Words, job: JobView) -> Node:
    extended = job.card.end_on > job.first_end_on
    days = (job.card.end_on - job.card.start_on).days + 1
    return facts(
        [
            (w('jobs.start'), w.day(job.card.start_on)),
            (w('jobs.end_before'), w.day(job.first_end_on) if extended else None),
            (w('jobs.extended_to') if extended else w('jobs.end'), w.day(job.card.end_on)),
            (w('jobs.length'), w.days(days)),
            (w('jobs.quote'), a(href=f'/quotes/{job.quote_number}')[job.quote_number]),
        ]
    )


def equipment(w: Words, job: JobView) -> Node:
    things = [item for item in job.items if item.kind in (LineKind.EQUIPMENT, LineKind.KIT)]
    services = [item for item in job.items if item.kind is LineKind.MANUAL]
    rows = [(item, '') for item in things] + [(item, w('jobs.service')) for item in services]
    if not rows:
        return p('.dim')[w('jobs.no_equipment')]
    return div('.kv')[
        [
            div('.row')[
                span[w.pick(item.name, item.name_th), small[note] if note else None], b[w.number(item.quantity)]
            ]
            for item, note in rows
        ]
    ]


def money(w: Words, found: JobMoney, *, writes: bool, manages: bool) -> Node:
    """Invoices, pre-payments and the deposit, for those who may see them; and what is to be done with what waits."""
    rows = [
        [_invoice(w, invoice) for invoice in found.invoices],
        [_prepayment(w, prepayment) for prepayment in found.prepayments],
        _deposit(w, found),
    ]
    return [
        div('.kv')[rows] if any(rows) else p('.dim')[w('jobs.no_money')],
        p('.warning')[w('jobs.again.waits', amount=w.baht(found.waiting))]
        if found.waiting and not found.has_draft
        else None,
        _verbs_of_money(w, found, writes, manages),
    ]


def _cells(w: Words, job: JobCard, may_move: bool) -> tuple[Node, ...]:
    return (
        job.number,
        w.pick(job.title, job.title_th),
        w.pick(job.customer, job.customer_th),
        state(w, job.stage),
        w.day(job.start_on),
        span('.together')[w.day(job.end_on), due_chip(w, job.due)],
        move_button(w, job, '.btn.ghost.small') if may_move else None,
    )


def _step(w: Words, step: Step, n: int, here: int) -> Node:
    over = step.stage in OVER and n == here
    state = 'done' if n < here or (over and step.stage is Stage.CLOSED) else 'now' if n == here else 'todo'
    ended = ' cancelled' if step.stage is Stage.CANCELLED else ''
    return li(class_=f'stage {state}{ended}', aria_current='step' if n == here else None)[
        span('.dot')[icon('check') if state == 'done' else None],
        b[status_words(w, step.stage)],
        time(datetime=step.at.isoformat())[w.moment(step.at)] if step.at else None,
        small[step.by] if step.by else None,
    ]


def _cancelled(w: Words, job: JobView) -> Node:
    if job.card.stage is not Stage.CANCELLED or not job.cancel_reason:
        return None
    seen = w('jobs.reason_shown') if job.cancel_shown else w('jobs.reason_internal')
    return p('.reason')[b[w('jobs.reason')], ' ', job.cancel_reason, ' ', span('.ref')[seen]]


def _invoice(w: Words, invoice: JobInvoice) -> Node:
    name = invoice.number or w('common.document.invoice')
    owed = w('jobs.balance', amount=w.baht(invoice.balance)) if invoice.number and invoice.balance else None
    return div('.row')[
        span[a(href=f'/invoices/{invoice.number or invoice.id}')[name], ' ', state(w, invoice.status)],
        span('.n')[b[figure(invoice.total)], small[owed] if owed else None],
    ]


def _verbs_of_money(w: Words, found: JobMoney, writes: bool, manages: bool) -> Node:
    verbs = {
        'draft-invoice': ('jobs.again.draft', writes and found.may_be_drafted),
        'keep-credit': ('jobs.again.credit', manages and bool(found.waiting) and not found.has_draft),
    }
    offered = [
        button('.btn.ghost.small', type='button', data_do=verb)[w(name)]
        for verb, (name, possible) in verbs.items()
        if possible
    ]
    return div('.btns')[offered] if offered else None


def _prepayment(w: Words, one: Prepayment) -> Node:
    all_credit = one.credit == one.amount
    state = 'reversed' if one.reversed else 'counted' if one.counted else 'credited' if all_credit else 'waiting'
    told = [w(f'jobs.prepayment_{state}', day=w.day(one.paid_on))]
    if one.credit and not one.reversed and not all_credit:
        told.append(w('invoices.kept_as_credit', amount=w.baht(one.credit)))
    return div(class_='row aside' if one.reversed else 'row')[
        span[w('jobs.prepayment', number=one.number), small[' · '.join(told)]],
        span('.n')[b[figure(one.amount)]],
    ]


def _deposit(w: Words, found: JobMoney) -> Node:
    if (deposit := found.deposit) is None:
        return None
    return div('.row')[
        span[a(href=f'/deposits/{deposit.number}')[deposit.number], ' ', state(w, deposit.status)],
        span('.n')[
            b[figure(deposit.amount)], small[w('jobs.held', amount=w.baht(deposit.held))] if deposit.held else None
        ],
    ]
