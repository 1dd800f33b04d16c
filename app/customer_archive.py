"""All that is kept of one customer as a ZIP: a text that people and programs can read, papers, slips, certificates."""

from __future__ import annotations

import asyncio
import json
import tempfile
import zipfile
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from app.letters import subject_of
from app.papers.setting import file_name
from app.words import Words, words
from models import BANGKOK, Business, Document, Everything, Slip, WithholdingCertificate, now

ENDINGS = {'image/jpeg': '.jpg', 'image/png': '.png', 'application/pdf': '.pdf'}
_turn = asyncio.Semaphore(1)  # it is asked for seldom, and reads much


async def archive_of(everything: Everything) -> IO[bytes]:
    """The ZIP, at its beginning; it lies in no folder under any name, and is gone when it is closed."""
    async with _turn:
        file = await asyncio.to_thread(tempfile.TemporaryFile)
        try:
            with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as archive:
                await _Archive(archive, everything, now()).fill()
            file.seek(0)
        except BaseException:
            file.close()
            raise
    return file


class _Archive:
    def __init__(self, archive: zipfile.ZipFile, everything: Everything, at: datetime) -> None:
        self._archive, self._everything, self._at = archive, everything, at
        self._names = set[str]()

    async def fill(self) -> None:
        """One file at a time: what a customer has in all may be more than the memory should hold."""
        told, w = self._everything.told, words(self._everything.customer.language)
        told['letters'] = [
            {**said, 'subject': await subject_of(letter)}
            for said, letter in zip(told['letters'], self._everything.letters, strict=True)
        ]
        await self._add_papers()
        await self._add_slips()
        await self._add_certificates()
        firm = await Business.the()
        whole = {'made_at': self._at.isoformat(), 'made_by': firm.name, **told}
        await self._add('customer.json', await asyncio.to_thread(_text, whole))
        await self._add('README.txt', _readme(w, firm, self._at).encode())

    async def _add_papers(self) -> None:
        for paper in self._everything.papers:
            whole = await Document.get(id=paper.id)
            path = await self._add(f'papers/{file_name(paper)}', bytes(whole.content or b''))
            self._say_where('papers', str(paper.id), path)

    async def _add_slips(self) -> None:
        for claim_id in self._everything.slips:
            slip = await Slip.get(claim_id=claim_id)
            path = await self._add(f'slips/{claim_id}.jpg', bytes(slip.picture))
            self._say_where('claims', str(claim_id), path)

    async def _add_certificates(self) -> None:
        for certificate_id in self._everything.certificates:
            whole = await WithholdingCertificate.get(id=certificate_id)
            ending = ENDINGS.get(whole.media_type, '')
            path = await self._add(f'certificates/{certificate_id}{ending}', bytes(whole.content or b''))
            self._say_where('withholding_certificates', str(certificate_id), path)

    def _say_where(self, kind: str, record_id: str, path: str) -> None:
        for said in self._everything.told[kind]:
            if said['id'] == record_id:
                said['file'] = path

    async def _add(self, path: str, content: bytes) -> str:
        """Under a name of its own: two kinds of paper may be numbered alike."""
        plain, count = PurePosixPath(path), 1
        while path in self._names:
            count += 1
            path = str(plain.with_stem(f'{plain.stem}-{count}'))
        self._names.add(path)
        entry = zipfile.ZipInfo(path, self._at.astimezone(BANGKOK).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        await asyncio.to_thread(self._archive.writestr, entry, content)
        return path


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _readme(w: Words, firm: Business, at: datetime) -> str:
    contact = ', '.join(part for part in (firm.phone, firm.email) if part)
    made = w.day(at.astimezone(BANGKOK).date(), year=True)
    return w('personal.readme', firm=firm.text('name', w.language), contact=contact or '—', made=made)
