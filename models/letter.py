"""The words of letters as the firm has changed them; where it has not, the catalogue's stand."""

from tortoise import fields

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, now, one_change

KINDS = ('quote', 'invoice', 'receipt', 'quote_signed', 'link', 'code', 'notice')


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
        """Raises Refused: `letter_empty`, `letter_unknown`."""
        by.must(Module.SETTINGS, Level.WRITE)
        if kind not in KINDS:
            raise Refused('letter_unknown')
        if not subject.strip() or not body.strip():
            raise Refused('letter_empty')
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
