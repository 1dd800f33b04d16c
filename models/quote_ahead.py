"""What the next version of a quote would say, were it published as it is written now."""

from typing import Any

from models.base import bangkok_day, now
from models.business import Business
from models.document import parties_of
from models.line import LineEntry
from models.money import baht
from models.quote import Quote
from models.quote_entry import QuoteEntry
from models.quote_version import OF_LINE, OF_QUOTE

NOT_ISSUED = '0' * 32  # in place of the verification id: nobody was given this paper


async def paper_ahead(quote: Quote, entry: QuoteEntry) -> dict[str, Any]:
    """All that a paper needs to be set as a preview of the next version."""
    return {
        **await parties_of(quote.customer_id),
        **as_it_would_be(quote, entry, await Business.the()),
        'issued_on': str(bangkok_day(now())),
        'edition': quote.published + 1,
        'verification': NOT_ISSUED,
        'preview': True,
    }


def as_it_would_be(quote: Quote, entry: QuoteEntry, firm: Business) -> dict[str, Any]:
    """What the next version would say, were this published now: as `frozen_quote`, before anything is written."""
    totals = entry.totals(quote.vat_percent, firm.vat_rounding)
    said = {
        **{name: getattr(quote, name) for name in ('number', 'quoted_on', 'vat_percent')},
        **{name: value for name, value in entry.columns.items() if name in OF_QUOTE},
        **{name: getattr(totals, name) for name in ('subtotal', 'discount', 'vat', 'grand_total', 'total_due')},
        'deposit': baht(entry.deposit),
        'expires_on': entry.expiry(quote.quoted_on),
        'published': quote.published + 1,
    }
    return {
        **{name: str(said[name]) for name in OF_QUOTE},
        'lines': [_line_as_it_would_be(line) for line in entry.lines],
        'terms': firm.rental_terms,
        'terms_th': firm.rental_terms_th,
        'terms_version': firm.terms_version,
    }


def _line_as_it_would_be(line: LineEntry) -> dict[str, Any]:
    columns = {'id': line.id, **line.columns}
    for name in ('quantity', 'duration', 'rate'):
        columns[name] = baht(columns[name])  # as the database keeps them, with both decimals
    return {**{name: str(columns[name]) for name in OF_LINE}, 'optional': line.optional, 'chosen': False}
