"""A slip is read and drawn anew whatever it is; what is hostile is refused, or harmless afterwards."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pillow_heif
import pytest
import qrcode
from PIL import Image

from app import slips
from app.slips import LARGEST_FILE, slip_of
from models import Refused, SlipEntry

KNOWN = json.loads((Path(__file__).parent / 'promptpay_vectors.json').read_text('utf-8'))['slip_mini_qr']
SCB = KNOWN[0]
SCRIPT = b'<script>alert(document.cookie)</script>'


def a_picture(code: str = SCB['payload']) -> Image.Image:
    """What a bank's app draws: a tall slip with its code at the foot."""
    slip = Image.new('RGB', (800, 1200), '#f2f7ff')
    if code:
        slip.paste(qrcode.make(code, box_size=6).convert('RGB'), (300, 700))
    return slip


def a_file(kind: str, picture: Image.Image | None = None, **how: object) -> bytes:
    pillow_heif.register_heif_opener()
    written = io.BytesIO()
    (picture or a_picture()).save(written, kind, **how)
    return written.getvalue()


async def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        await slip_of(content)
    return refused.value.reason


def drawn(slip: SlipEntry) -> Image.Image:
    picture = Image.open(io.BytesIO(slip.picture))
    assert picture.format == 'JPEG'
    return picture


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP', 'HEIF', 'PDF'])
async def test_a_slip_of_any_kind_becomes_a_picture_and_names_its_transfer(kind: str) -> None:
    slip = await slip_of(a_file(kind))
    assert (slip.bank, slip.reference) == (SCB['sendingBank'], SCB['transRef'])
    assert drawn(slip).size[0] >= 600


@pytest.mark.parametrize('code', ['', 'https://example.com', '00020101021129370016A000000677010111'])
async def test_a_slip_without_a_transfers_code_is_a_picture_all_the_same(code: str) -> None:
    slip = await slip_of(a_file('PNG', a_picture(code)))
    assert (slip.bank, slip.reference) == ('', '')
    assert drawn(slip).size == (800, 1200)


async def test_the_place_where_a_picture_was_taken_is_not_kept() -> None:
    told = Image.Exif()
    told[0x010F] = 'Maker of telephones'
    told.get_ifd(0x8825)[2] = (13.0, 44.0, 12.0)  # GPS latitude: Bangkok
    content = a_file('JPEG', exif=told, comment=b'taken at home')
    assert b'Maker of telephones' in content
    picture = (await slip_of(content)).picture
    assert not Image.open(io.BytesIO(picture)).getexif()
    assert b'Maker' not in picture and b'taken at home' not in picture


async def test_a_picture_held_sideways_is_turned_upright() -> None:
    told = Image.Exif()
    told[0x0112] = 6
    assert drawn(await slip_of(a_file('JPEG', a_picture().rotate(90, expand=True), exif=told))).size == (800, 1200)


@pytest.mark.parametrize(
    'content',
    [b'', SCRIPT, b'GIF89a' + SCRIPT, b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b'</svg>', b'%PDF-1.7 no'],
)
async def test_what_is_no_picture_is_refused_by_whatever_name_it_comes(content: bytes) -> None:
    assert await refusal(content) == 'slip_unreadable'


async def test_a_cut_off_picture_is_refused() -> None:
    whole = a_file('JPEG')
    assert await refusal(whole[: len(whole) // 3]) == 'slip_unreadable'


async def test_a_small_file_that_unfolds_to_fill_the_memory_is_refused() -> None:
    assert await refusal(an_enormous_png(40_000, 40_000)) == 'slip_unreadable'


async def test_a_byte_too_many_is_refused() -> None:
    assert await refusal(a_file('JPEG').ljust(LARGEST_FILE + 1, b'\0')) == 'slip_too_large'


async def test_of_a_picture_with_a_program_behind_it_only_the_picture_is_kept() -> None:
    slip = await slip_of(a_file('PNG') + b'PK\x03\x04' + SCRIPT)
    assert b'script' not in slip.picture and b'PK\x03\x04' not in slip.picture
    assert slip.reference == SCB['transRef']


async def test_a_document_with_a_program_inside_is_only_looked_at() -> None:
    with pikepdf.open(io.BytesIO(a_file('PDF'))) as document:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS='app.alert(1)')
        document.attachments['script.js'] = SCRIPT
        written = io.BytesIO()
        document.save(written)
    slip = await slip_of(written.getvalue())
    assert b'alert' not in slip.picture and b'%PDF' not in slip.picture
    assert slip.reference == SCB['transRef']


async def test_a_document_that_is_locked_is_refused() -> None:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_file('PDF'))) as document:
        document.save(written, encryption=pikepdf.Encryption(user='secret', owner='secret'))
    assert await refusal(written.getvalue()) == 'slip_unreadable'


async def test_a_reader_that_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slips, 'PATIENCE', 0.01)
    assert await refusal(a_file('PNG')) == 'slip_unreadable'


async def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slips, 'LARGEST_ANSWER', 1_000)
    assert await refusal(a_file('PNG')) == 'slip_unreadable'


def test_where_memory_runs_out_the_reader_is_ended_before_the_house() -> None:
    order = '/proc/self/oom_score_adj'  # which only Linux knows
    asked = f'import app.slip_reader as r; r._goes_first(); print(open({order!r}).read())'
    said = subprocess.check_output([sys.executable, '-c', asked], cwd=slips.ROOT) if Path(order).exists() else '1000'
    assert int(said) == 1000


def an_enormous_png(width: int, height: int) -> bytes:
    """A few kilobytes that claim to be a picture of this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

    head = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 1, 0, 0, 0, 0))
    body = chunk(b'IDAT', zlib.compress(b'\0' * 1_000_000))
    return b'\x89PNG\r\n\x1a\n' + head + body + chunk(b'IEND', b'')
