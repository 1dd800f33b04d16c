"""The delivery manifest that goes along with the equipment: what, where to, with whom, and who took it over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.papers.colours import RULE
from app.papers.labels import Labels, number
from app.papers.parties import Block, rental
from app.papers.pen import Ink
from app.papers.sheet import BOLD, BOTTOM, RIGHT, SMALL, TEXT, TINY, Fact, Said, Sheet, Signer
from app.papers.table import Column, Row, Table

CODE = 25.0  # the side of the code of the job's number
OVERLEAF = 236.0  # the room for equipment on a page after the first
BELOW = 50.0  # what stands under the equipment: the request to check it, and where it is signed
TO_FILL = Said('_____', Ink(9, '', RULE))  # how many, by hand
BY_HAND = '_' * 20  # what nobody knew yet when the paper was made
NO_PARTY: Block = (('', ''), [])
Lines = list[dict[str, Any]]


def set_manifest(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels = sheet.labels
    sheet.head(labels('manifest.title'), _facts(labels, frozen))
    _code(sheet, frozen['number'])
    sheet.parties(_customer(labels, frozen), rental(labels, frozen, 'start_on', 'end_on'), NO_PARTY)
    sheet.parties(*_places(labels, frozen))
    _equipment(sheet, [line for line in frozen['lines'] if not _is_work(line)])
    first, second = labels('manifest.checked')
    sheet.note(labels('sheet.notes'), first, ink=SMALL, second=second)
    sheet.signatures(Signer(labels('sign.goods_from'), name=frozen['driver_name']), Signer(labels('sign.goods_to')))


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('manifest.job'), frozen['number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))


def _code(sheet: Sheet, job: str) -> None:
    """At the right, for whoever scans the paper in the warehouse."""
    with sheet.tag('Figure', sheet.labels('manifest.alt', number=job)[0]):
        sheet.code(RIGHT - CODE, sheet.y - 3.0, CODE, job)


def _customer(labels: Labels, frozen: dict[str, Any]) -> Block:
    """Who rents and whom to call; where the equipment goes stands below."""
    first, second = labels.pick(frozen['customer']['name'], frozen['customer']['name_th'])
    return labels('sheet.customer'), [
        Said(first, BOLD),
        Said(second, SMALL),
        Said(frozen['contact']),
        Said(frozen['contact_phone']),
    ]


def _places(labels: Labels, frozen: dict[str, Any]) -> list[Block]:
    """Where to, whom to ask for there, and who brings it."""
    place = frozen['delivery_address'] or frozen['customer']['address']
    there = [frozen['site_contact']] if frozen['site_contact'] else [frozen['contact'], frozen['contact_phone']]
    driver = [frozen[name] for name in ('driver_name', 'driver_phone', 'vehicle')]
    return [
        (labels('manifest.place'), [Said(place or BY_HAND)]),
        (labels('manifest.site_contact'), [Said(one) for one in there]),
        (labels('manifest.driver'), [Said(one or BY_HAND) for one in driver]),
    ]


def _equipment(sheet: Sheet, lines: Lines) -> None:
    """On as few pages as can be: one below the other, else two beside each other, else these in one language."""
    room = BOTTOM - sheet.gap(BELOW) - sheet.y
    ways = [_roomy(sheet, lines), _dense(sheet, lines, both=True), _dense(sheet, lines, both=False)]
    high = [table.height(rows) for table, rows in ways]
    while min(high) > room:
        room += OVERLEAF
    table, rows = next(way for way, height in zip(ways, high, strict=True) if height <= room)
    table.set(rows)


def _roomy(sheet: Sheet, lines: Lines) -> tuple[Table, list[Row]]:
    labels = sheet.labels
    columns = [
        Column(('', ''), 8, 'C'),
        Column(labels('manifest.equipment'), 84),
        Column(labels('sheet.quantity'), 18, 'R'),
        Column(labels('manifest.delivered'), 18, 'C'),
        Column(labels('manifest.returned'), 18, 'C'),
        Column(labels('manifest.remarks'), 32),
    ]
    rows = [Row((*_thing(labels, at, line, TEXT, both=True), [])) for at, line in enumerate(lines, 1)]
    return Table(sheet, columns, carried=False), rows


def _dense(sheet: Sheet, lines: Lines, *, both: bool) -> tuple[Table, list[Row]]:
    labels, ink = sheet.labels, TEXT if both else Ink(8)
    half = [
        Column(('', ''), 8, 'C'),
        Column(labels('manifest.equipment'), 42 if both else 55),
        Column(labels('sheet.quantity'), 13, 'R'),
        Column(labels('manifest.delivered'), 13, 'C'),
        *([Column(labels('manifest.returned'), 13, 'C')] if both else []),
    ]
    cells = [_thing(labels, at, line, ink, both=both)[: len(half)] for at, line in enumerate(lines, 1)]
    cells += [([],) * len(half)] * (len(cells) % 2)  # nothing beside the last one
    rows = [Row((*left, *right)) for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return Table(sheet, [*half, *half], carried=False), rows


def _thing(labels: Labels, at: int, line: dict[str, Any], ink: Ink, *, both: bool) -> tuple[list[Said], ...]:
    first, second = labels.pick(line['name'], line['name_th'])
    names = [Said(first, ink), *([Said(second, TINY)] if both else [])]
    return [Said(str(at), SMALL)], names, [Said(number(line['quantity']), BOLD)], [TO_FILL], [TO_FILL]


def _is_work(line: dict[str, Any]) -> bool:
    """A service or a transport that was written in by hand travels on no vehicle."""
    return bool(line['kind'] == 'Manual' and line.get('withholding', 'Rent') != 'Rent')
