"""How quotes are drawn for staff: the list, the head of one, what it offers, and what can be done with it."""

from __future__ import annotations

from htpy import Node, a, button, div, p, small, span

from app.words import Words
from models import QuoteStatus
from models.quote import EDITABLE
from pages.console.quote_view import QuoteDeposit, QuoteRow, QuoteView
from pages.console.sheet import customer_link, facts, figure, lines_table, record_head, state, sums_table
from pages.parts.link_rows import viewing
from pages.parts.table import Column, Row, chip, table


def quote_list(w: Words, quotes: tuple[QuoteRow, ...]) -> Node:
    kinds = {'number': 'tight', 'customer': '', 'date': 'tight roomy', 'expires': 'tight', 'total': 'n', 'status': ''}
    return table(
        [Column(w(f'quotes.column.{name}'), kind) for name, kind in kinds.items()],
        (Row(quote.number, f'/quotes/{quote.number}', _cells(w, quote)) for quote in quotes),
    )


def head(w: Words, quote: QuoteView) -> Node:
    version = w('quotes.version', version=quote.published) if quote.published else w('quotes.not_sent')
    customer = customer_link(w, quote.customer_id, quote.customer, quote.customer_th)
    return record_head(
        w,
        ('/quotes', w('quotes.title')),
        w.pick(quote.title, quote.title_th) or quote.number,
        state(w, quote.status),
        [' ', chip('warn', w('editor.unpublished'))] if quote.unpublished else None,
        below=[quote.number, ' · ', customer, ' · ', version],
    )


def offer(w: Words, quote: QuoteView) -> Node:
    """The lines and the sums, as they stand on the paper."""
    drawn = lines_table(w, quote.lines) if quote.lines else p('.dim')[w('quotes.no_lines')]
    return [drawn, sums_table(w, quote.sums)]


def terms(w: Words, quote: QuoteView, *, sees_money: bool) -> Node:
    """Dates, validity and what became of it."""
    days = (quote.job_end - quote.job_start).days + 1
    deposit = quote.deposit if sees_money else None
    return facts(
        [
            (w('quotes.rental'), f'{w.span(quote.job_start, quote.job_end)} · {w.days(days)}'),
            (w('quotes.column.date'), w.day(quote.quoted_on)),
            (w('quotes.valid_through'), w.day(quote.expires_on)),
            (w('quotes.sent_at'), w.moment(quote.sent_at) if quote.sent_at else None),
            (w('quotes.job'), a(href=f'/jobs/{quote.job_number}')[quote.job_number] if quote.job_number else None),
            (w('quotes.deposit'), _deposit(w, deposit) if deposit else None),
            (w('quotes.declined_because'), quote.decline_reason),
        ]
    )


def notes(w: Words, quote: QuoteView) -> Node:
    return facts(
        [(w('quotes.customer_notes'), quote.customer_notes), (w('quotes.internal_notes'), quote.internal_notes)]
    )


def buttons(w: Words, quote: QuoteView, *, writes: bool, makes_jobs: bool) -> Node:
    """What can be done with it now; the one primary action stands last."""
    edits = writes and quote.status in EDITABLE
    again = quote.status is QuoteStatus.SENT
    makes_job = makes_jobs and quote.status is QuoteStatus.ACCEPTED
    return [
        _button('preview', w('editor.preview'), ghost=True) if edits else None,
        a('.btn.ghost', href=f'/quotes/{quote.number}/edit')[w('editor.go_on' if quote.unpublished else 'quotes.edit')]
        if edits
        else None,
        _button('send', w('quotes.send_again'), ghost=True) if writes and again and not quote.unpublished else None,
        _button('send', w('quotes.send')) if edits and quote.status is QuoteStatus.DRAFT else None,
        _button('publish', w('editor.publish')) if edits and quote.unpublished else None,
        _button('create-job', w('common.action.create_job')) if makes_job else None,
    ]


def _button(verb: str, label: str, *, ghost: bool = False) -> Node:
    return button('.btn.ghost' if ghost else '.btn', type='button', data_do=verb)[label]


def _deposit(w: Words, deposit: QuoteDeposit) -> Node:
    return span[a(href=f'/deposits/{deposit.number}')[deposit.number], ' ', state(w, deposit.status)]


def _cells(w: Words, quote: QuoteRow) -> tuple[Node, ...]:
    return (
        quote.number,
        div[w.pick(quote.customer, quote.customer_th), small('.under')[w.pick(quote.title, quote.title_th)]],
        w.day(quote.quoted_on),
        w.day(quote.expires_on),
        figure(quote.total),
        [state(w, quote.status), ' ', viewing(w, quote.here)],
    )
