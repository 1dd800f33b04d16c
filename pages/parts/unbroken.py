"""Numbers of records, sums and dates stay in one piece where a narrow line breaks."""

from __future__ import annotations

from re import Match, compile, escape

from htpy import Node, fragment

from app.papers import labels
from app.words import MONTHS

NO_BREAK = '\N{NO-BREAK SPACE}'
# What is typed or chosen there is read back, and must not come back changed.
LEFT_ALONE = r'<(?P<as_it_is>textarea|option|style|script)\b.*?</(?P=as_it_is)>|<[^>]*>'
NUMBER = r'\b[A-Z][A-Z0-9]*-[12]\d{3}-\d{4,}\b'
SIGNED = r'[−+]฿\d[\d,.]*\d'
MONTH = '|'.join(escape(month) for known in (labels.MONTHS, MONTHS) for months in known.values() for month in months)
DAY = rf'\b\d\d? (?:{MONTH})(?![a-z])(?: [12]\d{{3}}\b)?(?: –(?= ))?'
FOUND = compile(rf'(?s){LEFT_ALONE}|(?P<whole>{NUMBER}|{SIGNED}|\b\d\d?–{DAY})|(?P<day>{DAY})')
DAYS = compile(DAY)


def unbroken(node: Node) -> str:
    """As HTML. What has a sign or a hyphen in it stands in a `bdi`, so that it is copied as it is written."""
    return FOUND.sub(_kept, str(fragment[node]))


def unbroken_days(text: str) -> str:
    """The same for a text that is no HTML, and can have nothing drawn around its numbers."""
    return DAYS.sub(_joined, text)


def _kept(found: Match[str]) -> str:
    if found['whole']:
        return f'<bdi>{found["whole"]}</bdi>'
    return _joined(found) if found['day'] else found[0]


def _joined(found: Match[str]) -> str:
    return found[0].replace(' ', NO_BREAK)
