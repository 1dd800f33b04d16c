"""A table on the sheet: rows over as many pages as they need, heads repeated, the sum so far carried over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.papers.colours import QUIET
from app.papers.labels import money
from app.papers.layout import Piece
from app.papers.pen import Ink
from app.papers.sheet import BOTTOM, INSET, LEFT, RIGHT, SMALL, TEXT, TINY, Pair, Said, Sheet
from app.papers.thai import lines

PAD = 1.2  # above and below what stands in a row
HEADS = 9.6  # the height of what stands above the rows
CARRIED = 7.0  # the height of the line that carries a sum over
Set = list[tuple[str, Ink]]  # the lines of a cell


@dataclass(frozen=True, slots=True)
class Column:
    label: Pair
    width: float  # millimetres
    align: str = 'L'


@dataclass(frozen=True, slots=True)
class Row:
    """Each cell is a text or several, below each other. `amount` counts into the sum that is carried over."""

    cells: Sequence[Sequence[Said] | str]
    amount: Decimal | None = None
    boxed: bool | None = None  # a box to tick before the second cell: ticked or not


@dataclass
class Table:
    """Set once, from where the sheet stands."""

    sheet: Sheet
    columns: Sequence[Column]
    carried: bool = True  # whether sums are carried over
    _so_far: Decimal = field(default=Decimal(0), init=False)

    def set(self, rows: Sequence[Row]) -> None:
        self._heads()
        for at, row in enumerate(rows):
            self._row(row, last=at == len(rows) - 1)
        self.sheet.y += self.sheet.gap(3.5)

    def height(self, rows: Sequence[Row]) -> float:
        """What it would take of one page."""
        return HEADS + sum(self._height(self._cells(row)) for row in rows)

    def _heads(self) -> None:
        sheet = self.sheet
        first, narrow, second = Ink(8.4, 'B'), Ink(7.2, 'B'), TINY
        sheet.room(24.0)
        sheet.rule(sheet.tint.strong, 0.45)
        top = sheet.y
        with sheet.tag('P'):
            for x, column in self._places():
                edge = _edge(x, column)
                label = column.label[0]
                look = first if first.width(label) <= column.width - 1.0 else narrow
                sheet.add('write_at', edge, top + 4.4, label, look, column.align)
                sheet.add('write_at', edge, top + 7.8, column.label[1], second, column.align)
        sheet.y = top + HEADS
        sheet.rule(QUIET, 0.2)

    def _row(self, row: Row, *, last: bool) -> None:
        cells = self._cells(row)
        height = self._height(cells)
        lowest = BOTTOM if last or not self.carried else BOTTOM - CARRIED
        if self.sheet.must_break or (self.sheet.y + height > lowest and height <= BOTTOM - 50):
            self._carry_over()
        self.sheet.begin(Piece.ROW)
        while self.sheet.y + self._height(cells) > lowest:
            head, cells = _parted(cells, BOTTOM - CARRIED - self.sheet.y - 2 * self._pad)
            if not any(cells):
                cells = head
                break
            self._draw(head, row)
            self._carry_over()
        self._draw(cells, row)
        self._so_far += row.amount or 0
        self.sheet.rule()

    def _cells(self, row: Row) -> list[Set]:
        return [self._set(cell, column) for cell, column in zip(row.cells, self.columns, strict=True)]

    def _set(self, cell: Sequence[Said] | str, column: Column) -> Set:
        said = [Said(cell)] if isinstance(cell, str) else cell
        width = column.width - 2 * INSET
        return [(line, one.ink) for one in said if one.text for line in lines(one.text, width, one.ink.width)]

    def _draw(self, cells: Sequence[Set], row: Row) -> None:
        sheet = self.sheet
        top = sheet.y
        with sheet.tag('P'):
            first = _first(cells)  # all first lines stand on one base line, whatever their size
            for (x, column), cell in zip(self._places(), cells, strict=True):
                base = top + self._pad + first * 0.72
                for at, (line, ink) in enumerate(cell):
                    base += ink.leading if at else 0.0
                    sheet.add('write_at', _edge(x, column), base, line, ink, column.align)
        sheet.y = top + self._height(cells)

    @property
    def _pad(self) -> float:
        return self.sheet.gap(PAD)

    def _height(self, cells: Sequence[Set]) -> float:
        return 2 * self._pad + max(_first(cells) + sum(ink.leading for _, ink in cell[1:]) for cell in cells)

    def _carry_over(self) -> None:
        """What was summed up to here stands at the foot of this page and again at the head of the next."""
        if self.carried and self._so_far:
            self._carried('sheet.carried_forward')
        self.sheet.next_page()
        self._heads()
        if self.carried and self._so_far:
            self._carried('sheet.brought_forward')
            self.sheet.rule()

    def _carried(self, key: str) -> None:
        sheet = self.sheet
        base = sheet.y + CARRIED / 2 + 1.1
        with sheet.tag('P'):
            amount = money(self._so_far)
            sheet.add('write_at', RIGHT - INSET, base, amount, Ink(TEXT.size, 'B'), 'R')
            sheet.two(RIGHT - 34, base, sheet.labels(key), SMALL, TINY, align='R')
        sheet.y += CARRIED

    def _places(self) -> list[tuple[float, Column]]:
        places, x = [], LEFT
        for column in self.columns:
            places.append((x, column))
            x += column.width
        return places


def _edge(x: float, column: Column) -> float:
    return {'L': x + INSET, 'R': x + column.width - INSET, 'C': x + column.width / 2}[column.align]


def _first(cells: Sequence[Set]) -> float:
    return max((cell[0][1].leading for cell in cells if cell), default=0.0)


def _parted(cells: Sequence[Set], room: float) -> tuple[list[Set], list[Set]]:
    """As many lines of each cell as there is room for, and the rest."""
    heads, rests = [], []
    for cell in cells:
        used, many = 0.0, 0
        while many < len(cell) and used + cell[many][1].leading <= room:
            used += cell[many][1].leading
            many += 1
        heads.append(cell[:many])
        rests.append(cell[many:])
    return heads, rests
