"""A list as far as it is shown: its rows, how many there are in all, and the button that shows more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from htpy import Node, button, div, p
from tortoise.queryset import QuerySet

if TYPE_CHECKING:
    from app.words import Words

T = TypeVar('T')

AT_ONCE = 100  # rows; more on a press, since every change sends what is shown


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """No list ends without a word: what is not among `rows` is counted."""

    rows: tuple[T, ...]
    total: int

    @property
    def left(self) -> int:
        return max(0, self.total - len(self.rows))


async def first_of(found: QuerySet[Any], most: int) -> tuple[list[Any], int]:
    """The first records of an ordered search, and how many there are in all."""
    records = await found.limit(most)
    return records, len(records) if len(records) < most else await found.count()


def show_more(w: Words, left: int, verb: str = 'more', *, shown: int = 0) -> Node:
    """`Show more · 140 left`; nothing where all is shown. A list that can be searched says how many it shows."""
    if left <= 0:
        return None
    return div('.more')[
        p('.dim')[w('console.shown_of', shown=f'{shown:,}', total=f'{shown + left:,}')] if shown else None,
        button('.btn.ghost', type='button', data_do=verb)[
            w('console.show_more'), ' · ', w('console.left', count=f'{left:,}')
        ],
    ]


def show_older(w: Words, verb: str = 'more') -> Node:
    """`Show more`, where nobody has counted how many are left."""
    return div('.more')[button('.btn.ghost', type='button', data_do=verb)[w('console.show_more')]]
