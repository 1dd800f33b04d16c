"""The sentences of the product in both languages, as they stand in assets/words: known without anything else of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal['en', 'th']
LANGUAGES: tuple[Language, ...] = ('en', 'th')
CATALOGUE = Path(__file__).parent.parent / 'assets' / 'words'
BUDDHIST_ERA = 543  # years that Thai dates are ahead of Gregorian ones


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All sentences of a language by dotted key; the first part is the name of the file."""
    sentences: dict[str, str] = {}
    for path in sorted((CATALOGUE / language).glob('*.toml')):
        _flatten(tomllib.loads(path.read_text('utf-8')), path.stem, sentences)
    return sentences


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f'{prefix}.{key}', into)
        else:
            into[f'{prefix}.{key}'] = value
