"""The doors of the console: sign in, sign out, and the set-up of a new installation; plain forms, without scripts."""

from __future__ import annotations

import re
from typing import Any

import htpy
from fastapi import Request
from htpy import Node, a, body, button, div, form, h1, head, html, input, label, link, meta, p, small, style, title
from markupsafe import Markup
from nicegui import app as server
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.assets import asset
from app.keys import keys
from app.passwords import SHORTEST, forgive, hash_password, may_try, person_of
from app.second_factor import check_second
from app.security import may_connect
from app.sessions import sign_in, sign_out, signed_in
from app.set_up import may_set_up
from app.settings import settings
from app.words import LANGUAGES, Words, words
from models import SYSTEM, Business, Refused, Staff, one_change
from pages.parts.side import firm_colours, initial

HOME = '/customers'
LONGEST_FORM = 20_000  # bytes
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
    return await _sign_in_form(request, onward=onward)


async def sign_in_pressed(request: Request) -> Response:
    """A new session each time; the same answer, after the same time, whether the address is known or not."""
    typed = await _read(request)
    if typed is None:
        return _foreign()
    email, onward = _text(typed, 'email'), safe_path(_text(typed, 'next'))
    names = (f'mail {email.casefold()}', f'from {request.client.host if request.client else ""}')
    if wait := await may_try(*names, patience=PATIENCE):
        return await _sign_in_form(request, email, onward, 'sign_in_wait', 429, seconds=round(wait + 0.5))
    try:
        staff = await person_of(email, _text(typed, 'password', keep=True))
        await forgive(*names)
        if staff.totp_cipher:
            return await _code_form(request, keys().half_way(str(staff.id)), onward)
        return await _let_in(request, staff, onward)
    except Refused as refused:
        return await _sign_in_form(request, email, onward, refused.reason, 422)


async def to_sign_in() -> Response:
    return RedirectResponse('/sign-in', 303)


async def code_pressed(request: Request) -> Response:
    """The second step, for who gave the right password a moment ago."""
    typed = await _read(request)
    if typed is None:
        return _foreign()
    onward, carried = safe_path(_text(typed, 'next')), _text(typed, 'carried')
    known = keys().who_is_half_way(carried, HALF_WAY)
    staff = await Staff.get_or_none(id=known, left_at=None) if known else None
    if staff is None or not staff.totp_cipher:
        return await _sign_in_form(request, '', onward, 'second_code_late', 422)
    try:
        await check_second(staff, _text(typed, 'code'))
        return await _let_in(request, staff, onward)
    except Refused as refused:
        return await _code_form(request, carried, onward, refused, 422)


async def sign_out_pressed(request: Request) -> Response:
    if await _read(request) is None:
        return _foreign()
    answer = RedirectResponse('/sign-in', 303)
    await sign_out(request.cookies, answer)
    return answer


async def set_up_page(token: str, request: Request) -> Response:
    if not await may_set_up(token):
        return await _set_up_closed(request)
    return _set_up_form(request, {}, '')


async def set_up_pressed(token: str, request: Request) -> Response:
    """The firm and its owner, both or neither; then the owner is signed in."""
    typed = await _read(request)
    if typed is None:
        return _foreign()
    if not await may_set_up(token):
        return await _set_up_closed(request)
    values = {name: _text(typed, name) for name in ('firm', 'firm_th', 'name', 'email')}
    try:
        hashed = await hash_password(_text(typed, 'password', keep=True))
        owner = await _found(values, hashed, _language(request).language)
    except Refused as refused:
        return _set_up_form(request, values, refused.reason, 422)
    answer = RedirectResponse('/settings', 303)
    await _begin(request, owner, answer)
    return answer


def safe_path(path: str) -> str:
    """Where to go after signing in: an address of this console, never of another site."""
    return path if re.fullmatch(r'/(?!p/|sign|setup)[\w-][\w/.-]*', path) else HOME


async def _begin(request: Request, staff: Staff, answer: Response) -> None:
    """A session, with what its owner knows it by: on which browser it began, and from where."""
    ip = request.client.host if request.client else ''
    await sign_in(staff, answer, user_agent=request.headers.get('user-agent', ''), ip=ip)


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


async def _read(request: Request) -> FormData | None:
    """What was typed, unless another site sent it."""
    site, origin = request.headers.get('sec-fetch-site'), request.headers.get('origin')
    host = request.headers.get('host', '')
    if site not in (None, 'same-origin', 'none') or not may_connect(origin, host, settings().public_url):
        return None
    if int(request.headers.get('content-length') or LONGEST_FORM + 1) > LONGEST_FORM:
        return None
    return await request.form(max_files=0)


def _text(typed: FormData, name: str, *, keep: bool = False) -> str:
    value = typed.get(name)
    text = value if isinstance(value, str) else ''
    return text if keep else text.strip()


def _language(request: Request) -> Words:
    """Before anybody is known: what was chosen here, else what the browser prefers."""
    chosen = request.query_params.get('lang')
    if chosen in LANGUAGES:
        return words(chosen)
    preferred = request.headers.get('accept-language', '').lower()
    return words('th' if preferred.startswith('th') else 'en')


