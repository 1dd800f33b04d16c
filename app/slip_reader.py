"""Reads one slip from standard input, in a process of its own: what a hostile file can break here is only this.

Answers with the text of the code it found, a newline, and a JPEG drawn anew: nothing that the file carried along.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Iterator

import pillow_heif
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

SECONDS, MEMORY = 20, 1_500_000_000  # of the processor; bytes
LONGEST_SIDE = 12_000  # px
MOST_PIXELS = 50_000_000
KEPT_SIDE = 2_000  # px of the picture that is kept
PDF_SIDE = 2_400
FORMATS = ('JPEG', 'PNG', 'WEBP', 'HEIF')
SEVERAL = 8  # codes of one picture that are looked at


class Unreadable(ValueError):
    """No picture that we read, or too large a one."""


def main() -> int:
    _confine()
    try:
        picture = opened(sys.stdin.buffer.read())
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


def _confine() -> None:
    """So much time and memory, no file of its own and no process; where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    wanted = {'RLIMIT_CPU': SECONDS, 'RLIMIT_AS': MEMORY, 'RLIMIT_FSIZE': 0, 'RLIMIT_CORE': 0}
    for name, most in wanted.items():
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
