"""The evidence of an acceptance: who signed which version of a quote, how, when, from where, and to what words."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from models.activity import Activity
from models.actor import Actor
from models.base import Record, Refused
from models.document import Document
from models.strokes import check_strokes

LONGEST_TEXT = 120
EMAIL = re.compile(r'[^@\s<>,;:"()\[\]]+@[^@\s<>,;:"()\[\]]+\.[^@\s<>,;:"()\[\]]+')
PRINTED = ('LATIN ', 'THAI ', 'COMBINING ', 'DIGIT ')
ARROWS = 0x2190  # after these there are signs for which no letters of ours exist
UNSEEN = '\u200b\u200c\u200d\u2060\ufeff'  # left by some keyboards between Thai words
# What turns the direction of writing can make a name read otherwise than it is stored.
TURNS = frozenset('\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')


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
    terms_version: int = 1
    at_counter: bool = False  # on a device of the firm: staff were signed in there

    def check(self) -> None:
        """All of it came from a stranger's browser. Raises Refused: `signature_name_missing`,
        `signature_name_malformed`, `signature_text_malformed`, `email_malformed`, and what drawn strokes refuse.
        """
        if not _is_one_line(self.name):
            raise Refused('signature_name_malformed', signs=LONGEST_TEXT)
        if not any(sign.isalnum() for sign in self.name):
            raise Refused('signature_name_missing')
        if not (_is_one_line(self.position) and _is_one_line(self.company)):
            raise Refused('signature_text_malformed', signs=LONGEST_TEXT)
        if not _is_one_line(self.email) or (self.email.strip() and not EMAIL.fullmatch(self.email.strip())):
            raise Refused('email_malformed')
        if self.method is SignatureMethod.DRAWN:
            check_strokes(self.strokes)
        elif self.strokes:
            raise Refused('signature_malformed')


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
    picture = fields.BinaryField(null=True)  # PNG, made of the strokes when the paper is set

    class Meta:
        table = 'signature'

    @classmethod
    async def take(
        cls, entry: SignatureEntry, *, shown: Document, quote_version: int, at: datetime, by: Actor
    ) -> 'Signature':
        """`shown` is the very paper that was signed: its SHA-256 becomes part of the evidence."""
        return await cls.create(
            quote_id=shown.quote_id,
            quote_version=quote_version,
            name=entry.name.strip()[:200],
            method=entry.method,
            strokes=entry.strokes,
            position=entry.position.strip()[:200],
            company=entry.company.strip()[:200],
            email=entry.email.strip()[:200],
            consent=entry.consent,
            terms_version=shown.frozen.get('terms_version', entry.terms_version),
            language=entry.language,
            signed_at=at,
            ip=entry.ip,
            user_agent=entry.user_agent[:400],
            link_id=by.link_id,
            shown_sha256=shown.sha256,
        )


def _is_one_line(text: object) -> bool:
    """Whether it is text for one line of a form: no line ends, no control characters, nothing that turns writing."""
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        return False
    return all(sign not in TURNS and _can_be_printed(sign) for sign in text)


def _can_be_printed(sign: str) -> bool:
    """Thai and Latin letters, figures and common marks: what our papers' letters have a form for."""
    category = unicodedata.category(sign)
    if category[0] in 'LM' or category == 'Nd':
        return unicodedata.name(sign, '').startswith(PRINTED)
    if category[0] in 'PS':
        return ord(sign) < ARROWS
    return category == 'Zs' or sign in UNSEEN


TOLD = (
    'quote_sent',
    'quote_published',
    'quote_question',
    'link_viewed',
    'quote_pdf_opened',
    'quote_accepted',
)


async def evidence(signed: Signature, shown: Document, *, device_id: UUID | None, at_counter: bool) -> dict[str, Any]:
    """What the certificate of a signed quote says: `signature`, and the `events` that led to it. Moments are UTC."""
    from models.device import DeviceRight, RightKind
    from models.portal_link import PortalLink

    link = await PortalLink.get_or_none(id=signed.link_id) if signed.link_id else None
    unlocked = link and await DeviceRight.until_when(RightKind.UNLOCKED, link_id=link.id, device_id=device_id)
    of_quote, of_link = Q(quote_id=signed.quote_id, what__in=TOLD), Q(link_id=signed.link_id, what='link_viewed')
    events = await Activity.filter(of_quote | of_link if signed.link_id else of_quote).order_by('at', 'id')
    texts = ('name', 'position', 'company', 'email', 'consent', 'language', 'ip', 'user_agent')
    return {
        'signature': {
            **{name: getattr(signed, name) for name in texts},
            'method': str(signed.method),
            'strokes': signed.strokes,
            'terms_version': signed.terms_version,
            'quote_version': signed.quote_version,
            'signed_at': signed.signed_at.isoformat(),
            'at_counter': at_counter,
            'device': str(device_id) if device_id else '',
            'link': link.public_id if link else '',
            'code_passed': bool(unlocked),
            'shown_sha256': bytes(shown.sha256 or b'').hex(),
            'shown_document': str(shown.id),
            'shown_verification': shown.verification or '',
        },
        'events': [
            {'at': event.at.isoformat(), 'what': event.what, 'by': event.by_name, 'facts': event.facts}
            for event in events
        ],
    }
