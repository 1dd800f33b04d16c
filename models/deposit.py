"""A refundable security deposit: requested, collected, held, and returned or kept in part with a reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.business import Business
from models.customer import Customer, fold
from models.deposit_paper import owe_deposit_request
from models.money import ZERO, baht, vat_inside
from models.money_day import must_have_come
from models.numbering import Series, next_number
from models.payment import Method
from models.receipt import Receipt, ReceiptKind
from models.settlement import end_links
from models.unseen import refuse_unseen

if TYPE_CHECKING:
    from models.offer import Offer


class DepositStatus(StrEnum):
    PENDING = 'Pending'
    PARTIALLY_HELD = 'Partially Held'
    HELD = 'Held'
    RETURNED = 'Returned'
    PARTIALLY_RETURNED = 'Partially Returned'
    FORFEITED = 'Forfeited'


AWAITED = (DepositStatus.PENDING, DepositStatus.PARTIALLY_HELD)
WITH_US = (DepositStatus.PARTIALLY_HELD, DepositStatus.HELD)


class KeptKind(StrEnum):
    """A charge has VAT inside; compensation for damage has none (Revenue Code s.79: no consideration for a supply)."""

    CHARGE = 'Charge'
    COMPENSATION = 'Compensation for damage'


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """What is kept of a deposit and why, in THB."""

    kind: KeptKind
    reason: str
    amount: Decimal


class Deposit(Record):
    """All amounts in THB: collected = held + returned + kept, at every moment.

    Once its job is cancelled it is waived: nothing more of it is awaited, and what is held can be returned.
    """

    number = fields.CharField(max_length=40, unique=True)
    quote_id = fields.UUIDField(unique=True)
    job_id = fields.UUIDField(null=True, db_index=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='deposits', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    collected = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    returned = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    kept = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    status = fields.CharEnumField(DepositStatus, max_length=20, default=DepositStatus.PENDING)
    requested_on = fields.DateField()
    waived_at = fields.DatetimeField(null=True)
    reason = fields.TextField(default='')
    search = fields.TextField(default='')
    moves: fields.ReverseRelation['DepositMove']

    class Meta:
        table = 'deposit'

    @classmethod
    async def request(cls, quote: 'Offer', *, at: datetime, by: Actor) -> 'Deposit':
        """Only acceptance calls this: the deposit waits for its money, with its Deposit Request."""
        today = bangkok_day(at)
        customer = await Customer.get(id=quote.customer_id)
        number = await next_number(Series.DEPOSIT, today)
        deposit = await cls.create(
            number=number,
            quote_id=quote.id,
            customer_id=quote.customer_id,
            amount=quote.deposit,
            requested_on=today,
            search=fold(f'{number} {quote.number} {customer.name} {customer.name_th}'),
        )
        await owe_deposit_request(deposit)
        await Activity.note('deposit_requested', by=by, at=at, **deposit.where, number=number, amount=quote.deposit)
        return deposit

    @classmethod
    async def waive(cls, job_id: UUID, *, at: datetime) -> None:
        """Only a job's cancelling calls this: what is not paid yet is not asked for any more."""
        await cls.filter(job_id=job_id, status__in=AWAITED, waived_at=None).update(waived_at=at)

    async def collect(
        self,
        *,
        amount: Decimal,
        method: Method,
        collected_on: date,
        key: UUID,
        by: Actor,
        reference: str = '',
        seen: Collection[UUID] | None = None,
    ) -> 'DepositMove':
        """`Collect Payment`, in parts if need be; each makes its DEPR receipt. `seen` as in `Payment.record`.

        Raises Refused: `amount_not_positive`, `day_to_come`, `recorded_meanwhile`, `deposit_not_awaited`,
        `more_than_deposit`.
        """
        from models.portal_link import EndReason

        by.must(Module.INVOICES, Level.WRITE)
        method.must_be_money()
        amount = baht(amount)
        if amount <= 0:
            raise Refused('amount_not_positive')
        at = now()
        must_have_come(collected_on, at)
        async with one_change():
            deposit = await Deposit.select_for_update().get(id=self.id)
            if known := await DepositMove.get_or_none(key=key):
                return known
            await refuse_unseen(deposit, seen)
            if deposit.status not in AWAITED or deposit.waived_at:
                raise Refused('deposit_not_awaited', number=self.number)
            if deposit.collected + amount > deposit.amount:
                raise Refused('more_than_deposit', number=self.number)
            full = deposit.collected + amount == deposit.amount
            await deposit.set(
                collected=deposit.collected + amount,
                status=DepositStatus.HELD if full else DepositStatus.PARTIALLY_HELD,
            )
            move = await deposit._move(
                DepositMoveKind.COLLECTED, amount, collected_on, method, reference, key=key, at=at, by=by
            )
            if full:
                await end_links(EndReason.HELD, at=at, deposit_id=deposit.id)
            await Activity.note('deposit_collected', by=by, at=at, **self.where, number=self.number, amount=amount)
        self.become(deposit)
        return move

    async def give_back(
        self,
        *,
        method: Method,
        returned_on: date,
        key: UUID,
        by: Actor,
        kept: Iterable[KeptEntry] = (),
        reference: str = '',
        seen: Decimal | None = None,
    ) -> 'DepositMove':
        """`Return Deposit`: all that is held goes back, less what is kept, line by line with its reason.

        Nothing kept: Returned. Everything kept: Forfeited. `seen` is what was held when the clerk looked. Raises
        Refused: `deposit_not_held`, `kept_too_much`, `reason_missing`, `amount_not_positive`, `day_to_come`,
        `changed_meanwhile` (more was collected, or some taken back).
        """
        by.must(Module.INVOICES, Level.WRITE)
        method.must_be_money()
        entries = list(kept)
        if any(baht(entry.amount) <= 0 for entry in entries):
            raise Refused('amount_not_positive')
        if any(not entry.reason.strip() for entry in entries):
            raise Refused('reason_missing')
        at = now()
        must_have_come(returned_on, at)
        firm = await Business.the()
        async with one_change():
            deposit = await Deposit.select_for_update().get(id=self.id)
            if known := await DepositMove.get_or_none(key=key):
                return known
            if deposit.status not in WITH_US:
                raise Refused('deposit_not_held', number=self.number)
            if seen not in (None, deposit.held):
                raise Refused('changed_meanwhile')
            held, keeping = deposit.held, sum((baht(entry.amount) for entry in entries), ZERO)
            if keeping > held:
                raise Refused('kept_too_much', number=self.number, held=held)
            back = held - keeping
            reason = '; '.join(entry.reason.strip() for entry in entries)
            await deposit.set(
                returned=deposit.returned + back,
                kept=deposit.kept + keeping,
                reason=reason,
                status=DepositStatus.RETURNED
                if not keeping
                else DepositStatus.PARTIALLY_RETURNED
                if back
                else DepositStatus.FORFEITED,
            )
            await deposit._keep(entries, firm, at)
            move = await deposit._move(
                DepositMoveKind.RETURNED, back, returned_on, method, reference, key=key, at=at, by=by, kept=keeping
            )
            await Activity.note(
                'deposit_returned', by=by, at=at, **self.where, number=self.number, returned=back, kept=keeping
            )
        self.become(deposit)
        return move

    @property
    def held(self) -> Decimal:
        return self.collected - self.returned - self.kept

    @property
    def awaited(self) -> Decimal:
        """Still to be paid by the customer."""
        return self.amount - self.collected if self.status in AWAITED and not self.waived_at else ZERO

    async def _keep(self, entries: list[KeptEntry], firm: Business, at: datetime) -> None:
        for entry in entries:
            taxed = entry.kind is KeptKind.CHARGE and firm.vat_registered
            await DepositKept.create(
                deposit_id=self.id,
                kind=entry.kind,
                reason=entry.reason.strip(),
                amount=baht(entry.amount),
                vat=vat_inside(baht(entry.amount), firm.vat_percent) if taxed else ZERO,
                tax_invoice_number=await next_number(Series.TAX_INVOICE, bangkok_day(at)) if taxed else None,
            )

    async def _move(
        self,
        kind: 'DepositMoveKind',
        amount: Decimal,
        moved_on: date,
        method: Method,
        reference: str,
        *,
        key: UUID,
        at: datetime,
        by: Actor,
        kept: Decimal = ZERO,
    ) -> 'DepositMove':
        """The row of the ledger and its receipt."""
        move = await DepositMove.create(
            deposit_id=self.id,
            kind=kind,
            amount=amount,
            moved_on=moved_on,
            method=method,
            reference=reference.strip(),
            key=key,
            by_name=by.name,
            at=at,
        )
        receipt = await Receipt.issue(
            ReceiptKind.DEPOSIT if kind is DepositMoveKind.COLLECTED else ReceiptKind.DEPOSIT_RETURN,
            customer_id=self.customer_id,
            deposit_id=self.id,
            amount=amount,
            kept=kept,
            moved_on=moved_on,
            method=method,
            reference=reference.strip(),
            at=at,
        )
        await move.set(receipt_id=receipt.id)
        return move

    @property
    def where(self) -> dict[str, UUID | None]:
        return {
            'customer_id': self.customer_id,
            'deposit_id': self.id,
            'quote_id': self.quote_id,
            'job_id': self.job_id,
        }


