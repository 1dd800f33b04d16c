"""A new quote: for whom, and then it is a draft with a number, saved as one types."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from htpy import Node, b, button, div, small, span
from nicegui import ui

from app.live import Live, follow, live
from models import Contact, Customer, Level, Module, Quote, bangkok_day, fold, now
from pages.console.customer_form import new_customer
from pages.console.find import find, id_in
from pages.console.quote_writing import a_week_from
from pages.console.sheet import record_head
from pages.frame import Desk, console_page
from pages.parts.action import action, guarded
from pages.parts.bar import bar, search_field
from pages.parts.empty import empty
from pages.parts.table import LiveRegion

OFFERED = 12  # customers at once; the search finds the others
LATELY = 60  # quotes whose customers come first


@dataclass(frozen=True, slots=True)
class Candidate:
    id: UUID
    name: str
    name_th: str
    contact: str


@console_page('/quotes/new', module=Module.QUOTES, level=Level.WRITE)
async def new_quote(desk: Desk) -> None:
    await ForWhom(desk).open()


@console_page('/quotes/new/{customer_id}', module=Module.QUOTES, level=Level.WRITE)
async def new_quote_for(desk: Desk, customer_id: str) -> None:
    """As a customer's page asks for it: one press, since looking at an address must not make a quote."""
    w = desk.w
    customer, _actor = await find(desk, Customer, id=id_in(customer_id))
    beginning = Beginning(desk)
    name = customer.text(w.language)
    with bar(
        desk, w('editor.new.title'), heading=record_head(w, ('/quotes', w('quotes.title')), w('editor.new.title'))
    ):
        pass
    with ui.element('section').classes('card for-whom'), ui.element('div').classes('btns'):
        begin = action(desk, w('editor.new.begin_for', name=name), lambda: beginning.press(customer_id), key='save')
        begin.mark('begin').props['autofocus'] = True
        action(desk, w('editor.new.somebody_else'), lambda: desk.go('/quotes/new'), tone='ghost')


class Beginning:
    """The draft, with its number, and its editor: one, however often it is pressed before the browser has gone on."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._turn = asyncio.Lock()
        self._begun: dict[UUID, str] = {}  # the numbers, by customer

    async def press(self, customer_id: str) -> None:
        async with self._turn:
            customer, actor = await find(self.desk, Customer, id=id_in(customer_id))
            if customer.id not in self._begun:
                quote = await Quote.draft(customer, a_week_from(bangkok_day(now())), by=actor)
                self._begun[customer.id] = quote.number
        self.desk.go(f'/quotes/{self._begun[customer.id]}/edit')


def live_candidates(text: str, language: str) -> Live[tuple[Candidate, ...]]:
    """Whom a search leaves; those who were quoted something last stand first."""
    sought = fold(text)

    async def load() -> tuple[Candidate, ...]:
        found = Customer.found_by(sought).filter(archived_at=None)
        quoted = await Quote.all().order_by('-id').limit(LATELY).values_list('customer_id', flat=True)
        lately = [str(customer_id) for customer_id in dict.fromkeys(quoted)]
        known = {str(one.id): one for one in await found.filter(id__in=lately)}
        others = await Customer.in_order(found.exclude(id__in=lately), language).limit(OFFERED)
        customers = [*(known[one] for one in lately if one in known), *others][:OFFERED]
        contacts = await Contact.filter(customer_id__in=[one.id for one in customers], position=0)
        names = {contact.customer_id: contact.full_name for contact in contacts}
        return tuple(Candidate(one.id, one.name, one.name_th, names.get(one.id, '')) for one in customers)

    return live(('console', 'for whom', sought, language), [follow(Customer), follow(Contact), follow(Quote)], load)


class ForWhom:
    """The customers that a search leaves; a press begins the quote."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.beginning = Beginning(desk)

    async def open(self) -> None:
        w = self.desk.w
        head = record_head(w, ('/quotes', w('quotes.title')), w('editor.new.who'))
        with bar(self.desk, w('editor.new.title'), heading=head):
            pass
        with ui.element('div').classes('for-whom'):
            search_field(self.desk, w('editor.new.search'), self.search).props['autofocus'] = True
            self.listed: LiveRegion[tuple[Candidate, ...]] = LiveRegion(self._draw, guarded(self.desk, self._act))
            await self.search('')

    async def search(self, text: str) -> None:
        await self.desk.must(Module.QUOTES, Level.WRITE)
        await self.listed.follow(live_candidates(text, self.desk.w.language))

    async def _act(self, verb: str, customer_id: str) -> None:
        if verb == 'begin':
            await self.beginning.press(customer_id)
        elif verb == 'new':
            await new_customer(self.desk)

    def _draw(self, rows: tuple[Candidate, ...]) -> Node:
        w = self.desk.w
        if not rows:
            add = button('.btn.ghost', type='button', data_do='new')[w('customers.new')]
            more = add if self.desk.may(Module.CUSTOMERS, Level.WRITE) else None
            return empty('person', w('editor.new.none'), w('editor.new.none_text'), more)
        return div('.card.whom')[[_one(self.desk, row) for row in rows]]


def _one(desk: Desk, row: Candidate) -> Node:
    w = desk.w
    other = row.name if w.pick(row.name, row.name_th) != row.name else row.name_th
    return button('.row-link', type='button', data_do='begin', data_ref=str(row.id))[
        span[b[w.pick(row.name, row.name_th)], small[other] if other else None], small[row.contact]
    ]
