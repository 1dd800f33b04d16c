"""The key with which papers are sealed: made for the firm, or brought by it as PKCS#12."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

BITS = 3072
LASTS = timedelta(days=100 * 365)  # a paper is shown years later, and nobody will have renewed its seal


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key with its certificate and those that vouch for it, all in DER; may travel to a worker process."""

    certificate: bytes
    private: bytes = field(repr=False)
    chain: tuple[bytes, ...] = ()
    tsa: str = ''
    """The address of a time-stamp authority (RFC 3161), or ''."""

    @property
    def name(self) -> str:
        """Whose seal it is."""
        return name_in(self.certificate)

    @property
    def ends_at(self) -> datetime:
        return x509.load_der_x509_certificate(self.certificate).not_valid_after_utc


def new_seal_key(firm: str) -> SealKey:
    """A new key and a certificate that names the firm, signed by itself; takes up to a second."""
    key = rsa.generate_private_key(65537, BITS)
    name = firm.encode()[:64].decode(errors='ignore')  # as much as fits into a certificate
    names = [(NameOID.COMMON_NAME, name), (NameOID.ORGANIZATION_NAME, name), (NameOID.COUNTRY_NAME, 'TH')]
    subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in names])
    at = datetime.now(UTC)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return SealKey(certificate.public_bytes(Encoding.DER), _der(key))


def brought_seal_key(content: bytes, password: str, tsa: str = '') -> SealKey:
    """The firm's own key out of a PKCS#12 file. Raises ValueError with what is wrong with it."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except ValueError as error:
        raise ValueError('cannot be opened: it is no PKCS#12 file, or SEAL_PASSWORD is not its password') from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError('holds no RSA or elliptic-curve key with its certificate')
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise ValueError(f'ended on {certificate.not_valid_after_utc:%d %b %Y}, and nobody would believe its seal')
    chain = tuple(other.public_bytes(Encoding.DER) for other in others)
    return SealKey(certificate.public_bytes(Encoding.DER), _der(key), chain, tsa)


def fingerprint(certificate: bytes) -> str:
    return sha256(certificate).hexdigest()


def name_in(certificate: bytes) -> str:
    """The name that a certificate bears."""
    subject = x509.load_der_x509_certificate(certificate).subject
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME) or list(subject)
    return str(names[0].value) if names else ''


def _der(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
