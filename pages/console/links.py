"""The entries of a record's ••• menu that make, copy and revoke its portal links."""

from __future__ import annotations

from models import Level
from pages.frame import Desk
from pages.parts.link_panel import copy_portal_link, open_link_panel, open_revoke_panel
from pages.parts.link_rows import Recorded, module_of

WAYS = {'copy-link': copy_portal_link, 'generate-link': open_link_panel, 'revoke': open_revoke_panel}
LABELS = {'copy-link': 'links.copy', 'generate-link': 'links.generate', 'revoke': 'links.revoke'}


def link_entries(desk: Desk, record: Recorded, *, alive: bool = True) -> dict[str, str]:
    """What this person may do with the record's links; a record that is over can only have them revoked."""
    if not desk.may(module_of(record), Level.WRITE):
        return {}
    return {key: desk.w(label) for key, label in LABELS.items() if alive or key == 'revoke'}


async def choose_link(desk: Desk, key: str, record: Recorded) -> None:
    if key in WAYS:
        await WAYS[key](desk, record)
