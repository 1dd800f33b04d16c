"""The letters of a paper: Sarabun, each text shaped by HarfBuzz once, embedded as the few glyphs that were used."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb
from fontTools.ttLib import TTFont
from fpdf.fonts import Glyph, TTFFont

from app.papers.thai import RUN, apart, together

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parents[2] / 'assets' / 'fonts'
FILES = {'': 'sarabun-400.woff2', 'B': 'sarabun-700.woff2', 'I': 'sarabun-400-italic.woff2'}
EM = 1000  # units of Sarabun, and of PDF's own widths
# What a shaped text needs no more once it stands as glyphs.
NOT_EMBEDDED = ('GSUB', 'GPOS', 'GDEF', 'gasp')
INSTEAD = {'→': '->', '←': '<-', '≥': '>=', '≤': '<=', '✓': 'v', '☐': '[ ]', '‑': '-', '‐': '-', '\u2007': ' '}


# A consonant with a tone mark above its vowel, or with sara am: glyphs that a reader may find in another order.
STACKED = re.compile('[ก-ฮ](?:\u0e4d[\u0e48-\u0e4b]?\u0e32|[\u0e31\u0e34-\u0e39\u0e47][\u0e48-\u0e4c])')


UNSEEN = 30  # so far a mark may be moved without anybody seeing it: a tenth of a millimetre


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph after a move of `step` (to the left, as PDF counts) and lifted by `rise`, both in units of the em."""

    glyph: Glyph
    step: int
    rise: int


@dataclass(frozen=True, slots=True)
class Group:
    """Glyphs in the order of their letters. `said` is how the letters are typed, where that is not plain from them."""

    glyphs: tuple[Placed, ...]
    said: str = ''


