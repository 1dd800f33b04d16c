"""Two clerks on one quote, without a screen: what comes of every pair of changes that they can make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import LineEntry, LineKind, QuoteEntry, RateType
from pages.console.quote_merge import Merged, merge

A, B, C, D = (uuid4() for _ in range(4))


def line(line_id: UUID, name: str, **facts: Any) -> LineEntry:
    return LineEntry(**{'name': name, 'rate': Decimal(100), 'duration': Decimal(10), 'id': line_id, **facts})


BASE = QuoteEntry(
    date(2026, 12, 1), date(2026, 12, 10), (line(A, 'Light'), line(B, 'Tent'), line(C, 'Sound')), title='Film'
)


def with_line(entry: QuoteEntry, line_id: UUID, **facts: Any) -> QuoteEntry:
    return replace(entry, lines=tuple(replace(it, **facts) if it.id == line_id else it for it in entry.lines))


def in_order(entry: QuoteEntry, *ids: UUID) -> QuoteEntry:
    known = {it.id: it for it in entry.lines}
    return replace(entry, lines=tuple(known[line_id] for line_id in ids))


def ids(merged: Merged) -> list[UUID | None]:
    return [it.id for it in merged.entry.lines]


def test_what_only_one_of_us_changed_is_taken_from_that_one() -> None:
    mine = with_line(replace(BASE, title='Mine'), A, quantity=Decimal(2))
    theirs = with_line(replace(BASE, deposit=Decimal(500)), A, rate=Decimal(90))
    merged = merge(BASE, mine, theirs)
    assert (merged.entry.title, merged.entry.deposit, merged.clashes) == ('Mine', Decimal(500), ())
    assert (merged.entry.lines[0].quantity, merged.entry.lines[0].rate) == (Decimal(2), Decimal(90))


def test_where_both_changed_the_same_field_mine_stays_and_theirs_is_told() -> None:
    mine, theirs = with_line(BASE, B, name='Marquee'), with_line(BASE, B, name='Pavilion')
    merged = merge(BASE, mine, theirs)
    assert merged.entry.lines[1].name == 'Marquee'
    assert [(it.path, it.theirs) for it in merged.clashes] == [(f'line.{B}.name', 'Pavilion')]


def test_who_wrote_the_same_does_not_clash() -> None:
    same = with_line(replace(BASE, title='Same'), A, rate=Decimal(80))
    assert merge(BASE, same, same) == Merged(same, ())


def test_new_lines_of_both_stand_behind_what_they_stood_behind() -> None:
    mine = replace(BASE, lines=(*BASE.lines[:1], line(D, 'Mine'), *BASE.lines[1:]))
    fresh = uuid4()
    theirs = replace(BASE, lines=(*BASE.lines, line(fresh, 'Theirs')))
    assert ids(merge(BASE, mine, theirs)) == [A, D, B, C, fresh]


def test_a_line_that_one_removed_is_gone_unless_the_other_changed_it() -> None:
    without = in_order(BASE, A, C)
    assert ids(merge(BASE, BASE, without)) == [A, C]
    assert ids(merge(BASE, without, BASE)) == [A, C]
    kept = merge(BASE, with_line(BASE, B, rate=Decimal(1)), without)
    assert sorted(map(str, ids(kept))) == sorted(map(str, (A, B, C)))
    assert [it.path for it in kept.clashes] == [f'line.{B}.gone']


@pytest.mark.parametrize(
    ('mine', 'theirs', 'order'),
    [
        ((A, B, C), (C, A, B), [C, A, B]),
        ((B, A, C), (A, B, C), [B, A, C]),
        ((B, A, C), (A, C, B), [B, A, C]),
    ],
)
def test_lines_stand_as_the_one_who_moved_them_left_them(
    mine: tuple[UUID, ...], theirs: tuple[UUID, ...], order: list[UUID]
) -> None:
    assert ids(merge(BASE, in_order(BASE, *mine), in_order(BASE, *theirs))) == order


def test_durations_follow_the_dates_of_one_and_the_rate_of_the_other() -> None:
    mine = with_line(BASE, A, rate_type=RateType.WEEKLY, duration=Decimal(2))
    theirs = replace(
        BASE, job_end=date(2026, 12, 21), lines=tuple(replace(it, duration=Decimal(21)) for it in BASE.lines)
    )
    merged = merge(BASE, mine, theirs)
    assert [it.duration for it in merged.entry.lines] == [Decimal(3), Decimal(21), Decimal(21)]
    assert merged.clashes == ()


def test_a_manual_line_has_no_duration_to_follow() -> None:
    delivery = replace(BASE, lines=(line(A, 'Delivery', kind=LineKind.MANUAL, duration=Decimal(1)),))
    merged = merge(delivery, replace(delivery, title='Mine'), replace(delivery, deposit=Decimal(1)))
    assert merged.entry.lines[0].duration == Decimal(1)


FIELDS = st.fixed_dictionaries(
    {}, optional={'title': st.sampled_from('xyz'), 'deposit': st.sampled_from([Decimal(1), Decimal(2)])}
)
LINES = st.fixed_dictionaries({}, optional={'name': st.sampled_from('xyz'), 'quantity': st.sampled_from([Decimal(2)])})


CHANGES = st.tuples(FIELDS, LINES, st.permutations([A, B, C]))


@given(CHANGES, CHANGES)
def test_nothing_that_one_of_us_changed_is_lost_without_a_word(mine: Any, theirs: Any) -> None:
    (my_fields, my_line, order), (their_fields, their_line, other_order) = mine, theirs
    ours = in_order(with_line(replace(BASE, **my_fields), A, **my_line), *order)
    others = in_order(with_line(replace(BASE, **their_fields), A, **their_line), *other_order)
    merged = merge(BASE, ours, others)
    told = {it.path for it in merged.clashes}
    result = next(it for it in merged.entry.lines if it.id == A)
    for name, value in my_fields.items():
        assert getattr(merged.entry, name) == value
    for name, value in their_fields.items():
        assert getattr(merged.entry, name) == value or name in told
    for name, value in their_line.items():
        assert getattr(result, name) == value or f'line.{A}.{name}' in told
    assert sorted(map(str, ids(merged))) == sorted(map(str, (A, B, C)))
