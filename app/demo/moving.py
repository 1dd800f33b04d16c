"""Moves a demo that was told on an earlier day to today: every date in it, by whole days, so that nothing is lost.

Only a database that `furnish` has marked as a demo is ever moved, and only by the owner of its tables, for the record
of what happened is kept from change by triggers, which are set aside for this one transaction.
"""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.backends.base.client import BaseDBAsyncClient

from app.papers.setting import set_one
from models import (
    Activity,
    Document,
    DocumentKind,
    DocumentState,
    PortalLink,
    QuoteRevision,
    Signature,
    bangkok_day,
    end_of_day,
    now,
    one_change,
)

_DEMO = 0x64656D6F  # the advisory lock of those who furnish and move: "demo"

# Days and moments that may lie ahead keep their distance from the rest of the story; what has happened stays past.
AHEAD = frozenset(
    {
        'due_on',
        'end_on',
        'expires_at',
        'expires_on',
        'first_end_on',
        'job_end',
        'job_start',
        'next_try_at',
        'start_on',
    }
)
# Limits and leases run by the clock on the wall.
STILL = frozenset({'claimed_until', 'codes_locked_until'})
# So do the sessions, codes and rights of people who are really here: what has ended for them never lives again.
LEFT_ALONE = frozenset(
    {
        'access_code',
        'demo_story',
        'device',
        'device_right',
        'limit_count',
        'presence',
        'program',
        'staff_session',
        'tortoise_migrations',
    }
)

COLUMNS = """
select c.table_name, c.column_name, c.data_type from information_schema.columns c
join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
  and c.data_type in ('date', 'timestamp with time zone')
order by c.table_name, c.column_name
"""
KEPT_FROM_CHANGE = """
select relname, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid join pg_proc on pg_proc.oid = tgfoid
where proname like 'refuse\\_%' and not tgisinternal and tgtype & 16 <> 0
"""


async def mark_as_demo(told_on: date) -> None:
    """Note in the database that all in it is a story, and for which day it was told."""
    database = connections.get('default')
    await database.execute_script('create table demo_story (told_on date not null)')
    await database.execute_query('insert into demo_story (told_on) values ($1)', [told_on])


async def is_demo() -> bool:
    """Whether `furnish` has told its story here; the records of a real firm are never touched."""
    found = await connections.get('default').execute_query_dict(
        "select to_regclass('public.demo_story') is not null as yes"
    )
    return bool(found[0]['yes'])


async def one_at_a_time() -> None:
    """Two programs that start on one database at once: the second waits here, to the end of the first's change."""
    database = connections.get('default')
    while True:  # asked again rather than waited for, because the limits on waiting are those of a page
        tried = await database.execute_query_dict('select pg_try_advisory_xact_lock($1) as mine', [_DEMO])
        if tried[0]['mine']:
            return
        await asyncio.sleep(0.2)


async def move_to_today() -> tuple[int, list[PortalLink]]:
    """By how many days the story was moved, and which links had run out meanwhile."""
    at = now()
    today = bangkok_day(at)
    async with one_change():
        await one_at_a_time()
        database = connections.get('default')
        told_on: date = (await database.execute_query_dict('select told_on from demo_story'))[0]['told_on']
        days = (today - told_on).days
        if not days:
            return 0, []
        ran_out = await PortalLink.filter(
            ended_at=None, revoked_at=None, expires_at__gt=end_of_day(told_on - timedelta(days=1)), expires_at__lte=at
        ).order_by('id')
        await _move(database, days, at)
        await database.execute_query('update demo_story set told_on = $1', [today])
    return days, ran_out


