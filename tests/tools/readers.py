"""What other people read our papers with, each a program of its own: poppler, qpdf, zbar."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

READERS = ('pdftotext', 'pdffonts', 'pdftoppm', 'pdfinfo', 'pdfsig', 'pdfdetach', 'qpdf', 'zbarimg')


def find_readers() -> str | None:
    """Which of them are missing, or None."""
    return ', '.join(name for name in READERS if not shutil.which(name)) or None


def said_by(*command: str | Path) -> str:
    """What a program says of a paper; it must not fail."""
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f'{command[0]}: {done.stderr or done.stdout}'
    return done.stdout


def by_poppler(paper: Path) -> str:
    """All that poppler takes out of a paper."""
    return said_by('pdftotext', '-raw', paper, '-')


def by_zbar(paper: Path, into: Path, page: int = 1) -> list[str]:
    """What zbar reads in the codes of a page, drawn by poppler as a printer would."""
    said_by('pdftoppm', '-r', '200', '-f', str(page), '-l', str(page), '-png', '-singlefile', paper, into / 'page')
    return said_by('zbarimg', '--quiet', '--raw', into / 'page.png').splitlines()
