"""Lines as they are typed on a quote or an invoice: each kind with the fields it needs, and its amount at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from models import LineEntry, LineKind, RateType, Refused, Withholding, proposed_duration
from pages.console.sheet import duration_words, figure
from pages.parts.action import action
from pages.parts.form import Form

PARTS = ('name', 'name_th', 'quantity', 'duration', 'rate', 'rate_type', 'withholding', 'optional')
KINDS = (LineKind.EQUIPMENT, LineKind.KIT, LineKind.MANUAL)
PER = {RateType.DAILY: 'per_daily', RateType.WEEKLY: 'per_weekly', RateType.MONTHLY: 'per_monthly'}


@dataclass(slots=True)
class TypedLine:
    """One line of the form. `proposed` is the duration that the dates gave; another one was typed by the person."""

    number: int
    kind: LineKind
    box: ui.element
    sum: TextElement
    optional: bool
    proposed: Decimal

    def name(self, part: str) -> str:
        return f'{part}_{self.number}'


class LineFields:
    """The lines of a form, added and removed by hand; `dates` tells the days from which durations are proposed."""

    def __init__(
        self,
        form: Form,
        dates: Callable[[], tuple[date, date] | None],
        *,
        optional: bool = False,
        classes: bool = False,
    ) -> None:
        self.form, self.dates, self.with_optional, self.with_classes = form, dates, optional, classes
        self.lines: list[TypedLine] = []
        self._made = 0
        w = form.desk.w
        self._box = ui.element('div').classes('typed-lines')
        with ui.element('div').classes('add-line'):
            html.span(w('quotes.form.add_line')).classes('dim')
            for kind in KINDS:
                label = w(f'quotes.form.add_{kind.name.lower()}')
                action(form.desk, label, partial(self.add_empty, kind), tone='ghost')

    def fill(self, entries: Iterable[LineEntry]) -> None:
        for entry in entries:
            self.add(entry, duration=entry.duration)

    def add(self, entry: LineEntry, *, duration: Decimal | None = None) -> None:
        """A new line at the end, its duration from the dates unless it is given."""
        self._made += 1
        proposed = self._proposed(entry.kind, entry.rate_type)
        with self._box, ui.element('div').classes(f'typed-line {entry.kind.name.lower()}') as box:
            line = TypedLine(self._made, entry.kind, box, TextElement(tag='b', text=''), self.with_optional, proposed)
            self._draw(line, entry, duration or proposed)
        self.lines.append(line)
        self.refresh()

    def add_empty(self, kind: LineKind = LineKind.EQUIPMENT) -> None:
        self.add(LineEntry('', Decimal(0), kind=kind))

    def entries(self) -> list[LineEntry]:
        """What was typed. Raises Refused for what cannot be read."""
        return [self._entry(line) for line in self.lines]

    def readable(self) -> list[LineEntry]:
        """The lines that can be read already."""
        found = []
        for line in self.lines:
            with suppress(Refused):
                found.append(self._entry(line))
        return found

    def dates_changed(self) -> None:
        """Propose durations anew, but not where a person typed their own."""
        for line in self.lines:
            self._propose(line)
        self.refresh()

    def refresh(self) -> None:
        """Each line's amount, as far as it can be read."""
        for line in self.lines:
            try:
                line.sum.set_text(figure(self._entry(line).amount))
            except Refused:
                line.sum.set_text('—')

    def _draw(self, line: TypedLine, entry: LineEntry, duration: Decimal) -> None:
        form, w = self.form, self.form.desk.w
        rents = line.kind is not LineKind.MANUAL
        html.span(w(f'quotes.kind.{line.kind.name.lower()}')).classes('kind')
        form.text(line.name('name'), w('quotes.form.name_en'), entry.name, longest=300)
        form.text(line.name('name_th'), w('quotes.form.name_th'), entry.name_th, longest=300)
        form.number(line.name('quantity'), w('quotes.form.quantity'), entry.quantity)
        if rents:
            form.number(line.name('duration'), w('quotes.form.duration'), duration)
        form.money(line.name('rate'), w('quotes.form.rate'), entry.rate if entry.name else None)
        if rents:
            per = {one.name: w(f'quotes.form.{key}') for one, key in PER.items()}
            form.select(line.name('rate_type'), w('quotes.form.rate_type'), per, entry.rate_type.name)
        line.sum.classes('n')
        line.sum.move(line.box)
        with ui.element('div').classes('line-foot'):
            if self.with_classes:
                kinds = {one.name: w(f'money.withholding.{one.name.lower()}') for one in Withholding}
                of_kind = Withholding.SERVICE if line.kind is LineKind.MANUAL else Withholding.RENT
                chosen = entry.withholding or of_kind
                form.select(line.name('withholding'), w('money.withholding.title'), kinds, chosen.name)
            if line.optional:
                form.tick(line.name('optional'), w('quotes.form.optional'), entry.optional)
            action(form.desk, w('quotes.form.remove'), lambda: self._remove(line), tone='text')

    def _remove(self, line: TypedLine) -> None:
        if line in self.lines:
            self.lines.remove(line)
            for part in PARTS:
                if line.name(part) in self.form.fields:
                    self.form.forget(line.name(part))
            line.box.delete()
            self.form.on_change()

    def _entry(self, line: TypedLine) -> LineEntry:
        form = self.form
        rents = line.kind is not LineKind.MANUAL
        return LineEntry(
            name=form[line.name('name')],
            name_th=form[line.name('name_th')],
            kind=line.kind,
            quantity=form[line.name('quantity')],
            duration=form[line.name('duration')] if rents else Decimal(1),
            rate=form[line.name('rate')],
            rate_type=self._rate_type(line) if rents else RateType.DAILY,
            optional=line.optional and form[line.name('optional')],
            withholding=Withholding[form[line.name('withholding')]] if self.with_classes else None,
        )

    def _rate_type(self, line: TypedLine) -> RateType:
        return RateType[self.form[line.name('rate_type')]]

    def _propose(self, line: TypedLine) -> None:
        if line.kind is LineKind.MANUAL:
            return
        proposed = self._proposed(line.kind, self._rate_type(line))
        field = self.form.fields[line.name('duration')]
        try:
            own = field.read() != line.proposed
        except Refused:
            own = True
        if not own and proposed != line.proposed:
            line.proposed = proposed
            field.write(f'{proposed:f}')
        w = self.form.desk.w
        named = duration_words(w, self._rate_type(line), proposed)
        field.hint(w('quotes.form.proposed', count=named) if own and self.dates() else '')

    def _proposed(self, kind: LineKind, rate_type: RateType) -> Decimal:
        days = self.dates()
        if kind is LineKind.MANUAL or days is None:
            return Decimal(1)
        return Decimal(proposed_duration(*days, rate_type))


def card(title: str) -> ui.element:
    """A titled card that holds fields."""
    box = ui.element('section').classes('card group')
    box.props['aria-label'] = title
    with box:
        html.h2(title)
    return box
