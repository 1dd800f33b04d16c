"""The words of letters as the firm has changed them; where it has not, the catalogue's stand."""

from string import Formatter

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change

# The gaps that each kind of letter can fill.
GAPS: dict[str, tuple[str, ...]] = {
    'quote': ('name', 'firm', 'number', 'title', 'amount', 'until'),
    'invoice': ('name', 'firm', 'number', 'amount', 'until'),
    'receipt': ('name', 'firm', 'number', 'amount'),
    'deposit_return': ('name', 'firm', 'number', 'amount'),
    'quote_signed': ('name', 'firm', 'number', 'title', 'amount'),
    'link': ('name', 'firm'),
    'code': ('name', 'firm', 'code'),
    'notice': ('name', 'firm', 'what', 'next'),
    'invitation': ('name', 'firm'),
    'reset': ('name', 'firm'),
    'password_changed': ('name', 'firm'),
}
KINDS = tuple(GAPS)
NEEDED = {'code': 'code', 'notice': 'what'}  # without it the letter would say nothing


class LetterText(Record):
    """One kind of letter in one language."""

    kind = fields.CharField(max_length=40)
    language = fields.CharField(max_length=2)
    subject = fields.CharField(max_length=300)
    body = fields.TextField()

    class Meta:
        table = 'letter_text'
        unique_together = (('kind', 'language'),)

    @classmethod
    async def word(cls, kind: str, language: str, *, subject: str, body: str, by: Actor) -> None:
        """Raises Refused: `letter_empty`, `letter_unknown`, `letter_braces`, `letter_needs_gap`."""
        by.must(Module.SETTINGS, Level.WRITE)
        check_words(kind, subject, body)
        at = now()
        async with one_change():
            await cls.update_or_create({'subject': subject.strip(), 'body': body.strip()}, kind=kind, language=language)
            await Activity.note('letter_worded', by=by, at=at, kind=kind, language=language)

    @classmethod
    async def unword(cls, kind: str, language: str, *, by: Actor) -> None:
        """Back to the words that came with the program."""
        by.must(Module.SETTINGS, Level.WRITE)
        at = now()
        async with one_change():
            await cls.filter(kind=kind, language=language).delete()
            await Activity.note('letter_worded', by=by, at=at, kind=kind, language=language)


def check_words(kind: str, subject: str, body: str) -> None:
    """Words that could not be filled would stop a letter when it is sent; so they are refused when they are written.

    Raises Refused: `letter_empty`, `letter_unknown`, `letter_braces`, `letter_needs_gap`.
    """
    if kind not in GAPS:
        raise Refused('letter_unknown')
    if not subject.strip() or not body.strip():
        raise Refused('letter_empty')
    gaps_in(subject)
    gaps = gaps_in(body)
    if kind in NEEDED and NEEDED[kind] not in gaps:
        raise Refused('letter_needs_gap', gap='{' + NEEDED[kind] + '}')


def gaps_in(text: str) -> list[str]:
    """The gaps of a text, whether known or not. Raises Refused('letter_braces') for what is no plain {gap}."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        raise Refused('letter_braces') from None
    # A gap that could ask for parts of its value, or for a width, would let a letter show or cost more than it should.
    if any(form or conversion or not name or not name.isidentifier() for _, name, form, conversion in parts):
        raise Refused('letter_braces')
    return [str(name) for _, name, _, _ in parts]
