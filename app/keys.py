"""Keys derived from the one secret, and the links that are made, looked up and read back with them."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from uuid_utils.compat import uuid7

from models.access_code import CodeSecret
from models.portal_link import LinkSecret

# No 0, O, I or l: a token may have to be read out over the phone.
BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
TOKEN_LENGTH = 22


class Keys:
    """The keys of one installation; each purpose has its own, so that a leak of one opens nothing else."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._look_up = self.derive('link look-up')
        self._reading = Fernet(urlsafe_b64encode(self.derive('link reading')))
        self._checking = self.derive('code checking')
        self._sealing = Fernet(urlsafe_b64encode(self.derive('code sealing')))
        self._totp = Fernet(urlsafe_b64encode(self.derive('totp')))
        self._recovery = self.derive('recovery codes')
        self._seal = Fernet(urlsafe_b64encode(self.derive('seal key')))
        self._password_look_up = self.derive('password link look-up')
        self._password_reading = Fernet(urlsafe_b64encode(self.derive('password link reading')))
        self._half_way = Fernet(urlsafe_b64encode(self.derive('half-way signed in')))

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same at every start."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._secret)

    def new_link_secret(self) -> LinkSecret:
        """A token nobody has, with what may be stored of it."""
        return self.link_secret(_new_token())

    def link_secret(self, token: str) -> LinkSecret:
        """This token with what may be stored of it."""
        return LinkSecret(token=token, digest=self.link_digest(token), cipher=self._reading.encrypt(token.encode()))

    def link_digest(self, token: str) -> bytes:
        """Under which the link of this token is stored."""
        return hmac.digest(self._look_up, token.encode(), sha256)

    def link_token(self, cipher: bytes) -> str | None:
        """The token again, or None when it was made with another secret."""
        try:
            return self._reading.decrypt(bytes(cipher)).decode()
        except InvalidToken:
            return None

    def new_password_secret(self) -> LinkSecret:
        """Of an invitation or a reset: a token nobody has, with what may be stored of it."""
        token = _new_token()
        return LinkSecret(token, self.password_digest(token), self._password_reading.encrypt(token.encode()))

    def password_digest(self, token: str) -> bytes:
        """Under which an invitation or a reset is stored."""
        return hmac.digest(self._password_look_up, token.encode(), sha256)

    def password_token(self, cipher: bytes) -> str | None:
        """The token on its way out, or None when it was made with another secret."""
        return _opened(self._password_reading, bytes(cipher))

    def new_code_secret(self) -> CodeSecret:
        """Six digits with what may be stored of them."""
        code_id, digits = uuid7(), f'{secrets.randbelow(10**6):06d}'
        return CodeSecret(code_id, digits, self.code_digest(code_id, digits), self._sealing.encrypt(digits.encode()))

    def code_digest(self, code_id: UUID, digits: str) -> bytes:
        """A million codes are soon tried by whoever has the stored digests: only this key keeps them from it."""
        return hmac.digest(self._checking, code_id.bytes + digits.encode(), sha256)

    def code_digits(self, cipher: bytes) -> str | None:
        """The code on its way out, or None when it was sealed with another secret."""
        try:
            return self._sealing.decrypt(bytes(cipher)).decode()
        except InvalidToken:
            return None

    def seal_totp(self, secret: str) -> bytes:
        """What an authenticator app was given, as it may be stored."""
        return self._totp.encrypt(secret.encode())

    def totp_secret(self, cipher: bytes) -> str | None:
        """The secret again, or None when it was sealed under another secret of the house."""
        return _opened(self._totp, bytes(cipher))

    def recovery_digest(self, code: str) -> str:
        """Under which a recovery code is stored."""
        return hmac.digest(self._recovery, code.encode(), sha256).hex()

    def lock_seal(self, private: bytes) -> bytes:
        """The private key of the firm's seal, as it may be stored."""
        return self._seal.encrypt(private)

    def unlock_seal(self, cipher: bytes) -> bytes | None:
        """The private key again, or None when it was locked with another secret."""
        try:
            return self._seal.decrypt(bytes(cipher))
        except InvalidToken:
            return None

    def half_way(self, name: str) -> str:
        """Carried by a form between the password and the code: this person has given the right password."""
        return self._half_way.encrypt(name.encode()).decode()

    def who_is_half_way(self, carried: str, within: int) -> str | None:
        """Whom it stands for, if it was handed out by us no longer ago than so many seconds."""
        return _opened(self._half_way, carried.encode(), within)


def _new_token() -> str:
    return ''.join(secrets.choice(BASE58) for _ in range(TOKEN_LENGTH))


def _opened(box: Fernet, cipher: bytes, within: int | None = None) -> str | None:
    try:
        return box.decrypt(cipher, ttl=within).decode()
    except InvalidToken:
        return None


_in_use: Keys | None = None


def use_keys(secret: bytes) -> None:
    """Make the keys of this secret those of this process."""
    global _in_use  # noqa: PLW0603  (one process, one secret)
    _in_use = Keys(secret)


def keys() -> Keys:
    """The keys of this process."""
    if _in_use is None:
        raise RuntimeError('keys were asked for before the secret was read')
    return _in_use
