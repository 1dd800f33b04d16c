"""A deposit that was collected by mistake: taken back with a reason, and its receipt is a cancelled paper."""

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.bank_statement import BankLine
from models.base import Refused, now, one_change
from models.deposit import WITH_US, Deposit, DepositMove, DepositMoveKind, DepositStatus
from models.job import Job, Stage
from models.receipt import Receipt


async def reverse_collected(move: DepositMove, *, reason: str, by: Actor) -> None:
    """The money did not come after all: it is awaited again, unless its job was cancelled meanwhile. Move and receipt
    are kept, marked, their numbers never used again; a row of the bank's statement that it was made of is open again.

    Raises Refused: `reason_missing`, `payment_reversed_already`, `deposit_not_held` (what was given back came).
    """
    by.must(Module.INVOICES, Level.MANAGE)
    if not reason.strip():
        raise Refused('reason_missing')
    at = now()
    async with one_change():
        await BankLine.give_back(move.id, by=by)  # a row is held before its deposit, as whoever records it does
        over = await _job_is_cancelled(move)
        deposit = await Deposit.select_for_update().get(id=move.deposit_id)
        stored = await DepositMove.get(id=move.id)
        if stored.reversed_at:
            raise Refused('payment_reversed_already')
        if stored.kind is not DepositMoveKind.COLLECTED or deposit.status not in WITH_US:
            raise Refused('deposit_not_held', number=deposit.number)
        collected = deposit.collected - stored.amount
        status = DepositStatus.PARTIALLY_HELD if collected else DepositStatus.PENDING
        waived_at = deposit.waived_at or (at if over else None)
        await deposit.set(collected=collected, status=status, waived_at=waived_at)
        await stored.set(reversed_at=at, reversal_reason=reason.strip())
        await (await Receipt.get(id=stored.receipt_id)).cancel(at=at)
        await Activity.note(
            'deposit_reversed', by=by, at=at, **deposit.where, number=deposit.number, amount=stored.amount,
            reason=reason.strip(),
        )  # fmt: skip
    move.become(stored)


async def _job_is_cancelled(move: DepositMove) -> bool:
    """The job is locked before its deposit, as cancelling does: nobody cancels it between the look and the write."""
    job_id = (await Deposit.get(id=move.deposit_id)).job_id
    return job_id is not None and (await Job.select_for_update().get(id=job_id)).stage is Stage.CANCELLED
