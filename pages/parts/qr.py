"""A QR code as a drawing that stays sharp at any size."""

from __future__ import annotations

from functools import lru_cache

import htpy
import qrcode
from htpy import Node, div

QUIET = 4  # modules of white around it, without which readers do not find it


def qr_code(text: str, label: str) -> Node:
    """Black on white in every mode; `label` says to those who cannot see it what it holds."""
    size, path = _drawn(text)
    return div('.qr')[
        htpy.svg(role='img', aria_label=label, viewBox=f'0 0 {size} {size}', shape_rendering='crispEdges')[
            htpy.rect(width=str(size), height=str(size), fill='#fff'), htpy.path(d=path, fill='#000')
        ]
    ]


@lru_cache(maxsize=64)
def _drawn(text: str) -> tuple[int, str]:
    """The side in modules, and one path with a stroke for every run of dark modules."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    runs: list[str] = []
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                runs.append(f'M{start} {y}h{x - start}v1h{start - x}z')
                start = None
    return len(rows), ''.join(runs)
