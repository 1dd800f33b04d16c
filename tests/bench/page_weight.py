"""The portal's Home against a stock NiceGUI page with the same content, on a throttled phone, in one run.

150 ms round trip, 1.6 Mbit/s down, CPU four times slower; medians of interleaved rounds, cold and warm. The throttle
does not slow websocket messages, so a tab change over the open connection is printed with one round trip added.

Nothing is asked of a page before it has loaded: Playwright brings a script of its own into it for that, which a CPU
four times slower takes 45 ms to read. The floor is what network and browser cost without us: the same two texts in a
page of half a KiB without style, script or picture.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from models import LineEntry, Stage
from tests.browser.conftest import browser_options
from tests.browser.people import DEVICES
from tests.browser.program import ROOT, Backstage, Program, free_port
from tests.cluster import Cluster, Databases, Loop
from tests.world import a_firm, a_job, a_link, a_sent_quote, an_invoice, bo, in_days, nimman, pay

ROUNDS = int(os.environ.get('ROUNDS', '5'))
ROUND_TRIP = 150  # ms
NETWORK = {'offline': False, 'latency': ROUND_TRIP, 'downloadThroughput': 1.6e6 / 8, 'uploadThroughput': 750e3 / 8}
SLOWER = 4
STILL = 1.5  # s between two visits, while browser and server tidy up after the one before
HELLO, FIRST_CARD = 'Hello, Khun Ploy', 'Quote waiting for you'
TITLES = {
    'kib': 'KiB',
    'requests': 'requests',
    'paint': 'first paint',
    'readable': 'name+card',
    'live': 'live',
    'answered': 'tap answered',
    'tab': 'tab change',
    'shift': 'layout shift',
}
PLACES = {'kib': 1, 'shift': 4}
BUDGET = {
    'cold': {'kib': 260, 'requests': 15, 'readable': 1200, 'tab': 400, 'shift': 0.0},
    'warm': {'kib': 15, 'readable': 1000, 'tab': 400, 'shift': 0.0},
}
SHARE_OF_STOCK = 0.35

# Looks before every frame whether the name and the first card can be read, and notes what else there is to note.
# It reads the whole text only while it has something to look for: that is dear on a slow CPU, in both pages.
WATCH = """
(() => {
  const seen = window.seen = { shift: 0 };
  const own = (entry) => !entry.hadRecentInput;
  const note = (list) => list.getEntries().filter(own).forEach((entry) => { seen.shift += entry.value; });
  new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true });
  const shown = (...wanted) => {
    const text = [...document.querySelectorAll('#first, #app, .q-dialog')].map((root) => root.textContent).join(' ');
    return wanted.every((one) => text.includes(one));
  };
  const look = () => {
    if (!seen.found && shown('HELLO', 'FIRST_CARD')) {
      seen.found = true; // it can be read in the next frame, and not before anything was painted
      requestAnimationFrame(() => { seen.readable = performance.now(); });
    }
    if (!seen.answered && sessionStorage.answer && shown(sessionStorage.answer))
      seen.answered = performance.timeOrigin + performance.now() - sessionStorage.began;
    if (!seen.live && window.did_handshake && !document.getElementById('first')) seen.live = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
""".replace('HELLO', HELLO).replace('FIRST_CARD', FIRST_CARD)
TAP = """
([what, answer, since_opened]) => {
  sessionStorage.answer = answer;
  sessionStorage.began = performance.timeOrigin + (since_opened ? 0 : performance.now());
  window.seen.answered = 0;
  window.oneDocument = true;
  document.querySelector(what).click();
}
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """One page that is measured: where it is, what to tap, and what the answer to a tap looks like."""

    name: str
    url: str
    button: str
    answer: str
    tab: str
    tab_answer: str


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster()
        cluster.start()
        program, stock, backstage, floor = None, None, None, None
        try:
            backstage = Backstage(Databases(cluster, Loop()).take())
            link = backstage.do(_furnish())
            program = Program(backstage.database_url, Path(folder)).start()
            stock_url, stock = _stock_page()
            floor, floor_url = _floor_page()
            portal = Variant('portal', program.url + link, '.btn', 'Grand Total', '.tabs a:nth-child(2)', 'Upcoming')
            plain = Variant('stock', stock_url, '.act', 'Answered', '.q-footer button:nth-child(2)', 'All jobs here')
            return _compare(portal, plain, floor_url)
        finally:
            if program:
                program.stop()
            if stock:
                stock.terminate()
                stock.wait(10)
            if floor:
                floor.shutdown()
            if backstage:
                backstage.leave()
            cluster.remove()


def _compare(portal: Variant, stock: Variant, floor_url: str) -> int:
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    floor: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**browser_options())
        for variant in (portal, stock):
            _prepare(browser, variant)
        for _ in range(ROUNDS):
            for variant in (portal, stock):
                context = browser.new_context(**DEVICES['phone'])
                context.add_init_script(WATCH)
                for visit in ('cold', 'warm'):
                    found.setdefault((variant.name, visit), []).append(_measured(context, variant))
                context.close()
            context = browser.new_context(**DEVICES['phone'])
            for visit in ('cold', 'warm'):
                floor.setdefault(visit, []).append(_first_paint(context, floor_url))
            context.close()
        browser.close()
    medians = {key: {name: _middle(runs, name) for name in TITLES} for key, runs in found.items()}
    _print(medians, {key: max(run['shift'] for run in runs) for key, runs in found.items()})
    print('the floor: first paint', ', '.join(f'{key} {statistics.median(runs):.0f} ms' for key, runs in floor.items()))
    return _judge(medians)


