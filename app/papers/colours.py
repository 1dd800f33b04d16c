"""The colours of a paper: ink, quieter ink, rules, and the firm's one accent made dark enough to be read on white."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

RGB = tuple[int, int, int]

INK: RGB = (22, 32, 29)
QUIET: RGB = (92, 102, 99)
PALE: RGB = (112, 121, 118)
RULE: RGB = (208, 213, 211)
ALARM: RGB = (178, 28, 28)
OWN_ACCENT = '#0c6b58'
READABLE = 5.0  # contrast on white, with some to spare for small letters


@dataclass(frozen=True, slots=True)
class Tint:
    """The accent as it draws rules, writes, and lies under a sum."""

    strong: RGB
    text: RGB
    soft: RGB

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, accent: str) -> Tint:
        strong = _channels(accent if re.fullmatch('#[0-9a-fA-F]{6}', accent) else OWN_ACCENT)
        text = strong
        while contrast_on_white(text) < READABLE:
            text = _mixed(text, (0, 0, 0), 0.06)
        return cls(strong, text, _mixed((255, 255, 255), text, 0.08))


def contrast_on_white(colour: RGB) -> float:
    """As WCAG 2 counts it: 1 to 21."""
    parts = [channel / 255 for channel in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _channels(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
