"""The outermost layer: what every answer carries, who may open a websocket, and how pages leave for a phone."""

from __future__ import annotations

import ipaddress
import logging
import posixpath
import re
import secrets
from collections.abc import Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from nicegui import App, core
from nicegui import app as server
from nicegui.version import __version__
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import assets
from app.assets import Packed, asset
from app.sockets import hear_only_pages, keepable

log = logging.getLogger(__name__)

FRAMEWORK = f'/_nicegui/{__version__}/'
PORTAL = '/p/'
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PICTURE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
EVERYWHERE = [
    (b'x-content-type-options', b'nosniff'),
    (b'x-frame-options', b'DENY'),
    (b'permissions-policy', b'camera=(), microphone=(), geolocation=(), payment=(), usb=()'),
    (b'cross-origin-opener-policy', b'same-origin'),
    (b'cross-origin-resource-policy', b'same-origin'),
    (b'x-robots-tag', b'noindex, nofollow'),
]
ASKED_BY_MACHINES = ('/healthz', '/readyz')  # which often know no name of ours
HTTPS_ONLY = (b'strict-transport-security', b'max-age=31536000; includeSubDomains')
# These would make the framework answer with a part of a file, or with none; the shell keeps whole files.
PARTIAL = (b'accept-encoding', b'range', b'if-none-match', b'if-modified-since')

Headers = list[tuple[bytes, bytes]]


def guard(public_url: str, other_hosts: Collection[str] = ()) -> None:
    """Wrap the whole server, its error pages included: only our names are served, and only our pages may connect."""
    if not isinstance(server.build_middleware_stack, _Guarded):
        server.build_middleware_stack = _Guarded(server)  # type: ignore[method-assign]
    server.build_middleware_stack.public_url = public_url
    server.build_middleware_stack.other_hosts = frozenset(other_hosts)
    server.on_startup(lambda: _restrict_websockets(public_url))


class Shell:
    """Wraps an application; knows nothing of its pages but that those of the portal are opened on phones."""

    def __init__(self, app: ASGIApp, public_url: str, other_hosts: Collection[str] = ()) -> None:
        self.app = app
        self.public_url, self.other_hosts = public_url, other_hosts
        self.https = public_url.startswith('https:')
        self.kept: dict[str, Packed] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] not in ('http', 'websocket'):
            await self.app(scope, receive, send)
            return
        host = dict(scope['headers']).get(b'host', b'').decode('latin-1')
        if scope['path'] not in ASKED_BY_MACHINES and not is_ours(host, self.public_url, self.other_hosts):
            await _refuse(scope, send)
            return
        scope['path'] = keepable(scope['path'])
        scope['query_string'] = scope['query_string'].replace(b'%00', b'%EF%BF%BD')
        # NiceGUI would let this header move every script of the page to another host.
        scope['headers'] = [header for header in scope['headers'] if header[0] != b'x-forwarded-prefix']
        if scope['type'] == 'websocket':
            await self._websocket(scope, receive, send)
            return
        scope['cookies'] = []  # what a page built over a websocket wants the browser to keep
        answer = Answer(scope, send, https=self.https)
        if scope['method'] == 'GET' and scope['path'].startswith((FRAMEWORK, assets.PREFIX)):
            await self._unchanging(scope, receive, answer)
        else:
            await self.app(scope, receive, answer)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # what comes over it is taken apart right here, and strangers send what they like
            log.debug('A websocket sent what cannot be read: %r', error)

    async def _unchanging(self, scope: MutableMapping[str, Any], receive: Receive, answer: Answer) -> None:
        path = scope['path']
        if path.startswith(assets.PREFIX):
            packed = assets.found(path)
        else:
            packed = self.kept.get(path) or await self._framework_file(scope, receive)
        if packed is None:
            scope['headers'] = [header for header in scope['headers'] if header[0] != b'range']
            await self.app(scope, receive, answer)
            return
        await answer.packed(packed)

    async def _framework_file(self, scope: MutableMapping[str, Any], receive: Receive) -> Packed | None:
        path = scope['path']
        # One file answers to no end of roundabout addresses, and each would be kept.
        if path.startswith(f'{FRAMEWORK}dynamic_resources/') or path != posixpath.normpath(path):
            return None
        whole = [header for header in scope['headers'] if header[0] not in PARTIAL]
        caught = _Caught()
        await self.app({**scope, 'headers': whole}, receive, caught)
        if caught.status != 200:
            return None
        packed = Packed(b''.join(caught.chunks), caught.headers.get(b'content-type', b'application/octet-stream'))
        self.kept[path] = packed
        return packed


