"""Quotes: what waits for the customer, and what was agreed."""

from __future__ import annotations

from htpy import Node, a, b, div, h2, span

from app.live import Live, follow, live
from models import Grant, Quote, QuoteStatus
from pages.portal.pieces import card, cards, chip, empty, title_row, top
from pages.portal.quote_view import QuoteCard
from pages.portal.reader import Reader
from pages.portal.scope import mine

TONE = {
    QuoteStatus.SENT: 'acc',
    QuoteStatus.ACCEPTED: 'good',
    QuoteStatus.JOB_CREATED: 'good',
    QuoteStatus.DECLINED: '',
    QuoteStatus.EXPIRED: 'warn',
}


def live_quotes(grant: Grant) -> Live[tuple[QuoteCard, ...]]:
    """All quotes that were sent: those that wait first, then the newest."""

    async def load() -> tuple[QuoteCard, ...]:
        found = [QuoteCard.of(quote) for quote in await grant.quotes().order_by('-number')]
        return tuple(sorted(found, key=lambda quote: not quote.waits))

    return live((*mine(grant), 'quotes'), [follow(Quote, customer_id=grant.customer_id)], load)


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


def _waiting_card(r: Reader, quote: QuoteCard) -> Node:
    path = r.at(f'/quotes/{quote.number}')
    title = r.w.pick(quote.title, quote.title_th)
    about = r.w('portal.quote_about', title=title, day=r.w.day(quote.job_start))
    return div('.card.calls', id=f'quote-{quote.number}')[
        a('.cover', href=path)[
            title_row(r.w('portal.quote_waiting'), quote.number),
            div('.sub.apart')[span[about], span('.n')[r.w.baht(quote.total_due)]],
        ],
        a('.btn', href=path)[r.w('portal.read_quote')],
    ]
