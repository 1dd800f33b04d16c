"""Composes what the outbox owes, at the moment of sending: only then are the link and the code in readable form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

from htpy import Node, a, body, div, h1, head, html, meta, p, table, td, title, tr

from app.enclosures import enclosures
from app.keys import keys
from app.mail import Letter, NotSent
from app.noticed import LONGEST_SUBJECT, in_a_letter, told, where_noticed
from app.settings import settings
from app.words import Words, words
from models import (
    AccessCode,
    Business,
    Contact,
    Customer,
    Invoice,
    LetterText,
    LinkState,
    Notice,
    Outbox,
    PasswordLink,
    PortalLink,
    Quote,
    Receipt,
    Staff,
    now,
)
from models.outbox import TO_PEOPLE

INK, QUIET, LINE, GROUND = '#16201d', '#5c6864', '#e6e4dd', '#f7f6f2'
# What stands below a letter to staff; below all others, that they come from the firm.
FOOT = {
    'notice': 'automatic_staff',
    'invitation': 'automatic_door',
    'reset': 'automatic_door',
    'password_changed': 'automatic_changed',
}
FONT = 'Sarabun, "Noto Sans Thai", Tahoma, Arial, sans-serif'


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a kind of letter, with their gaps; no button where there is nothing to open."""

    subject: str
    body: str
    button: str


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a letter, gaps filled."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    button: str
    address: str
    foot: str


async def compose(due: Outbox) -> Letter:
    """The letter of this outbox line. Raises NotSent for good when its link or code no longer opens anything."""
    firm = await Business.the()
    w = words(due.language)
    facts = await _facts(due, w, firm)
    wording = await wording_of(due.template, w)
    letter = set_letter(
        f'letter-{due.id}', due.recipient, wording, facts, w=w, firm=firm, foot=FOOT.get(due.template, 'automatic')
    )
    return replace(letter, enclosed=await enclosures(due))


async def subject_of(letter: Outbox) -> str:
    """Under what subject it left, in the words of now: what a letter said is nowhere kept."""
    w = words(letter.language)
    facts = await _known(letter, w, await Business.the())
    return ' '.join((await wording_of(letter.template, w)).subject.format_map(facts).split())


async def wording_of(kind: str, w: Words) -> Wording:
    """In the firm's own words, else in those of the catalogue."""
    own = await LetterText.get_or_none(kind=kind, language=w.language)
    subject, body = (own.subject, own.body) if own else (w(f'mail.{kind}.subject'), w(f'mail.{kind}.body'))
    return Wording(subject, body, w(f'mail.{kind}.button'))


def set_letter(
    name: str,
    recipient: str,
    wording: Wording,
    facts: Mapping[str, str],
    *,
    w: Words,
    firm: Business,
    foot: str = 'automatic',
) -> Letter:
    """The letter as it leaves; `facts` fill its gaps and must know name, firm and address.

    A letter to staff, which has a `foot` of its own, comes from the house itself: nobody is asked to answer it.
    """
    known, to_staff = _Facts(facts), foot != 'automatic'
    subject = ' '.join(wording.subject.format_map(known).split())
    text = Text(
        subject=f'{subject[: LONGEST_SUBJECT - 1]}…' if to_staff and len(subject) > LONGEST_SUBJECT else subject,
        greeting=w('mail.greeting', name=known['name']),
        paragraphs=tuple(part.strip() for part in wording.body.format_map(known).split('\n\n') if part.strip()),
        button=wording.button,
        address=known['address'],
        foot=w(f'mail.{foot}', firm=known['firm']),
    )
    return Letter(
        name=name,
        recipient=recipient,
        subject=text.subject,
        text=plain(text, w, known['firm']),
        html=str(page(text, w, known['firm'], firm.accent)),
        firm=known['firm'],
        reply_to='' if to_staff else firm.email,
    )


async def compose_sms(due: Outbox) -> str:
    """The short message of this outbox line, with the line that lets phones fill the code in by themselves."""
    firm = await Business.the()
    w = words(due.language)
    host = urlsplit(settings().public_url).netloc
    return w('mail.code.sms', firm=firm.text('name', w.language), code=await _code(due), host=host)


def plain(text: Text, w: Words, firm: str) -> str:
    link = [w('mail.plain_link') if text.button else '', text.address] if text.address else []
    return '\n\n'.join(
        [
            text.greeting,
            *text.paragraphs,
            '\n'.join(link),
            f'{w("mail.closing")}\n{firm}',
            text.foot,
        ]
    )


