"""What a hostile page would send over its websocket, and waiting until all that it has begun is done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nicegui import Client, background_tasks
from nicegui.element import Element
from nicegui.nicegui import _on_event

PATIENCE = 30  # seconds


def send(client: Client, element: Element, args: object) -> None:
    """To every listener of this element, whatever they expect."""
    for key in list(element._event_listeners):
        event = {'client_id': client.id, 'id': element.id, 'listener_id': key, 'args': [json.dumps(args)]}
        _on_event('forged', event)


@asynccontextmanager
async def all_done() -> AsyncIterator[None]:
    """At the end of the block whatever was begun in it has ended."""
    before = set(background_tasks.running_tasks)
    yield
    if begun := {task for task in background_tasks.running_tasks if not task.done()} - before:
        _, late = await asyncio.wait(begun, timeout=PATIENCE)
        assert not late, late
