"""How a quote was signed: by whom, when and how, the picture, the sealed paper, and what its certificate says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from htpy import Node, a, b, details, div, em, figure, h3, img, li, p, small, span, summary, ul
from nicegui import app as server
from starlette.responses import PlainTextResponse, Response

from app.browsers import browser_of
from app.live import Live, follow, live
from app.papers.setting import file_name
from app.papers.story import facts_of, iso, told, was_customer
from app.sessions import signed_in
from app.words import Words
from models import Document, DocumentKind, DocumentState, Level, Module, Quote, Signature, SignatureMethod
from pages.bind import bind
from pages.console.sheet import block, facts
from pages.frame import Desk
from pages.parts.paper import address_of
from pages.parts.region import Region


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    what: str
    by: str  # '' is the customer
    facts: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Certified:
    """The signed paper, and what its certificate says beside what stands here anyway."""

    id: UUID
    file: str
    ready: bool
    verification: str
    shown_sha256: str
    link: str
    code_passed: bool
    at_counter: bool
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    quote: str
    name: str
    position: str
    company: str
    email: str
    method: SignatureMethod
    pictured: bool
    signed_at: datetime
    version: int
    consent: str
    terms_version: int
    language: str
    ip: str
    user_agent: str
    certified: Certified | None


@server.get('/quotes/{number}/signature.png')
async def signature_picture(request: Request, number: str) -> Response:
    """For staff who may read quotes; made by us of the strokes, never taken from a browser."""
    session = await signed_in(request.cookies)
    if session is None or not session.staff.actor.may(Module.QUOTES, Level.READ):
        return PlainTextResponse('', 404)
    quote = await Quote.get_or_none(number=number).only('id')
    signed = await Signature.get_or_none(quote_id=quote.id).only('id', 'picture') if quote else None
    if signed is None or signed.picture is None:
        return PlainTextResponse('', 404)
    headers = {
        'content-disposition': f'inline; filename="signature-{quote.id.hex[-6:]}.png"' if quote else 'inline',
        'cache-control': 'private, no-store',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
    }
    return Response(bytes(signed.picture), media_type='image/png', headers=headers)


async def signed_block(desk: Desk, quote: Quote) -> None:
    """Nothing until somebody has signed."""
    region = Region().mark('signed')
    await bind(live_signed(quote.id, quote.number), lambda found: region.show(signed_shown(desk.w, found)), region)


def live_signed(quote_id: UUID, number: str) -> Live[Signed | None]:
    async def load() -> Signed | None:
        # Without strokes and picture, which are many numbers and bytes.
        found = await Signature.filter(quote_id=quote_id).only(*READ).first()
        if found is None:
            return None
        pictured = await Signature.filter(quote_id=quote_id, picture__not_isnull=True).exists()
        paper = await Document.filter(quote_id=quote_id, kind=DocumentKind.SIGNED_QUOTE).only(*COLUMNS).first()
        return Signed(
            quote=number,
            pictured=pictured,
            version=found.quote_version,
            certified=_certified(paper) if paper else None,
            **{name: getattr(found, name) for name in READ if name not in ('id', 'quote_version')},
        )

    follows = [follow(Signature, quote_id=quote_id), follow(Document, quote_id=quote_id)]
    return live(('console', 'quote signed', quote_id), follows, load)


def signed_shown(w: Words, signed: Signed | None) -> Node:
    if signed is None:
        return None
    drawn = signed.method is SignatureMethod.DRAWN
    browser = browser_of(signed.user_agent)
    return block(
        w('quotes.evidence'),
        _signature(w, signed),
        facts(
            [
                (w('quotes.signed_by'), b[signed.name]),
                (w('quotes.position'), signed.position),
                (w('quotes.company'), signed.company),
                (w('quotes.signed_at'), [w.moment(signed.signed_at), small[iso(signed.signed_at)]]),
                (w('quotes.signed_how'), w('quotes.drawn') if drawn else w('quotes.typed')),
                (w('quotes.signed_version'), w('quotes.version', version=signed.version)),
                (w('quotes.signed_ip'), signed.ip),
                (w('quotes.signed_agent'), [browser, small[signed.user_agent]] if browser else signed.user_agent),
            ]
        ),
        _paper(w, signed.certified) if signed.certified else None,
        _certificate(w, signed, signed.certified) if signed.certified else None,
    )


def _signature(w: Words, signed: Signed) -> Node:
    """As it was drawn, dark on white in either dress of the screen; or the name that was typed instead."""
    if signed.method is not SignatureMethod.DRAWN:
        return figure('.signature')[em[signed.name]]
    if not signed.pictured:
        return p('.dim', role='status')[w('quotes.picture_coming')]
    said = w('quotes.picture', name=signed.name)
    return figure('.signature')[img(src=f'/quotes/{signed.quote}/signature.png', alt=said, width='330', height='110')]


def _paper(w: Words, paper: Certified) -> Node:
    """The signed PDF, and where anybody can have it checked."""
    if not paper.ready:
        return div('.btns')[small('.dim', role='status')[w('editor.being_set')]]
    here, saved = address_of('', paper.id, paper.file), address_of('', paper.id, paper.file, how='save')
    check = f'/verify?id={paper.verification}'
    return div('.btns')[
        a('.btn.ghost.small', href=here, target='_blank', rel='noopener')[w('common.document.signed_quote')],
        a('.btn.ghost.small', href=saved, data_plain=True, download=paper.file)[w('papers.screen.save')],
        a('.btn.ghost.small', href=check, target='_blank', rel='noopener')[w('quotes.verify')],
    ]


def _certificate(w: Words, signed: Signed, paper: Certified) -> Node:
    """What stands on the last page of that PDF."""
    said = 'proof.certificate'
    read_in = w(f'{said}.language_{signed.language}')
    terms = w(f'{said}.consent_terms', version=signed.terms_version, language=read_in)
    return details('.certificate', id='certificate')[
        summary[w('quotes.certificate')],
        facts(
            [
                (w(f'{said}.consent'), [f'“{signed.consent}”', small[terms]]),
                (w(f'{said}.email'), signed.email),
                (w(f'{said}.link'), w(f'{said}.link_is', link=paper.link) if paper.link else w(f'{said}.link_none')),
                (w(f'{said}.code'), w(f'{said}.code_passed' if paper.code_passed else f'{said}.code_off')),
                (w(f'{said}.counter'), w(f'{said}.counter_is') if paper.at_counter else None),
                (w(f'{said}.sha256'), span('.ref')[paper.shown_sha256]),
                (w(f'{said}.verification'), span('.ref')[paper.verification]),
            ]
        ),
        h3[w(f'{said}.events')],
        ul('.letters')[[_event(w, event) for event in paper.events]],
    ]


def _event(w: Words, event: Event) -> Node:
    who = event.by or w('proof.certificate.customer')
    return li[div[b[w(f'proof.events.{event.what}', **dict(event.facts))], small[f'{w.moment(event.at)} · {who}']]]


def _certified(paper: Document) -> Certified:
    evidence = paper.frozen['signature']
    return Certified(
        id=paper.id,
        file=file_name(paper),
        ready=paper.state is DocumentState.SET,
        verification=paper.verification or '',
        shown_sha256=evidence['shown_sha256'],
        link=evidence['link'],
        code_passed=evidence['code_passed'],
        at_counter=bool(evidence.get('at_counter')),  # earlier papers do not say
        events=tuple(_event_of(one) for one in told(paper.frozen['events'])),
    )


def _event_of(event: dict[str, Any]) -> Event:
    known = facts_of(event, str(event['facts'].get('question', '')))
    by = '' if was_customer(event) else str(event['by'])
    return Event(datetime.fromisoformat(event['at']), str(event['what']), by, tuple(known.items()))


READ = (
    'id', 'name', 'position', 'company', 'email', 'method', 'signed_at', 'quote_version', 'consent', 'terms_version',
    'language', 'ip', 'user_agent',
)  # fmt: skip
COLUMNS = ('id', 'kind', 'number', 'edition', 'state', 'verification', 'frozen')
