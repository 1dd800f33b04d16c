"""A paper handed out with a mark across it (cancelled, a copy) is another file, and known by its fingerprint."""

from hashlib import sha256
from uuid import UUID

from tortoise import fields

from models.base import Record
from models.document import Document


class Reprint(Record):
    """Append-only; so a marked paper that comes back to be verified is not taken for an altered one."""

    document_id: UUID = fields.UUIDField(db_index=True)
    sha256 = fields.BinaryField()

    class Meta:
        table = 'reprint'

    @classmethod
    async def note(cls, document: Document, content: bytes) -> None:
        """It was handed out like this; told once, however often."""
        fresh = cls(document_id=document.id, sha256=sha256(content).digest())
        await cls.bulk_create([fresh], ignore_conflicts=True)
