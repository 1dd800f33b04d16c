"""How much somebody may send before we know what they want: the server itself would read on for ever."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 65_536  # bytes; a browser's has a few thousand


class BoundedHead(HttpToolsProtocol):
    """Closes a connection whose head, or what follows its body, comes to no end."""

    unread = 0  # bytes since the last that were part of a body or ended a head

    def data_received(self, data: bytes) -> None:
        self.unread += len(data)
        super().data_received(data)
        if self.unread > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response('The head of this request is too large.')

    def on_headers_complete(self) -> None:
        self.unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread = 0
        super().on_message_complete()
