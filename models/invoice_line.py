"""The lines of an invoice: what is charged, and what was paid before as negative ones."""

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.line import Line

if TYPE_CHECKING:
    from models.invoice import Invoice


class InvoiceLine(Line):
    invoice: fields.ForeignKeyRelation['Invoice'] = fields.ForeignKeyField(
        'models.Invoice', related_name='lines', on_delete=fields.CASCADE
    )
    invoice_id: UUID

    class Meta:
        table = 'invoice_line'
        ordering = ('position',)