def _measured(context: BrowserContext, variant: Variant) -> dict[str, float]:
    """One visit: load, wait until it is live, change the tab; then once more, tapping as soon as it can be read."""
    time.sleep(STILL)
    page = context.new_page()
    weight = _throttled(context, page)
    page.goto(variant.url, wait_until='load')
    page.wait_for_function('window.seen?.readable && window.seen?.live')
    page.wait_for_timeout(1500)  # what comes late is weighed too
    figures: dict[str, float] = page.evaluate(
        "({...window.seen, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime})"
    )
    figures['readable'] = max(figures['readable'], figures['paint'])
    figures |= {'kib': sum(weight.values()) / 1024, 'requests': float(len(weight))}
    figures['tab'] = _tab_change(page, variant)
    page.close()
    figures['answered'] = _early_tap(context, variant)
    return figures


def _first_paint(context: BrowserContext, url: str) -> float:
    time.sleep(STILL)
    page = context.new_page()
    _throttled(context, page)
    page.goto(url, wait_until='load')
    page.wait_for_timeout(500)
    paint = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    page.close()
    return paint


def _tab_change(page: Page, variant: Variant) -> float:
    page.evaluate(TAP, [variant.tab, variant.tab_answer, False])
    page.wait_for_function('window.seen?.answered > 0')
    taken = float(page.evaluate('window.seen.answered'))
    over_the_socket = page.evaluate('window.oneDocument === true')
    page.evaluate('sessionStorage.clear()')
    return taken + (ROUND_TRIP if over_the_socket else 0)


def _early_tap(context: BrowserContext, variant: Variant) -> float:
    """From opening the page to the answer, tapping the first button in the moment in which it can be read."""
    page = context.new_page()
    _throttled(context, page)
    page.goto(variant.url, wait_until='commit')
    page.wait_for_function('window.seen?.readable')
    page.evaluate(TAP, [variant.button, variant.answer, True])
    page.wait_for_function('window.seen?.answered > 0')
    taken = float(page.evaluate('window.seen.answered'))
    page.close()
    return taken


def _throttled(context: BrowserContext, page: Page) -> dict[str, float]:
    """Make it a phone on a bad network; gives the bytes of each request as they arrive."""
    devtools = context.new_cdp_session(page)
    devtools.send('Network.enable')
    devtools.send('Emulation.setCPUThrottlingRate', {'rate': SLOWER})
    devtools.send('Network.emulateNetworkConditions', NETWORK)
    weight: dict[str, float] = {}
    kept: set[str] = set()
    devtools.on('Network.requestServedFromCache', lambda event: kept.add(event['requestId']))

    def arrived(event: dict[str, Any]) -> None:
        if event['requestId'] not in kept and event['encodedDataLength'] > 0:
            weight[event['requestId']] = event['encodedDataLength']

    devtools.on('Network.loadingFinished', arrived)
    return weight


def _prepare(browser: Browser, variant: Variant) -> None:
    """One visit that is not counted, after which the server has its files packed."""
    page = browser.new_page(**DEVICES['phone'])
    page.goto(variant.url)
    page.wait_for_function('window.did_handshake')
    page.wait_for_timeout(4000)
    page.close()


