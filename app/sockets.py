"""What a websocket may say: pages answer on their own connection, and nonsense costs no line of the log."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import unwrap
from typing import Any

from nicegui import Client, core

log = logging.getLogger(__name__)

SAID_BY_PAGES = ('event', 'javascript_response', 'ack', 'log')
LONGEST_LINE = 500  # signs of what a browser may have written into our log

Hears = Callable[..., Awaitable[Any]]


def hear_only_pages() -> None:
    """Anybody can open a connection and send anything, with an answer of a kilobyte in the log for three bytes."""
    for name in SAID_BY_PAGES:
        core.sio.on(name, _from_its_own_page(unwrap(core.sio.handlers['/'][name])))
    core.sio._handle_event_internal = _in_silence(unwrap(core.sio._handle_event_internal))
    core.sio.eio.on('message', _in_silence(core.sio._handle_eio_message))
    core.sio.eio.logger.addFilter(_is_told_in_a_line)


def _from_its_own_page(handle: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
    """Only the connection that a page was given speaks for it: to have read the page's id somewhere is not enough."""

    @wraps(handle)
    def hear(socket_id: str, message: dict[str, Any]) -> None:
        client = Client.instances.get(message['client_id'])
        if client is None or socket_id not in client._socket_to_document_id:
            return
        if isinstance(text := message.get('message'), str):  # one line, which cannot pass for one of ours
            message['message'] = f'A browser says: {" ".join(text.split())[:LONGEST_LINE]}'
        handle(socket_id, message)

    return hear


def _in_silence(handle: Hears) -> Hears:
    """What our pages do wrong is told where it happens; what is left are messages that no page of ours sends."""

    @wraps(handle)
    async def hear(*message: Any) -> Any:
        try:
            return await handle(*message)
        except Exception:
            log.debug('A message could not be read', exc_info=True)

    return hear


def _is_told_in_a_line(record: logging.LogRecord) -> bool:
    return not record.exc_info
