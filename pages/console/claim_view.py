"""What staff see of claims: those that wait, and what was decided today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import Q

from app.live import Live, follow, live
from models import BANGKOK, Claim, ClaimState, Customer, Deposit, Invoice, bangkok_day, now
from pages.parts.listed import Listed, first_of

ZERO = Decimal('0.00')


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
    waiting: Listed[ClaimRow]
    decided: Listed[ClaimRow]


def live_claims(most: int) -> Live[Claims]:
    """The oldest that waits first; of what was decided today the latest."""

    async def load() -> Claims:
        return await _load(most)

    return live(('console', 'claims', most), [follow(Claim), follow(Invoice), follow(Deposit), follow(Customer)], load)


async def _load(most: int) -> Claims:
    today = datetime.combine(bangkok_day(now()), time(), BANGKOK)
    waiting, all_waiting = await first_of(Claim.waiting().order_by('claimed_at', 'id'), most)
    over = Claim.filter(~Q(state=ClaimState.WAITING), decided_at__gte=today)
    decided, all_decided = await first_of(over.order_by('-decided_at', '-id'), most)
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

    return Claims(
        Listed(tuple(row(claim) for claim in waiting), all_waiting),
        Listed(tuple(row(claim) for claim in decided), all_decided),
    )


def _ids(ids: Iterable[UUID | None]) -> list[UUID]:
    return [record_id for record_id in ids if record_id]
