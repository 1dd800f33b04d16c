"""What a plain page can post: ask for a new link, ask for a code, enter it."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from nicegui import app as server

from app.keys import keys
from app.robots import previews
from models import AccessCode, Customer, PortalLink, Refused
from pages.parts.posted import body_of, of_our_own
from pages.portal import plain
from pages.portal.code import six_digits, ways_out
from pages.portal.door import TOKEN, chosen_language, found_link, may_enter, spoken_language
from pages.portal.reader import Firm
from pages.portal.visitor import Visitor, refuse_guessing, visitor

LONGEST = 2000  # signs of a message that is pasted whole
LARGEST = 20_000  # bytes of a form


@server.post('/p/{token}/request')
async def request_new(request: Request, token: str) -> Response:
    """`Request a new link`: staff are told, the asker learns nothing."""
    came = await _came(request, token)
    if isinstance(came, Response):
        return came
    # Asked for already, or alive again after all: the page itself says so.
    with suppress(Refused):
        await came[0].ask_for_new()
    return RedirectResponse(f'/p/{token}', 303)


@server.post('/p/{token}/code/send')
async def send_code(request: Request, token: str) -> Response:
    came = await _came(request, token)
    if isinstance(came, Response):
        return came
    link, who, firm, _ = came
    language = await _readers_language(request, link)
    if not await may_enter(link, who) or not await _asks(link, who) or who.device_id is None:
        return RedirectResponse(f'/p/{token}', 303)  # where a link that is over says so
    try:
        await AccessCode.ask(link, device_id=who.device_id, secret=keys().new_code_secret(), ways=ways_out())
    except Refused as refused:
        return HTMLResponse(await plain.asking(firm, language, f'/p/{token}', link, who.device_id, refused=refused))
    return RedirectResponse(f'/p/{token}', 303)


@server.post('/p/{token}/code')
async def enter_code(request: Request, token: str) -> Response:
    came = await _came(request, token)
    if isinstance(came, Response):
        return came
    link, who, firm, _ = came
    language = await _readers_language(request, link)
    if not await may_enter(link, who) or not await _asks(link, who) or who.device_id is None:
        return RedirectResponse(f'/p/{token}', 303)  # where a link that is over says so
    code = six_digits((await _typed(request, 'digits'))[:LONGEST])
    try:
        if not code:
            raise Refused('code_incomplete')
        await AccessCode.enter(
            link, device_id=who.device_id, digest_of=lambda code_id: keys().code_digest(code_id, code)
        )
    except Refused as refused:
        if not await _asks(link, who):  # tapped twice: the other tap has opened it on this device
            return RedirectResponse(f'/p/{token}', 303)
        link = await PortalLink.get(id=link.id)
        page = await plain.asking(firm, language, f'/p/{token}', link, who.device_id, refused=refused)
        return HTMLResponse(page, 403)
    return RedirectResponse(f'/p/{token}', 303)


async def _came(request: Request, token: str) -> tuple[PortalLink, Visitor, Firm, str] | Response:
    """Who posted, from a page of ours, with a token that exists; else the answer to that."""
    firm, link = await Firm.of_this_house(), await found_link(token)
    who = await visitor(request, at_a_link=link is not None)
    if firm is None or previews(who.user_agent) or not of_our_own(request):
        return Response(status_code=403)
    language = chosen_language(request) or spoken_language(request) or firm.language
    if link is None:
        if await refuse_guessing(who.ip):
            return HTMLResponse(plain.too_many(firm, language), 429)
        return HTMLResponse(plain.unknown(firm, language, f'/p/{token}' if TOKEN.fullmatch(token) else ''), 404)
    return link, who, firm, language


async def _typed(request: Request, name: str) -> str:
    """A field of a form of ours; a file would be kept on our disk while it comes, and anybody can send one."""
    sent = await body_of(request, LARGEST) or b''
    return parse_qs(sent.decode('latin-1')).get(name, [''])[0]


async def _readers_language(request: Request, link: PortalLink) -> str:
    return chosen_language(request) or (await Customer.get(id=link.customer_id).only('id', 'language')).language


async def _asks(link: PortalLink, who: Visitor) -> bool:
    return await AccessCode.needed(link, who.device_id)
