"""Colours by meaning with the firm's accent made readable in light and dark, and the icons, all of one stroke width."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from markupsafe import Markup

from app.assets import asset, style

READABLE = 4.5
BRIGHT = 7.0  # on dark ground an accent that can only just be read looks broken
LIGHT_SURFACE, LIGHT_GROUND, LIGHT_INK = '#ffffff', '#f7f6f2', '#16201d'
DARK_SURFACE, DARK_GROUND, DARK_INK = '#191f1d', '#101413', '#eef2f0'
OWN_ACCENT = '#0c6b58'

PATHS = {
    'home': '<path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>',
    'jobs': '<path d="M3 7h11v9H3zM14 10h4l3 3v3h-7z"/><circle cx="7" cy="18" r="1.6"/>'
    '<circle cx="17" cy="18" r="1.6"/>',
    'invoices': '<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"/>',
    'receipts': '<path d="M5 12l4 4L19 6"/><path d="M4 20h16"/>',
    'documents': '<path d="M7 3h7l4 4v14H7zM14 3v4h4"/>',
    'quotes': '<path d="M5 20h14M6 16l1-4 8-8 3 3-8 8z"/>',
    'deposits': '<path d="M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z"/><path d="M9 12l2 2 4-4"/>',
    'search': '<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5L20 20"/>',
    'save': '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
    'back': '<path d="M14 6l-6 6 6 6"/>',
    'onward': '<path d="M10 6l6 6-6 6"/>',
    'check': '<path d="M6 12.5l4 4 8-9"/>',
    'mail': '<path d="M4 6h16v12H4zM4 7l8 6 8-6"/>',
    'phone': '<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1z"/>',
    'chat': '<path d="M4 5h16v11h-9l-4 4v-4H4z"/>',
    'unlinked': '<path d="M10 14l-2 2a3.5 3.5 0 0 1-5-5l3-3M14 10l2-2a3.5 3.5 0 0 1 5 5l-3 3M4 4l16 16"/>',
    'lock': '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    'place': '<path d="M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11z"/><circle cx="12" cy="10" r="2.5"/>',
    'person': '<circle cx="12" cy="8" r="4"/><path d="M4 20a8 8 0 0 1 16 0"/>',
    'calm': '<circle cx="12" cy="12" r="9"/><path d="M8 12.5l3 3 5-6"/>',
    'bell': '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2 2 0 0 0 4 0"/>',
    'up': '<path d="M6 14l6-6 6 6"/>',
    'down': '<path d="M6 10l6 6 6-6"/>',
    'cross': '<path d="M7 7l10 10M17 7L7 17"/>',
    'plus': '<path d="M12 6v12M6 12h12"/>',
    'grip': '<path d="M9 6v.1M9 12v.1M9 18v.1M15 6v.1M15 12v.1M15 18v.1"/>',
    'trouble': '<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.5v.1"/>',
}


class HasAccent(Protocol):
    """The firm, or what a page knows of it."""

    @property
    def accent(self) -> str: ...


@cache
def icon(name: str) -> Markup:
    """An icon that takes the colour and, by its class, the size of what stands around it."""
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{PATHS[name]}</svg>')


def firm_css(business: HasAccent) -> str:
    """The variables that carry the firm's colour, for both modes."""
    return _firm_css(business.accent)


def portal_head(business: HasAccent) -> str:
    """What stands in the head of a portal page: the fonts it starts with and everything that the first screen needs."""
    fonts = ''.join(
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{asset(f"fonts/sarabun-{weight}.woff2")}">'
        for weight in (400, 700)
    )
    return (
        f'<meta name="theme-color" content="{LIGHT_GROUND}" media="(prefers-color-scheme: light)">'
        f'<meta name="theme-color" content="{DARK_GROUND}" media="(prefers-color-scheme: dark)">'
        f'{fonts}<style>{style("tokens.css", "portal.css")}{firm_css(business)}</style>'
    )


def contrast(one: str, other: str) -> float:
    """How well one colour can be read on the other, as WCAG 2 counts it: 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True, slots=True)
class Accent:
    """One colour and what goes with it in one mode."""

    colour: str
    ink: str
    soft: str

    @property
    def css(self) -> str:
        return f'--accent:{self.colour};--accent-ink:{self.ink};--accent-soft:{self.soft}'


def accent_for(colour: str, *, dark: bool) -> Accent:
    """The firm's colour, moved away from the ground until text in it, on it and on its tint can be read."""
    surface, ground, wanted = (DARK_SURFACE, DARK_GROUND, BRIGHT) if dark else (LIGHT_SURFACE, LIGHT_GROUND, READABLE)
    for step in range(101):
        moved = _brighter(colour, step / 100) if dark else _mixed(colour, '#000000', step / 100)
        soft = _mixed(surface, moved, 0.16 if dark else 0.11)
        ink = max(('#ffffff', _mixed('#000000', moved, 0.12)), key=lambda candidate: contrast(candidate, moved))
        if contrast(moved, surface) >= wanted and min(contrast(moved, it) for it in (ground, soft, ink)) >= READABLE:
            return Accent(moved, ink, soft)
    return accent_for(OWN_ACCENT, dark=dark)


@cache
def _firm_css(accent: str) -> str:
    light, dark = accent_for(accent, dark=False), accent_for(accent, dark=True)
    return f':root{{{light.css}}}@media (prefers-color-scheme:dark){{:root{{{dark.css}}}}}'


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return '#' + ''.join(f'{round(a + (b - a) * share):02x}' for a, b in pairs)


def _brighter(colour: str, share: float) -> str:
    # Mixed with white a colour turns grey; brought up in its own hue, a little softer, it stays the firm's.
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    lifted = colorsys.hls_to_rgb(hue, lightness + (1 - lightness) * share, saturation * (1 - 0.35 * min(1, 2 * share)))
    return '#' + ''.join(f'{round(part * 255):02x}' for part in lifted)


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
