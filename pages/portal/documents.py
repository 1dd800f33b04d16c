"""Documents: every issued paper, found by number, year and kind, each opening the record that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from htpy import Node, a, b, div, h1, h2, p, section, small, span
from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from app.live import Live, follow, live
from models import Document, DocumentKind, Grant, Receipt
from pages.parts.papers import COLUMNS, Issued, paper_links
from pages.portal.filing import Filed, Sought, filed, listed, year_words
from pages.portal.pieces import chip, elsewhere, empty
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
TAX_INVOICE = DocumentKind.TAX_INVOICE.name


# Of a paper that was issued again only the latest counts: every version of a quote has its own edition.
LATEST = """not exists (select 1 from document later where later.kind = document.kind
 and later.number = document.number and later.edition > document.edition)"""


@dataclass(frozen=True, slots=True)
class Paper:
    kind: DocumentKind
    number: str
    issued_on: date
    cancelled: bool
    file: Issued | None = None
    receipt_id: UUID | None = None
    tax_invoice: str = ''

    @classmethod
    def of(cls, document: Document) -> Paper:
        """`document` with the columns of a list, and never with its bytes."""
        file = Issued.of(document)
        shared = document.receipt_id if document.kind is DocumentKind.RECEIPT else None
        return cls(document.kind, document.number, document.issued_on, file.cancelled, file, shared)

    def with_tax_invoice(self, numbers: dict[UUID, str]) -> Paper:
        """With the number of the tax invoice on the same sheet, if there is one."""
        return replace(self, tax_invoice=numbers[self.receipt_id]) if self.receipt_id in numbers else self


def sought_papers(grant: Grant, sought: Sought) -> QuerySet[Document]:
    """The papers that this link shows and that are sought, the newest first, without their bytes."""
    found = sought.within(_latest(grant), 'number__icontains')
    if sought.kind == TAX_INVOICE:
        taxed = Subquery(grant.receipts().exclude(tax_invoice_number=None).values('id'))
        at_issue = Subquery(grant.invoices().exclude(tax_invoice_number=None).values('id'))
        receipts = Q(receipt_id__in=taxed, kind=DocumentKind.RECEIPT)
        invoices = Q(invoice_id__in=at_issue, kind=DocumentKind.INVOICE)
        found = found.filter(receipts | invoices | Q(kind=DocumentKind.TAX_INVOICE))
    elif sought.kind in DocumentKind.__members__:
        found = found.filter(kind=DocumentKind[sought.kind])
    return found.order_by('-issued_on', '-number', '-edition').only(*COLUMNS)


def live_papers(grant: Grant, sought: Sought) -> Live[Filed[Paper]]:
    """Papers as they are sought, with the number of the tax invoice that shares their sheet."""

    async def load() -> Filed[Paper]:
        found = sought_papers(grant, sought)
        papers = await filed(grant.documents(), found, sought, await _kinds(grant), Paper.of)
        return replace(papers, rows=await _with_tax_invoices(grant, papers.rows))

    follows = [follow(Document, customer_id=grant.customer_id), follow(Receipt, customer_id=grant.customer_id)]
    return live((*mine(grant), 'papers', sought), follows, load)


async def papers_about(grant: Grant, **record: UUID) -> tuple[Paper, ...]:
    """The papers of one record that this link shows, the newest first: `invoice_id=…`."""
    found = _latest(grant).filter(**record).only(*COLUMNS).order_by('-issued_on', '-number')
    return await _with_tax_invoices(grant, [Paper.of(paper) for paper in await found])


def _latest(grant: Grant) -> QuerySet[Document]:
    return grant.documents().annotate(latest=RawSQL(LATEST)).filter(latest=True)


async def _with_tax_invoices(grant: Grant, papers: Collection[Paper]) -> tuple[Paper, ...]:
    shared = [paper.receipt_id for paper in papers if paper.receipt_id]
    receipts = grant.receipts().filter(id__in=shared).exclude(tax_invoice_number=None)
    taxed = dict(await receipts.values_list('id', 'tax_invoice_number'))
    return tuple(paper.with_tax_invoice(taxed) for paper in papers)


def papers_here(r: Reader, papers: tuple[Paper, ...], here: str = '') -> Node:
    """The papers of the record that is shown, which one is not led to again."""
    if not papers:
        return None
    rows = [_row(r, paper, here) for paper in papers]
    # A narrow link may be shown by this device alone, once it has ended.
    hint = elsewhere(r) if r.whole else None
    return section[h2[span[r.w('portal.documents')]], div('.card.rows')[rows], hint]


def paper_list(r: Reader, papers: Filed[Paper], sought: Sought) -> Node:
    """By year and, within it, the newest first; all of them, or what was found, as one file to keep."""
    if not papers.rows and not sought.anything:
        return [h1[r.w('portal.documents')], empty('documents', r.w('portal.no_papers'), r.w('portal.no_papers_text'))]
    return listed(
        r,
        r.w('portal.documents'),
        papers,
        sought,
        lambda kind: paper_name(r, DocumentKind[kind]),
        elsewhere(r),
        [
            section[h2[span[year_words(r, year)]], div('.card.rows')[paper_rows(r, found)]]
            for year, found in groupby(papers.rows, key=lambda paper: paper.issued_on.year)
        ],
        _download(r, papers, sought),
    )


def _download(r: Reader, papers: Filed[Paper], sought: Sought) -> Node:
    if not r.whole:
        return None
    asked = {'text': sought.text, 'year': sought.year or '', 'kind': sought.kind}
    query = urlencode({key: value for key, value in asked.items() if value})
    count = len(papers.rows) + papers.left
    name = r.w('money.filing.download_found', count=count) if sought.anything else r.w('money.filing.download_all')
    address = r.at('/papers.zip') + (f'?{query}' if query else '')
    return p('.centred')[a('.btn.ghost', href=address, data_plain=True, download=True)[icon('documents'), name]]


async def _kinds(grant: Grant) -> list[str]:
    """The kinds there are; a tax invoice that shares a receipt's sheet is one too."""
    known = {kind for (kind,) in await grant.documents().distinct().values_list('kind')}
    if DocumentKind.TAX_INVOICE not in known and await grant.receipts().exclude(tax_invoice_number=None).exists():
        known.add(DocumentKind.TAX_INVOICE)
    return [kind.name for kind in DocumentKind if kind in known]


def paper_rows(r: Reader, papers: Iterable[Paper]) -> list[Node]:
    return [_row(r, paper) for paper in papers]


def paper_name(r: Reader, kind: DocumentKind) -> str:
    return r.w(f'common.document.{kind.value.lower().replace(" ", "_")}')


def _row(r: Reader, paper: Paper, here: str = '') -> Node:
    name = paper_name(r, paper.kind)
    if paper.tax_invoice:
        name = f'{name} / {paper_name(r, DocumentKind.TAX_INVOICE)}'
    numbers = [number for number in (paper.number, paper.tax_invoice) if number]
    inside = [
        div[b[name], small[' · '.join(numbers), ' · ', span('.n')[r.w.day(paper.issued_on)]]],
        chip('bad', r.w('portal.cancelled')) if paper.cancelled else None,
    ]
    place = READ_AS.get(paper.kind)
    files = paper_links(r.w, paper.file, r.root, narrow=True) if paper.file else None
    if place is None or not r.whole or f'/{place}/{paper.number}' == here:
        return div('.filed')[div('.row')[inside], files]
    way = a('.row', href=r.at(f'/{place}/{paper.number}'))
    return div('.filed')[way[inside, None if files else icon('onward')], files]
