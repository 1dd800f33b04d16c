"""How customers are drawn for staff: the list, the head of one, what is known of it, its records and its links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from htpy import Node, a, b, div, p, small, span

from app.words import Words
from models import HEAD_OFFICE, CustomerKind, LinkState, Module, tax_id_doubtful
from models.customer import NAMELESS
from models.written import dialled
from pages.console.customer_view import CustomerRow, CustomerView, Person, RecordRow
from pages.console.sheet import block, day_or_none, facts, figure, record_head, state
from pages.parts.empty import empty
from pages.parts.link_rows import summary_chip, viewing
from pages.parts.table import Column, Row, chip, table

TABS = {
    '': Module.CUSTOMERS,
    'quotes': Module.QUOTES,
    'jobs': Module.JOBS,
    'invoices': Module.INVOICES,
    'deposits': Module.INVOICES,
    'account': Module.INVOICES,
    'links': Module.CUSTOMERS,
    'activity': Module.CUSTOMERS,
}


def customer_list(
    w: Words, customers: Sequence[CustomerRow], sees: Sequence[Module], at: datetime, nothing: Node
) -> Node:
    columns = [
        Column(w('customers.name')),
        Column(w('customers.tax_id'), 'dim aside'),
        Column(w('customers.contact'), 'dim'),
    ]
    if Module.JOBS in sees:
        columns.append(Column(w('customers.active_jobs'), 'n'))
    if Module.INVOICES in sees:
        columns.append(Column(w('customers.outstanding'), 'n'))
    columns += [Column(w('customers.language'), 'aside'), Column(w('customers.portal_link'))]
    rows = (Row(str(row.id), f'/customers/{row.id}', _cells(w, row, at)) for row in customers)
    return table(columns, rows, nothing)


def no_customers(w: Words, *, sought: bool) -> Node:
    if sought:
        return empty('person', w('customers.none_found'), w('console.nothing_found_text'))
    return empty('person', w('customers.none_yet'), w('customers.none_yet_text'))


def head(w: Words, customer: CustomerView, at: datetime) -> Node:
    other = customer.name if w.language == 'th' else customer.name_th
    name = w.pick(customer.name, customer.name_th)
    return record_head(
        w,
        ('/customers', w('console.customers')),
        name,
        _standing(w, customer),
        None if customer.erased_at else summary_chip(w, customer.links, at),
        below=other if other and other != name else None,
    )


def tabs(w: Words, customer_id: UUID, sees: Sequence[Module], here: str) -> Node:
    """The tabs of the modules that the role sees; `here` is the open one."""
    return div('.tabs', role='navigation', aria_label=w('customers.parts'))[
        [
            a(href=f'/customers/{customer_id}/{tab}'.rstrip('/'), aria_current='page' if tab == here else None)[
                w(f'console.{tab or "overview"}')
            ]
            for tab, module in TABS.items()
            if module in sees
        ]
    ]


def overview(w: Words, customer: CustomerView) -> Node:
    if customer.erased_at:
        return _erased(w, customer, customer.erased_at)
    return div('.pile')[
        _figures(w, customer),
        block(
            w('customers.contacts'),
            div('.people')[[person_card(w, one, n == 0) for n, one in enumerate(customer.contacts)]],
        ),
        block(w('customers.firm'), _identity(w, customer)),
        block(w('customers.addresses'), _addresses(w, customer)),
        block(w('customers.notes'), p('.text')[customer.notes]) if customer.notes else None,
    ]


def person_card(w: Words, person: Person, primary: bool) -> Node:
    called = w.pick(person.call_name, person.call_name_th)
    return div('.contact')[
        div('.row')[b[person.full_name], small('.ref')[w('customers.primary') if primary else person.role]],
        p('.dim')[', '.join(part for part in (called, person.role if primary else '') if part)],
        p[
            a('.plain', href=f'tel:{dialled(person.phone)}')[person.phone] if person.phone else None,
            ' · ' if person.phone and person.email else None,
            a('.plain', href=f'mailto:{person.email}')[person.email] if person.email else None,
        ],
    ]


def record_list(w: Words, kind: str, rows: Sequence[RecordRow]) -> Node:
    with_title, with_amount = kind in ('quotes', 'jobs'), kind != 'jobs'
    columns = [Column(w(f'customers.column.{kind}'))]
    columns += [Column(w('customers.column.title'))] if with_title else []
    columns += [Column(w(f'customers.column.{kind}_first'), 'dim')]
    columns += [Column(w(f'customers.column.{kind}_last'), 'dim')] if kind != 'deposits' else []
    columns += [Column(w('customers.column.amount'), 'n')] if with_amount else []
    columns.append(Column(w('customers.column.state')))
    drawn = (Row(row.href, row.href, tuple(_record(w, kind, row))) for row in rows)
    icons = {'quotes': 'quotes', 'jobs': 'jobs', 'invoices': 'invoices', 'deposits': 'deposits'}
    return table(columns, drawn, empty(icons[kind], w(f'customers.no_{kind}')))


def _cells(w: Words, row: CustomerRow, at: datetime) -> tuple[Node, ...]:
    name = w.pick(row.name, row.name_th)
    named: Node = [name, ' ', chip('', w('customers.archived'))] if row.archived else name
    cells: list[Node] = [named, row.tax_id or w('common.none'), contact_line(w, row.contact)]
    if row.active_jobs is not None:
        cells.append(str(row.active_jobs))
    if row.outstanding is not None:
        cells.append(figure(row.outstanding))
    return (*cells, row.language.upper(), _link_chip(w, row, at))


def _link_chip(w: Words, row: CustomerRow, at: datetime) -> Node:
    """Who looks now and what nobody has opened yet matter more than how long a link still lives."""
    if row.here:
        return viewing(w, row.here)
    living = [link for link in row.links if link.state(at) is LinkState.LIVE]
    if living and all(link.first_viewed_at is None for link in living):
        return chip('', w('register.chip.never_opened'))
    return summary_chip(w, row.links, at)


def contact_line(w: Words, person: Person | None) -> str:
    """Khun Ploy · 081 234 5678."""
    if person is None:
        return w('common.none')
    called = w.pick(person.call_name, person.call_name_th) or person.full_name
    return f'{called} · {person.phone or person.email}'


def _standing(w: Words, customer: CustomerView) -> Node:
    if customer.erased_at:
        return chip('warn', w('personal.erased'))
    return chip('', w('customers.archived')) if customer.archived else None


def _erased(w: Words, customer: CustomerView, at: datetime) -> Node:
    """What this page still is, and since when; what a paper had to name of the buyer."""
    nothing = customer.name == NAMELESS
    return div('.pile')[
        block(
            w('personal.erased'),
            p[w('personal.erased_on', day=w.moment(at))],
            p('.dim')[w('personal.erased_nothing') if nothing else w('personal.erased_kept')],
        ),
        None if nothing else [block(w('customers.firm'), _identity(w, customer)), _billed_to(w, customer)],
    ]


def _billed_to(w: Words, customer: CustomerView) -> Node:
    return block(w('customers.addresses'), _addresses(w, customer)) if customer.billing_address else None


def _figures(w: Words, customer: CustomerView) -> Node:
    shown = []
    if customer.active_jobs is not None:
        jobs = small('.dim')[w('customers.active_jobs')], b('.figure')[str(customer.active_jobs)]
        shown.append(a('.plain', href=f'/customers/{customer.id}/jobs')[jobs])
    if customer.outstanding is not None:
        owed = small('.dim')[w('customers.outstanding')], b('.figure')[w.baht(customer.outstanding)]
        shown.append(a('.plain', href=f'/customers/{customer.id}/invoices')[owed])
    return div('.card.figures')[shown] if shown else None


def _identity(w: Words, customer: CustomerView) -> Node:
    doubtful = tax_id_doubtful(customer.tax_id)
    tax_id: Node = [customer.tax_id, ' ', chip('warn', w('customers.tax_id_check'))] if doubtful else customer.tax_id
    branch = w('customers.head_office') if customer.branch == HEAD_OFFICE else customer.branch
    terms = w.days(customer.terms_days) if customer.terms_days is not None else w('customers.usual_terms')
    company = customer.kind is CustomerKind.COMPANY
    return facts(
        [
            (w('customers.kind'), w('customers.company') if company else w('customers.individual')),
            (w('customers.code'), customer.code),
            (w('customers.tax_id'), tax_id),
            (w('customers.branch'), branch if customer.tax_id else ''),
            (w('customers.vat'), w('customers.vat_yes') if customer.vat_registered else w('customers.vat_no')),
            (w('customers.terms'), terms),
            (w('customers.language'), w(f'common.language_{customer.language}')),
            (w('customers.wants_code'), w('customers.yes') if customer.wants_code else ''),
        ]
    )


def _addresses(w: Words, customer: CustomerView) -> Node:
    known = {'billing_address': customer.billing_address, 'delivery_address': customer.delivery_address}
    if not any(known.values()):
        return p('.dim')[w('customers.no_address')]
    return div('.stack')[
        [div[small[w(f'customers.{name}')], span('.text')[text]] for name, text in known.items() if text]
    ]


def _record(w: Words, kind: str, row: RecordRow) -> list[Node]:
    cells: list[Node] = [row.number or w('customers.draft')]
    if kind in ('quotes', 'jobs'):
        cells.append(w.pick(row.title, row.title_th))
    cells.append(day_or_none(w, row.first_day))
    if kind != 'deposits':
        cells.append(day_or_none(w, row.last_day))
    if row.amount is not None:
        cells.append(figure(row.amount))
    return [*cells, state(w, row.state)]
