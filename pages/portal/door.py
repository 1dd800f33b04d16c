"""The way in: from the token in the address to what its link may show, before any page is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.keys import BASE58, TOKEN_LENGTH, keys
from app.words import LANGUAGES
from models import Customer, Grant, LinkState, PortalLink, now
from pages.portal import plain
from pages.portal.reader import Firm

TOKEN = re.compile(f'[{BASE58}]{{{TOKEN_LENGTH}}}')
INNER_PATH = re.compile(r'(/[\w.~-]+)*/?')
YEAR = 365 * 24 * 3600
# Those that fetch an address when it is pasted into a chat or a mail, to show a preview.
PREVIEWS = re.compile(
    r'facebookexternalhit|facebot|line-poker|linespider|whatsapp|slackbot|slack-imgproxy|twitterbot|telegrambot|discordbot'
    r'|skypeuripreview|linkedinbot|viber|kakaotalk-scrap|zalo|pinterest|redditbot|embedly|applebot|googlebot|bingbot'
    r'|google-pagerenderer|snapchat|mattermost|bot\b|crawler|spider',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may come in: what the link shows, until when, and in which language it is read."""

    grant: Grant
    expires_at: datetime
    firm: Firm
    language: str


class TurnedAway(Exception):
    """Nobody comes in; `response` is what they read instead, without any page having been built."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def admitted(request: Request, token: str) -> Entry:
    """Who holds a live link comes in; anybody else is turned away with a page of plain HTML."""
    firm = await Firm.of_this_house()
    if PREVIEWS.search(request.headers.get('user-agent', '')):
        raise TurnedAway(HTMLResponse(plain.preview(firm)))
    chosen = chosen_language(request)
    if firm is None:
        raise TurnedAway(HTMLResponse(plain.not_open_yet(chosen or spoken_language(request) or 'th'), 404))
    link = await _link(token)
    language = chosen or spoken_language(request) or firm.language
    root = f'/p/{token}' if TOKEN.fullmatch(token) else ''
    if link is None:
        raise TurnedAway(HTMLResponse(plain.unknown(firm, language, root), 404))
    state = link.state(now())
    if state is not LinkState.LIVE:
        raise TurnedAway(HTMLResponse(plain.over(firm, language, root, revoked=state is LinkState.REVOKED), 410))
    if chosen is None:
        chosen = (await Customer.get(id=link.customer_id).only('id', 'language')).language
    return Entry(link.grant(), link.expires_at, firm, chosen)


def choose_language(request: Request, token: str, code: str) -> Response:
    """Keep the reader's choice on this device and go back to where it was made."""
    at = request.query_params.get('at', '')
    root = f'/p/{token}'
    if not TOKEN.fullmatch(token) or code not in LANGUAGES:
        return Response(status_code=404)
    inner = at.removeprefix(root)
    back = root + inner if at.startswith(root) and INNER_PATH.fullmatch(inner) else root
    response = RedirectResponse(back, 303)
    secure = request.url.scheme == 'https'
    response.set_cookie('lang', code, max_age=YEAR, path='/', httponly=True, samesite='lax', secure=secure)
    return response


def chosen_language(request: Request) -> str | None:
    """What was chosen on this device."""
    chosen = request.cookies.get('lang', '')
    return chosen if chosen in LANGUAGES else None


def spoken_language(request: Request) -> str | None:
    """The first of the browser's languages that we speak."""
    for wanted in request.headers.get('accept-language', '').split(','):
        language = wanted.partition(';')[0].strip().lower().partition('-')[0]
        if language in LANGUAGES:
            return language
    return None


async def _link(token: str) -> PortalLink | None:
    if not TOKEN.fullmatch(token):
        return None
    return await PortalLink.find(keys().link_digest(token))
