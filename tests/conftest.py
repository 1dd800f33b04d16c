"""What every test may ask for: a migrated database of its own, live views, a second program, people with browsers."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from nicegui import core
from nicegui.testing import User, user_simulation
from tortoise.models import MetaInfo, Model

from app.database import connect, disconnect
from app.keys import use_keys
from app.live import start_live, stop_live
from app.settings import Settings, use_settings
from tests.cluster import Cluster, Databases, Loop
from tests.screens import screens

HOUSE = Path(__file__).parents[1]
SECRET = b'a secret that is only used in tests, never else'  # that of tests.world, too

Psql = Callable[..., Awaitable[str]]
Program = Callable[[str], Awaitable['asyncio.subprocess.Process']]


def pytest_sessionstart() -> None:
    """What can be asked of a model is worked out at every connecting, and is the same each time: here once is enough.
    It was a third of all that a test of a rule did."""
    finalise, done = MetaInfo.finalise_model, set[type[Model]]()

    def finalise_once(meta: MetaInfo) -> None:
        if meta._model not in done:
            finalise(meta)
        # The models of the migrations are made anew for every step, and would be kept here.
        if meta._model.__module__.startswith('models.'):
            done.add(meta._model)

    MetaInfo.finalise_model = finalise_once  # type: ignore[method-assign, assignment]


def pytest_collection_finish() -> None:
    """Leave what has been imported out of all sweeping: the harness of the pages sweeps twice for every test, and what
    stays anyway is most of what it went through."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope='session', autouse=True)
def settled_at_first() -> None:
    """The program's settings and keys, as if the environment had been read: for what several tests share."""
    use_settings(Settings(secret=SECRET, public_url='http://test'))
    use_keys(SECRET)


@pytest.fixture(autouse=True)
def settled(settled_at_first: None) -> None:
    """The same again for every test, whatever the one before made of them."""
    use_settings(Settings(secret=SECRET, public_url='http://test'))
    use_keys(SECRET)


@pytest.fixture(scope='session')
def cluster() -> Iterator[Cluster]:
    """The one PostgreSQL server of this run."""
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope='session')
def databases(cluster: Cluster) -> Databases:
    return Databases(cluster, Loop())


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh, migrated database without rows."""
    url = databases.take()
    yield url
    databases.drop(url)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[str]:
    """Tortoise, connected for every task as in the running program; gives the address."""
    await connect(database_url)
    yield database_url
    await disconnect()


@pytest.fixture
async def live_db(db: str) -> AsyncIterator[str]:
    """As `db`, and changes are heard."""
    await start_live(db)
    yield db
    await stop_live()


BROWSER = (
    'Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'
)


class Patient(User):
    """A person at a browser, who looks for 15 s and not for NiceGUI's own 0.3: a busy machine may take its time."""

    def __init__(self, http_client: httpx.AsyncClient) -> None:
        http_client.headers['user-agent'] = BROWSER
        super().__init__(http_client)

    async def should_see(self, target: Any = None, **asked: Any) -> None:
        await super().should_see(target, **{**asked, 'retries': 150})

    async def should_not_see(self, target: Any = None, **asked: Any) -> None:
        await super().should_not_see(target, **{**asked, 'retries': 300})


@pytest.fixture
async def user(live_db: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[User]:
    """Somebody at a simulated browser of the whole house, on a database without rows."""
    kept = screens()
    async with user_simulation(main_file=HOUSE / 'tests/house.py') as user:
        yield Patient(user.http_client)
        kept.keep_imported()
    errors = [record.getMessage() for record in caplog.get_records('call') if record.levelname == 'ERROR']
    if errors:
        pytest.fail(f'The program logged errors: {errors}', pytrace=False)


@pytest.fixture
def another(user: User) -> Callable[[], User]:
    """Somebody else at another browser: `phone = another()`. NiceGUI's `create_user` would start the house twice."""
    return lambda: Patient(httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url='http://test'))


@pytest.fixture
async def psql(database_url: str) -> AsyncIterator[Psql]:
    """Somebody at another connection who knows nothing of this program: `await psql("update job set …")`."""
    connection = await asyncpg.connect(database_url)
    yield connection.execute
    await connection.close()


@pytest.fixture
async def program(database_url: str) -> AsyncIterator[Program]:
    """Start another Python process on the same database: `running = await program('print(1)')`."""
    started: list[asyncio.subprocess.Process] = []

    async def start(source: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        environment = plain_environment() | {'DATABASE_URL': database_url}
        running = await asyncio.create_subprocess_exec(
            sys.executable, '-c', source, env=environment, cwd=HOUSE, stdout=pipe, stderr=pipe
        )
        started.append(running)
        return running

    yield start
    for running in started:
        if running.returncode is None:
            running.kill()
        await running.communicate()


def plain_environment() -> dict[str, str]:
    """The environment for a server started by a test: with pytest's own in it, NiceGUI would take it for a test."""
    return {name: value for name, value in os.environ.items() if not name.startswith(('PYTEST_', 'NICEGUI_'))}
