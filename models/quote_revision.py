"""What a clerk is writing: a private copy of a quote, saved as one types, and who else has it open."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields

from models.actor import Actor
from models.base import Record, Refused, now
from models.program import Program
from models.quote_entry import QuoteEntry

if TYPE_CHECKING:
    from models.quote import Quote


class QuoteRevision(Record):
    """Of a draft: as typed, complete or not. Of a sent quote: what the customer sees only once it is published."""

    quote_id = fields.UUIDField(unique=True)
    content: dict[str, Any] = fields.JSONField(default=dict)
    by_name = fields.CharField(max_length=200, default='')
    staff_id = fields.UUIDField(null=True)
    written_at = fields.DatetimeField()

    class Meta:
        table = 'quote_revision'

    @property
    def entry(self) -> QuoteEntry:
        return QuoteEntry.of_json(self.content)

    @classmethod
    async def keep(cls, quote_id: UUID, entry: QuoteEntry, *, version: int, at: datetime, by: Actor) -> 'QuoteRevision':
        """Only `quote.write` calls this, with the quote locked. `version` is the one that was seen, 0 for none.

        Raises Refused: `changed_meanwhile`.
        """
        facts: dict[str, Any] = {'content': entry.json(), 'by_name': by.name, 'staff_id': by.staff_id, 'written_at': at}
        revision = await cls.get_or_none(quote_id=quote_id)
        if (revision.version if revision else 0) != version:
            raise Refused('changed_meanwhile')
        if revision is None:
            return await cls.create(quote_id=quote_id, **facts)
        await revision.set_unless_changed(version, **facts)
        return revision


class Editing(Record):
    """A clerk who has the editor of a quote open now. Written when it opens, erased when it closes."""

    quote_id = fields.UUIDField(db_index=True)
    staff_id = fields.UUIDField()
    name = fields.CharField(max_length=200)
    program_id = fields.UUIDField(db_index=True)

    class Meta:
        table = 'editing'

    @classmethod
    async def begin(cls, quote: 'Quote', *, by: Actor, program_id: UUID) -> 'Editing':
        if by.staff_id is None:
            raise Refused('not_allowed')
        return await cls.create(quote_id=quote.id, staff_id=by.staff_id, name=by.name, program_id=program_id)

    async def leave(self) -> None:
        await Editing.filter(id=self.id).delete()

    @classmethod
    async def of(cls, quote_id: UUID) -> list['Editing']:
        """Who has it open through a program that is alive, whoever came first first."""
        alive = await Program.living(now())
        return await cls.filter(quote_id=quote_id, program_id__in=alive).order_by('id') if alive else []

    @classmethod
    async def of_program(cls, program_id: UUID) -> None:
        """A program that starts or stops has nobody writing."""
        await cls.filter(program_id=program_id).delete()
