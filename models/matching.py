"""What a row of a bank statement may have paid: proposed by Reference 1, by claims, by amount; a clerk decides."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from tortoise import connections

from models.bank_statement import BankLine, LineState
from models.base import bangkok_day
from models.claim import Claim
from models.customer import Customer, CustomerKind
from models.deposit import DepositMove, DepositMoveKind
from models.invoice import Invoice
from models.job import Job
from models.money import ZERO
from models.payment import Method, Payment

NOT_BY_BANK = (Method.CASH, Method.CREDIT)  # what no row of a bank's file is ever the money of
NEAR = timedelta(days=4)  # how far the bank's day may lie from the one that was typed or claimed
OWED = """
select id, number, is_invoice, owed, left(reference, 20) as reference from (
  select id, number, true as is_invoice, total - received - withheld - credited as owed,
         upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g')) as reference
  from invoice where status in ('Sent', 'Partial')
  union all
  select id, number, false, amount - collected, upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g'))
  from deposit where status in ('Pending', 'Partially Held') and waived_at is null
) it where owed = any($1::numeric[]) or left(reference, 20) = any($2::text[]) or id = any($3::uuid[]) order by number
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`why` is 'recorded' (it was recorded already), 'reference', 'claim' or 'amount'."""

    why: str
    number: str
    record_id: UUID
    is_invoice: bool
    owed: Decimal = ZERO
    withheld: Decimal = ZERO
    claim_id: UUID | None = None
    movement_id: UUID | None = None
    is_job: bool = False  # a pre-payment: money for a job before its invoice


async def proposals(lines: Iterable[BankLine]) -> dict[UUID, tuple[Proposal, ...]]:
    """For each open row what it may be, the likeliest first."""
    opened = [line for line in lines if line.state is LineState.OPEN]
    if not opened:
        return {}
    amounts = list({line.amount for line in opened})
    names = {line.id: words_in(line.text) for line in opened}
    claims = await Claim.waiting().filter(amount__in=amounts).order_by('claimed_at')
    claimed = [str(record_id) for claim in claims if (record_id := claim.invoice_id or claim.deposit_id)]
    owed = await _owed(amounts, list(set().union(*names.values())), claimed)
    recorded = await _recorded(opened)
    return {line.id: tuple([it async for it in _of(line, names[line.id], owed, claims, recorded)]) for line in opened}


def words_in(text: str) -> set[str]:
    """The runs of letters and digits, and neighbours joined: INV20260042 also where the bank wrote INV-2026-0042."""
    runs = [run for run in re.split(r'[^A-Z0-9]+', text.upper()) if run]
    joined = {''.join(runs[start : start + length]) for length in (1, 2, 3) for start in range(len(runs))}
    return {run for run in joined if any(sign.isdigit() for sign in run) and 6 <= len(run) <= 20}


@dataclass(frozen=True, slots=True)
class _Owed:
    """A document that waits for money, and the reference that its QR carried."""

    record_id: UUID
    number: str
    is_invoice: bool
    owed: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A payment of which no row has been the money yet."""

    on: date
    amount: Decimal
    proposal: Proposal


async def _owed(amounts: list[Decimal], names: list[str], claimed: list[str]) -> list[_Owed]:
    rows = await connections.get('default').execute_query_dict(OWED, [amounts, names, claimed])
    return [
        _Owed(UUID(str(row['id'])), row['number'], row['is_invoice'], row['owed'], row['reference']) for row in rows
    ]


async def _of(
    line: BankLine, names: set[str], owed: list[_Owed], claims: list[Claim], recorded: list[_Recorded]
) -> AsyncIterator[Proposal]:
    for it in recorded:
        if it.amount == line.amount and abs(it.on - line.booked_on) <= NEAR:
            yield it.proposal
    waiting = {claim.invoice_id or claim.deposit_id: claim for claim in reversed(claims) if _fits(claim, line)}
    for one in sorted(owed, key=lambda one: (one.reference not in names, one.record_id not in waiting, one.number)):
        claim = waiting.get(one.record_id)
        if one.reference in names or claim or one.owed == line.amount:
            why = 'reference' if one.reference in names else 'claim' if claim else 'amount'
            withheld = claim.withheld if claim else await _withheld(one, line.amount)
            claim_id = claim.id if claim else None
            yield Proposal(why, one.number, one.record_id, one.is_invoice, one.owed, withheld, claim_id)


def _fits(claim: Claim, line: BankLine) -> bool:
    if claim.amount != line.amount:
        return False
    named = claim.slip_reference and claim.slip_reference.upper() in line.text.upper()
    return bool(named) or abs(bangkok_day(claim.claimed_at) - line.booked_on) <= NEAR


async def _withheld(one: _Owed, received: Decimal) -> Decimal:
    """What a company kept back, where what came in is exactly the rest of the balance."""
    if not one.is_invoice or received >= one.owed:
        return ZERO
    invoice = await Invoice.get(id=one.record_id)
    if (await Customer.get(id=invoice.customer_id).only('id', 'kind')).kind is not CustomerKind.COMPANY:
        return ZERO
    tax = await invoice.withholding_of(one.owed)
    return tax if one.owed - tax == received else ZERO


async def _recorded(lines: list[BankLine]) -> list[_Recorded]:
    first, last = min(line.booked_on for line in lines) - NEAR, max(line.booked_on for line in lines) + NEAR
    amounts = list({line.amount for line in lines})
    paid = Payment.filter(amount__in=amounts, reversed_at=None, paid_on__gte=first, paid_on__lte=last)
    moved = DepositMove.filter(
        amount__in=amounts,
        kind=DepositMoveKind.COLLECTED,
        reversed_at=None,
        moved_on__gte=first,
        moved_on__lte=last,
    )
    payments = await paid.exclude(method__in=NOT_BY_BANK).select_related('invoice')
    collected = await moved.exclude(method__in=NOT_BY_BANK).select_related('deposit')
    ids = [str(one.id) for one in [*payments, *collected]]
    taken = set(await BankLine.filter(recorded_as__in=ids).values_list('recorded_as', flat=True))
    jobs = {job.id: job for job in await Job.filter(id__in=[one.job_id for one in payments if one.job_id])}
    return [
        *[_Recorded(one.paid_on, one.amount, _paid(one, jobs)) for one in payments if one.id not in taken],
        *[
            _Recorded(
                one.moved_on,
                one.amount,
                Proposal('recorded', one.deposit.number, one.deposit.id, False, movement_id=one.id),
            )
            for one in collected
            if one.id not in taken
        ],
    ]


def _paid(payment: Payment, jobs: dict[UUID, Job]) -> Proposal:
    """A payment of an invoice, or one for a job before its invoice."""
    invoice = payment.invoice
    if invoice:
        return Proposal('recorded', invoice.number or '', invoice.id, True, movement_id=payment.id)
    job = jobs[payment.job_id]  # type: ignore[index]  # what pays no invoice was paid for a job
    return Proposal('recorded', job.number, job.id, False, movement_id=payment.id, is_job=True)
