"""The customer's credit: what was paid above balances or credited after payment; used on an invoice or returned."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.credit_note import CreditNote
from models.customer import Customer
from models.document import Document, DocumentKind
from models.invoice import Invoice
from models.money import ZERO, baht
from models.money_day import must_have_come
from models.numbering import Series, next_number
from models.payment import Method, Payment


class CreditReturn(Record):
    """Credit that was paid back to the customer, in THB."""

    number = fields.CharField(max_length=40, unique=True, null=True)
    customer_id = fields.UUIDField(db_index=True)
    amount = fields.DecimalField(max_digits=14, decimal_places=2)
    method = fields.CharEnumField(Method, max_length=14)
    reference = fields.CharField(max_length=200, default='')
    returned_on = fields.DateField()
    reason = fields.TextField(default='')
    key = fields.UUIDField(unique=True)
    by_name = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        table = 'credit_return'
        ordering = ('at', 'id')

    @classmethod
    async def pay_back(
        cls,
        customer: Customer,
        *,
        amount: Decimal,
        method: Method,
        returned_on: date,
        key: UUID,
        by: Actor,
        reference: str = '',
        reason: str = '',
    ) -> 'CreditReturn':
        """The firm returns credit, with a paper that says so; why it does is for the firm alone.

        Raises Refused: `amount_not_positive`, `credit_too_small`, `method_not_money`, `day_to_come`.
        """
        by.must(Module.INVOICES, Level.MANAGE)
        amount, at = baht(amount), now()
        if amount <= 0:
            raise Refused('amount_not_positive')
        method.must_be_money()
        must_have_come(returned_on, at)
        async with one_change():
            await hold_credit(customer.id)
            if known := await cls.get_or_none(key=key):
                return known
            await _must_have(customer.id, amount)
            number = await next_number(Series.CREDIT_RETURN, bangkok_day(at))
            returned = await cls.create(
                number=number,
                customer_id=customer.id,
                amount=amount,
                method=method,
                reference=reference.strip(),
                returned_on=returned_on,
                reason=reason.strip(),
                key=key,
                by_name=by.name,
                at=at,
            )
            await returned._owe_paper()
            await Activity.note('credit_returned', by=by, at=at, customer_id=customer.id, number=number, amount=amount)
        return returned

    async def _owe_paper(self) -> None:
        frozen = {name: str(getattr(self, name)) for name in ('number', 'amount', 'method', 'reference', 'returned_on')}
        issued_on = bangkok_day(self.at)
        left = str(await credit_of(self.customer_id))
        await Document.order(
            DocumentKind.CREDIT_RETURN,
            self.number or '',
            customer_id=self.customer_id,
            issued_on=issued_on,
            frozen={**frozen, 'issued_on': str(issued_on), 'credit_left': left},
        )


async def use_credit(invoice: Invoice, *, amount: Decimal, key: UUID, by: Actor) -> Payment:
    """`Use Credit`: settles some of an invoice without money moving, and has its receipt like any payment.

    Raises Refused: `amount_not_positive`, `invoice_not_open`, `more_than_balance`, `credit_too_small`.
    """
    by.must(Module.INVOICES, Level.WRITE)
    amount, at = baht(amount), now()
    if amount <= 0:
        raise Refused('amount_not_positive')
    async with one_change():
        stored = await Invoice.select_for_update().get(id=invoice.id)
        await hold_credit(stored.customer_id)
        if known := await Payment.get_or_none(key=key):
            return known
        await _must_have(stored.customer_id, amount)
        return await Payment.take(stored, amount=amount, method=Method.CREDIT, key=key, at=at, by=by)


async def credit_of(customer_id: UUID) -> Decimal:
    """The customer's credit in THB: over-payments and credit notes on what was paid, less what was used or returned."""
    live = Payment.filter(customer_id=customer_id, reversed_at=None)
    return (
        await _sum(live.filter(credit__gt=0), 'credit')
        + await _sum(CreditNote.filter(customer_id=customer_id), 'credit')
        - await _sum(live.filter(method=Method.CREDIT), 'amount')
        - await _sum(CreditReturn.filter(customer_id=customer_id), 'amount')
    )


async def hold_credit(customer_id: UUID) -> None:
    """Until the change is whole nobody else spends or takes away this customer's credit."""
    await Customer.select_for_update(no_key=True).get(id=customer_id)


async def _must_have(customer_id: UUID, amount: Decimal) -> None:
    credit = await credit_of(customer_id)
    if amount > credit:
        raise Refused('credit_too_small', credit=credit)


async def _sum(rows: QuerySet[Any], column: str) -> Decimal:
    [[total]] = await rows.annotate(sum_of_all=Sum(column)).values_list('sum_of_all')
    return total or ZERO
