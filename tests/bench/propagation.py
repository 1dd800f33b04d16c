"""How long from a commit until a customer's page shows it, in a real browser, beside a bare websocket echo.

Asked: the median is at most three times the echo's plus 10 ms.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field

import asyncpg
from aiohttp import web
from playwright.async_api import Page, async_playwright

from tests.bench._house import PHONE, House, open_house, percentile, table

CHANGES = 100
PAUSE = 0.1  # seconds between changes, so that none rides on another's wake

WATCH = """() => {
    window.seen = {};
    const look = () => {
        for (const found of document.body.textContent.matchAll(/Bench \\d{4}/g))
            window.seen[found[0]] ??= performance.timeOrigin + performance.now();
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
SEEN = """async title => {
    const until = performance.now() + 5000;
    while (!window.seen[title] && performance.now() < until) await new Promise(r => setTimeout(r, 5));
    return window.seen[title];
}"""
CLOCK = '() => performance.timeOrigin + performance.now()'
CONNECT = """url => new Promise(resolve => {
    window.line = new WebSocket(url);
    window.line.onopen = resolve;
})"""
ECHO = """() => new Promise(resolve => {
    const start = performance.now();
    window.line.onmessage = () => resolve(performance.now() - start);
    window.line.send('x'.repeat(200));
})"""


@dataclass
class Figures:
    """Milliseconds."""

    from_start: list[float] = field(default_factory=list)
    from_commit: list[float] = field(default_factory=list)
    echo: list[float] = field(default_factory=list)


async def main() -> int:
    with open_house() as house:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=os.environ.get('E2E_BROWSER_PATH') or '/usr/bin/chromium', args=['--no-sandbox']
            )
            try:
                phone, bare = await browser.new_page(user_agent=PHONE), await browser.new_page()
                figures = await measure(house, phone, bare)
            finally:
                await browser.close()
    return report(figures)


async def measure(house: House, phone: Page, bare: Page) -> Figures:
    echo_server, echo_url = await serve_echo()
    await bare.goto(echo_url.replace('ws:', 'http:'))
    await bare.evaluate(CONNECT, f'{echo_url}/echo')
    database = await asyncpg.connect(house.database_url)
    link, job = await a_shown_job(database, house)
    await phone.goto(link)
    await phone.wait_for_function('window.did_handshake === true')
    await phone.evaluate(WATCH)
    await phone.bring_to_front()
    figures = Figures()
    offset = await clock_offset(phone)
    for number in range(CHANGES):
        title = f'Bench {number:04}'
        start = time.time() * 1000
        await database.execute('update job set title = $1, title_th = $1 where id = $2', title, job)
        committed = time.time() * 1000
        shown = await phone.evaluate(SEEN, title)
        if shown is None:
            raise SystemExit(f'Change {number} was not shown within 5 s.')
        figures.from_start.append(shown - offset - start)
        figures.from_commit.append(shown - offset - committed)
        figures.echo.append(await bare.evaluate(ECHO))
        await asyncio.sleep(PAUSE)
    await bare.close()
    await database.close()
    await echo_server.cleanup()
    return figures


async def a_shown_job(database: asyncpg.Connection, house: House) -> tuple[str, object]:
    """A customer's link whose first screen shows a running job, and that job."""
    for link in house.customer_links:
        job = await database.fetchval(
            'select j.id from job j join customer c on c.id = j.customer_id where c.name = $1'
            " and stage not in ('Closed', 'Cancelled', 'New') order by j.id limit 1",
            link['customer'],
        )
        if job:
            return str(link['url']), job
    raise SystemExit('The demo has no customer with a running job.')


async def clock_offset(page: Page) -> float:
    """How far the page's clock is ahead of ours, in ms, by the quickest of many questions."""
    tries = []
    for _ in range(50):
        before = time.time() * 1000
        theirs = await page.evaluate(CLOCK)
        after = time.time() * 1000
        tries.append((after - before, theirs - (before + after) / 2))
    return float(min(tries)[1])


async def serve_echo() -> tuple[web.AppRunner, str]:
    async def echo(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse(compress=False)
        await line.prepare(request)
        async for message in line:
            await line.send_str(message.data)
        return line

    async def nothing(_: web.Request) -> web.Response:
        return web.Response(text='<!doctype html>', content_type='text/html')

    server = web.Application()
    server.add_routes([web.get('/echo', echo), web.get('/', nothing)])
    runner = web.AppRunner(server, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, '127.0.0.1', 0)
    await site.start()
    return runner, f'ws://127.0.0.1:{runner.addresses[0][1]}'


def report(figures: Figures) -> int:
    allowed = 3 * percentile(figures.echo, 50) + 10
    median = percentile(figures.from_start, 50)

    def both(values: list[float]) -> str:
        return f'{percentile(values, 50):.1f} / {percentile(values, 99):.1f}'

    table(
        [
            (f'{CHANGES} changes by SQL, ms', 'p50 / p99', 'asked'),
            ('update sent → shown', both(figures.from_start), f'p50 ≤ 3 × echo + 10 = {allowed:.1f}'),
            ('commit acknowledged → shown', both(figures.from_commit), ''),
            ('bare websocket echo, there and back', both(figures.echo), ''),
        ]
    )
    return 0 if median <= allowed else 1


if __name__ == '__main__':
    raise SystemExit(asyncio.run(main()))
