"""Reads one slip from standard input in a process of its own, so that a decoder that a hostile file breaks ends alone.

Answers with the text of the code it found, a newline, and a JPEG drawn anew: nothing that the file carried along.
Confined, where the system knows such limits: time of the processor, memory, few open files, none of them written to,
and no further process (not for root, whom Linux does not limit in this; nor while HEIF is read, whose decoder wants a
thread). Not confined: code that a decoder was tricked into runs as the program's own user, so it could read the files
that this user may read, and reach the network; it is only given neither secrets nor the database's address.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pillow_heif
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

LIMITS = {
    'RLIMIT_CPU': 20,  # seconds of the processor
    'RLIMIT_AS': 1_500_000_000,  # bytes
    'RLIMIT_FSIZE': 0,
    'RLIMIT_CORE': 0,
    'RLIMIT_NOFILE': 12,  # modules that a decoder brings in late are files as well
}
ALONE = {'RLIMIT_NPROC': 0}
LONGEST_SIDE = 12_000  # px
MOST_PIXELS = 50_000_000
KEPT_SIDE = 2_000  # px of the picture that is kept
PDF_SIDE = 2_400
FORMATS = ('JPEG', 'PNG', 'WEBP', 'HEIF')
SEVERAL = 8  # codes of one picture that are looked at


class Unreadable(ValueError):
    """No picture that we read, or too large a one."""


def main() -> int:
    _goes_first()
    _confine(LIMITS)
    content = sys.stdin.buffer.read()
    if content[4:8] != b'ftyp':  # as HEIF begins
        _confine(ALONE)
    try:
        picture = opened(content)
    except Exception:  # whatever a broken file does to a decoder, it is not a slip
        return 1
    code = next(codes(picture), '')
    sys.stdout.buffer.write(code.encode() + b'\n' + drawn_anew(picture))
    return 0


def opened(content: bytes) -> Image.Image:
    """The picture, upright and without transparency. Raises Unreadable, or whatever the decoder thinks of."""
    if content.startswith(b'%PDF-'):
        return _first_page(content)
    pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter('error', Image.DecompressionBombWarning)
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
        # The size stands in the head of the file: nothing was unfolded yet.
        if max(picture.size) > LONGEST_SIDE or picture.width * picture.height > MOST_PIXELS:
            raise Unreadable('too many pixels')
        upright = ImageOps.exif_transpose(picture).convert('RGBA')
    ground = Image.new('RGB', upright.size, 'white')
    ground.paste(upright, mask=upright.getchannel('A'))
    return ground


def codes(picture: Image.Image) -> Iterator[str]:
    """The texts of the codes, those first that can be a transfer's: they begin with field 00."""
    found = [code.text for code in zxingcpp.read_barcodes(picture)[:SEVERAL] if '\n' not in code.text]
    yield from sorted((text for text in found if len(text) < 512), key=lambda text: not text.startswith('00'))


def drawn_anew(picture: Image.Image) -> bytes:
    """Pixels only: no place, no device, no program, no second file behind the picture."""
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    Image.frombytes('RGB', picture.size, picture.tobytes()).save(written, 'JPEG', quality=82, optimize=True)
    return written.getvalue()


def _first_page(content: bytes) -> Image.Image:
    """As it would be printed. This PDFium has no JavaScript in it, and neither forms nor links are drawn."""
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    width, height = page.get_size()
    scale = min(PDF_SIDE / max(width, height, 1), 4.0)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False, draw_annots=False).to_pil()
    return drawn.convert('RGB')


def _goes_first() -> None:
    """Where memory runs out the system ends this, and not the house or its database."""
    with suppress(OSError):  # only Linux knows such an order
        Path('/proc/self/oom_score_adj').write_text('1000')


def _confine(limits: dict[str, int]) -> None:
    """What the head of this file names. After the imports: those open more files."""
    try:
        import resource
    except ImportError:
        return
    for name, most in limits.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            try:
                resource.setrlimit(kind, (allowed, allowed))
            except (ValueError, OSError):
                continue  # macOS knows RLIMIT_AS by name only


if __name__ == '__main__':
    sys.exit(main())
