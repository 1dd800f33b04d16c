"""A question that must be answered before something is done that cannot be undone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from pages.bind import while_there
from pages.parts.action import Button
from pages.parts.panel import Overlay
from pages.parts.text import Text

if TYPE_CHECKING:
    from pages.frame import Desk


async def confirm(desk: Desk, title: str, text: str = '', *, yes: str, tone: str = '') -> bool:
    """Ask; True when the answer was yes. Leaving by Esc is no."""
    return await choose(desk, title, text, {'yes': (yes, tone)}) == 'yes'


async def choose(desk: Desk, title: str, text: str, answers: dict[str, tuple[str, str]]) -> str:
    """Ask with several answers, each with its label and tone; '' when the person left without one."""
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def answer(value: str) -> None:
        if not answered.done():
            answered.set_result(value)

    with desk.layer, Overlay('question', title, lambda: answer('')) as overlay:
        Text('h2', title)
        if text:
            Text('p', text)
        with ui.element('div').classes('btns'):
            for value, (label, tone) in answers.items():
                Button(label, partial(answer, value), tone=tone).mark(f'answer-{value}')
            Button(desk.w('console.not_now'), lambda: answer(''), tone='ghost').props['autofocus'] = True
    client = overlay.client
    while_there(overlay, client.delete_handlers, lambda: client.on_delete(lambda: answer('')))
    try:
        return await answered
    finally:
        if not overlay.is_deleted:
            overlay.delete()
