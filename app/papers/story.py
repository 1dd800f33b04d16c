"""What led to a signature, as the certificate and the screen of staff tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

ONCE = {'link_viewed': 'public_id', 'quote_pdf_opened': 'version'}  # told once for each of these, as it first was


def told(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the looks at a link or at a file only the first; everything else as it happened."""
    seen: set[tuple[str, str]] = set()
    found = []
    for event in events:
        of = str(event['facts'].get(ONCE.get(event['what'], ''), ''))
        look = (event['what'], of)
        if not of or look not in seen:
            found.append(event)
        seen.add(look)
    return found


def facts_of(event: dict[str, Any], question: str = '') -> dict[str, Any]:
    """What the sentence of an event needs; `question`: as much of one as is told."""
    return {'line': '–', **event['facts'], 'question': question}


def was_customer(event: dict[str, Any]) -> bool:
    return event['by'] in ('', 'Customer')


def iso(at: datetime) -> str:
    """2026-11-22T11:12:05Z"""
    return at.astimezone(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')
