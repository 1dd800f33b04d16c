"""How a record's screen is divided: what it is, beside it what is known of it, below it what happened."""

from __future__ import annotations

from uuid import UUID

from nicegui import html, ui

from pages.frame import Desk
from pages.parts.history import activity_list


def two_columns(kind: str = '') -> tuple[ui.element, ui.element]:
    """The wide column and the narrow one; on a narrow screen they stand under each other."""
    with ui.element('div').classes(f'detail {kind}'.strip()):
        wide = ui.element('div').classes('stack')
        narrow = ui.element('div').classes('stack')
    return wide, narrow


async def history_below(desk: Desk, wide: ui.element, **scope: UUID) -> None:
    """The Activity of the record, last on a narrow screen too."""
    detail = wide.parent_slot.parent if wide.parent_slot else wide
    with detail, ui.element('div').classes('stack history-stack'):
        html.h2(desk.w('jobs.activity'))
        await activity_list(desk, **scope)
