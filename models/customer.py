"""Customers of the firm and the people one speaks to there."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change
from models.written import is_email, is_phone, plain_digits, tax_identity

if TYPE_CHECKING:
    from models.everything import Everything


TELLING = 5  # digits of a telephone number from which on it is looked for among records, too
NAMELESS = '—'  # in place of the name of a customer of whom nothing had to be kept


class CustomerKind(StrEnum):
    COMPANY = 'Company'
    INDIVIDUAL = 'Individual'


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact as typed: a full name, and at least a phone or an e-mail for the primary one."""

    full_name: str
    phone: str = ''
    email: str = ''
    call_name: str = ''
    call_name_th: str = ''
    role: str = ''


# Each has an index; what a name lacks in Thai stands under its Latin letters, before all others.
PLACE = {'en': 'lower(customer.name)', 'th': "thai_order(coalesce(nullif(customer.name_th, ''), customer.name))"}


class Customer(Record):
    kind = fields.CharEnumField(CustomerKind, max_length=10, default=CustomerKind.COMPANY)
    name = fields.CharField(max_length=200)
    name_th = fields.CharField(max_length=200, default='')
    code = fields.CharField(max_length=40, default='')
    tax_id = fields.CharField(max_length=13, default='')
    vat_registered = fields.BooleanField(default=False)
    branch = fields.CharField(max_length=5, default='')
    billing_address = fields.TextField(default='')
    delivery_address = fields.TextField(default='')
    notes = fields.TextField(default='')
    language = fields.CharField(max_length=2, default='th')
    terms_days = fields.IntField(null=True)
    wants_code = fields.BooleanField(default=False)
    archived_at = fields.DatetimeField(null=True)
    erased_at = fields.DatetimeField(null=True)
    search = fields.TextField(default='')
    contacts: fields.ReverseRelation['Contact']

    class Meta:
        table = 'customer'

    @classmethod
    async def enrol(cls, *, contacts: Iterable[ContactEntry], by: Actor, **facts: Any) -> 'Customer':
        """A new customer; the first contact is the primary one. Refusals: see `_checked`."""
        by.must(Module.CUSTOMERS, Level.WRITE)
        facts, contacts = _checked(facts, creating=True), _checked_contacts(contacts)
        at = now()
        async with one_change():
            customer = await cls.create(**facts)
            await customer._keep_contacts(contacts)
            await Activity.note('customer_enrolled', by=by, at=at, customer_id=customer.id)
        return customer

    async def amend(
        self, *, version: int, by: Actor, contacts: Iterable[ContactEntry] | None = None, **facts: Any
    ) -> None:
        """An edit made from `version`.

        Raises Refused: `changed_meanwhile` when somebody else saved first, `customer_erased`.
        """
        by.must(Module.CUSTOMERS, Level.WRITE)
        facts = _checked(facts)
        entries = None if contacts is None else _checked_contacts(contacts)
        at = now()
        async with one_change():
            await self._must_be_known()
            await self.set_unless_changed(version, **facts)
            await self._keep_contacts(entries)
            await Activity.note('customer_amended', by=by, at=at, customer_id=self.id)

    async def archive(self, *, revoke_links: bool, by: Actor) -> None:
        """Out of the daily list. Links that stay alive keep working."""
        from models.portal_link import PortalLink

        by.must(Module.CUSTOMERS, Level.WRITE)
        at = now()
        async with one_change():
            await self._must_be_known()
            if not await Customer.filter(id=self.id, archived_at=None).update(archived_at=at):
                raise Refused('changed_meanwhile')
            self.archived_at = at
            await Activity.note('customer_archived', by=by, at=at, customer_id=self.id)
            if revoke_links:
                await PortalLink.revoke_all_of(self, by=by)

    async def unarchive(self, *, by: Actor) -> None:
        by.must(Module.CUSTOMERS, Level.WRITE)
        at = now()
        async with one_change():
            await self._must_be_known()
            await self.set(archived_at=None)
            await Activity.note('customer_unarchived', by=by, at=at, customer_id=self.id)

    async def export(self, *, by: Actor) -> 'Everything':
        """`Export`: all that is kept of this customer. That it was taken is on record."""
        from models.everything import gather

        return await gather(self, by=by)

    async def erase(self, *, typed: str, seen: int, by: Actor) -> None:
        """`Delete`: the personal data goes, for good; `typed` is the name or the code, written by hand."""
        from models.erasure import erase

        await erase(self, typed=typed, seen=seen, by=by)

    @classmethod
    async def must_be_known(cls, customer_id: UUID) -> None:
        """Nothing new is made for whom nothing is known of any more. Called behind the row that was made: it keeps the
        customer from being erased until the change is whole. Raises Refused('customer_erased').
        """
        if await cls.exists(id=customer_id, erased_at__not_isnull=True):
            raise Refused('customer_erased')

    @property
    def primary_contact(self) -> 'Contact | None':
        """Of prefetched contacts; the first of them."""
        return min(self.contacts, key=lambda contact: contact.position, default=None)

    @classmethod
    def found_by(cls, text: str) -> QuerySet['Customer']:
        """Search by name in either language, contact, phone, e-mail, code or tax ID; a number as anybody writes it."""
        words = Q(*(Q(search__contains=word) for word in fold(text).split()))
        number = number_in(text)
        return cls.filter(words | Q(search__contains=number)) if number else cls.filter(words)

    @classmethod
    async def called(cls, text: str) -> list[UUID]:
        """Whose telephone number or tax ID this is, once there is enough of it to be none of a document."""
        number = number_in(text)
        if len(number) < TELLING:
            return []
        return [customer.id for customer in await cls.filter(search__contains=number).only('id')]

    @classmethod
    async def records_by(cls, text: str) -> Q:
        """Search among what customers have: by its own words, or by the number of whoever is on the telephone."""
        words = Q(*(Q(search__contains=word) for word in fold(text).split()))
        callers = await cls.called(text)
        return words | Q(customer_id__in=callers) if callers else words

    @staticmethod
    def in_order(found: QuerySet['Customer'], language: str) -> QuerySet['Customer']:
        """As a telephone book of that language has them."""
        return found.annotate(place=RawSQL(PLACE[language])).order_by('place', 'id')

    def text(self, language: str) -> str:
        return (self.name_th or self.name) if language == 'th' else self.name

    async def _must_be_known(self) -> None:
        await Customer.select_for_update(no_key=True).get(id=self.id)
        await Customer.must_be_known(self.id)

    async def _keep_contacts(self, entries: list[ContactEntry] | None) -> None:
        if entries is not None:
            await Contact.filter(customer_id=self.id).delete()
            for position, entry in enumerate(entries):
                await Contact.create(customer_id=self.id, position=position, **vars_of(entry))
        kept = await Contact.filter(customer_id=self.id).order_by('position')
        texts = [self.name, self.name_th, self.code, self.tax_id]
        for contact in kept:
            texts += [contact.full_name, contact.call_name, contact.call_name_th, contact.email, contact.phone]
            texts.append(digits(contact.phone))
        await self.set(search=fold(' '.join(texts)))


