"""What stands in the editor of a quote: applies what is typed, lets durations follow the dates, tells what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import LineEntry, LineKind, QuoteEntry, RateType, Refused, proposed_duration
from pages.console.quote_fields import HEAD, blank, path_of, read_into_line, split, texts


@dataclass(slots=True)
class Writing:
    """The quote as it stands on the screen, blank lines and all; `unreadable` is what no number can be made of."""

    entry: QuoteEntry
    unreadable: dict[str, tuple[str, Refused]] = field(default_factory=dict)
    removed: dict[UUID, LineEntry] = field(default_factory=dict)

    @property
    def kept(self) -> QuoteEntry:
        """What is saved: the lines in which something was written, and notes without the blanks around them."""
        entry = self.entry
        notes = {name: getattr(entry, name).strip() for name in ('customer_notes', 'internal_notes')}
        return replace(entry, lines=tuple(line for line in entry.lines if not blank(line)), **notes)

    @property
    def texts(self) -> dict[str, str]:
        """Each field as it stands on the screen."""
        return dict(texts(self.entry)) | {path: typed for path, (typed, _why) in self.unreadable.items()}

    def type(self, path: str, typed: str) -> None:
        """Somebody typed this there. What cannot be read is remembered with the reason, and changes nothing."""
        line_id, name = split(path)
        try:
            if line_id is None:
                self._type_in_head(name, typed)
            else:
                self._type_in_line(line_id, name, typed)
        except Refused as refused:
            if refused.reason == 'record_gone':
                raise
            self.unreadable[path] = (typed, refused)
        else:
            self.unreadable.pop(path, None)

    def add(self, line_id: UUID, kind: LineKind, *, after: UUID | None) -> LineEntry:
        """A blank line below another one, else at the end."""
        duration = Decimal(1) if kind is LineKind.MANUAL else proposal(self.entry, RateType.DAILY)
        line = LineEntry('', Decimal('0.00'), kind=kind, duration=duration, id=line_id)
        self._place(line, after)
        return line

    def remove(self, line_id: UUID) -> None:
        line = self.line(line_id)
        self.removed[line_id] = line
        self._lines(one for one in self.entry.lines if one.id != line_id)
        for path in [path for path in self.unreadable if path.startswith(f'line.{line_id}.')]:
            del self.unreadable[path]

    def restore(self, line_id: UUID, *, after: UUID | None) -> LineEntry:
        """Take back a removal."""
        if line_id not in self.removed:
            raise Refused('record_gone')
        line = self.removed.pop(line_id)
        self._place(line, after)
        return line

    def order(self, line_ids: Iterable[UUID]) -> None:
        """Lines that are not named stay behind the one they stood behind."""
        known = {line.id: line for line in self.entry.lines}
        wanted = [line_id for line_id in dict.fromkeys(line_ids) if line_id in known]
        before: UUID | None = None
        for line in self.entry.lines:
            if line.id not in wanted:
                wanted.insert(wanted.index(before) + 1 if before in wanted else 0, line.id)  # type: ignore[arg-type]
            before = line.id
        self._lines(known[line_id] for line_id in wanted)

    def fill(self, line_id: UUID, **facts: Any) -> None:
        """What was quoted before, taken over into a line; the duration is that of these dates."""
        line = replace(self.line(line_id), withholding=None, **facts)
        line = replace(
            line, duration=Decimal(1) if line.kind is LineKind.MANUAL else proposal(self.entry, line.rate_type)
        )
        self._put(line)
        for name in ('rate', 'duration'):
            self.unreadable.pop(path_of(line_id, name), None)

    def line(self, line_id: UUID | None) -> LineEntry:
        """Raises Refused('record_gone')."""
        for line in self.entry.lines:
            if line.id == line_id:
                return line
        raise Refused('record_gone')

    def take(self, entry: QuoteEntry) -> None:
        """Show this from now on, with the lines that are still blank behind those they stood behind."""
        known = {line.id for line in entry.lines}
        mine = self.entry.lines
        self.entry = entry
        for place, line in enumerate(mine):
            if blank(line) and line.id not in known:
                self._place(line, mine[place - 1].id if place else None, first=not place)
        self.unreadable = {path: why for path, why in self.unreadable.items() if self._stands(path)}

    def _type_in_head(self, name: str, typed: str) -> None:
        before = self.entry
        after = replace(before, **{name: HEAD[name].read(typed)})
        if name == 'job_start' and after.job_start > after.job_end:
            # A rental that is moved stays as long as it was.
            after = replace(after, job_end=after.job_start + max(timedelta(), before.job_end - before.job_start))
        self.entry = after
        if (before.job_start, before.job_end) != (after.job_start, after.job_end):
            self._lines(followed(line, before, after) for line in after.lines)

    def _type_in_line(self, line_id: UUID, name: str, typed: str) -> None:
        before = self.line(line_id)
        if name == 'duration' and not typed.strip():
            # An emptied duration follows the dates again.
            self._put(replace(before, duration=proposal(self.entry, before.rate_type)))
            return
        after = read_into_line(before, name, typed)
        if name in ('rate_type', 'kind') and after.kind is not LineKind.MANUAL and follows(before, self.entry):
            after = replace(after, duration=proposal(self.entry, after.rate_type))
        self._put(after)

    def _put(self, line: LineEntry) -> None:
        self._lines(line if one.id == line.id else one for one in self.entry.lines)

    def _place(self, line: LineEntry, after: UUID | None, *, first: bool = False) -> None:
        lines = [one for one in self.entry.lines if one.id != line.id]
        ids = [one.id for one in lines]
        lines.insert(0 if first else ids.index(after) + 1 if after in ids else len(lines), line)
        self._lines(lines)

    def _lines(self, lines: Iterable[LineEntry]) -> None:
        self.entry = replace(self.entry, lines=tuple(lines))

    def _stands(self, path: str) -> bool:
        line_id, _name = split(path)
        return line_id is None or any(line.id == line_id for line in self.entry.lines)


def days_of(entry: QuoteEntry) -> int:
    """Both ends count; 0 when the last day is before the first."""
    return max(0, (entry.job_end - entry.job_start).days + 1)


def proposal(entry: QuoteEntry, rate_type: RateType) -> Decimal:
    """The duration that the dates give, in the unit of the rate."""
    return Decimal(max(1, proposed_duration(entry.job_start, max(entry.job_start, entry.job_end), rate_type)))


def follows(line: LineEntry, entry: QuoteEntry) -> bool:
    """Whether the duration is that of the dates; one that somebody typed stays as it is."""
    return line.kind is LineKind.MANUAL or line.duration == proposal(entry, line.rate_type)


def followed(line: LineEntry, before: QuoteEntry, after: QuoteEntry) -> LineEntry:
    """The line under other dates."""
    if line.kind is LineKind.MANUAL or not follows(line, before):
        return line
    return replace(line, duration=proposal(after, line.rate_type))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The fields whose text is another one now."""
    return {path: text for path, text in after.items() if before.get(path) != text}


def a_week_from(day: date) -> QuoteEntry:
    """How a new quote begins: one day, a week from now, nothing in it."""
    start = day + timedelta(days=7)
    return QuoteEntry(start, start)
