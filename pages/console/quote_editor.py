"""The editor of a quote: every keystroke is kept, colleagues see each other, nothing is overwritten."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

from nicegui import background_tasks

from models import Business, Customer, Level, Module, Quote, QuoteEntry, Refused
from models.quote import EDITABLE
from pages.bind import bind
from pages.console.quote_clashes import Clashes
from pages.console.quote_editor_sheet import editor_sheet
from pages.console.quote_editor_top import EditorTop
from pages.console.quote_fields import KINDS, blank, split, texts
from pages.console.quote_merge import merge
from pages.console.quote_shown import shown_texts
from pages.console.quote_standing import Standing, last_move, live_standing, standing_of
from pages.console.quote_typing import QuoteTyping, fields_in, id_of, ids_of
from pages.console.quote_writing import Writing, differences
from pages.console.quoted_before import quoted_as, quoted_before, suggestion_list
from pages.frame import Desk
from pages.parts.action import attempt

log = logging.getLogger(__name__)

REST = 0.3  # seconds after the browser's own rest until what it told is saved
STEPS = ('added', 'removed', 'restored', 'ordered', 'chosen')
AGAIN = 4.0  # seconds until a save that failed is tried again


class QuoteEditor:
    """One clerk at one quote. What is heard, saved and merged takes turns, so that each finds the whole truth."""

    def __init__(self, desk: Desk, quote: Quote, customer: Customer) -> None:
        self.desk, self.quote, self.customer = desk, quote, customer
        self.turn = asyncio.Lock()
        self.faults: tuple[str, ...] = ()  # where something was not right when the sheet was last shown
        self.steps = 0  # what was done to lines here; the browser counts them too
        self.heard: dict[str, str] = {}  # texts by path that the browser keeps until they are saved
        self._shown: dict[str, str] = {}
        self._rest: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        self.firm = await Business.the()
        self.standing = await standing_of(self.quote.id)
        self.writing, self.saved = Writing(self.standing.entry), self.standing.entry
        self.clashes = Clashes(self)
        self.top = EditorTop(self)
        self.top.draw()
        self._shown = shown_texts(self)
        told = ('line', 'added', 'removed', 'restored', 'moved', 'first', 'last', 'wait')
        self.sheet = QuoteTyping(
            editor_sheet(self.desk.w),
            stored_as=f'unsaved quote {self.quote.id} {self.desk.staff.id}',
            words={name: self.desk.w(f'editor.told.{name}') for name in told},
            lines=[str(line.id) for line in self.writing.entry.lines],
            values=self.writing.texts,
            shown=self._shown,
            hear=self._heard,
            gone=self._gone,
        )
        await self.top.follow_writers(self.sheet)
        await bind(live_standing(self.quote.id), self._look_soon, self.sheet)

    @property
    def open_for_changes(self) -> bool:
        return self.standing.status in EDITABLE

    async def keep(self) -> None:
        """Save now what can be saved."""
        async with self.turn:
            await self._save()

    async def settle(self) -> None:
        """Keep it now. Raises Refused where what stands on the screen could not be kept."""
        await self.keep()
        if self.top.trouble:
            raise Refused('not_saved_yet')

    async def look(self) -> None:
        """Bring what others did, or what was just published, together with what stands here."""
        async with self.turn:
            await self._look()

    def type(self, path: str, text: str) -> None:
        """As if it had been typed here, from outside of the field: it is written into it as well."""
        before = self.writing.texts
        self.writing.type(path, text)
        self.sheet.patch(over=[path], values=differences(before, self.writing.texts) | {path: self.writing.texts[path]})
        self.changed()

    def changed(self) -> None:
        """Show what follows from what was written, and save after a short rest."""
        self._refresh()
        if self._rest:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(REST, self._save_soon)

    async def _heard(self, what: str, said: dict[str, Any]) -> None:
        hear = {
            'typed': self._typed, 'added': self._added, 'removed': self._removed, 'restored': self._restored,
            'ordered': self._ordered, 'sought': self._sought, 'chosen': self._chosen,
        }.get(what)  # fmt: skip
        if what == 'act':  # opens panels, and so must not keep the others from being heard
            await attempt(self.desk, lambda: self.top.act(str(said.get('verb')), str(said.get('ref') or '')))
        elif hear:
            async with self.turn:
                self.steps += what in STEPS
                if not await attempt(self.desk, lambda: self._hear_from_a_writer(hear, said)):
                    self.changed()  # what could not be done is done with as well

    async def _hear_from_a_writer(self, hear: Any, said: dict[str, Any]) -> None:
        await self.desk.must(Module.QUOTES, Level.WRITE)
        await hear(said)

    async def _typed(self, said: dict[str, Any]) -> None:
        typed, was = fields_in(said), fields_in(said, 'was')
        before = self.writing.texts
        for path, text in typed.items():
            with suppress(Refused):  # a line that is gone takes nothing more; the browser need not keep it
                self.clashes.note_unseen(path, text, was.get(path, ''))
                self.writing.type(path, text)
            self.heard[path] = text
        followed = differences(before, self.writing.texts)
        self.sheet.patch(values={path: text for path, text in followed.items() if path not in typed})
        self.changed()

    async def _added(self, said: dict[str, Any]) -> None:
        line_id = id_of(said)
        kinds = {kind.name: kind for kind in KINDS}
        if line_id is None or said.get('kind') not in kinds:
            raise Refused('record_gone')
        if said.get('again') is True:
            if any(line.id == line_id for line in self.writing.entry.lines):
                return  # what was typed before the page was loaded anew has come by the other way meanwhile
        else:
            self.sheet.used(line_id)
        line = self.writing.add(line_id, kinds[str(said['kind'])], after=id_of(said, 'after'))
        self.sheet.patch(values={path: text for path, text in self.writing.texts.items() if str(line.id) in path})
        self.changed()

    async def _removed(self, said: dict[str, Any]) -> None:
        if (line_id := id_of(said)) and any(line.id == line_id for line in self.writing.entry.lines):
            self.writing.remove(line_id)
            self.changed()

    async def _restored(self, said: dict[str, Any]) -> None:
        if line_id := id_of(said):
            self.writing.restore(line_id, after=id_of(said, 'after'))
            self.changed()

    async def _ordered(self, said: dict[str, Any]) -> None:
        self.writing.order(ids_of(said))
        self.changed()

    async def _sought(self, said: dict[str, Any]) -> None:
        path, text = str(said.get('field')), str(said.get('text'))
        found = await quoted_before(text, not_of=self.quote.id)
        html = str(suggestion_list(self.desk.w, found)) if found else ''
        self.sheet.patch(sought={'field': path, 'text': text, 'html': html})

    async def _chosen(self, said: dict[str, Any]) -> None:
        line_id, _name = split(str(said.get('field')))
        found = await quoted_as(id_of(said, 'ref'))
        if line_id is None or found is None:
            raise Refused('record_gone')
        before = self.writing.texts
        self.writing.fill(line_id, **found.facts)
        values = differences(before, self.writing.texts)
        self.sheet.patch(over=[*values, *(path for path in self.writing.texts if str(line_id) in path)], values=values)
        self.changed()

    def _refresh(self) -> None:
        now_shown = shown_texts(self)
        self.sheet.patch(texts=differences(self._shown, now_shown))
        self._shown = now_shown

    def _save_soon(self) -> None:
        background_tasks.create(self.keep(), name='save a quote')

    async def _save(self) -> None:
        try:
            while self.open_for_changes and not same_text(entry := self.writing.kept, self.saved):
                await self._write(entry)
        except Refused as refused:
            self.top.not_saved(self.desk.w.refusal(refused))
            return
        except Exception:
            log.exception('A quote could not be saved')
            self.top.not_saved(self.desk.w('refusals.went_wrong'))
            self._rest = asyncio.get_running_loop().call_later(AGAIN, self._save_soon)
            return
        self._confirm()

    async def _write(self, entry: QuoteEntry) -> None:
        actor = await self.desk.must(Module.QUOTES, Level.WRITE)
        try:
            revision = await self.quote.write(entry, version=self.standing.version, by=actor)
        except Refused as refused:
            if refused.reason not in ('changed_meanwhile', 'quote_not_open'):
                raise
            await self._look()
            return
        self.saved = entry
        self.standing = replace(
            self.standing, entry=entry, version=revision.version, written_at=revision.written_at, by_name=actor.name
        )

    def _confirm(self) -> None:
        """Tell the browser what it need not keep any longer, and write amounts as amounts are written."""
        stands = self.writing.texts
        unreadable = self.writing.unreadable
        kept = {path: text for path, text in self.heard.items() if path not in unreadable and self.open_for_changes}
        neat = {path: stands[path] for path, text in kept.items() if stands.get(path, text) != text}
        known = [str(line.id) for line in self.writing.entry.lines if not blank(line)]
        self.sheet.patch(kept=kept, values=neat, known=known, steps=self.steps)
        self.heard = {path: text for path, text in self.heard.items() if path not in kept}
        if unreadable:
            _typed, why = next(iter(unreadable.values()))
            self.top.not_saved(self.desk.w.refusal(why))
        else:
            self.top.is_saved()

    def _look_soon(self, standing: Standing) -> None:
        if heard_of(standing) != heard_of(self.standing):
            background_tasks.create(self.look(), name='look what others wrote')

    async def _look(self) -> None:
        # What the live view told may be older than what was saved here since: the truth is asked again.
        fresh, known = await standing_of(self.quote.id), self.standing
        self.standing = fresh
        if not same_text(fresh.entry, self.saved):
            self._bring_together(fresh)
        moved = (fresh.published, fresh.status) != (known.published, known.status)
        if moved or (known.version and not fresh.version):
            self.top.tell_of(fresh, known, await last_move(self.quote.id))
        self.top.show()
        if not same_text(self.writing.kept, self.saved):
            self.changed()

    def _bring_together(self, fresh: Standing) -> None:
        before, lines_before = self.writing.texts, [line.id for line in self.writing.entry.lines]
        merged = merge(self.saved, self.writing.kept, fresh.entry)
        self.writing.take(merged.entry)
        self.saved = fresh.entry
        after = self.writing.texts
        lines = [line.id for line in self.writing.entry.lines]
        came = differences(before, after)
        self.clashes.brought(merged.clashes, {path: before[path] for path in came if path in before}, fresh.by_name)
        self.sheet.patch(
            values=came,
            rows=[str(line_id) for line_id in lines if line_id not in lines_before],
            gone=[str(line_id) for line_id in lines_before if line_id not in lines],
            order=[str(line_id) for line_id in lines],
        )
        self._refresh()

    def _gone(self) -> None:
        """The screen was left: what was heard last is saved all the same."""
        if self._rest:
            self._rest.cancel()
        background_tasks.create(self._leave(), name='leave a quote')

    async def _leave(self) -> None:
        await self.keep()
        await self.top.leave()


def same_text(one: QuoteEntry, other: QuoteEntry) -> bool:
    """Whether the two would look alike in the editor."""
    return list(texts(one)) == list(texts(other))


def heard_of(standing: Standing) -> tuple[Any, ...]:
    """What tells whether there is anything to look at."""
    return standing.status, standing.published, standing.version, standing.written_at
