"""What a paper calls things, in the customer's language and in the other, and how it writes days and amounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.catalogue import BUDDHIST_ERA, Language, catalogue

MONTHS = {
    'en': 'January February March April May June July August September October November December'.split(),  # noqa: SIM905
    'th': (
        'มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม'.split()  # noqa: SIM905
    ),
}


class Labels:
    """Both languages of a paper; `first` is the customer's."""

    def __init__(self, language: str) -> None:
        self.first: Language = 'en' if language == 'en' else 'th'
        self.second: Language = 'th' if self.first == 'en' else 'en'

    def __call__(self, key: str, /, **facts: object) -> tuple[str, str]:
        """A sentence of papers.toml in both languages, the customer's first."""
        return self.one(self.first, key, **facts), self.one(self.second, key, **facts)

    def one(self, language: Language, key: str, /, **facts: object) -> str:
        sentence = catalogue(language)[f'papers.{key}']
        return sentence.format_map(facts) if facts else sentence

    def matched(self, key: str, pairs: Mapping[str, tuple[str, str]], /, **facts: object) -> tuple[str, str]:
        """A sentence with texts in it that are different in each language: days, titles."""
        own = {name: pair[0] for name, pair in pairs.items()}
        other = {name: pair[1] or pair[0] for name, pair in pairs.items()}
        return self.one(self.first, key, **own, **facts), self.one(self.second, key, **other, **facts)

    def pick(self, english: str, thai: str) -> tuple[str, str]:
        """A text of a record in both languages: the second is empty where there is only one."""
        both = (thai, english) if self.first == 'th' else (english, thai)
        first, second = (both[0] or both[1]), (both[1] if both[0] else '')
        return first, ('' if second.strip() == first.strip() else second)

    def day(self, day: date | str) -> tuple[str, str]:
        """22 พฤศจิกายน 2569 and 22 November 2026."""
        return long_day(day, self.first), long_day(day, self.second)

    def span(self, start: date | str, end: date | str) -> tuple[str, str]:
        """Both days included: 8–17 December 2026."""
        return long_span(start, end, self.first), long_span(start, end, self.second)


def money(amount: Decimal | str) -> str:
    """57,000.00, with a true minus sign."""
    value = Decimal(amount)
    return f'{"−" if value < 0 else ""}{abs(value):,.2f}'


def number(value: Decimal | str) -> str:
    """A quantity or duration without needless decimals: 1,200, 1.5."""
    plain = Decimal(value).normalize()
    return f'{plain:,f}'


def long_day(day: date | str, language: str) -> str:
    day = _day(day)
    return f'{day.day} {MONTHS[language][day.month - 1]} {_year(day, language)}'


def long_span(start: date | str, end: date | str, language: str) -> str:
    start, end = _day(start), _day(end)
    if start == end:
        return long_day(end, language)
    if (start.year, start.month) == (end.year, end.month):
        return f'{start.day}–{long_day(end, language)}'
    if start.year == end.year:
        return f'{start.day} {MONTHS[language][start.month - 1]} – {long_day(end, language)}'
    return f'{long_day(start, language)} – {long_day(end, language)}'


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _year(day: date, language: str) -> int:
    return day.year + (BUDDHIST_ERA if language == 'th' else 0)
