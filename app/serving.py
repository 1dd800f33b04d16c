"""Runs the server around the pages: nothing is served before the database is there, and everything ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
from nicegui import app as server
from nicegui import background_tasks, ui
from nicegui.server import Server
from starlette.types import ASGIApp
from tortoise.exceptions import BaseORMException

from app.clock import start_clock, stop_clock
from app.database import connect, disconnect, migrate
from app.health import answer_health
from app.live import start_live, stop_live
from app.request_heads import BoundedHead
from app.security import guard
from app.settings import Settings, Unable

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0c6b58"/>'
    '<path d="M9 16.5l5 5 9-11" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)
GRACE = 5  # seconds that answers under way may take when the program is asked to stop


class PortTaken(Unable):
    """The program may not listen where it should."""


class NotAllowed(Unable):
    """The database lets this user change nothing in its tables."""


async def bring_up_to_date(url: str) -> None:
    """Migrate the database. Raises NotAllowed where its address names somebody who may not."""
    try:
        await migrate(url)
    except (BaseORMException, asyncpg.PostgresError) as error:
        cause = error.__cause__ or error
        if not isinstance(cause, asyncpg.InsufficientPrivilegeError | asyncpg.InvalidSchemaNameError):
            raise
        raise NotAllowed(
            f'The tables cannot be brought up to date ({cause}):'
            ' let DATABASE_URL name the user to whom the database belongs.'
        ) from error


def claim(host: str, port: int) -> None:
    """Make sure early that the port is free. Raises PortTaken."""
    nowhere = f'There is no address {host} on this machine: choose another with --host or HOST.'
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise PortTaken(nowhere) from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise PortTaken(f'Port {port} needs more rights: choose one above 1023 with --port or PORT.') from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise PortTaken(nowhere) from error
            raise PortTaken(f'Port {port} is taken: choose another with --port or PORT.') from error


def serve_pages(url: str, chosen: Settings, opened: Callable[[], Awaitable[None]]) -> None:
    """Serve until told to stop; `opened` is called once the first visitor could come."""
    guard(chosen.public_url, chosen.allowed_hosts)
    answer_health()
    _live_between_start_and_stop(url)
    server.on_startup(lambda: background_tasks.create(_tell_when_open(opened), name='tell that the door is open'))
    _keep_addresses_out_of_the_log()
    logging.basicConfig(level=chosen.log_level.upper(), format='%(asctime)s %(levelname)s %(name)s: %(message)s')
    # It logs the addresses it calls, and a gateway's may hold its key.
    logging.getLogger('httpx').setLevel(logging.WARNING)
    ui.run(
        host=chosen.host,
        port=chosen.port,
        title='Portal',
        favicon=ICON,
        reload=False,
        show=False,
        show_welcome_message=False,
        tailwind=False,
        dark=None,
        reconnect_timeout=60,
        binding_refresh_interval=None,
        message_history_length=200,
        gzip_middleware_factory=None,
        fastapi_docs=False,
        uvicorn_logging_level=chosen.log_level,
        log_config=None,  # its lines stand among ours, and like them
        access_log=False,  # the address of a portal page is its key
        server_header=False,
        ws_per_message_deflate=False,
        ws_max_size=1_048_576,
        http=BoundedHead,
        proxy_headers=True,
        forwarded_allow_ips=chosen.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACE,
    )


def _live_between_start_and_stop(url: str) -> None:
    """Connect before the first page is served and not beside it, as NiceGUI's own start handlers would."""
    inner = server.router.lifespan_context

    @contextlib.asynccontextmanager
    async def around(app: ASGIApp) -> AsyncIterator[None]:
        await connect(url)
        await start_live(url)
        await start_clock()
        try:
            async with inner(app):
                yield
        finally:
            await stop_clock()
            await stop_live()
            await disconnect()

    server.router.lifespan_context = around


def _keep_addresses_out_of_the_log() -> None:
    """One that was not found may be a portal link with a letter too many; a websocket's names the page it is for."""
    logging.getLogger('nicegui').addFilter(lambda record: not record.getMessage().endswith(' not found'))
    logging.getLogger('uvicorn.error').addFilter(lambda record: ' - "WebSocket ' not in record.getMessage())


async def _tell_when_open(opened: Callable[[], Awaitable[None]]) -> None:
    while not Server.instance.started:  # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.02)
    # What was loaded so far stays for good: to look through it for garbage again and again holds up every open page.
    gc.collect()
    gc.freeze()
    await opened()
