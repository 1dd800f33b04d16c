"""What stands in place of a page while the database does not answer, or where the program itself is at fault."""

from __future__ import annotations

import logging
from urllib.parse import quote as in_address

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app as server
from tortoise.exceptions import BaseORMException

from app.health import for_want_of_the_database
from app.pg_engine import GONE
from pages.portal import plain
from pages.portal.door import TOKEN, chosen_language, spoken_language
from pages.portal.reader import Firm

log = logging.getLogger(__name__)

LATER = {'retry-after': '10', 'cache-control': 'no-store'}


async def unreachable(request: Request, error: Exception) -> Response:
    """503 while the database is away: no link was ever wrong because of that, and nothing is shown from memory."""
    if not await for_want_of_the_database(error):
        raise error
    # No address: that of a portal page is its key.
    log.error('A page could not be shown, the database does not answer: %s: %s', type(error).__name__, error)
    return _said(request, 'unreachable', 503)


async def broken(request: Request, _error: Exception) -> Response:
    """500 for what nobody foresaw; it is told to the log by whoever calls this, and to nobody else."""
    return _said(request, 'failed', 500)


def stand_in() -> None:
    for kind in (*GONE, BaseORMException):
        server.add_exception_handler(kind, unreachable)
    server.add_exception_handler(Exception, broken)


def _said(request: Request, why: str, status: int) -> Response:
    if 'text/html' not in request.headers.get('accept', ''):
        return Response(status_code=status, headers=LATER)
    firm = Firm.last_known()
    language = chosen_language(request) or spoken_language(request) or (firm.language if firm else 'th')
    page = plain.unwell(firm, language, _root(request), why, _again(request))
    return HTMLResponse(page, status, headers=LATER)


def _root(request: Request) -> str:
    """Where the switch between the languages leads: it asks no database."""
    room, _, token = request.scope['path'].strip('/').partition('/')
    token = token.partition('/')[0]
    if room == 'p' and TOKEN.fullmatch(token):
        return f'/p/{token}'
    return '/verify' if room == 'verify' else ''


def _again(request: Request) -> str:
    """The same page; after a form where one begins, since nobody knows whether it was received."""
    if request.method != 'GET':
        return _root(request) or '/'
    asked = str(request.url.query)
    return '/' + in_address(request.scope['path'].lstrip('/')) + (f'?{asked}' if asked else '')


stand_in()
