"""Seals over what happened, each made over the one before: whoever rewrites the past breaks one, and is found.

Where a seal ends is told by `activity.place`, which the database counts up as lines are written. A change that began
long ago may commit a line with an old time, and an old id, at any moment; so neither time nor id can say that no more
will come. `settled_activity()` can: it takes, for an instant and without waiting, a lock that nobody can have while a
line is written and not committed, and gives the last place then. What is written later gets a later place, whatever it
says of its time, and the next seal.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from tortoise import connections, fields

from models.base import Record, now, one_change

AGE = timedelta(minutes=2)  # what is younger waits for the next seal
LATE = timedelta(hours=1)  # no change takes so long from reading the clock to its line of activity

SEALED = (
    'place',
    'id',
    'at',
    'what',
    'by_kind',
    'by_name',
    'staff_id',
    'link_id',
    'customer_id',
    'quote_id',
    'job_id',
    'invoice_id',
    'deposit_id',
    'facts',
)
"""Every column of activity. What is empty is left out, so that a column added later breaks no seal."""

_SEALING = 0x7365616C  # the advisory lock of the one who seals: "seal"
_FIRST, _LAST = -(2**63), 2**63 - 1  # between them lies every place
_AT_ONCE = 10_000
_SAID = ('number', 'created_at', 'rows', 'first_id', 'first_at', 'last_id', 'last_at', 'last_place')

# A line whose time has not come, by a clock that went wrong, holds nothing up.
UNTIL = """
select max(place) as found from activity where place > $1 and place <= least($2, (
  select min(place) - 1 from activity where place > $1 and at > $3 and at <= $4
))
"""
ENDS = """
select oldest.id as first_id, oldest.at as first_at, latest.id as last_id, latest.at as last_at
from activity as oldest, activity as latest
where oldest.place = (select min(place) from activity where place > $1) and latest.place = $2
"""
# The hashing happens where the lines are: a hundred thousand of them are no work for a program that serves people.
PLAIN = ', '.join(f"'{name}', {'at at time zone $$UTC$$' if name == 'at' else name}" for name in SEALED[:-1])
PAGE = f"""
select count(*) as rows, max(place) as last_place, sha256(convert_to(coalesce(string_agg(
  (jsonb_strip_nulls(jsonb_build_object({PLAIN})) || jsonb_build_object('facts', facts))::text, E'\\n' order by place
), ''), 'UTF8')) as digest
from (select * from activity where place > $1 and place <= $2 order by place limit {_AT_ONCE}) as page
"""
EARLIER = 'select id, at from activity where place > $1 and place <= $2 and at < $3 order by place'


@dataclass(frozen=True, slots=True)
class Late:
    """A line that was written after a seal, and names a moment long before it."""

    id: UUID
    at: datetime
    after: 'AuditSeal'


@dataclass(slots=True)
class Audit:
    """What is found by going through all seals."""

    rows: int = 0
    seals: int = 0
    last: 'AuditSeal | None' = None
    missing: list[range] = field(default_factory=list)
    broken: list[tuple['AuditSeal', int]] = field(default_factory=list)
    """Each with how many rows are there now."""
    late: list[Late] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not (self.missing or self.broken or self.late)


class AuditSeal(Record):
    """Append-only. It covers the lines of activity behind the seal before it, up to `last_place`.

    Only activity is sealed, in which nothing is ever changed: a view of a link that counts has its line there. The
    visits themselves are left out, for they lead to addresses and browsers, which are cut when their time is over.
    """

    number = fields.IntField(unique=True)
    rows = fields.IntField()
    first_id = fields.UUIDField()
    first_at = fields.DatetimeField()
    last_id = fields.UUIDField()
    last_at = fields.DatetimeField()
    last_place = fields.BigIntField()
    sha256 = fields.BinaryField()

    class Meta:
        table = 'audit_seal'

    @classmethod
    async def add(cls) -> 'AuditSeal | None':
        """Seal what is settled, old enough and not sealed yet. None when nothing is, or while another program seals."""
        at = now()
        settled = await _found('select settled_activity() as found')
        async with one_change():
            if settled is None or not await _found('select pg_try_advisory_xact_lock($1) as found', _SEALING):
                return None
            before = await cls.all().order_by('-number').first()
            after = before.last_place if before else _FIRST
            until = await _found(UNTIL, after, settled, at - AGE, at)
            if until is None:
                return None
            [ends] = await _rows(ENDS, after, until)
            count, lines = await _read(after, until)
            seal = cls(number=before.number + 1 if before else 1, created_at=at, rows=count, last_place=until, **ends)
            seal.sha256 = seal._over(before, lines)
            await seal.save()
        return seal

    @classmethod
    async def look_through(cls) -> Audit:
        """Make every seal again, and compare."""
        audit = Audit()
        for seal in await cls.all().order_by('number'):
            expected = audit.last.number + 1 if audit.last else 1
            if seal.number > expected:
                audit.missing.append(range(expected, seal.number))
            count, lines = await _read(audit.last.last_place if audit.last else _FIRST, seal.last_place)
            if seal._over(audit.last, lines) != bytes(seal.sha256):
                audit.broken.append((seal, count))
            audit.late += await _late(audit.last, seal.last_place)
            audit.rows, audit.seals, audit.last = audit.rows + count, audit.seals + 1, seal
        audit.late += await _late(audit.last, _LAST)
        return audit

    def _over(self, before: 'AuditSeal | None', lines: bytes) -> bytes:
        """The hash: over these lines, what the seal says of them, and the seal before."""
        said = [str(getattr(self, name)) for name in _SAID]
        return sha256(json.dumps([bytes(before.sha256).hex() if before else '', *said, lines.hex()]).encode()).digest()


async def _read(after: int, until: int) -> tuple[int, bytes]:
    """How many lines lie there, and the hash over them."""
    count, digest, more = 0, sha256(), True
    while more:
        [page] = await _rows(PAGE, after, until)
        digest.update(page['digest'])
        count, after, more = count + page['rows'], page['last_place'], page['rows'] == _AT_ONCE
    return count, digest.digest()


async def _late(after: AuditSeal | None, until: int) -> list[Late]:
    """The first seal takes everything, however old; behind it a line is about as old as its place."""
    if after is None:
        return []
    found = await _rows(EARLIER, after.last_place, until, after.created_at - LATE)
    return [Late(row['id'], row['at'], after) for row in found]


async def _found(question: str, *values: object) -> Any:
    [row] = await _rows(question, *values)
    return row['found']


async def _rows(question: str, *values: object) -> list[dict[str, Any]]:
    return list(await connections.get('default').execute_query_dict(question, list(values)))
