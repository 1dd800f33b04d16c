"""Pictures that people hand in, made anew: what a file claims to be or carries along is never served again."""

from __future__ import annotations

import asyncio
import io
import warnings

from PIL import Image, ImageOps

from models import Refused

LARGEST_FILE = 1_000_000  # bytes
LARGEST_PICTURE = 20_000_000  # pixels; a small file can unfold to fill the memory
LOGO_BOX = (640, 320)
FORMATS = ('PNG', 'JPEG', 'WEBP')


async def logo_of(content: bytes) -> bytes:
    """The picture as PNG, no larger than a screen needs. Raises Refused: `logo_vector`, `logo_unreadable`."""
    if len(content) > LARGEST_FILE:
        raise Refused('logo_unreadable')
    if b'<svg' in content[:2000].lower():
        raise Refused('logo_vector')
    return await asyncio.to_thread(_made_anew, content)


def _made_anew(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('error', Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Refused('logo_unreadable')
            drawn = ImageOps.exif_transpose(picture).convert('RGBA')
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise Refused('logo_unreadable') from error
    drawn.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    Image.frombytes('RGBA', drawn.size, drawn.tobytes()).save(written, 'PNG', optimize=True)
    return written.getvalue()
