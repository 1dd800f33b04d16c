"""One quote: what it offers, on what terms, how it was signed, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from htpy import p
from nicegui import ui
from tortoise.exceptions import DoesNotExist

from models import Customer, Level, Module, Quote, QuoteStatus, Refused
from models.quote import EDITABLE
from pages.bind import bind
from pages.console import quote_sheet as drawn
from pages.console.columns import history_below, two_columns
from pages.console.find import find
from pages.console.links import choose_link, link_entries, links_block
from pages.console.quote_editor import QuoteEditor
from pages.console.quote_new import new_quote
from pages.console.quote_preview import open_preview
from pages.console.quote_send import discard_changes, open_publish, open_send
from pages.console.quote_signed import signed_block
from pages.console.quote_standing import standing_of
from pages.console.quote_versions import questions_block, versions_block
from pages.console.quote_view import QuoteView, live_quote
from pages.console.quotes import quotes
from pages.console.sheet import block
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.empty import empty
from pages.parts.form import Form
from pages.parts.letters import letter_list
from pages.parts.more import More
from pages.parts.panel import open_panel
from pages.parts.region import Region

__all__ = [
    'new_quote',
    'quotes',
]  # their addresses must be known before the one that takes any number


@console_page('/quotes/{number}', module=Module.QUOTES)
async def quote_page(desk: Desk, number: str) -> None:
    await QuoteScreen(desk, await _of(number)).open()


@console_page('/quotes/{number}/edit', module=Module.QUOTES, level=Level.WRITE)
async def edit_quote(desk: Desk, number: str) -> None:
    quote = await _of(number)
    if quote.status not in EDITABLE:
        raise Refused('quote_not_open', number=quote.number)
    await QuoteEditor(desk, quote, await Customer.get(id=quote.customer_id)).open()


class QuoteScreen:
    """Regions that follow one quote."""

    def __init__(self, desk: Desk, quote: Quote) -> None:
        self.desk, self.quote = desk, quote

    async def open(self) -> None:
        desk, quote = self.desk, self.quote
        with bar(desk, quote.number, heading='') as self.top:
            self.buttons = Region(act=guarded(desk, self._act))
            self.buttons.classes('btns')
            self.more = More(desk, self._choose)
        wide, narrow = two_columns()
        with wide:
            await questions_block(desk, quote)
            self.offer = Region()
            await signed_block(desk, quote)
            self.notes = Region()
        with narrow:
            self.terms = Region()
            await versions_block(desk, quote)
            await links_block(desk, quote)
            await letter_list(desk, quote)
        await history_below(desk, wide, quote_id=quote.id)
        await bind(live_quote(quote.id, quote.customer_id), self._show, self.top)

    def _show(self, view: QuoteView | None) -> None:
        w, desk = self.desk.w, self.desk
        if view is None:
            self._show_gone()
            return
        self.top.show(drawn.head(w, view))
        writes, makes_jobs = desk.may(Module.QUOTES, Level.WRITE), desk.may(Module.JOBS, Level.WRITE)
        self.buttons.show(drawn.buttons(w, view, writes=writes, makes_jobs=makes_jobs))
        entries = link_entries(desk, self.quote, alive=view.status is QuoteStatus.SENT)
        self.more.offer(self._own_entries(view) | entries)
        self.offer.show(block(w('quotes.offer'), drawn.offer(w, view)))
        noted = view.customer_notes or view.internal_notes
        self.notes.show(block(w('quotes.notes'), drawn.notes(w, view)) if noted else None)
        self.terms.show(block(w('quotes.terms'), drawn.terms(w, view, sees_money=desk.may(Module.INVOICES))))

    def _show_gone(self) -> None:
        self.top.show(empty('quotes', self.desk.w('refusals.record_gone')))
        self.more.offer({})
        for region in (self.buttons, self.offer, self.notes, self.terms):
            region.show(None)

    def _own_entries(self, view: QuoteView) -> dict[str, str]:
        if not self.desk.may(Module.QUOTES, Level.WRITE):
            return {}
        discard = {'discard': self.desk.w('editor.discard')} if view.unpublished else {}
        return {'duplicate': self.desk.w('editor.duplicate')} | discard

    async def _act(self, verb: str, _reference: str) -> None:
        if verb == 'send':
            await open_send(self.desk, self.quote.number)
        elif verb == 'preview':
            await open_preview(self.desk, self.quote.id, (await standing_of(self.quote.id)).entry)
        elif verb == 'publish':
            await open_publish(self.desk, self.quote.number)
        elif verb == 'create-job':
            await create_job(self.desk, self.quote.number)

    async def _choose(self, key: str) -> None:
        if key == 'duplicate':
            await duplicate_quote(self.desk, self.quote.number)
        elif key == 'discard':
            await discard_changes(self.desk, self.quote.number)
        else:
            await choose_link(self.desk, key, self.quote)


async def duplicate_quote(desk: Desk, number: str) -> None:
    """`Duplicate`: a new draft with the same lines, opened at once."""
    quote, actor = await find(desk, Quote, number=number)
    copy = await quote.duplicate(by=actor)
    desk.say(desk.w('editor.duplicated', number=copy.number, other=number))
    desk.go(f'/quotes/{copy.number}/edit')


async def create_job(desk: Desk, number: str) -> None:
    """`Create Job`: the dates are confirmed, then the job exists with its draft invoice."""
    w = desk.w
    quote, actor = await find(desk, Quote, number=number)
    actor.must(Module.JOBS, Level.WRITE)
    with open_panel(desk, w('quotes.create_job.title')) as panel:
        Region(p[w('quotes.create_job.text', number=number)])
        form = Form(desk, {'job_dates': 'end'})
        with ui.element('div').classes('pair'):
            form.date('start', w('quotes.create_job.start'), quote.job_start)
            form.date('end', w('quotes.create_job.end'), quote.job_end)

        async def save() -> None:
            start, end = form['start'], form['end']
            found, by = await find(desk, Quote, number=number)
            job = await found.create_job(start_on=start, end_on=end, by=by)
            panel.close()
            desk.say(w('quotes.create_job.done', job=job.number, number=number))
            desk.go(f'/jobs/{job.number}')

        form.save_button(w('common.action.create_job'), save)
        panel.unsaved = lambda: form.changed


async def _of(reference: str) -> Quote:
    """By its number, or by its id as notices name it."""
    if quote := await Quote.get_or_none(number=reference):
        return quote
    try:
        return await Quote.get(id=UUID(reference))
    except ValueError:
        raise DoesNotExist(Quote) from None
