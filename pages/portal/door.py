"""The way in: from the token in the address to what its link may show, before any page is built."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from nicegui import Client

from app.keys import BASE58, TOKEN_LENGTH, keys
from app.robots import previews
from app.words import LANGUAGES
from models import AccessCode, Customer, DeviceRight, Grant, LinkState, PortalLink, RightKind, StaffSession, now
from pages.portal import plain
from pages.portal.reader import Firm
from pages.portal.visitor import Visitor, noted, refuse_guessing, visitor

TOKEN = re.compile(f'[{BASE58}]{{{TOKEN_LENGTH}}}')
INNER_PATH = re.compile(r'(/[\w.~-]+)*/?')
YEAR = 365 * 24 * 3600
MOST_PAGES = 500  # of one link in one program; each takes a fifth of a megabyte, for a minute at least


@dataclass(frozen=True, slots=True)
class WayIn:
    """What a visitor is shown, and until when that holds."""

    grant: Grant
    until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may come in: what the link shows, until when, in which language, and who reads it."""

    grant: Grant
    expires_at: datetime
    firm: Firm
    language: str
    who: Visitor

    async def way(self) -> WayIn | None:
        """What this visitor sees by now and until when, or None. Asked at every step: an open page is no proof."""
        link = await PortalLink.get_or_none(id=self.grant.link_id)
        way = await _way_in(link, self.who) if link else None
        if link is None or way is None:
            return None
        if await AccessCode.needed(link, self.who.device_id):  # which is not asked of one of the firm
            signed_in = await _signed_in_until(self.who)
            return replace(way, until=min(way.until, signed_in)) if signed_in else None
        unlocked = await DeviceRight.until_when(RightKind.UNLOCKED, link_id=link.id, device_id=self.who.device_id)
        return replace(way, until=min(way.until, unlocked)) if unlocked else way

    async def grant_now(self) -> Grant | None:
        """What may be shown at this moment: after its link has ended, on the device that keeps it, what came of it."""
        way = await self.way()
        return way.grant if way else None

    async def holds(self) -> bool:
        return await self.way() is not None


class TurnedAway(Exception):
    """Nobody comes in; `response` is what they read instead, without any page having been built."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def admitted(request: Request, token: str) -> Entry:
    """Who holds a live link comes in; anybody else is turned away with a page of plain HTML."""
    firm = await Firm.of_this_house()
    link = await found_link(token)
    who = await visitor(request, at_a_link=link is not None)
    if link and previews(who.user_agent):
        await noted(link, who)
        lives = link.state(now()) is LinkState.LIVE
        raise TurnedAway(HTMLResponse(plain.preview(firm), 200 if lives else 410))
    chosen = chosen_language(request)
    if firm is None:
        raise TurnedAway(HTMLResponse(plain.not_open_yet(chosen or spoken_language(request) or 'th'), 404))
    language = chosen or spoken_language(request) or firm.language
    root = f'/p/{token}' if TOKEN.fullmatch(token) else ''
    if link is None:
        raise TurnedAway(await _unknown(firm, language, root, who))
    way = await _way_in(link, who)
    if way is None:
        raise TurnedAway(HTMLResponse(plain.over(firm, language, root, link), 410))
    if chosen is None:
        chosen = (await Customer.get(id=link.customer_id).only('id', 'language')).language
    if await _asks_for_code(link, who):
        raise TurnedAway(HTMLResponse(await plain.asking(firm, chosen, root, link, who.device_id)))
    await noted(link, who)
    return Entry(way.grant, way.until, firm, chosen, who)


async def with_room(token: str, entry: Annotated[Entry, Depends(admitted)]) -> Entry:
    """Whoever holds a link can fetch its page without end: that is to cost nobody else anything."""
    link_id = entry.grant.link_id
    if sum(client.storage.get('link_id') == link_id for client in Client.instances.values()) >= MOST_PAGES:
        root = f'/p/{token}'
        raise TurnedAway(HTMLResponse(plain.unwell(entry.firm, entry.language, root, 'crowded', root), 429))
    return entry


async def state_only(token: str, ip: str) -> Response:
    """For those who ask without wanting to read: the same answer, no page, and nothing noted."""
    link = await found_link(token)
    if link is None:
        return Response(status_code=429 if await refuse_guessing(ip) else 404)
    return Response(status_code=200 if link.state(now()) is LinkState.LIVE else 410)


async def _way_in(link: PortalLink, who: Visitor) -> WayIn | None:
    """By a link that lives, or on the device that signed or paid by the one that ended with it."""
    if link.state(now()) is LinkState.LIVE:
        return WayIn(link.grant(), link.expires_at)
    if not link.keeps:
        return None
    until = await DeviceRight.until_when(RightKind.KEPT, link_id=link.id, device_id=who.device_id)
    return WayIn(link.grant(kept=True), until) if until else None


async def _asks_for_code(link: PortalLink, who: Visitor) -> bool:
    return await _signed_in_until(who) is None and await AccessCode.needed(link, who.device_id)


async def _signed_in_until(who: Visitor) -> datetime | None:
    """Asked anew at every step: a page may stay open for longer than whoever opened it is signed in."""
    if who.session_id is None:
        return None
    session = await StaffSession.get_or_none(id=who.session_id, ended_at=None).select_related('staff')
    if session is None or session.staff.left_at is not None:
        return None
    until = session.until(session.staff.role)
    return until if now() < until else None


async def may_enter(link: PortalLink, who: Visitor) -> bool:
    """Whether this visitor would come in, but for a code."""
    return await _way_in(link, who) is not None


async def _unknown(firm: Firm, language: str, root: str, who: Visitor) -> Response:
    if await refuse_guessing(who.ip):
        return HTMLResponse(plain.too_many(firm, language), 429)
    return HTMLResponse(plain.unknown(firm, language, root), 404)


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


async def found_link(token: str) -> PortalLink | None:
    if not TOKEN.fullmatch(token):
        return None
    return await PortalLink.find(keys().link_digest(token))
