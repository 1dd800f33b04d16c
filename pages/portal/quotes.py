"""Quotes: what waits for the customer, what was agreed; and one quote with its lines, totals and validity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from htpy import Node, a, b, div, h2, p, section, span

from app.live import Live, follow, live
from models import Grant, Quote, QuoteLine, QuoteStatus, now
from pages.portal.lines import LineView, line_rows
from pages.portal.pieces import amounts, card, cards, chip, contact_us, empty, facts, lines_table, title_row, top
from pages.portal.reader import Reader
from pages.portal.scope import mine

TONE = {
    QuoteStatus.SENT: 'acc',
    QuoteStatus.ACCEPTED: 'good',
    QuoteStatus.JOB_CREATED: 'good',
    QuoteStatus.DECLINED: '',
    QuoteStatus.EXPIRED: 'warn',
}


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
class QuoteView:
    card: QuoteCard
    quoted_on: date
    lines: tuple[LineView, ...]
    subtotal: Decimal
    discount: Decimal
    vat_percent: Decimal
    vat: Decimal
    grand_total: Decimal
    deposit: Decimal
    notes: str


def live_quotes(grant: Grant) -> Live[tuple[QuoteCard, ...]]:
    """All quotes that were sent: those that wait first, then the newest."""

    async def load() -> tuple[QuoteCard, ...]:
        found = [QuoteCard.of(quote) for quote in await grant.quotes().order_by('-number')]
        return tuple(sorted(found, key=lambda quote: not quote.waits))

    return live((*mine(grant), 'quotes'), [follow(Quote, customer_id=grant.customer_id)], load)


async def live_quote(grant: Grant, number: str = '') -> Live[QuoteView | None] | None:
    """The quote of this number, or the one of a quote link, if this link shows it."""
    mine_ones = grant.quotes()
    found = await (mine_ones.filter(number=number) if number else mine_ones).first()
    if found is None:
        return None
    quote_id = found.id

    async def load() -> QuoteView | None:
        quote = await grant.quotes().get_or_none(id=quote_id).prefetch_related('lines')
        return _view(quote) if quote else None

    follows = [follow(Quote, id=quote_id), follow(QuoteLine, quote_id=quote_id)]
    return live((*mine(grant), 'quote', quote_id), follows, load)


def waiting(r: Reader, quotes: tuple[QuoteCard, ...]) -> Node:
    """On Home: what waits for a signature, above everything else."""
    return cards(None, (_waiting_card(r, quote) for quote in quotes if quote.waits))


def quote_list(r: Reader, quotes: tuple[QuoteCard, ...]) -> Node:
    title = top(r, '', r.w('portal.home'), r.w('portal.quotes'))
    if not quotes:
        return [title, empty('quotes', r.w('portal.no_quotes'), r.w('portal.no_quotes_text'))]
    return [
        title,
        cards(h2[span[r.w('portal.waiting_for_you')]], (quote_card(r, quote) for quote in quotes if quote.waits)),
        cards(h2[span[r.w('portal.earlier')]], (quote_card(r, quote) for quote in quotes if not quote.waits)),
    ]


def quote_card(r: Reader, quote: QuoteCard) -> Node:
    return card(
        r,
        f'/quotes/{quote.number}',
        title_row(r.w.pick(quote.title, quote.title_th), quote.number),
        div('.row.sum')[status(r, quote), b('.n')[r.w.baht(quote.total_due)]],
        key=f'quote-{quote.number}',
    )


def status(r: Reader, quote: QuoteCard) -> Node:
    return chip(TONE[quote.status], r.w(f'portal.quote_status.{quote.status.name.lower()}'))


def quote_page(r: Reader, quote: QuoteView) -> Node:
    w, card_ = r.w, quote.card
    below = div('.sub')[w.span(card_.job_start, card_.job_end)]
    place = w('portal.quotes') if r.whole else w('portal.quote')
    return [
        top(r, '/quotes', place, w.pick(card_.title, card_.title_th), card_.number, below),
        div('.card')[
            div('.row')[status(r, card_), span('.ref')[_validity(r, card_)]],
            div('.row.sum')[span('.amount')[w.baht(card_.total_due)]],
            p('.sub')[w('common.totals.total_due')],
        ],
        section[h2[span[w('portal.what_for')]], div('.card')[_lines(r, quote)]],
        section[h2[span[w('portal.details')]], div('.card')[_details(r, quote)]],
        contact_us(r, card_.number),
    ]


def _view(quote: Quote) -> QuoteView:
    return QuoteView(
        card=QuoteCard.of(quote),
        quoted_on=quote.quoted_on,
        lines=tuple(LineView.of(line) for line in sorted(quote.lines, key=lambda line: line.position)),
        subtotal=quote.subtotal,
        discount=quote.discount,
        vat_percent=quote.vat_percent,
        vat=quote.vat,
        grand_total=quote.grand_total,
        deposit=quote.deposit,
        notes=quote.customer_notes,
    )


def _waiting_card(r: Reader, quote: QuoteCard) -> Node:
    path = r.at(f'/quotes/{quote.number}')
    title = r.w.pick(quote.title, quote.title_th)
    about = r.w('portal.quote_about', title=title, day=r.w.day(quote.job_start))
    return div('.card.calls', id=f'quote-{quote.number}')[
        a('.cover', href=path)[
            title_row(r.w('portal.quote_waiting'), quote.number),
            div('.sub')[about, ' · ', span('.n')[r.w.baht(quote.total_due)]],
        ],
        a('.btn', href=path)[r.w('portal.read_quote')],
    ]


def _validity(r: Reader, quote: QuoteCard) -> str:
    if quote.waits:
        return r.w('portal.valid_until', day=r.w.day(quote.expires_on))
    return r.w('portal.expired_on', day=r.w.day(quote.expires_on)) if quote.status is QuoteStatus.EXPIRED else ''


def _lines(r: Reader, quote: QuoteView) -> Node:
    w = r.w
    return [
        lines_table(r, line_rows(r, quote.lines)),
        amounts(
            r,
            [
                (w('common.totals.subtotal'), quote.subtotal, ''),
                (w('common.totals.discount'), -quote.discount if quote.discount else None, ''),
                (
                    w('common.totals.vat', percent=w.number(quote.vat_percent)),
                    quote.vat if quote.vat_percent else None,
                    '',
                ),
                (w('common.totals.grand_total'), quote.grand_total, 'strong'),
                (w('common.totals.deposit'), quote.deposit if quote.deposit else None, ''),
                (w('common.totals.total_due'), quote.card.total_due, 'strong'),
            ],
        ),
    ]


def _details(r: Reader, quote: QuoteView) -> Node:
    w = r.w
    return [
        facts(
            [
                (w('portal.quoted'), w.day(quote.quoted_on)),
                (w('portal.start'), w.day(quote.card.job_start)),
                (w('portal.end'), w.day(quote.card.job_end)),
            ]
        ),
        p('.said')[quote.notes] if quote.notes else None,
    ]
