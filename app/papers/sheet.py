"""The one A4 sheet that every paper is set on: head, parties, table, totals, words, QR, signatures, page x of y."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PIL import Image

from app.papers.amount_in_words import in_words
from app.papers.colours import ALARM, QUIET
from app.papers.labels import Labels, money
from app.papers.layout import Layout, Piece
from app.papers.paging import (
    BOLD,
    BOTTOM,
    INSET,
    LEFT,
    RIGHT,
    SMALL,
    TEXT,
    TINY,
    TOP,
    WIDTH,
    Pages,
    Pair,
    Said,
    shortened,
)
from app.papers.pen import About, Ink
from app.papers.thai import lines

__all__ = [
    'BOLD', 'BOTTOM', 'INSET', 'LEFT', 'QR_SIDE', 'RIGHT', 'SMALL', 'TEXT', 'TINY', 'WIDTH', 'Fact', 'Pair', 'Said',
    'Sheet', 'Signer', 'Sum', 'identity', 'shortened',
]  # fmt: skip

ABOVE_LINE, UNDER_LINE = 19.0, 17.0  # the room for a signature, and for who signs where
LOGO_BOX = (52.0, 17.0)
QR_SIDE = 42.0  # with its quiet zone; the code itself then measures 35 mm and more
NAME = Ink(11, 'B')
SUBTITLE = Ink(10.5, '', QUIET)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the head: เลขที่ · No. — QT-2026-0042."""

    label: Pair
    value: Pair | str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the totals. `weight`: 0 plain, 1 the sum of what is above, 2 the one that counts."""

    label: Pair
    amount: Decimal
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Signer:
    """A place to sign: under the line whose it is, and what is already there."""

    label: Pair
    name: str = ''
    date: Pair | str = ''
    typed: str = ''
    strokes: Sequence[Sequence[tuple[float, float]]] = ()  # each point within 0…1 of a box three times as wide as high


class Sheet(Pages):
    """Blocks are set one after the other from the top."""

    def __init__(
        self,
        labels: Labels,
        firm: dict[str, Any],
        about: About,
        *,
        logo: bytes | None,
        number: str,
        layout: Layout | None = None,
    ) -> None:
        super().__init__(labels, firm, about, number=number, layout=layout)
        self.logo = logo

    def head(self, title: Pair, facts: Iterable[Fact], *, mark: Pair | None = None, second: Ink = SUBTITLE) -> None:
        """Who issues it (left), what it is, its number and days (right). `mark`: ต้นฉบับ · Original."""
        self.title = title
        left = self._issuer()
        right = self._named(title, mark, second)
        self.y = right + 2.5
        for fact in facts:
            self._fact(fact)
        self.y = max(left, self.y) + self.gap(3.5)
        self.rule(self.tint.strong, 0.55)
        self.y += self.gap(6.0)

    def parties(self, *columns: tuple[Pair, Sequence[Said]]) -> None:
        """Beside each other, each under its label: whom it is for, what it is about; the first has the most room."""
        gap = 8.0
        share = (WIDTH - gap * (len(columns) - 1)) / (len(columns) + 0.4)
        top, lowest, x = self.y, self.y, LEFT - gap
        for at, (label, said) in enumerate(columns):
            self.y = top
            x, width = x + gap, share * (1.0 if at else 1.4)
            with self.tag('P'):
                self.label(x, label)
                self.y += 1.0
                self.say(said, x, width)
            x, lowest = x + width, max(lowest, self.y)
        self.y = lowest + self.gap(4.5)

    def totals(self, sums: Sequence[Sum], *, in_words_of: Decimal | None = None, beside: Sequence[Said] = ()) -> None:
        """The sums at the right, one below the other; at the left one of them in words and what else is said."""
        wide = 86.0
        height = sum(_height_of(one) for one in sums) + 2
        words = self._words(in_words_of, WIDTH - wide - 10)
        self.room(max(height, _tall(words) + 8), Piece.ENDING)
        top = self.y
        with self.tag('P'):
            for one in sums:
                self._sum(one, RIGHT - wide, wide)
        below, self.y = self.y, top + 1.5
        with self.tag('P'):
            if words:
                self.label(LEFT, self.labels('sheet.in_words'))
                self.y += 1.0
                self.say(words, LEFT, WIDTH - wide - 10)
                self.y += 3.0
            self.say(beside, LEFT, WIDTH - wide - 10)
        self.y = max(self.y, below) + self.gap(5.0)

    def qr(self, payload: str, caption: Sequence[Said], *, alt: str) -> None:
        """A code to be scanned, black on white, with what it is for beside it."""
        self.room(QR_SIDE + 4, Piece.ENDING)
        top = self.y
        with self.tag('Figure', alt):
            self.code(LEFT, top, QR_SIDE, payload)
        self.y = top + 4.0
        with self.tag('P'):
            self.say(caption, LEFT + QR_SIDE + 6, WIDTH - QR_SIDE - 6)
        self.y = max(self.y, top + QR_SIDE) + self.gap(4.0)

    def note(self, label: Pair, text: str, *, ink: Ink = TEXT, second: str = '') -> None:
        """A text under its label, over as many pages as it needs; `second` says it in the other language, quietly."""
        if not (text.strip() or second.strip()):
            return
        self.room(5.0 + 2 * ink.leading, Piece.NOTE)
        with self.tag('H2'):
            self.label(LEFT, label)
        self.y += 1.0
        self.flow(text, ink)
        self.y += 1.2 if text.strip() and second.strip() else 0.0
        self.flow(second, Ink(ink.size - 0.8, '', QUIET))
        self.y += self.gap(4.0)

    def signatures(self, *signers: Signer) -> None:
        """Places to sign, beside each other and never torn from each other."""
        gap = 14.0
        width = (WIDTH - gap * (len(signers) - 1)) / len(signers)
        names = max(len(lines(signer.name, width, TEXT.width)) for signer in signers)
        under = UNDER_LINE + (names - 1) * TEXT.leading
        above = self._above_line(signers, under)
        self.room(above + under, Piece.ENDING)
        top, lowest = self.y, self.y
        for at, signer in enumerate(signers):
            self.y = top
            self._signer(signer, LEFT + at * (width + gap), width, above)
            lowest = max(lowest, self.y)
        self.y = lowest + 4.0

    def _issuer(self) -> float:
        width = 97.0
        self.y = TOP
        if self.logo and (box := _fitted(self.logo, LOGO_BOX[0], 13.0 if self.layout.close else LOGO_BOX[1])):
            with self.tag('Figure', self.labels.pick(self.text_of('name'), self.text_of('name_th'))[0]):
                self.add('picture', (LEFT, self.y, *box), self.logo)
            self.y += box[1] + 2.5
        name, other = self.labels.pick(self.text_of('name'), self.text_of('name_th'))
        address, other_address = self.labels.pick(self.text_of('address'), self.text_of('address_th'))
        reach = '   '.join(filter(None, (self.text_of('phone'), self.text_of('email'), self.text_of('website'))))
        with self.tag('P'):
            self.say(
                [
                    Said(name, NAME),
                    Said(other, SMALL),
                    Said(address, Ink(8.4)),
                    Said(other_address, TINY),
                    Said(self._identity(), Ink(8.4)),
                    Said(reach, SMALL),
                ],
                LEFT,
                width,
            )
        return self.y

    def _identity(self) -> str:
        return identity(
            self.labels, self.text_of('tax_id'), self.text_of('branch') if self.firm.get('vat_registered') else ''
        )

    def _named(self, title: Pair, mark: Pair | None, second: Ink) -> float:
        wide = 76.0
        box = (RIGHT - wide, wide)
        self.y = TOP - 1.5
        big = next(
            (ink for size in (21, 19, 17, 15.5, 14) if (ink := Ink(size, 'B', self.tint.text)).width(title[0]) <= wide),
            Ink(13, 'B', self.tint.text),
        )
        with self.tag('H1'):
            self.say([Said(title[0], big), Said(title[1], second)], *box, align='R')
            if mark:
                self.y += Ink(8.5).leading
                self.two(RIGHT, self.y - 1.2, mark, Ink(8.5, 'B'), TINY, align='R')
        if self.cancelled:
            what, since = self.cancelled
            with self.tag('P'):
                self.say(
                    [Said('  '.join(what), Ink(12, 'B', ALARM)), Said(since[0], Ink(8, '', ALARM))], *box, align='R'
                )
                self.say([Said(since[1], Ink(7.2, '', ALARM))], *box, align='R')
        return self.y

    def _fact(self, fact: Fact) -> None:
        x = RIGHT - 76.0
        value, second = (fact.value, '') if isinstance(fact.value, str) else fact.value
        look = Ink(10, 'B') if fact.strong else TEXT
        with self.tag('P'):
            self.y += TEXT.leading + 0.4
            self.two(x, self.y - 1.2, fact.label, SMALL, TINY)
            self.add('write_at', RIGHT, self.y - 1.2, value, look, 'R')
            if second:
                self.y += TINY.leading
                self.add('write_at', RIGHT, self.y - 1.2, second, TINY, 'R')

    def _words(self, amount: Decimal | None, width: float) -> list[Said]:
        if amount is None:
            return []
        first, second = (in_words(amount, language) for language in (self.labels.first, self.labels.second))
        inks = ((Said(first, BOLD)), Said(second, SMALL))
        return [Said('\n'.join(lines(one.text, width, one.ink.width)), one.ink) for one in inks]

    def _sum(self, one: Sum, x: float, wide: float) -> None:
        height = _height_of(one)
        if one.weight == 2:
            self.add('area', (x - 3, self.y, wide + 3, height), self.tint.soft, 1.2)
        elif one.weight == 1:
            self.rule(x=x)
        look = {0: TEXT, 1: BOLD, 2: Ink(11.5, 'B', self.tint.text)}[one.weight]
        base = self.y + height / 2 + look.size * 0.12 + (0.4 if one.weight == 1 else 0.0)
        self.two(x, base, one.label, Ink(min(look.size, 10), look.style, look.colour), TINY)
        self.add('write_at', RIGHT - INSET, base, money(one.amount), look, 'R')
        self.y += height

    def _above_line(self, signers: Iterable[Signer], under: float) -> float:
        """Rather less room to sign in than a page with nothing else on it; what is signed already needs all."""
        empty = not any(one.strokes or one.typed for one in signers)
        left = BOTTOM - under - self.y
        return left if empty and 8.0 <= left < ABOVE_LINE else ABOVE_LINE

    def _signer(self, signer: Signer, x: float, width: float, above: float) -> None:
        line = self.y + above
        with self.tag('Figure' if signer.strokes else 'P', signer.name or signer.label[0]):
            if signer.strokes:
                high = min(17.0, width / 3)
                left = x + (width - 3 * high) / 2
                self.add(
                    'strokes',
                    [
                        [(left + 3 * high * px, line - high + high * py) for px, py in stroke]
                        for stroke in signer.strokes
                    ],
                    (20, 33, 84),
                    0.45,
                )
            elif signer.typed:
                size = next((s for s in (20, 17, 14, 11) if Ink(s, 'I').width(signer.typed) <= width), 9)
                self.add('write_at', x + width / 2, line - 3, signer.typed, Ink(size, 'I', (20, 33, 84)), 'C')
            self.add('rule', (x, line), (x + width, line), QUIET, 0.2)
            self.y = line + 1.0
            name = signer.name or f'({" " * 60})'
            self.say([Said(name, TEXT)], x, width, align='C')
            self.y += TEXT.leading
            self.two(x + width / 2, self.y - 1.2, signer.label, SMALL, TINY, align='C')
            self.y += TEXT.leading
            date = signer.date or self.labels('sheet.date_line')
            self.two(x + width / 2, self.y - 1.2, (date, '') if isinstance(date, str) else date, SMALL, TINY, align='C')


def identity(labels: Labels, tax_id: str, branch: str) -> str:
    """Who a seller or buyer is to the tax office, always in Thai too: เลขประจำตัวผู้เสียภาษี 0105540087061 สำนักงานใหญ่."""
    if not tax_id:
        return ''
    told = [f'{_of_both(labels("sheet.tax_id", tax_id=""))} {tax_id}']
    if branch:
        place = labels('sheet.head_office') if branch == '00000' else labels('sheet.branch', branch=branch)
        told.append(_of_both(place))
    return '   '.join(told)


def _of_both(pair: Pair) -> str:
    return ' / '.join(one.strip() for one in pair if one.strip())


def _height_of(one: Sum) -> float:
    return (5.6, 7.4, 9.0)[one.weight]


def _tall(said: Iterable[Said]) -> float:
    return sum(one.ink.leading * (one.text.count('\n') + 1) for one in said)


def _fitted(logo: bytes, most_wide: float, most_high: float) -> tuple[float, float] | None:
    """How large a logo stands, or None if it is no picture that can be printed."""
    try:
        with Image.open(io.BytesIO(logo)) as picture:
            picture.load()
            wide, high = picture.size
    except (OSError, ValueError):
        return None
    scale = min(most_wide / wide, most_high / high)
    return wide * scale, high * scale
