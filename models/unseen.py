"""What colleagues recorded since a clerk looked: one transfer is not written down twice because two had it in hand."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise.queryset import QuerySet

from models.base import Refused

if TYPE_CHECKING:
    from models.deposit import Deposit
    from models.invoice import Invoice
    from models.job import Job


async def money_known(record: 'Invoice | Deposit | Job') -> frozenset[UUID]:
    """The movements of money for this record that stand now: what whoever opens a form has seen."""
    return frozenset([move.id async for move in _money_of(record).only('id')])


async def refuse_unseen(record: 'Invoice | Deposit | Job', seen: Collection[UUID] | None) -> None:
    """Called with the record locked; `seen` is None where nobody looked, as with a claim that has its own key.

    Raises Refused('recorded_meanwhile'), which says who recorded what and when. Its `unseen` has been told by that:
    whoever presses again with it means another transfer.
    """
    if seen is None:
        return
    fresh = [move for move in await _money_of(record).order_by('created_at', 'id') if move.id not in seen]
    if fresh:
        last = fresh[-1]
        raise Refused(
            'recorded_meanwhile',
            name=last.by_name,
            amount=last.amount,
            number=record.number,
            at=last.created_at,
            unseen=frozenset(move.id for move in fresh),
        )


def _money_of(record: 'Invoice | Deposit | Job') -> QuerySet[Any]:
    from models.deposit import Deposit, DepositMove, DepositMoveKind
    from models.invoice import Invoice
    from models.payment import Method, Payment

    if isinstance(record, Deposit):
        return DepositMove.filter(deposit_id=record.id, kind=DepositMoveKind.COLLECTED, reversed_at=None)
    live = Payment.filter(reversed_at=None).exclude(method=Method.CREDIT)
    if isinstance(record, Invoice):
        return live.filter(invoice_id=record.id)
    return live.filter(job_id=record.id, invoice_id=None)
