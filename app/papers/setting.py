"""Which papers are owed, who sets them, and how long somebody waits for one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from app.health import complain
from app.live import follow, live
from app.papers.kinds import KINDS
from app.papers.signing import keep_picture, without_picture
from app.papers.workshop import NotSet, begin, render_apart
from app.settings import settings
from models import Document, DocumentKind, DocumentState, Logo, one_change

log = logging.getLogger(__name__)

WAITING = 15.0  # seconds that somebody who asked for a paper waits for it
AT_ONCE = 2  # one is set while the next is fetched
LOOK_AGAIN = 0.1  # seconds, while another program sets it
MINUTELY = 60.0
PAUSE_AFTER_FAILURE = 300.0  # seconds; a paper that cannot be set must not keep the others waiting


async def paper(document: Document, within: float | None = None) -> Document:
    """The document with its bytes, set at once if it is still owed; as it is when that took longer than `within`."""
    until = time.monotonic() + (WAITING if within is None else within)
    while True:
        found = await Document.get(id=document.id)
        if not is_coming(found) or time.monotonic() > until:
            return found
        try:
            async with asyncio.timeout(max(0.1, until - time.monotonic())):
                mine = await set_one(found.id)
        except (NotSet, TimeoutError):
            return await Document.get(id=document.id)
        except Exception:
            log.exception('A paper (%s) could not be set', found.id)
            return await Document.get(id=document.id)
        if not mine:
            await asyncio.sleep(LOOK_AGAIN)


def is_coming(document: Document) -> bool:
    """Whether it is owed and can be set: what was ordered before papers had a verification id never is."""
    owed = document.state is not DocumentState.SET
    return owed and document.verification is not None and str(document.kind) in KINDS


async def set_ordered() -> int:
    """Set all that is owed; returns how many. What failed a moment ago is left for later, whatever it failed of."""
    done = 0
    for document_id in await _owed():
        try:
            done += await set_one(document_id)
        except NotSet as error:
            log.error('A paper (%s) could not be set: %s', document_id, error)
            _failed[document_id] = time.monotonic()
        except Exception:
            log.exception('A paper (%s) could not be set', document_id)
            _failed[document_id] = time.monotonic()
    await _draw_signatures()
    return done


async def set_one(document_id: UUID) -> bool:
    """Set this paper unless it is set already, or being set by somebody else. Raises NotSet."""
    await begin()
    # However many phones ask at once, the connections to the database stay free for other visitors.
    async with _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)), one_change():
        # The lock says who sets it, and goes with a program that dies.
        owed = Document.filter(id=document_id, state=DocumentState.ORDERED, verification__not_isnull=True)
        document = await owed.select_for_update(skip_locked=True).first()
        if document is None:
            return False
        content = await render_apart(str(document.kind), facts_of(document), **await set_with(document))
        return await document.keep(content)


def facts_of(document: Document) -> dict[str, Any]:
    """What a paper is set from: what was frozen, and what the document itself is called."""
    own = {'number': document.number, 'issued_on': str(document.issued_on), 'edition': document.edition}
    return {**document.frozen, **own, 'verification': document.verification, 'kind': str(document.kind)}


def file_name(document: Document) -> str:
    """QT-2026-0042.pdf, QT-2026-0042-v2.pdf, QT-2026-0042-signed.pdf."""
    parts = [document.number]
    if document.kind in KINDS_BESIDE:
        parts.append(KINDS_BESIDE[document.kind])
    elif document.edition > 1:
        parts.append(f'v{document.edition}')
    return f'{"-".join(parts)}.pdf'


async def keep_setting() -> None:
    """What a running program does about papers: those of before it started, then each as it is ordered."""
    ordered = asyncio.Event()
    view = live(('papers', 'owed'), [follow(Document)], _owed)
    await view.watch(lambda _: ordered.set())
    while True:
        ordered.clear()
        try:
            await set_ordered()
        except Exception as error:
            await complain('Papers could not be looked at', error, log)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MINUTELY):
                await ordered.wait()


async def _draw_signatures() -> None:
    """The pictures of signatures follow their papers, outside of any transaction: nobody waits for them."""
    early = time.monotonic() - PAUSE_AFTER_FAILURE
    for signed_id in await without_picture():
        if _failed.get(signed_id, early) > early:
            continue
        try:
            await keep_picture(signed_id)
        except NotSet as error:
            log.error('A signature (%s) could not be drawn: %s', signed_id, error)
            _failed[signed_id] = time.monotonic()


async def _owed() -> tuple[UUID, ...]:
    known = Document.ordered().filter(kind__in=list(KINDS), verification__not_isnull=True)
    ids: list[UUID] = await known.values_list('id', flat=True)  # type: ignore[assignment]
    early = time.monotonic() - PAUSE_AFTER_FAILURE
    return tuple(one for one in ids if _failed.get(one, early) <= early)


async def set_with(document: Document) -> dict[str, Any]:
    """What a paper of this kind needs beside its text."""
    more: dict[str, Any] = {
        'logo': await Logo.content_of(document.frozen['firm']['logo']),
        'base_url': settings().public_url,
    }
    if document.kind is DocumentKind.SIGNED_QUOTE:
        from app.papers.sealing import the_seal_key

        shown = await Document.get(
            kind=DocumentKind.QUOTE, quote_id=document.quote_id, edition=document.edition, state=DocumentState.SET
        )
        more |= {'shown': bytes(shown.content or b''), 'seal': await the_seal_key()}
    return more


# Papers that share their number with another one.
KINDS_BESIDE = {DocumentKind.SIGNED_QUOTE: 'signed', DocumentKind.DEPOSIT_REQUEST: 'request'}

_failed: dict[UUID, float] = {}
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
