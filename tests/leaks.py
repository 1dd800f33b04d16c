"""Looks for secrets in what others may come to read, a dump or a log, in every form that gives them back."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping

DIGITS = re.compile(r'\d+')


def leaks(text: str, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that stand in the text as they are, encoded, or in a hash that can be tried out."""
    lowered = text.lower()
    return [name for name, secret in secrets.items() if any(_stands(form, text, lowered) for form in _forms(secret))]


def _forms(secret: str) -> Iterable[str]:
    raw = secret.encode()
    yield secret
    yield raw.hex()
    yield base64.b64encode(raw).decode().rstrip('=')
    if DIGITS.fullmatch(secret):  # so few that whoever has an unkeyed hash has the code
        for kind in ('md5', 'sha1', 'sha256', 'sha512'):
            yield hashlib.new(kind, raw).hexdigest()


def _stands(form: str, text: str, lowered: str) -> bool:
    if DIGITS.fullmatch(form) and len(form) < 12:
        # Six digits stand in many a moment and hash by chance: only by themselves are they the code.
        return re.search(rf'(?<![0-9a-f.+-]){form}(?![0-9a-f-])', lowered) is not None
    return form in text or form in lowered
