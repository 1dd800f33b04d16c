"""What the law gives a customer over what is kept of them: all of it as a file, and to have it deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import IO
from urllib.parse import quote as in_address
from uuid import UUID

from fastapi import Request
from htpy import Node, b, div, h2, li, p, ul
from nicegui import app as server
from nicegui import ui
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from app.customer_archive import archive_of
from app.sessions import signed_in
from app.words import Words, words
from models import Customer, Level, Module, StaffSession, bangkok_day, now, prospect_of
from pages.console.find import find
from pages.frame import Desk
from pages.parts.form import Form
from pages.parts.panel import open_panel
from pages.parts.paper import disposition
from pages.parts.region import Region

PIECE = 65_536  # bytes that are sent at a time


async def export(desk: Desk, customer_id: UUID) -> None:
    """`Export`: the browser fetches the file, and who may is asked there once more."""
    _, actor = await find(desk, Customer, id=customer_id)
    actor.must(Module.CUSTOMERS, Level.MANAGE)
    with desk.layer:
        ui.download.from_url(f'/personal-data/{customer_id}')


async def open_erasure(desk: Desk, customer_id: UUID) -> None:
    """`Delete`: says what goes and what stays, and has the name typed; where something is open, says that instead."""
    w = desk.w
    customer, actor = await find(desk, Customer, id=customer_id)
    prospect = await prospect_of(customer, by=actor)
    name = f'{customer.text(w.language)} · {customer.code}' if customer.code else customer.text(w.language)
    with open_panel(desk, w('personal.delete.title')) as panel:
        Region(_what_becomes(w, name, keeps=prospect.keeps))
        form = Form(desk, {'erasure_not_confirmed': 'typed'})
        form.text('typed', w('personal.delete.typed'))

        async def erase() -> None:
            found, by = await find(desk, Customer, id=customer_id)
            await found.erase(typed=form['typed'], seen=prospect.seen, by=by)
            panel.close()
            desk.say(w('personal.delete.done'))

        form.save_button(w('personal.delete.do'), erase, tone='bad')
        panel.unsaved = lambda: form.changed


def _what_becomes(w: Words, name: str, *, keeps: bool) -> Node:
    goes = ('contacts', 'quotes', 'links', 'letters') if keeps else ('contacts', 'quotes', 'links', 'letters', 'name')
    stays = ('papers', 'buyer', 'activity') if keeps else ('activity',)
    return div('.becomes')[
        p[w('personal.delete.text')],
        h2[w('personal.delete.goes')],
        ul[[li[w(f'personal.delete.goes_{what}')] for what in goes]],
        h2[w('personal.delete.stays')],
        ul[[li[w(f'personal.delete.stays_{what}')] for what in stays]],
        p('.note')[w('personal.delete.export_first')],
        p[w('personal.delete.confirm'), ' ', b[name]],
    ]


@server.get('/personal-data/{customer_id}')
async def everything_fetched(request: Request, customer_id: str) -> Response:
    """The ZIP, for those who may manage customers."""
    session = await signed_in(request.cookies)
    if session is None:
        return _to_the_door(request)
    customer = await _found(customer_id)
    if customer is None or not _may(session):
        return _nothing(session)
    file = await archive_of(await customer.export(by=session.staff.actor))
    # Asked again: who waited may have been signed out meanwhile, or been given another role.
    session = await signed_in(request.cookies)
    if session is None or not _may(session):
        file.close()
        return _nothing(session) if session else _to_the_door(request)
    w = words(session.staff.language)
    name = f'{customer.code or customer.name}-{w("personal.file")}-{bangkok_day(now()):%Y-%m-%d}.zip'
    headers = {
        'content-disposition': disposition(name, save=True),
        'cache-control': 'private, no-store',
        'x-robots-tag': 'noindex, nofollow, noarchive',
    }
    return StreamingResponse(_pieces(file), media_type='application/zip', headers=headers)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


async def _found(customer_id: str) -> Customer | None:
    try:
        return await Customer.get_or_none(id=UUID(customer_id))
    except ValueError:
        return None


def _may(session: StaffSession) -> bool:
    return session.staff.actor.may(Module.CUSTOMERS, Level.MANAGE)


def _to_the_door(request: Request) -> Response:
    return RedirectResponse(f'/sign-in?next={in_address(request.url.path)}', 303)


def _nothing(session: StaffSession) -> Response:
    return PlainTextResponse(words(session.staff.language)('console.nothing_here'), 404)
