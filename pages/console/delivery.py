"""The delivery plan of a job: where it goes, who receives it, who drives; saved from the version that was seen."""

from __future__ import annotations

from dataclasses import fields

from htpy import p
from nicegui import html, ui

from models import Job, Level, Module, Refused
from pages.console.find import find
from pages.console.job_view import Delivery
from pages.console.sheet import block, facts
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.region import Region

NAMES = tuple(one.name for one in fields(Delivery) if one.name != 'version')
NOTHING = Delivery(0, *[''] * len(NAMES))


class DeliveryForm:
    """What others save shows at once in every field that is not being written in; what is typed stays."""

    def __init__(self, desk: Desk, number: str) -> None:
        self.desk, self.number = desk, number
        self.seen: Delivery | None = None  # from which the typed text is an edit
        self.latest: Delivery | None = None
        self.plain = Region()
        self.form = Form(desk)
        if desk.may(Module.JOBS, Level.WRITE):
            self._build()

    def show(self, saved: Delivery) -> None:
        if not self.form.fields:
            self._draw_plain(saved)
            return
        self.latest = saved
        before = self.seen or NOTHING
        typed = [name for name in NAMES if self.form[name] != getattr(before, name)]
        for name in NAMES:
            self._show_field(name, saved, before, typed=name in typed)
        if not typed:
            self.seen = saved

    def _build(self) -> None:
        w = self.desk.w
        with ui.element('section').classes('card').props(f'aria-label="{w("jobs.delivery.title")}"'):
            html.h2(w('jobs.delivery.title'))
            with ui.element('div').classes('group'):
                self.form.text('delivery_address', w('jobs.delivery.delivery_address'), lines=2)
                self.form.text('site_contact', w('jobs.delivery.site_contact'))
                with ui.element('div').classes('pair'):
                    self.form.text('driver_name', w('jobs.delivery.driver_name'))
                    self.form.text('driver_phone', w('jobs.delivery.driver_phone'), kind='tel', longest=40)
                self.form.text('vehicle', w('jobs.delivery.vehicle'), longest=100)
                self.form.save_button(w('common.save'), self._save, tone='ghost', done=w('jobs.delivery.saved'))

    def _show_field(self, name: str, saved: Delivery, before: Delivery, *, typed: bool) -> None:
        field, theirs = self.form.fields[name], getattr(saved, name)
        if not typed:
            field.write(theirs)
            field.hint('')
        elif theirs in (getattr(before, name), self.form[name]):
            field.hint('')
        else:
            w = self.desk.w
            field.hint(w('jobs.delivery.meanwhile', text=theirs) if theirs else w('jobs.delivery.emptied'))

    async def _save(self) -> None:
        job, actor = await find(self.desk, Job, number=self.number)
        typed = {name: self.form[name] for name in NAMES}
        version = self.seen.version if self.seen else job.version
        try:
            await job.plan_delivery(version=version, by=actor, **typed)
        except Refused:
            # Whoever saves again has seen what the other one wrote, and means it.
            self.seen = self.latest
            raise
        self.seen = Delivery(version + 1, **typed)
        self.show(self.seen)

    def _draw_plain(self, saved: Delivery) -> None:
        w = self.desk.w
        rows = [(w(f'jobs.delivery.{name}'), getattr(saved, name)) for name in NAMES]
        known = any(value for _, value in rows)
        self.plain.show(block(w('jobs.delivery.title'), facts(rows) if known else p('.dim')[w('common.none')]))
