"""`Preview`: the customer's own page with what is being written in it, in a phone's frame and in their language."""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import quote as in_address
from uuid import UUID

from fastapi import Request
from htpy import Node, a, body, button, div, head, header, html, meta, p, span, title
from markupsafe import Markup
from nicegui import app as server
from nicegui import ui
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.papers.workshop import NotSet, render_apart
from app.sessions import signed_in
from app.words import LANGUAGES, words
from models import (
    Business,
    Customer,
    Document,
    DocumentKind,
    Level,
    Logo,
    Module,
    Quote,
    QuoteEntry,
    QuoteLine,
    QuoteStatus,
)
from models.quote_ahead import as_it_would_be, paper_ahead
from models.quote_version import Change, changes_between
from pages.console.find import find
from pages.console.quote_standing import standing_of
from pages.frame import Desk
from pages.parts.action import guarded
from pages.parts.panel import open_panel
from pages.parts.region import Region
from pages.portal.lines import LineView
from pages.portal.plain import brand, language_switch
from pages.portal.quote_page import quote_page
from pages.portal.quote_view import NO_LINES, PaperView, QuoteCard, QuoteView, TermsView
from pages.portal.reader import Firm, Reader
from pages.theme import icon, portal_head

log = logging.getLogger(__name__)


@server.get('/quotes/{number}/preview.pdf')
async def preview_paper(request: Request, number: str) -> Response:
    """The paper of what is being written, marked as a preview; for whoever may read quotes."""
    session = await signed_in(request.cookies)
    if session is None:
        return RedirectResponse(f'/sign-in?next={in_address(request.url.path)}', 303)
    w, actor = words(session.staff.language), session.staff.actor
    quote = await Quote.get_or_none(number=number) if actor.may(Module.QUOTES, Level.READ) else None
    if quote is None:
        return PlainTextResponse(w('console.nothing_here'), 404)
    frozen = await paper_ahead(quote, (await standing_of(quote.id)).entry)
    try:
        content = await render_apart('Quote', frozen, logo=await Logo.content_of(frozen['firm']['logo']))
    except NotSet:
        log.exception('A preview of %s could not be set', number)
        return PlainTextResponse(w('papers.screen.late'), 503, headers={'retry-after': '5'})
    return Response(content, media_type='application/pdf', headers={'cache-control': 'no-store'})


async def open_preview(desk: Desk, quote_id: UUID, entry: QuoteEntry) -> None:
    """Exactly what the customer would see, were this sent now; nothing in it can be pressed."""
    quote, _actor = await find(desk, Quote, id=quote_id)
    customer = await Customer.get(id=quote.customer_id)
    firm = await Firm.of_this_house()
    assert firm is not None
    view = await as_customers_see_it(quote, entry)
    w = desk.w

    with open_panel(desk, w('editor.preview')) as panel:
        panel.overlay.classes('wide-preview')
        tabs = Region(act=guarded(desk, lambda _verb, language: show(language)))
        frame = ui.element('iframe').classes('phone')
        frame.props['title'] = w('editor.preview')
        # Styles and fonts are ours, scripts have no place in it.
        frame.props['sandbox'] = 'allow-same-origin'

        def show(language: str) -> None:
            language = language if language in LANGUAGES else customer.language
            tabs.show(_tabs(desk, language, customer.language, quote))
            frame.props['srcdoc'] = phone_page(view, firm, language)
            frame.update()

        show(customer.language)


async def as_customers_see_it(quote: Quote, entry: QuoteEntry) -> QuoteView:
    """The view that the portal would load once this is published."""
    firm = await Business.the()
    totals = entry.totals(quote.vat_percent, firm.vat_rounding)
    sent = quote.status if quote.status is not QuoteStatus.DRAFT else QuoteStatus.SENT
    card = replace(
        QuoteCard.of(quote),
        title=entry.columns['title'],
        title_th=entry.columns['title_th'],
        status=sent,
        job_start=entry.job_start,
        job_end=entry.job_end,
        expires_on=entry.expiry(quote.quoted_on),
        total_due=totals.total_due,
    )
    lines = (QuoteLine(id=line.id, quote_id=quote.id, optional=line.optional, **line.columns) for line in entry.lines)
    return QuoteView(
        card=card,
        version=quote.published + 1,
        quoted_on=quote.quoted_on,
        lines=tuple(LineView.of(line) for line in lines),
        discount_kind=entry.discount_kind,
        discount_value=entry.discount_value,
        vat_percent=quote.vat_percent,
        vat_to=firm.vat_rounding,
        deposit=entry.deposit,
        notes=entry.customer_notes.strip(),
        terms=TermsView.of(None, firm),
        paper=PaperView(quote.id, quote.number, ready=True),
        changes=await changes_to_publish(quote, entry),
        agreed=None,
    )


async def changes_to_publish(quote: Quote, entry: QuoteEntry) -> tuple[Change, ...]:
    """In what this differs from what the customer has; nothing of a quote that was never sent."""
    if not quote.published:
        return ()
    paper = await Document.get_or_none(kind=DocumentKind.QUOTE, quote_id=quote.id, edition=quote.published)
    if paper is None or paper.verification is None:
        return ()
    return changes_between(paper.frozen, as_it_would_be(quote, entry, await Business.the()))


def phone_page(view: QuoteView, firm: Firm, language: str) -> str:
    """A whole document: the portal's own drawing with the portal's own styles."""
    r = Reader(words(language), 'en' if language == 'en' else 'th', '', firm, whole=False)
    return str(
        html(lang=r.language)[
            head[
                meta(charset='utf-8'),
                meta(name='viewport', content='width=device-width'),
                title[view.card.number],
                Markup(portal_head(firm)),
            ],
            body[
                div('.portal', inert=True)[
                    div('.head')[_header(r)],
                    div('.view')[div[quote_page(r, view, NO_LINES)]],
                ]
            ],
        ]
    )


def _header(r: Reader) -> Node:
    return header[span('.brand')[brand(r)], language_switch(r)]


def _tabs(desk: Desk, language: str, own: str, quote: Quote) -> Node:
    w = desk.w
    paper = f'/quotes/{quote.number}/preview.pdf'
    return div('.preview-tabs')[
        a('.btn.ghost.small', href=paper, target='_blank', rel='noopener', data_plain=True)[
            icon('documents'), w('editor.preview_paper')
        ],
        div('.lang', role='group', aria_label=w('editor.preview_language'))[
            [
                button(
                    type='button',
                    data_do='preview-language',
                    data_ref=code,
                    lang=code,
                    aria_pressed=str(code == language).lower(),
                )[w(f'common.language_{code}')]
                for code in LANGUAGES
            ]
        ],
        p('.dim')[w('editor.preview_text', language=w(f'common.language_{own}'), number=quote.number)],
    ]