def _middle(runs: list[dict[str, float]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _print(medians: dict[tuple[str, str], dict[str, float]], most_shift: dict[tuple[str, str], float]) -> None:
    print(f'{ROUNDS} interleaved rounds, medians; ms from the start of the visit, of a tab change from the tap')
    print(f'{"":13}{"".join(f"{title:>{len(title) + 3}}" for title in TITLES.values())}')
    for (name, visit), of in medians.items():
        cells = [f'{of[key]:{len(title) + 3}.{PLACES.get(key, 0)}f}' for key, title in TITLES.items()]
        print(f'{name:7}{visit:6}{"".join(cells)}   most {most_shift[name, visit]:.4f}')


def _judge(medians: dict[tuple[str, str], dict[str, float]]) -> int:
    broken = []
    for visit, limits in BUDGET.items():
        portal, stock = medians['portal', visit], medians['stock', visit]
        broken += [
            f'{visit} {name} {portal[name]:.4g} > {limit}'
            for name, limit in limits.items()
            if portal[name] > limit + 5e-5
        ]
        share = portal['readable'] / stock['readable']
        print(f'{visit}: name and first card at {share:.2f} of the stock page')
        if share > SHARE_OF_STOCK:
            broken.append(f'{visit} share of stock {share:.2f} > {SHARE_OF_STOCK}')
    print('within the budget' if not broken else 'OVER THE BUDGET: ' + '; '.join(broken))
    return 1 if broken else 0


async def _furnish() -> str:
    await a_firm(promptpay_id='0105540087061', promptpay_kind='tax_id')
    await bo()
    customer = await nimman()
    await a_sent_quote(customer, title='ARRI SkyPanel package, 3 weeks')
    await a_job(customer, Stage.DELIVERING)
    tent = LineEntry('Tent 10 × 20 m', Decimal(12000), Decimal(2), Decimal(4))
    await a_job(customer, title='Wedding', job_start=in_days(30), job_end=in_days(33), lines=[tent], deposit=Decimal(0))
    await pay(await an_invoice(customer), 50000)
    await an_invoice(customer)
    return f'/p/{(await a_link(customer))[1]}'


class _Floor(BaseHTTPRequestHandler):
    """Answers every request with the same few words."""

    def do_GET(self) -> None:
        body = f'<!doctype html><meta name=viewport content="width=device-width"><title>Floor</title><h1>{HELLO}</h1>'
        body += f'<p>{FIRST_CARD}</p>'
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


def _floor_page() -> tuple[ThreadingHTTPServer, str]:
    server = ThreadingHTTPServer(('127.0.0.1', 0), _Floor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f'http://127.0.0.1:{server.server_port}/'


def _stock_page() -> tuple[str, subprocess.Popen[bytes]]:
    """The same texts, made of NiceGUI's own elements with its own settings."""
    texts = {
        'firm': 'Siam Light & Grip Co., Ltd.',
        'hello': HELLO,
        'customer': 'Nimman Film Co., Ltd.',
        'sections': {
            'Quotes': [[FIRST_CARD, 'QT-2026-0001', 'ARRI SkyPanel package, 3 weeks', '฿127,000.00']],
            'Active jobs': [
                ['Commercial shoot, Chiang Mai', 'JOB-2026-0001', 'On the way to you', 'until 8 Dec'],
                ['Wedding', 'JOB-2026-0002', 'Booked — we are getting ready', '22–25 Dec'],
            ],
            'To pay': [
                ['Partial', 'INV-2026-0001', '฿57,000.00', 'of ฿107,000.00'],
                ['Unpaid', 'INV-2026-0002', '฿107,000.00', 'due 22 Dec'],
            ],
            'Deposits to pay': [['To be paid', 'DEP-2026-0001', '฿20,000.00', 'Commercial shoot']],
        },
    }
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST_', 'NICEGUI_'))}
    process = subprocess.Popen(
        [sys.executable, '-m', 'tests.bench._stock_page', str(port)],
        cwd=ROOT,
        env=environment | {'HOME_TEXTS': json.dumps(texts)},
        stdout=subprocess.DEVNULL,
    )
    url = f'http://127.0.0.1:{port}/'
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return url, process
    process.kill()
    raise AssertionError('the stock page did not open')


if __name__ == '__main__':
    sys.exit(main())
