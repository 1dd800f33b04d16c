"""The versions of a quote that the customer was given, each with its PDF, and the questions that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote as in_address
from uuid import UUID

from htpy import Node, a, b, div, li, p, small, span, ul

from app.live import Live, follow, live
from app.words import Words
from models import Activity, Contact, Document, DocumentKind, DocumentState, Quote, Signature
from models.written import dialled
from pages.bind import bind
from pages.console.sheet import block
from pages.frame import Desk
from pages.parts.history import customer_called
from pages.parts.region import Region
from pages.parts.table import chip

OF_A_QUOTE = (DocumentKind.QUOTE, DocumentKind.SIGNED_QUOTE)


@dataclass(frozen=True, slots=True)
class Version:
    """A paper of the quote; `ready` once it is set."""

    id: UUID
    edition: int
    signed: bool
    issued_on: date
    total_due: Decimal
    file: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Question:
    id: UUID
    at: datetime
    name: str
    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer asked, and how the one who is spoken to there is answered."""

    number: str
    questions: tuple[Question, ...]
    name: str = ''
    email: str = ''
    phone: str = ''


async def versions_block(desk: Desk, quote: Quote) -> None:
    """Every version that went out, the newest first; nothing of a draft."""
    region = Region()
    await bind(live_versions(quote.id), lambda found: region.show(_versions(desk.w, found)), region)


async def questions_block(desk: Desk, quote: Quote) -> None:
    """What the customer asked, with the line it is about; answered by mail or phone."""
    region = Region()
    await bind(live_questions(quote), lambda found: region.show(_questions(desk.w, found)), region)


def live_versions(quote_id: UUID) -> Live[tuple[Version, ...]]:
    async def load() -> tuple[Version, ...]:
        papers = Document.filter(quote_id=quote_id, kind__in=OF_A_QUOTE).order_by('-edition', '-id')
        known = await papers.only('id', 'kind', 'number', 'edition', 'issued_on', 'frozen', 'state')
        return tuple(_version(paper) for paper in known)

    follows = [follow(Document, quote_id=quote_id), follow(Signature, quote_id=quote_id)]
    return live(('console', 'quote versions', quote_id), follows, load)


def live_questions(quote: Quote) -> Live[Asked]:
    quote_id, customer_id, number = quote.id, quote.customer_id, quote.number

    async def load() -> Asked:
        asked = await Activity.filter(quote_id=quote_id, what='quote_question').order_by('-at', '-id')
        questions = tuple(
            Question(one.id, one.at, one.by_name, str(one.facts['question']), str(one.facts['line'])) for one in asked
        )
        contact = await Contact.filter(customer_id=customer_id).order_by('position').first() if asked else None
        if contact is None:
            return Asked(number, questions)
        return Asked(number, questions, contact.full_name, contact.email, contact.phone)

    follows = [follow(Activity, quote_id=quote_id), follow(Contact, customer_id=customer_id)]
    return live(('console', 'quote questions', quote_id), follows, load)


def _version(paper: Document) -> Version:
    return Version(
        id=paper.id,
        edition=paper.edition,
        signed=paper.kind is DocumentKind.SIGNED_QUOTE,
        issued_on=paper.issued_on,
        total_due=Decimal(paper.frozen.get('total_due', '0')),
        file=f'{paper.number}.pdf',
        ready=paper.state is DocumentState.SET,
    )


def _versions(w: Words, versions: tuple[Version, ...]) -> Node:
    if not versions:
        return None
    return block(w('editor.versions'), ul('.versions')[[_one(w, version) for version in versions]])


def _one(w: Words, version: Version) -> Node:
    path = f'/papers/{version.id}/{version.file}'
    name = w('quotes.version', version=version.edition)
    return li(id=f'paper-{version.id}')[
        span[b[name], ' ', chip('good', w('editor.signed')) if version.signed else None],
        small[f'{w.day(version.issued_on)} · {w.baht(version.total_due)}'],
        a('.btn.ghost.small', href=path, target='_blank', rel='noopener', aria_label=f'PDF, {name}')['PDF']
        if version.ready
        else small('.dim', role='status')[w('editor.being_set')],
    ]


def _questions(w: Words, asked: Asked) -> Node:
    if not asked.questions:
        return None
    return block(
        w('editor.questions'),
        div('.questions')[[_asked(w, question) for question in asked.questions]],
        p('.note')[w('editor.answer_hint')],
        _ways_to_answer(w, asked),
    )


def _ways_to_answer(w: Words, asked: Asked) -> Node:
    last = asked.questions[0].text
    body = in_address(f'\n\n> {last}', safe='')
    mail = f'mailto:{in_address(asked.email, safe="@")}?subject={in_address(asked.number, safe="")}&body={body}'
    return div('.btns')[
        a('.btn.ghost.small', href=mail)[w('editor.answer_mail', name=asked.name)] if asked.email else None,
        a('.btn.ghost.small', href=f'tel:{dialled(asked.phone)}')[w('editor.answer_call', phone=asked.phone)]
        if asked.phone
        else None,
    ]


def _asked(w: Words, question: Question) -> Node:
    about = question.line if question.line != '—' else w('editor.whole_quote')
    return div(id=f'question-{question.id}')[
        p('.text')[question.text],
        small[b[customer_called(w, question.name)], f' · {about} · {w.moment(question.at)}'],
    ]
