"""One quote as its page needs it: what is offered, which paper says so, what changed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.live import Live, follow, live
from app.papers.setting import file_name
from models import (
    Business,
    Change,
    Deposit,
    DiscountKind,
    Document,
    DocumentKind,
    DocumentState,
    Grant,
    Quote,
    QuoteLine,
    QuoteStatus,
    Signature,
    Totals,
    now,
)
from pages.portal.lines import LineView
from pages.portal.scope import mine

AGREED = (QuoteStatus.ACCEPTED, QuoteStatus.JOB_CREATED)
NO_LINES: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class QuoteCard:
    number: str
    title: str
    title_th: str
    status: QuoteStatus
    job_start: date
    job_end: date
    expires_on: date
    total_due: Decimal

    @classmethod
    def of(cls, quote: Quote) -> QuoteCard:
        return cls(
            quote.number, quote.title, quote.title_th, quote.status_at(now()), quote.job_start, quote.job_end,
            quote.expires_on, quote.total_due,
        )  # fmt: skip

    @property
    def waits(self) -> bool:
        return self.status is QuoteStatus.SENT


@dataclass(frozen=True, slots=True)
class PaperView:
    """A PDF: where it lies, and whether it lies there yet."""

    id: UUID
    name: str
    ready: bool

    @classmethod
    def of(cls, document: Document | None) -> PaperView | None:
        return cls(document.id, file_name(document), document.state is DocumentState.SET) if document else None


@dataclass(frozen=True, slots=True)
class TermsView:
    """The rental terms as they are printed with this version of the quote."""

    version: int
    text: str
    text_th: str

    @classmethod
    def of(cls, paper: Document | None, firm: Business) -> TermsView:
        if paper and 'terms_version' in paper.frozen:
            said = paper.frozen
            return cls(int(said['terms_version']), str(said['terms']), str(said['terms_th']))
        return cls(firm.terms_version, firm.rental_terms, firm.rental_terms_th)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What came of a signature: who signed and when, the signed paper, the deposit that is asked for."""

    name: str
    at: datetime | None
    paper: PaperView | None
    deposit: str
    awaited: Decimal


@dataclass(frozen=True, slots=True)
class QuoteView:
    card: QuoteCard
    version: int
    quoted_on: date
    lines: tuple[LineView, ...]
    discount_kind: DiscountKind
    discount_value: Decimal
    vat_percent: Decimal
    vat_to: Decimal
    deposit: Decimal
    notes: str
    terms: TermsView
    paper: PaperView | None
    changes: tuple[Change, ...]
    agreed: Agreed | None

    @property
    def optional(self) -> frozenset[UUID]:
        """The lines that the customer may tick."""
        return frozenset(line.id for line in self.lines if line.optional)

    @property
    def taken(self) -> frozenset[UUID]:
        """The optional lines that count already."""
        return frozenset(line.id for line in self.lines if line.optional and line.counts)

    def totals(self, ticked: frozenset[UUID]) -> Totals:
        """The foot of the quote with these optional lines in it: what `accept` will make of the same ticks."""
        return Totals.of(
            (line.amount for line in self.lines if not line.optional or line.id in ticked),
            vat_percent=self.vat_percent,
            vat_to=self.vat_to,
            discount_kind=self.discount_kind,
            discount_value=self.discount_value,
            deposit=self.deposit,
        )


async def live_quote(grant: Grant, number: str = '') -> Live[QuoteView | None] | None:
    """The quote of this number, or the one of a quote link, if this link shows it."""
    mine_ones = grant.quotes()
    found = await (mine_ones.filter(number=number) if number else mine_ones).first()
    if found is None:
        return None
    quote_id = found.id

    async def load() -> QuoteView | None:
        quote = await grant.quotes().get_or_none(id=quote_id).prefetch_related('lines')
        return await _view(grant, quote) if quote else None

    follows = [
        follow(Quote, id=quote_id),
        follow(QuoteLine, quote_id=quote_id),
        follow(Document, quote_id=quote_id),
        follow(Deposit, quote_id=quote_id),
    ]
    return live((*mine(grant), 'quote', quote_id), follows, load)


async def _view(grant: Grant, quote: Quote) -> QuoteView:
    firm = await Business.the()
    # Without the bytes: they are served by their own address.
    papers = grant.documents().filter(quote_id=quote.id).only('id', 'kind', 'number', 'edition', 'state', 'frozen')
    paper = await papers.filter(kind=DocumentKind.QUOTE, edition=quote.published).first()
    card = QuoteCard.of(quote)
    return QuoteView(
        card=card,
        version=quote.published,
        quoted_on=quote.quoted_on,
        lines=tuple(LineView.of(line) for line in sorted(quote.lines, key=lambda line: line.position)),
        discount_kind=quote.discount_kind,
        discount_value=quote.discount_value,
        vat_percent=quote.vat_percent,
        vat_to=firm.vat_rounding,
        deposit=quote.deposit,
        notes=quote.customer_notes,
        terms=TermsView.of(paper, firm),
        paper=PaperView.of(paper),
        changes=await quote.changes() if card.waits else (),
        agreed=await _agreed(grant, quote) if card.status in AGREED else None,
    )


async def _agreed(grant: Grant, quote: Quote) -> Agreed:
    signed = await Signature.get_or_none(quote_id=quote.id)
    papers = grant.documents().filter(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    paper = await papers.only('id', 'kind', 'number', 'edition', 'state').first()
    deposit = await grant.deposits().filter(quote_id=quote.id).first()
    return Agreed(
        name=signed.name if signed else '',
        at=quote.accepted_at,
        paper=PaperView.of(paper),
        deposit=deposit.number if deposit else '',
        awaited=deposit.awaited if deposit else Decimal(0),
    )
