"""The seal: a paper that carries it is whole and unchanged, or every reader says otherwise."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import asyncpg
import pikepdf
import pytest
from asn1crypto import tsp
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.backup import Archive, write_backup
from app.database import connect, disconnect
from app.keys import use_keys
from app.papers.pen import About, Ink, Pen
from app.papers.seal import seal
from app.papers.sealing import the_seal_key
from app.seal_key import SealKey, new_seal_key
from app.settings import Settings, WrongSettings, read_settings, use_settings
from models import Seal
from tests.cluster import Databases
from tests.conftest import SECRET, Program, Psql
from tests.world import a_firm

ID = '5ea1' * 8


@pytest.fixture(scope='module')
def key() -> SealKey:
    return new_seal_key('Siam Light & Grip Co., Ltd.')


def a_paper() -> bytes:
    pen = Pen(About('QT-2026-0001', 'Quote', 'Siam Light & Grip', 'th', datetime(2026, 11, 22, tzinfo=UTC), ID))
    pen.add_page()
    pen.write_at(20, 30, 'ใบเสนอราคา น้ำมัน 57,000.00', Ink())
    return pen.finished()


def judged(paper: bytes, key: SealKey) -> Any:
    trusted = ValidationContext(trust_roots=[Certificate.load(key.certificate)], allow_fetching=False)
    return validate_pdf_signature(PdfFileReader(io.BytesIO(paper)).embedded_signatures[0], trusted)


def test_the_seal_certifies_and_lets_nothing_be_added(key: SealKey) -> None:
    sealed = seal(a_paper(), key, reason='Accepted quote')
    whole = judged(sealed, key)
    assert whole.intact
    assert whole.valid
    assert whole.bottom_line
    writer, more = IncrementalPdfFileWriter(io.BytesIO(sealed)), io.BytesIO()
    writer.root['/Added'] = generic.pdf_name('/Later')
    writer.update_root()  # type: ignore[no-untyped-call]
    writer.write(more)  # type: ignore[no-untyped-call]
    assert not judged(more.getvalue(), key).bottom_line


def test_one_flipped_byte_breaks_it(key: SealKey) -> None:
    sealed = bytearray(seal(a_paper(), key, reason='Accepted quote'))
    sealed[sealed.index(b'stream') + 60] ^= 1
    assert not judged(bytes(sealed), key).intact


def test_the_seal_leaves_what_the_paper_says_of_itself(key: SealKey) -> None:
    before, after = a_paper(), seal(a_paper(), key, reason='Accepted quote')
    assert after.startswith(before)
    with pikepdf.open(io.BytesIO(before)) as was, pikepdf.open(io.BytesIO(after)) as sealed:
        assert sealed.Root.Metadata.read_bytes() == was.Root.Metadata.read_bytes()
        assert bytes(sealed.trailer.ID[0]).hex() == ID


async def test_the_key_is_made_at_first_use_and_stays(db: str, psql: Psql) -> None:
    await a_firm()
    first, second = await the_seal_key(), await the_seal_key()
    assert first == second
    assert first.name == 'Siam Light & Grip Co., Ltd.'
    [kept] = await Seal.all()
    assert kept.cipher
    assert first.private not in kept.cipher
    for attack in ("update seal set cipher = ''", 'delete from seal', 'truncate seal'):
        with pytest.raises(asyncpg.PostgresError):
            await psql(attack)


async def test_two_tasks_at_first_use_agree(db: str) -> None:
    await a_firm()
    found = await asyncio.gather(*(the_seal_key() for _ in range(4)))
    assert len(set(found)) == 1
    assert await Seal.all().count() == 1


FIRST_USE = f"""
import asyncio, os
from app.database import connect, disconnect
from app.keys import use_keys
from app.papers.sealing import the_seal_key
from app.settings import Settings, use_settings
use_settings(Settings(secret={SECRET!r}))
use_keys({SECRET!r})
async def main():
    await connect(os.environ['DATABASE_URL'])
    print((await the_seal_key()).certificate.hex())
    await disconnect()
