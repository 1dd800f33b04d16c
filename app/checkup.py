"""Looks an installation over: what is fine, and what its operator should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from tortoise.connection import get_connection

from app.database import CLERK, connect, disconnect, dsn_of
from app.health import all_migrations, missing_migrations
from app.keys import TOKEN_LENGTH, keys
from app.postgres_place import NoServer
from app.reach import must_answer
from app.seal_key import name_in
from app.settings import Settings
from models import PortalLink, Role, Seal, Staff, now

LONGEST_LINK = 60
OLDEST_SERVER = 150000
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Finding:
    fine: bool
    sentence: str


async def look_over(url: str, chosen: Settings) -> list[Finding]:
    """Every finding, good or bad; changes nothing."""
    findings = _of_settings(chosen)
    try:
        await must_answer(url)
    except NoServer as error:
        sentence = str(error).rstrip('.')
        return [*findings, Finding(False, sentence[0].lower() + sentence[1:])]
    findings.append(await _of_server(url))
    await connect(url)
    try:
        return [*findings, *await _of_records(), *await _of_seal(chosen)]
    finally:
        await disconnect()


def _of_settings(chosen: Settings) -> list[Finding]:
    link = len(f'{chosen.public_url}/p/') + TOKEN_LENGTH
    safe = chosen.public_url.startswith('https://')
    return [
        Finding(safe, f'PUBLIC_URL is {chosen.public_url}' + ('' if safe else ': links are secret only over https')),
        Finding(link <= LONGEST_LINK, f'a portal link has {link} characters' + (', and chats break it' * (link > 60))),
    ]


async def _of_server(url: str) -> Finding:
    connection = await asyncpg.connect(dsn_of(url), timeout=10)
    try:
        version = f'PostgreSQL {await connection.fetchval("show server_version")}'
        return _of_version(int(await connection.fetchval('show server_version_num')), version)
    finally:
        await connection.close()


def _of_version(number: int, version: str) -> Finding:
    fine = number >= OLDEST_SERVER
    return Finding(fine, version + ('' if fine else f': the program is tried with {OLDEST_SERVER // 10000} and newer'))


async def _of_records() -> list[Finding]:
    missing = await missing_migrations()
    if {*missing} == all_migrations():
        return [Finding(False, 'the database is empty: the first start makes its tables')]
    if missing:
        return [Finding(False, f'the database lacks {", ".join(missing)}: it is brought up to date by the next start')]
    [row] = await get_connection('default').execute_query_dict('select current_user::text as name')
    own_role = row['name'] == CLERK
    owner = await Staff.exists(role=Role.OWNER, left_at=None)
    link = await PortalLink.filter(cipher__isnull=False).order_by('-created_at').first()
    fits = link is None or (link.cipher is not None and keys().link_token(link.cipher) is not None)
    return [
        Finding(True, 'the database is up to date'),
        Finding(
            own_role,
            'the record of what happened cannot be rewritten by the program'
            if own_role
            else 'the program works as the owner of its tables, and triggers alone guard what happened: let a superuser'
            f' "create role {CLERK}" and "grant {CLERK} to" the user of DATABASE_URL, and start the program anew',
        ),
        Finding(owner, 'there is an owner' if owner else 'there is no owner: main.py create-owner makes one'),
        Finding(fits, 'the secret fits the links' if fits else 'APP_SECRET is not the one the links were made with'),
    ]


async def _of_seal(chosen: Settings) -> list[Finding]:
    """Whose seal signed papers get, and until when it is believed."""
    if chosen.seal:
        lasts = chosen.seal.ends_at - now() > SOON
        until = f'until {chosen.seal.ends_at:%d %b %Y}'
        return [Finding(lasts, f'signed papers are sealed with the key of {chosen.seal.name}, {until}')]
    if await missing_migrations():
        return []
    kept = await Seal.last_made_here()
    if kept is None or kept.cipher is None:
        return [Finding(True, 'the key that seals signed papers is made when the first of them is')]
    fits = keys().unlock_seal(kept.cipher) is not None
    whose = f'signed papers are sealed with a key made here for {name_in(kept.certificate)}'
    return [Finding(fits, whose if fits else 'APP_SECRET does not open the key of the seal: a new one will be made')]
