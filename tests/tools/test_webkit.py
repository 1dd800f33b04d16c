"""The portal in WebKit."""

from __future__ import annotations

from tests.browser.program import Backstage, Program
from tests.tools.engines import webkit
from tests.tools.smoke import walk_through


def test_the_portal_opens_moves_and_speaks_thai_in_webkit(house: Program, backstage: Backstage) -> None:
    with webkit() as engine:
        walk_through(engine, house, backstage)
