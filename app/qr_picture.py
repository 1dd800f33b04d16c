"""A QR code as a picture file to be saved: the code, and under it what it is for and how much."""

from __future__ import annotations

import io
from functools import lru_cache

import qrcode
from PIL import Image, ImageDraw, ImageFont

from app.assets import FOLDER

MODULE = 18  # px of one module: large enough for a bank's app to read it from the gallery
QUIET = 4  # modules of white around it, without which readers do not find it
LINE = 58  # px
FONT = FOLDER / 'fonts/sarabun-700.woff2'


@lru_cache(maxsize=128)
def qr_picture(text: str, *below: str) -> bytes:
    """PNG, black on white. `below` in Latin letters and digits: Thai would need shaping."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows) * MODULE
    picture = Image.new('L', (side, side + LINE * len(below) + (LINE // 2 if below else 0)), 255)
    draw = ImageDraw.Draw(picture)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle((x * MODULE, y * MODULE, (x + 1) * MODULE - 1, (y + 1) * MODULE - 1), fill=0)
    for place, line in enumerate(below):
        font = ImageFont.truetype(FONT, LINE - 12 if place == 0 else LINE - 20)
        draw.text((side // 2, side - LINE // 3 + place * LINE), line, fill=0, font=font, anchor='ma')
    written = io.BytesIO()
    picture.save(written, 'PNG', optimize=True)
    return written.getvalue()
