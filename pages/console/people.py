"""Settings → Users & Roles: who may sign in, as what, who is invited, and who no longer works here."""

from __future__ import annotations

from htpy import Node, b, button, div, small, span
from nicegui import ui

from app.words import Words
from models import Level, Module, Refused, Staff, now
from pages.console.people_panels import change_role, hand_out, invite, invite_again, leave, lift_codes
from pages.console.people_view import PersonRow, live_people
from pages.console.settings_tabs import settings_tabs
from pages.frame import Desk, console_page
from pages.parts.action import action, guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.link_panel import link_id_of
from pages.parts.region import Region
from pages.parts.row_menu import RowMenu, row_dots
from pages.parts.table import Column, LiveRegion, Row, chip, table

# What is done to somebody by the ••• of their row.
ACTS = {
    'role': change_role,
    'invite_again': invite_again,
    'hand_out': hand_out,
    'lift_codes': lift_codes,
    'leave': leave,
}


@console_page('/settings/people', module=Module.SETTINGS, level=Level.WRITE)
async def people(desk: Desk) -> None:
    screen = PeopleScreen(desk)
    w = desk.w
    with bar(desk, w('people.title')):
        screen.switch()
        if desk.may(Module.SETTINGS, Level.MANAGE):
            action(desk, w('people.invite'), lambda: invite(desk), key='n')
    settings_tabs(desk, 'people')
    await screen.show()


class PeopleScreen:
    """The table of those who may sign in; those who left are shown on request."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.left = False
        self.shown: LiveRegion[tuple[PersonRow, ...]]

    def switch(self) -> None:
        self._switch = Region(self._drawn_switch(), guarded(self.desk, self._act))

    async def show(self) -> None:
        desk, w = self.desk, self.desk.w
        entries = {key: w(f'people.do.{key}') for key in ACTS}
        self.shown = LiveRegion(self._draw)
        with ui.element('div'):
            RowMenu(desk, w('jobs.more_actions'), entries, self._chosen)
        await self.shown.follow(live_people(left=self.left))

    async def _act(self, verb: str, _reference: str) -> None:
        if verb != 'left':
            return
        await self.desk.must(Module.SETTINGS, Level.WRITE)
        self.left = not self.left
        self._switch.show(self._drawn_switch())
        await self.shown.follow(live_people(left=self.left))

    async def _chosen(self, key: str, reference: str) -> None:
        await self.desk.must(Module.SETTINGS, Level.MANAGE)
        act, person = ACTS.get(key), await Staff.get_or_none(id=link_id_of(reference))
        if act is None or person is None:
            raise Refused('not_allowed')
        await act(self.desk, person)

    def _drawn_switch(self) -> Node:
        label = self.desk.w('people.show_left')
        return button('.btn.opt', type='button', data_do='left', aria_pressed=str(self.left).lower())[label]

    def _draw(self, rows: tuple[PersonRow, ...]) -> Node:
        w, may = self.desk.w, self.desk.may(Module.SETTINGS, Level.MANAGE)
        columns = [
            Column(w('people.name')),
            Column(w('people.role'), 'tight'),
            Column(w('people.state')),
            Column(w('people.seen'), 'dim aside'),
            Column('', 'acts'),
        ]
        nothing = empty('person', w('people.nobody_left'), '')
        return table(columns, [self._row(w, row, may) for row in rows], nothing)

    def _row(self, w: Words, row: PersonRow, may: bool) -> Row:
        own = row.id == self.desk.staff.id
        you = chip('', w('people.you')) if own else None
        name = div('.stack')[div[span[b[row.name], ' ', you], small[row.email]]]
        dots = row_dots(w('people.more', name=row.name), _acts(row) if may and not own else (), str(row.id))
        seen = w.moment(row.seen_at) if row.seen_at else '—'
        role = w(f'console.role.{row.role.name.lower()}')
        return Row(str(row.id), '', (name, role, _state(w, row), seen, dots))


def _acts(row: PersonRow) -> tuple[str, ...]:
    if row.left:
        return ()
    if not row.joined:
        return ('invite_again', 'role', 'leave')
    return ('role', 'hand_out', *(('lift_codes',) if row.codes else ()), 'leave')


def _state(w: Words, row: PersonRow) -> Node:
    if row.left:
        return chip('', w('people.is_left'))
    if row.joined:
        return [chip('good', w('people.is_here')), ' ', chip('', w('people.codes_on')) if row.codes else None]
    if row.letter_failed:
        return chip('bad', w('people.letter_failed'))
    if row.invited_until is None or row.invited_until <= now():
        return chip('warn', w('people.invitation_ended'))
    return chip('acc', w('people.invited_until', day=w.day(row.invited_day)))