def _foreign() -> Response:
    return HTMLResponse('', 403)


async def _sign_in_form(
    request: Request, email: str = '', onward: str = HOME, reason: str = '', status: int = 200, **facts: object
) -> Response:
    w = _language(request)
    error = w.refusal(Refused(reason, **facts)) if reason else ''
    fields = form('.card.door', method='post', action=f'/sign-in?lang={w.language}')[
        h1[w('console.sign_in')],
        _error(error),
        _field('email', w('door.email'), email, 'email', 'username', autofocus=not email),
        _field('password', w('door.password'), '', 'password', 'current-password', autofocus=bool(email)),
        input(type='hidden', name='next', value=onward),
        button('.btn', type='submit')[w('console.sign_in')],
    ]
    firm = await Business.get_or_none(only=1).only('id', 'name', 'name_th', 'accent')
    return _page(request, w, w('console.sign_in'), fields, firm=firm, status=status)


async def _code_form(
    request: Request, carried: str, onward: str, refused: Refused | None = None, status: int = 200
) -> Response:
    w = _language(request)
    fields = form('.card.door', method='post', action=f'/sign-in/code?lang={w.language}')[
        h1[w('account.code_title')],
        p[w('account.code_text')],
        _error(w.refusal(refused) if refused else ''),
        _field('code', w('account.code'), '', 'text', 'one-time-code', autofocus=True),
        input(type='hidden', name='carried', value=carried),
        input(type='hidden', name='next', value=onward),
        button('.btn', type='submit')[w('console.sign_in')],
    ]
    firm = await Business.get_or_none(only=1).only('id', 'name', 'name_th', 'accent')
    return _page(request, w, w('account.code_title'), fields, firm=firm, status=status)


def _set_up_form(request: Request, values: dict[str, str], reason: str, status: int = 200) -> Response:
    w = _language(request)
    fields = form('.card.door', method='post', action=f'{request.url.path}?lang={w.language}')[
        h1[w('door.set_up')],
        p[w('door.set_up_text')],
        _error(w.refusal(Refused(reason)) if reason else ''),
        _field('firm', w('door.firm'), values.get('firm', ''), autofocus=True),
        _field('firm_th', w('door.firm_th'), values.get('firm_th', ''), required=False),
        _field('name', w('door.name'), values.get('name', ''), 'text', 'name'),
        _field('email', w('door.email'), values.get('email', ''), 'email', 'username'),
        _field('password', w('door.new_password', count=SHORTEST), '', 'password', 'new-password'),
        button('.btn', type='submit')[w('door.set_up')],
    ]
    return _page(request, w, w('door.set_up'), fields, status=status)


async def _set_up_closed(request: Request) -> Response:
    w = _language(request)
    text = div('.card.door')[
        h1[w('door.closed')], p[w('door.closed_text')], a('.btn', href='/sign-in')[w('console.sign_in')]
    ]
    return _page(request, w, w('door.closed'), text, status=404)


def _field(
    name: str,
    text: str,
    value: str = '',
    kind: str = 'text',
    complete: str = 'off',
    *,
    autofocus: bool = False,
    required: bool = True,
) -> Node:
    box = input(
        id=name, name=name, value=value, type=kind, autocomplete=complete, required=required, autofocus=autofocus,
        maxlength='200',
    )  # fmt: skip
    return div('.field')[label(for_=name)[text], box]


def _error(text: str) -> Node:
    return p('.error', role='alert')[text] if text else None


def _page(
    request: Request, w: Words, name: str, content: Node, *, firm: Business | None = None, status: int = 200
) -> Response:
    firm_name = w.pick(firm.name, firm.name_th) if firm else ''
    sheets = [link(rel='stylesheet', href=asset(sheet)) for sheet in ('tokens.css', 'console.css')]
    colours = firm_colours(firm.accent) if firm else ''
    drawn = html(lang=w.language)[
        head[
            meta(charset='utf-8'),
            meta(name='viewport', content='width=device-width, initial-scale=1'),
            title[f'{name} · {firm_name}' if firm_name else name],
            sheets,
            style[Markup(colours)],
        ],
        body('.doorway')[
            htpy.main[
                div('.firm')[htpy.span('.logo', aria_hidden='true')[initial(firm_name)], htpy.b[firm_name]]
                if firm_name
                else None,
                content,
                _switch(request, w),
            ]
        ],
    ]
    headers: dict[str, Any] = {'cache-control': 'no-store'}
    return HTMLResponse(str(drawn), status, headers)


def _switch(request: Request, w: Words) -> Node:
    return small('.lang', role='group', aria_label=w('console.language'))[
        [
            a(href=f'?{_asking(request, code)}', lang=code, aria_current='true' if code == w.language else None)[
                code.upper()
            ]
            for code in LANGUAGES
        ]
    ]


def _asking(request: Request, language: str) -> str:
    onward = safe_path(request.query_params.get('next', ''))
    return f'lang={language}' + (f'&next={onward}' if onward != HOME else '')
