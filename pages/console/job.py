"""One job: where it is and how it got there, what goes along, where to, what it costs, and what can be done with it."""

from __future__ import annotations

from models import OVER, Customer, Job, Level, Module, Stage
from pages.bind import bind
from pages.console import job_sheet as drawn
from pages.console.columns import history_below, two_columns
from pages.console.delivery import DeliveryForm
from pages.console.job_panels import cancel_job, extend_job, go_back
from pages.console.job_view import JobMoney, JobView, live_job, live_job_money
from pages.console.jobs import Mover
from pages.console.links import choose_link, link_entries
from pages.console.prepaid_panels import draft_invoice, keep_as_credit, record_prepayment
from pages.console.sheet import block
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.more import More
from pages.parts.papers import paper_list
from pages.parts.region import Region


@console_page('/jobs/{number}', module=Module.JOBS)
async def job_page(desk: Desk, number: str) -> None:
    job = await Job.get(number=number)
    await JobScreen(desk, job).open()


class JobScreen:
    """Regions and forms that follow one job."""

    def __init__(self, desk: Desk, job: Job) -> None:
        self.desk, self.job = desk, job
        self.may_move = desk.may(Module.JOBS, Level.WRITE)

    async def open(self) -> None:
        desk, job = self.desk, self.job
        self.customer = await Customer.get(id=job.customer_id)
        with bar(desk, job.number, heading='') as self.top:
            self.step = Region(act=guarded(desk, Mover(desk).act))
            self.more = More(desk, self._choose)
        wide, narrow = two_columns()
        with wide:
            self.rail, self.equipment = Region(), Region()
        with narrow:
            self.dates = Region()
            self.delivery = DeliveryForm(desk, job.number)
            self.money = Region(act=guarded(desk, self._act_on_money))
            await paper_list(desk, job.customer_id, job_id=job.id)
        await history_below(desk, wide, job_id=job.id)
        await bind(live_job(job.id, job.customer_id), self._show, self.top)
        if desk.may(Module.INVOICES):
            await bind(live_job_money(job.id), self._show_money, self.money)

    def _show(self, view: JobView) -> None:
        w = self.desk.w
        self.top.show(drawn.head(w, view))
        self.step.show(drawn.move_button(w, view.card, '.btn') if self.may_move else None)
        self.more.offer(self._entries(view))
        self.rail.show(block(w('jobs.stages'), drawn.rail(w, view)))
        self.equipment.show(block(w('jobs.equipment'), drawn.equipment(w, view)))
        self.dates.show(block(w('jobs.dates'), drawn.dates(w, view)))
        self.delivery.show(view.delivery)

    def _show_money(self, money: JobMoney) -> None:
        writes, manages = (self.desk.may(Module.INVOICES, level) for level in (Level.WRITE, Level.MANAGE))
        shown = drawn.money(self.desk.w, money, writes=writes, manages=manages)
        self.money.show(block(self.desk.w('jobs.money'), shown))

    async def _act_on_money(self, verb: str, _reference: str) -> None:
        verbs = {'draft-invoice': draft_invoice, 'keep-credit': keep_as_credit}
        if verb in verbs:
            await verbs[verb](self.desk, self.job.number)

    def _entries(self, view: JobView) -> dict[str, str]:
        """What this person may do with a job at this stage."""
        stage = view.card.stage
        open_still = stage not in OVER
        offered = {
            'extend': ('common.action.extend_job', self.may_move and open_still),
            'prepay': (
                'jobs.prepay.title',
                self.desk.may(Module.INVOICES, Level.WRITE) and stage is not Stage.CANCELLED,
            ),
            'back': (
                'common.action.go_back',
                self.desk.may(Module.JOBS, Level.MANAGE) and stage not in (Stage.NEW, Stage.CANCELLED),
            ),
            'cancel': ('common.action.cancel_job', self.may_move and open_still),
        }
        mine = {key: self.desk.w(name) for key, (name, possible) in offered.items() if possible}
        links = link_entries(self.desk, self.customer)
        # What ends the job stands last, where nobody presses it by habit.
        last = {'cancel': mine.pop('cancel')} if 'cancel' in mine else {}
        return {**mine, **links, **last}

    async def _choose(self, key: str) -> None:
        panels = {'extend': extend_job, 'prepay': record_prepayment, 'back': go_back, 'cancel': cancel_job}
        if key in panels:
            await panels[key](self.desk, self.job.number)
        else:
            await choose_link(self.desk, key, self.customer)
