"""The side panels of a job: extend it, cancel it, take it back a stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from htpy import Node, div, p, small, span
from nicegui import background_tasks

from app.extending import extension_names
from models import Business, Invoice, InvoiceStatus, Job, Level, LineEntry, Module, Refused, Stage
from models.job import ROAD
from models.money import Totals
from pages.console.credit_panels import return_credit_panel
from pages.console.deposit_panels import return_deposit
from pages.console.find import find
from pages.console.job_view import JobMoney, money_of
from pages.console.sheet import amounts, duration_words, figure, status_words
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region


async def go_back(desk: Desk, number: str) -> None:
    """`Go Back` one stage, after a look at what that means."""
    w = desk.w
    job, _ = await find(desk, Job, number=number)
    if job.stage in (Stage.NEW, Stage.CANCELLED):
        raise Refused('job_at_start' if job.stage is Stage.NEW else 'job_over', number=number)
    before = ROAD[ROAD.index(job.stage) - 1]
    with open_panel(desk, w('jobs.back.title')) as panel:
        Region(p[w('jobs.back.text', number=number, was=status_words(w, job.stage), stage=status_words(w, before))])
        form = Form(desk)
        form.text('note', w('jobs.back.note'), lines=2)

        async def save() -> None:
            # The stage that the panel named is the one that is left: a job that moved meanwhile refuses.
            found, actor = await find(desk, Job, number=number)
            if found.stage is not job.stage:
                raise Refused('job_moved', number=number)
            await found.go_back(by=actor, note=form['note'])
            panel.close()
            desk.say(w('jobs.moved.to', number=number, stage=status_words(w, before)))

        form.save_button(w('common.action.go_back'), save)
        panel.unsaved = lambda: form.changed


async def cancel_job(desk: Desk, number: str) -> None:
    """`Cancel Job`: the reason, whether the customer reads it, and what becomes of the money."""
    w = desk.w
    job, _ = await find(desk, Job, number=number)
    money = await money_of(job.id) if desk.may(Module.INVOICES) else JobMoney((), (), None)
    with open_panel(desk, w('jobs.cancel.title')) as panel:
        Region(p[w('jobs.cancel.text', number=number)])
        form = Form(desk, {'reason_missing': 'reason'})
        form.text('reason', w('jobs.cancel.reason'), lines=3)
        form.tick('shown', w('jobs.cancel.shown'))
        if money.has_draft:
            answers = {'delete': w('jobs.cancel.draft_delete'), 'keep': w('jobs.cancel.draft_keep')}
            form.choice('draft', w('jobs.cancel.draft'), answers, 'delete')
        _ask_of_paid_before(desk, form, money)
        Region(_what_stays(desk, money))

        async def save() -> None:
            found, actor = await find(desk, Job, number=number)
            keeps = 'draft' in form.fields and form['draft'] == 'keep'
            before = form['paid_before'] if 'paid_before' in form.fields else 'stay'
            await found.cancel(
                reason=form['reason'],
                shown=form['shown'],
                draft_invoice='keep' if keeps else 'delete',
                paid_before='stay' if before == 'stay' else 'credit',
                by=actor,
            )
            panel.close()
            desk.say(w('jobs.cancel.done', number=number))
            if money.deposit and money.deposit.held and desk.may(Module.INVOICES, Level.WRITE):
                await return_deposit(desk, money.deposit.number)
            elif before == 'return':
                await return_credit_panel(desk, found.customer_id)

        form.save_button(w('common.action.cancel_job'), save, tone='bad')
        panel.unsaved = lambda: form.changed


async def extend_job(desk: Desk, number: str) -> None:
    """`Extend Job`: the new last day, and what it costs before anything is saved."""
    job, _ = await find(desk, Job, number=number)
    firm = await Business.the()
    with open_panel(desk, desk.w('jobs.extend.title')) as panel:
        await Extension(desk, job, firm, panel).open()


@dataclass(frozen=True, slots=True)
class Cost:
    """What an extension adds to the draft that it goes onto: its lines, what that draft's discount takes off, VAT."""

    lines: tuple[LineEntry, ...]
    discount: Decimal
    vat_percent: Decimal
    gross: Decimal
    has_draft: bool

    @classmethod
    async def of(cls, job: Job, firm: Business, until: date) -> Cost:
        lines = tuple(await job.extension_lines(until, named=extension_names(job.end_on, until)))
        draft = await Invoice.filter(job_id=job.id, status=InvoiceStatus.DRAFT).order_by('id').first()
        amounts = [line.amount for line in await draft.lines.all()] if draft else []
        how: dict[str, Any] = {'vat_percent': draft.vat_percent if draft else firm.vat_percent}
        how['vat_to'] = firm.vat_rounding
        if draft:
            how |= {'discount_kind': draft.discount_kind, 'discount_value': draft.discount_value}
        before = Totals.of(amounts, **how)
        after = Totals.of([*amounts, *(line.amount for line in lines)], **how)
        gross = after.grand_total - before.grand_total
        return cls(lines, after.discount - before.discount, how['vat_percent'], gross, draft is not None)

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


