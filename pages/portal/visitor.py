"""Who stands at the door: a device by its cookie, a robot, a colleague; and when a page was truly seen."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from fastapi import Request
from nicegui import Client, ui

from app.clock import PROGRAM
from app.robots import previews, robot
from app.sessions import signed_in
from app.settings import settings
from models import Device, LimitCount, PortalLink, PortalVisit, Presence, VisitKind, network

COOKIE_LASTS = timedelta(days=400)  # the longest that browsers keep one
WRONG_TOKENS, WITHIN = 20, timedelta(minutes=10)
LONGEST_AGENT = 1000  # signs by which a robot is known; a long one would hold up everybody while it is looked through
SLOWED = 1.0  # seconds that somebody who guesses waits for an answer


@dataclass(frozen=True, slots=True)
class Visitor:
    """Read from a request once; a page that stays open keeps it."""

    ip: str
    user_agent: str
    device_id: UUID | None
    robot: str
    session_id: UUID | None

    @property
    def staff(self) -> bool:
        """Whether one of the firm was signed in when the page was asked for."""
        return self.session_id is not None

    @property
    def counts(self) -> bool:
        """Whether looking makes a view: a person, and not one of the firm."""
        return not self.robot and not self.staff and self.device_id is not None


async def visitor(request: Request, *, at_a_link: bool) -> Visitor:
    """Who asks. At a link that exists, a person's browser is known by its device cookie from the first page on."""
    agent = request.headers.get('user-agent', '')[:LONGEST_AGENT]
    name, session = robot(agent), await signed_in(request.cookies)
    return Visitor(
        ip=request.client.host if request.client else '',
        user_agent=agent[:400],
        device_id=await _device(request, agent) if at_a_link and not previews(agent) else None,
        robot=name,
        session_id=session.id if session else None,
    )


async def noted(link: PortalLink, who: Visitor) -> None:
    """Looks by robots and by staff are kept apart from views."""
    if previews(who.user_agent):
        await PortalVisit.look(VisitKind.PREVIEW, link, ip=who.ip, user_agent=who.user_agent, name=who.robot)
    elif who.staff:
        await PortalVisit.look(VisitKind.STAFF, link, ip=who.ip, user_agent=who.user_agent)


async def refuse_guessing(who_ip: str) -> bool:
    """Count a token that opens nothing; whether this address has now tried too many.

    Thai carriers put thousands of phones behind one address, so a right token from there opens all the same.
    """
    if await LimitCount.count(f'token:{network(who_ip)}', WITHIN) <= WRONG_TOKENS:
        return False
    await asyncio.sleep(SLOWED)
    return True


class Seen(ui.element, component='seen.js'):
    """Tells when the page has been visible for a second with its connection up, and when it is so no longer."""

    def __init__(self, link_id: UUID, who: Visitor, admitted: Callable[[], Awaitable[bool]]) -> None:
        super().__init__()
        self._link_id, self._who, self._admitted = link_id, who, admitted
        self._presence: Presence | None = None
        self._one_at_a_time = asyncio.Lock()
        self.on('seen', self._came)
        self.on('hidden', self._left)
        self.client.on_disconnect(self._left)
        self.client.on_delete(self._left)

    async def _came(self) -> None:
        # An event can be forged: that the link still lives is asked again, and the device counts once anyway.
        if not self._who.counts or not await self._admitted():
            return
        link = await PortalLink.get(id=self._link_id)
        assert self._who.device_id is not None
        await PortalVisit.view(link, device_id=self._who.device_id, ip=self._who.ip, user_agent=self._who.user_agent)
        async with self._one_at_a_time:
            if self._presence is None and not self.is_deleted:
                self._presence = await Presence.begin(link, device_id=self._who.device_id, program_id=PROGRAM)

    async def _left(self, _client: Client | None = None) -> None:
        async with self._one_at_a_time:
            if self._presence is not None:
                await self._presence.leave()
                self._presence = None


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def device_cookie() -> str:
    # The prefix makes browsers refuse one that a neighbouring host planted; over plain http they know it not.
    return '__Host-device' if _https() else 'device'


async def known_device(request: Request) -> Device | None:
    """The device of this request, if it has been here before."""
    secret = request.cookies.get(device_cookie(), '')
    return await Device.get_or_none(digest=digest_of(secret)) if secret else None


async def _device(request: Request, agent: str) -> UUID:
    secret = request.cookies.get(device_cookie(), '')
    if not secret:
        secret = secrets.token_urlsafe(32)
        # A page that is built over a websocket cannot set a cookie: the shell adds it to the answer.
        request.scope.setdefault('cookies', []).append(_cookie(secret))
    return (await Device.known(digest_of(secret), user_agent=agent)).id


def _cookie(secret: str) -> bytes:
    secure = '; Secure' if _https() else ''
    age = int(COOKIE_LASTS.total_seconds())
    return f'{device_cookie()}={secret}; Max-Age={age}; Path=/; HttpOnly; SameSite=Lax{secure}'.encode()


def _https() -> bool:
    return settings().public_url.startswith('https:')
