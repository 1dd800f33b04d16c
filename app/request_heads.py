"""How much, and for how long, somebody may send before we know what they want: the server would wait for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 65_536  # bytes; a browser's has a few thousand
LONGEST_HEAD = 30.0  # seconds from the first byte, or from the connection, to the end of the head
LONGEST_PAUSE = 60.0  # seconds between two pieces of a body


class BoundedHead(HttpToolsProtocol):
    """Closes a connection whose head, or what follows its body, comes to no end; or over which nothing comes."""

    unread = 0  # bytes since the last that were part of a body or ended a head
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(LONGEST_HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.unread += len(data)
        super().data_received(data)
        if self.unread > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response('The head of this request is too large.')

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._patience is None:  # else it is the first on this connection
            self._wait(LONGEST_HEAD)

    def on_headers_complete(self) -> None:
        self.unread = 0
        self._wait_no_more()
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self._wait(LONGEST_PAUSE)

    def on_body(self, body: bytes) -> None:
        self.unread = 0
        self._wait(LONGEST_PAUSE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread = 0
        self._wait_no_more()
        super().on_message_complete()

    def _wait(self, seconds: float) -> None:
        self._wait_no_more()
        self._patience = self.loop.call_later(seconds, self._give_up)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        if self.flow.read_paused:  # it is we who have not taken what came
            self._wait(LONGEST_PAUSE)
        else:
            self.transport.close()
