"""Thai on paper: text made fit for a font, cut into lines at the ends of words, and sara am kept readable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from newmm_tokenizer.newmm import segment

# HarfBuzz draws sara am (ำ) as two glyphs, of which the second would have no letter to be read back as. So it is
# written apart before it is drawn: the drawing is the same, and every glyph stands for a letter of its own. What was
# typed stands beside the glyphs for readers that know of it (most do); from others `together` makes it whole.
SARA_AM = re.compile('([\u0e48-\u0e4b]?)\u0e33')
SARA_AM_APART = re.compile('\u0e4d([\u0e48-\u0e4b]?)\u0e32')

RUN = re.compile('[\u0e00-\u0e3e\u0e40-\u0e7f]+|[^\u0e00-\u0e3e\u0e40-\u0e7f]+')  # ฿ goes with figures
WORD = re.compile(r'\S*?[-/]+(?=[A-Za-z]{3})|\S+\s*|\s+')
COUNT = re.compile(r'\d[\d,.]* ')  # stays with what is counted: 4 ก้อน
UNSEEN = re.compile('[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]|[\x00-\x08\x0b-\x1f\x7f-\x9f]')
NEVER_FIRST = frozenset('ๆฯ)]}%.,:;!?”’»…')
THAI = re.compile('[\u0e01-\u0e4e]')
LONE = re.compile('[ก-ฮ]\u0e4c?')  # no word by itself, unless a space follows
LETTER = re.compile(
    '[เ-ไ]?[^\u0e31\u0e33-\u0e3a\u0e47-\u0e4e][\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0e30\u0e32\u0e45]*|.', re.S
)

Measure = Callable[[str], float]


def apart(text: str) -> str:
    """As it is drawn: sara am in its two parts, a tone mark between them."""
    return SARA_AM.sub('\u0e4d\\1\u0e32', text)


def together(text: str) -> str:
    """As people type it: what a reader takes out of a paper, with sara am whole again."""
    return SARA_AM_APART.sub('\\1\u0e33', text)


def clean(text: str) -> str:
    """Without what has no form on paper: controls, zero-width spaces, marks of direction."""
    return UNSEEN.sub('', unicodedata.normalize('NFC', text.replace('\r\n', '\n').replace('\t', ' ')))


def lines(text: str, width: float, measure: Measure) -> list[str]:
    """The text in lines no wider than `width`, cut at ends of words and, where a word is too long, between letters."""
    return [line for paragraph in clean(text).split('\n') for line in _filled(pieces(paragraph), width, measure)]


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[str, ...]:
    """What may not be cut: words with the space and the marks that follow them. Joined they are the text again."""
    found: list[str] = []
    for run in RUN.findall(text):
        for piece in segment(run, safe_mode=True) if '\u0e00' <= run[0] <= '\u0e7f' else WORD.findall(run):
            if found and (
                piece[0] in NEVER_FIRST or piece[0].isspace() or COUNT.fullmatch(found[-1]) or _torn(found[-1], piece)
            ):
                found[-1] += piece
            else:
                found.append(piece)
    return tuple(found)


def _torn(one: str, other: str) -> bool:
    """Whether a foreign name that no dictionary knows was parted within a syllable: กริ|ป."""
    touching = THAI.fullmatch(one[-1]) and THAI.fullmatch(other[0])
    return bool(touching and (LONE.fullmatch(one) or LONE.fullmatch(other.rstrip())))


def _filled(words: Iterable[str], width: float, measure: Measure) -> list[str]:
    done: list[str] = []
    line, used = '', 0.0
    for word in words:
        wide = measure(word.rstrip())
        if line and used + wide > width:
            done.append(line.rstrip())
            line, used = '', 0.0
        if wide > width:
            *whole, word = _cut(word, width, measure)  # noqa: PLW2901  (what is left of it opens the next line)
            done += whole
        line += word
        used += measure(word)
    return [*done, line.rstrip()]


def _cut(word: str, width: float, measure: Measure) -> list[str]:
    """A word that no line can hold, between letters; vowels and tone marks stay with their consonant."""
    parts = ['']
    used = 0.0
    for letter in LETTER.findall(word):
        wide = measure(letter)
        if parts[-1] and used + wide > width:
            parts.append('')
            used = 0.0
        parts[-1] += letter
        used += wide
    return parts
