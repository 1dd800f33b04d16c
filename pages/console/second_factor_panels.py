"""The code at sign-in is turned on with an app, and off with the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from htpy import b, code, div, li, p, small, ul

from app.keys import keys
from app.passwords import check_own
from app.second_factor import address_for_apps, new_recovery_codes, new_secret, step_of, written
from models import Business, Refused, Staff, now
from pages.parts.action import Button
from pages.parts.clipboard import copy_text
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.qr import qr_code
from pages.parts.region import Region

if TYPE_CHECKING:
    from pages.frame import Desk

BLAMES = {
    'password_wrong': 'password',
    'second_code_missing': 'code',
    'second_code_wrong': 'code',
    'second_code_used': 'code',
}


async def turn_on(desk: Desk) -> None:
    """The secret is shown once, and kept only after the app has shown that it has it."""
    w = desk.w
    staff = await _own(desk)
    secret = new_secret()
    firm = (
        await Business.the()
    ).name  # in Latin letters: a third of the length in an address, and a code that cameras read
    with open_panel(desk, w('account.second')) as panel:
        address = address_for_apps(secret, staff.email, firm or 'Portal')
        spaced = ' '.join(secret[place : place + 4] for place in range(0, len(secret), 4))
        Region(
            div('.share')[
                p('.dim')[w('account.scan')],
                qr_code(address, w('account.key')),
                div[small('.ref')[w('account.key')], code('.link.block')[spaced]],
            ]
        ).mark('totp')
        form = Form(desk, BLAMES)
        form.text('password', w('account.old_password'), kind='password', complete='current-password')
        form.text('code', w('account.first_code'), longest=10, complete='one-time-code')

        async def save() -> None:
            person = await _own(desk)
            await check_own(person, form['password'])
            if not form['code']:
                raise Refused('second_code_missing')
            step = step_of(secret, form['code'], now())
            codes = new_recovery_codes()
            digests = [keys().recovery_digest(code) for code in codes]
            await person.begin_codes(keys().seal_totp(secret), step=step, recovery_digests=digests, by=person.actor)
            panel.close()
            _show_recovery(desk, codes)
            desk.say(w('account.is_on'))

        form.save_button(w('account.confirm'), save)


async def turn_off(desk: Desk) -> None:
    """Asks for the password: an open browser alone must not take the second step away."""
    w = desk.w
    await _own(desk)
    with open_panel(desk, w('account.off_ask')) as panel:
        form = Form(desk, BLAMES)
        form.text('password', w('account.old_password'), kind='password', complete='current-password')

        async def save() -> None:
            person = await _own(desk)
            await check_own(person, form['password'])
            await person.end_codes(by=person.actor)
            panel.close()
            desk.say(w('account.is_off'))

        form.save_button(w('account.turn_off'), save, tone='bad')


def _show_recovery(desk: Desk, codes: list[str]) -> None:
    w = desk.w
    text = [written(code) for code in codes]
    panel: Panel
    with open_panel(desk, w('account.recovery')) as panel:
        Region([p[w('account.recovery_text')], ul('.codes-list')[[li[b[code]] for code in text]]]).mark('recovery')
        Button(w('account.copy_codes'), lambda: copy_text(desk, '\n'.join(text), said=w('account.codes_copied')))
        Button(w('account.kept'), panel.close, tone='ghost')


async def _own(desk: Desk) -> Staff:
    actor = await desk.actor()
    return await Staff.get(id=actor.staff_id)
