"""The addresses that the environment names: as the program needs them, or refused with what is wrong with them."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, parse_qs, urlsplit

USUAL_PORTS = {'http': 80, 'https': 443}
PLACE = re.compile(r'(\[[\da-f:.]+\]|[^\[\]:]*)(:\d{1,5})?', re.IGNORECASE)  # one host of a database, maybe with a port
NO_CODE = re.compile(r'%(?![\da-f]{2})', re.IGNORECASE)


def public_origin(text: str) -> str:
    """Exactly as browsers name the origin of our pages: small letters, Punycode, no port that goes without saying."""
    parts = _parts(text)
    host = host_name(parts.hostname or '') if parts and '@' not in parts.netloc else ''
    if not parts or not host or not (port := _port(parts)) or parts.path.strip('/') or parts.query or parts.fragment:
        raise ValueError(f'must be the address people type, such as https://portal.example.com, and is "{text}"')
    shown = '' if port == USUAL_PORTS[parts.scheme] else f':{port}'
    return f'{parts.scheme}://{f"[{host}]" if ":" in host else host}{shown}'


def host_name(text: str) -> str:
    """A name as browsers ask for it, in Punycode where it is Thai; '' where it is none."""
    if ':' in text:  # the number of a machine
        return text
    try:
        return text.lower().encode('idna').decode()
    except UnicodeError:
        return ''


def database_address(text: str) -> str:
    """An address that both the driver and PostgreSQL's own programs read alike."""
    scheme, colon, rest = text.partition('://')
    parts = _parts(text)
    user, _, places = parts.netloc.rpartition('@') if parts else ('', '', '')
    if (
        not colon
        or parts is None
        or scheme not in ('postgres', 'postgresql')
        or not re.fullmatch('/[^/@]+', parts.path)
        or not all(PLACE.fullmatch(place) for place in places.split(','))
        or '@' in user
        or '#' in text
        or NO_CODE.search(text)
    ):
        # The text may hold a password, so the sentence does not repeat it.
        raise ValueError(
            'must look like postgres://user:password@host:5432/database, where a password has'
            ' @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25'
        )
    return f'postgres://{rest}'


def whereabouts(url: str) -> str:
    """Which database is meant, without its password."""
    parts = urlsplit(url)
    named = parts.netloc.rpartition('@')[2] or next(iter(parse_qs(parts.query).get('host', [])), 'localhost')
    return f'{named}{parts.path}'


def proxies(text: str) -> str:
    """Those whose word on where a visitor comes from counts; of everybody, anybody could claim anything."""
    named = [name.strip() for name in text.split(',') if name.strip()]
    try:
        for name in named:
            ip_network(name) if '/' in name else ip_address(name)
    except ValueError:
        raise ValueError(
            f'must be addresses or networks, such as 10.0.0.7 or 172.16.0.0/12, divided by commas, and is "{text}"'
        ) from None
    return ','.join(named)


def _parts(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # brackets that do not close
        return None


def _port(parts: SplitResult) -> int:
    """The port of a page, the usual one where none is named; 0 where there can be none."""
    usual = USUAL_PORTS.get(parts.scheme, 0)
    try:
        return usual if parts.port is None else usual and parts.port
    except ValueError:  # it is no number, or too large
        return 0
