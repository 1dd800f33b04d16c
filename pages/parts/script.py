"""Calls a function in the reader's browser; what it is told arrives as values and never as code."""

from __future__ import annotations

import json

from nicegui import ui
from nicegui.awaitable_response import AwaitableResponse


def call(function: str, *values: object, timeout: float = 3.0) -> AwaitableResponse:
    """`call('(text) => alert(text)', name)`; awaited, it gives what the function gives."""
    told = ', '.join(json.dumps(value) for value in values)
    code = ''.join(('return (', function, ')(', told, ')'))
    return ui.run_javascript(code, timeout=timeout)
