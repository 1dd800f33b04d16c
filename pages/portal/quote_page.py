"""A quote as a page for a phone: what is offered, what of it one takes, and the three ways to answer."""

from __future__ import annotations

from uuid import UUID

from htpy import Node, a, b, button, details, div, h2, input, label, p, section, small, span, summary

from models import QuoteStatus, Totals
from pages.parts.paper import address_of
from pages.portal.lines import LineView, how_much, line_name
from pages.portal.paying import pay_button, payment_ways
from pages.portal.pieces import amounts, contact_us, elsewhere, facts, top
from pages.portal.quote_changes import change_list, has_changes, line_marks
from pages.portal.quote_view import Agreed, PaperView, QuoteCard, QuoteView
from pages.portal.quotes import status
from pages.portal.reader import Reader
from pages.theme import icon


def quote_page(r: Reader, quote: QuoteView, ticked: frozenset[UUID]) -> Node:
    w, card = r.w, quote.card
    place = w('portal.quotes') if r.whole else w('portal.quote')
    below = div('.sub')[w.span(card.job_start, card.job_end)]
    ticks = ticked if card.waits else quote.taken
    totals = quote.totals(ticks)
    return [
        top(r, '/quotes', place, w.pick(card.title, card.title_th), card.number, below),
        thanks(r, quote.agreed, card) if quote.agreed else None,
        _new_version(r, quote),
        div('.card')[
            div('.row')[status(r, card), span('.ref')[_validity(r, card)]],
            div('.row.sum')[span('.amount')[w.baht(totals.total_due)]],
            p('.sub')[w('common.totals.total_due')],
            _paper(r, quote) if not quote.agreed else None,
        ],
        section[h2[span[w('portal.what_for')]], div('.card')[_lines(r, quote, ticks), _sums(r, quote, totals)]],
        section[h2[span[w('portal.details')]], div('.card')[_details(r, quote)]],
        _terms(r, quote),
        _other_answers(r, card) if card.waits else None,
        contact_us(r, card.number),
        _decide(r, totals) if card.waits else None,
    ]


def thanks(r: Reader, agreed: Agreed, quote: QuoteCard) -> Node:
    """After the signature: thank-you, the signed paper, and the deposit that is still to be paid."""
    w = r.w
    said = w('signing.signed_by', name=agreed.name, moment=w.moment(agreed.at)) if agreed.name and agreed.at else ''
    return [
        section('.calm.thanks')[
            icon('calm'),
            h2(tabindex='-1')[w('signing.thanks')],
            p('.sub')[said],
            p('.sub')[w('signing.booked_text' if quote.status is QuoteStatus.JOB_CREATED else 'signing.thanks_text')],
            paper_button(r, agreed.paper, w('signing.signed_pdf')),
        ],
        _deposit(r, agreed) if agreed.awaited else None,
    ]


def paper_button(r: Reader, paper: PaperView | None, name: str) -> Node:
    """The PDF, one tap away; while it is still being made it says so, and becomes the button by itself."""
    if paper is None:
        return None
    if not paper.ready:
        return p('.btn.ghost.soon', role='status')[icon('documents'), r.w('signing.being_prepared')]
    return a('.btn.ghost', href=address_of(r.root, paper.id, paper.name), target='_blank', rel='noopener')[
        icon('documents'), name
    ]


def _paper(r: Reader, quote: QuoteView) -> Node:
    """What only this device keeps would not open elsewhere, and is not sent there."""
    ready = quote.paper is not None and quote.paper.ready
    return [paper_button(r, quote.paper, r.w('signing.pdf')), elsewhere(r) if ready else None]


def _deposit(r: Reader, agreed: Agreed) -> Node:
    """What comes next: the deposit, and how to pay it."""
    w = r.w
    return [
        section[
            h2[span[w('signing.deposit_to_pay')]],
            div('.card')[
                div('.row')[span('.amount')[w.baht(agreed.awaited)], span('.ref')[agreed.deposit]],
                p('.sub')[w('portal.refundable')],
                pay_button(r, agreed.deposit),
            ],
        ],
        payment_ways(r, agreed.deposit, agreed.awaited),
    ]


def _new_version(r: Reader, quote: QuoteView) -> Node:
    if not has_changes(r, quote):
        return None
    title = r.w('signing.new_version', version=quote.version, before=quote.version - 1)
    return section('.news')[h2[span[title]], div('.card')[change_list(r, quote)]]


