"""What the owner does about somebody: invite, give another role, help back in, take the way in away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from htpy import Node, b, div, h2, p

from app.keys import keys
from app.letters import password_address
from app.passwords import check_own
from app.settings import settings
from app.words import LANGUAGES, Words
from models import Actor, Level, Module, PasswordLink, Role, Staff
from pages.parts.clipboard import copy_text
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.panel import open_panel
from pages.parts.region import Region

if TYPE_CHECKING:
    from pages.frame import Desk


MIGHTY = (Role.ADMIN, Role.OWNER)


async def invite(desk: Desk) -> None:
    """Name, address and role; the letter leaves, and the address is copied for who prefers to send it by LINE."""
    w = desk.w
    await _owner(desk)
    with open_panel(desk, w('people.invite')) as panel:
        form = Form(
            desk,
            {
                'name_missing': 'name',
                'email_malformed': 'email',
                'email_taken': 'email',
                'password_wrong': 'password',
            },
        )
        form.text('name', w('people.name'))
        form.text('email', w('people.email'), kind='email', hint=w('people.email_hint'))
        _role_field(form, w, Role.SALES)
        languages = {str(language): w(f'common.language_{language}') for language in LANGUAGES}
        form.choice('language', w('people.language'), languages, w.language)
        shown = Region()

        async def save() -> None:
            by = await _owner(desk)
            role, language = Role[form['role']], form['language']
            await _check_before(desk, form, role)
            secret = keys().new_password_secret()
            await PasswordLink.invite(
                name=form['name'], email=form['email'], role=role, language=language, secret=secret, by=by
            )
            email = form['email']
            for name in ('name', 'email', 'password'):
                form.fields[name].write('')
            form.saved()
            await _show(desk, shown, secret.token, _said_of_letter(w, email))

        form.save_button(w('people.send_invitation'), save)
        shown.move(panel.body)  # below the button, where the address is looked for


async def invite_again(desk: Desk, person: Staff) -> None:
    """A new letter, and its address; the one before opens nothing any more."""
    w = desk.w
    if not await confirm(
        desk, w('people.again_ask', name=person.name), w('people.again_text'), yes=w('people.send_invitation')
    ):
        return
    by = await _owner(desk)
    secret = keys().new_password_secret()
    await PasswordLink.invite_again(person, secret=secret, by=by)
    with open_panel(desk, w('people.do.invite_again')):
        await _show(desk, Region(), secret.token, _said_of_letter(w, person.email))


async def change_role(desk: Desk, person: Staff) -> None:
    w = desk.w
    with open_panel(desk, w('people.do.role')) as panel:
        Region(_who(person))
        form = Form(desk, {'last_owner': 'role', 'password_wrong': 'password'})
        _role_field(form, w, person.role)

        async def save() -> None:
            by = await _owner(desk)
            await _check_before(desk, form, Role[form['role']])
            await (await Staff.get(id=person.id)).change_role(Role[form['role']], by=by)
            panel.close()

        form.save_button(w('common.save'), save, done=w('console.saved'))


async def hand_out(desk: Desk, person: Staff) -> None:
    """For who cannot be reached by e-mail.

    Asks for one's own password: an open browser alone must not let others in.
    """
    w = desk.w
    with open_panel(desk, w('people.do.hand_out')) as panel:
        Region([_who(person), p('.dim')[w('people.hand_out_text')]])
        form = _own_password(desk)
        shown = Region()

        async def save() -> None:
            by = await _owner(desk)
            await check_own(desk.staff, form['password'])
            secret = keys().new_password_secret()
            await PasswordLink.hand_out(person, secret=secret, by=by)
            form.fields['password'].write('')
            form.saved()
            await _show(desk, shown, secret.token, w('people.handed_out'))

        form.save_button(w('people.make_address'), save)
        shown.move(panel.body)


async def lift_codes(desk: Desk, person: Staff) -> None:
    """For who lost the phone and the recovery codes; asks for one's own password, for the same reason."""
    w = desk.w
    with open_panel(desk, w('people.do.lift_codes')) as panel:
        Region([_who(person), p('.dim')[w('people.lift_codes_text')]])
        form = _own_password(desk)

        async def save() -> None:
            by = await _owner(desk)
            await check_own(desk.staff, form['password'])
            await person.lift_codes(by=by)
            panel.close()

        form.save_button(w('account.turn_off'), save, tone='bad', done=w('people.codes_lifted'))


async def leave(desk: Desk, person: Staff) -> None:
    w = desk.w
    name = person.name
    if not await confirm(
        desk, w('people.leave_ask', name=name), w('people.leave_text'), yes=w('people.do.leave'), tone='bad'
    ):
        return
    by = await _owner(desk)
    await (await Staff.get(id=person.id)).leave(by=by)
    desk.say(w('people.has_left', name=name))


async def _owner(desk: Desk) -> Actor:
    return await desk.must(Module.SETTINGS, Level.MANAGE)


async def _check_before(desk: Desk, form: Form, role: Role) -> None:
    """An open browser alone must let nobody in who could then do anything."""
    if role in MIGHTY:
        await check_own(desk.staff, form['password'])


def _role_field(form: Form, w: Words, role: Role) -> None:
    """The roles, below them what the chosen one may do, and for the mighty ones room for one's own password."""
    roles = {each.name: w(f'console.role.{each.name.lower()}') for each in Role}
    field = form.choice('role', w('people.role'), roles, role.name, hint=_may(w, role))
    own = form.text('password', w('people.own_password'), kind='password', complete='current-password')

    def chosen() -> None:
        picked = Role[form['role']]
        field.hint(_may(w, picked))
        own.group.set_visibility(picked in MIGHTY)

    form.on_change = chosen
    chosen()


def _may(w: Words, role: Role) -> str:
    return w(f'people.may.{role.name.lower()}')


def _own_password(desk: Desk) -> Form:
    form = Form(desk, {'password_wrong': 'password'})
    form.text('password', desk.w('people.own_password'), kind='password', complete='current-password')
    return form


def _who(person: Staff) -> Node:
    return div[b[person.name], p('.dim')[person.email]]


def _said_of_letter(w: Words, email: str) -> str:
    return w('people.is_mailed', email=email) if settings().mail else w('people.not_mailed')


async def _show(desk: Desk, place: Region, token: str, said: str) -> None:
    """Shown once: afterwards nobody can read it again."""
    url = password_address(token)
    if not place.is_deleted:
        place.show(div('.made')[h2[desk.w('people.address')], div('.link')[url], p('.dim')[said]])
    await copy_text(desk, url, said=desk.w('people.copied'))
