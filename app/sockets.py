"""What a websocket may say: pages answer on their own connection, and nonsense costs no line of the log."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import unwrap
from typing import Any

from nicegui import Client, core

log = logging.getLogger(__name__)

SAID_BY_PAGES = ('event', 'javascript_response', 'ack', 'log')
LONGEST_LINE = 500  # signs of what a browser may have written into our log

UNKEEPABLE = re.compile('[\0\ud800-\udfff]')  # which PostgreSQL refuses, as a fault of whoever wrote the statement
UNKEEPABLE_IN_JSON = re.compile(r'\\u(0000|d[89a-f])', re.IGNORECASE)

Hears = Callable[..., Awaitable[Any]]


def keepable(said: Any) -> Any:
    """The same with the mark for an unknown sign in place of those that no database can keep."""
    if isinstance(said, str):
        return UNKEEPABLE.sub('\ufffd', said)
    if isinstance(said, dict):
        return {keepable(name): keepable(value) for name, value in said.items()}
    return [keepable(one) for one in said] if isinstance(said, list) else said


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
        if isinstance(typed := message.get('args'), list):
            message['args'] = [_as_kept(argument) for argument in typed]
        if 'result' in message:
            message['result'] = keepable(message['result'])
        handle(socket_id, message)

    return hear


def _as_kept(argument: Any) -> Any:
    """What an event brings is JSON within JSON; hardly ever is there anything to do."""
    if isinstance(argument, str) and UNKEEPABLE_IN_JSON.search(argument):
        return json.dumps(keepable(json.loads(argument)))
    return argument


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
