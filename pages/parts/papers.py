"""The papers of a record on its screen in the console: each to be opened or saved, or said to be on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, a, b, div, h2, li, section, small, span, ul

from app.live import Live, follow, live
from app.papers.serving import COPIED
from app.papers.setting import file_name, is_coming
from app.words import Words
from models import Document, DocumentKind, DocumentState
from pages.bind import bind
from pages.parts.paper import address_of, module_of
from pages.parts.region import Region
from pages.parts.table import chip
from pages.theme import icon

if TYPE_CHECKING:
    from pages.frame import Desk

COLUMNS = ('id', 'kind', 'number', 'edition', 'issued_on', 'state', 'cancelled_at', 'receipt_id', 'verification')


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper as a list shows it."""

    id: UUID
    kind: DocumentKind
    number: str
    edition: int
    issued_on: date
    name: str
    ready: bool
    coming: bool
    cancelled: bool

    @classmethod
    def of(cls, document: Document) -> Issued:
        ready = document.state is DocumentState.SET
        shown = {name: getattr(document, name) for name in ('id', 'kind', 'number', 'edition', 'issued_on')}
        return cls(
            **shown,
            name=file_name(document),
            ready=ready,
            coming=is_coming(document),
            cancelled=document.cancelled_at is not None,
        )


async def paper_list(desk: Desk, customer_id: UUID, **about: UUID | DocumentKind) -> None:
    """The papers about this record of the customer, live: `quote_id=…`; nothing where there are none."""
    shown = Region().mark('papers')
    await bind(live_papers(customer_id, **about), lambda papers: shown.show(_list(desk, papers)), shown)


def live_papers(customer_id: UUID, **about: UUID | DocumentKind) -> Live[tuple[Issued, ...]]:
    """The newest first."""

    async def load() -> tuple[Issued, ...]:
        found = Document.filter(customer_id=customer_id, **about).only(*COLUMNS).order_by('-issued_on', '-id')
        return tuple([Issued.of(document) async for document in found])

    return live(
        ('papers', customer_id, *sorted((name, str(value)) for name, value in about.items())),
        [follow(Document, customer_id=customer_id)],
        load,
    )


def paper_links(w: Words, paper: Issued, root: str = '', *, narrow: bool = False) -> Node:
    """`PDF` opens it, `Save` (where it is `narrow`, a sign for it) keeps it; while it is being set that is said."""
    if paper.coming:
        return small('.coming', role='status')[w('papers.screen.coming')]
    if not paper.ready:
        return None
    named = f'{w(f"common.document.{key_of(paper.kind)}")} {paper.number}'
    return span('.files')[
        a(
            href=address_of(root, paper.id, paper.name),
            target='_blank',
            rel='noopener',
            data_plain=True,
            aria_label=w('papers.screen.open', name=named),
        )['PDF'],
        a(
            href=address_of(root, paper.id, paper.name, how='save'),
            data_plain=True,
            download=paper.name,
            aria_label=w('papers.screen.save_named', name=named),
        )[icon('save') if narrow else w('papers.screen.save')],
    ]


def _own_copy(w: Words, paper: Issued) -> Node:
    """For the firm's own files, marked as a copy, where the law asks for one."""
    if not paper.ready or paper.kind not in COPIED:
        return None
    named = f'{w(f"common.document.{key_of(paper.kind)}")} {paper.number}'
    return a(
        href=address_of('', paper.id, paper.name, how='copy'),
        target='_blank',
        rel='noopener',
        data_plain=True,
        aria_label=w('papers.screen.copy_named', name=named),
    )[w('papers.screen.copy')]


def key_of(kind: DocumentKind) -> str:
    return kind.value.lower().replace(' ', '_')


def _list(desk: Desk, papers: tuple[Issued, ...]) -> Node:
    w = desk.w
    rows = [paper for paper in papers if desk.may(module_of(paper.kind))]
    if not rows:
        return None
    title = w('papers.screen.title')
    return section('.card', aria_label=title)[h2[title], ul('.letters')[[_row(w, paper) for paper in rows]]]


def _row(w: Words, paper: Issued) -> Node:
    version = w('quotes.version', version=paper.edition) if paper.edition > 1 else ''
    below = ' · '.join(filter(None, (paper.number, version, w.day(paper.issued_on))))
    return li[
        div[b[w(f'common.document.{key_of(paper.kind)}')], small[below]],
        div('.standing')[
            chip('bad', w('common.invoice_status.void')) if paper.cancelled else None,
            paper_links(w, paper),
            _own_copy(w, paper),
        ],
    ]
