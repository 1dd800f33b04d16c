"""Documents: every issued paper by year and kind, each opening the record that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from htpy import Node, a, b, div, h1, h2, section, small, span

from app.live import Live, follow, live
from models import Document, DocumentKind, Grant, Receipt
from pages.parts.papers import COLUMNS, Issued, paper_links
from pages.portal.pieces import chip, empty
from pages.portal.reader import Reader
from pages.portal.scope import mine
from pages.theme import icon

# Which view reads the paper out; a tax invoice shares its sheet with a receipt.
READ_AS = {
    DocumentKind.QUOTE: 'quotes',
    DocumentKind.SIGNED_QUOTE: 'quotes',
    DocumentKind.DEPOSIT_REQUEST: 'deposits',
    DocumentKind.INVOICE: 'invoices',
    DocumentKind.RECEIPT: 'receipts',
    DocumentKind.DEPOSIT_RECEIPT: 'receipts',
    DocumentKind.DEPOSIT_RETURN: 'receipts',
    DocumentKind.MANIFEST: 'jobs',
}
ORDER = tuple(DocumentKind)


@dataclass(frozen=True, slots=True)
class Paper:
    kind: DocumentKind
    number: str
    issued_on: date
    cancelled: bool
    file: Issued | None = None

    @classmethod
    def of(cls, document: Document) -> Paper:
        """`document` with the columns of a list, and never with its bytes."""
        file = Issued.of(document)
        return cls(document.kind, document.number, document.issued_on, file.cancelled, file)


def live_papers(grant: Grant) -> Live[tuple[Paper, ...]]:
    """All papers that this link shows, the newest first; of a quote's versions only the last."""

    async def load() -> tuple[Paper, ...]:
        wanted = grant.documents().only(*COLUMNS)
        found = [Paper.of(paper) for paper in await wanted.order_by('-issued_on', '-number', '-edition')]
        taxed = await grant.receipts().filter(tax_invoice_number__not_isnull=True).order_by('-issued_on')
        found += [_tax_invoice(receipt) for receipt in taxed]
        return tuple({(paper.kind, paper.number): paper for paper in reversed(found)}.values())[::-1]

    follows = [follow(Document, customer_id=grant.customer_id), follow(Receipt, customer_id=grant.customer_id)]
    return live((*mine(grant), 'papers'), follows, load)


def paper_list(r: Reader, papers: tuple[Paper, ...]) -> Node:
    if not papers:
        return [h1[r.w('portal.documents')], empty('documents', r.w('portal.no_papers'), r.w('portal.no_papers_text'))]
    by_year = sorted(papers, key=lambda paper: (-paper.issued_on.year, ORDER.index(paper.kind)))
    return [
        h1[r.w('portal.documents')],
        [_year(r, year, list(found)) for year, found in groupby(by_year, key=lambda paper: paper.issued_on.year)],
    ]


def paper_rows(r: Reader, papers: Iterable[Paper]) -> list[Node]:
    return [_row(r, paper) for paper in papers]


def paper_name(r: Reader, kind: DocumentKind) -> str:
    return r.w(f'common.document.{kind.value.lower().replace(" ", "_")}')


def _year(r: Reader, year: int, papers: list[Paper]) -> Node:
    return section[
        h2[span[str(year + 543 if r.language == 'th' else year)]],
        [
            div('.card.rows')[
                div('.kind')[paper_name(r, kind)],
                [
                    _row(r, paper, named=False)
                    for paper in sorted(found, key=lambda paper: paper.issued_on, reverse=True)
                ],
            ]
            for kind, found in groupby(papers, key=lambda paper: paper.kind)
        ],
    ]


def _row(r: Reader, paper: Paper, *, named: bool = True) -> Node:
    name = paper_name(r, paper.kind)
    inside = [
        div[b[name if named else paper.number], small[paper.number if named else None]],
        chip('bad', r.w('portal.cancelled')) if paper.cancelled else None,
        span('.ref')[r.w.day(paper.issued_on)],
    ]
    place = READ_AS.get(paper.kind)
    files = paper_links(r.w, paper.file, r.root) if paper.file else None
    if place is None or (place == 'receipts' and not r.whole):
        return div('.row')[inside, files]
    return div('.filed')[
        a('.row', href=r.at(f'/{place}/{paper.number}'), aria_label=f'{name} {paper.number}')[inside, icon('onward')],
        files,
    ]


def _tax_invoice(receipt: Receipt) -> Paper:
    return Paper(
        DocumentKind.TAX_INVOICE, receipt.tax_invoice_number or '', receipt.issued_on, receipt.cancelled_at is not None
    )