class Answer:
    """The way out: adds what every answer carries, and finishes pages once they are complete."""

    def __init__(self, scope: Scope, send: Send, *, https: bool) -> None:
        self.send = send
        self.path: str = scope['path']
        self.coding = _coding(scope)
        self.https = https or scope.get('scheme') == 'https'
        self.cookies: list[bytes] = scope['cookies']
        self.start: Message | None = None
        self.chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message['type'] == 'http.response.start':
            headers = dict(message['headers'])
            if headers.get(b'content-type', b'').startswith(b'text/html') and b'content-encoding' not in headers:
                self.start = message
                return
            kept = message['headers']
            if message['status'] >= 400:  # the framework lets browsers keep even that a file is missing for a year
                kept = [*(header for header in kept if header[0] != b'cache-control'), (b'cache-control', b'no-store')]
            await self.send({**message, 'headers': self._headers(kept)})
        elif self.start is None:
            await self.send(message)
        else:
            self.chunks.append(message.get('body', b''))
            if not message.get('more_body'):
                html = b''.join(self.chunks)
                self.chunks.clear()  # an open page keeps its request, and with it this, for as long as it is open
                await self._page(self.start, html)

    async def packed(self, file: Packed) -> None:
        """Answer with a file that never changes under its address."""
        body, coding = await file.coded(self.coding)
        headers = [(b'content-type', file.kind), (b'cache-control', assets.FOREVER), (b'vary', b'accept-encoding')]
        await self._whole(200, self._headers(headers), body, coding)

    async def _page(self, start: Message, html: bytes) -> None:
        nonce = secrets.token_urlsafe(16)
        if self.path.startswith(PORTAL):
            html = for_phones(html)
        html = re.sub(rb'<script(?=[\s>])', b'<script nonce="%s"' % nonce.encode(), html)
        headers = [header for header in start['headers'] if header[0] != b'content-length']
        policy = (b'content-security-policy', PAGE_POLICY.format(nonce=nonce).encode())
        body = assets.pack(html, self.coding, 5) if self.coding else html
        await self._whole(start['status'], [*self._headers(headers), policy], body, self.coding)

    async def _whole(self, status: int, headers: Headers, body: bytes, coding: str) -> None:
        headers = [*headers, (b'content-length', str(len(body)).encode())]
        if coding:
            headers.append((b'content-encoding', coding.encode()))
        await self.send({'type': 'http.response.start', 'status': status, 'headers': headers})
        await self.send({'type': 'http.response.body', 'body': body})

    def _headers(self, headers: Headers) -> Headers:
        # The portal's address is its key: no other site may learn it from a click.
        referrer = b'no-referrer' if self.path.startswith(PORTAL) else b'same-origin'
        added = [*EVERYWHERE, (b'referrer-policy', referrer)]
        if self.start is not None:  # a page: what it shows is for whoever asked, and only now
            added.append((b'cache-control', b'no-store'))
        if self.https:
            added.append(HTTPS_ONLY)
        if dict(headers).get(b'content-type', b'').startswith(b'image/'):
            added.append((b'content-security-policy', PICTURE_POLICY))
        own = {name for name, _ in headers}
        kept = [(b'set-cookie', cookie) for cookie in self.cookies]
        return [*headers, *kept, *((name, value) for name, value in added if name not in own)]


