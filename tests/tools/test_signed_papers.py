"""Signed papers as programs that know nothing of ours see them: poppler judges the seal, qpdf the file."""

from __future__ import annotations

import asyncio
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.papers.seal import seal
from app.papers.sealing import the_seal_key
from app.settings import read_settings, use_settings
from tests.app.test_seal import a_paper, brought
from tests.signed import BASE, ID, STROKES, TOLD, made, plain, the_paper, the_shown
from tests.tools.readers import by_poppler, by_zbar, said_by


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    return written(tmp_path, the_paper())


def written(folder: Path, content: bytes) -> Path:
    (folder / 'paper.pdf').write_bytes(content)
    return folder / 'paper.pdf'


def judged(file: Path) -> str:
    """What poppler says of the seals on a file; it fails where one is broken."""
    return subprocess.run(['pdfsig', '-nocert', file], check=False, capture_output=True, text=True).stdout


def test_poppler_finds_the_seal_valid_and_on_the_whole_file(signed: Path) -> None:
    said = judged(signed)
    assert 'Signature is Valid.' in said
    assert 'Total document signed' in said
    assert 'ETSI.CAdES.detached' in said
    assert 'Siam Light & Grip Co., Ltd.' in said


@pytest.mark.parametrize('place', [0.01, 0.3, 0.5, 0.8])
def test_one_flipped_byte_breaks_the_seal(place: float, tmp_path: Path) -> None:
    changed = bytearray(the_paper())
    changed[int(changed.index(b'/ByteRange') * place)] ^= 1
    assert 'Signature is Valid.' not in judged(written(tmp_path, bytes(changed)))


async def test_a_key_that_the_firm_brought_is_valid_to_poppler_too(db: str, tmp_path: Path) -> None:
    use_settings(read_settings(brought(tmp_path)))
    sealed = await asyncio.to_thread(seal, a_paper(), await the_seal_key(), reason='Accepted quote')
    assert 'Signature is Valid.' in judged(written(tmp_path, sealed))


def test_poppler_takes_out_the_words_that_went_in(signed: Path) -> None:
    text = plain(by_poppler(signed))
    assert '\ufffd' not in text
    assert [told for told in [*TOLD, sha256(the_shown()).hexdigest()] if plain(told) not in text] == []


def test_qpdf_has_nothing_to_say(signed: Path) -> None:
    said = said_by('qpdf', '--check', signed)
    assert 'No syntax or stream encoding errors found' in said
    assert 'WARNING' not in said


@pytest.mark.parametrize('drawn', [True, False])
def test_fonts_are_embedded_subsets_and_a_typed_name_is_set_in_italics(drawn: bool, tmp_path: Path) -> None:
    how: dict[str, Any] = {'method': 'Drawn' if drawn else 'Typed', 'strokes': STROKES if drawn else []}
    _, _, *fonts = said_by('pdffonts', written(tmp_path, made(quote={'lines': []}, **how))).splitlines()
    assert all(font.split()[-5:-2] == ['yes', 'yes', 'yes'] for font in fonts)
    assert any('Italic' in font for font in fonts) is not drawn


def test_what_is_attached_can_be_taken_out_and_hashed(signed: Path, tmp_path: Path) -> None:
    said_by('pdfdetach', '-saveall', '-o', tmp_path, signed)
    assert (tmp_path / 'QT-2026-0042-v2.pdf').read_bytes() == the_shown()


def test_zbar_reads_the_way_to_the_verify_page(signed: Path, tmp_path: Path) -> None:
    assert by_zbar(signed, tmp_path, page=2) == [f'{BASE}/verify?id={ID}']
