"""Numbers, telephones and addresses as people write them, and as machines and other people's programs read them."""

import re
from typing import Any

from models.base import Refused

_THAI = {ord('๐') + digit: str(digit) for digit in range(10)}
_EMAIL = re.compile(r'[^@\s]+@[^@\s.]+(\.[^@\s.]+)+')
_FEWEST, _MOST = 8, 25  # digits of a telephone number; the most with an extension and a second number


def plain_digits(text: str) -> str:
    """๐-๙ as 0-9: no bank, no telephone and no search reads the others."""
    return text.translate(_THAI)


def dense(text: str) -> str:
    """A number without the spaces and dashes that people set between its digits."""
    return re.sub(r'[\s-]', '', plain_digits(text))


def tax_identity(facts: dict[str, Any]) -> dict[str, str]:
    """Tax ID and branch, of those that are among the facts, as they are kept.

    Raises Refused: `tax_id_malformed` (13 digits), `branch_malformed` (5).
    """
    known = {name: dense(facts[name]) for name in ('tax_id', 'branch') if facts.get(name)}
    if not re.fullmatch('([0-9]{13})?', known.get('tax_id', '')):
        raise Refused('tax_id_malformed')
    if not re.fullmatch('([0-9]{5})?', known.get('branch', '')):
        raise Refused('branch_malformed')
    return known


def is_email(text: str) -> bool:
    """Whether mail could reach it: one @, and behind it a name with a dot."""
    return _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Whether it can be a telephone number; how it is written is left to people (02 123 4567 ต่อ 101)."""
    return _FEWEST <= len(re.sub(r'\D', '', plain_digits(text))) <= _MOST


def dialled(phone: str) -> str:
    """A telephone number as a phone dials it: the first one, without its extension."""
    first = re.split(r'ต่อ|ext|[,;#/]', plain_digits(phone), maxsplit=1, flags=re.IGNORECASE)[0]
    return ''.join(sign for sign in first if sign.isdecimal() or sign == '+')


def line_address(text: str) -> str | None:
    """Where LINE adds the firm as a friend: the address, or made of an ID (@firm, or a person's). None: nowhere."""
    if official := re.fullmatch(r'@[A-Za-z0-9._-]{2,30}', text):
        return f'https://line.me/R/ti/p/{official[0]}'
    if person := re.fullmatch(r'~?([a-z0-9._-]{2,30})', text):
        return f'https://line.me/ti/p/~{person[1]}'
    return web_address(text)


def web_address(text: str) -> str | None:
    """As a browser opens it; no other scheme than these leads out of a customer's portal. None: it leads nowhere."""
    whole = text if not text or re.match(r'(https?|line)://', text) else f'https://{text}'
    return whole if not whole or re.match(r'(https?://[^\s/@]+\.[^\s/@]|line://\S)', whole) else None
