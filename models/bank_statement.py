"""A bank statement as the bank's file has it: what came in, row by row, and which of it was recorded as a payment."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change
from models.claim import Claim
from models.deposit import Deposit, DepositMove
from models.invoice import Invoice
from models.money import ZERO
from models.payment import Method, Payment


class LineState(StrEnum):
    OPEN = 'Open'
    RECORDED = 'Recorded'
    IGNORED = 'Ignored'


@dataclass(frozen=True, slots=True)
class BankRow:
    """Money that came in, in THB, as the file says it: read from its `cells`, by which it is known again."""

    booked_on: date
    amount: Decimal
    text: str
    at: str = ''
    cells: tuple[str, ...] = field(default=(), compare=False)


class BankStatement(Record):
    """One file that was read; `columns` says how, and is taken again for the next file with the same head."""

    file_name = fields.CharField(max_length=200)
    head = fields.CharField(max_length=64, db_index=True)
    columns: dict[str, Any] = fields.JSONField(default=dict)
    rows = fields.IntField()
    new_rows = fields.IntField()
    read_at = fields.DatetimeField(db_index=True)
    read_by = fields.CharField(max_length=200)

    class Meta:
        table = 'bank_statement'

    @classmethod
    async def take(
        cls, rows: Iterable[BankRow], *, file_name: str, head: str, columns: dict[str, Any], by: Actor
    ) -> 'BankStatement':
        """Keep the rows that are new: a file read twice, or two that overlap, bring each row once, by whatever columns
        it was read. A row that nobody has decided yet says what the last reading found in it.

        Raises Refused('statement_empty').
        """
        by.must(Module.INVOICES, Level.WRITE)
        found = [row for row in rows if row.amount > 0]
        if not found:
            raise Refused('statement_empty')
        at = now()
        async with one_change():
            fresh = await _unknown(found)
            # Two clerks may read the same file at once; the unique fingerprint lets each row in once.
            statement = await cls.create(
                file_name=file_name[:200],
                head=head,
                columns=columns,
                rows=len(found),
                new_rows=0,
                read_at=at,
                read_by=by.name,
            )
            lines = [
                BankLine(
                    statement_id=statement.id,
                    fingerprint=fingerprint,
                    booked_on=row.booked_on,
                    at=row.at[:8],
                    amount=row.amount,
                    text=row.text,
                )
                for fingerprint, row in fresh.items()
            ]
            await BankLine.bulk_create(lines, ignore_conflicts=True)
            await statement.set(new_rows=await BankLine.filter(statement_id=statement.id).count())
            facts: dict[str, Any] = {'file': file_name, 'rows': statement.rows, 'new': statement.new_rows}
            await Activity.note('statement_read', by=by, at=at, **facts)
        return statement

    @classmethod
    async def columns_of(cls, head: str) -> dict[str, Any] | None:
        """How a file with this head was read the last time."""
        known = await cls.filter(head=head).order_by('-read_at').first()
        return known.columns if known else None


class BankLine(Record):
    """One row; of its id comes the key of the payment that is made of it, unless a claim was there before."""

    statement: fields.ForeignKeyRelation[BankStatement] = fields.ForeignKeyField(
        'models.BankStatement', related_name='lines', on_delete=fields.RESTRICT
    )
    statement_id: UUID
    fingerprint = fields.CharField(max_length=64, unique=True)
    booked_on = fields.DateField(db_index=True)
    at = fields.CharField(max_length=8, default='')
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    text = fields.TextField(default='')
    state = fields.CharEnumField(LineState, max_length=8, default=LineState.OPEN)
    recorded_as = fields.UUIDField(null=True, unique=True)
    number = fields.CharField(max_length=40, default='')
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=200, default='')

    class Meta:
        table = 'bank_line'

    async def record(
        self,
        record: Invoice | Deposit,
        *,
        by: Actor,
        claim: Claim | None = None,
        amount: Decimal | None = None,
        withheld: Decimal = ZERO,
        method: Method = Method.BANK_TRANSFER,
        paid_on: date | None = None,
        reference: str = '',
        keep_rest_as_credit: bool = False,
        seen: Collection[UUID] | None = None,
    ) -> Payment | DepositMove:
        """The clerk confirms that this row paid that document. Pressed twice, or by two, it is one payment.

        Raises Refused: `bank_line_ignored`, `bank_line_decided` (it was recorded for another document meanwhile), and
        whatever the verbs of money refuse.
        """
        by.must(Module.INVOICES, Level.WRITE)
        async with one_change():
            line = await BankLine.select_for_update().get(id=self.id)
            if line.state is LineState.IGNORED:
                raise Refused('bank_line_ignored')
            if line.recorded_as and line.number != record.number:
                raise Refused('bank_line_decided')
            if line.recorded_as:
                return await _movement(line.recorded_as)
            how: dict[str, Any] = {'amount': amount or line.amount, 'method': method, 'by': by, 'seen': seen}
            key = await line._key()
            how['reference'] = reference
            when = paid_on or line.booked_on
            made: Payment | DepositMove
            if claim:
                made = await claim.record(
                    **how, paid_on=when, withheld=withheld, keep_rest_as_credit=keep_rest_as_credit
                )
            elif isinstance(record, Invoice):
                made = await record.record_payment(
                    **how, key=key, paid_on=when, withheld=withheld, keep_rest_as_credit=keep_rest_as_credit
                )
            else:
                made = await record.collect(**how, key=key, collected_on=when)
            await self._decide(LineState.RECORDED, by, recorded_as=made.id, number=record.number)
        return made

    async def was_recorded(self, movement: Payment | DepositMove, number: str, *, by: Actor) -> None:
        """This row is the money of a payment that was recorded before. Raises Refused: `bank_line_decided`."""
        by.must(Module.INVOICES, Level.WRITE)
        async with one_change():
            line = await BankLine.select_for_update().get(id=self.id)
            if line.state is not LineState.OPEN or await BankLine.exists(recorded_as=movement.id):
                raise Refused('bank_line_decided')
            await self._decide(LineState.RECORDED, by, recorded_as=movement.id, number=number)

    @classmethod
    async def give_back(cls, payment_id: UUID, *, by: Actor) -> None:
        """The payment that was made of a row was reversed: only that verb calls this, and the row is open again."""
        if line := await cls.select_for_update().get_or_none(recorded_as=payment_id):
            await line._decide(LineState.OPEN, by, recorded_as=None, number='')

    async def ignore(self, *, by: Actor) -> None:
        """Nothing to do with any document. Raises Refused('bank_line_decided')."""
        await self._turn(LineState.OPEN, LineState.IGNORED, by)

    async def reopen(self, *, by: Actor) -> None:
        """Ignored by mistake. Raises Refused('bank_line_decided')."""
        await self._turn(LineState.IGNORED, LineState.OPEN, by)

    async def _turn(self, was: LineState, state: LineState, by: Actor) -> None:
        by.must(Module.INVOICES, Level.WRITE)
        async with one_change():
            line = await BankLine.select_for_update().get(id=self.id)
            if line.state is not was:
                raise Refused('bank_line_decided')
            await self._decide(state, by)

    async def _key(self) -> UUID:
        """Its own id, or after that payment was reversed one that follows from both: a key is used but once."""
        key = self.id
        while used := await _reversed(key):
            key = uuid5(self.id, str(used.id))
        return key

    async def _decide(self, state: LineState, by: Actor, **facts: object) -> None:
        await self.set(state=state, decided_at=now(), decided_by=by.name, **facts)


async def _unknown(found: list[BankRow]) -> dict[str, BankRow]:
    """The rows that were not read before, by their fingerprints; those that are not decided yet are read anew.

    Files that were read before cells were looked at left fingerprints of what was made of them.
    """
    by_cells = dict(zip(_fingerprints(found, _of_cells), found, strict=True))
    as_read = dict(zip(by_cells, _fingerprints(found, _as_read), strict=True))
    known = {
        line.fingerprint: line
        for prints in (list(as_read), list(as_read.values()))
        for line in await BankLine.select_for_update().filter(fingerprint__in=prints).order_by('id')
    }
    for mark, row in by_cells.items():
        line = known.get(mark)
        said = {'booked_on': row.booked_on, 'at': row.at[:8], 'amount': row.amount, 'text': row.text}
        if line and line.state is LineState.OPEN and said != {name: getattr(line, name) for name in said}:
            await line.set(**said)
    return {mark: row for mark, row in by_cells.items() if mark not in known and as_read[mark] not in known}


async def _reversed(key: UUID) -> Payment | DepositMove | None:
    """The payment under this key that counts no more."""
    payment = await Payment.filter(key=key).exclude(reversed_at=None).first()
    return payment or await DepositMove.filter(key=key).exclude(reversed_at=None).first()


async def _movement(movement_id: UUID) -> Payment | DepositMove:
    return await Payment.get_or_none(id=movement_id) or await DepositMove.get(id=movement_id)


def _fingerprints(rows: list[BankRow], said: Callable[[BankRow], tuple[str, ...]]) -> Iterable[str]:
    """Of each row its content and which one of its like it is: two equal transfers of one day are two rows."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        same = said(row)
        seen[same] += 1
        yield sha256('\x1f'.join([*same, str(seen[same])]).encode()).hexdigest()


def _of_cells(row: BankRow) -> tuple[str, ...]:
    return ('cells', *row.cells) if row.cells else _as_read(row)


def _as_read(row: BankRow) -> tuple[str, ...]:
    return row.booked_on.isoformat(), row.at, f'{row.amount:.2f}', ' '.join(row.text.split())
