"""A paper as it is handed out: as it was set, or set once more with what has become of it written across it."""

from __future__ import annotations

from typing import Any

from app.papers.setting import facts_of, set_with
from app.papers.workshop import NotSet, render_apart
from models import Document, DocumentKind, DocumentState, Reprint, bangkok_day

# Of these the law asks that a copy says that it is one.
COPIED = frozenset(
    {
        DocumentKind.INVOICE,
        DocumentKind.RECEIPT,
        DocumentKind.TAX_INVOICE,
        DocumentKind.DEPOSIT_RECEIPT,
        DocumentKind.DEPOSIT_RETURN,
        DocumentKind.CREDIT_NOTE,
        DocumentKind.CREDIT_RETURN,
    }
)
KEPT = 64  # papers that are marked, so that asking again costs nothing


async def as_served(document: Document, *, copy: bool = False) -> bytes:
    """What the reader gets. The stored bytes never change, so a cancelled paper is set anew with its mark each time.

    `copy`: the firm's own, marked สำเนา. Raises NotSet.
    """
    if document.state is not DocumentState.SET:
        raise NotSet('it is still owed')
    marks = _marks(document, copy=copy)
    if not marks:
        return bytes(document.content or b'')
    key = (document.id, *marks.items())
    if known := _marked.get(key):
        return known
    facts = facts_of(document) | marks
    content = await render_apart(str(document.kind), facts, **await set_with(document))
    await Reprint.note(document, content)  # before anybody has it: of which there is no note, that is called altered
    _marked[key] = content
    while len(_marked) > KEPT:
        del _marked[next(iter(_marked))]
    return content


def _marks(document: Document, *, copy: bool) -> dict[str, Any]:
    marks: dict[str, Any] = {}
    if document.cancelled_at:
        marks['cancelled_on'] = str(bangkok_day(document.cancelled_at))
    if copy and document.kind in COPIED:
        marks['copy'] = True
    return marks


_marked: dict[tuple[Any, ...], bytes] = {}
