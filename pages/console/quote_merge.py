"""Two clerks on one quote: what both wrote is brought together field by field and line by line, nothing overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from models import LineEntry, LineKind, QuoteEntry
from pages.console.quote_fields import HEAD, LINE, path_of, value_of
from pages.console.quote_writing import follows, proposal

GONE = 'gone'  # stands for a field: the other one removed the whole line


@dataclass(frozen=True, slots=True)
class Clash:
    """Both changed the same field: mine stays, theirs is told. `path` may name a line that they removed."""

    path: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    entry: QuoteEntry
    clashes: tuple[Clash, ...]


def merge(base: QuoteEntry, mine: QuoteEntry, theirs: QuoteEntry) -> Merged:
    """`base` is what both began with."""
    clashes: list[Clash] = []
    head = {name: _field(name, base, mine, theirs, clashes) for name in HEAD}
    together = replace(mine, **head)
    lines = _lines(base, mine, theirs, together, clashes)
    return Merged(replace(together, lines=tuple(lines)), tuple(clashes))


def _field(name: str, base: QuoteEntry, mine: QuoteEntry, theirs: QuoteEntry, clashes: list[Clash]) -> Any:
    was, own, other = getattr(base, name), getattr(mine, name), getattr(theirs, name)
    if other in (was, own):
        return own
    if own == was:
        return other
    clashes.append(Clash(name, HEAD[name].write(other)))
    return own


def _lines(
    base: QuoteEntry, mine: QuoteEntry, theirs: QuoteEntry, together: QuoteEntry, clashes: list[Clash]
) -> list[LineEntry]:
    was, own, other = _by_id(base), _by_id(mine), _by_id(theirs)
    kept: dict[UUID, LineEntry] = {}
    for line_id in own | other:
        if line := _line(was.get(line_id), own.get(line_id), other.get(line_id), clashes):
            if line.kind is not LineKind.MANUAL and _both_follow(line_id, (own, mine), (other, theirs)):
                line = replace(line, duration=proposal(together, line.rate_type))
                clashes[:] = [clash for clash in clashes if clash.path != path_of(line_id, 'duration')]
            kept[line_id] = line
    return [kept[line_id] for line_id in _order(list(was), list(own), list(other)) if line_id in kept]


def _line(
    was: LineEntry | None, own: LineEntry | None, other: LineEntry | None, clashes: list[Clash]
) -> LineEntry | None:
    if own is None:
        return other if was is None else None  # theirs is new, or I removed it
    if other is None:
        if was is None:
            return own
        if _same(was, own):
            return None
        clashes.append(Clash(path_of(_id(own), GONE), ''))
        return own
    return _line_of_both(was or other, own, other, clashes)


def _line_of_both(was: LineEntry, own: LineEntry, other: LineEntry, clashes: list[Clash]) -> LineEntry:
    for name in LINE:
        before, mine, theirs = (value_of(line, name) for line in (was, own, other))
        if theirs in (before, mine):
            continue
        if mine == before:
            own = replace(own, **{name: getattr(other, name)})
        else:
            clashes.append(Clash(path_of(_id(own), name), LINE[name].write(theirs)))
    return own


def _both_follow(line_id: UUID, *those: tuple[Mapping[UUID, LineEntry], QuoteEntry]) -> bool:
    """Whether neither of us typed a duration of our own: then it is that of the dates we agree on now."""
    return all(line_id in lines and follows(lines[line_id], entry) for lines, entry in those)


def _order(was: Sequence[UUID], own: Sequence[UUID], other: Sequence[UUID]) -> list[UUID]:
    """Mine where I moved something, else theirs; what only one of us has stands behind what it stood behind."""
    moved = [line_id for line_id in own if line_id in was] != [line_id for line_id in was if line_id in own]
    leading, following = (own, other) if moved else (other, own)
    order = list(leading)
    for place, line_id in enumerate(following):
        if line_id not in order:
            before = following[place - 1] if place else None
            order.insert(order.index(before) + 1 if before in order else 0, line_id)
    return order


def _by_id(entry: QuoteEntry) -> dict[UUID, LineEntry]:
    return {_id(line): line for line in entry.lines}


def _id(line: LineEntry) -> UUID:
    assert line.id is not None
    return line.id


def _same(one: LineEntry, other: LineEntry) -> bool:
    return all(value_of(one, name) == value_of(other, name) for name in LINE)
