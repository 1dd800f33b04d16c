"""Jobs: the board with a lane for each stage, and the same as a list; moved by named actions only."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from uuid import UUID

from htpy import Node, a, nav
from nicegui import ui

from models import Customer, Job, Level, Module, Refused, Stage, fold
from pages.bind import bind
from pages.console.find import find
from pages.console.job_sheet import job_list, lane
from pages.console.job_view import JobCard, Lane, live_board, live_jobs
from pages.console.listing import nothing_listed
from pages.console.sheet import status_words
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.listed import AT_ONCE, Listed, show_more
from pages.parts.region import Region
from pages.parts.table import LiveRegion

HASTE = 0.7  # seconds within which nobody means two actions of one job


@console_page('/jobs', module=Module.JOBS)
async def board(desk: Desk) -> None:
    lanes = Board(desk)
    with bar(desk, desk.w('jobs.title'), hint=desk.w('jobs.search'), search=lanes.search):
        Region(switch(desk, '/jobs'))
    await lanes.open()


@console_page('/jobs/list', module=Module.JOBS)
async def job_table(desk: Desk) -> None:
    listing = JobTable(desk)
    with bar(desk, desk.w('jobs.title'), hint=desk.w('jobs.search'), search=listing.search):
        Region(switch(desk, '/jobs/list'))
    await listing.open()


class JobTable:
    """What is sought among all jobs, and how many of those that were found are shown."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.mover = Mover(desk)
        self.text, self.most = '', AT_ONCE

    async def open(self) -> None:
        self.shown: LiveRegion[Listed[JobCard]] = LiveRegion(self._draw, guarded(self.desk, self._act))
        await self.search('')

    async def search(self, text: str) -> None:
        self.text, self.most = text, AT_ONCE
        await self._follow()

    async def _follow(self) -> None:
        # The role may have changed since the screen was opened.
        await self.desk.must(Module.JOBS, Level.READ)
        await self.shown.follow(live_jobs(self.text, self.most))

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'more':
            self.most += AT_ONCE
            await self._follow()
        else:
            await self.mover.act(verb, reference)

    def _draw(self, jobs: Listed[JobCard]) -> Node:
        w = self.desk.w
        if not jobs.rows:
            return nothing_listed(w, 'jobs', sought=bool(self.text))
        return [
            job_list(w, jobs.rows, self.desk.may(Module.JOBS, Level.WRITE)),
            show_more(w, jobs.left, shown=len(jobs.rows)),
        ]


class Board:
    """Lanes that are patched one by one: a move touches two of them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.may_move = desk.may(Module.JOBS, Level.WRITE)
        self.lanes: tuple[Lane, ...] = ()
        self.text = ''
        self.callers: list[UUID] = []
        self._shown: dict[Stage, Lane] = {}
        self._regions: dict[Stage, Region] = {}

    async def open(self) -> None:
        act = guarded(self.desk, Mover(self.desk).act)
        with ui.element('div').classes('board') as drawn:
            for stage in Stage:
                self._regions[stage] = Region(act=act)
                self._regions[stage].classes('lane')
                self._regions[stage].props['aria-label'] = status_words(self.desk.w, stage)
                self._regions[stage].props['role'] = 'group'
        self.nothing = Region()
        await bind(live_board(), self._show, drawn)

    async def search(self, text: str) -> None:
        self.text = fold(text)
        await self.desk.must(Module.JOBS, Level.READ)
        callers = await Customer.called(text)
        if self.text == fold(text):  # nothing else was typed meanwhile
            self.callers = callers
            self._show(self.lanes)

    def _show(self, lanes: tuple[Lane, ...]) -> None:
        self.lanes = lanes
        for one in lanes:
            left = self._found(one)
            if self._shown.get(one.stage) != left:
                self._shown[one.stage] = left
                self._regions[one.stage].show(lane(self.desk.w, left, self.may_move))
        w, cards = self.desk.w, any(one.cards for one in self._shown.values())
        self.nothing.show(None if cards else nothing_listed(w, 'jobs', sought=False))

    def _found(self, one: Lane) -> Lane:
        if not self.text:
            return one
        return replace(one, cards=tuple(card for card in one.cards if self._is_sought(card)))

    def _is_sought(self, card: JobCard) -> bool:
        return card.customer_id in self.callers or all(word in card.search for word in self.text.split())


class Mover:
    """Takes the presses of named actions: each says which job and where to, `JOB-2026-0031 LOADED`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._pressed: dict[str, float] = {}

    async def act(self, verb: str, reference: str) -> None:
        number, _, name = reference.partition(' ')
        to = Stage.__members__.get(name)
        if verb != 'advance' or to is None:
            raise Refused('record_gone')
        job, actor = await find(self.desk, Job, number=number)
        actor.must(Module.JOBS, Level.WRITE)
        # A second press finds the job where it was meant to go, or comes too soon to mean the action after it.
        if job.stage is to or monotonic() - self._pressed.get(number, -HASTE) < HASTE:
            return
        await job.advance(to, by=actor)
        self._pressed[number] = monotonic()
        w = self.desk.w
        self.desk.say(w('jobs.moved.to', number=number, stage=status_words(w, to)))


def switch(desk: Desk, here: str) -> Node:
    """Two ways to see the same; the address keeps which."""
    ways = {'/jobs': 'jobs.board', '/jobs/list': 'jobs.list'}
    return nav('.switch', aria_label=desk.w('jobs.view'))[
        [a('.opt', href=path, aria_current='page' if path == here else None)[desk.w(key)] for path, key in ways.items()]
    ]