class DepositMoveKind(StrEnum):
    COLLECTED = 'Collected'
    RETURNED = 'Returned'


class DepositMove(Record):
    """A line of the ledger. What was collected by mistake is marked as reversed, and counts no more."""

    deposit: fields.ForeignKeyRelation[Deposit] = fields.ForeignKeyField(
        'models.Deposit', related_name='moves', on_delete=fields.RESTRICT
    )
    deposit_id: UUID
    kind = fields.CharEnumField(DepositMoveKind, max_length=10)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    moved_on = fields.DateField()
    method = fields.CharEnumField(Method, max_length=14)
    reference = fields.CharField(max_length=200, default='')
    key = fields.UUIDField(unique=True)
    by_name = fields.CharField(max_length=200)
    at = fields.DatetimeField()
    receipt_id = fields.UUIDField(null=True)
    reversed_at = fields.DatetimeField(null=True)
    reversal_reason = fields.TextField(default='', db_default='')

    class Meta:
        table = 'deposit_move'
        ordering = ('at', 'id')


class DepositKept(Record):
    """What was kept and why; the customer sees it."""

    deposit: fields.ForeignKeyRelation[Deposit] = fields.ForeignKeyField(
        'models.Deposit', related_name='kept_lines', on_delete=fields.RESTRICT
    )
    deposit_id: UUID
    kind = fields.CharEnumField(KeptKind, max_length=24)
    reason = fields.TextField()
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    vat = fields.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    tax_invoice_number = fields.CharField(max_length=40, unique=True, null=True)

    class Meta:
        table = 'deposit_kept'
