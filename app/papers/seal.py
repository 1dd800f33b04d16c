"""The firm's seal on a finished paper (PAdES): whoever changes one byte of it afterwards breaks the seal."""

from __future__ import annotations

import io
import logging
from functools import lru_cache

import httpx
from asn1crypto import tsp
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.seal_key import SealKey

log = logging.getLogger(__name__)

FIELD = 'Seal'
PATIENCE = 5.0  # seconds for the time-stamp authority


def seal(paper: bytes, key: SealKey, *, reason: str) -> bytes:
    """The paper with the seal on all of it: certified, and nothing may be added."""
    if key.tsa:
        try:
            return _sealed(paper, key, reason, StampOfTime(key.tsa))
        except (httpx.HTTPError, TimestampRequestError, OSError, ValueError) as error:
            # Somebody waits for this paper, and the seal holds without the authority's word as well.
            log.warning('The time-stamp authority did not stamp a paper: %s', error or type(error).__name__)
    return _sealed(paper, key, reason, None)


class StampOfTime(TimeStamper):
    """Asks an authority for its word on the time."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {'content-type': 'application/timestamp-query', 'accept': 'application/timestamp-reply'}
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.post(self.url, content=req.dump(), headers=headers)
        answer.raise_for_status()
        return tsp.TimeStampResp.load(answer.content)


class _Untouched(IncrementalPdfFileWriter):
    """Adds the seal and nothing else: what the paper says of itself stays as it was set."""

    def _update_meta(self) -> None:
        pass


class _Signer(SimpleSigner):
    """Reads the private key once and not for every paper, which would take longer than all the rest."""

    def __init__(self, key: SealKey) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(map(Certificate.load, (key.certificate, *key.chain)))
        super().__init__(Certificate.load(key.certificate), PrivateKeyInfo.load(key.private), registry)
        self._read = load_der_private_key(key.private, None, unsafe_skip_rsa_key_validation=True)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        assert digest_algorithm == 'sha256'
        if isinstance(self._read, rsa.RSAPrivateKey):
            return self._read.sign(data, PKCS1v15(), SHA256())
        assert isinstance(self._read, ec.EllipticCurvePrivateKey)
        return self._read.sign(data, ec.ECDSA(SHA256()))


_signer = lru_cache(maxsize=2)(_Signer)


def _sealed(paper: bytes, key: SealKey, reason: str, stamp: TimeStamper | None) -> bytes:
    told = PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        md_algorithm='sha256',
    )
    writer, sealed = _Untouched(io.BytesIO(paper)), io.BytesIO()
    spec = SigFieldSpec(FIELD, empty_field_appearance=True)
    PdfSigner(told, signer=_signer(key), timestamper=stamp, new_field_spec=spec).sign_pdf(writer, output=sealed)
    return sealed.getvalue()
