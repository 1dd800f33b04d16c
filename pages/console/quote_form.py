"""The plain form in which a quote is written: customer, dates, lines, discount, deposit, notes; totals as one types."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from htpy import Node, p
from nicegui import ui

from models import (
    Business,
    DiscountKind,
    LineEntry,
    Quote,
    QuoteEntry,
    QuoteRevision,
    Refused,
    Totals,
)
from models.quote_entry import VALIDITY
from pages.console.columns import two_columns
from pages.console.customer_choice import chosen_customer, customer_choice
from pages.console.find import find
from pages.console.line_fields import LineFields, card
from pages.console.money_fields import today
from pages.console.quote_view import Sums
from pages.console.sheet import record_head, sums_table
from pages.frame import Desk
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.region import Region

ZERO = Decimal('0.00')
BLAMES = {
    'customer_not_chosen': 'customer',
    'quote_dates': 'job_end',
    'quote_expiry': 'expires_on',
    'amount_negative': 'deposit',
}


class QuoteForm:
    """A new quote, or (with `quote`) a draft edited from the version that was opened."""

    def __init__(self, desk: Desk, quote: Quote | None = None, *, customer_id: str = '') -> None:
        self.desk, self.quote = desk, quote
        self.customer_id = str(quote.customer_id) if quote else customer_id
        self.form = Form(desk, BLAMES)

    async def open(self) -> None:
        w, quote = self.desk.w, self.quote
        firm = await Business.the()
        self.vat_percent = quote.vat_percent if quote else firm.vat_percent
        self.vat_to = firm.vat_rounding
        name = w('quotes.form.title_edit', number=quote.number) if quote else w('quotes.form.title_new')
        back = (f'/quotes/{quote.number}', quote.number) if quote else ('/quotes', w('quotes.title'))
        with bar(self.desk, name, heading=record_head(w, back, name)) as self.top:
            pass
        wide, narrow = two_columns('form')
        with wide:
            await self._about()
            self._dates()
            self._lines()
            self._notes()
        with narrow.classes('sticky'):
            self._money()
        await self._fill()
        self.form.on_change = self._changed
        self.form.saved()
        self._changed()

    async def _about(self) -> None:
        w, quote = self.desk.w, self.quote
        with card(w('quotes.form.about')):
            if quote is None:
                await customer_choice(self.form, self.customer_id)
            with ui.element('div').classes('pair'):
                self.form.text('title', w('quotes.form.title_en'), quote.title if quote else '', longest=300)
                self.form.text('title_th', w('quotes.form.title_th'), quote.title_th if quote else '', longest=300)
            Region(p('.dim')[w('quotes.form.title_hint')])

    def _dates(self) -> None:
        w, quote = self.desk.w, self.quote
        start = quote.job_start if quote else today() + timedelta(days=7)
        with card(w('quotes.form.dates')), ui.element('div').classes('three'):
            self.form.date('job_start', w('quotes.form.job_start'), start)
            self.form.date('job_end', w('quotes.form.job_end'), quote.job_end if quote else start)
            expires = quote.expires_on.isoformat() if quote else ''
            self.form.text('expires_on', w('quotes.form.expires_on'), expires, kind='date')

    def _lines(self) -> None:
        with card(self.desk.w('quotes.form.lines')):
            self.lines = LineFields(self.form, self._days, optional=True)

    def _notes(self) -> None:
        w, quote, form = self.desk.w, self.quote, self.form
        with card(w('quotes.notes')):
            form.text('customer_notes', w('quotes.form.customer_notes'), quote.customer_notes if quote else '', lines=2)
            form.text('internal_notes', w('quotes.form.internal_notes'), quote.internal_notes if quote else '', lines=2)

    def _money(self) -> None:
        w, quote, form = self.desk.w, self.quote, self.form
        with card(w('quotes.form.money')):
            kinds = {kind.name: kind.value for kind in DiscountKind}
            with ui.element('div').classes('pair'):
                discount = quote.discount_value if quote and quote.discount_value else None
                form.money('discount', w('quotes.form.discount'), discount, empty=ZERO)
                kind = quote.discount_kind if quote else DiscountKind.THB
                form.select('discount_kind', w('quotes.form.discount_in'), kinds, kind.name)
            deposit = quote.deposit if quote and quote.deposit else None
            form.money('deposit', w('quotes.form.deposit'), deposit, empty=ZERO)
            self.sums = Region()
            form.save_button(w('quotes.form.save'), self._save)

    async def _fill(self) -> None:
        if self.quote is None:
            self.lines.add_empty()
            return
        for line in await self.quote.lines.all().order_by('position'):
            entry = line.entry
            values = {name: getattr(entry, name) for name in entry.__slots__} | {'optional': line.optional}
            self.lines.fill([LineEntry(**values)])

    def _changed(self) -> None:
        self.lines.dates_changed()
        self._hint_expiry()
        self.sums.show(self._sums_node())

    def _hint_expiry(self) -> None:
        w = self.desk.w
        days = self._days()
        typed = self.form['expires_on']
        proposed = proposed_expiry(days[0]) if days and not typed else None
        self.form.fields['expires_on'].hint(w('quotes.form.expires_hint', day=w.day(proposed)) if proposed else '')

    def _sums_node(self) -> Node:
        """What it comes to, as far as it can be read: lines that are not finished yet do not count."""
        amounts = [entry.amount for entry in self.lines.readable() if not entry.optional]
        try:
            discount, deposit = self.form['discount'], self.form['deposit']
        except Refused:
            return None
        kind = DiscountKind[self.form['discount_kind']]
        totals = Totals.of(
            amounts,
            vat_percent=self.vat_percent,
            vat_to=self.vat_to,
            discount_kind=kind,
            discount_value=discount,
            deposit=deposit,
        )
        return sums_table(self.desk.w, Sums.typed(totals, self.vat_percent, kind, discount, with_deposit=True))

    def _days(self) -> tuple[date, date] | None:
        try:
            start, end = self.form['job_start'], self.form['job_end']
        except Refused:
            return None
        return (start, end) if end >= start else None

    async def _save(self) -> None:
        facts = self._facts()
        lines = self.lines.entries()
        if self.quote is None:
            customer, actor = await chosen_customer(self.desk, self.form)
            quote = await Quote.draft(customer, lines=lines, by=actor, **facts)
        else:
            quote, actor = await find(self.desk, Quote, id=self.quote.id)
            revision = await QuoteRevision.get_or_none(quote_id=quote.id)
            entry = QuoteEntry(lines=tuple(lines), **facts).checked()
            await quote.write(entry, version=revision.version if revision else 0, by=actor)
        self.desk.say(self.desk.w('quotes.draft_saved', number=quote.number))
        self.desk.go(f'/quotes/{quote.number}')

    def _facts(self) -> dict[str, Any]:
        form = self.form
        start, end = form['job_start'], form['job_end']
        expires_on = date.fromisoformat(form['expires_on']) if form['expires_on'] else None
        texts = {name: form[name] for name in ('title', 'title_th', 'customer_notes', 'internal_notes')}
        if self.quote is not None and expires_on is None:
            expires_on = proposed_expiry(start)
        return {
            **texts,
            'job_start': start,
            'job_end': end,
            'expires_on': expires_on,
            'deposit': form['deposit'],
            'discount_kind': DiscountKind[form['discount_kind']],
            'discount_value': form['discount'],
        }


def proposed_expiry(start: date) -> date:
    """Two weeks from today, or the day before the job starts if that is sooner."""
    return min(today() + VALIDITY, max(start - timedelta(days=1), today()))
