"""A line of a quote, which keeps its identity from version to version."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.line import Line, LineEntry

if TYPE_CHECKING:
    from models.quote import Quote


class QuoteLine(Line):
    quote: fields.ForeignKeyRelation['Quote'] = fields.ForeignKeyField(
        'models.Quote', related_name='lines', on_delete=fields.CASCADE
    )
    quote_id: UUID
    optional = fields.BooleanField(default=False)
    chosen = fields.BooleanField(default=False)

    class Meta:
        table = 'quote_line'
        ordering = ('position',)

    @property
    def counts(self) -> bool:
        """Whether the line is part of the sum: an optional one only when the customer ticked it."""
        return self.chosen or not self.optional

    @property
    def as_typed(self) -> LineEntry:
        """As it stands in the editor: this very line, to be changed."""
        return LineEntry.of_json({**self.entry.json(), 'optional': self.optional, 'id': str(self.id)})

    @classmethod
    async def keep(cls, quote_id: UUID, entries: Iterable[LineEntry]) -> None:
        """These lines and no other: known ones are changed in place, so that a customer's ticks outlive an edit."""
        known = {line.id: line for line in await cls.filter(quote_id=quote_id)}
        for position, entry in enumerate(entries):
            columns = {'position': position, 'optional': entry.optional, **entry.columns}
            if entry.id and (line := known.pop(entry.id, None)):
                # Saved with every word that is typed: of two hundred lines mostly one is another.
                if any(getattr(line, name) != value for name, value in columns.items()):
                    await line.set(**columns)
            elif entry.id and not await cls.exists(id=entry.id):
                await cls.create(id=entry.id, quote_id=quote_id, **columns)
            else:
                await cls.create(quote_id=quote_id, **columns)
        if known:
            await cls.filter(id__in=[str(line_id) for line_id in known]).delete()
