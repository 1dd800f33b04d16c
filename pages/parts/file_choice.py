"""A button with which a file is chosen and handed in, and the one address that takes all of them.

The framework's own upload makes an address for each, which is kept with its page long after the page was left; it asks
nobody who is sending, and leaves it to the browser how large a file may be.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from fastapi import Request
from fastapi.responses import Response
from nicegui import Client
from nicegui import app as server

from app.sessions import signed_in
from models import Refused
from pages.parts.action import Button, attempt
from pages.parts.posted import body_of, of_our_own

if TYPE_CHECKING:
    from pages.frame import Desk

Taken = Callable[[str, bytes], Awaitable[None]]
LONGEST_NAME = 200  # signs


class FileChoice(Button):
    """`taken(name, content)` is tried as any verb is; what is larger than `largest` bytes is refused as `too_large`."""

    def __init__(
        self, desk: Desk, text: str, taken: Taken, *, accept: str, largest: int, too_large: str, tone: str
    ) -> None:
        super().__init__(text, tone=tone)
        self.desk, self.taken, self.largest, self.too_large = desk, taken, largest, too_large
        self.address = f'/files/{self.client.id}/{self.id}'
        self.props['data-hands-in'] = self.address
        self.props['data-accept'] = accept
        self.props['data-largest'] = str(largest)
        self.on('toolarge', self.refuse, js_handler='() => emit()')
        self.on('notsent', lambda: desk.warn(desk.w('refusals.file_not_sent')), js_handler='() => emit()')

    async def take(self, name: str, content: bytes) -> None:
        with self.parent_slot or self.client:
            await attempt(self.desk, lambda: self.taken(name, content))

    def refuse(self) -> None:
        self.desk.warn(self.desk.w.refusal(Refused(self.too_large)))


@server.post('/files/{client_id}/{place}')
async def handed_in(request: Request, client_id: str, place: int) -> Response:
    """Taken from whoever opened the page, as long as they are signed in and the button is there."""
    session = await signed_in(request.cookies)
    client = Client.instances.get(client_id)
    choice = client.elements.get(place) if client else None
    if session is None or not isinstance(choice, FileChoice) or choice.desk.session_id != session.id:
        return Response(status_code=404)
    if not of_our_own(request):
        return Response(status_code=403)
    content = await body_of(request, choice.largest)
    if choice.is_deleted:  # left while the file was on its way
        return Response(status_code=404)
    if content is None:
        choice.refuse()
        return Response(status_code=413)
    await choice.take(unquote(request.headers.get('x-file-name', ''))[:LONGEST_NAME], content)
    return Response(status_code=204)
