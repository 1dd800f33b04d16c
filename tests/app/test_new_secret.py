"""`main.py change-secret`: what was stored under the old secret opens under the new one, or has ended."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import pyotp
import pytest

from app.keys import Keys, keys
from app.new_secret import secret_beside
from app.second_factor import new_recovery_codes, new_secret, step_of
from main import main
from models import AccessCode, Activity, Device, PortalLink, Program, Role, Staff, now
from tests.conftest import HOUSE, SECRET, plain_environment
from tests.world import a_link, a_person, bo, nimman

NEW = b'another secret, which nobody but these tests has seen'


async def changed(url: str, *environment: str) -> tuple[int | None, list[str]]:
    ran = await asyncio.create_subprocess_exec(
        sys.executable, 'main.py', 'change-secret', cwd=HOUSE,
        env=plain_environment() | {'DATABASE_URL': url} | dict(pair.split('=', 1) for pair in environment),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await ran.communicate()
    return ran.returncode, said.decode().splitlines()


async def with_codes(secret: str) -> Staff:
    person = await a_person(Role.SALES)
    digests = [keys().recovery_digest(code) for code in new_recovery_codes()]
    await person.begin_codes(keys().seal_totp(secret), step=0, recovery_digests=digests, by=person.actor)
    return person


async def test_links_keep_their_addresses_and_apps_go_on(db: str) -> None:
    customer = await nimman()
    living, token = await a_link(customer)
    revoked, gone = await a_link(customer)
    await revoked.revoke(by=await bo())
    secret = new_secret()
    person = await with_codes(secret)
    phone = await Device.known(b'a phone of Ploy', user_agent='')
    await AccessCode.ask(living, device_id=phone.id, secret=keys().new_code_secret())
    code, said = await changed(db, f'APP_SECRET={NEW.decode()}', f'APP_SECRET_OLD={SECRET.decode()}')
    assert (code, said[0]) == (0, '1 links keep their addresses under the new secret.')
    assert said[1] == f'New recovery codes are to be made by: {person.name}.'

    new = Keys(NEW)
    found = await PortalLink.find(new.link_digest(token))
    assert found
    assert found.id == living.id
    assert new.link_token(found.cipher or b'') == token
    for made_with in (keys(), new):
        assert await PortalLink.find(made_with.link_digest(gone)) in (None, revoked)
    assert await PortalLink.find(keys().link_digest(token)) is None
    person = await Staff.get(id=person.id)
    assert step_of(new.totp_secret(person.totp_cipher or b'') or '', pyotp.TOTP(secret).at(now()), now())
    assert person.recovery_digests == []
    assert not await AccessCode.exists(replaced_at=None)
    assert (await Activity.get(what='secret_changed')).facts == {'links': 1}


async def test_a_wrong_old_secret_changes_nothing(db: str) -> None:
    link, token = await a_link(await nimman())
    wrong = 'APP_SECRET_OLD=this one was never the secret of any house'
    code, said = await changed(db, f'APP_SECRET={NEW.decode()}', wrong)
    assert code == 1
    assert said == ['APP_SECRET_OLD is not the secret that the links were made with; nothing was changed.']
    assert await PortalLink.find(keys().link_digest(token)) == link
    assert not await Activity.exists(what='secret_changed')


async def test_a_running_program_keeps_its_secret_until_it_is_stopped(db: str) -> None:
    secrets = (f'APP_SECRET={NEW.decode()}', f'APP_SECRET_OLD={SECRET.decode()}')
    _, token = await a_link(await nimman())
    program = uuid4()
    await Program.alive(program)
    code, said = await changed(db, *secrets)
    assert (code, said[0][:27]) == (1, 'The program is running on t')
    assert await PortalLink.find(keys().link_digest(token))
    await Program.stopped(program)
    assert (await changed(db, *secrets))[0] == 0


async def test_a_change_that_was_cut_off_is_made_whole_by_asking_again(db: str, tmp_path: Path) -> None:
    _, token = await a_link(await nimman())
    kept = tmp_path / 'secret'
    kept.write_bytes(SECRET)
    waiting = secret_beside(kept)
    drawn = waiting.read_text()
    assert waiting.stat().st_mode & 0o777 == 0o600
    await changed(db, f'APP_SECRET={drawn}', f'APP_SECRET_OLD={SECRET.decode()}')
    # And here the power fails, before the file is in its place.
    code, said = await changed(db, f'DATA_DIR={tmp_path}')
    assert (code, said[0]) == (0, '1 links keep their addresses under the new secret.')
    assert kept.read_text() == drawn
    assert not waiting.exists()
    assert await PortalLink.find(Keys(drawn.encode()).link_digest(token))


def test_both_secrets_must_be_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv('APP_SECRET', SECRET.decode())
    for old in ('', SECRET.decode()):
        monkeypatch.setenv('APP_SECRET_OLD', old)
        assert main(['change-secret']) == 2
        said = 'APP_SECRET is to be the new secret, and APP_SECRET_OLD the one before it.\n'
        assert capsys.readouterr().err == said
