"""Every sentence a person reads, in both languages, and how money, dates and times are written."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import ceil

from app.catalogue import BUDDHIST_ERA, LANGUAGES, Language, catalogue
from models import BANGKOK, Refused, bangkok_day, now

__all__ = ['LANGUAGES', 'Language', 'Words', 'catalogue', 'words']

MONTHS = {
    'en': ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    'th': ['ม.ค.', 'ก.พ.', 'มี.ค.', 'เม.ย.', 'พ.ค.', 'มิ.ย.', 'ก.ค.', 'ส.ค.', 'ก.ย.', 'ต.ค.', 'พ.ย.', 'ธ.ค.'],
}


class Words:
    """The product's voice in one language: `w('portal.hello', name='Ploy')`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._sentences = catalogue(language)

    def __call__(self, key: str, /, **facts: object) -> str:
        """The sentence of `key`, its gaps filled. An unknown key is a bug and raises KeyError."""
        sentence = self._sentences[key]
        return sentence.format_map(facts) if facts else sentence

    def has(self, key: str) -> bool:
        return key in self._sentences

    def refusal(self, refused: Refused) -> str:
        """What happened and what to do next, for a rule that said no."""
        facts = {key: self._fact(value) for key, value in refused.facts.items()}
        return self._sentences[f'refusals.{refused.reason}'].format_map(_Gaps(facts))

    def _fact(self, value: object) -> object:
        if isinstance(value, Decimal):
            return self.baht(value)
        if isinstance(value, timedelta):
            return self.lasting(value)
        return self.moment(value) if isinstance(value, datetime) else value

    def pick(self, english: str, thai: str) -> str:
        """A text of a record in this language, else in the other."""
        return (thai or english) if self.language == 'th' else (english or thai)

    @staticmethod
    def baht(amount: Decimal) -> str:
        """฿57,000.00, with a true minus sign before it."""
        return f'{"−" if amount < 0 else ""}฿{abs(amount):,.2f}'

    @staticmethod
    def number(amount: Decimal) -> str:
        """A quantity or duration without needless decimals: 3, 1.5."""
        return f'{amount.normalize():f}'

    def lasting(self, time: timedelta) -> str:
        """How long to wait, in the unit in which one thinks of it, rounded up: 20 seconds, 15 minutes, 24 hours."""
        for unit, seconds in (('hours', 3600), ('minutes', 60)):
            if time.total_seconds() >= 2 * seconds:
                return self(f'common.{unit}', count=ceil(time.total_seconds() / seconds))
        return self('common.seconds', count=max(2, ceil(time.total_seconds())))

    def days(self, count: int) -> str:
        """1 day, 3 days."""
        return self('common.one_day' if count == 1 else 'common.days', count=count)

    def day(self, day: date, *, year: bool | None = None) -> str:
        """28 Nov, or 28 Nov 2027 when it is not this year; Thai in the Buddhist era: 28 พ.ย. 2569."""
        shown = day.year != bangkok_day(now()).year if year is None else year
        written = f'{day.day} {MONTHS[self.language][day.month - 1]}'
        return f'{written} {self._year(day)}' if shown else written

    def span(self, start: date, end: date) -> str:
        """From the first to the last day, both included: 8–28 Dec, 28 Nov – 2 Dec."""
        if start == end:
            return self.day(start)
        if (start.year, start.month) == (end.year, end.month):
            return f'{start.day}–{self.day(end)}'
        return f'{self.day(start)} – {self.day(end)}'

    def moment(self, at: datetime) -> str:
        """A time of day in Bangkok: 22 Nov, 08:05."""
        local = at.astimezone(BANGKOK)
        return f'{self.day(local.date())}{"," if self.language == "en" else ""} {local:%H:%M}'

    def _year(self, day: date) -> int:
        return day.year + (BUDDHIST_ERA if self.language == 'th' else 0)


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return '—'


@cache
def words(language: str) -> Words:
    """Words in a language that we speak; whatever else is asked for is answered in Thai."""
    return Words('en' if language == 'en' else 'th')
