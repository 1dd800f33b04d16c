"""Settings → Audit Log: everything that happened in the house, the newest first, and how far it is sealed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from htpy import Node, a, button, code, div, p, small, span
from nicegui import ui
from tortoise.expressions import Q

from app.catalogue import catalogue
from app.live import Live, follow, live
from app.words import Words
from models import Activity, AuditSeal, Customer, Deposit, Invoice, Job, Level, Module, PortalLink, Quote
from pages.console.settings_tabs import settings_tabs
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.history import OF_MONEY, Event, event_of, sentence, who
from pages.parts.listed import AT_ONCE, show_older
from pages.parts.region import Region
from pages.parts.table import Column, LiveRegion, Row, table

# What a line is about, by how its `what` begins.
ABOUT = {
    'people': ('staff_', 'business_', 'letter_worded', 'secret_'),
    'links': ('link_', 'code_', 'letter_failed'),
    'records': ('customer_', 'quote_', 'job_', 'delivery_'),
    'money': (*OF_MONEY, 'claim_', 'prepayment_'),
}
NUMBER = r'[A-Za-z]{1,8}-[\w-]*\d|[0-9A-Fa-f]{10,12}'  # of a record or its paper, or a link's public id
MOST_CUSTOMERS = 200  # whose lines a search by name looks at


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What happened, and to whose record; the customer is looked up, for a line keeps only the id."""

    event: Event
    customer_id: UUID | None
    customer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class AuditLines:
    """The newest of what was asked for, and whether there are older ones: to count them all takes long.

    `sealed_until` is the moment of the last line that a seal covers, None before the first.
    """

    rows: tuple[AuditLine, ...]
    older: bool
    sealed_until: datetime | None


@console_page('/settings/audit', module=Module.SETTINGS, level=Level.WRITE)
async def audit(desk: Desk) -> None:
    await AuditScreen(desk).open()


class AuditScreen:
    """What is sought, and the table that shows what was found."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.text, self.about, self.most = '', '', AT_ONCE

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        bar(desk, w('audit.title'), hint=w('audit.search'), search=self.search)
        settings_tabs(desk, 'audit')
        self.filters = Region(self._filters(), guarded(desk, self._act))
        self.filters.classes('filters').props(f'role=group aria-label="{w("audit.about")}"')
        with ui.element('div'):
            self.shown: LiveRegion[AuditLines] = LiveRegion(self._draw, guarded(desk, self._act))
        await self.search('')

    async def search(self, text: str) -> None:
        self.text, self.most = text, AT_ONCE
        await self._follow()

    async def _follow(self) -> None:
        # The role may have changed since the screen was opened.
        await self.desk.must(Module.SETTINGS, Level.WRITE)
        await self.shown.follow(live_audit(self.text, self.about, self.most))

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'more':
            self.most += AT_ONCE
        elif verb == 'about' and reference in ('', *ABOUT):
            self.about, self.most = reference, AT_ONCE
            self.filters.show(self._filters())
        else:
            return
        await self._follow()

    def _filters(self) -> Node:
        w = self.desk.w
        return [
            button(
                '.opt', type='button', data_do='about', data_ref=about, aria_pressed=str(about == self.about).lower()
            )[w(f'audit.{about or "all"}')]
            for about in ('', *ABOUT)
        ]

    def _draw(self, lines: AuditLines) -> Node:
        w = self.desk.w
        columns = [
            Column(w('audit.what')),
            Column(w('audit.of_whom')),
            Column(w('audit.when'), 'dim tight'),
        ]
        return [
            p('.dim.above-table')[_sealed(w, lines.sealed_until)],
            table(columns, [_row(w, line) for line in lines.rows], empty('calm', w('console.nothing_found'))),
            show_older(w) if lines.older else None,
        ]


def live_audit(text: str, about: str, most: int) -> Live[AuditLines]:
    """The newest lines about this, by somebody or of a customer whose name is like the text, or with that number."""

    async def load() -> AuditLines:
        found = Activity.filter(await _sought(text), _about(about)).order_by('-at', '-id')
        lines = await found.limit(most + 1)
        names = {
            row['id']: (row['name'], row['name_th'])
            for row in await Customer.filter(id__in=[it.customer_id for it in lines if it.customer_id]).values(
                'id', 'name', 'name_th'
            )
        }
        seal = await AuditSeal.all().order_by('-number').first()
        return AuditLines(
            rows=tuple(
                AuditLine(event_of(line), line.customer_id, names.get(line.customer_id, ('', '')))
                for line in lines[:most]
            ),
            older=len(lines) > most,
            sealed_until=seal.last_at if seal else None,
        )

    return live(('audit', text, about, most), [follow(Activity)], load)


async def _sought(text: str) -> Q:
    if not text:
        return Q()
    if re.fullmatch(NUMBER, text):
        return await _of_number(text.upper())
    customers = await Customer.found_by(text).limit(MOST_CUSTOMERS).values_list('id', flat=True)
    return Q(Q(by_name__icontains=text), Q(customer_id__in=list(customers)), join_type='OR')


async def _of_number(number: str) -> Q:
    """Lines of the record with this number; of other papers, which are only told of in the facts, those."""
    for kind, column in ((Quote, 'quote_id'), (Job, 'job_id'), (Invoice, 'invoice_id'), (Deposit, 'deposit_id')):
        if record := await kind.get_or_none(number=number):
            own: dict[str, Any] = {column: record.id}
            return Q(**own)
    if link := await PortalLink.get_or_none(public_id=number):
        return Q(link_id=link.id) | Q(facts__contains={'public_id': number})
    return Q(facts__contains={'number': number})


def _about(about: str) -> Q:
    # By whole names, which a database compares far quicker than beginnings.
    known = [key.partition('.')[2] for key in catalogue('en') if key.startswith('activity.')]
    return Q(what__in=[what for what in known if what.startswith(ABOUT[about])]) if about else Q()


def _row(w: Words, line: AuditLine) -> Row:
    event, customer = line.event, w.pick(*line.customer)
    whose = a(href=f'/customers/{line.customer_id}')[customer] if customer else ''
    what = div('.stack')[div[span[sentence(w, event)], small[who(w, event)]]]
    return Row(str(event.id), '', (what, whose, w.moment(event.at)))


def _sealed(w: Words, until: datetime | None) -> Node:
    if until is None:
        return w('audit.unsealed')
    return [w('audit.sealed', moment=w.moment(until)), ' ', code['python3 main.py audit verify']]
