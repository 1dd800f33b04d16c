"""Writes markup into every text that anybody could have typed, and looks whether a page takes it for more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page
from tortoise.connection import get_connection

from tests.browser.people import DESK_AGENT
from tests.browser.scenery import Stop
from tests.browser.tour import SETTLED, press
from tests.browser.walk import Walk

TYPED = '"><img src=x onerror=window.injected=1><script>window.injected=1</script>'
LONG_ENOUGH = 100  # what has room for less holds no text but a number, a kind or a state
# What signs in, finds or is counted, and is never shown.
NOT_TYPED = ('password_hash', 'search', 'key', 'verification', 'issuer')
# Of what is kept as a whole: the names under which somebody's words stand in it.
WORDS_IN_JSON = 'title|title_th|name|name_th|customer_notes|internal_notes|reason|recipient|note|question|terms|address'
COLUMNS = """
select c.table_name, c.column_name, c.data_type from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name not like 'tortoise%'
  and (c.data_type in ('text', 'jsonb')
  or (c.data_type = 'character varying' and c.character_maximum_length >= $1)) and c.column_name <> all($2::text[])
"""
SEEN = """
() => {
  const faults = [...(window.blocked ?? [])];
  if (window.injected) faults.push('what was typed has run');
  for (const made of document.querySelectorAll('img[src="x"], [onerror]')) faults.push(`made ${made.outerHTML}`);
  const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' ');
  if (!(document.body.innerText + fields).includes('<img src=x onerror=')) faults.push('shows nothing that was typed');
  return faults;
}
"""
REMEMBER_WHAT_IS_BLOCKED = """
window.blocked = [];
addEventListener('securitypolicyviolation', (one) =>
    window.blocked.push(`blocked ${one.effectiveDirective} ${one.sample}`));
"""


async def type_markup_everywhere() -> int:
    """Into every column of every table, past all rules; returns how many columns there are."""
    database = get_connection('default')
    columns = await database.execute_query_dict(COLUMNS, [LONG_ENOUGH, list(NOT_TYPED)])
    quoted = TYPED.replace("'", "''")
    inside = TYPED.replace('"', r'\"').replace("'", "''")
    changes = []
    for column in columns:
        table, name = f'"{column["table_name"]}"', f'"{column["column_name"]}"'
        if column['data_type'] == 'jsonb':
            found = rf'"({WORDS_IN_JSON})": "(\\.|[^"\\])+"'
            text = rf'"\1": "{inside}"'.replace('\\"', '\\\\"')
            changes.append(f"update {table} set {name} = regexp_replace({name}::text, '{found}', '{text}', 'g')::jsonb")
        else:
            apart = ' || ctid' if column['column_name'] == 'email' else ''  # no two may sign in with the same
            changes.append(f"update {table} set {name} = '{quoted}'{apart} where {name} <> ''")
    # Nobody is told, and what is otherwise kept for ever is changed: as if it had been typed long ago.
    await database.execute_script('set session_replication_role = replica; ' + '; '.join(changes))
    await database.execute_script('set session_replication_role = default')
    return len(changes)


@dataclass(slots=True)
class Sweep(Walk):
    """Every screen once, in one width and language."""

    base_url: str
    browser_options: dict[str, Any]
    cookies: Sequence[Any]
    faults: list[str] = field(default_factory=list)

    async def walk(self, stops: Iterable[Stop]) -> list[str]:
        await self.through(stops)
        return sorted(self.faults)

    async def context(self, browser: Browser, *, signed_in: bool) -> BrowserContext:
        context = await browser.new_context(viewport={'width': 1440, 'height': 844}, user_agent=DESK_AGENT)
        await context.add_init_script(REMEMBER_WHAT_IS_BLOCKED)
        cookies = self.cookies if signed_in else ()
        await context.add_cookies([{'name': 'lang', 'value': 'en', 'url': self.base_url}, *cookies])
        return context

    async def look(self, page: Page, stop: Stop) -> None:
        await page.goto(self.base_url + stop.address, wait_until='commit')
        await page.wait_for_function(SETTLED)
        for key in stop.press:
            await press(page, key, 'en')
        self.faults += [f'{stop.name}: {fault}' for fault in await page.evaluate(SEEN)]

    def failed(self, stop: Stop, error: Exception) -> None:
        self.faults.append(f'{stop.name}: {str(error).splitlines()[0]}')
