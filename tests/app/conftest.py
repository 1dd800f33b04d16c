"""What the tests of the program's parts share: patience with the worker that sets papers."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests takes long to start the worker; people are told to come back by then."""
    monkeypatch.setattr('app.papers.setting.WAITING', 120.0)
