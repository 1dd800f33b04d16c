"""The bell: what this person must not miss, live, kept over sign-out, and read only by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, a, b, button, div, li, small, span, ul

from app.live import Live, follow, live
from app.noticed import Told, of_whom, sentence, told, where_noticed
from app.words import Words
from models import Notice, Refused
from pages.parts.action import guarded
from pages.parts.empty import empty
from pages.parts.listed import Listed, first_of, show_more
from pages.parts.panel import Panel, open_panel
from pages.parts.table import LiveRegion

if TYPE_CHECKING:
    from pages.frame import Desk

AT_ONCE = 50  # notices; more on a press
NOBODY = ('', 'Customer', 'System')  # names that stand for no particular person


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice; facts as pairs, so that equal ones are equal."""

    id: UUID
    what: str
    at: datetime
    by_name: str
    where: str
    read: bool
    facts: tuple[tuple[str, str], ...]


def live_unread(staff_id: UUID) -> Live[int]:
    async def load() -> int:
        return await Notice.filter(staff_id=staff_id, read_at=None).count()

    return live(('unread notices', staff_id), [follow(Notice, staff_id=staff_id)], load)


def live_notices(staff_id: UUID, most: int) -> Live[Listed[NoticeRow]]:
    """The latest, the newest first."""

    async def load() -> Listed[NoticeRow]:
        found, total = await first_of(Notice.filter(staff_id=staff_id).order_by('-created_at', '-id'), most)
        facts = await told(found)
        return Listed(tuple(_row(notice, facts[notice.id]) for notice in found), total)

    return live(('notices', staff_id, most), [follow(Notice, staff_id=staff_id)], load)


async def open_bell(desk: Desk) -> None:
    """The list in a side panel; a press opens the record and marks the notice as read."""
    staff_id = (await desk.actor()).staff_id
    if staff_id is None:
        raise Refused('signed_out')
    most = AT_ONCE

    async def act(verb: str, reference: str) -> None:
        nonlocal most
        if verb == 'more':
            await desk.actor()
            most += AT_ONCE
            await listed.follow(live_notices(staff_id, most))
        else:
            await _act(desk, panel, verb, reference)

    with open_panel(desk, desk.w('bell.title')) as panel:
        listed: LiveRegion[Listed[NoticeRow]] = LiveRegion(lambda rows: notice_list(desk.w, rows), guarded(desk, act))
        listed.region.mark('notices').classes('notices')
        await listed.follow(live_notices(staff_id, most))


def notice_list(w: Words, listed: Listed[NoticeRow]) -> Node:
    rows = listed.rows
    unread = any(not row.read for row in rows)
    read_all = button('.btn.text.small', type='button', data_do='read-all')[w('bell.read_all')]
    foot = a('.plain.dim', href='/account', data_do='leave')[w('bell.settings')]
    if not rows:
        return [empty('bell', w('bell.none'), w('bell.none_text')), div('.row')[foot]]
    return [
        div('.row')[foot, read_all if unread else None],
        ul('.history')[[_line(w, row) for row in rows]],
        show_more(w, listed.left),
    ]


async def _act(desk: Desk, panel: Panel, verb: str, reference: str) -> None:
    staff_id = (await desk.actor()).staff_id
    if staff_id is None:
        raise Refused('signed_out')
    if verb == 'read-all':
        await Notice.read_all(staff_id)
    elif verb == 'leave':
        panel.close()
    elif verb == 'open':
        notice = await _own(staff_id, reference)
        await notice.read(staff_id=staff_id)
        panel.close()
        desk.go(where_noticed(notice))


async def _own(staff_id: UUID, reference: str) -> Notice:
    """One's own notice; what somebody made up, or is somebody else's, is not there."""
    try:
        notice = await Notice.get_or_none(id=UUID(reference), staff_id=staff_id)
    except ValueError:
        notice = None
    if notice is None:
        raise Refused('record_gone')
    return notice


def _row(notice: Notice, facts: Told) -> NoticeRow:
    return NoticeRow(
        id=notice.id,
        what=notice.what,
        at=notice.created_at,
        by_name='' if notice.by_name in NOBODY else notice.by_name,
        where=where_noticed(notice),
        read=notice.read_at is not None,
        facts=tuple(sorted(facts.items())),
    )


def _line(w: Words, row: NoticeRow) -> Node:
    facts = dict(row.facts)
    who = [part for part in (row.by_name, of_whom(w, facts)) if part]
    text = sentence(w, row.what, facts)
    return li(id=f'notice-{row.id}', class_=None if row.read else 'unread')[
        button(type='button', data_do='open', data_ref=str(row.id))[
            span('.dot', role='img', aria_label=w('bell.unread')) if not row.read else None,
            text if row.read else b[text],
            small('.ref')[' · '.join([*who, w.moment(row.at)])],
        ]
    ]