def page(text: Text, w: Words, firm: str, accent: str) -> Node:
    """Tables and inline styles: the only HTML on which Gmail, Outlook and phones agree."""
    cell = f'padding:0 28px;font:400 16px/1.65 {FONT};color:{INK}'
    rows: list[Node] = [tr[td(style=f'{cell};padding-top:28px;font-weight:700;color:{accent}')[firm]]]
    rows.append(tr[td(style=f'{cell};padding-top:18px')[text.greeting]])
    rows += [tr[td(style=f'{cell};padding-top:14px')[paragraph]] for paragraph in text.paragraphs]
    if text.address:
        style = f'display:inline-block;padding:13px 26px;border-radius:12px;font:700 16px {FONT};color:#ffffff'
        rows.append(
            tr[
                td(style=f'{cell};padding-top:22px')[
                    table(role='presentation', cellpadding='0', cellspacing='0')[
                        tr[
                            td(style=f'border-radius:12px;background:{accent}', bgcolor=accent)[
                                a(href=text.address, style=f'{style};text-decoration:none')[text.button]
                            ]
                        ]
                    ]
                ]
            ]
        )
        rows.append(
            tr[
                td(style=f'{cell};padding-top:18px;font-size:13px;color:{QUIET};word-break:break-all')[
                    w('mail.plain_link'), ' ', a(href=text.address, style=f'color:{QUIET}')[text.address]
                ]
            ]
        )
    rows.append(tr[td(style=f'{cell};padding-top:22px')[w('mail.closing'), div[firm]]])
    quiet = f'{cell};padding:22px 28px 28px;font-size:13px;color:{QUIET}'
    rows.append(tr[td(style=quiet)[p(style='margin:0')[text.foot]]])
    sheet = f'max-width:600px;width:100%;background:#ffffff;border:1px solid {LINE};border-radius:16px'
    return html(lang=w.language)[
        head[
            meta(charset='utf-8'),
            meta(name='viewport', content='width=device-width'),
            meta(name='color-scheme', content='light'),
            title[text.subject],
        ],
        body(style=f'margin:0;padding:24px 12px;background:{GROUND}')[
            h1(style='display:none;font-size:0;line-height:0;max-height:0;overflow:hidden')[text.subject],
            table(role='presentation', width='100%', cellpadding='0', cellspacing='0')[
                tr[
                    td(align='center')[
                        table(role='presentation', width='600', cellpadding='0', cellspacing='0', style=sheet)[rows]
                    ]
                ]
            ],
        ],
    ]


def password_address(token: str) -> str:
    """Where an invitation or a reset is followed."""
    return f'{settings().public_url}/password/{token}'


def forgot_address() -> str:
    """Where somebody asks for a new password."""
    return f'{settings().public_url}/forgot'


class _Facts(dict[str, str]):
    """A gap that somebody invented in a letter's words stands as it was typed, rather than stop the letter."""

    def __missing__(self, key: str) -> str:
        return '{' + key + '}'


async def _facts(due: Outbox, w: Words, firm: Business) -> _Facts:
    address = await _address(due)
    facts = await _known(due, w, firm)
    facts['address'] = address
    if due.code_id:
        facts['code'] = await _code(due)
    if due.notice_id:
        await _notice_facts(due, w, facts)
    if due.template in TO_PEOPLE and (staff := await Staff.get_or_none(email=due.recipient)):
        facts['name'] = staff.name
    return facts


async def _known(due: Outbox, w: Words, firm: Business) -> _Facts:
    """What it is about, without what opens anything."""
    facts = _Facts(firm=firm.text('name', w.language), name=due.recipient)
    if due.customer_id:
        contact = await Contact.filter(customer_id=due.customer_id).order_by('position').first()
        facts['name'] = contact.greeting_name(w.language) if contact else due.recipient
        if due.template == 'quote_signed' and not (contact and contact.email == due.recipient):
            # Whoever signed typed this address: it may be anybody's, and so may the name beside it.
            facts['name'] = (await Customer.get(id=due.customer_id)).text(w.language)
    if due.quote_id and (quote := await Quote.get_or_none(id=due.quote_id)):
        facts |= {'number': quote.number, 'title': quote.text(w.language), 'amount': w.baht(quote.total_due)}
        facts['until'] = w.day(quote.expires_on, year=True)
    if due.invoice_id and (invoice := await Invoice.get_or_none(id=due.invoice_id)):
        facts |= {'number': invoice.number or '', 'amount': w.baht(invoice.balance)}
        facts['until'] = w.day(invoice.due_on, year=True) if invoice.due_on else ''
    if due.receipt_id and (receipt := await Receipt.get_or_none(id=due.receipt_id)):
        facts |= {'number': receipt.number, 'amount': w.baht(receipt.amount)}
    return facts


async def _notice_facts(due: Outbox, w: Words, facts: _Facts) -> None:
    notice = await Notice.get(id=due.notice_id)
    facts.update(in_a_letter(w, notice.what, (await told([notice]))[notice.id]))
    if staff := await Staff.get_or_none(id=notice.staff_id):
        facts['name'] = staff.name


async def _address(due: Outbox) -> str:
    """Where the button leads; the token exists in readable form only from here to the mail server."""
    if due.notice_id:
        return f'{settings().public_url}{where_noticed(await Notice.get(id=due.notice_id))}'
    if due.password_link_id:
        return await _password_address(due.password_link_id)
    if due.template == 'password_changed':
        return forgot_address()
    if due.link_id is None or due.code_id:
        return ''
    link = await PortalLink.get(id=due.link_id)
    token = keys().link_token(link.cipher) if link.cipher and link.state(now()) is LinkState.LIVE else None
    if token is None:
        raise NotSent('the link of this letter has ended', cause='link_ended', for_good=True)
    return f'{settings().public_url}/p/{token}'


async def _password_address(link_id: UUID) -> str:
    link = await PasswordLink.get(id=link_id)
    lives = link.cipher and link.used_at is None and now() < link.ends_at
    token = keys().password_token(link.cipher) if link.cipher and lives else None
    if token is None:
        raise NotSent('the address of this letter has run out', cause='password_link_over', for_good=True)
    return password_address(token)


async def _code(due: Outbox) -> str:
    code = await AccessCode.get_or_none(id=due.code_id)
    digits = keys().code_digits(code.cipher) if code and code.cipher and now() <= code.ends_at else None
    if digits is None:
        raise NotSent('the code of this letter has run out', cause='code_over', for_good=True)
    return digits
