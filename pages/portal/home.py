"""Home: a greeting, what waits for the customer, what moves, what is owed; and warmth when nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from htpy import Node, a, div, h1, nav, p, section, span

from app.live import Live, follow, live
from models import Contact, CreditNote, CreditReturn, Customer, Grant, Payment, credit_of
from pages.portal.deposits import DepositCard
from pages.portal.invoices import Owed
from pages.portal.jobs import JobCard
from pages.portal.pieces import contact_us
from pages.portal.quote_view import QuoteCard
from pages.portal.reader import Reader
from pages.portal.scope import mine
from pages.theme import icon


@dataclass(frozen=True, slots=True)
class Greeted:
    call_name: str
    call_name_th: str
    name: str
    name_th: str


def live_greeted(grant: Grant) -> Live[Greeted]:
    """Who is greeted: the primary contact by call name, else by full name, and the customer's printed name."""

    async def load() -> Greeted:
        customer = await grant.customer().get()
        contact = await grant.contacts().order_by('position').first()
        return Greeted(
            call_name=contact.greeting_name('en') if contact else customer.name,
            call_name_th=contact.greeting_name('th') if contact else customer.text('th'),
            name=customer.name,
            name_th=customer.name_th,
        )

    follows = [follow(Customer, id=grant.customer_id), follow(Contact, customer_id=grant.customer_id)]
    return live((*mine(grant), 'greeted'), follows, load)


def live_credit(grant: Grant) -> Live[Decimal]:
    """What was paid above the invoices, in THB."""

    async def load() -> Decimal:
        return await credit_of(grant.customer_id)

    follows = [follow(model, customer_id=grant.customer_id) for model in (Payment, CreditNote, CreditReturn)]
    return live((*mine(grant), 'credit'), follows, load)


def hello(r: Reader, greeted: Greeted) -> Node:
    called, name = r.w.pick(greeted.call_name, greeted.call_name_th), r.w.pick(greeted.name, greeted.name_th)
    return [
        h1[r.w('portal.hello', name=called)],
        div('.sub.apart')[
            span[name] if name != called else None,
            span('.still')[span('.live')[r.w('portal.up_to_date')]],
        ],
    ]


def credit(r: Reader, amount: Decimal) -> Node:
    if not amount:
        return None
    return section[
        div('.card')[
            div('.row')[span('.title')[r.w('portal.credit')], span('.amount.small')[r.w.baht(amount)]],
            p('.sub')[r.w('portal.credit_text')],
        ]
    ]


class Calm:
    """Which parts of Home ask for something; that none does is good news, once all of them were heard."""

    def __init__(self, parts: int) -> None:
        self._missing = parts
        self._open: dict[str, bool] = {}

    def hear(self, part: str, value: object) -> None:
        self._missing -= part not in self._open
        self._open[part] = _says(value)

    @property
    def is_calm(self) -> bool:
        return not self._missing and not any(self._open.values())


def all_caught_up(r: Reader, calm: Calm) -> Node:
    if not calm.is_calm:
        return None
    return div('.calm')[
        icon('calm'),
        div('.title')[r.w('portal.caught_up')],
        p('.sub')[r.w('portal.caught_up_text', firm=r.firm_name)],
        contact_us(r),
    ]


def quick_links(r: Reader) -> Node:
    links = [('quotes', '/quotes'), ('deposits', '/deposits'), ('documents', '/documents')]
    return nav('.quick', aria_label=r.w('portal.more'))[
        [a(href=r.at(path))[icon(name), span[r.w(f'portal.{name}')]] for name, path in links]
    ]


def _says(value: object) -> bool:
    if isinstance(value, Owed):
        return value.count > 0
    return isinstance(value, tuple) and any(_is_open(record) for record in value)


def _is_open(record: object) -> bool:
    match record:
        case QuoteCard():
            return record.waits
        case JobCard():
            return record.group != 'past'
        case DepositCard():
            return record.awaited > 0 or record.held > 0
        case _:
            return False
