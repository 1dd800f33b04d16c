"""What the lines of an extension are called: the same equipment again would read as charged twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from app.papers.labels import long_span
from app.words import words

LONGEST = 300  # of a line's name


def extension_names(ended: date, until: date) -> Callable[[str, str], tuple[str, str]]:
    """The name in both languages, with the days by which the rental is longer; they stay when it is extended again."""

    def of(language: str, name: str) -> str:
        sentence, days = 'jobs.extend.line', long_span(ended + timedelta(days=1), until, language)
        room = LONGEST - len(words(language)(sentence, name='', days=days))
        return words(language)(sentence, name=name[:room], days=days)

    return lambda name, name_th: (of('en', name or name_th), of('th', name_th or name))
