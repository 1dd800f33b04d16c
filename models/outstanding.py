"""What customers owe at this moment, added up in the database."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from tortoise.expressions import F
from tortoise.functions import Sum

from models.bill import OPEN
from models.invoice import Invoice
from models.money import ZERO


async def outstanding_of(customer_id: UUID) -> Decimal:
    """What a customer owes in THB: the balances of issued, unsettled invoices."""
    return (await outstanding_of_all([customer_id])).get(customer_id, ZERO)


async def outstanding_of_all(customer_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """The same of several customers, added up in the database; who owes nothing is not among them."""
    open_ones = Invoice.filter(customer_id__in=customer_ids, status__in=OPEN)
    summed = open_ones.annotate(owed=Sum(F('total') - F('received') - F('withheld') - F('credited')))
    rows = await summed.group_by('customer_id').values_list('customer_id', 'owed')
    return {customer_id: Decimal(owed) for customer_id, owed in rows}
