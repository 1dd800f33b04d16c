"""A door of the console: a plain page with a form, drawn without scripts, and what is read from it."""

from __future__ import annotations

import re
from typing import Any

import htpy
from fastapi import Request
from htpy import Node, a, body, div, head, html, input, label, link, meta, p, small, style, title
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from app.assets import asset
from app.security import may_connect
from app.settings import settings
from app.words import LANGUAGES, Words, words
from models import Business
from pages.parts.side import firm_colours, initial

HOME = '/customers'
LONGEST_TEXT = 200  # signs; of an e-mail address as of a password
LONGEST_FORM = 20_000  # bytes


async def read_form(request: Request) -> FormData | None:
    """What was typed, unless another site sent it."""
    site, origin = request.headers.get('sec-fetch-site'), request.headers.get('origin')
    host = request.headers.get('host', '')
    if site not in (None, 'same-origin', 'none') or not may_connect(origin, host, settings().public_url):
        return None
    if int(request.headers.get('content-length') or LONGEST_FORM + 1) > LONGEST_FORM:
        return None
    return await request.form(max_files=0)


def typed_text(typed: FormData, name: str, *, keep: bool = False) -> str:
    value = typed.get(name)
    # No more than a field takes; a sign that no database keeps is none.
    text = value.replace('\0', '')[:LONGEST_TEXT] if isinstance(value, str) else ''
    return text if keep else text.strip()


def language_of(request: Request) -> Words:
    """Before anybody is known: what was chosen here, else what the browser prefers."""
    chosen = request.query_params.get('lang')
    if chosen in LANGUAGES:
        return words(chosen)
    preferred = request.headers.get('accept-language', '').lower()
    return words('th' if preferred.startswith('th') else 'en')


def safe_path(path: str) -> str:
    """Where to go after signing in: an address of this console, never of another site."""
    return path if re.fullmatch(r'/(?!p/|sign|setup|forgot|password)[\w-][\w/.-]*', path) else HOME


async def firm_at_the_door() -> Business | None:
    """What a door shows of the firm; None before there is one."""
    return await Business.get_or_none(only=1).only('id', 'name', 'name_th', 'accent')


def foreign() -> Response:
    return HTMLResponse('', 403)


def field(
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
        maxlength=str(LONGEST_TEXT),
    )  # fmt: skip
    return div('.field')[label(for_=name)[text], box]


def error_line(text: str) -> Node:
    return p('.error', role='alert')[text] if text else None


def door_page(
    request: Request, w: Words, name: str, content: Node, *, firm: Business | None = None, status: int = 200
) -> Response:
    firm_name = w.pick(firm.name, firm.name_th) if firm else ''
    sheets = [link(rel='stylesheet', href=asset(sheet)) for sheet in ('tokens.css', 'console.css')]
    colours = firm_colours(firm.accent) if firm else ''
    drawn = html(lang=w.language)[
        head[
            meta(charset='utf-8'),
            meta(name='viewport', content='width=device-width, initial-scale=1'),
            [_font(weight) for weight in (400, 700)],
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


def _font(weight: int) -> Node:
    address = asset(f'fonts/sarabun-{weight}.woff2')
    return link(rel='preload', as_='font', type='font/woff2', crossorigin=True, href=address)


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
