"""Other people's programs, asked where they are found or can be installed; a line says what could not be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev import apt_install
from tests.browser.conftest import backstage, house
from tests.tools.engines import find_firefox, find_webkit
from tests.tools.readers import find_readers

NEEDED = {
    'test_papers.py': (find_readers, ('poppler-utils', 'qpdf', 'zbar-tools')),
    'test_signed_papers.py': (find_readers, ('poppler-utils', 'qpdf', 'zbar-tools')),
    'test_webkit.py': (find_webkit, ('webkit2gtk-driver', 'xvfb')),
    'test_firefox.py': (find_firefox, ('firefox-esr',)),
}
__all__ = ['backstage', 'house']  # the same house as for the other browsers

not_asked: dict[str, str] = {}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Without the tool there is nothing to test, and nothing that would pass or be skipped."""
    find, packages = NEEDED.get(collection_path.name, (None, ()))
    if find is None or not find():
        return None
    apt_install(*packages)
    if missing := find():
        not_asked[collection_path.stem.removeprefix('test_')] = missing
        return True
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for tool, missing in not_asked.items():
        terminalreporter.write_line(f'not asked: {tool} ({missing} not found, and not to be installed here)')
