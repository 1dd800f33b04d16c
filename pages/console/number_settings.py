"""Settings → Business: with what the numbers of each kind of paper begin, until the first of them was given."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from app.words import Words
from models import Business, Series
from models.business import LONGEST_PREFIX
from pages.parts.form import Form
from pages.parts.text import Text

# What a clerk calls the papers of a series; of a job there is none.
NAMED = {
    Series.QUOTE: 'common.document.quote',
    Series.JOB: 'business.series_job',
    Series.INVOICE: 'common.document.invoice',
    Series.RECEIPT: 'common.document.receipt',
    Series.PREPAYMENT_RECEIPT: 'business.series_prepayment',
    Series.DEPOSIT: 'common.document.deposit_request',
    Series.DEPOSIT_RECEIPT: 'common.document.deposit_receipt',
    Series.DEPOSIT_RETURN: 'common.document.deposit_return_receipt',
    Series.TAX_INVOICE: 'common.document.tax_invoice',
    Series.CREDIT_NOTE: 'common.document.credit_note',
    Series.CREDIT_RETURN: 'common.document.credit_return_receipt',
    Series.STATEMENT: 'common.document.statement',
}


class PrefixFields:
    """A field for each series of which no number was given yet; of the others it is only said how they begin."""

    def __init__(self, form: Form, begun: set[Series]) -> None:
        self.form = form
        self.free = [series for series in Series if series not in begun]

    def draw(self, w: Words, firm: Business) -> None:
        Text('h2', w('business.prefixes'))
        settled = [firm.prefix(series) for series in Series if series not in self.free]
        if settled:
            Text('p', w('business.prefixes_settled', prefixes=' · '.join(settled))).classes('note')
        if self.free:
            Text('p', w('business.prefixes_hint')).classes('note')
            with ui.element('div').classes('pair'):
                for series in self.free:
                    self.form.text(_field(series), w(NAMED[series]), firm.prefix(series), longest=LONGEST_PREFIX)

    def shown(self, firm: Business) -> dict[str, str]:
        """What stands in the fields when the form is opened."""
        return {_field(series): firm.prefix(series) for series in self.free}

    def gathered(self, facts: dict[str, Any], firm: Business) -> dict[str, Any]:
        """These values of a form with all prefixes together, as the firm keeps them."""
        typed = {series: facts.pop(_field(series)) for series in self.free}
        changed = {series.value: prefix for series, prefix in typed.items() if prefix != firm.prefix(series)}
        return facts | ({'prefixes': firm.prefixes | changed} if changed else {})


def _field(series: Series) -> str:
    return f'prefix_{series.name.lower()}'
