"""The portal in Firefox."""

from __future__ import annotations

from tests.browser.program import Backstage, Program
from tests.tools.engines import firefox
from tests.tools.smoke import walk_through


def test_the_portal_opens_moves_and_speaks_thai_in_firefox(house: Program, backstage: Backstage) -> None:
    with firefox() as engine:
        walk_through(engine, house, backstage)
