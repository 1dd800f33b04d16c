"""The doors of the console: sign in, sign out, and the set-up of a new installation; plain forms, without scripts."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from htpy import Node, a, button, div, form, h1, input, p
from nicegui import app as server
from starlette.responses import RedirectResponse, Response

from app.keys import keys
from app.passwords import SHORTEST, forgive, hash_password, may_try, not_a_guess, person_of
from app.second_factor import check_second
from app.sessions import known_browser, sign_in, sign_out, signed_in
from app.set_up import may_set_up
from models import SYSTEM, Business, Refused, Staff, network, one_change
from pages.console.doorway import (
    HOME,
    door_page,
    error_line,
    field,
    firm_at_the_door,
    foreign,
    language_of,
    read_form,
    safe_path,
    typed_text,
)

PATIENCE = 3.0  # seconds that a form is held back at most; whoever must wait longer is told to
HALF_WAY = 300  # seconds between the password and the code


def open_doors() -> None:
    """Put the doors on the map."""
    server.get('/', include_in_schema=False)(start)
    server.get('/sign-in', include_in_schema=False)(sign_in_page)
    server.post('/sign-in', include_in_schema=False)(sign_in_pressed)
    server.get('/sign-in/code', include_in_schema=False)(to_sign_in)
    server.post('/sign-in/code', include_in_schema=False)(code_pressed)
    server.post('/sign-out', include_in_schema=False)(sign_out_pressed)
    server.get('/setup/{token}', include_in_schema=False)(set_up_page)
    server.post('/setup/{token}', include_in_schema=False)(set_up_pressed)


async def start() -> Response:
    return RedirectResponse(HOME, 303)


async def sign_in_page(request: Request) -> Response:
    onward = safe_path(request.query_params.get('next', ''))
    if await signed_in(request.cookies):
        return RedirectResponse(onward, 303)
    # A page that was open when its session ended leads here by itself.
    return await _sign_in_form(request, '', onward, 'signed_out' if 'out' in request.query_params else '')


async def sign_in_pressed(request: Request) -> Response:
    """A new session each time; the same answer, after the same time, whether the address is known or not."""
    typed = await read_form(request)
    if typed is None:
        return foreign()
    email, onward = typed_text(typed, 'email'), safe_path(typed_text(typed, 'next'))
    # Strangers who guess make each other wait, but not whoever has signed in here before.
    known = known_browser(request.cookies, email)
    own, shared = known or f'mail {email.casefold()}', f'from {network(request.client.host if request.client else "")}'
    if wait := await may_try(*([own] if known else [own, shared]), patience=PATIENCE):
        return await _sign_in_form(request, email, onward, 'sign_in_wait', 429, wait=timedelta(seconds=wait))
    try:
        staff = await person_of(email, typed_text(typed, 'password', keep=True))
        await forgive(own)
        if not known:
            await not_a_guess(shared)
        return await admit(request, staff, onward)
    except Refused as refused:
        return await _sign_in_form(request, email, onward, refused.reason, 422)


async def to_sign_in() -> Response:
    return RedirectResponse('/sign-in', 303)


async def code_pressed(request: Request) -> Response:
    """The second step, for who gave the right password a moment ago."""
    typed = await read_form(request)
    if typed is None:
        return foreign()
    onward, carried = safe_path(typed_text(typed, 'next')), typed_text(typed, 'carried')
    known = keys().who_is_half_way(carried, HALF_WAY)
    staff = await Staff.get_or_none(id=known, left_at=None) if known else None
    if staff is None or not staff.totp_cipher:
        return await _sign_in_form(request, '', onward, 'second_code_late', 422)
    try:
        await check_second(staff, typed_text(typed, 'code'))
        return await _let_in(request, staff, onward)
    except Refused as refused:
        return await _code_form(request, carried, onward, refused, 422)


async def sign_out_pressed(request: Request) -> Response:
    if await read_form(request) is None:
        return foreign()
    answer = RedirectResponse('/sign-in', 303)
    await sign_out(request.cookies, answer)
    return answer


async def set_up_page(token: str, request: Request) -> Response:
    if not await may_set_up(token):
        return await _set_up_closed(request)
    return _set_up_form(request, {}, '')


async def set_up_pressed(token: str, request: Request) -> Response:
    """The firm and its owner, both or neither; then the owner is signed in."""
    typed = await read_form(request)
    if typed is None:
        return foreign()
    if not await may_set_up(token):
        return await _set_up_closed(request)
    values = {name: typed_text(typed, name) for name in ('firm', 'firm_th', 'name', 'email')}
    try:
        hashed = await hash_password(typed_text(typed, 'password', keep=True))
        owner = await _found(values, hashed, language_of(request).language)
    except Refused as refused:
        return _set_up_form(request, values, refused.reason, 422)
    answer = RedirectResponse('/settings', 303)
    await _begin(request, owner, answer)
    return answer


async def admit(request: Request, staff: Staff, onward: str = HOME) -> Response:
    """Who has shown a password, or chosen a new one: in, or to the second step where there is one."""
    if staff.totp_cipher:
        return await _code_form(request, keys().half_way(str(staff.id)), onward)
    return await _let_in(request, staff, onward)


async def _begin(request: Request, staff: Staff, answer: Response) -> None:
    """A session, with what its owner knows it by: on which browser it began, and from where."""
    ip = request.client.host if request.client else ''
    await sign_in(staff, answer, cookies=request.cookies, user_agent=request.headers.get('user-agent', ''), ip=ip)


async def _let_in(request: Request, staff: Staff, onward: str) -> Response:
    """A new session on this browser in place of the one that may be there."""
    await sign_out(request.cookies, Response())
    answer = RedirectResponse(onward, 303)
    await _begin(request, staff, answer)
    return answer


async def _found(values: dict[str, str], hashed: str, language: str) -> Staff:
    async with one_change():
        if not await Business.exists():
            await Business.found(name=values['firm'] or values['firm_th'], name_th=values['firm_th'], by=SYSTEM)
        return await Staff.enrol_owner(
            name=values['name'], email=values['email'], password_hash=hashed, language=language
        )


async def _sign_in_form(
    request: Request, email: str = '', onward: str = HOME, reason: str = '', status: int = 200, **facts: object
) -> Response:
    w = language_of(request)
    error = w.refusal(Refused(reason, **facts)) if reason else ''
    fields: Node = form('.card.door', method='post', action=f'/sign-in?lang={w.language}')[
        h1[w('console.sign_in')],
        error_line(error),
        field('email', w('door.email'), email, 'email', 'username', autofocus=not email),
        field('password', w('door.password'), '', 'password', 'current-password', autofocus=bool(email)),
        input(type='hidden', name='next', value=onward),
        button('.btn', type='submit')[w('console.sign_in')],
        a('.aside', href=f'/forgot?lang={w.language}')[w('door.forgot')],
    ]
    firm = await firm_at_the_door()
    if not await Staff.exists():
        fields = div('.card.door')[h1[w('console.sign_in')], p[w('refusals.not_set_up')]]
    return door_page(request, w, w('console.sign_in'), fields, firm=firm, status=status)


async def _code_form(
    request: Request, carried: str, onward: str, refused: Refused | None = None, status: int = 200
) -> Response:
    w = language_of(request)
    fields = form('.card.door', method='post', action=f'/sign-in/code?lang={w.language}')[
        h1[w('account.code_title')],
        p[w('account.code_text')],
        error_line(w.refusal(refused) if refused else ''),
        field('code', w('account.code'), '', 'text', 'one-time-code', autofocus=True),
        input(type='hidden', name='carried', value=carried),
        input(type='hidden', name='next', value=onward),
        button('.btn', type='submit')[w('console.sign_in')],
    ]
    firm = await firm_at_the_door()
    return door_page(request, w, w('account.code_title'), fields, firm=firm, status=status)


def _set_up_form(request: Request, values: dict[str, str], reason: str, status: int = 200) -> Response:
    w = language_of(request)
    fields = form('.card.door', method='post', action=f'{request.url.path}?lang={w.language}')[
        h1[w('door.set_up')],
        p[w('door.set_up_text')],
        error_line(w.refusal(Refused(reason)) if reason else ''),
        field('firm', w('door.firm'), values.get('firm', ''), autofocus=True),
        field('firm_th', w('door.firm_th'), values.get('firm_th', ''), required=False),
        field('name', w('door.name'), values.get('name', ''), 'text', 'name'),
        field('email', w('door.email'), values.get('email', ''), 'email', 'username'),
        field('password', w('door.new_password', count=SHORTEST), '', 'password', 'new-password'),
        button('.btn', type='submit')[w('door.set_up')],
    ]
    return door_page(request, w, w('door.set_up'), fields, status=status)


async def _set_up_closed(request: Request) -> Response:
    w = language_of(request)
    text = div('.card.door')[
        h1[w('door.closed')], p[w('door.closed_text')], a('.btn', href='/sign-in')[w('console.sign_in')]
    ]
    return door_page(request, w, w('door.closed'), text, status=404)
