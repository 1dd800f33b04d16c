"""The evidence of an acceptance: who signed which version of a quote, how, when, from where, and to what words."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from models.actor import Actor
from models.base import Record, Refused


class SignatureMethod(StrEnum):
    DRAWN = 'Drawn'
    TYPED = 'Typed'


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """A signature as given: drawn strokes or, equally, the typed name; `chosen` are the optional lines ticked."""

    name: str
    method: SignatureMethod
    consent: str
    language: str
    strokes: list[list[list[int]]] = field(default_factory=list)
    chosen: frozenset[UUID] = frozenset()
    position: str = ''
    company: str = ''
    email: str = ''
    ip: str = ''
    user_agent: str = ''
    shown_sha256: bytes | None = None
    terms_version: int = 1

    def check(self) -> None:
        """Raises Refused: `signature_name_missing`, `signature_missing`."""
        if not self.name.strip():
            raise Refused('signature_name_missing')
        if self.method is SignatureMethod.DRAWN and not any(len(stroke) > 1 for stroke in self.strokes):
            raise Refused('signature_missing')


class Signature(Record):
    quote_id = fields.UUIDField(unique=True)
    quote_version = fields.IntField()
    name = fields.CharField(max_length=200)
    method = fields.CharEnumField(SignatureMethod, max_length=6)
    strokes: list[Any] = fields.JSONField(default=list)
    position = fields.CharField(max_length=200, default='')
    company = fields.CharField(max_length=200, default='')
    email = fields.CharField(max_length=200, default='')
    consent = fields.TextField()
    terms_version = fields.IntField(default=1)
    language = fields.CharField(max_length=2)
    signed_at = fields.DatetimeField()
    ip = fields.CharField(max_length=45, default='')
    user_agent = fields.CharField(max_length=400, default='')
    link_id = fields.UUIDField(null=True)
    shown_sha256 = fields.BinaryField(null=True)

    class Meta:
        table = 'signature'

    @classmethod
    async def take(
        cls, entry: SignatureEntry, *, quote_id: UUID, quote_version: int, at: datetime, by: Actor
    ) -> 'Signature':
        return await cls.create(
            quote_id=quote_id,
            quote_version=quote_version,
            name=entry.name.strip()[:200],
            method=entry.method,
            strokes=entry.strokes,
            position=entry.position.strip()[:200],
            company=entry.company.strip()[:200],
            email=entry.email.strip()[:200],
            consent=entry.consent,
            terms_version=entry.terms_version,
            language=entry.language,
            signed_at=at,
            ip=entry.ip,
            user_agent=entry.user_agent[:400],
            link_id=by.link_id,
            shown_sha256=entry.shown_sha256,
        )
