"""The papers of a portal as files: whoever the link lets in fetches what its scope shows, and nothing else."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from htpy import body, button, div, form, h1, head, header, html, main, meta, p, section, title
from markupsafe import Markup
from nicegui import app as server
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.papers.serving import as_served
from app.papers.setting import file_name, is_coming, paper
from app.papers.workshop import NotSet
from app.words import words
from models import DocumentState, paper_opened
from pages.parts.paper import handed_over
from pages.portal.door import Entry, admitted
from pages.portal.pieces import contact_us
from pages.portal.plain import brand
from pages.portal.reader import Reader
from pages.theme import icon, portal_head

LATER = {'retry-after': '5', 'cache-control': 'private, no-store'}


@server.get('/p/{token}/papers/{document_id}/{name}')
async def paper_fetched(
    request: Request, token: str, document_id: str, entry: Annotated[Entry, Depends(admitted)]
) -> Response:
    """The PDF; while it is still being set, the answer waits for it. At last it asks whether the link still lives."""
    document = await entry.grant.documents().get_or_none(id=_id_of(document_id))
    if document is None or (document.state is not DocumentState.SET and not is_coming(document)):
        return _said(
            _reader(entry, token), 'papers.screen.no_paper', 'papers.screen.no_paper_text', again='', status=404
        )
    if document.state is not DocumentState.SET:
        document = await paper(document)
    try:
        content = await as_served(document)
    except NotSet:
        content = None
    # Setting a paper takes its time, and so does marking one that was cancelled.
    if not await entry.holds():
        return RedirectResponse(f'/p/{token}', 303)
    if content is None:
        reader = _reader(entry, token)
        return _said(reader, 'papers.screen.wait', 'papers.screen.wait_text', again=str(request.url.path), status=503)
    if entry.who.counts and entry.who.device_id:
        await paper_opened(document, by=entry.grant.actor, device_id=entry.who.device_id)
    return handed_over(content, file_name(document), save='save' in request.query_params)


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _reader(entry: Entry, token: str) -> Reader:
    return Reader(words(entry.language), entry.language, f'/p/{token}', entry.firm, whole=False)


def _said(r: Reader, what: str, more: str, *, again: str, status: int) -> Response:
    """A page of plain HTML in place of the file."""
    way_on = form(action=again or r.root)[
        button('.btn', type='submit')[r.w('portal.try_again' if again else 'portal.to_start')]
    ]
    page = html(lang=r.language)[
        head[
            meta(charset='utf-8'),
            meta(name='viewport', content='width=device-width, initial-scale=1, viewport-fit=cover'),
            title[r.w(what)],
            Markup(portal_head(r.firm)),
        ],
        body[
            div('.portal.plain')[
                header[brand(r)],
                main('.ended')[icon('documents'), h1[r.w(what)], p('.sub')[r.w(more)], section[way_on, contact_us(r)]],
            ]
        ],
    ]
    return HTMLResponse(str(page), status, headers=LATER)