class Extension:
    """The panel that shows what the chosen day costs, and saves only what was shown."""

    def __init__(self, desk: Desk, job: Job, firm: Business, panel: Panel) -> None:
        self.desk, self.job, self.firm, self.panel = desk, job, firm, panel
        self.shown: Cost | None = None

    async def open(self) -> None:
        w, job = self.desk.w, self.job
        Region(p('.dim')[w('jobs.extend.now_ends', day=w.day(job.end_on))])
        self.form = Form(self.desk, {'extension_not_later': 'until', 'day_missing': 'until'})
        self.form.date('until', w('jobs.extend.until'), job.end_on + timedelta(days=1))
        self.preview = Region()
        self.form.on_change = self._changed
        self.form.save_button(w('common.action.extend_job'), self._save)
        await self._look()

    def _changed(self) -> None:
        background_tasks.create(self._look(), name='what an extension costs')

    async def _look(self) -> None:
        try:
            until = self.form['until']
        except Refused:
            until = self.job.end_on
        chosen = self.form.changes
        cost = await Cost.of(self.job, self.firm, until) if until > self.job.end_on else None
        if chosen == self.form.changes and not self.preview.is_deleted:
            self.shown = cost
            self.preview.show(self._cost(cost))

    async def _save(self) -> None:
        until: date = self.form['until']
        job, actor = await find(self.desk, Job, number=self.job.number)
        cost = await Cost.of(job, self.firm, until) if until > job.end_on else None
        if self.shown is not None and cost != self.shown:
            self.job = job
            await self._look()
            raise Refused('extension_changed')
        await job.extend(end_on=until, lines=cost.lines if cost else (), seen=job.end_on, by=actor)
        self.panel.close()
        w = self.desk.w
        self.desk.say(w('jobs.extend.done', number=job.number, day=w.day(until)))

    def _cost(self, cost: Cost | None) -> Node:
        w = self.desk.w
        if cost is None or not cost.lines:
            return p('.dim')[w('jobs.extend.choose' if cost is None else 'jobs.extend.nothing')]
        rows = [(w('jobs.extend.sum'), cost.net, '')]
        if cost.discount:
            rows.append((w('jobs.extend.discount'), -cost.discount, ''))
        if cost.vat_percent:
            rows.append((w('jobs.extend.with_vat', percent=w.number(cost.vat_percent)), cost.gross, 'strong'))
        elif cost.discount:
            rows.append((w('jobs.extend.after_discount'), cost.gross, 'strong'))
        return div('.cost')[
            [
                div('.row')[
                    span[w.pick(line.name, line.name_th), small[self._how_much(line)]], span('.n')[figure(line.amount)]
                ]
                for line in cost.lines
            ],
            amounts(w, rows),
            p('.dim')[w('jobs.extend.goes_to_draft' if cost.has_draft else 'jobs.extend.goes_to_new')],
        ]

    def _how_much(self, line: LineEntry) -> str:
        w = self.desk.w
        duration = duration_words(w, line.rate_type, line.duration)
        return f'{w.number(line.quantity)} × {duration} × {figure(line.rate)}'


def _ask_of_paid_before(desk: Desk, form: Form, money: JobMoney) -> None:
    """Nobody guesses what becomes of it; whoever may not decide reads that it waits for those who may."""
    w = desk.w
    if not money.waiting:
        return
    if desk.may(Module.INVOICES, Level.MANAGE):
        answers = {answer: w(f'jobs.cancel.before_{answer}') for answer in ('credit', 'return', 'stay')}
        form.choice('paid_before', w('jobs.cancel.before', amount=w.baht(money.waiting)), answers, 'credit')
    else:
        Region(p('.dim')[w('jobs.cancel.before_waits', amount=w.baht(money.waiting))])


def _what_stays(desk: Desk, money: JobMoney) -> Node:
    w = desk.w
    issued = [invoice.number for invoice in money.invoices if invoice.number]
    sentences = [w('jobs.cancel.issued_kept', numbers=', '.join(issued))] if issued else []
    if money.deposit and money.deposit.held:
        held = w.baht(money.deposit.held)
        sentences.append(w('jobs.cancel.deposit_held', number=money.deposit.number, amount=held))
    return [p('.dim')[sentence] for sentence in sentences]
