"""`I have paid`: a customer says that money for an invoice or a deposit is on its way, perhaps with the bank's slip."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change
from models.bill import OPEN
from models.deposit import Deposit, DepositMove
from models.invoice import Invoice
from models.limit import LimitCount
from models.money import LARGEST, ZERO, baht
from models.notice import Notice
from models.payment import Method, Payment

TRIES, WITHIN = 10, timedelta(hours=1)  # of one link
MOST_TIMES = 10  # the whole of a document: one transfer may pay several, and somebody may type a nought too many
MOST_WAITING = 5  # of one document: who has paid more often has something to talk about


class ClaimState(StrEnum):
    WAITING = 'Waiting'
    RECORDED = 'Recorded'
    DISMISSED = 'Dismissed'


@dataclass(frozen=True, slots=True)
class SlipEntry:
    """A slip as it is kept: a JPEG made anew from what was handed in, and the transfer that its mini-QR names."""

    picture: bytes
    bank: str = ''
    reference: str = ''


class Claim(Record):
    """It moves no balance. Its id is the key under which the payment is recorded, so that it is recorded once."""

    customer_id = fields.UUIDField(db_index=True)
    invoice_id = fields.UUIDField(null=True, db_index=True)
    deposit_id = fields.UUIDField(null=True, db_index=True)
    link_id = fields.UUIDField(null=True)
    number = fields.CharField(max_length=40)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    withheld = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    claimed_at = fields.DatetimeField(db_index=True)
    state = fields.CharEnumField(ClaimState, max_length=9, default=ClaimState.WAITING)
    has_slip = fields.BooleanField(default=False)
    slip_bank = fields.CharField(max_length=20, default='')
    slip_reference = fields.CharField(max_length=60, default='')
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=200, default='')
    reason = fields.TextField(default='')

    class Meta:
        table = 'claim'

    @classmethod
    async def count_try(cls, by: Actor) -> None:
        """One more try of this link, before anything is read or drawn for it. Raises Refused('claims_too_often')."""
        if await LimitCount.count(f'claim:{by.link_id}', WITHIN) > TRIES:
            raise Refused('claims_too_often')

    @classmethod
    async def make(
        cls,
        record: Invoice | Deposit,
        *,
        amount: Decimal,
        key: UUID,
        by: Actor,
        withheld: Decimal = ZERO,
        slip: SlipEntry | None = None,
        sure: bool = False,
    ) -> 'Claim':
        """THB that the customer paid; `key` is born with the form, so that a double press is one claim. Staff are told.

        Raises Refused: `amount_not_positive`, `nothing_owed`, `claim_more_than_owed` (unless the customer is `sure`),
        `claim_far_too_much`, `claims_waiting`, `slip_used` (the same transfer was claimed or recorded before).
        """
        amount, withheld = _readable(amount, withheld)
        at = now()
        try:
            async with one_change():
                where = await _still_owed(record)
                if known := await cls.get_or_none(id=key):
                    if known.link_id != by.link_id or known.number != record.number:
                        raise Refused('record_gone')
                    return known
                await _must_be_meant(record, amount + withheld, sure)
                if await cls.filter(state=ClaimState.WAITING, number=record.number).count() >= MOST_WAITING:
                    raise Refused('claims_waiting')
                if slip and slip.reference:
                    await _refuse_recorded(slip.reference, record.customer_id)
                claim = await cls.create(
                    id=key,
                    customer_id=record.customer_id,
                    **where,
                    link_id=by.link_id,
                    number=record.number,
                    amount=amount,
                    withheld=withheld,
                    claimed_at=at,
                    has_slip=slip is not None,
                    slip_bank=slip.bank if slip else '',
                    slip_reference=slip.reference if slip else '',
                )
                if slip:
                    await Slip.create(claim_id=claim.id, picture=slip.picture)
                await claim._tell('payment_claimed', by, record)
        except IntegrityError as error:
            raise Refused('slip_used') from error
        return claim

    async def amend(
        self,
        *,
        amount: Decimal,
        by: Actor,
        withheld: Decimal = ZERO,
        slip: SlipEntry | None = None,
        sure: bool = False,
    ) -> None:
        """While nobody has decided it the customer corrects the sum and adds the slip that was forgotten; staff are
        told again. A slip that was handed in stays.

        Raises Refused: `claim_not_waiting`, `claim_has_slip`, and what `make` refuses of sums and slips.
        """
        amount, withheld = _readable(amount, withheld)
        try:
            async with one_change():
                claim = await Claim.select_for_update().get(id=self.id)
                if claim.state is not ClaimState.WAITING:
                    raise Refused('claim_not_waiting')
                if slip and claim.has_slip:
                    raise Refused('claim_has_slip')
                record = await claim._record()
                await _must_be_meant(record, amount + withheld, sure)
                if slip:
                    await claim._add(slip)
                await claim.set(amount=amount, withheld=withheld)
                await claim._tell('payment_claimed', by, record, noted='claim_amended', at=now())
        except IntegrityError as error:
            raise Refused('slip_used') from error
        self.become(claim)

    async def record(
        self,
        *,
        amount: Decimal,
        method: Method,
        paid_on: date,
        by: Actor,
        withheld: Decimal = ZERO,
        reference: str = '',
        keep_rest_as_credit: bool = False,
        seen: Collection[UUID] | None = None,
    ) -> Payment | DepositMove:
        """The money is there: recorded once, however many clerks press. What the verbs of money refuse, this refuses.

        Raises Refused: `claim_dismissed`.
        """
        by.must(Module.INVOICES, Level.WRITE)
        async with one_change():
            claim = await Claim.select_for_update().get(id=self.id)
            if claim.state is ClaimState.DISMISSED:
                raise Refused('claim_dismissed')
            how: dict[str, Any] = {'amount': amount, 'method': method, 'reference': reference, 'by': by, 'seen': seen}
            recorded: Payment | DepositMove
            if claim.invoice_id:
                invoice = await Invoice.get(id=claim.invoice_id)
                recorded = await invoice.record_payment(
                    **how, key=self.id, paid_on=paid_on, withheld=withheld, keep_rest_as_credit=keep_rest_as_credit
                )
            else:
                deposit = await Deposit.get(id=claim.deposit_id)
                recorded = await deposit.collect(**how, key=self.id, collected_on=paid_on)
            if claim.state is ClaimState.WAITING:
                await self._decide(ClaimState.RECORDED, by)
        return recorded

    async def dismiss(self, *, reason: str, by: Actor) -> None:
        """No such money came, or it was recorded without this claim; the customer reads the reason.

        Raises Refused: `reason_missing`, `claim_decided`.
        """
        by.must(Module.INVOICES, Level.WRITE)
        if not reason.strip():
            raise Refused('reason_missing')
        async with one_change():
            claim = await Claim.select_for_update().get(id=self.id)
            if claim.state is not ClaimState.WAITING:
                raise Refused('claim_decided')
            await self._decide(ClaimState.DISMISSED, by, reason=reason.strip())
            await Activity.note('claim_dismissed', by=by, at=now(), **self._where, number=self.number, reason=reason)

    @classmethod
    def waiting(cls) -> QuerySet['Claim']:
        return cls.filter(state=ClaimState.WAITING)

    async def _decide(self, state: ClaimState, by: Actor, reason: str = '') -> None:
        await self.set(state=state, decided_at=now(), decided_by=by.name, reason=reason)

    async def _record(self) -> Invoice | Deposit:
        return await (Invoice.get(id=self.invoice_id) if self.invoice_id else Deposit.get(id=self.deposit_id))

    async def _add(self, slip: SlipEntry) -> None:
        if slip.reference:
            await _refuse_recorded(slip.reference, self.customer_id)
        await self.set(has_slip=True, slip_bank=slip.bank, slip_reference=slip.reference)
        await Slip.create(claim_id=self.id, picture=slip.picture)

    async def _tell(
        self, what: str, by: Actor, record: Invoice | Deposit, *, noted: str = '', at: datetime | None = None
    ) -> None:
        facts: dict[str, Any] = {'number': self.number, 'amount': self.amount}
        await Activity.note(noted or what, by=by, at=at or self.claimed_at, **self._where, **facts)
        owner_id = record.owner_id if isinstance(record, Invoice) else None
        place: dict[str, Any] = {'customer_id': self.customer_id, 'invoice_id': self.invoice_id}
        await Notice.tell(what, module=Module.INVOICES, owner_id=owner_id, by=by, **place, **facts)

    @property
    def _where(self) -> dict[str, UUID | None]:
        return {'customer_id': self.customer_id, 'invoice_id': self.invoice_id, 'deposit_id': self.deposit_id}


class Slip(Record):
    """The picture of a claim, apart from it: it is read only by whoever looks at it."""

    claim: fields.OneToOneRelation[Claim] = fields.OneToOneField(
        'models.Claim', related_name='slip', on_delete=fields.RESTRICT
    )
    claim_id: UUID
    picture = fields.BinaryField()

    class Meta:
        table = 'slip'


async def _still_owed(record: Invoice | Deposit) -> dict[str, Any]:
    """Locks it: what is settled at this moment takes no claim any more. Raises Refused('nothing_owed')."""
    if isinstance(record, Invoice):
        invoice = await Invoice.select_for_update().get(id=record.id)
        if invoice.status not in OPEN:
            raise Refused('nothing_owed', number=record.number)
        return {'invoice_id': record.id}
    if (await Deposit.select_for_update().get(id=record.id)).awaited <= 0:
        raise Refused('nothing_owed', number=record.number)
    return {'deposit_id': record.id}


def _readable(amount: Decimal, withheld: Decimal) -> tuple[Decimal, Decimal]:
    amount, withheld = baht(amount), baht(withheld)
    if not 0 < amount <= LARGEST or withheld < 0:
        raise Refused('amount_not_positive')
    return amount, withheld


async def _must_be_meant(record: Invoice | Deposit, settles: Decimal, sure: bool) -> None:
    """Late, twice and too much are normal; a sum out of all proportion is a slip of the finger, and so may any more be.

    Raises Refused: `claim_far_too_much`, `claim_more_than_owed`.
    """
    stored = await type(record).get(id=record.id)
    owed, whole = (stored.balance, stored.total) if isinstance(stored, Invoice) else (stored.awaited, stored.amount)
    facts: dict[str, object] = {'number': record.number, 'owed': max(ZERO, owed)}
    if settles > MOST_TIMES * whole:
        raise Refused('claim_far_too_much', **facts)
    if settles > owed and not sure:
        raise Refused('claim_more_than_owed', **facts)


async def _refuse_recorded(reference: str, customer_id: UUID) -> None:
    """A clerk may have been faster and have typed the transfer's reference.

    Only this customer's money is looked at: a made-up slip tells nobody what others paid, and nobody's reference,
    which another bank may have given out as well, keeps a true slip away.
    """
    paid = await Payment.exists(reference=reference, reversed_at=None, customer_id=customer_id)
    if paid or await DepositMove.exists(reference=reference, reversed_at=None, deposit__customer_id=customer_id):
        raise Refused('slip_used')
