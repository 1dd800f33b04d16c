"""Whoever steals a dump of the database, at whatever moment, or reads the log, can open nothing with it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

import pyotp
import pytest
import time_machine
from aiosmtpd.controller import Controller
from nicegui.testing import User

from app.clock import deliver_due
from app.keys import Keys, keys
from app.passwords import hash_password
from app.postgres_place import find_programs
from app.settings import MailServer, Settings, settings
from models import AccessCode, Business, CodePolicy, Outbox, OutboxState, PasswordLink, PortalLink, Role, Staff, now
from tests.app.test_letters import Mailbox, mailbox, text_of
from tests.leaks import leaks
from tests.world import KEYS, a_link, a_sent_quote, a_stranger, bo, nimman

__all__ = ['mailbox']
PASSWORD, RECOVERY = 'twelve lamps and a tripod', 'k7m2-p9qd-4xwt'
OUR_OWN = {'httpx', 'mail.log'}  # the browser and the mail server of this test tell what passes through them
MAIL_PASSWORD = 'key-of-the-mail-server'


async def dump_of(url: str) -> str:
    """All that the database holds, as PostgreSQL itself writes it down."""
    process = await asyncio.create_subprocess_exec(
        find_programs()['pg_dump'], f'--dbname={url}', stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    told, complained = await process.communicate()
    assert process.returncode == 0, complained
    return told.decode()


@dataclass
class Thief:
    """Knows what would open something, and takes a dump now and then."""

    phone: User
    database_url: str
    box: Mailbox
    controller: Controller
    chosen: Settings
    known: dict[str, str]
    codes: list[str]
    dumps: dict[str, str]

    async def steals(self, moment: str) -> None:
        self.dumps[moment] = await dump_of(self.database_url)

    async def delivers(self) -> set[tuple[str, OutboxState]]:
        """What there is to deliver; says how the letters stand afterwards."""
        await deliver_due(self.chosen)
        return {(letter.template, letter.state) for letter in await Outbox.all()}


@pytest.fixture
def thief(portal: User, db: str, mailbox: tuple[Mailbox, Controller], monkeypatch: pytest.MonkeyPatch) -> Thief:
    box, controller = mailbox
    mail = MailServer('127.0.0.1', controller.port, 'rent@siamlight.test', '', MAIL_PASSWORD, 'none')
    chosen = replace(settings(), public_url='http://test', mail=mail)
    monkeypatch.setattr('app.settings._in_use', chosen)
    known = {'password': PASSWORD, 'recovery code': RECOVERY, 'mail password': MAIL_PASSWORD}
    known['secret of the house'] = chosen.secret.decode()
    made: list[str] = []
    make = Keys.new_code_secret

    def remembered(keys_of_the_house: Keys) -> object:
        secret = make(keys_of_the_house)
        made.append(secret.digits)
        return secret

    monkeypatch.setattr(Keys, 'new_code_secret', remembered)
    return Thief(portal, db, box, controller, chosen, known, made, {})


async def test_a_dump_and_the_log_hold_nothing_that_opens_anything(
    thief: Thief, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await somebody_signs_in_with_a_second_factor(thief)
    door, link = await a_quote_goes_out_and_a_phone_asks_for_a_code(thief)
    await letters_fail_and_arrive_and_the_code_opens(thief, door, link)

    assert len(thief.codes) == 3
    known = thief.known | {f'code {place}': digits for place, digits in enumerate(thief.codes)}
    assert len(thief.dumps) == 5
    for moment, dump in thief.dumps.items():
        # The name of a link opens nothing: what is sought would be found.
        assert leaks(dump, known | {'its name': link.public_id}) == ['its name'], moment
    said = '\n'.join(record.getMessage() for record in caplog.records if record.name not in OUR_OWN)
    assert leaks(said, known | {'its name': link.public_id}) == ['its name']


async def somebody_signs_in_with_a_second_factor(thief: Thief) -> None:
    staff, http = await Staff.get(id=(await bo()).staff_id), thief.phone.http_client
    await staff.set(password_hash=await hash_password(PASSWORD))
    typed = {'email': staff.email, 'password': PASSWORD, 'next': '/customers'}
    assert (await http.post('/sign-in', data=typed)).status_code == 303
    thief.known |= {'session of staff': http.cookies['staff'], 'second factor': pyotp.random_base32()}
    await staff.begin_codes(
        keys().seal_totp(thief.known['second factor']),
        step=0,
        recovery_digests=[keys().recovery_digest(RECOVERY)],
        by=staff.actor,
    )
    http.cookies.clear()


async def a_quote_goes_out_and_a_phone_asks_for_a_code(thief: Thief) -> tuple[str, PortalLink]:
    firm, by, http = await Business.the(), await bo(), thief.phone.http_client
    await firm.amend(version=firm.version, by=by, code_policy=CodePolicy.EVERYONE)
    quote = await a_sent_quote(await nimman())
    invitation = keys().new_password_secret()
    await PasswordLink.invite(name='Mali', email='mali@siamlight.test', role=Role.SALES, secret=invitation, by=by)
    thief.known['invitation'] = invitation.token
    link = await PortalLink.get(quote_id=quote.id)
    revoked, of_the_revoked = await a_link(await a_stranger())
    await revoked.revoke(by=by)
    token = KEYS.link_token(link.cipher or b'') or ''
    door = f'/p/{token}'
    assert 'One more step' in (await http.get(door, headers={'accept-language': 'en'})).text
    thief.known |= {'link': token, 'revoked link': of_the_revoked, 'device': http.cookies['device']}
    await http.post(f'{door}/code/send')
    await thief.steals('while all waits')
    assert (await Outbox.get(template='code')).state is OutboxState.QUEUED
    return door, link


async def letters_fail_and_arrive_and_the_code_opens(thief: Thief, door: str, link: PortalLink) -> None:
    http, began = thief.phone.http_client, now()
    assert ('quote', OutboxState.QUEUED) in await thief.delivers()  # the server is down
    await thief.steals('after the first try')
    thief.controller.start()
    thief.box.refuse = '550 no such mailbox'
    with time_machine.travel(began + timedelta(minutes=2)):
        assert await thief.delivers() >= {('quote', OutboxState.FAILED), ('code', OutboxState.FAILED)}
        await thief.steals('once they have failed')
        thief.box.refuse = ''
        await (await Outbox.get(template='quote')).retry(by=await bo())
        await http.post(f'{door}/code/send')
        assert await thief.delivers() >= {('quote', OutboxState.SENT), ('code', OutboxState.SENT)}
        await thief.steals('once they are sent')
        arrived = ''.join(text_of(letter) for letter in thief.box.received)
        assert thief.codes[1] in arrived and thief.known['link'] in arrived
        mali = await PasswordLink.invite_again(
            await Staff.get(name='Mali'), secret=(again := keys().new_password_secret()), by=await bo()
        )
        thief.known['second invitation'] = again.token
        await thief.delivers()
        assert any(again.token in text_of(letter) for letter in thief.box.received)
        assert (await PasswordLink.get(id=mali.id)).cipher is None
        wrong = '000000' if thief.codes[1] != '000000' else '111111'
        assert (await http.post(f'{door}/code', data={'digits': wrong})).status_code == 403
        assert (await http.post(f'{door}/code', data={'digits': thief.codes[1]})).status_code == 303
        assert 'Commercial shoot, Chiang Mai' in (await http.get(door)).text
        await AccessCode.read_aloud(link, secret=keys().new_code_secret(), by=await bo())
        await thief.steals('once the device is unlocked')


def test_what_is_sought_is_found_in_every_form() -> None:
    secrets = {'code': '314159', 'token': '7Yk3mPqR9sTuVwXyZ2aBcD'}
    for text in ('314159', "('314159')", '333134313539', sha256(b'314159').hexdigest()):
        assert leaks(text, secrets) == ['code']
    for text in ('x7Yk3mPqR9sTuVwXyZ2aBcDx', b'7Yk3mPqR9sTuVwXyZ2aBcD'.hex()):
        assert leaks(text, secrets) == ['token']
    for text in ('2026-11-22 07:00:00.314159+00', 'ab314159', '1314159'):
        assert leaks(text, secrets) == []
