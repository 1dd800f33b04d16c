"""How a browser is known as signed in: a random cookie of which only the hash is stored."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256

from starlette.responses import Response

from app.keys import keys
from app.settings import settings
from models import Staff, StaffSession
from models.staff import SESSION_LIFETIME

KNOWN_FOR = 400 * 24 * 3600  # seconds, the longest that browsers keep a cookie


async def signed_in(cookies: Mapping[str, str]) -> StaffSession | None:
    """The live session of this browser with its person, or None."""
    secret = cookies.get(_cookie())
    return await StaffSession.find(digest_of(secret)) if secret else None


async def sign_in(staff: Staff, answer: Response, *, cookies: Mapping[str, str], user_agent: str, ip: str) -> None:
    """Open a new session and hand its secret to the browser: 256 bits that no script can read."""
    secret = secrets.token_urlsafe(32)
    await StaffSession.open(staff, digest=digest_of(secret), user_agent=user_agent, ip=ip)
    answer.set_cookie(
        _cookie(), secret, max_age=int(SESSION_LIFETIME.total_seconds()), path='/', secure=_https(), httponly=True,
        samesite='lax',
    )  # fmt: skip
    _know_again(cookies, staff.email, answer)


def known_browser(cookies: Mapping[str, str], email: str) -> str:
    """By what a browser is counted on which somebody has signed in with this address; '' on any other."""
    nonce, _, proof = cookies.get(_known_cookie(email), '').partition('.')
    return f'browser {nonce}' if nonce and hmac.compare_digest(proof, _proof(nonce, email)) else ''


def _know_again(cookies: Mapping[str, str], email: str, answer: Response) -> None:
    """Guesses of strangers are to keep nobody out who signs in where they always do."""
    nonce = known_browser(cookies, email).removeprefix('browser ') or secrets.token_hex(16)
    answer.set_cookie(
        _known_cookie(email), f'{nonce}.{_proof(nonce, email)}', max_age=KNOWN_FOR, path='/', secure=_https(),
        httponly=True, samesite='lax',
    )  # fmt: skip


def _known_cookie(email: str) -> str:
    # One for each person: at a counter several share a browser.
    name = f'known-{_proof("name", email)[:10]}'
    return f'__Host-{name}' if _https() else name


def _proof(nonce: str, email: str) -> str:
    """Worth no more than a place in another queue; it opens nothing."""
    said = f'{nonce} {email.strip().casefold()}'.encode()
    return hmac.digest(keys().derive('known browser'), said, 'sha256').hex()


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
