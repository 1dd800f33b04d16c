"""Who reads a portal page: language, address and firm; all that a drawing may know of the request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from models import Business

if TYPE_CHECKING:
    from app.words import Words

LOGO_HEIGHT = 32  # px
PNG = b'\x89PNG'
SEEN_BY_CUSTOMERS = (
    'id', 'version', 'name', 'name_th', 'phone', 'email', 'line_url', 'accent', 'bank_accounts', 'promptpay_id',
    'promptpay_kind', 'privacy_notice', 'privacy_notice_th', 'language',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firm:
    """What a customer may know of the firm."""

    name: str
    name_th: str
    phone: str
    email: str
    line_url: str
    accent: str
    bank_accounts: str
    promptpay_kind: str
    promptpay_ending: str
    privacy_notice: str
    privacy_notice_th: str
    language: str
    logo_light: str
    logo_dark: str
    logo_width: int

    @classmethod
    async def of_this_house(cls) -> Firm | None:
        """The firm, or None before it was set up. The logos, up to a megabyte each, are read once per edit."""
        found = await Business.filter(only=1).only(*SEEN_BY_CUSTOMERS)
        if not found:
            return None
        known = found[0]
        light, dark, width = await _logos(known.version)
        facts = {name: getattr(known, name) for name in SEEN_BY_CUSTOMERS if name in cls.__slots__}
        ending = known.promptpay_id[-4:]
        firm = cls(**facts, promptpay_ending=ending, logo_light=light, logo_dark=dark, logo_width=width)
        _last_known[:] = [firm]
        return firm

    @staticmethod
    def last_known() -> Firm | None:
        """For a page without the database: who the firm was when it was last asked for; its logo lies in there."""
        return replace(_last_known[0], logo_light='', logo_dark='') if _last_known else None


@dataclass(frozen=True, slots=True)
class Reader:
    """Handed to every drawing."""

    w: Words
    language: str
    root: str
    firm: Firm
    whole: bool
    inside: str = ''  # the chat in whose own browser the page is open

    def at(self, path: str) -> str:
        """An address within this portal; always whole, so that it works before the application has booted."""
        return f'{self.root}{path}'

    @property
    def firm_name(self) -> str:
        return self.w.pick(self.firm.name, self.firm.name_th)


async def logo(mode: str) -> bytes | None:
    """The firm's logo for light or dark ground; the other one where only that exists."""
    firm = await Business.get_or_none(only=1)
    if firm is None:
        return None
    wanted, other = (firm.logo_dark, firm.logo_light) if mode == 'dark' else (firm.logo_light, firm.logo_dark)
    return bytes(wanted or other or b'') or None


_last_known: list[Firm] = []
_known_logos: dict[int, tuple[str, str, int]] = {}


async def _logos(version: int) -> tuple[str, str, int]:
    if version not in _known_logos:
        light, dark = await logo('light'), await logo('dark')
        _known_logos.clear()
        _known_logos[version] = (_address('light', light), _address('dark', dark), _width(light))
    return _known_logos[version]


def _width(content: bytes | None) -> int:
    """How much room it takes at its height on the page, from the head of the PNG: kept free until it is there."""
    if not content or not content.startswith(PNG):
        return 0
    wide, high = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return round(LOGO_HEIGHT * wide / max(1, high))


def _address(mode: str, content: bytes | None) -> str:
    return f'/logo/{sha256(content).hexdigest()[:12]}/{mode}' if content else ''
