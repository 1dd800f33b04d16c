"""`/verify`: anybody who holds a PDF of ours finds out whether it is genuine; the file stays on their device."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from htpy import (
    Node,
    body,
    dd,
    div,
    dl,
    dt,
    form,
    h1,
    h2,
    head,
    header,
    html,
    input,
    label,
    main,
    meta,
    noscript,
    p,
    script,
    section,
    span,
    strong,
    style,
    title,
)
from markupsafe import Markup
from nicegui import app as server

from app.assets import asset
from app.assets import style as sheet
from app.verify import FINGERPRINT, ID, LARGEST, MOST_IDS, Judgement, Known, Reading, Verdict, issued, judge
from app.words import LANGUAGES, words
from models import LimitCount, bangkok_day, network
from pages.parts.posted import body_of
from pages.portal import plain
from pages.portal.door import YEAR, chosen_language, spoken_language
from pages.portal.pieces import chip, contact_us
from pages.portal.reader import Firm, Reader
from pages.theme import icon, portal_head

ROOT = '/verify'
WITHIN = timedelta(minutes=10)
CHECKS, FILES = 60, 15  # so many from one network within that time; Thai carriers put thousands of phones behind one
LONGEST_QUESTION = 4096  # bytes of a fingerprint with its ids
# What the script says by itself, before or instead of an answer.
SAID = (
    'reading', 'sending', 'uploading', 'not_pdf', 'empty', 'too_large', 'several', 'unreadable', 'offline', 'too_many',
    'went_wrong', 'malformed', 'again', 'file',
)  # fmt: skip
LOOK = {Verdict.GENUINE: ('good', 'calm'), Verdict.ALTERED: ('bad', 'trouble'), Verdict.UNKNOWN: ('', 'documents')}


@server.get('/verify')
async def verify_page(request: Request, id: str = '') -> Response:
    """The page, and for whoever came by a QR code what stands behind its id."""
    firm = await Firm.of_this_house()
    language = _language(request, firm)
    if firm is None:
        return HTMLResponse(plain.not_open_yet(language), 404)
    r = Reader(words(language), language, ROOT, firm, whole=False)
    if not id:
        return HTMLResponse(_page(r, None))
    if await _too_many(request, 'verify', CHECKS):
        return HTMLResponse(plain.too_many(firm, language), 429)
    paper = await issued(id.strip().lower())
    return HTMLResponse(_page(r, _behind_id(r, paper), id), 200 if paper else 404)


@server.get('/verify/language/{code}')
def verify_language(request: Request, code: str, at: str = '') -> Response:
    if code not in LANGUAGES:
        return Response(status_code=404)
    response = RedirectResponse(f'{ROOT}?id={at}' if ID.fullmatch(at) else ROOT, 303)
    secure = request.url.scheme == 'https'
    response.set_cookie('lang', code, max_age=YEAR, path='/', httponly=True, samesite='lax', secure=secure)
    return response


@server.post('/verify')
async def verify_fingerprint(request: Request) -> Response:
    """A fingerprint with the ids that stand in the file, as JSON; the file itself was not sent."""
    if await _too_many(request, 'verify', CHECKS):
        return Response(status_code=429)
    sent = await body_of(request, LONGEST_QUESTION)
    asked = None if sent is None else _asked(sent)
    return await _answer(request, *asked) if asked else Response(status_code=400)


@server.post('/verify/file')
async def verify_file(request: Request) -> Response:
    """Where a browser may not compute fingerprints the file is sent, hashed as it comes in, and never kept."""
    if await _too_many(request, 'verify-file', FILES):
        return Response(status_code=429)
    reading = Reading()
    async for piece in _pieces(request, LARGEST):
        reading.add(piece)
    if reading.size > LARGEST:
        return Response(status_code=413)
    if not reading.is_pdf:
        return Response(status_code=415)
    return await _answer(request, reading.ids, reading.fingerprint)


def _asked(sent: bytes) -> tuple[list[str], str] | None:
    """The ids and the fingerprint, if that is what was sent, and nothing else: strangers send what they like."""
    try:
        asked = json.loads(sent)
        ids, fingerprint = asked['ids'], asked['sha256']
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(ids, list) or len(ids) > MOST_IDS or not all(_is(ID, one) for one in ids):
        return None
    return (ids, fingerprint) if _is(FINGERPRINT, fingerprint) else None


def _is(pattern: re.Pattern[str], sent: object) -> bool:
    return isinstance(sent, str) and pattern.fullmatch(sent) is not None


async def _answer(request: Request, ids: list[str], fingerprint: str) -> Response:
    firm = await Firm.of_this_house()
    if firm is None:
        return Response(status_code=404)
    language = _language(request, firm)
    r = Reader(words(language), language, ROOT, firm, whole=False)
    fresh = {'cache-control': 'no-store'}
    return HTMLResponse(str(_verdict(r, await judge(ids, fingerprint), fingerprint)), headers=fresh)


async def _pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes in, and not much more of it than `most`."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        yield piece
        if size > most:
            return


async def _too_many(request: Request, what: str, most: int) -> bool:
    ip = request.client.host if request.client else ''
    return await LimitCount.count(f'{what}:{network(ip)}', WITHIN) > most


def _language(request: Request, firm: Firm | None) -> str:
    return chosen_language(request) or spoken_language(request) or (firm.language if firm else 'th')


def _page(r: Reader, found: Node, id: str = '') -> str:
    w = r.w
    said = {name: w(f'proof.verify.{name}') for name in SAID if name != 'uploading'}
    said['uploading'] = w('proof.verify.uploading', file='{file}', percent='{percent}')
    said['reading'] = w('proof.verify.reading', file='{file}')
    inside = [
        header[plain.brand(r), plain.language_switch(r, id if ID.fullmatch(id) else '')],
        main('.verify', data_said=json.dumps(said), data_largest=str(LARGEST))[
            h1[w('proof.verify.title')],
            p('.sub')[w('proof.verify.about', firm=r.firm_name)],
            div('#found', aria_live='polite')[found],
            _drop(r),
            noscript[p('.sub')[w('proof.verify.no_script')]],
            section('.card.prose')[h2[w('proof.verify.how')], p[w('proof.verify.how_text')]],
            contact_us(r),
        ],
    ]
    return str(
        html(lang=r.language)[
            head[
                meta(charset='utf-8'),
                meta(name='viewport', content='width=device-width, initial-scale=1, viewport-fit=cover'),
                title[f'{w("proof.verify.title")} · {r.firm_name}'],
                Markup(portal_head(r.firm)),
                style[Markup(sheet('verify.css'))],
                script(src=asset('verify.js'), defer=True),
            ],
            body[div('.portal.plain')[inside]],
        ]
    )


def _drop(r: Reader) -> Node:
    w = r.w
    return form('#drop', hidden=True)[
        label('.drop', for_='file')[
            icon('documents'),
            strong[w('proof.verify.drop')],
            span('.btn')[w('proof.verify.choose')],
            input('#file', type='file', accept='application/pdf,.pdf'),
        ],
        p('#doing.said', role='status'),
        p('.private')[
            icon('lock'),
            span('#private')[w('proof.verify.private')],
            span('#posted', hidden=True)[w('proof.verify.posted')],
        ],
    ]


def _behind_id(r: Reader, paper: Known | None) -> Node:
    name = 'issued' if paper else 'issued_unknown'
    return _card(r, name, ('', 'documents') if paper else ('bad', 'trouble'), paper)


def _verdict(r: Reader, judged: Judgement, fingerprint: str) -> Node:
    tone, sign = LOOK[judged.verdict]
    if judged.verdict is Verdict.GENUINE and judged.paper and judged.paper.cancelled_at:
        tone = 'warn'
    return _card(r, judged.verdict.value, (tone, sign), judged.paper, fingerprint)


def _card(r: Reader, name: str, look: tuple[str, str], paper: Known | None, fingerprint: str = '') -> Node:
    w, (tone, sign) = r.w, look
    rows: list[tuple[str, Node]] = []
    if paper:
        kind = w(f'common.document.{paper.kind.lower().replace(" ", "_")}')
        day = w.day(date.fromisoformat(paper.issued_on), year=True)
        rows += [('kind', kind), ('number', paper.number), ('date', day)]
    if fingerprint:
        rows.append(('fingerprint', span('.hex')[fingerprint]))
    cancelled = paper and paper.cancelled_at
    return section(class_=f'card verdict {tone}'.strip(), data_verdict=name)[
        div('.judged')[
            icon(sign),
            h2(tabindex='-1')[w(f'proof.verify.{name}')],
        ],
        p[w(f'proof.verify.{name}_text', firm=r.firm_name)],
        p('.void')[
            chip('bad', w('proof.verify.cancelled', day=w.day(bangkok_day(cancelled), year=True))),
            span[w('proof.verify.cancelled_text')],
        ]
        if cancelled
        else None,
        dl[[div[dt[w(f'proof.verify.{key}')], dd[value]] for key, value in rows]] if rows else None,
    ]
