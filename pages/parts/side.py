"""The side bar: the firm, the menu of what this person may see with live counts, and the person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from htpy import Node, a, b, button, div, form, img, nav, small, span
from tortoise.queryset import QuerySet

from app.live import follow, live
from models import (
    OPEN,
    OVER,
    Business,
    Claim,
    Deposit,
    DepositStatus,
    Invoice,
    Job,
    Module,
    Quote,
    QuoteStatus,
    Refused,
    Staff,
)
from pages.bind import bind
from pages.parts.action import attempt
from pages.parts.bell import live_unread, open_bell
from pages.parts.region import Region
from pages.parts.script import call
from pages.portal.reader import Firm
from pages.theme import firm_css, icon

if TYPE_CHECKING:
    from pages.frame import Desk

MENU = {
    'customers': Module.CUSTOMERS,
    'quotes': Module.QUOTES,
    'jobs': Module.JOBS,
    'invoices': Module.INVOICES,
    'deposits': Module.INVOICES,
    'payments': Module.INVOICES,
    'links': Module.CUSTOMERS,
    'settings': Module.SETTINGS,
}
NEWEST_FIRM = 'firm on the frame'


class Side:
    """Drawn once and patched: when a count changes, when another screen is opened, when the firm changes its logo."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.path = ''
        self.firm: Firm | None = None
        self.counts: dict[str, int] = {}
        self.unread = 0
        self.region = Region(act=self._act)
        self.region.classes('side')

    async def start(self, path: str) -> None:
        self.path = path
        await bind(live(NEWEST_FIRM, [follow(Business)], Firm.of_this_house), self._show_firm, self.region)
        tables = (Quote, Job, Invoice, Deposit, Claim)
        sees = self.desk.sees
        view = live(('menu', sees), [follow(table) for table in tables], partial(counts, sees))
        await bind(view, self._show_counts, self.region)
        await bind(live_unread(self.desk.staff.id), self._show_unread, self.region)

    def go(self, path: str) -> None:
        self.path = path.partition('?')[0]
        self._draw()

    def _show_firm(self, firm: Firm | None) -> None:
        if firm and self.firm and firm.accent != self.firm.accent:
            colours = firm_colours(firm.accent)
            call('(colours) => { document.getElementById("firm").textContent = colours }', colours)
        self.firm = firm
        self._draw()

    def _show_counts(self, counts: tuple[tuple[str, int], ...]) -> None:
        self.counts = dict(counts)
        self._draw()

    def _show_unread(self, unread: int) -> None:
        self.unread = unread
        self._draw()

    def _draw(self) -> None:
        self.region.show([self._firm(), self._menu(), self._person()])

    def _firm(self) -> Node:
        if self.firm is None:
            return div('.firm')[b, self._bell()]
        name = self.desk.w.pick(self.firm.name, self.firm.name_th)
        if self.firm.logo_light:
            pictures = [
                img('.light', src=self.firm.logo_light, alt=''),
                img('.dark', src=self.firm.logo_dark or self.firm.logo_light, alt=''),
            ]
            return div('.firm')[span('.logo.picture')[pictures], b[name], self._bell()]
        return div('.firm')[span('.logo', aria_hidden='true')[initial(name)], b[name], self._bell()]

    def _bell(self) -> Node:
        label = self.desk.w('bell.open', count=self.unread)
        count = span('.count')[str(min(self.unread, 99))] if self.unread else None
        return button('.bell-button', type='button', data_do='bell', aria_label=label, aria_haspopup='dialog')[
            icon('bell'), count
        ]

    def _menu(self) -> Node:
        return nav(aria_label=self.desk.w('console.menu'))[
            [self._entry(entry) for entry, module in MENU.items() if self.desk.may(module)]
        ]

    def _entry(self, entry: str) -> Node:
        here = self.path == f'/{entry}' or self.path.startswith(f'/{entry}/')
        count = self.counts.get(entry)
        return a(href=f'/{entry}', aria_current='page' if here else None)[
            span[self.desk.w(f'console.{entry}')], span('.ref')[str(count)] if count else None
        ]

    def _person(self) -> Node:
        w, staff = self.desk.w, self.desk.staff
        switch = [
            button(data_do='language', data_ref=code, aria_pressed=str(w.language == code).lower(), lang=code)[
                code.upper()
            ]
            for code in ('en', 'th')
        ]
        out = form(method='post', action='/sign-out')[button('.quiet', type='submit')[w('console.sign_out')]]
        return div('.person')[
            a('.who', href='/account', aria_current='page' if self.path == '/account' else None)[
                icon('person'), b[staff.name], small[w(f'console.role.{staff.role.name.lower()}')]
            ],
            div('.row')[div('.lang', role='group', aria_label=w('console.language'))[switch], out],
        ]

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'bell':
            await attempt(self.desk, lambda: open_bell(self.desk))
        if verb != 'language' or reference not in ('en', 'th'):
            return
        try:
            actor = await self.desk.actor()
            await (await Staff.get(id=actor.staff_id)).choose_language(reference)
        except Refused as refused:
            self.desk.warn(self.desk.w.refusal(refused))


async def counts(sees: tuple[Module, ...]) -> tuple[tuple[str, int], ...]:
    """How much is open in the modules that a role sees."""
    wanted: dict[str, QuerySet[Any]] = {
        'quotes': Quote.filter(status=QuoteStatus.SENT),
        'jobs': Job.exclude(stage__in=OVER),
        'invoices': Invoice.filter(status__in=OPEN),
        'deposits': Deposit.filter(status__in=(DepositStatus.PENDING, DepositStatus.PARTIALLY_HELD), waived_at=None),
        'payments': Claim.waiting(),
    }
    return tuple([(entry, await rows.count()) for entry, rows in wanted.items() if MENU[entry] in sees])


def firm_colours(accent: str) -> str:
    return firm_css(Business(accent=accent)).removeprefix('<style>').removesuffix('</style>')


def initial(name: str) -> str:
    """The sign that stands for a firm without a logo: its first letter, past บริษัท and leading vowels."""
    plain = name.removeprefix('บริษัท').strip().lstrip('เแโใไ')
    return plain[:1].upper()
