"""A list of the portal that can be long: what of it is sought (a number, a year, a kind), and as much as is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeVar

from htpy import Node, button, div, h1, input, label, p, span
from tortoise.functions import Max, Min
from tortoise.queryset import QuerySet

from app.live import Live
from models import Grant, fold
from pages.parts.table import LiveRegion
from pages.portal.pieces import empty
from pages.portal.reader import Reader
from pages.theme import icon

T = TypeVar('T')

AT_ONCE = 50  # rows; a phone's page stays light, and a change of one row sends no more than this
MANY = 8  # rows from which on a list is worth searching
LONGEST = 40  # signs of a search


@dataclass(frozen=True, slots=True)
class Sought:
    """What the reader looks for; it is part of the name of the live view, so it is small and checked."""

    text: str = ''
    year: int | None = None
    kind: str = ''
    most: int = AT_ONCE

    @property
    def anything(self) -> bool:
        return bool(self.text or self.year or self.kind)

    def within(self, found: QuerySet[Any], column: str) -> QuerySet[Any]:
        """Only what stands in the year and has every sought word in `column`."""
        if self.year:
            found = found.filter(issued_on__gte=date(self.year, 1, 1), issued_on__lte=date(self.year, 12, 31))
        for word in fold(self.text).split():
            found = found.filter(**{column: word})
        return found


@dataclass(frozen=True, slots=True)
class Filed(Generic[T]):
    """The rows that are shown, how many more there are, and by which years and kinds the whole can be cut."""

    rows: tuple[T, ...]
    left: int = 0
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    many: bool = field(default=False)


async def filed(
    whole: QuerySet[Any], found: QuerySet[Any], sought: Sought, kinds: Sequence[str], of: Callable[[Any], T]
) -> Filed[T]:
    """The first of what was found, in a fixed number of queries however much there is."""
    records = await found.limit(sought.most)
    total = len(records) if len(records) < sought.most else await found.count()
    [(first, last)] = await whole.annotate(first=Min('issued_on'), last=Max('issued_on')).values_list('first', 'last')
    years = tuple(range(last.year, first.year - 1, -1)) if first and last else ()
    many = sought.anything or total > MANY
    return Filed(tuple(of(record) for record in records), total - len(records), years, tuple(kinds), many)


class Filing(Generic[T]):
    """The view: one region that follows what is sought. `holds` is asked at every tap, since a link may have ended."""

    def __init__(
        self,
        reader: Reader,
        grant: Grant,
        view: Callable[[Grant, Sought], Live[Filed[T]]],
        draw: Callable[[Reader, Filed[T], Sought], Node],
        *,
        ended: Callable[[], Awaitable[bool]],
        act: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.reader, self.grant, self.view, self.draw, self.ended = reader, grant, view, draw, ended
        self.act = act
        self.sought = Sought()
        self.known: Filed[T] = Filed(())

    async def open(self) -> None:
        self.shown: LiveRegion[Filed[T]] = LiveRegion(self._drawn, self._act)
        await self._follow()

    async def _follow(self) -> None:
        await self.shown.follow(self.view(self.grant, self.sought))

    def _drawn(self, value: Filed[T]) -> Node:
        self.known = value
        return self.draw(self.reader, value, self.sought)

    async def _act(self, verb: str, reference: str) -> None:
        sought = self._after(verb, reference)
        if sought is None:
            await self.act(verb, reference)  # what is done with one of the rows
        if sought is None or sought == self.sought or await self.ended():
            return
        self.sought = sought
        if not self.shown.region.is_deleted:
            await self._follow()

    def _after(self, verb: str, reference: str) -> Sought | None:
        """What is sought after this tap; None for what nobody can have tapped."""
        now_, known = self.sought, self.known
        if verb == 'find':
            return replace(now_, text=' '.join(reference[:LONGEST].split()), most=AT_ONCE)
        if verb == 'year' and (not reference or reference in {str(year) for year in known.years}):
            return replace(now_, year=int(reference) if reference else None, most=AT_ONCE)
        if verb == 'kind' and reference in ('', *known.kinds):
            return replace(now_, kind=reference, most=AT_ONCE)
        if verb == 'more' and known.left:
            return replace(now_, most=now_.most + AT_ONCE)
        return Sought() if verb == 'everything' else None


def listed(
    r: Reader, title: str, found: Filed[Any], sought: Sought, kind_words: Callable[[str], str], *rows: Node
) -> Node:
    """The heading, the ways to cut the list where it is long, the rows, and the rest."""
    more = r.w('money.filing.more', count=found.left)
    return [
        h1[title],
        _ways(r, found, sought, kind_words),
        rows if found.rows else _nothing(r),
        button('.btn.ghost.more', type='button', data_do='more')[more] if found.left else None,
    ]


def _ways(r: Reader, found: Filed[Any], sought: Sought, kind_words: Callable[[str], str]) -> Node:
    if not (found.many or sought.anything):
        return None
    w = r.w
    years = [('', w('money.filing.all_years')), *((str(year), year_words(r, year)) for year in found.years)]
    kinds = [('', w('money.filing.all_kinds')), *((kind, kind_words(kind)) for kind in found.kinds)]
    return div('.filing')[
        label('.find')[
            icon('search'),
            span('.unseen')[w('money.filing.find')],
            input(
                type='search',
                value=sought.text,
                data_find='find',
                placeholder=w('money.filing.find'),
                autocomplete='off',
                maxlength=str(LONGEST),
                enterkeyhint='search',
            ),
        ],
        _chips('year', years, str(sought.year or ''), w('money.filing.year')) if len(found.years) > 1 else None,
        _chips('kind', kinds, sought.kind, w('money.filing.kind')) if len(found.kinds) > 1 else None,
    ]


def _chips(verb: str, options: list[tuple[str, str]], chosen: str, name: str) -> Node:
    return div('.cuts', role='group', aria_label=name)[
        [
            button('.cut', type='button', data_do=verb, data_ref=key, aria_pressed=str(key == chosen).lower())[text]
            for key, text in options
        ]
    ]


def _nothing(r: Reader) -> Node:
    return [
        empty('search', r.w('money.filing.nothing'), r.w('money.filing.nothing_text')),
        p('.centred')[button('.btn.ghost', type='button', data_do='everything')[r.w('money.filing.everything')]],
    ]


def year_words(r: Reader, year: int) -> str:
    """Buddhist era in Thai."""
    return str(year + 543 if r.language == 'th' else year)
