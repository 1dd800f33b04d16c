"""The second factor of a sign-in: codes of an authenticator app, and ten codes on paper for when it is lost."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp

from app.keys import BASE58, keys
from models import LimitCount, Refused, Staff, now
from models.written import dense

RECOVERY_CODES = 10
LONG = 10  # characters of a recovery code: 58 bits
STEP = 30  # seconds
# Who knows the password and guesses has 40 tries a day at a million codes, three of which open.
LIMITS = {timedelta(minutes=15): 10, timedelta(days=1): 40}


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_apps(secret: str, email: str, firm: str) -> str:
    """What the QR holds from which an app learns the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=firm)


def step_of(secret: str, typed: str, at: datetime) -> int:
    """Which half minute this code belongs to, one early and one late allowed. Raises Refused('second_code_wrong')."""
    code = dense(typed)
    here = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    found = [
        step for step in (here - 1, here, here + 1) if compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    if not found:
        raise Refused('second_code_wrong')
    return found[-1]


def new_recovery_codes() -> list[str]:
    """Shown once; only their digests are kept."""
    return [''.join(secrets.choice(BASE58) for _ in range(LONG)) for _ in range(RECOVERY_CODES)]


def written(code: str) -> str:
    """In two halves, as one copies it from paper."""
    return f'{code[: LONG // 2]}-{code[LONG // 2 :]}'


async def check_second(staff: Staff, typed: str) -> None:
    """The app's code, or one from paper; each counts once.

    Raises Refused: `second_code_missing`, `second_code_wrong`, `second_code_used`, `sign_in_wait` after too many tries.
    """
    plain = ''.join(typed.replace('-', ' ').split())
    if not plain:
        raise Refused('second_code_missing')
    for within, tries in LIMITS.items():
        if await LimitCount.count(_counted_under(staff, within), within) > tries:
            raise Refused('sign_in_wait', wait=within)
    secret = keys().totp_secret(staff.totp_cipher) if staff.totp_cipher else None
    if len(plain) == LONG:
        await staff.spend_recovery_code(keys().recovery_digest(plain))
    elif secret is None:
        raise Refused('second_code_wrong')
    else:
        await staff.spend_code(step_of(secret, plain, now()))
    await forgive_codes(staff)


async def forgive_codes(staff: Staff) -> None:
    """What was mistyped is forgotten: after a right code, or a new password that whoever guessed does not know."""
    for within in LIMITS:
        await LimitCount.forget(_counted_under(staff, within))


def _counted_under(staff: Staff, within: timedelta) -> str:
    return f'second factor {staff.id} {int(within.total_seconds())}'
