"""The fields of a quote as text: how each is written into the editor, and how what was typed into it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from models import DiscountKind, LineEntry, LineKind, QuoteEntry, RateType, Refused, Withholding
from models.line import MOST_DURATION, MOST_QUANTITY
from models.money import LARGEST, ZERO
from pages.parts.typed import amount_typed, day_typed, quantity_typed, written

LONGEST_NAME, LONGEST_NOTE = 300, 10_000
KINDS = (LineKind.EQUIPMENT, LineKind.KIT, LineKind.MANUAL)
TICKED = 'yes'


@dataclass(frozen=True, slots=True)
class Way:
    """How one field becomes text and comes back from it; reading raises Refused."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _text(longest: int) -> Way:
    return Way(str, lambda typed: typed[:longest])


def _one_of(names: Any) -> Way:
    def read(typed: str) -> Any:
        if typed not in names.__members__:
            raise Refused('record_gone')
        return names[typed]

    return Way(lambda value: value.name, read)


def _amount(amount: Decimal) -> str:
    return written(amount) if amount else ''


def _number(most: Decimal) -> Way:
    def read(typed: str) -> Decimal:
        number = quantity_typed(typed)
        if number > most:
            raise Refused('number_too_large', typed=typed.strip()[:40])
        return number

    return Way(lambda number: f'{number.normalize():f}', read)


DAY = Way(lambda day: day.isoformat(), day_typed)
DAY_OR_NONE = Way(lambda day: day.isoformat() if day else '', lambda typed: day_typed(typed) if typed.strip() else None)
AMOUNT = Way(_amount, lambda typed: amount_typed(typed, empty=ZERO))
NAME, NOTE = _text(LONGEST_NAME), _text(LONGEST_NOTE)

HEAD: dict[str, Way] = {
    'title': NAME,
    'title_th': NAME,
    'job_start': DAY,
    'job_end': DAY,
    'expires_on': DAY_OR_NONE,
    'deposit': AMOUNT,
    'discount_kind': _one_of(DiscountKind),
    'discount_value': AMOUNT,
    'customer_notes': NOTE,
    'internal_notes': NOTE,
}
LINE: dict[str, Way] = {
    'kind': _one_of(LineKind),
    'name': NAME,
    'name_th': NAME,
    'quantity': _number(MOST_QUANTITY),
    'duration': _number(MOST_DURATION),
    'rate': AMOUNT,
    'rate_type': _one_of(RateType),
    'withholding': _one_of(Withholding),
    'optional': Way(lambda ticked: TICKED if ticked else '', lambda typed: typed == TICKED),
}


def path_of(line_id: UUID, field: str) -> str:
    return f'line.{line_id}.{field}'


def split(path: str) -> tuple[UUID | None, str]:
    """The line (None: the quote itself) and the field that a path names. Raises Refused for what is no path."""
    if path in HEAD:
        return None, path
    parts = path.split('.')
    if len(parts) != 3 or parts[0] != 'line' or parts[2] not in LINE:
        raise Refused('record_gone')
    try:
        return UUID(parts[1]), parts[2]
    except ValueError:
        raise Refused('record_gone') from None


def texts(entry: QuoteEntry) -> Iterator[tuple[str, str]]:
    """Every field of the quote as it stands in the editor when nobody is typing in it."""
    for name, way in HEAD.items():
        yield name, way.write(getattr(entry, name))
    for line in entry.lines:
        yield from _line_texts(line)


@lru_cache(maxsize=4096)
def _line_texts(line: LineEntry) -> tuple[tuple[str, str], ...]:
    # Of two hundred lines one is another after a keystroke.
    assert line.id is not None
    return tuple((path_of(line.id, name), way.write(value_of(line, name))) for name, way in LINE.items())


def value_of(line: LineEntry, field: str) -> Any:
    """Of a line whose withholding nobody chose, that of its kind."""
    return line.columns['withholding'] if field == 'withholding' else getattr(line, field)


def read_into_line(line: LineEntry, field: str, typed: str) -> LineEntry:
    """The line with this field as typed. Raises Refused for what cannot be read or is beyond all amounts."""
    if field == 'withholding':
        chosen = LINE[field].read(typed)
        usual = replace(line, withholding=None).columns['withholding']
        return replace(line, withholding=None if chosen is usual else chosen)
    changed: dict[str, Any] = {field: LINE[field].read(typed)}
    if field == 'kind' and changed['kind'] is LineKind.MANUAL:
        changed |= {'duration': Decimal(1), 'rate_type': RateType.DAILY}
    after = replace(line, **changed)
    if field in ('quantity', 'duration', 'rate') and abs(after.amount) > LARGEST:
        raise Refused('number_too_large', typed=typed.strip()[:40])
    return after


def blank(line: LineEntry) -> bool:
    """A line in which nobody has written anything yet."""
    return not (line.name.strip() or line.name_th.strip() or line.rate) and line.quantity == 1


def same(path: str, one: str, other: str) -> bool:
    """Whether two texts of a field say the same: 2,500 and 2,500.00."""
    line_id, name = split(path)
    way = HEAD[name] if line_id is None else LINE[name]
    try:
        return bool(way.read(one) == way.read(other))
    except Refused:
        return one == other
