"""`main.py verify FILE`: staff learn by words and by exit code whether a file is a paper of this house."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from app.examining import examine
from app.papers.seal import seal
from app.papers.setting import paper
from app.seal_key import new_seal_key
from app.settings import Unable
from models import Document, DocumentKind, SignatureEntry, SignatureMethod, now
from tests.conftest import HOUSE, SECRET, plain_environment
from tests.signed import STROKES, THAI_NAME, the_shown
from tests.world import a_draft, a_secret, bo, ploy


async def a_signed_quote() -> Document:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    await paper(await Document.get(quote_id=quote.id))
    entry = SignatureEntry(THAI_NAME, SignatureMethod.DRAWN, 'I accept.', 'en', strokes=STROKES)
    await quote.accept(version=1, signature=entry, by=ploy())
    return await paper(await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE))


async def verified(file: Path, url: str) -> tuple[int | None, str]:
    environment = plain_environment() | {'DATABASE_URL': url, 'APP_SECRET': SECRET.decode()}
    ran = await asyncio.create_subprocess_exec(
        sys.executable, 'main.py', 'verify', str(file), cwd=HOUSE, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await ran.communicate()
    return ran.returncode, said.decode()


async def test_a_signed_quote_is_genuine_altered_or_unknown(db: str, tmp_path: Path) -> None:
    document = await a_signed_quote()
    file, content = tmp_path / 'signed.pdf', bytes(document.content or b'')
    file.write_bytes(content)
    code, said = await verified(file, db)
    assert code == 0
    assert f'Genuine: Signed Quote {document.number} of {document.issued_on}' in said
    assert 'of Siam Light & Grip Co., Ltd. and made by this house, is intact and covers the whole file' in said
    file.write_bytes(content.replace(b'/Type /Page', b'/Type /Pagf', 1))
    code, said = await verified(file, db)
    assert code == 1
    assert f'Altered: it carries the id of Signed Quote {document.number}' in said
    assert 'The seal on it is broken' in said
    file.write_bytes(the_shown())
    code, said = await verified(file, db)
    assert code == 2
    assert 'Unknown' in said
    assert 'There is no seal on it' in said


async def test_what_was_cancelled_and_what_others_sealed_is_told(db: str, tmp_path: Path) -> None:
    document = await a_signed_quote()
    file = tmp_path / 'paper.pdf'
    file.write_bytes(bytes(document.content or b''))
    await Document.filter(id=document.id).update(cancelled_at=now())
    code, told = await examine(file, db)
    assert code == 0
    assert 'which was cancelled on' in told[0]
    forged = await asyncio.to_thread(seal, the_shown(), new_seal_key('Siam Light & Grip'), reason='Forged')
    file.write_bytes(forged)
    code, told = await examine(file, db)
    assert code == 2
    assert 'which this house never used' in told[1]


async def test_whatever_is_no_pdf_is_unknown(db: str, tmp_path: Path) -> None:
    (tmp_path / 'photo.jpg').write_bytes(b'\xff\xd8\xff')
    assert (await examine(tmp_path / 'photo.jpg', db))[0] == 2
    with pytest.raises(Unable, match='cannot be read'):
        await examine(tmp_path / 'none.pdf', db)