def for_phones(html: bytes) -> bytes:
    """The style sheets follow the first screen instead of holding it back, and the scripts come as one."""
    html = re.sub(rb'@import url\([^)]*\) layer\(\w+\);\s*', b'', html)
    # What can be read at once comes first: after a script a browser may paint the empty page before it reads on.
    if first := re.search(rb'<div id="first">.*<!--first-->', html, re.DOTALL):
        html = html.replace(first[0], b'', 1).replace(b'<body>', b'<body>' + first[0].removesuffix(b'<!--first-->'), 1)
    sheet = b'<link rel="stylesheet" href="%s"><div id="esm-fallback">' % asset('phone.css').encode()
    html = html.replace(b'<div id="esm-fallback">', sheet, 1)
    html = re.sub(rb'("(?:dompurify|idiomorph)":)"[^"]*"', rb'\1"%s"' % asset('phone-modules.js').encode(), html)
    language = re.search(rb'<script defer src="[^"]*/lang/([\w-]+)\.umd\.prod\.js"></script>', html)
    if language is None:
        return html
    html = re.sub(
        rb'<script defer src="[^"]*/(socket\.io\.min|nicegui|lang/[\w-]+\.umd\.prod)\.js"></script>', b'', html
    )
    boot = b'<script defer src="%s"></script>' % asset(f'phone-{language[1].decode()}.js').encode()
    return re.sub(rb'<script defer src="[^"]*/quasar\.umd\.prod\.js"></script>', boot, html)


def may_connect(origin: str | None, host: str, public_url: str) -> bool:
    """Our own pages may; so may those opened by number on the local network, which no foreign name can stand for."""
    if origin is None or origin == public_url:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:  # no browser says such a thing
        return False
    return parts.netloc == host and _is_number(parts.hostname or '')


def is_ours(host: str, public_url: str, others: Collection[str] = ()) -> bool:
    """Whether somebody asked for this house by its name, by one that was allowed, or by number; and not for another."""
    try:
        name = urlsplit(f'//{host}').hostname or ''
    except ValueError:
        return False
    return name == urlsplit(public_url).hostname or name in others or _is_number(name)


class _Guarded:
    """Builds the middleware stack as the server would, and puts the shell around all of it."""

    def __init__(self, app: App) -> None:
        self.build = app.build_middleware_stack
        self.public_url = ''
        self.other_hosts: frozenset[str] = frozenset()

    def __call__(self) -> ASGIApp:
        return Shell(self.build(), self.public_url, self.other_hosts)


class _Caught:
    """Takes an answer instead of sending it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message['type'] == 'http.response.start':
            self.status, self.headers = message['status'], dict(message['headers'])
        else:
            self.chunks.append(message.get('body', b''))


async def _refuse(scope: Scope, send: Send) -> None:
    if scope['type'] == 'websocket':
        await send({'type': 'websocket.close', 'code': 1008})
        return
    kind = [(b'content-type', b'text/plain')]
    await send({'type': 'http.response.start', 'status': 400, 'headers': kind})
    await send({'type': 'http.response.body', 'body': b'This address is not served here.'})


def _restrict_websockets(public_url: str) -> None:
    def allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return may_connect(origin, environ.get('HTTP_HOST', ''), public_url)

    core.sio.eio.cors_allowed_origins = allowed
    hear_only_pages()
    # A phone that lost its network without noticing is noticed within half a minute.
    core.sio.eio.ping_interval, core.sio.eio.ping_timeout = 20, 10


def _coding(scope: Scope) -> str:
    accepted = dict(scope['headers']).get(b'accept-encoding', b'').decode('latin-1')
    return next((coding for coding in ('br', 'gzip') if coding in accepted), '')


def _is_number(host: str) -> bool:
    if host == 'localhost':
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
