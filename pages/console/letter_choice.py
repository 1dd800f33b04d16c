"""The mail that goes with what is sent: seen before it goes, and left out by whoever would rather paste the link."""

from __future__ import annotations

from collections.abc import Callable

from htpy import Node, dd, div, dl, dt, p, span

from app.letters import set_letter, wording_of
from app.mail import Letter
from app.settings import settings
from app.words import Words, words
from models import Business, Contact, Customer
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.region import Region

Facts = Callable[[Words], dict[str, str]]


async def letter_choice(desk: Desk, customer: Customer, kind: str, facts: Facts) -> Callable[[], bool]:
    """The letter of this kind as it would go, and whether it shall; else how the link reaches the customer.

    `facts` fill the gaps of its words, in the customer's language; the address of the link is made only when it goes.
    """
    w = desk.w
    contact = await Contact.filter(customer_id=customer.id).order_by('position').first()
    if contact is None or not contact.email:
        Region(p('.warning')[w('editor.no_mail_address', name=customer.text(w.language))])
        return lambda: False
    goes = settings().mail is not None
    if not goes:
        Region(p('.warning')[w('editor.no_mail_server')])
    letter = await _letter(customer, contact, kind, facts)
    form = Form(desk)
    form.tick('mail', w('editor.mail_it', recipient=contact.email), value=goes)
    shown = Region(letter_sheet(w, letter, kind, customer.language))
    shown.set_visibility(goes)
    form.on_change = lambda: shown.set_visibility(form['mail'])
    return lambda: bool(form['mail'])


async def _letter(customer: Customer, contact: Contact, kind: str, facts: Facts) -> Letter:
    w, firm = words(customer.language), await Business.the()
    known = {'name': contact.greeting_name(w.language), 'firm': firm.text('name', w.language), 'address': ''}
    return set_letter('preview', contact.email, await wording_of(kind, w), known | facts(w), w=w, firm=firm)


def letter_sheet(w: Words, letter: Letter, kind: str, language: str) -> Node:
    own = words(language)
    paragraphs = [part for part in letter.text.split('\n\n') if part.strip()]
    return div('.letter-sheet')[
        dl('.kv')[
            [
                div('.row')[dt[w(f'editor.letter.{name}')], dd(lang=language if name == 'subject' else None)[text]]
                for name, text in (
                    ('to', letter.recipient),
                    ('language', w(f'common.language_{language}')),
                    ('subject', letter.subject),
                )
            ]
        ],
        div('.letter-text', lang=language)[
            [p[part] for part in paragraphs[:-2]],
            span('.btn')[own(f'mail.{kind}.button')],
            [p[part] for part in paragraphs[-2:]],
        ],
    ]