asyncio.run(main())
"""


async def test_several_programs_at_first_use_agree_on_one_key(db: str, program: Program) -> None:
    await a_firm()
    running = [await program(FIRST_USE) for _ in range(3)]
    said = {(await one.communicate())[0].strip() for one in running}
    assert len(said) == 1
    assert said == {(await the_seal_key()).certificate.hex().encode()}


async def test_a_key_locked_with_a_secret_that_was_lost_is_replaced_and_still_known(db: str) -> None:
    await a_firm()
    before = await the_seal_key()
    use_keys(b'another secret of the house, since the first was lost')
    after = await the_seal_key()
    assert after.certificate != before.certificate
    assert await Seal.knows(before.certificate)
    assert await Seal.knows(after.certificate)


async def test_a_backup_holds_the_key(db: str, databases: Databases, tmp_path: Path) -> None:
    await a_firm()
    key = await the_seal_key()
    await disconnect()
    (tmp_path / 'data').mkdir()
    chosen = Settings(secret=SECRET, data=tmp_path / 'data')
    await write_backup(tmp_path / 'all', db, chosen)
    elsewhere = databases.take()
    with Archive(tmp_path / 'all') as archive:
        await archive.restore(elsewhere, chosen, overwrite=False)
    await connect(elsewhere)
    assert await the_seal_key() == key
    await disconnect()
    databases.drop(elsewhere)


def brought(
    tmp_path: Path, *, days: int = 365, private: Any = None, password: bytes = b'open sesame'
) -> dict[str, str]:
    private = private or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Siam Light (Thai CA)')])
    at = datetime.now(UTC) - timedelta(days=2)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 77, at, at + timedelta(days=days))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(private, None if isinstance(private, ed25519.Ed25519PrivateKey) else SHA256())
    )
    lock = BestAvailableEncryption(password)
    (tmp_path / 'firm.p12').write_bytes(pkcs12.serialize_key_and_certificates(b'', private, certificate, None, lock))
    return {'APP_SECRET': SECRET.decode(), 'SEAL_FILE': str(tmp_path / 'firm.p12'), 'SEAL_PASSWORD': 'open sesame'}


async def test_a_key_that_the_firm_brings_seals_instead(db: str, tmp_path: Path) -> None:
    use_settings(read_settings(brought(tmp_path)))
    key = await the_seal_key()
    assert key.name == 'Siam Light (Thai CA)'
    assert await Seal.knows(key.certificate)
    assert await Seal.last_made_here() is None
    sealed = await asyncio.to_thread(seal, a_paper(), key, reason='Accepted quote')
    assert (await asyncio.to_thread(judged, sealed, key)).bottom_line


@pytest.mark.parametrize(
    ('facts', 'environment', 'sentence'),
    [
        ({}, {'SEAL_PASSWORD': 'wrong'}, 'SEAL_PASSWORD is not its password'),
        ({'days': 1}, {}, 'nobody would believe its seal'),
        ({'private': ed25519.Ed25519PrivateKey.generate()}, {}, 'holds no RSA or elliptic-curve key'),
        ({}, {'SEAL_FILE': '/nowhere/firm.p12'}, 'SEAL_FILE names /nowhere/firm.p12, which cannot be read.'),
        ({}, {'SEAL_TSA': 'digicert'}, 'SEAL_TSA must be the address'),
    ],
)
def test_a_key_that_cannot_seal_is_refused_at_the_start(
    facts: dict[str, Any], environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongSettings) as wrong:
        read_settings({**brought(tmp_path, **facts), **environment})
    assert sentence in str(wrong.value)


class Authority(HTTPServer):
    """A time-stamp authority on this machine."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Counter)
        private = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Time of Siam')])
        at = datetime.now(UTC) - timedelta(days=1)
        only_time = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = x509.CertificateBuilder(name, name, private.public_key(), 5, at, at + timedelta(days=9))
        signed = made.add_extension(only_time, critical=True).sign(private, SHA256())
        self.certificate = Certificate.load(signed.public_bytes(Encoding.DER))
        self.stamper = DummyTimeStamper(self.certificate, PrivateKeyInfo.load(_der(private)))
        self.asked = 0


class Counter(BaseHTTPRequestHandler):
    server: Authority

    def do_POST(self) -> None:
        request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers['content-length'])))
        self.server.asked += 1
        answer = self.server.stamper.request_tsa_response(request).dump()
        self.send_response(200)
        self.send_header('content-length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def _der(private: rsa.RSAPrivateKey) -> bytes:
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def test_an_authority_stamps_the_time(key: SealKey) -> None:
    authority = Authority()
    Thread(target=authority.serve_forever, daemon=True).start()
    url = f'http://127.0.0.1:{authority.server_port}'
    sealed = seal(a_paper(), SealKey(key.certificate, key.private, tsa=url), reason='Accepted quote')
    authority.shutdown()
    roots = [Certificate.load(key.certificate), authority.certificate]
    trusted = ValidationContext(trust_roots=roots, allow_fetching=False)
    judgement = validate_pdf_signature(PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0], trusted)
    assert authority.asked
    assert judgement.timestamp_validity is not None
    assert judgement.timestamp_validity.intact


def test_without_the_authority_the_paper_is_sealed_all_the_same(key: SealKey) -> None:
    silent = SealKey(key.certificate, key.private, tsa='http://127.0.0.1:9')
    assert judged(seal(a_paper(), silent, reason='Accepted quote'), key).bottom_line
