"""QR codes as runs of dark squares, to be drawn as sharp as the printer can."""

from __future__ import annotations

from functools import lru_cache

import qrcode

QUIET_ZONE = 4  # squares of white around it, without which readers do not find it


@lru_cache(maxsize=64)
def dark_runs(payload: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """The side in squares, and (row, first column, how many) of every run; error correction M."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(payload)
    code.make(fit=True)
    rows = code.get_matrix()
    return len(rows), tuple(run for at, row in enumerate(rows) for run in _runs(at, row))


def _runs(at: int, row: list[bool]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    start = None
    for column, dark in enumerate([*row, False]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            found.append((at, start, column - start))
            start = None
    return found