def _validity(r: Reader, quote: QuoteCard) -> str:
    if quote.waits:
        return r.w('portal.valid_until', day=r.w.day(quote.expires_on))
    return r.w('portal.expired_on', day=r.w.day(quote.expires_on)) if quote.status is QuoteStatus.EXPIRED else ''


def _lines(r: Reader, quote: QuoteView, ticks: frozenset[UUID]) -> Node:
    marks = line_marks(r, quote)
    included = [line for line in quote.lines if not line.optional]
    optional = [line for line in quote.lines if line.optional]
    hint = p('.kind')[r.w('signing.optional_hint' if quote.card.waits else 'signing.optional')]
    return [
        div('.lines')[[_line(r, line, marks) for line in included]] if included else None,
        div('.lines.options', role='group', aria_label=r.w('signing.optional'))[
            hint, [_option(r, line, marks, ticked=line.id in ticks, open_=quote.card.waits) for line in optional]
        ]
        if optional
        else None,
    ]


def _line(r: Reader, line: LineView, marks: dict[UUID, tuple[str, str]]) -> Node:
    return div('.line', id=f'line-{line.id}')[_named(r, line, marks), span('.n')[r.w.baht(line.amount)]]


def _option(r: Reader, line: LineView, marks: dict[UUID, tuple[str, str]], *, ticked: bool, open_: bool) -> Node:
    if not open_:
        note = r.w('portal.optional_taken' if ticked else 'signing.not_taken')
        return div('.line', id=f'line-{line.id}')[
            div[_named(r, line, {}), small('.note')[note]], span('.n')[r.w.baht(line.amount) if ticked else '']
        ]
    box = input(type='checkbox', data_do='tick', data_ref=str(line.id), checked=ticked, autocomplete='off')
    return label('.line.option', id=f'line-{line.id}')[
        box, _named(r, line, marks), span('.n')[f'+{r.w.baht(line.amount)}']
    ]


def _named(r: Reader, line: LineView, marks: dict[UUID, tuple[str, str]]) -> Node:
    kind, how = marks.get(line.id, ('', ''))
    more = how_much(r, line)
    return div[
        span('.name')[line_name(r, line)],
        small[more] if more else None,
        small(class_=f'mark {kind}')[how] if kind else None,
    ]


def _sums(r: Reader, quote: QuoteView, totals: Totals) -> Node:
    w = r.w
    vat = totals.vat if quote.vat_percent else None
    return amounts(
        r,
        [
            (w('common.totals.subtotal'), totals.subtotal, ''),
            (w('common.totals.discount'), -totals.discount if totals.discount else None, ''),
            (w('common.totals.vat', percent=w.number(quote.vat_percent)), vat, ''),
            (w('common.totals.grand_total'), totals.grand_total, 'strong'),
            (w('common.totals.deposit'), totals.deposit or None, ''),
            (w('common.totals.total_due'), totals.total_due, 'strong'),
        ],
    )


def _details(r: Reader, quote: QuoteView) -> Node:
    w = r.w
    version = str(quote.version) if quote.version > 1 else ''
    rows: list[tuple[str, Node]] = [
        (w('portal.quoted'), w.day(quote.quoted_on)),
        (w('portal.start'), w.day(quote.card.job_start)),
        (w('portal.end'), w.day(quote.card.job_end)),
        (w('signing.edition'), version),
    ]
    return [facts(rows), p('.said')[quote.notes] if quote.notes else None]


def _terms(r: Reader, quote: QuoteView) -> Node:
    text = r.w.pick(quote.terms.text, quote.terms.text_th).strip()
    if not text:
        return None
    paragraphs = [part.strip() for part in text.split('\n') if part.strip()]
    return details('.card.terms', id='terms')[
        summary[b[r.w('signing.terms', version=quote.terms.version)], icon('onward')],
        div('.prose')[[p[part] for part in paragraphs]],
    ]


def _other_answers(r: Reader, quote: QuoteCard) -> Node:
    return div('.btns')[
        button('.btn.ghost', type='button', data_do='ask')[icon('chat'), r.w('signing.ask')],
        button('.btn.ghost', type='button', data_do='decline')[r.w('signing.decline')],
    ]


def _decide(r: Reader, totals: Totals) -> Node:
    """Within the thumb's reach, wherever one reads."""
    return div('.decide')[
        div(role='status', aria_atomic='true')[
            small[r.w('common.totals.total_due')], b('.n')[r.w.baht(totals.total_due)]
        ],
        button('.btn', type='button', data_do='sign')[r.w('signing.accept')],
    ]
