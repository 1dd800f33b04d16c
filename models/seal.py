"""Every certificate with which this house has sealed papers, and the newest private key, encrypted."""

from tortoise import fields

from models.base import Record


class Seal(Record):
    """Numbered from 1; the last one made here seals, unless the firm brings a key of its own (no `cipher` then)."""

    number = fields.IntField(unique=True)
    certificate = fields.BinaryField()
    cipher = fields.BinaryField(null=True)

    class Meta:
        table = 'seal'

    @classmethod
    async def last_made_here(cls) -> 'Seal | None':
        return await cls.filter(cipher__not_isnull=True).order_by('-number').first()

    @classmethod
    async def knows(cls, certificate: bytes) -> bool:
        """Whether this house has ever sealed with it."""
        return await cls.exists(certificate=certificate)

    @classmethod
    async def next_number(cls) -> int:
        last = await cls.all().order_by('-number').first()
        return last.number + 1 if last else 1

    @classmethod
    async def add(cls, number: int, certificate: bytes, cipher: bytes | None) -> None:
        """One more, unless another program was faster with this number: then its seal holds for both."""
        await cls.bulk_create([cls(number=number, certificate=certificate, cipher=cipher)], ignore_conflicts=True)