async def _move(database: BaseDBAsyncClient, days: int, at: datetime) -> None:
    kept = [(row['relname'], row['tgname']) for row in await database.execute_query_dict(KEPT_FROM_CHANGE)]
    for table, trigger in kept:
        await database.execute_script(f'alter table "{table}" disable trigger "{trigger}"')
    await database.execute_script('delete from audit_seal')  # what is moved is sealed anew
    await _move_what_is_written(days)
    by_table: dict[str, list[str]] = {}
    for row in await database.execute_query_dict(COLUMNS):
        if row['table_name'] not in LEFT_ALONE and row['column_name'] not in STILL:
            is_day = row['data_type'] == 'date'
            by_table.setdefault(row['table_name'], []).append(_moved(row['column_name'], is_day, days, at))
    for table, columns in by_table.items():
        await database.execute_script(f'update "{table}" set {", ".join(columns)}')
    # A paper that was set before says the old days; it is owed again, with the same number.
    await Document.filter(state=DocumentState.SET).update(state=DocumentState.ORDERED, content=None, sha256=None)
    await _sign_what_is_shown_now()
    await database.execute_script('set constraints all immediate')  # what waits for the commit holds triggers up
    for table, trigger in kept:
        await database.execute_script(f'alter table "{table}" enable trigger "{trigger}"')


async def _sign_what_is_shown_now() -> None:
    """A signature names the very bytes that were signed: those of the moved paper, which is set for that at once."""
    for signed in await Signature.all().order_by('id'):
        papers = Document.filter(quote_id=signed.quote_id, edition=signed.quote_version)
        shown = await papers.filter(kind=DocumentKind.QUOTE).get()
        await set_one(shown.id)
        digest = bytes((await Document.get(id=shown.id).only('id', 'sha256')).sha256 or b'')
        await Signature.filter(id=signed.id).update(shown_sha256=digest)
        for paper in await papers.filter(kind=DocumentKind.SIGNED_QUOTE).only('id', 'frozen'):
            signature = {**paper.frozen['signature'], 'shown_sha256': digest.hex()}
            await Document.filter(id=paper.id).update(frozen={**paper.frozen, 'signature': signature})


def _moved(column: str, is_day: bool, days: int, at: datetime) -> str:
    """The assignment that moves a column; what has happened may come to be now, and never lies ahead."""
    moved = f'"{column}" + {days}' if is_day else f'"{column}" + make_interval(hours => {24 * days})'
    moment = f"timestamptz '{at.isoformat()}'"
    latest = f"date '{bangkok_day(at)}'" if is_day else moment
    past = f'least({moved}, {latest})'
    if column == 'expires_at':  # a link that ended never lives again
        return f'"{column}" = case when "{column}" <= {moment} then {past} else {moved} end'
    if column in AHEAD:
        return f'"{column}" = {moved}'
    return f'"{column}" = case when "{column}" is not null then {past} end'


async def _move_what_is_written(days: int) -> None:
    """Days that stand in what was frozen for a paper, is being typed, or was noted in the record of what happened."""
    for paper in await Document.all().only('id', 'frozen'):
        if (frozen := _written(paper.frozen, days)) != paper.frozen:
            await Document.filter(id=paper.id).update(frozen=frozen)
    for copy in await QuoteRevision.all().only('id', 'content'):
        if (content := _written(copy.content, days)) != copy.content:
            await QuoteRevision.filter(id=copy.id).update(content=content)
    for line in await Activity.all().only('id', 'facts'):
        if (facts := _written(line.facts, days)) != line.facts:
            await Activity.filter(id=line.id).update(facts=facts)


def _written(facts: Any, days: int) -> Any:
    """The same with every day in it moved, however deep it lies."""
    if isinstance(facts, dict):
        return {key: _written(value, days) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_written(value, days) for value in facts]
    return _moved_text(facts, days) if isinstance(facts, str) else facts


def _moved_text(text: str, days: int) -> str:
    if re.fullmatch(r'\d{4}-\d\d-\d\d', text):
        return str(date.fromisoformat(text) + timedelta(days=days))
    if re.fullmatch(r'\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*', text):
        return (datetime.fromisoformat(text) + timedelta(days=days)).isoformat(text[10])
    return text
