"""Quotes: what was offered to whom, and what became of it."""

from __future__ import annotations

from models import Level, Module, QuoteStatus
from pages.console.listing import Listing
from pages.console.quote_sheet import quote_list
from pages.console.quote_view import QuoteRow, live_quotes
from pages.frame import Desk, console_page


@console_page('/quotes', module=Module.QUOTES)
async def quotes(desk: Desk) -> None:
    writes = desk.may(Module.QUOTES, Level.WRITE)
    listing: Listing[QuoteRow, QuoteStatus] = Listing(
        desk, 'quotes', QuoteStatus, live_quotes, quote_list, new=(lambda: desk.go('/quotes/new')) if writes else None
    )
    await listing.open()
