"""The pictures of logos that were ever printed, by their SHA-256: a paper set again shows the logo of its day."""

from hashlib import sha256

from tortoise import fields
from tortoise.models import Model

from models.base import now


class Logo(Model):
    digest = fields.CharField(max_length=64, primary_key=True)
    content = fields.BinaryField()
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = 'logo'

    @classmethod
    async def keep(cls, content: bytes | None) -> str:
        """The picture's name from now on: the hexadecimal SHA-256; '' for none."""
        if not content:
            return ''
        digest = sha256(content).hexdigest()
        await cls.get_or_create({'content': content}, digest=digest)
        return digest

    @classmethod
    async def content_of(cls, digest: str) -> bytes | None:
        kept = await cls.get_or_none(digest=digest) if digest else None
        return bytes(kept.content) if kept else None
