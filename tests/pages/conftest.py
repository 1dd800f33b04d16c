"""What the tests of the screens share: the portal opened for a customer."""

from __future__ import annotations

import pytest
from nicegui.testing import User

from tests.world import KEYS


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests takes long to start the worker that sets papers."""
    monkeypatch.setattr('app.papers.setting.WAITING', 120.0)


@pytest.fixture
def portal(user: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """A customer's phone; the house knows the key with which the tests make links."""
    monkeypatch.setattr('app.keys._in_use', KEYS)
    return user
