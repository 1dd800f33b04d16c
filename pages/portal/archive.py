"""`Download all`: the papers that a link shows as one ZIP with an index, made while it is being sent."""

from __future__ import annotations

import asyncio
import re
import time
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from io import RawIOBase
from typing import Annotated, Any

from fastapi import Depends, Request
from htpy import a, body, h1, head, html, meta, p, table, tbody, td, th, thead, title, tr
from nicegui import app as server
from starlette.responses import Response, StreamingResponse

from app.papers.serving import as_served
from app.papers.setting import file_name, is_coming, paper
from app.papers.workshop import NotSet
from app.words import Words, words
from models import Document, bangkok_day, now
from pages.parts.paper import disposition
from pages.portal.documents import sought_papers
from pages.portal.door import Entry, admitted
from pages.portal.filing import LONGEST, Sought

AT_ONCE = 2  # papers that one program puts into archives at the same time; whoever comes later waits for a turn
PIECE = 65_536  # bytes that are sent at a time
ASKED_ANEW = 2.0  # seconds after which it is asked again whether the link still lives
LONGEST_WHOLE = 900.0  # seconds for a whole archive, however slowly it is taken
PAGE = 100  # records looked up at a time, without their bytes
PATIENCE = 20.0  # seconds for a paper that is still being set; then the index says that it was not ready
_turns = asyncio.Semaphore(AT_ONCE)


@server.get('/p/{token}/papers.zip')
async def all_papers(
    request: Request, entry: Annotated[Entry, Depends(admitted)], text: str = '', year: str = '', kind: str = ''
) -> Response:
    """Whatever the link shows and the reader sought, found through the grant like everything else."""
    sought = Sought(text[:LONGEST], int(year) if re.fullmatch(r'2[0-9]{3}', year) else None, kind)
    w = words(entry.language)
    name = f'{w("portal.documents")}-{bangkok_day(now()):%Y-%m-%d}.zip'
    headers = {
        'content-disposition': disposition(name, save=True),
        'cache-control': 'private, no-store',
        'x-robots-tag': 'noindex, nofollow, noarchive',
    }
    return StreamingResponse(_archive(entry, sought, w), media_type='application/zip', headers=headers)


class _Chunks(RawIOBase):
    """What a ZIP is written to: bytes that are taken away as they come, so that it never lies in memory whole."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._waiting += content
        return len(content)

    def taken(self) -> list[bytes]:
        content = bytes(self._waiting)
        self._waiting.clear()
        return [content[at : at + PIECE] for at in range(0, len(content), PIECE)]


class _Leave:
    """Whether the reader may have more of it: a link that is revoked meanwhile gives no more papers."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._until = time.monotonic() + LONGEST_WHOLE
        self._asked = 0.0

    async def ask(self) -> None:
        """Raises ConnectionAbortedError."""
        if time.monotonic() > self._until:
            raise ConnectionAbortedError('It took too long to send the papers of a link')
        self._asked = time.monotonic()
        if not await self._entry.holds():
            raise ConnectionAbortedError('The link ended while its papers were being sent')

    async def ask_now_and_then(self) -> None:
        """Raises ConnectionAbortedError. For a paper that was long in the making, and a reader who takes it slowly."""
        if time.monotonic() - self._asked > ASKED_ANEW:
            await self.ask()


@dataclass(frozen=True, slots=True)
class _Filed:
    """A line of the index; no path where the paper was not ready."""

    kind: str
    number: str
    issued_on: date
    cancelled: bool
    path: str


async def _archive(entry: Entry, sought: Sought, w: Words) -> AsyncIterator[bytes]:
    """Its pieces; a turn is held while a paper is made, and never while the reader takes a piece."""
    chunks, lines, leave = _Chunks(), list[_Filed](), _Leave(entry)
    with zipfile.ZipFile(chunks, 'w', zipfile.ZIP_STORED) as archive:
        async for document in _documents(entry, sought):
            await leave.ask()
            async with _turns:
                lines.append(await _put(archive, document, w))
            for piece in chunks.taken():
                await leave.ask_now_and_then()
                yield piece
        await leave.ask()
        archive.writestr('index.html', _index(entry, lines, w))
    for piece in chunks.taken():
        yield piece


async def _documents(entry: Entry, sought: Sought) -> AsyncIterator[Document]:
    found = sought_papers(entry.grant, sought)
    seen = 0
    while page := await found.offset(seen).limit(PAGE):
        for document in page:
            yield document
        seen += len(page)


async def _put(archive: zipfile.ZipFile, listed: Document, w: Words) -> _Filed:
    kind = w(f'common.document.{listed.kind.value.lower().replace(" ", "_")}')
    document = await Document.get(id=listed.id)
    if is_coming(document):
        document = await paper(document, PATIENCE)
    path = f'{document.issued_on.year}/{file_name(document)}'
    try:
        archive.writestr(zipfile.ZipInfo(path, document.issued_on.timetuple()[:6]), await as_served(document))
    except NotSet:
        path = ''
    return _Filed(kind, document.number, document.issued_on, document.cancelled_at is not None, path)


def _index(entry: Entry, lines: list[_Filed], w: Words) -> str:
    """Readable without any network: what lies in the archive, each line leading to its file."""
    firm = w.pick(entry.firm.name, entry.firm.name_th)
    name = f'{w("portal.documents")} · {firm}'
    columns = ('number', 'kind', 'day', 'state')
    page = html(lang=w.language)[
        head[meta(charset='utf-8'), meta(name='viewport', content='width=device-width'), title[name]],
        body(style='font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em')[
            h1[name],
            p[w('money.archive.made', day=w.day(bangkok_day(now()), year=True), count=len(lines))],
            table(style='width:100%;border-collapse:collapse;text-align:left')[
                thead[tr[[th[w(f'money.archive.{column}')] for column in columns]]],
                tbody[[_line(line, w) for line in lines]],
            ],
        ],
    ]
    return f'<!doctype html>{page}'


def _line(line: _Filed, w: Words) -> Any:
    state = w('portal.cancelled') if line.cancelled else ''
    return tr[
        td[a(href=line.path)[line.number] if line.path else line.number],
        td[line.kind],
        td[w.day(line.issued_on, year=True)],
        td[state if line.path else w('money.archive.not_ready')],
    ]
