"""A demo house of its own for a benchmark: a server process on a free port, with its database in a temporary folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
# The portal shows robots a card without the customer's name, and takes whoever does not call himself a browser for one.
PHONE = (
    'Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko)'
    ' Chrome/130.0.0.0 Mobile Safari/537.36'
)
FURNISHED_WITHIN = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class House:
    url: str
    database_url: str
    links: list[dict[str, Any]]
    server: psutil.Process

    @property
    def customer_links(self) -> list[dict[str, Any]]:
        return [link for link in self.links if link['scope'] == 'customer' and link['state'] == 'live']

    def kib(self) -> float:
        return float(self.server.memory_info().rss) / 1024

    def cpu(self) -> float:
        """Seconds of processor time that the server process has used, without the database's."""
        used = self.server.cpu_times()
        return float(used.user + used.system)


@contextlib.contextmanager
def open_house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix='portal-bench-', dir='/tmp'))
    folder.chmod(0o711)
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    url = f'http://localhost:{port}'
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST_', 'NICEGUI_'))}
    environment.pop('DATABASE_URL', None)
    environment |= {
        'APP_SECRET': secrets.token_urlsafe(48),
        'DATA_DIR': str(folder),
        'PORT': str(port),
        'PUBLIC_URL': url,
        'DEMO': '1',
    }
    log = (folder / 'server.log').open('wb')
    server = subprocess.Popen([sys.executable, 'main.py', 'serve'], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_open(server, url, folder)
        told = json.loads((folder / 'demo.json').read_text())
        yield House(url, told['database_url'], told['links'], psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def table(rows: Sequence[tuple[str, str, str]]) -> None:
    """Print what was measured, how much it was, and what was asked."""
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    aligned: tuple[Callable[[str, int], str], ...] = (str.ljust, str.rjust, str.ljust)
    for row in rows:
        cells = (align(cell, width) for cell, width, align in zip(row, widths, aligned, strict=True))
        print('  '.join(cells).rstrip(), flush=True)


def _wait_until_open(server: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    deadline = time.monotonic() + FURNISHED_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(f'{url}/readyz', timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit('The house did not open: ' + (folder / 'server.log').read_text()[-2000:])
