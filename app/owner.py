"""Makes the first person of the firm from a terminal, for who cannot or will not use the one-time address."""

from __future__ import annotations

from app.database import connect, disconnect
from app.passwords import hash_password
from app.settings import Unable
from app.words import words
from models import SYSTEM, Business, Refused, Staff, one_change


class NoOwner(Unable):
    """A rule said no."""


async def make_owner(url: str, *, firm: str, name: str, email: str, password: str) -> None:
    """The owner, and the firm where there is none yet: both or neither. Raises NoOwner."""
    await connect(url)
    try:
        hashed = await hash_password(password)
        async with one_change():
            if not await Business.exists():
                await Business.found(name=firm, by=SYSTEM)
            await Staff.enrol_owner(name=name, email=email, password_hash=hashed)
    except Refused as refused:
        raise NoOwner(words('en').refusal(refused)) from refused
    finally:
        await disconnect()
