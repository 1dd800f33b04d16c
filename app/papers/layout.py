"""How a paper is broken into pages: a little closer if it then fits on one, and nothing that ends it stands alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol, TypeVar

MOST_TRIES = 8
LONG = 3  # paragraphs that may begin a page with their heading


class Piece(Enum):
    """What begins somewhere on a page. Only rows and texts may begin a page, and not the last of them alone."""

    ROW = 1
    NOTE = 2
    TEXT = 3
    ENDING = 4  # sums, the way to pay, places to sign


@dataclass(frozen=True, slots=True)
class Layout:
    """`breaks`: the parts, counted from the first, before which a page has to begin."""

    close: bool = False
    breaks: frozenset[int] = frozenset()

    def gap(self, millimetres: float) -> float:
        """The room between two things."""
        return millimetres * 0.62 if self.close else millimetres


@dataclass(frozen=True, slots=True)
class Part:
    """Something that began on a page; `leads`: nothing stands above it there but what is repeated."""

    kind: Piece
    page: int
    leads: bool


class Paged(Protocol):
    layout: Layout
    parts: list[Part]

    @property
    def pages(self) -> int: ...


P = TypeVar('P', bound=Paged)


def well_broken(fresh: Callable[[Layout], P], setter: Callable[[P], None]) -> P:
    """What `setter` makes of a fresh sheet, in the best of the ways that were tried."""

    def tried(layout: Layout) -> P:
        sheet = fresh(layout)
        setter(sheet)
        return sheet

    sheet = tried(Layout())
    if sheet.pages == 2 and (closer := tried(Layout(close=True))).pages == 1:
        sheet = closer
    strict = True
    for _ in range(MOST_TRIES):
        at = better_break(sheet.parts, strict=strict)
        other = sheet if at is None else tried(replace(sheet.layout, breaks=sheet.layout.breaks | {at}))
        if other is not sheet and other.pages <= sheet.pages:
            sheet = other
        elif strict:
            strict = False
        else:
            break
    sheet.layout = Layout()
    return sheet


def better_break(parts: Sequence[Part], *, strict: bool) -> int | None:
    """Where an earlier page has to end, so that what begins the next one has company; None where all is well.

    `strict`: the last page has rows and their sums above what is signed, however much text stands between them.
    """
    for at, part in enumerate(parts):
        if part.page == 0 or not part.leads or _may_lead(parts, at, strict=strict and part.page == parts[-1].page):
            continue
        for earlier in range(at - 1, 0, -1):
            if parts[earlier].page < part.page - 1 or parts[earlier].leads:
                break
            if _may_lead(parts, earlier, strict=strict):
                return earlier
    return None


def _may_lead(parts: Sequence[Part], at: int, *, strict: bool) -> bool:
    kind = parts[at].kind
    following = [part.kind for part in parts[at + 1 : at + 1 + LONG]]
    if kind is Piece.ROW:
        return following[:1] == [Piece.ROW]
    if kind is Piece.NOTE:
        return not strict and following == [Piece.TEXT] * LONG
    # Not torn from its heading with less than two, and not the last of its text.
    before = [part.kind for part in parts[max(0, at - 2) : at]]
    return not strict and kind is Piece.TEXT and following[:1] == [Piece.TEXT] and before == [Piece.TEXT] * 2
