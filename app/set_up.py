"""The one-time address under which the first owner is made, as long as there is none."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from models import Role, Staff, now

OPEN_FOR = timedelta(minutes=30)

_offered: tuple[bytes, datetime] | None = None


async def offer_set_up() -> str | None:
    """A path to be told to whoever started the program, or None when there is an owner. An earlier one is void."""
    global _offered  # noqa: PLW0603  (this process made it, and only this process knows its hash)
    if await _has_owner():
        return None
    token = secrets.token_urlsafe(16)
    _offered = sha256(token.encode()).digest(), now() + OPEN_FOR
    return f'/setup/{token}'


async def may_set_up(token: str) -> bool:
    """Whether this token was offered, is still open, and nobody has become the owner meanwhile."""
    if _offered is None:
        return False
    digest, until = _offered
    return hmac.compare_digest(sha256(token.encode()).digest(), digest) and now() < until and not await _has_owner()


async def _has_owner() -> bool:
    return await Staff.exists(role=Role.OWNER, left_at=None)
