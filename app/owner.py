"""What is done about people from a terminal: the first owner is made, and somebody locked out is let back in."""

from __future__ import annotations

from app.database import connect, disconnect
from app.keys import keys
from app.letters import password_address
from app.passwords import hash_password
from app.settings import Unable
from app.words import words
from models import SYSTEM, Business, PasswordLink, Refused, Staff, one_change


class NoOwner(Unable):
    """A rule said no."""


class Nobody(Unable):
    """Nobody who works here has this address."""


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


async def password_address_for(url: str, email: str) -> str:
    """Where whoever has this address chooses a new password, once, within 30 minutes. Raises Nobody."""
    await connect(url)
    try:
        staff = await Staff.get_or_none(email=email.strip().casefold(), left_at=None)
        if staff is None:
            raise Nobody(f'Nobody who can sign in here has the address {email}.')
        secret = keys().new_password_secret()
        await PasswordLink.hand_out(staff, secret=secret, by=SYSTEM)
        return password_address(secret.token)
    finally:
        await disconnect()
