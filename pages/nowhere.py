"""What stands at an address where nothing is: a plain page, without building one of the framework's for every robot."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app as server

from app.pg_engine import GONE
from pages.portal import plain
from pages.portal.door import chosen_language, spoken_language
from pages.portal.reader import Firm


async def nothing_here(request: Request, _error: Exception) -> Response:
    """Says so in the reader's language, with the firm's contact where there is a firm."""
    if not request.url.path.startswith('/_nicegui') and 'text/html' in request.headers.get('accept', ''):
        firm = await _firm()
        language = chosen_language(request) or spoken_language(request) or (firm.language if firm else 'th')
        return HTMLResponse(plain.nowhere(firm, language), 404)
    return Response(status_code=404)


async def _firm() -> Firm | None:
    try:
        return await Firm.of_this_house()
    except GONE:  # nothing stands here with or without the database
        return Firm.last_known()


def stand_at_every_other_address() -> None:
    server.add_exception_handler(404, nothing_here)


stand_at_every_other_address()
