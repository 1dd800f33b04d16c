"""The way between the parts of the settings."""

from __future__ import annotations

from htpy import a, div

from pages.frame import Desk
from pages.parts.region import Region

PARTS = {
    'business': '/settings',
    'portal': '/settings/portal',
    'letters': '/settings/letters',
    'people': '/settings/people',
    'audit': '/settings/audit',
}


def settings_tabs(desk: Desk, here: str) -> Region:
    """`here` is the part that is open."""
    w = desk.w
    return Region(
        div('.tabs', role='navigation', aria_label=w('portal_settings.sections'))[
            [
                a(href=path, aria_current='page' if part == here else None)[w(f'portal_settings.{part}')]
                for part, path in PARTS.items()
            ]
        ]
    )
