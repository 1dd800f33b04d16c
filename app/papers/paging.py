"""Pages being filled from the top: room and page breaks, words in two languages, tags for readers, foot and head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.papers.colours import ALARM, PALE, QUIET, RULE, Tint
from app.papers.labels import Labels
from app.papers.layout import Layout, Part, Piece
from app.papers.matrix import QUIET_ZONE, dark_runs
from app.papers.pen import About, Ink, Pen
from app.papers.thai import lines

Pair = tuple[str, str]  # in the customer's language and in the other; the second may be empty
LEFT, RIGHT, TOP, BOTTOM = 16.0, 194.0, 15.0, 278.0
SECOND_TOP = TOP + 9.0  # where a page after the first begins
WIDTH = RIGHT - LEFT
FOOT = 286.0
INSET = 1.6  # of what stands in a column, from its edge
TEXT = Ink(9)
BOLD = Ink(9, 'B')
SMALL = Ink(8, '', QUIET)
TINY = Ink(7.2, '', QUIET)
_FOOTNOTE = Ink(6.6, '', PALE)


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it is to look; empty ones take no room."""

    text: str
    ink: Ink = TEXT


class Pages:
    """What is added stands in millimetres; the pages are written at the end, when their number is known."""

    def __init__(
        self, labels: Labels, firm: dict[str, Any], about: About, *, number: str, layout: Layout | None = None
    ) -> None:
        self.labels = labels
        self.firm = firm
        self.about = about
        self.number = number
        self.tint = Tint.of(str(firm.get('accent') or ''))
        self.y = TOP
        self.title: Pair = ('', '')
        self.footnote = ''
        """One more line at the foot of every page, as much of it as fits."""
        self.cancelled: tuple[Pair, Pair] | None = None
        """What is written across every page of a paper that holds no more, and since when."""
        self.layout = layout or Layout()
        self.parts: list[Part] = []
        self._pages: list[list[tuple[str, tuple[Any, ...]]]] = [[]]
        self._tagged = False

    def finish(self, attach: tuple[str, bytes, str] | None = None) -> bytes:
        """The pages, each with its foot, as a PDF; `attach`: name, content and kind of a file to carry along."""
        pen = Pen(self.about)
        if attach:
            pen.carry(*attach)
        for at, ops in enumerate(self._pages, 1):
            pen.add_page()
            if at > 1:
                self._write(pen, self._running_head())
            self._write(pen, ops)
            self._write(pen, self._foot(at))
            self._write(pen, self._cancellation())
        return pen.finished()

    @property
    def pages(self) -> int:
        return len(self._pages)

    def room(self, height: float, kind: Piece | None = None) -> None:
        """Make sure that so much fits below; else the next page begins. `kind`: of what may have to begin one."""
        if self.y + height > BOTTOM or (kind and self.must_break):
            self.next_page()
        if kind:
            self.begin(kind)

    @property
    def must_break(self) -> bool:
        """Whether what begins now has to begin a page."""
        return len(self.parts) in self.layout.breaks

    def begin(self, kind: Piece) -> None:
        page = self.pages - 1
        moved = bool(self.parts) and self.parts[-1].page < page
        self.parts.append(Part(kind, page, moved and (kind is Piece.ROW or self.y == SECOND_TOP)))

    def gap(self, millimetres: float) -> float:
        return self.layout.gap(millimetres)

    def next_page(self) -> None:
        self._pages.append([])
        self.y = SECOND_TOP

    def add(self, op: str, *what: Any) -> None:
        """Something for the pen to do on this page; what nobody tagged is adornment to a reader."""
        if self._tagged:
            self._pages[-1].append((op, what))
        else:
            self._pages[-1] += [('begin', ('',)), (op, what), ('end', ())]

    @contextmanager
    def tag(self, kind: str, alt: str | None = None) -> Iterator[None]:
        """What is added meanwhile is one `kind` to a reader; on one page."""
        self._tagged = True
        page = self._pages[-1]
        page.append(('begin', (kind, alt)))
        yield
        page.append(('end', ()))
        self._tagged = False

    def rule(
        self, colour: tuple[int, int, int] = RULE, width: float = 0.15, x: float = LEFT, to: float = RIGHT
    ) -> None:
        self.add('rule', (x, self.y), (to, self.y), colour, width)

    def label(self, x: float, label: Pair, *, align: str = 'L') -> None:
        """A small heading in both languages."""
        first, second = Ink(8, 'B', self.tint.text), TINY
        self.y += first.leading
        self.two(x, self.y - 1.2, label, first, second, align=align)

    def two(
        self, x: float, y: float, pair: Pair, first: Ink, second: Ink, *, align: str = 'L', gap: float = 1.6
    ) -> None:
        """Both languages on one line."""
        wide = first.width(pair[0]) + (gap + second.width(pair[1]) if pair[1] else 0.0)
        if align == 'R':
            x -= wide
        elif align == 'C':
            x -= wide / 2
        self.add('write_at', x, y, pair[0], first)
        if pair[1]:
            self.add('write_at', x + first.width(pair[0]) + gap, y, pair[1], second)

    def say(self, said: Iterable[Said], x: float, width: float, *, align: str = 'L') -> None:
        """Texts below each other, wrapped."""
        edge = {'L': x, 'R': x + width, 'C': x + width / 2}[align]
        for one in said:
            if one.text:
                for line in lines(one.text, width, one.ink.width):
                    self.y += one.ink.leading
                    self.add('write_at', edge, self.y - one.ink.leading * 0.28, line, one.ink, align)

    def code(self, x: float, y: float, side: float, payload: str) -> None:
        """A QR code with its quiet zone, `side` millimetres in all."""
        modules, runs = dark_runs(payload)
        module = side / (modules + 2 * QUIET_ZONE)
        self.add('runs', (x + QUIET_ZONE * module, y + QUIET_ZONE * module), module, runs, (0, 0, 0))

    def flow(self, text: str, ink: Ink) -> None:
        """Lines that may go on overleaf, a paragraph to a reader as far as it stands on one page."""
        for paragraph in filter(None, (part.strip() for part in text.split('\n'))):
            rest = lines(paragraph, WIDTH, ink.width)
            self.room(ink.leading, Piece.TEXT)
            while rest:
                self.room(ink.leading)
                fits = _whole_lines((BOTTOM - self.y) / ink.leading, len(rest))
                if not fits:
                    self.next_page()
                    continue
                with self.tag('P'):
                    self.say([Said(line, ink) for line in rest[:fits]], LEFT, WIDTH + 5)
                rest = rest[fits:]
            self.y += 0.9

    # ------------------------------------------------------------------------------------------- every page

    def _running_head(self) -> list[tuple[str, tuple[Any, ...]]]:
        name = self.labels.pick(self.text_of('name'), self.text_of('name_th'))[0]
        return [
            ('begin', ('',)),
            ('write_at', (LEFT, TOP, shortened(name, SMALL, WIDTH * 0.55), SMALL)),
            ('write_at', (RIGHT, TOP, f'{self.title[0]}   {self.number}', Ink(8, 'B'), 'R')),
            ('rule', ((LEFT, TOP + 3), (RIGHT, TOP + 3), RULE, 0.15)),
            ('end', ()),
        ]

    def _foot(self, at: int) -> list[tuple[str, tuple[Any, ...]]]:
        first, second = self.labels('sheet.page', page=at, pages=self.pages)
        pages = f'{first}   {second}' if second else first
        return [
            ('begin', ('',)),
            ('rule', ((LEFT, FOOT - 4), (RIGHT, FOOT - 4), RULE, 0.15)),
            ('write_at', (LEFT, FOOT, f'{self.number}   {self.about.verification}', Ink(6.8, '', PALE))),
            ('write_at', (RIGHT, FOOT, pages, TINY, 'R')),
            ('write_at', (LEFT, FOOT + 3.6, shortened(self.footnote, _FOOTNOTE, WIDTH), _FOOTNOTE)),
            ('end', ()),
        ]

    def _cancellation(self) -> list[tuple[str, tuple[Any, ...]]]:
        if not self.cancelled:
            return []
        return [('begin', ('',)), ('across', (self.cancelled[0], ALARM)), ('end', ())]

    @staticmethod
    def _write(pen: Pen, ops: Iterable[tuple[str, tuple[Any, ...]]]) -> None:
        for op, what in ops:
            getattr(pen, op)(*what)

    def text_of(self, name: str) -> str:
        return str(self.firm.get(name) or '')


def shortened(text: str, ink: Ink, width: float) -> str:
    """So much of it as fits, where the whole stands elsewhere."""
    if ink.width(text) <= width:
        return text
    return lines(text, width - ink.width('…'), ink.width)[0] + '…'


def _whole_lines(room: float, wanted: int) -> int:
    """How many lines of a paragraph stay on a page with so much room: no line is left alone on either page."""
    fits = min(int(room + 0.001), wanted)
    if fits < wanted and fits == wanted - 1:
        fits -= 1
    return 0 if fits == 1 < wanted else fits
