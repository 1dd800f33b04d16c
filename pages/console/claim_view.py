"""What staff see of claims: those that wait, and what was decided today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q

from app.live import Live, follow, live
from models import Claim, ClaimState, Customer, Deposit, Invoice, bangkok_day, now

ZERO = Decimal('0.00')
AT_MOST = 200


@dataclass(frozen=True, slots=True)
class ClaimRow:
    id: UUID
    number: str
    path: str
    customer_id: UUID
    customer: str
    customer_th: str
    amount: Decimal
    withheld: Decimal
    owed: Decimal
    claimed_at: datetime
    has_slip: bool
    bank: str
    reference: str
    state: ClaimState
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Claims:
    waiting: tuple[ClaimRow, ...]
    decided: tuple[ClaimRow, ...]


def live_claims() -> Live[Claims]:
    """The oldest that waits first; of what was decided today the latest."""
    return live(('console', 'claims'), [follow(Claim), follow(Invoice), follow(Deposit), follow(Customer)], _load)


async def _load() -> Claims:
    today = bangkok_day(now())
    waiting = await Claim.waiting().order_by('claimed_at').limit(AT_MOST)
    decided = [
        claim
        for claim in await Claim.filter(~Q(state=ClaimState.WAITING)).order_by('-decided_at').limit(AT_MOST)
        if claim.decided_at and bangkok_day(claim.decided_at) == today
    ]
    found = [*waiting, *decided]
    customers = {one.id: one for one in await Customer.filter(id__in=list({claim.customer_id for claim in found}))}
    invoices = {one.id: one for one in await Invoice.filter(id__in=_ids(claim.invoice_id for claim in found))}
    deposits = {one.id: one for one in await Deposit.filter(id__in=_ids(claim.deposit_id for claim in found))}

    def row(claim: Claim) -> ClaimRow:
        customer = customers[claim.customer_id]
        if claim.invoice_id:
            owed, path = invoices[claim.invoice_id].balance, f'/invoices/{claim.number}'
        else:
            owed = deposits[claim.deposit_id].awaited if claim.deposit_id else ZERO
            path = f'/deposits/{claim.number}'
        return ClaimRow(
            claim.id,
            claim.number,
            path,
            customer.id,
            customer.name,
            customer.name_th,
            claim.amount,
            claim.withheld,
            owed,
            claim.claimed_at,
            claim.has_slip,
            claim.slip_bank,
            claim.slip_reference,
            claim.state,
            claim.decided_by,
            claim.reason,
        )

    return Claims(tuple(row(claim) for claim in waiting), tuple(row(claim) for claim in decided))


def _ids(ids: Iterable[UUID | None]) -> list[UUID]:
    return [record_id for record_id in ids if record_id]
