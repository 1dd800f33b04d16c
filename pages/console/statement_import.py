"""Reading a bank's file: recognised or mapped by hand, shown before it is kept, and its columns remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from htpy import Node, b, div, p, small
from nicegui import background_tasks, ui

from app.bank_file import LARGEST_FILE, ORDERS, BankFile, Columns, guessed, opened, rows_of
from app.words import Words
from models import BankRow, BankStatement, Level, Module, Refused
from pages.console.sheet import figure
from pages.frame import Desk
from pages.parts.file_choice import FileChoice
from pages.parts.form import Form
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region
from pages.parts.table import Column, Row, table

SHOWN = 5
NONE = ''


async def read_statement(desk: Desk) -> None:
    await desk.must(Module.INVOICES, Level.WRITE)
    with open_panel(desk, desk.w('pay.import.title')) as panel:
        Reading(desk, panel).open()


class Reading:
    """First the file is chosen, then how it is read is shown, and only then anything is kept."""

    def __init__(self, desk: Desk, panel: Panel) -> None:
        self.desk, self.panel = desk, panel
        self.file: BankFile | None = None
        self.name = ''
        self.remembered = False

    def open(self) -> None:
        w = self.desk.w
        Region(p('.dim')[w('pay.statement.intro')])
        FileChoice(
            self.desk,
            w('pay.import.choose'),
            self._opened,
            accept='.csv,.txt,text/csv,text/plain',
            largest=LARGEST_FILE,
            too_large='statement_unreadable',
            tone='ghost',
        ).mark('bank-file')
        self.mapping = ui.element('div').classes('group')

    async def _opened(self, name: str, content: bytes) -> None:
        await self.desk.must(Module.INVOICES, Level.WRITE)
        file = await asyncio.to_thread(opened, content)
        self.file, self.name = file, name
        known = await BankStatement.columns_of(file.head)
        self.remembered = known is not None
        columns = Columns.of_json(known) if known else guessed(file)
        self.mapping.clear()
        with self.mapping:
            self._ask(file, columns)
            await self._changed()

    def _ask(self, file: BankFile, columns: Columns | None) -> None:
        w = self.desk.w
        self.guess = columns
        names = {str(place): name or f'{place + 1}' for place, name in enumerate(file.names)}
        none = {NONE: w('pay.import.none')}
        self.form = form = Form(self.desk, {'statement_columns': 'received'})
        Region(self._about(file))
        form.select('date', w('pay.import.date'), none | names, str(columns.date) if columns else NONE)
        orders = {order: w(f'pay.import.order_{order}') for order in ORDERS}
        form.select('order', w('pay.import.order'), orders, columns.order if columns else ORDERS[0])
        form.select('received', w('pay.import.received'), none | names, str(columns.received) if columns else NONE)
        time = columns.time if columns else None
        form.select('time', w('pay.import.time'), none | names, NONE if time is None else str(time))
        self.preview = Region()
        form.on_change = lambda: background_tasks.create(self._changed(), name='another way to read a statement')
        form.save_button(w('pay.import.save'), self._save)
        self.panel.unsaved = lambda: self.file is not None

    def _about(self, file: BankFile) -> Node:
        w = self.desk.w
        known = w('pay.import.preset', bank=file.bank) if file.bank else None
        said = w('pay.import.remembered') if self.remembered else known or w('pay.import.map')
        return div[b[self.name], p('.dim')[said]]

    def _columns(self) -> Columns:
        """As chosen. Raises Refused('statement_columns')."""
        form = self.form
        if NONE in (form['date'], form['received']) or form['date'] == form['received']:
            raise Refused('statement_columns')
        base = self.guess or Columns(0, 0)
        received = int(form['received'])
        return replace(
            base,
            date=int(form['date']),
            received=received,
            time=int(form['time']) if form['time'] != NONE else None,
            order=form['order'],
            skipped=tuple(place for place in base.skipped if place != received),
        )

    async def _changed(self) -> None:
        """Show what is read so, unless something else was chosen before it was read."""
        file, wanted, preview_of_it = self.file, self._chosen(), self.preview
        rows, unreadable = await asyncio.to_thread(rows_of, file, wanted) if file and wanted else ([], 0)
        if self.preview is preview_of_it and wanted == self._chosen():
            self.preview.show(preview(self.desk.w, rows, unreadable))

    def _chosen(self) -> Columns | None:
        try:
            return self._columns()
        except Refused:
            return None

    async def _save(self) -> None:
        actor = await self.desk.must(Module.INVOICES, Level.WRITE)
        if self.file is None:
            raise Refused('statement_columns')
        columns = self._columns()
        rows, _ = await asyncio.to_thread(rows_of, self.file, columns)
        kept = await BankStatement.take(rows, file_name=self.name, head=self.file.head, columns=columns.json, by=actor)
        self.panel.close()
        self.desk.say(self.desk.w('pay.statement.read_done', new=kept.new_rows, rows=kept.rows))


def preview(w: Words, rows: list[BankRow], unreadable: int) -> Node:
    """The first rows as they would be kept."""
    if not rows:
        return p('.warning')[w('pay.import.no_rows')]
    columns = [
        Column(w('pay.statement.day'), 'tight'),
        Column(w('pay.statement.amount'), 'n'),
        Column(w('pay.statement.text')),
    ]
    shown = (
        Row(f'preview-{place}', '', (w.day(row.booked_on, year=True), figure(row.amount), small[row.text[:80]]))
        for place, row in enumerate(rows[:SHOWN])
    )
    return [
        p[b[w('pay.import.rows', count=len(rows))]],
        p('.dim')[w('pay.import.unreadable_rows', count=unreadable)] if unreadable else None,
        table(columns, shown),
    ]
