"""What is known of money before a clerk records it: told by a customer, or by a row of the bank's statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from htpy import Node, a, img

from app.words import Words
from models import (
    Actor,
    BankLine,
    Claim,
    Deposit,
    DepositMove,
    Invoice,
    Method,
    Payment,
    Proposal,
    Refused,
    bangkok_day,
)

ZERO = Decimal('0.00')


@dataclass(frozen=True, slots=True)
class Told:
    """The figures that a form begins with, and where they come from: the money is recorded under that key, once."""

    amount: Decimal
    paid_on: date
    withheld: Decimal = ZERO
    reference: str = ''
    method: Method = Method.PROMPTPAY
    claim_id: UUID | None = None
    line_id: UUID | None = None
    slip: bool = False

    @classmethod
    def by_customer(cls, claim: Claim) -> Told:
        return cls(
            claim.amount,
            bangkok_day(claim.claimed_at),
            claim.withheld,
            claim.slip_reference,
            claim_id=claim.id,
            slip=claim.has_slip,
        )

    @classmethod
    def by_bank(cls, line: BankLine, proposal: Proposal) -> Told:
        method = Method.BANK_TRANSFER
        return cls(
            line.amount, line.booked_on, proposal.withheld, '', method, claim_id=proposal.claim_id, line_id=line.id
        )

    def of_claim(self, claim: Claim | None) -> Told:
        """The bank's row, as the money of that claim or of none."""
        if claim is None:
            return replace(self, claim_id=None, slip=False)
        withheld = claim.withheld if claim.amount == self.amount else self.withheld
        return replace(self, claim_id=claim.id, slip=claim.has_slip, withheld=withheld, reference=claim.slip_reference)

    async def record(self, record: Invoice | Deposit, *, by: Actor, **how: Any) -> Payment | DepositMove:
        """`how` as the verbs of claims and rows take it."""
        claim = await Claim.get(id=self.claim_id) if self.claim_id else None
        if self.line_id:
            return await (await BankLine.get(id=self.line_id)).record(record, claim=claim, by=by, **how)
        if claim is None:
            raise Refused('record_gone')
        return await claim.record(by=by, **how)


async def waiting_for(record: Invoice | Deposit) -> list[Claim]:
    """What customers told of this document and nobody has decided yet."""
    return await Claim.waiting().filter(number=record.number).order_by('claimed_at')


def claim_options(w: Words, claims: list[Claim]) -> dict[str, str]:
    """Which of them the money is, or none."""
    options = {
        str(claim.id): w('pay.claims.which_claim', amount=w.baht(claim.amount), moment=w.moment(claim.claimed_at))
        for claim in claims
    }
    return {**options, '': w('pay.claims.which_other')}


def slip_shown(w: Words, claim_id: UUID) -> Node:
    """The picture; a press keeps it as a file."""
    return a('.slip', href=slip_address(claim_id), data_plain=True)[
        img(src=slip_address(claim_id), alt=w('pay.claims.slip'), loading='lazy')
    ]


def slip_address(claim_id: UUID) -> str:
    return f'/payments/slips/{claim_id}'
