"""Whether a file is a paper of this house: found by its fingerprint, or known by its id and then altered."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from models import Document, DocumentState, Reprint

LARGEST = 20_000_000  # bytes; no paper of ours comes near
MOST_IDS = 8
ID = re.compile('[0-9a-f]{32}')
FINGERPRINT = re.compile('[0-9a-f]{64}')
# Where a paper carries its id: in the file's own id, and in what it says of itself. assets/verify.js looks there too.
WRITTEN = re.compile(rb'/ID\s*\[\s*<([0-9A-Fa-f]{32})>|<dc:identifier>([0-9a-f]{32})</dc:identifier>')
OVERLAP = 128  # bytes, more than an id and what stands around it
COLUMNS = ('id', 'kind', 'number', 'edition', 'issued_on', 'cancelled_at')


class Verdict(StrEnum):
    GENUINE = 'genuine'
    ALTERED = 'altered'
    UNKNOWN = 'unknown'


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody may learn of a paper whose id or file they hold; never what it says."""

    kind: str
    number: str
    issued_on: str
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    paper: Known | None = None


class Reading:
    """A file as it comes in, piece by piece: hashed and searched for ids, and none of it kept."""

    def __init__(self) -> None:
        self.size = 0
        self.is_pdf = False
        self._hash = sha256()
        self._end = b''
        self._ids: dict[str, None] = {}

    def add(self, piece: bytes) -> None:
        if self.size == 0:
            self.is_pdf = b'%PDF-' in piece[:1024]
        self.size += len(piece)
        self._hash.update(piece)
        searched = self._end + piece
        for found in WRITTEN.finditer(searched):
            one = (found[1] or found[2]).decode().lower()
            self._ids.pop(one, None)
            self._ids[one] = None
            while len(self._ids) > MOST_IDS:  # a file may be made of nothing but ids
                del self._ids[next(iter(self._ids))]
        self._end = searched[-OVERLAP:]

    @property
    def fingerprint(self) -> str:
        return self._hash.hexdigest()

    @property
    def ids(self) -> list[str]:
        """The last first: a signed quote carries the whole file that was shown, and that one's id, within itself."""
        return list(self._ids)[::-1]


async def judge(ids: Iterable[str], fingerprint: str) -> Judgement:
    """Known fingerprint: genuine. Known id with another fingerprint: altered. Neither: unknown."""
    digest = bytes.fromhex(fingerprint) if FINGERPRINT.fullmatch(fingerprint) else b''
    if digest and (document := await _with_fingerprint(digest)):
        return Judgement(Verdict.GENUINE, _known(document))
    for one in ids:
        if paper := await issued(one):
            return Judgement(Verdict.ALTERED, paper)
    return Judgement(Verdict.UNKNOWN)


async def issued(verification: str) -> Known | None:
    """The paper with this verification id."""
    if not ID.fullmatch(verification):
        return None
    document = await Document.filter(verification=verification).only(*COLUMNS).first()
    return _known(document) if document else None


class SealState(StrEnum):
    """What the seal on a file says by itself, without anything that we keep."""

    NONE = 'none'
    INTACT = 'intact'
    BROKEN = 'broken'


@dataclass(frozen=True, slots=True)
class SealFound:
    state: SealState
    certificate: bytes = b''


def seal_on(content: bytes) -> SealFound:
    """The last seal of a PDF, whole only if it covers every byte. Blocks for a moment: call it in a thread."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
        if not seals:
            return SealFound(SealState.NONE)
        certificate = seals[-1].signer_cert
        trusted = ValidationContext(trust_roots=[certificate], allow_fetching=False)
        status = validate_pdf_signature(seals[-1], trusted)
    except (PdfError, SigningError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return SealFound(SealState.BROKEN)
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE and status.docmdp_ok is not False
    state = SealState.INTACT if status.intact and status.valid and whole else SealState.BROKEN
    return SealFound(state, certificate.dump())


async def _with_fingerprint(digest: bytes) -> Document | None:
    """The paper itself, or the one that was handed out like this with a mark across it."""
    if document := await Document.filter(state=DocumentState.SET, sha256=digest).only(*COLUMNS).first():
        return document
    marked = await Reprint.filter(sha256=digest).first()
    return await Document.filter(id=marked.document_id).only(*COLUMNS).first() if marked else None


def _known(document: Document) -> Known:
    return Known(str(document.kind), document.number, str(document.issued_on), document.cancelled_at)
