"""The papers of the firm as files, for whoever is signed in and may read what they are about."""

from __future__ import annotations

from urllib.parse import quote as in_address
from uuid import UUID

from fastapi import Request
from nicegui import app as server
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.papers.serving import as_served
from app.papers.setting import file_name, is_coming, paper
from app.papers.workshop import NotSet
from app.sessions import signed_in
from app.words import words
from models import Document, Level
from pages.parts.paper import handed_over, module_of


@server.get('/papers/{document_id}/{name}')
async def paper_fetched(request: Request, document_id: str, name: str) -> Response:
    """The PDF, once it is set; asked for by nobody who is signed in, the way there leads over the door."""
    session = await signed_in(request.cookies)
    if session is None:
        return RedirectResponse(f'/sign-in?next={in_address(request.url.path)}', 303)
    w = words(session.staff.language)
    try:
        document = await Document.get_or_none(id=UUID(document_id))
    except ValueError:
        document = None
    if document is None or not session.staff.actor.may(module_of(document.kind), Level.READ):
        return PlainTextResponse(w('console.nothing_here'), 404)
    if is_coming(document):
        document = await paper(document)
    try:
        content = await as_served(document, copy='copy' in request.query_params)
    except NotSet:
        content = None
    # Asked again: who waited may have been signed out meanwhile, or been given another role.
    session = await signed_in(request.cookies)
    if session is None:
        return RedirectResponse('/sign-in', 303)
    if not session.staff.actor.may(module_of(document.kind), Level.READ):
        return PlainTextResponse(w('console.nothing_here'), 404)
    if content is None:
        return PlainTextResponse(w('papers.screen.late'), 503, headers={'retry-after': '5'})
    return handed_over(content, file_name(document), save='save' in request.query_params)
