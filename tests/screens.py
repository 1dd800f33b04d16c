"""Keeps the screens between tests: NiceGUI's harness takes all of them down, and would import their modules anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from nicegui import Client
from nicegui import app as server
from starlette.routing import BaseRoute


@cache
def screens() -> Screens:
    """What importing the pages registers; asked for before a harness first takes it down."""
    return Screens()


class Screens:
    """Everything that the pages' modules register when they are imported, which happens once."""

    def __init__(self) -> None:
        import pages  # noqa: F401

        self._routes = [route for route in server.routes if not _path(route).startswith('/_nicegui')]
        self._pages: dict[Callable[..., Any], str] = dict(Client.page_routes)
        self._heads = Client.shared_head_html, Client.shared_body_html
        self._handlers = [(handlers, list(handlers)) for handlers in self._handler_lists()]

    def put_up(self) -> None:
        server.routes.extend(route for route in self._routes if route not in server.routes)
        Client.page_routes.update(self._pages)
        Client.shared_head_html, Client.shared_body_html = self._heads
        for handlers, kept in self._handlers:
            handlers[:] = kept

    @staticmethod
    def keep_imported() -> None:
        """The harness forgets the modules of the pages it knows; two copies of one class would be the price."""
        Client.page_routes.clear()

    @staticmethod
    def _handler_lists() -> list[list[Any]]:
        return [
            server._startup_handlers,
            server._shutdown_handlers,
            server._connect_handlers,
            server._disconnect_handlers,
            server._delete_handlers,
            server._exception_handlers,
        ]


def _path(route: BaseRoute) -> str:
    return str(getattr(route, 'path', ''))
