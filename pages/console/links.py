"""The portal links of a quote, an invoice or a deposit: how they stand, and the ••• entries for what is done."""

from __future__ import annotations

from datetime import datetime

from htpy import Node, b, div, small, span

from app.words import Words
from models import Level, now
from models.register import RegisteredLink
from pages.bind import bind
from pages.console.sheet import block
from pages.frame import Desk
from pages.parts.link_panel import copy_portal_link, open_link_panel, open_revoke_panel
from pages.parts.link_rows import Recorded, link_chip, live_links, module_of, story
from pages.parts.region import Region

WAYS = {'copy-link': copy_portal_link, 'generate-link': open_link_panel, 'revoke': open_revoke_panel}
LABELS = {'copy-link': 'links.copy', 'generate-link': 'links.generate', 'revoke': 'links.revoke'}


def link_entries(desk: Desk, record: Recorded, *, alive: bool = True) -> dict[str, str]:
    """What this person may do with the record's links; a record that is over can only have them revoked."""
    if not desk.may(module_of(record), Level.WRITE):
        return {}
    return {key: desk.w(label) for key, label in LABELS.items() if alive or key == 'revoke'}


async def links_block(desk: Desk, record: Recorded) -> None:
    """How the record's links stand, live; nothing while it has none."""
    region = Region()
    w = desk.w

    def show(rows: tuple[RegisteredLink, ...]) -> None:
        at = now()
        region.show(block(w('console.links'), div('.kv')[[_link(w, row, at) for row in rows]]) if rows else None)

    await bind(live_links(record, (module_of(record),)), show, region, timely=True)


async def choose_link(desk: Desk, key: str, record: Recorded) -> None:
    if key in WAYS:
        await WAYS[key](desk, record)


def _link(w: Words, row: RegisteredLink, at: datetime) -> Node:
    said = small[story(w, row, at)]
    return div('.row')[span[b[row.note or w('links.no_note')], said], span('.n')[link_chip(w, row, at)]]
