"""The doors through which somebody comes to a password: an invitation that is followed, or one that was forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import Request
from htpy import Node, a, button, div, form, h1, input, p
from nicegui import app as server
from starlette.responses import Response

from app.keys import keys
from app.passwords import SHORTEST, hash_password, is_own, may_ask_anew
from app.second_factor import forgive_codes
from app.settings import settings
from models import PasswordLink, PasswordLinkKind, Refused, Staff
from pages.console.doorway import (
    door_page,
    error_line,
    field,
    firm_at_the_door,
    foreign,
    language_of,
    read_form,
    typed_text,
)
from pages.console.sign_in import admit

ANSWERED_AFTER = 0.5  # seconds: as long for an address that nobody has


def open_password_doors() -> None:
    """Put the doors on the map."""
    server.get('/forgot', include_in_schema=False)(forgot_page)
    server.post('/forgot', include_in_schema=False)(forgot_pressed)
    server.get('/password/{token}', include_in_schema=False)(password_page)
    server.post('/password/{token}', include_in_schema=False)(password_pressed)


async def forgot_page(request: Request) -> Response:
    w = language_of(request)
    if settings().mail is None:
        return await _page(request, w('door.forgot'), [p[w('door.forgot_no_mail')]], back=True)
    return await _forgot_form(request)


async def forgot_pressed(request: Request) -> Response:
    """The same answer, after the same time, whether anybody has this address or not."""
    typed = await read_form(request)
    if typed is None:
        return foreign()
    w, email = language_of(request), typed_text(typed, 'email')
    if '@' not in email:
        return await _forgot_form(request, email, 'email_malformed', 422)
    if not await may_ask_anew(email, request.client.host if request.client else ''):
        return await _forgot_form(request, email, 'too_many_resets', 429)
    if settings().mail:
        asked = PasswordLink.ask(email, secret=keys().new_password_secret())
        await asyncio.gather(asked, asyncio.sleep(ANSWERED_AFTER))
    return await _page(request, w('door.on_its_way'), [p[w('door.on_its_way_text', email=email)]], back=True)


async def password_page(token: str, request: Request) -> Response:
    """Opening it uses nothing up: mail scanners open everything."""
    link = await PasswordLink.find(keys().password_digest(token))
    return await (_password_form(request, link) if link else _closed(request))


async def password_pressed(token: str, request: Request) -> Response:
    typed = await read_form(request)
    if typed is None:
        return foreign()
    digest, password = keys().password_digest(token), typed_text(typed, 'password', keep=True)
    link = await PasswordLink.find(digest)
    try:
        staff = await _chosen(link, digest, password)
    except Refused as refused:
        if link is None or refused.reason == 'password_link_over':
            return await _closed(request)
        return await _password_form(request, link, refused)
    return await admit(request, staff)


async def _chosen(link: PasswordLink | None, digest: bytes, password: str) -> Staff:
    """Who has this password from now on. A button that is pressed twice sends twice, and the second finds it done."""
    try:
        if link is None:
            raise Refused('password_link_over')
        staff = await link.choose(await hash_password(password))
        await forgive_codes(staff)
    except Refused as refused:
        known = await PasswordLink.just_used(digest) if refused.reason == 'password_link_over' else None
        if known is None or not await is_own(known, password):
            raise
        return known
    return staff


async def _forgot_form(request: Request, email: str = '', reason: str = '', status: int = 200) -> Response:
    w = language_of(request)
    return await _page(
        request,
        w('door.forgot'),
        [
            p[w('door.forgot_text')],
            error_line(w.refusal(Refused(reason)) if reason else ''),
            field('email', w('door.email'), email, 'email', 'username', autofocus=True),
            button('.btn', type='submit')[w('door.send')],
        ],
        action=f'/forgot?lang={w.language}',
        back=True,
        status=status,
    )


async def _password_form(request: Request, link: PasswordLink, refused: Refused | None = None) -> Response:
    w = language_of(request)
    invited = link.kind is PasswordLinkKind.INVITATION
    title = w('door.welcome', name=link.staff.name) if invited else w('door.choose')
    return await _page(
        request,
        title,
        [
            p[w('door.welcome_text' if invited else 'door.choose_text', email=link.staff.email)],
            error_line(w.refusal(refused) if refused else ''),
            # Seen by password keepers only, which store it beside the password.
            _carried_email(link.staff.email),
            field('password', w('door.new_password', count=SHORTEST), '', 'password', 'new-password', autofocus=True),
            button('.btn', type='submit')[w('door.choose_press')],
        ],
        action=f'{request.url.path}?lang={w.language}',
        status=422 if refused else 200,
    )


def _carried_email(email: str) -> Node:
    return input(type='text', name='email', value=email, autocomplete='username', readonly=True, hidden=True)


async def _closed(request: Request) -> Response:
    w = language_of(request)
    again = a('.aside', href=f'/forgot?lang={w.language}')[w('door.forgot')]
    content = [p[w('refusals.password_link_over')], p[w('door.closed_again')], again]
    return await _page(request, w('door.password_closed'), content, back=True, status=410)


async def _page(
    request: Request,
    title: str,
    content: Sequence[Node],
    *,
    action: str = '',
    back: bool = False,
    status: int = 200,
) -> Response:
    w = language_of(request)
    to_sign_in = a('.aside', href=f'/sign-in?lang={w.language}')[w('door.back')] if back else None
    inside = [h1[title], *content, to_sign_in]
    drawn = form('.card.door', method='post', action=action)[inside] if action else div('.card.door')[inside]
    return door_page(request, w, title, drawn, firm=await firm_at_the_door(), status=status)
