"""The side panel in which a customer is made or edited, with any number of contacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from nicegui import ui

from app.words import LANGUAGES
from models import (
    HEAD_OFFICE,
    ContactEntry,
    Customer,
    CustomerKind,
    Level,
    Module,
    Refused,
    tax_id_doubtful,
)
from models.written import dense, is_email, is_phone
from pages.frame import Desk
from pages.parts.action import Button
from pages.parts.form import Form
from pages.parts.panel import open_panel
from pages.parts.text import Text

BLAMES = {
    'name_missing': 'name',
    'tax_id_malformed': 'tax_id',
    'branch_malformed': 'branch',
    'language_missing': 'language',
    'terms_malformed': 'terms_days',
}
OWN = (
    'kind', 'name', 'name_th', 'code', 'tax_id', 'vat_registered', 'branch', 'billing_address', 'delivery_address',
    'notes', 'language', 'wants_code',
)  # fmt: skip
CONTACT = ('full_name', 'call_name', 'call_name_th', 'phone', 'email', 'role')


async def new_customer(desk: Desk) -> None:
    """`New Customer`: an empty form; saved, the new customer is shown."""
    await desk.must(Module.CUSTOMERS, Level.WRITE)
    CustomerForm(desk, None, [])


async def edit_customer(desk: Desk, customer_id: UUID) -> None:
    """`Edit`: what is known of the customer now; saved as an edit of this version."""
    await desk.must(Module.CUSTOMERS, Level.WRITE)
    customer = await Customer.get(id=customer_id).prefetch_related('contacts')
    known = sorted(customer.contacts, key=lambda contact: contact.position)
    CustomerForm(desk, customer, [{name: getattr(contact, name) for name in CONTACT} for contact in known])


class CustomerForm:
    """Keeps what is typed until it is saved, whatever others do meanwhile."""

    def __init__(self, desk: Desk, customer: Customer | None, contacts: list[dict[str, str]]) -> None:
        self.desk = desk
        self.customer_id = customer.id if customer else None
        self.version = customer.version if customer else 0
        self.form = Form(desk, BLAMES)
        self.people: list[int] = []
        self.cards: dict[int, ui.element] = {}
        self.opened = 0
        w = desk.w
        with open_panel(desk, w('customers.edit') if customer else w('customers.new')) as self.panel:
            self._identity(customer or Customer(name='', branch=HEAD_OFFICE))
            Text('h2', w('customers.contacts'))
            self.box = ui.element('div').classes('group')
            for contact in contacts or [{}]:
                self._add_person(contact)
            Button(w('customers.add_contact'), self._add_person, tone='ghost')
            self._rest(customer or Customer(name=''))
            self.form.save_button(w('common.save'), self._save)
        self.form.saved()
        self.panel.unsaved = lambda: self.form.changed
        self.form.on_change = self._look_at_tax_id
        self._look_at_tax_id()

    def _identity(self, known: Customer) -> None:
        w, form = self.desk.w, self.form
        kinds = {
            CustomerKind.COMPANY.value: w('customers.company'),
            CustomerKind.INDIVIDUAL.value: w('customers.individual'),
        }
        form.choice('kind', w('customers.kind'), kinds, known.kind.value)
        form.text('name', w('customers.printed_name'), known.name)
        form.text('name_th', w('customers.name_th'), known.name_th)
        languages = {str(language): w(f'common.language_{language}') for language in LANGUAGES}
        form.choice('language', w('customers.language'), languages, known.language)
        with ui.element('div').classes('pair'):
            form.text('tax_id', w('customers.tax_id'), known.tax_id, longest=20)
            form.text('branch', w('customers.branch'), known.branch, longest=5)
        form.tick('vat_registered', w('customers.vat_registered'), known.vat_registered)

    def _rest(self, known: Customer) -> None:
        w, form = self.desk.w, self.form
        Text('h2', w('customers.addresses'))
        form.text('billing_address', w('customers.billing_address'), known.billing_address, lines=2)
        form.text('delivery_address', w('customers.delivery_address'), known.delivery_address, lines=2)
        Text('h2', w('customers.more'))
        with ui.element('div').classes('pair'):
            form.text('code', w('customers.code'), known.code, longest=40)
            terms = '' if known.terms_days is None else str(known.terms_days)
            form.text('terms_days', w('customers.terms_days'), terms, kind='number', longest=3)
        form.text('notes', w('customers.notes'), known.notes, lines=2, hint=w('customers.notes_hint'))
        form.tick('wants_code', w('customers.wants_code'), known.wants_code)

    def _add_person(self, known: dict[str, str] | None = None) -> None:
        w, form, n, values = self.desk.w, self.form, self.opened, known or {}
        self.opened += 1
        self.people.append(n)
        with self.box, ui.element('div').classes('card group person-fields') as self.cards[n]:
            form.text(f'full_name{n}', w('customers.full_name'), values.get('full_name', ''))
            with ui.element('div').classes('pair'):
                form.text(f'phone{n}', w('customers.phone'), values.get('phone', ''), kind='tel', longest=40)
                form.text(f'email{n}', w('customers.email'), values.get('email', ''), kind='email')
            with ui.element('div').classes('pair'):
                form.text(f'call_name{n}', w('customers.call_name'), values.get('call_name', ''), longest=100)
                form.text(f'call_name_th{n}', w('customers.call_name_th'), values.get('call_name_th', ''), longest=100)
            form.text(f'role{n}', w('customers.role'), values.get('role', ''), longest=100)
            if n != self.people[0]:
                Button(w('customers.remove_contact'), lambda: self._remove_person(n), tone='text bad')

    def _remove_person(self, n: int) -> None:
        self.people.remove(n)
        for name in CONTACT:
            self.form.forget(f'{name}{n}')
        self.cards.pop(n).delete()

    def _look_at_tax_id(self) -> None:
        plain = dense(self.form['tax_id'])
        doubtful = len(plain) == 13 and plain.isdecimal() and tax_id_doubtful(plain)
        self.form.fields['tax_id'].hint(self.desk.w('customers.tax_id_doubtful') if doubtful else '')

    async def _save(self) -> None:
        actor = await self.desk.must(Module.CUSTOMERS, Level.WRITE)
        self._blame_contacts()
        facts, contacts = self._facts(), self._contacts()
        if self.customer_id is None:
            customer = await Customer.enrol(contacts=contacts, by=actor, **facts)
            self.panel.close()
            self.desk.say(self.desk.w('console.saved'))
            self.desk.go(f'/customers/{customer.id}')
            return
        customer = await Customer.get(id=self.customer_id).prefetch_related('contacts')
        try:
            await customer.amend(version=self.version, contacts=contacts, by=actor, **facts)
        except Refused as refused:
            if refused.reason == 'changed_meanwhile':
                # What was typed stays; saved once more it stands, and what the other wrote has been seen by then.
                self._catch_up(customer)
            raise
        self.panel.close()
        self.desk.say(self.desk.w('console.saved'))

    def _catch_up(self, customer: Customer) -> None:
        self.version = customer.version
        self.form.catch_up({name: getattr(customer, name) for name in OWN} | {'kind': customer.kind.value})
        self.form.catch_up({'terms_days': '' if customer.terms_days is None else str(customer.terms_days)})
        known = sorted(customer.contacts, key=lambda contact: contact.position)
        for place, contact in enumerate(known):
            values = {name: getattr(contact, name) for name in CONTACT}
            if place < len(self.people):
                self.form.catch_up({f'{name}{self.people[place]}': value for name, value in values.items()})
            else:
                self._add_person(values)
        for n in self.people[max(1, len(known)) :]:  # whom the other took away stays away, unless written of here
            if self.form.untouched(f'{name}{n}' for name in CONTACT):
                self._remove_person(n)

    def _facts(self) -> dict[str, Any]:
        values = self.form.values()
        facts = {name: values[name] for name in OWN}
        facts['kind'] = CustomerKind(facts['kind'])
        return facts | {'terms_days': _days(values['terms_days'])}

    def _contacts(self) -> list[ContactEntry]:
        values = self.form.values()
        entries = [ContactEntry(**{name: values[f'{name}{n}'] for name in CONTACT}) for n in self.people]
        # A further contact that was opened and left empty was not meant.
        return [entry for place, entry in enumerate(entries) if place == 0 or any(_typed(entry))]

    def _blame_contacts(self) -> None:
        values, first = self.form.values(), self.people[0]
        nameless = next((n for n in self.people if not values[f'full_name{n}']), first)
        wrong = next((n for n in self.people if values[f'email{n}'] and not is_email(values[f'email{n}'])), first)
        dead = next((n for n in self.people if values[f'phone{n}'] and not is_phone(values[f'phone{n}'])), first)
        self.form.blames |= {
            'contact_name_missing': f'full_name{nameless}',
            'contact_unreachable': f'phone{first}',
            'email_malformed': f'email{wrong}',
            'phone_malformed': f'phone{dead}',
        }


def _typed(entry: ContactEntry) -> list[str]:
    return [getattr(entry, name) for name in CONTACT]


def _days(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise Refused('terms_malformed')
    return int(text)
