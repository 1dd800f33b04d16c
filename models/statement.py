"""A customer's statement of account: what was owed before a period, what happened in it, what is owed after."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from tortoise import connections

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, bangkok_day, now, one_change
from models.customer import Customer
from models.document import Document, DocumentKind
from models.money import ZERO
from models.numbering import Series, next_number

What = Literal['invoice', 'void', 'payment', 'prepayment', 'credit_used', 'reversal', 'credit_note', 'credit_returned']
ORDER: tuple[What, ...] = (
    'prepayment', 'invoice', 'credit_note', 'payment', 'credit_used', 'credit_returned', 'void', 'reversal',
)  # fmt: skip


# All that ever moved the account of a customer: an invoice with all that it charges (what was paid before it stands in
# its own line, on the day it came), money and what undid it, credit. Credit that is used moves nothing: it was counted
# when it came. Why something was undone or returned is written for the firm, and never told here. $1 is the customer.
ENTRIES = """
with entry ("on", what, number, about, charged, settled, moved_on) as (
  select i.issued_on, 'invoice', i.number, coalesce(j.title, ''), i.total + i.prepaid, 0.00, null::date
    from invoice i left join job j on j.id = i.job_id where i.customer_id = $1 and i.number is not null
  union all
  select voided_on, 'void', number, '', 0.00, total + prepaid, null
    from invoice where customer_id = $1 and voided_on is not null
  union all
  select r.issued_on,
    case when p.method = 'Credit' then 'credit_used' when p.invoice_id is null then 'prepayment' else 'payment' end,
    r.number, coalesce(i.number, ''), 0.00, case when p.method = 'Credit' then 0.00 else p.amount + p.withheld end,
    nullif(p.paid_on, r.issued_on)
    from payment p join receipt r on r.payment_id = p.id left join invoice i on i.id = p.invoice_id
    where p.customer_id = $1
  union all
  select (p.reversed_at at time zone 'Asia/Bangkok')::date, 'reversal', r.number, '', p.amount + p.withheld, 0.00,
    null
    from payment p join receipt r on r.payment_id = p.id
    where p.customer_id = $1 and p.reversed_at is not null and p.method <> 'Credit'
  union all
  select issued_on, 'credit_note', number, reason, 0.00, amount, null from credit_note
    where customer_id = $1 and not voids and payment_id is null
  union all
  select (at at time zone 'Asia/Bangkok')::date, 'credit_returned', coalesce(number, reference), '', amount, 0.00,
    nullif(returned_on, (at at time zone 'Asia/Bangkok')::date)
    from credit_return where customer_id = $1
)
"""
# What stands in the period, and as one line what was before it.
WITHIN = """
select * from entry where "on" between $2 and $3
union all
select $2, 'opening', '', '', coalesce(sum(charged), 0.00), coalesce(sum(settled), 0.00), null
  from entry where "on" < $2
"""
# What of the customer's deposits the firm held when the day $2 was over.
HELD = """
select coalesce(sum(amount), 0.00) as amount from (
  select case when m.kind = 'Collected' then m.amount else -m.amount end, m.at
    from deposit_move m join deposit d on d.id = m.deposit_id where d.customer_id = $1
  union all
  select -m.amount, m.reversed_at from deposit_move m join deposit d on d.id = m.deposit_id
    where d.customer_id = $1 and m.reversed_at is not null
  union all
  select -k.amount, k.created_at from deposit_kept k join deposit d on d.id = k.deposit_id where d.customer_id = $1
) as moved (amount, at) where (at at time zone 'Asia/Bangkok')::date <= $2
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What moved the account on a day, THB: `charged` is owed more, `settled` is owed less.

    It stands under the day of its paper; `moved_on` is that on which the money itself moved, where that was another.
    """

    on: date
    what: What
    number: str
    about: str = ''
    about_th: str = ''
    charged: Decimal = ZERO
    settled: Decimal = ZERO
    moved_on: date | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    entry: Entry
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """Both days are Bangkok days and included. A balance below zero is money of the customer's: credit, or paid before.

    The closing balance of a day is the opening balance of the next, always: entries stand under the day on which they
    were written down, and what is undone later is an entry of its own.
    """

    first: date
    last: date
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal
    deposits_held: Decimal

    @classmethod
    async def of(cls, customer_id: UUID, first: date, last: date) -> 'Statement':
        """Raises Refused('period_backwards')."""
        if last < first:
            raise Refused('period_backwards')
        database = connections.get('default')
        rows = await database.execute_query_dict(f'{ENTRIES} {WITHIN}', [customer_id, first, last])
        [held] = await database.execute_query_dict(HELD, [customer_id, last])
        [before] = [row for row in rows if row['what'] == 'opening']
        opening = balance = before['charged'] - before['settled']
        lines = []
        for entry in sorted((Entry(**row) for row in rows if row is not before), key=_place):
            balance += entry.charged - entry.settled
            lines.append(StatementLine(entry, balance))
        return cls(first, last, opening, tuple(lines), balance, held['amount'])

    @property
    def charged(self) -> Decimal:
        return sum((line.entry.charged for line in self.lines), ZERO)

    @property
    def settled(self) -> Decimal:
        return sum((line.entry.settled for line in self.lines), ZERO)


async def make_statement(customer: Customer, *, first: date, last: date, by: Actor) -> Document:
    """The statement as a numbered paper, which then stands in the customer's Documents."""
    by.must(Module.INVOICES, Level.WRITE)
    at = now()
    today = bangkok_day(at)
    statement = await Statement.of(customer.id, first, last)
    async with one_change():
        number = await next_number(Series.STATEMENT, today)
        document = await Document.order(
            DocumentKind.STATEMENT,
            number,
            customer_id=customer.id,
            issued_on=today,
            frozen={'number': number, 'issued_on': str(today), **_frozen(statement)},
        )
        await Customer.must_be_known(customer.id)
        await Activity.note(
            'statement_made', by=by, at=at, customer_id=customer.id, number=number, first=first, last=last
        )
    return document


def _frozen(statement: Statement) -> dict[str, object]:
    names = ('first', 'last', 'opening', 'closing', 'charged', 'settled', 'deposits_held')
    entry = ('on', 'what', 'number', 'about', 'about_th', 'charged', 'settled')
    return {
        **{name: str(getattr(statement, name)) for name in names},
        'lines': [
            {
                **{name: str(getattr(line.entry, name)) for name in entry},
                'moved_on': str(line.entry.moved_on or ''),
                'balance': str(line.balance),
            }
            for line in statement.lines
        ],
    }


def _place(entry: Entry) -> tuple[date, int, str]:
    return entry.on, ORDER.index(entry.what), entry.number
