"""Hundreds of phones with the portal open: does every change reach every one that shows it, how soon, at what cost?

Each phone speaks as a browser does, over a TCP connection and a websocket of its own, but draws nothing. Asked: no
change is lost, and at most 250 KiB of the server's memory a phone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import asyncpg

from tests.bench._house import PHONE, House, open_house, percentile, table

ALLOWED_KIB = 250
AT_ONCE = 8  # phones that open at the same moment
LOST_AFTER = 10.0  # seconds
QUERY = re.compile(r'query: (\{.*?\}),\n')
MARK = re.compile(r'Bench \d{4}')


class Phone:
    """One open page; notes when it was told of which change."""

    def __init__(self, url: str, customer: str) -> None:
        self.url = url
        self.customer = customer
        self.connect_time = 0.0
        self.told: dict[str, float] = {}
        self.failure = ''
        self._news = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._talk: asyncio.Task[None] | None = None

    async def open(self) -> None:
        # A connection per request, as the page's one would be closed by its keep-alive timer under the websocket.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True), headers={'User-Agent': PHONE}
        )
        start = time.perf_counter()
        async with self._session.get(self.url) as page:
            html = await page.text()
        found = QUERY.search(html)
        if found is None:
            raise SystemExit(f'{self.url} answered {page.status} without a page')
        query = json.loads(found[1].replace("'", '"').replace('True', 'true').replace('False', 'false'))
        line = await self._session.ws_connect(self._line(query), max_msg_size=0, origin=self._origin)
        await line.receive()
        await line.send_str('40')
        answer = await line.receive()
        if not str(answer.data).startswith('40'):
            raise SystemExit(f'The handshake was refused: {answer.data}')
        self.connect_time = time.perf_counter() - start
        self._talk = asyncio.create_task(self._listen(line, query['client_id']))

    async def shows(self, mark: str, until: float) -> bool:
        while mark not in self.told:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, until - time.perf_counter()))
            except TimeoutError:
                return False
        return True

    async def close(self) -> None:
        if self._talk:
            self._talk.cancel()
            await asyncio.gather(self._talk, return_exceptions=True)
        if self._session:
            await self._session.close()

    @property
    def _origin(self) -> str:
        parts = urlsplit(self.url)
        return f'{parts.scheme}://{parts.netloc}'

    def _line(self, query: dict[str, Any]) -> str:
        asked = {
            'EIO': 4,
            'transport': 'websocket',
            **query,
            'implicit_handshake': 'true',
            'document_id': uuid.uuid4(),
            'tab_id': uuid.uuid4(),
            'old_tab_id': '',
        }
        return f'{self._origin.replace("http", "ws", 1)}/_nicegui_ws/socket.io/?{urlencode(asked)}'

    async def _listen(self, line: aiohttp.ClientWebSocketResponse, client_id: str) -> None:
        next_message, acknowledged, asked = 0, 0, time.perf_counter()
        async for message in line:
            text = str(message.data)
            arrived = time.perf_counter()
            if text == '2':
                await line.send_str('3')
            elif text.startswith('42'):
                for mark in MARK.findall(text):
                    self.told.setdefault(mark, arrived)
                self._news.set()
                if found := re.search(r'"_id":(\d+)', text):
                    next_message = int(found[1]) + 1
            if next_message > acknowledged and arrived - asked > 3:
                acknowledged, asked = next_message, arrived
                await line.send_str(
                    '42' + json.dumps(['ack', {'client_id': client_id, 'next_message_id': next_message}])
                )
        self.failure = f'the socket was closed ({line.close_code})'


@dataclass
class Figures:
    """Times in ms, memory in KiB."""

    connect: list[float]
    memory: float
    idle: float
    each: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    expected: int = 0
    lost: int = 0
    strayed: int = 0


async def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('-n', type=int, default=300, help='phones (300)')
    asked.add_argument('--changes', type=int, default=30)
    asked.add_argument('--idle', type=float, default=10, help='seconds over which idling is measured (10)')
    options = asked.parse_args(arguments)
    code = 0
    for name, spread in (('all at one customer', False), ('spread over all customers', True)):
        with open_house() as house:
            figures = await measure(house, options.n, options.changes, options.idle, spread=spread)
        code |= report(f'{options.n} phones, {name}', figures)
    return code


async def measure(house: House, count: int, changes: int, idle: float, *, spread: bool) -> Figures:
    database = await asyncpg.connect(house.database_url)
    jobs = await shown_jobs(database)
    links = [link for link in house.customer_links if link['customer'] in jobs]
    links = links if spread else links[:1]
    phones = [Phone(link['url'], link['customer']) for link, _ in zip(links * count, range(count), strict=False)]
    # The first pages pay for what all later ones share, and fill what the start has left free.
    first = count // 3
    await open_all(phones[:first])
    before = house.kib()
    await open_all(phones[first:])
    memory = (house.kib() - before) / (count - first)
    start = house.cpu()
    await asyncio.sleep(idle)
    figures = Figures([phone.connect_time * 1000 for phone in phones], memory, (house.cpu() - start) / idle * 100)
    here = sorted({phone.customer for phone in phones})
    for number in range(changes):
        customer, mark = here[number % len(here)], f'Bench {number:04}'
        cpu, start = house.cpu(), time.perf_counter()
        await database.execute('update job set title = $1, title_th = $1 where id = $2', mark, jobs[customer])
        await note(figures, phones, customer, mark, start)
        figures.cost.append((house.cpu() - cpu) * 1000)
    if failed := Counter(phone.failure for phone in phones if phone.failure):
        raise SystemExit(f'Phones were cut off: {dict(failed)}')
    await asyncio.gather(*(phone.close() for phone in phones))
    await database.close()
    return figures


async def open_all(phones: list[Phone]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def come(phone: Phone) -> None:
        async with gate:
            await phone.open()

    await asyncio.gather(*(come(phone) for phone in phones))
    await asyncio.sleep(3)


async def note(figures: Figures, phones: list[Phone], customer: str, mark: str, start: float) -> None:
    """When each phone of the customer was told, and whether another one was."""
    showing = [phone for phone in phones if phone.customer == customer]
    shown = await asyncio.gather(*(phone.shows(mark, start + LOST_AFTER) for phone in showing))
    arrived = [(phone.told[mark] - start) * 1000 for phone in showing if mark in phone.told]
    await asyncio.sleep(0.3)
    figures.expected += len(showing)
    figures.lost += shown.count(False)
    figures.strayed += sum(mark in phone.told for phone in phones if phone.customer != customer)
    figures.each += arrived
    figures.last.append(max(arrived, default=LOST_AFTER * 1000))


async def shown_jobs(database: asyncpg.Connection) -> dict[str, Any]:
    """By customer, a running job that the first screen of the portal shows."""
    rows = await database.fetch(
        'select distinct on (c.name) c.name, j.id from job j join customer c on c.id = j.customer_id'
        " where stage not in ('Closed', 'Cancelled') order by c.name, j.id"
    )
    return {row['name']: row['id'] for row in rows}


def report(title: str, of: Figures) -> int:
    def both(values: list[float]) -> str:
        return f'{percentile(values, 50):.0f} / {percentile(values, 99):.0f}'

    reached = f'{of.expected - of.lost} of {of.expected}'
    table(
        [
            (title, '', 'asked'),
            ('changes that reached a phone showing them', reached, 'all'),
            ('changes that reached another phone', str(of.strayed), '0'),
            ('page and websocket, ms p50 / p99', both(of.connect), ''),
            ('change to each phone, ms p50 / p99', both(of.each), ''),
            ('change to the last phone, ms p50 / p99', both(of.last), ''),
            ('processor time of a change, ms p50 / p99', both(of.cost), ''),
            ('processor when idle, % of a core', f'{of.idle:.1f}', ''),
            ('memory a phone, KiB', f'{of.memory:.0f}', f'≤ {ALLOWED_KIB}'),
        ]
    )
    print()
    return int(bool(of.lost or of.strayed or of.memory > ALLOWED_KIB))


if __name__ == '__main__':
    raise SystemExit(asyncio.run(main()))
