"""The share sheet: one link with a ready sentence in the customer's language, for every way in which staff send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as in_address
from uuid import UUID

from htpy import Node, a, b, button, div, p

from app.keys import keys
from app.noticed import link_named
from app.words import words
from models import Actor, Business, Contact, Customer, Deposit, Invoice, PortalLink, Quote, Refused, Scope
from models.customer import digits, fold
from models.written import dialled
from pages.parts.action import guarded
from pages.parts.clipboard import copy_text
from pages.parts.link_panel import handed_out, link_and_actor, link_id_of
from pages.parts.link_rows import address
from pages.parts.panel import open_panel
from pages.parts.qr import qr_code
from pages.parts.region import Region

if TYPE_CHECKING:
    from app.words import Words
    from pages.frame import Desk

WAYS = ('line', 'mail', 'sms')


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, to whom as far as they are known; the secret is in `url` and only here."""

    url: str
    sentence: str
    subject: str
    language: str
    name: str
    email: str
    phone: str

    @property
    def text(self) -> str:
        return f'{self.sentence}\n{self.url}'


async def open_share(desk: Desk, link_id: UUID) -> None:
    """Copy, LINE, e-mail, SMS or QR, to one of the customer's contacts. Whoever may copy the link may share it."""
    link, actor = await link_and_actor(desk, link_id)
    url = await _address(link, actor, 'sheet')
    people = await people_of(link)
    message = await message_of(link, url, people[0] if people else None)

    async def act(verb: str, reference: str) -> None:
        # The role or the link may have changed while the sheet was open: each asks again.
        nonlocal message
        if verb == 'copy-link':
            await copy_text(desk, await handed_out(desk, link_id), said=desk.w('links.copied'))
        elif verb == 'copy-text':
            text = f'{message.sentence}\n{await handed_out(desk, link_id)}'
            await copy_text(desk, text, said=desk.w('share.text_copied'))
        elif verb in WAYS:
            await _address(*await link_and_actor(desk, link_id), verb)
        elif verb == 'to':
            message = await message_of(link, url, _chosen(people, link_id_of(reference)))
            shown.show(sheet(desk.w, message, people))

    with open_panel(desk, await title_of(desk.w, link)):
        shown = Region(sheet(desk.w, message, people), guarded(desk, act)).mark('share')


async def title_of(w: Words, link: PortalLink) -> str:
    """Which link it is: its customer, what it opens, and for whom it was made."""
    customer = await Customer.get(id=link.customer_id)
    facts = {'link_scope': link.scope.value, 'link_number': await _number(link), 'link_note': link.note}
    return w('share.title_of', link=link_named(w, facts), customer=customer.text(w.language))


async def people_of(link: PortalLink) -> list[Contact]:
    """The customer's contacts; before all others whoever is named in the link's note."""
    people = await Contact.filter(customer_id=link.customer_id).order_by('position')
    return sorted(people, key=lambda person: not _named(person, link.note))


async def message_of(link: PortalLink, url: str, contact: Contact | None) -> Message:
    customer = await Customer.get(id=link.customer_id)
    w = words(customer.language)
    firm = (await Business.the()).text('name', w.language)
    name = contact.greeting_name(w.language) if contact else customer.text(w.language)
    number = await _number(link)
    kind = link.scope.value
    return Message(
        url=url,
        sentence=w(f'share.sentence.{kind}', name=name, firm=firm, number=number),
        subject=w(f'share.subject.{kind}', firm=firm, number=number),
        language=customer.language,
        name=name,
        email=contact.email if contact else '',
        phone=digits(dialled(contact.phone)) if contact else '',
    )


def sheet(w: Words, message: Message, people: Sequence[Contact]) -> Node:
    """Plain links, so that the person's own programs open; that one was pressed is told as well."""
    text = in_address(message.text, safe='')
    mail = f'mailto:{in_address(message.email)}?subject={in_address(message.subject, safe="")}&body={text}'
    addresses = {
        'line': f'https://line.me/R/share?text={text}',
        'mail': mail,
        'sms': f'sms:{message.phone}?&body={text}',
    }
    return div('.share')[
        _to(w, message, people) if len(people) > 1 else None,
        p('.dim')[w('share.language', language=w(f'common.language_{message.language}'))],
        p('.sentence', lang=message.language)[message.sentence],
        div('.link')[message.url],
        div('.btns')[
            button('.btn', type='button', data_do='copy-text')[w('share.copy_text')],
            button('.btn.ghost', type='button', data_do='copy-link')[w('share.copy_link')],
        ],
        div('.btns.ways')[
            [
                a(
                    '.btn.ghost',
                    href=addresses[way],
                    data_do=way,
                    target='_blank' if way == 'line' else None,
                    rel='noopener noreferrer',
                )[w(f'share.{way}')]
                for way in WAYS
            ]
        ],
        _missing(w, message),
        b[w('share.qr')],
        p('.dim')[w('share.qr_text')],
        qr_code(message.url, w('share.qr')),
    ]


def _to(w: Words, message: Message, people: Sequence[Contact]) -> Node:
    """Several contacts: to which of them it is written."""
    names = [(person, person.greeting_name(message.language)) for person in people]
    return div('.group')[
        p('.dim')[w('share.to')],
        div('.filters', role='group', aria_label=w('share.to'))[
            [
                button(
                    '.opt',
                    type='button',
                    data_do='to',
                    data_ref=str(person.id),
                    aria_pressed=str(name == message.name).lower(),
                )[f'{name} · {person.role}' if person.role else name]
                for person, name in names
            ]
        ],
    ]


def _missing(w: Words, message: Message) -> Node:
    """What is not known of the reader is said before their program opens with nobody in it."""
    lacking = [w('share.no_email', name=message.name)] if not message.email else []
    if not message.phone:
        lacking.append(w('share.no_phone', name=message.name))
    return [p('.note')[sentence] for sentence in lacking]


def _named(person: Contact, note: str) -> bool:
    names = (fold(name) for name in (person.full_name, person.call_name, person.call_name_th) if name.strip())
    return any(name in fold(note) for name in names)


def _chosen(people: Sequence[Contact], contact_id: UUID) -> Contact:
    for person in people:
        if person.id == contact_id:
            return person
    raise Refused('record_gone')


async def _address(link: PortalLink, actor: Actor, way: str) -> str:
    """Raises Refused: `link_not_live`, `link_unreadable`."""
    return address(keys().link_token(await link.hand_out(by=actor, way=way)))


async def _number(link: PortalLink) -> str:
    if link.scope is Scope.QUOTE:
        return (await Quote.get(id=link.quote_id)).number
    if link.scope is Scope.INVOICE:
        return (await Invoice.get(id=link.invoice_id)).number or ''
    if link.scope is Scope.DEPOSIT:
        return (await Deposit.get(id=link.deposit_id)).number
    return ''