class Letters:
    """One style of the font for the whole program: measures and shapes, and remembers what it has shaped."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.bytes = _as_truetype(FONTS / FILES[style])
        self.face = hb.Face(self.bytes)
        self.font = hb.Font(self.face)
        table = TTFont(io.BytesIO(self.bytes))
        self.names = table.getGlyphOrder()
        self.advances = [table['hmtx'].metrics[name][0] for name in self.names]
        self.known = frozenset(table.getBestCmap())
        self.width = lru_cache(maxsize=20_000)(self._width)
        self.shaped = lru_cache(maxsize=20_000)(self._shaped)

    def _width(self, text: str) -> int:
        """In units of the em."""
        return self.shaped(text)[1]

    def _shaped(self, text: str) -> tuple[tuple[Group, ...], int]:
        runs = RUN.findall(self._drawable(apart(text)))
        glyphs: list[list[Glyph]] = []
        places: list[tuple[int, int]] = []
        pen = 0
        for run in runs:
            infos, positions = self._shape(run)
            glyphs.append([self._glyph(info.codepoint, letters) for info, letters in _with_letters(run, infos)])
            for position in positions:
                places.append((pen + position.x_offset, position.y_offset))
                pen += position.x_advance
        placed = _placed([glyph for of_run in glyphs for glyph in of_run], _in_order(places))
        groups: list[Group] = []
        for run, of_run in zip(runs, glyphs, strict=True):
            groups += _grouped(run, list(islice(placed, len(of_run))))
        return tuple(groups), pen

    def _shape(self, run: str) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
        thai = '\u0e00' <= run[0] <= '\u0e7f' and run[0] != '฿'
        text = hb.Buffer()
        text.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        text.add_str(run)
        text.script, text.language = ('Thai', 'th') if thai else ('Latn', 'en')
        text.direction = 'ltr'
        hb.shape(self.font, text, {'liga': False})
        return list(text.glyph_infos), list(text.glyph_positions)

    def _glyph(self, number: int, letters: tuple[int, ...]) -> Glyph:
        return Glyph(number, letters, self.names[number], self.advances[number])

    def _drawable(self, text: str) -> str:
        """What the font lacks is replaced: a paper to be kept must not hold a glyph that stands for nothing."""
        if all(ord(letter) in self.known for letter in text):
            return text
        return ''.join(letter if ord(letter) in self.known else self._instead_of(letter) for letter in text)

    def _instead_of(self, letter: str) -> str:
        """Its plain form (ễ as e), which people read more easily than a question mark."""
        plain = unicodedata.normalize('NFKD', letter)[0]
        return INSTEAD.get(letter) or (plain if ord(plain) in self.known else '?')


class Face(TTFFont):
    """The letters as one paper uses them: fpdf2 draws by it, embeds what was drawn and spoils its copy by that."""

    def __init__(self, paper: FPDF, style: str) -> None:
        letters = letters_of(style)
        super().__init__(paper, io.BytesIO(letters.bytes), f'sarabun{style}', style)  # type: ignore[arg-type]
        self.letters = letters
        self.size = 0.0  # points, for what is drawn next

    def encode_text(self, text: str) -> str:
        """The text as glyphs, each where HarfBuzz wants it."""
        ops: list[str] = []
        line = _Line(ops, self.size)
        code = self.subset.pick_glyph
        for group in self.letters.shaped(text)[0]:
            if group.said:
                line.end()
                ops.append(f'/Span<</ActualText<FEFF{group.said.encode("utf-16-be").hex()}>>>BDC')
            for placed in group.glyphs:
                line.add(code(placed.glyph) or 0, placed)
            if group.said:
                line.end()
                ops.append('EMC')
        line.end(level=True)
        return ' '.join(ops)

    def keep_only_used(self) -> None:
        """Leave of the font what was drawn; HarfBuzz is many times faster at that than what fpdf2 does next."""
        wanted = hb.SubsetInput()
        wanted.glyph_set.update({glyph.glyph_id for glyph, _ in self.subset.items() if glyph})
        wanted.unicode_set.update({0x20})
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in NOT_EMBEDDED)
        wanted.flags = hb.SubsetFlags.GLYPH_NAMES | hb.SubsetFlags.NOTDEF_OUTLINE
        left = hb.subset(self.letters.face, wanted)
        self.ttfont = TTFont(io.BytesIO(left.blob.data), recalcTimestamp=False, lazy=True)


class _Line:
    """Collects glyphs for as few operators as possible."""

    def __init__(self, ops: list[str], size: float) -> None:
        self.ops, self.size = ops, size
        self.array: list[str] = []
        self.hexes = ''
        self.lifted = 0

    def add(self, code: int, placed: Placed) -> None:
        if placed.rise != self.lifted:
            self.end()
            self._lift(placed.rise)
        if placed.step:
            self.array.append(f'<{self.hexes}>{placed.step}' if self.hexes else str(placed.step))
            self.hexes = ''
        self.hexes += f'{code:04x}'

    def end(self, *, level: bool = False) -> None:
        if self.hexes or self.array:
            self.ops.append(f'[{"".join(self.array)}<{self.hexes}>]TJ')
            self.array, self.hexes = [], ''
        if level and self.lifted:
            self._lift(0)

    def _lift(self, rise: int) -> None:
        self.lifted = rise
        self.ops.append(f'{rise * self.size / EM:.2f} Ts')


@cache
def letters_of(style: str) -> Letters:
    return Letters(style)


def _as_truetype(path: Path) -> bytes:
    """The file that the pages use as well, unpacked."""
    font = TTFont(path, recalcTimestamp=False)
    font.flavor = None
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _with_letters(run: str, infos: list[hb.GlyphInfo]) -> Iterator[tuple[hb.GlyphInfo, tuple[int, ...]]]:
    """Each glyph with the letters that it stands for; of several glyphs for the same ones the last has them all."""
    ends = [info.cluster for info in infos[1:]] + [len(run)]
    for info, end in zip(infos, ends, strict=True):
        yield info, tuple(map(ord, run[info.cluster : end]))


def _in_order(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A lifted mark is a text of its own to some readers, which sort texts from left to right: so it must not begin
    right of what follows it, be it by a hundredth of its size."""
    ordered = list(places)
    for at in range(len(places) - 2, -1, -1):
        (x, rise), (following, _) = ordered[at], ordered[at + 1]
        if rise and 0 <= x - following < UNSEEN:
            ordered[at] = (following - 1, rise)
    return ordered


def _placed(glyphs: list[Glyph], places: list[tuple[int, int]]) -> Iterator[Placed]:
    drawn = 0  # where PDF would set the next glyph by itself
    for glyph, (x, rise) in zip(glyphs, places, strict=True):
        yield Placed(glyph, drawn - x, rise)
        drawn = x + glyph.glyph_width


def _grouped(run: str, placed: list[Placed]) -> list[Group]:
    """Stacked letters together with what they say, all others as they come."""
    groups: list[Group] = []
    plain: list[Placed] = []
    waiting = iter(placed)
    at = 0
    for found in STACKED.finditer(run):
        plain += _taken(waiting, found.start() - at)
        groups += [Group(tuple(plain)), Group(tuple(_taken(waiting, len(found[0]))), together(found[0]))]
        plain, at = [], found.end()
    return [*groups, Group((*plain, *waiting))]


def _taken(waiting: Iterator[Placed], letters: int) -> list[Placed]:
    """The glyphs of so many letters."""
    taken: list[Placed] = []
    left = letters
    while left > 0 and (one := next(waiting, None)):
        taken.append(one)
        left -= len(one.glyph.unicode) if isinstance(one.glyph.unicode, tuple) else 1
    return taken
