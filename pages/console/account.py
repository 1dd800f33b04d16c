"""My account: password, code at sign-in, where one is signed in, and what comes by e-mail; everybody for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from htpy import Node, b, button, div, h2, li, p, small, span, ul
from nicegui import ui

from app.browsers import browser_of
from app.live import Live, follow, live
from app.passwords import SHORTEST, check_own, hash_password
from app.words import Words
from models import Module, Refused, Staff, StaffSession, now
from models.notice import KINDS
from pages.bind import bind
from pages.console.second_factor_panels import turn_off, turn_on
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.link_panel import link_id_of
from pages.parts.region import Region
from pages.parts.table import chip
from pages.parts.text import Text


@dataclass(frozen=True, slots=True)
class Session:
    """A browser on which this person is signed in."""

    id: UUID
    browser: str
    ip: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Factor:
    """Whether signing in asks for a code, and how many recovery codes are left."""

    on: bool
    left: int


# Every role may read customers: this page is for all of them.
@console_page('/account', module=Module.CUSTOMERS)
async def account(desk: Desk) -> None:
    await AccountScreen(desk).open()


class AccountScreen:
    """Four cards; each saves by itself."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        bar(desk, w('account.title'))
        with ui.element('div').classes('two'):
            with ui.element('div').classes('narrow'):
                with ui.element('section').classes('card group'):
                    self._password()
                with ui.element('section').classes('card group'):
                    await self._second_factor()
            with ui.element('div').classes('narrow'):
                with ui.element('section').classes('card group'):
                    await self._sessions()
                with ui.element('section').classes('card group'):
                    await self._notices()

    def _password(self) -> None:
        w = self.desk.w
        Text('h2', w('account.password'))
        blames = {'password_wrong': 'old', 'password_short': 'new', 'password_same': 'new'}
        form = self.passwords = Form(self.desk, blames)
        form.text('old', w('account.old_password'), kind='password', complete='current-password')
        form.text('new', w('account.new_password', count=SHORTEST), kind='password', complete='new-password')
        form.save_button(w('account.change'), self._change_password)

    async def _change_password(self) -> None:
        form = self.passwords
        staff = await own(self.desk)
        await check_own(staff, form['old'])
        if form['old'] == form['new']:
            raise Refused('password_same')
        hashed = await hash_password(form['new'])
        await staff.change_password(hashed, keep=self.desk.session_id, by=staff.actor)
        for name in ('old', 'new'):
            form.fields[name].write('')
        self.desk.say(self.desk.w('account.changed'))

    async def _second_factor(self) -> None:
        desk, w = self.desk, self.desk.w

        async def act(verb: str, _reference: str) -> None:
            if verb == 'turn-on':
                await turn_on(desk)
            elif verb == 'turn-off':
                await turn_off(desk)

        shown = Region(act=guarded(desk, act)).mark('second-factor')
        await bind(live_factor(desk.staff.id), lambda factor: shown.show(_factor(w, factor)), shown)

    async def _sessions(self) -> None:
        desk, w = self.desk, self.desk.w

        async def act(verb: str, reference: str) -> None:
            staff = await own(desk)
            if verb == 'sign-out-there':
                session = await StaffSession.get_or_none(id=link_id_of(reference), staff_id=staff.id)
                if session is None:
                    raise Refused('record_gone')
                await session.end()
                desk.say(w('account.signed_out_there'))
            elif verb == 'sign-out-others':
                await (await StaffSession.get(id=desk.session_id)).end_others()
                desk.say(w('account.signed_out_others'))

        shown = Region(act=guarded(desk, act)).mark('sessions')
        here = desk.session_id
        await bind(live_sessions(desk.staff.id), lambda rows: shown.show(_session_list(w, rows, here)), shown)

    async def _notices(self) -> None:
        desk, w = self.desk, self.desk.w
        staff = await own(desk)
        Text('h2', w('account.notices'))
        Text('p', w('account.notices_text')).classes('note')
        form = Form(desk)
        for kind in KINDS:
            form.tick(kind, w(f'bell.kind.{kind}'), kind not in staff.quiet_notices)

        async def save() -> None:
            person = await own(desk)
            await person.quiet([kind for kind, wanted in form.values().items() if not wanted], by=person.actor)

        form.save_button(w('common.save'), save, tone='ghost', done=w('console.saved'))


async def own(desk: Desk) -> Staff:
    """Whoever is signed in here, as they are now. Raises Refused('signed_out')."""
    actor = await desk.actor()
    return await Staff.get(id=actor.staff_id)


def live_factor(staff_id: UUID) -> Live[Factor]:
    async def load() -> Factor:
        staff = await Staff.get(id=staff_id)
        return Factor(staff.totp_cipher is not None, len(staff.recovery_digests))

    return live(('second factor', staff_id), [follow(Staff, id=staff_id)], load)


def live_sessions(staff_id: UUID) -> Live[tuple[Session, ...]]:
    """Those that still open the console, the last used first."""

    async def load() -> tuple[Session, ...]:
        found = StaffSession.filter(staff_id=staff_id, ended_at=None, ends_at__gt=now()).order_by('-seen_at', '-id')
        return tuple(
            Session(one.id, browser_of(one.user_agent), one.ip, one.created_at, one.seen_at) for one in await found
        )

    return live(('sessions', staff_id), [follow(StaffSession, staff_id=staff_id)], load)


def _factor(w: Words, factor: Factor) -> Node:
    state = chip('good', w('account.second_on')) if factor.on else chip('', w('account.second_off'))
    press = 'turn-off' if factor.on else 'turn-on'
    tone = '.btn.ghost' if factor.on else '.btn'
    return div('.group')[
        div('.row')[h2[w('account.second')], state],
        p('.dim')[w('account.second_text')],
        p('.note')[w('account.left', count=factor.left)] if factor.on else None,
        div('.btns')[button(tone, type='button', data_do=press)[w(f'account.{press.replace("-", "_")}')]],
    ]


def _session_list(w: Words, rows: tuple[Session, ...], here: UUID) -> Node:
    others = any(row.id != here for row in rows)
    everywhere = button('.btn.text.small', type='button', data_do='sign-out-others')[w('account.sign_out_others')]
    return div('.group')[
        div('.row')[h2[w('account.sessions')], everywhere if others else None],
        ul('.letters')[[_session(w, row, row.id == here) for row in rows]],
    ]


def _session(w: Words, row: Session, here: bool) -> Node:
    out = button('.btn.ghost.small', type='button', data_do='sign-out-there', data_ref=str(row.id))[
        w('account.sign_out_there')
    ]
    return li(id=f'session-{row.id}')[
        span[
            b[row.browser or w('account.unknown_browser')],
            small[' · '.join([w('account.since', at=w.moment(row.since)), *([row.ip] if row.ip else [])])],
            small[w('account.seen', at=w.moment(row.seen_at))],
        ],
        chip('good', w('account.this_one')) if here else out,
    ]
