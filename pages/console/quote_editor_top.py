"""Above the editor of a quote: what it is, whether all is saved, who else writes, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from htpy import Node, a, button, div, p, span
from nicegui import background_tasks, ui

from app.clock import PROGRAM
from models import Activity, Editing, Level, Module, QuoteStatus, bangkok_day, now
from models.base import BANGKOK
from pages.bind import bind, while_there
from pages.console.quote_preview import open_preview
from pages.console.quote_send import discard_changes, open_publish, open_send
from pages.console.quote_standing import Standing, Writer, live_writers
from pages.console.sheet import customer_link, record_head, state, status_words
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.region import Region

if TYPE_CHECKING:
    from pages.console.quote_editor import QuoteEditor


class EditorTop:
    """Regions above the sheet. `trouble` is why what stands there is not saved, '' when it is."""

    def __init__(self, editor: QuoteEditor) -> None:
        self.editor, self.desk = editor, editor.desk
        self.trouble = ''
        self.told = ''
        self._editing: Editing | None = None

    def draw(self) -> None:
        number = self.editor.quote.number
        with bar(self.desk, number, heading='') as self.bar:
            self.state, self.people = Region(act=guarded(self.desk, self.act)), Region()
            self.buttons = Region(act=guarded(self.desk, self.act))
            self.buttons.classes('btns')
        self.banner = Region(act=guarded(self.desk, self.act))
        self.show()

    def show(self) -> None:
        """How it stands now."""
        w, editor = self.desk.w, self.editor
        customer = editor.customer
        link = customer_link(w, customer.id, customer.name, customer.name_th)
        chip = state(w, editor.standing.status)
        back = (f'/quotes/{editor.quote.number}', w('editor.to_quote'))
        self.bar.show(record_head(w, back, editor.quote.number, chip, below=link))
        self.buttons.show(self._buttons() if editor.open_for_changes else None)
        self.banner.show(self._banner())
        self._show_state()

    def is_saved(self) -> None:
        self.trouble = ''
        self.show()

    def not_saved(self, why: str) -> None:
        self.trouble = why
        self._show_state()

    def tell_of(self, fresh: Standing, known: Standing, move: Activity | None) -> None:
        """A colleague sent, published or discarded it while it was open here; my own doing needs no word."""
        if move is None or move.staff_id == self.desk.staff.id:
            return
        w = self.desk.w
        if fresh.published > known.published:
            first = known.status is QuoteStatus.DRAFT
            key = 'editor.sent_meanwhile' if first else 'editor.published_meanwhile'
            self.desk.say(w(key, name=move.by_name, version=fresh.published))
        elif known.version and not fresh.version:
            self.desk.say(w('editor.discarded_meanwhile', name=move.by_name))

    async def act(self, verb: str, reference: str) -> None:
        """What is pressed above the sheet or in it; each asks again who is there."""
        desk, editor = self.desk, self.editor
        await desk.must(Module.QUOTES, Level.WRITE)
        if verb in ('mine', 'theirs'):
            async with editor.turn:
                editor.clashes.decide(verb, reference)
        elif verb == 'retry':
            await editor.settle()
        elif verb == 'preview':
            await editor.keep()
            await open_preview(desk, editor.quote.id, editor.writing.kept)
        elif verb in ('send', 'publish', 'discard'):
            await editor.settle()
            opened = {'send': open_send, 'publish': open_publish, 'discard': discard_changes}[verb]
            await opened(desk, editor.quote.number, editor.look)

    async def follow_writers(self, beside: ui.element) -> None:
        """Be seen writing here, and see who else is."""
        await self._come()
        await bind(live_writers(self.editor.quote.id), self._show_people, beside)
        client = beside.client
        while_there(
            beside, client.disconnect_handlers, lambda: client.on_disconnect(lambda _client: self._went(beside))
        )
        while_there(beside, client.connect_handlers, lambda: client.on_connect(lambda _client: self._came(beside)))

    async def leave(self) -> None:
        if self._editing:
            editing, self._editing = self._editing, None
            await editing.leave()

    async def _come(self) -> None:
        if self._editing is None:
            self._editing = await Editing.begin(self.editor.quote, by=await self.desk.actor(), program_id=PROGRAM)

    def _went(self, beside: ui.element) -> None:
        if not beside.is_deleted:
            background_tasks.create(self.leave(), name='a writer lost the connection')

    def _came(self, beside: ui.element) -> None:
        if not beside.is_deleted:
            background_tasks.create(self._come(), name='a writer is back')

    def _show_people(self, writers: tuple[Writer, ...]) -> None:
        w, me = self.desk.w, self.desk.staff.id
        mine = self._editing.id if self._editing else None
        others = list(dict.fromkeys(one.name for one in writers if one.staff_id != me))
        said = [w('editor.also_here', name=name) for name in others]
        if any(one.staff_id == me and one.id != mine for one in writers):
            said.append(w('editor.also_you'))
        self.people.show([span('.live')[text] for text in said])

    def _show_state(self) -> None:
        w = self.desk.w
        if self.trouble:
            settled: Node = [
                span(role='alert')[w('editor.not_saved', why=self.trouble)],
                button('.btn.text', type='button', data_do='retry')[w('editor.try_again')],
            ]
        else:
            settled = span[self._when()]
        tone = '.save-state.trouble' if self.trouble else '.save-state'
        self.state.show(
            div(tone)[
                div('.settled')[settled],
                div('.underway')[w('editor.saving')],
                div('.offline')[w('editor.no_connection')],
            ]
        )

    def _when(self) -> str:
        w, at = self.desk.w, self.editor.standing.written_at
        if at is None or not self.editor.open_for_changes:
            return ''
        today = bangkok_day(at) == bangkok_day(now())
        return w('editor.saved', at=f'{at.astimezone(BANGKOK):%H:%M}' if today else w.moment(at))

    def _buttons(self) -> Node:
        w, standing = self.desk.w, self.editor.standing
        ghost, main = '.btn.ghost', '.btn'
        preview = button(ghost, type='button', data_do='preview')[w('editor.preview')]
        if standing.status is QuoteStatus.DRAFT:
            return [preview, button(main, type='button', data_do='send')[w('quotes.send')]]
        if not standing.version:
            return preview
        return [
            button(ghost, type='button', data_do='discard')[w('editor.discard')],
            preview,
            button(main, type='button', data_do='publish')[w('editor.publish')],
        ]

    def _banner(self) -> Node:
        w, standing = self.desk.w, self.editor.standing
        if not self.editor.open_for_changes:
            over = w('editor.over', status=status_words(w, standing.status))
            link = a(href=f'/quotes/{self.editor.quote.number}')[w('editor.to_quote')]
            return p('.banner.warning', role='alert')[over, ' ', w('editor.over_unsaved'), ' ', link]
        if standing.published:
            return p('.banner')[w('editor.private', version=standing.published)]
        return None
