"""Document numbers: gapless within a series and a year, whoever issues at the same moment."""

from datetime import date
from enum import StrEnum

from tortoise import connections, fields
from tortoise.models import Model


class Series(StrEnum):
    """The value is the prefix that a new firm starts with."""

    QUOTE = 'QT'
    JOB = 'JOB'
    INVOICE = 'INV'
    RECEIPT = 'RC'
    PREPAYMENT_RECEIPT = 'PREREC'
    DEPOSIT = 'DEP'
    DEPOSIT_RECEIPT = 'DEPR'
    DEPOSIT_RETURN = 'DEPRR'
    TAX_INVOICE = 'TI'
    CREDIT_NOTE = 'CN'
    CREDIT_RETURN = 'CRR'
    STATEMENT = 'STM'


class NumberCounter(Model):
    key = fields.CharField(max_length=40, primary_key=True)
    last_number = fields.IntField()

    class Meta:
        table = 'number_counter'

    @classmethod
    async def begun(cls) -> set[Series]:
        """The series of which a number was given in any year: their prefixes are printed on papers."""
        known = {str(key).rsplit('-', 1)[0] for key in await cls.all().values_list('key', flat=True)}
        return {series for series in Series if series.value in known}


TAKE = """
insert into number_counter (key, last_number) values ($1, 1)
on conflict (key) do update set last_number = number_counter.last_number + 1 returning last_number
"""


async def next_number(series: Series, day: date) -> str:
    """The next number of the series in the year of `day` (a Bangkok day): `INV-2026-0042`.

    Belongs at the end of a change: the counter's row stays locked until the commit, and a rollback gives the number
    back, which is what keeps the series without gaps.
    """
    from models.business import Business

    prefix = await Business.prefix_of(series)
    rows = await connections.get('default').execute_query_dict(TAKE, [f'{series.value}-{day.year}'])
    return f'{prefix}-{day.year}-{rows[0]["last_number"]:04d}'
