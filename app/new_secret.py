"""Puts a new secret in the place of the one from which all keys derive, when that may have been seen by others."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from app.database import connect, disconnect
from app.demo.moving import is_demo
from app.health import must_be_up_to_date
from app.keys import Keys
from app.settings import Unable
from models import LinkSecret, PortalLink, Program, Rekeyed, Seal, now, rekey


class StillNeeded(Unable):
    """Somebody goes on with the old secret, and would write what nobody can read."""


class NotTheOldSecret(Unable):
    """What is stored was not stored under the secret that was named."""


def secret_beside(kept: Path) -> Path:
    """The new secret of a data folder, waiting for the database; one that waits there already was interrupted."""
    path = kept.with_name('secret.new')
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    return path


async def change_secret(url: str, old: bytes, new: bytes) -> list[str]:
    """What to tell. Raises NotUpToDate, StillNeeded, NotTheOldSecret; then nothing was changed."""
    await connect(url)
    try:
        await must_be_up_to_date()
        if await Program.living(now()):
            raise StillNeeded(
                'The program is running on this database: stop it, and every other one, first.'
                ' One that was killed is forgotten within a minute.'
            )
        if await is_demo():
            raise StillNeeded('The sign-ins of a demo derive from its secret, which stays as it is.')
        told = _told(await _Change(Keys(old), Keys(new)).make())
        if await Seal.last_made_here():
            told.append('The next signed paper is sealed with a new key; those before stay known.')
        return told
    finally:
        await disconnect()


class _Change:
    """From the keys of one secret to those of another; what has the new one already, from a change cut off, is left."""

    def __init__(self, old: Keys, new: Keys) -> None:
        self.old, self.new = old, new

    async def make(self) -> Rekeyed:
        last = await PortalLink.exclude(cipher=None).order_by('-created_at').first()
        if last and self.link(bytes(last.cipher or b'')) is None:
            raise NotTheOldSecret(
                'APP_SECRET_OLD is not the secret that the links were made with; nothing was changed.'
            )
        return await rekey(self.link, self.totp)

    def link(self, cipher: bytes) -> LinkSecret | None:
        token = self.old.link_token(cipher) or self.new.link_token(cipher)
        return self.new.link_secret(token) if token else None

    def totp(self, cipher: bytes) -> bytes | None:
        secret = self.old.totp_secret(cipher) or self.new.totp_secret(cipher)
        return self.new.seal_totp(secret) if secret else None


def _told(done: Rekeyed) -> list[str]:
    told = [f'{done.links:,} links keep their addresses under the new secret.']
    if done.lost:
        told.append(f'{done.lost:,} older links could not be read with the old secret, and open no more.')
    if done.without_recovery:
        told.append(f'New recovery codes are to be made by: {", ".join(done.without_recovery)}.')
    told.append('Who has a copy of the database and the old secret knows those addresses: revoke the links then.')
    return told