class Contact(Record):
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='contacts', on_delete=fields.CASCADE
    )
    customer_id: UUID
    position = fields.IntField(default=0)
    full_name = fields.CharField(max_length=200)
    call_name = fields.CharField(max_length=100, default='')
    call_name_th = fields.CharField(max_length=100, default='')
    role = fields.CharField(max_length=100, default='')
    phone = fields.CharField(max_length=40, default='')
    email = fields.CharField(max_length=200, default='')

    class Meta:
        table = 'contact'
        ordering = ('position',)

    def greeting_name(self, language: str) -> str:
        """What the firm calls this person: the call name in the reader's language, else the full name."""
        chosen = self.call_name_th if language == 'th' else self.call_name
        return chosen or self.call_name or self.call_name_th or self.full_name


def fold(text: str) -> str:
    """Text as it is searched: compatibility forms, case and digits folded, spaces single, Thai tone marks kept."""
    return ' '.join(plain_digits(unicodedata.normalize('NFKC', text)).casefold().split())


def digits(phone: str) -> str:
    """A Thai phone number as it is typed: +66 81 234 5678 is 0812345678, and so are the first digits of one."""
    plain = re.sub(r'\D', '', plain_digits(phone))
    abroad = len(plain) > 10 or phone.lstrip().startswith('+')
    return '0' + plain[2:] if plain.startswith('66') and abroad else plain


def number_in(text: str) -> str:
    """A number as `digits` writes it, where nothing but a number was typed; else ''."""
    return digits(text) if re.fullmatch(r'[+(]*\d[\d\s()./-]*', fold(text)) else ''


def vars_of(entry: ContactEntry) -> dict[str, Any]:
    return {name: getattr(entry, name).strip() for name in entry.__slots__}


def _checked(facts: dict[str, Any], creating: bool = False) -> dict[str, Any]:
    """Raises Refused: `name_missing`, `tax_id_malformed`, `branch_malformed`, `language_missing`, `terms_malformed`."""
    facts = {key: value.strip() if isinstance(value, str) else value for key, value in facts.items()}
    if (creating or 'name' in facts) and not facts.get('name'):
        raise Refused('name_missing')
    facts |= tax_identity(facts)
    if 'language' in facts and facts['language'] not in ('en', 'th'):
        raise Refused('language_missing')
    if facts.get('terms_days') is not None and not 0 <= int(facts.get('terms_days', 0)) <= 365:
        raise Refused('terms_malformed')
    return facts


def _checked_contacts(contacts: Iterable[ContactEntry]) -> list[ContactEntry]:
    """Raises Refused: `contact_missing`, `contact_name_missing`, `contact_unreachable`, `email_malformed`,
    `phone_malformed`.
    """
    entries = list(contacts)
    if not entries:
        raise Refused('contact_missing')
    for entry in entries:
        if not entry.full_name.strip():
            raise Refused('contact_name_missing')
        if entry.email.strip() and not is_email(entry.email.strip()):
            raise Refused('email_malformed')
        if entry.phone.strip() and not is_phone(entry.phone):
            raise Refused('phone_malformed')
    if not (entries[0].phone.strip() or entries[0].email.strip()):
        raise Refused('contact_unreachable')
    return entries
