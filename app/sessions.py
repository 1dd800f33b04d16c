"""How a browser is known as signed in: a random cookie of which only the hash is stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from hashlib import sha256

from starlette.responses import Response

from app.settings import settings
from models import Staff, StaffSession
from models.staff import SESSION_LIFETIME


async def signed_in(cookies: Mapping[str, str]) -> StaffSession | None:
    """The live session of this browser with its person, or None."""
    secret = cookies.get(_cookie())
    return await StaffSession.find(digest_of(secret)) if secret else None


async def sign_in(staff: Staff, answer: Response, *, user_agent: str, ip: str) -> None:
    """Open a new session and hand its secret to the browser: 256 bits that no script can read."""
    secret = secrets.token_urlsafe(32)
    await StaffSession.open(staff, digest=digest_of(secret), user_agent=user_agent, ip=ip)
    answer.set_cookie(
        _cookie(), secret, max_age=int(SESSION_LIFETIME.total_seconds()), path='/', secure=_https(), httponly=True,
        samesite='lax',
    )  # fmt: skip


async def sign_out(cookies: Mapping[str, str], answer: Response) -> None:
    """End the session of this browser on the server, and forget its cookie."""
    if session := await signed_in(cookies):
        await session.end()
    answer.delete_cookie(_cookie(), path='/', secure=_https(), httponly=True, samesite='lax')


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def cookie_of(secret: str) -> dict[str, str]:
    """The cookie that carries this secret, as a browser sends it."""
    return {_cookie(): secret}


def _cookie() -> str:
    # The prefix makes browsers refuse one that a neighbouring host planted; over plain http they know it not.
    return '__Host-staff' if _https() else 'staff'


def _https() -> bool:
    return settings().public_url.startswith('https:')
