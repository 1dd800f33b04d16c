"""The share sheet: one link with a ready sentence in the customer's language, for every way in which staff send it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as in_address
from uuid import UUID

from htpy import Node, a, b, button, div, p

from app.words import words
from models import Business, Contact, Customer, Deposit, Invoice, PortalLink, Quote, Scope
from models.customer import digits
from pages.parts.action import guarded
from pages.parts.clipboard import copy_text
from pages.parts.link_panel import handed_out, link_and_actor
from pages.parts.link_rows import address_of
from pages.parts.panel import open_panel
from pages.parts.qr import qr_code
from pages.parts.region import Region

if TYPE_CHECKING:
    from app.words import Words
    from pages.frame import Desk


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, to whom as far as they are known; the secret is in `url` and only here."""

    url: str
    sentence: str
    subject: str
    language: str
    email: str
    phone: str

    @property
    def text(self) -> str:
        return f'{self.sentence}\n{self.url}'


async def open_share(desk: Desk, link_id: UUID) -> None:
    """Copy, LINE, e-mail, SMS or QR. Whoever may copy the link may share it."""
    link, _actor = await link_and_actor(desk, link_id)
    message = await message_of(link)

    async def act(verb: str, _reference: str) -> None:
        # The role or the link may have changed while the sheet was open: `handed_out` asks again.
        if verb == 'copy-link':
            await copy_text(desk, await handed_out(desk, link_id), said=desk.w('links.copied'))
        elif verb == 'copy-text':
            text = f'{message.sentence}\n{await handed_out(desk, link_id)}'
            await copy_text(desk, text, said=desk.w('share.text_copied'))

    with open_panel(desk, desk.w('share.title')):
        Region(sheet(desk.w, message), guarded(desk, act)).mark('share')


async def message_of(link: PortalLink) -> Message:
    """Raises Refused: `link_not_live`, `link_unreadable`."""
    customer = await Customer.get(id=link.customer_id)
    contact = await Contact.filter(customer_id=customer.id).order_by('position').first()
    w = words(customer.language)
    firm = (await Business.the()).text('name', w.language)
    name = contact.greeting_name(w.language) if contact else customer.text(w.language)
    number = await _number(link)
    kind = link.scope.value
    return Message(
        url=await address_of(link.id),
        sentence=w(f'share.sentence.{kind}', name=name, firm=firm, number=number),
        subject=w(f'share.subject.{kind}', firm=firm, number=number),
        language=customer.language,
        email=contact.email if contact else '',
        phone=digits(contact.phone) if contact else '',
    )


def sheet(w: Words, message: Message) -> Node:
    """Plain links, so that the person's own programs open."""
    text = in_address(message.text, safe='')
    mail = f'mailto:{in_address(message.email)}?subject={in_address(message.subject, safe="")}&body={text}'
    ways = {
        'line': f'https://line.me/R/share?text={text}',
        'mail': mail,
        'sms': f'sms:{message.phone}?&body={text}',
    }
    return div('.share')[
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
                    href=address,
                    target='_blank' if way == 'line' else None,
                    rel='noopener noreferrer',
                )[w(f'share.{way}')]
                for way, address in ways.items()
            ]
        ],
        b[w('share.qr')],
        p('.dim')[w('share.qr_text')],
        qr_code(message.url, w('share.qr')),
    ]


async def _number(link: PortalLink) -> str:
    if link.scope is Scope.QUOTE:
        return (await Quote.get(id=link.quote_id)).number
    if link.scope is Scope.INVOICE:
        return (await Invoice.get(id=link.invoice_id)).number or ''
    if link.scope is Scope.DEPOSIT:
        return (await Deposit.get(id=link.deposit_id)).number
    return ''
