"""What was quoted before, offered again while a name is being typed: names, kind, rate and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from htpy import Node, b, div, small, span
from tortoise.expressions import Q

from app.words import Words
from models import LineKind, QuoteLine, RateType
from pages.console.sheet import figure

MOST = 7
LOOKED_AT = 120  # of the newest lines that fit, the same thing is offered once
LEAST = 2  # signs


@dataclass(frozen=True, slots=True)
class Quoted:
    id: UUID
    kind: LineKind
    name: str
    name_th: str
    rate: Decimal
    rate_type: RateType

    @property
    def facts(self) -> dict[str, Any]:
        """What a new line takes over."""
        return {name: getattr(self, name) for name in ('kind', 'name', 'name_th', 'rate', 'rate_type')}


async def quoted_before(text: str, *, not_of: UUID) -> list[Quoted]:
    """The newest of each thing that was sent to somebody; what begins with the text comes first."""
    sought = ' '.join(text.split())[:100]
    if len(sought) < LEAST:
        return []
    fits = Q(name__icontains=sought) | Q(name_th__icontains=sought)
    lines = QuoteLine.filter(fits, quote__published__gt=0).exclude(quote_id=not_of).order_by('-id').limit(LOOKED_AT)
    found: dict[tuple[str, str], Quoted] = {}
    for line in await lines:
        found.setdefault((line.name.casefold(), line.name_th), _quoted(line))
    begins = sought.casefold()
    return sorted(found.values(), key=lambda one: not one.name.casefold().startswith(begins))[:MOST]


async def quoted_as(line_id: UUID | None) -> Quoted | None:
    """The one that was taken."""
    line = await QuoteLine.get_or_none(id=line_id, quote__published__gt=0) if line_id else None
    return _quoted(line) if line else None


def suggestion_list(w: Words, found: list[Quoted]) -> Node:
    return div('.suggestions', id='quoted-before', role='listbox', aria_label=w('editor.quoted_before'))[
        [
            div(id=f'quoted-{one.id}', role='option', aria_selected='false', data_ref=str(one.id))[
                span[b[one.name], small[one.name_th] if one.name_th and one.name_th != one.name else None],
                span('.n')[figure(one.rate), small[_per(w, one)]],
            ]
            for one in found
        ]
    ]


def _per(w: Words, one: Quoted) -> str:
    if one.kind is LineKind.MANUAL:
        return w('quotes.kind.manual')
    return w(f'editor.per_{one.rate_type.name.lower()}')


def _quoted(line: QuoteLine) -> Quoted:
    return Quoted(line.id, line.kind, line.name, line.name_th, line.rate, line.rate_type)
