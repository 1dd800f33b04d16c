"""The letters of a paper: Sarabun, each text shaped by HarfBuzz once, embedded as the few glyphs that were used."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb
from fontTools.ttLib import TTFont
from fpdf.fonts import Glyph, TTFFont

from app.papers.thai import RUN, apart

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parents[2] / 'assets' / 'fonts'
FILES = {'': 'sarabun-400.woff2', 'B': 'sarabun-700.woff2', 'I': 'sarabun-400-italic.woff2'}
EM = 1000  # units of Sarabun, and of PDF's own widths
# What a shaped text needs no more once it stands as glyphs.
NOT_EMBEDDED = ('GSUB', 'GPOS', 'GDEF', 'gasp')
INSTEAD = {'→': '->', '←': '<-', '≥': '>=', '≤': '<=', '✓': 'v', '☐': '[ ]', '‑': '-', '‐': '-', '\u2007': ' '}


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph after a move of `step` (to the left, as PDF counts) and lifted by `rise`, both in units of the em."""

    glyph: Glyph
    step: int
    rise: int


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

    def _shaped(self, text: str) -> tuple[tuple[Placed, ...], int]:
        placed: list[Placed] = []
        pen = drawn = 0  # where the next glyph belongs, and where PDF would set it
        for run in RUN.findall(self._drawable(apart(text))):
            thai = '\u0e00' <= run[0] <= '\u0e7f' and run[0] != '฿'
            infos, positions = self._shape(run, 'Thai' if thai else 'Latn')
            stands_for = _clusters(run, [info.cluster for info in infos])
            for info, position, letters in zip(infos, positions, stands_for, strict=True):
                advance = self.advances[info.codepoint]
                glyph = Glyph(info.codepoint, letters, self.names[info.codepoint], advance)
                placed.append(Placed(glyph, drawn - (pen + position.x_offset), position.y_offset))
                drawn = pen + position.x_offset + advance
                pen += position.x_advance
        return tuple(placed), pen

    def _shape(self, run: str, script: str) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
        text = hb.Buffer()
        text.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        text.add_str(run)
        text.script = script
        text.direction = 'ltr'
        text.language = 'th' if script == 'Thai' else 'en'
        hb.shape(self.font, text, {'liga': False})
        return list(text.glyph_infos), list(text.glyph_positions)

    def _drawable(self, text: str) -> str:
        """What the font lacks is replaced: a paper to be kept must not hold a glyph that stands for nothing."""
        if all(ord(letter) in self.known for letter in text):
            return text
        return ''.join(letter if ord(letter) in self.known else INSTEAD.get(letter, '?') for letter in text)


class Face(TTFFont):
    """The letters as one paper uses them: fpdf2 draws by it, embeds what was drawn and spoils its copy by that."""

    def __init__(self, paper: FPDF, style: str) -> None:
        letters = letters_of(style)
        super().__init__(paper, io.BytesIO(letters.bytes), f'sarabun{style}', style)  # type: ignore[arg-type]
        self.letters = letters
        self.size = 0.0  # points, for what is drawn next

    def encode_text(self, text: str) -> str:
        """The text as glyphs, each where HarfBuzz wants it."""
        code = self.subset.pick_glyph
        ops: list[str] = []
        array: list[str] = []
        hexes = ''
        lifted = 0
        for placed in self.letters.shaped(text)[0]:
            if placed.rise != lifted:
                ops.append(f'[{"".join(array)}<{hexes}>]TJ {placed.rise * self.size / EM:.2f} Ts')
                array, hexes, lifted = [], '', placed.rise
            if placed.step:
                array.append(f'<{hexes}>{placed.step}' if hexes else f'{placed.step}')
                hexes = ''
            hexes += f'{code(placed.glyph):04x}'
        ops.append(f'[{"".join(array)}<{hexes}>]TJ{" 0 Ts" if lifted else ""}')
        return ' '.join(ops)

    @property
    def used(self) -> bool:
        return self.size > 0

    def keep_only_used(self) -> None:
        """Leave of the font what was drawn; HarfBuzz is many times faster at that than what fpdf2 does next."""
        wanted = hb.SubsetInput()
        wanted.glyph_set.update({glyph.glyph_id for glyph, _ in self.subset.items() if glyph})
        wanted.unicode_set.update({0x20})
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in NOT_EMBEDDED)
        wanted.flags = hb.SubsetFlags.GLYPH_NAMES | hb.SubsetFlags.NOTDEF_OUTLINE
        left = hb.subset(self.letters.face, wanted)
        self.ttfont = TTFont(io.BytesIO(left.blob.data), recalcTimestamp=False, lazy=True)


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


def _clusters(run: str, starts: list[int]) -> list[tuple[int, ...]]:
    """For each glyph the letters that it stands for; of several glyphs of one cluster the first stands for all."""
    ends = [*starts[1:], len(run)]
    return [tuple(map(ord, run[start:end])) for start, end in zip(starts, ends, strict=True)]
