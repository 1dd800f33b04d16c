"""The withholding certificate (50 ทวิ) by which a customer proves the tax it kept back: received or still owed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, bangkok_day, now, one_change
from models.payment import Payment

LARGEST_FILE = 10 * 1024 * 1024
# What a file begins with says what it is, whatever its name says.
KNOWN = {b'%PDF-': 'application/pdf', b'\xff\xd8\xff': 'image/jpeg', b'\x89PNG\r\n\x1a\n': 'image/png'}


@dataclass(frozen=True, slots=True)
class CertificateFile:
    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """Raises Refused: `file_too_large`, `file_unknown`."""
        if len(self.content) > LARGEST_FILE:
            raise Refused('file_too_large')
        for beginning, media_type in KNOWN.items():
            if self.content.startswith(beginning):
                return media_type
        raise Refused('file_unknown')


class WithholdingCertificate(Record):
    """One per payment; its file, if there is one, is only ever handed out to be saved, never shown in the house."""

    payment_id = fields.UUIDField(unique=True)
    customer_id = fields.UUIDField(db_index=True)
    number = fields.CharField(max_length=60, default='')
    received_on = fields.DateField()
    file_name = fields.CharField(max_length=200, default='')
    media_type = fields.CharField(max_length=60, default='')
    content = fields.BinaryField(null=True)
    by_name = fields.CharField(max_length=200)

    class Meta:
        table = 'withholding_certificate'

    @classmethod
    async def receive(
        cls,
        payment: Payment,
        *,
        by: Actor,
        number: str = '',
        received_on: date | None = None,
        file: CertificateFile | None = None,
    ) -> 'WithholdingCertificate':
        """`Withholding certificate received`. Raises Refused: `nothing_withheld`, `certificate_known`."""
        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        media_type = file.media_type if file else ''
        async with one_change():
            stored = await Payment.select_for_update().get(id=payment.id)
            if not stored.withheld or stored.reversed_at:
                raise Refused('nothing_withheld')
            if stored.certificate_received:
                raise Refused('certificate_known')
            certificate = await cls.create(
                payment_id=stored.id,
                customer_id=stored.customer_id,
                number=number.strip()[:60],
                received_on=received_on or bangkok_day(at),
                file_name=file.name.strip()[-200:] if file else '',
                media_type=media_type,
                content=file.content if file else None,
                by_name=by.name,
            )
            await stored.set(certificate_received=True)
            await Activity.note('certificate_received', by=by, at=at, **_where(stored), amount=stored.withheld)
        payment.become(stored)
        return certificate

    @classmethod
    async def miss(cls, payment: Payment, *, by: Actor) -> None:
        """The tick was a mistake: the certificate is owed again."""
        by.must(Module.INVOICES, Level.WRITE)
        at = now()
        async with one_change():
            stored = await Payment.select_for_update().get(id=payment.id)
            if not await cls.filter(payment_id=stored.id).delete():
                raise Refused('certificate_owed')
            await stored.set(certificate_received=False)
            await Activity.note('certificate_missed', by=by, at=at, **_where(stored), amount=stored.withheld)
        payment.become(stored)


def _where(payment: Payment) -> dict[str, UUID | None]:
    return {'customer_id': payment.customer_id, 'invoice_id': payment.invoice_id, 'job_id': payment.job_id}
