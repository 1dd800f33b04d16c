"""Letters to oneself: a letter with sample values, exactly as it would be sent, and a test of the mail server."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from app.letters import FOOT, Wording, forgot_address, password_address, set_letter
from app.mail import Letter, NotSent, send
from app.noticed import in_a_letter
from app.settings import settings
from app.words import Words
from models import Business, Refused, bangkok_day, now
from models.letter import check_words

SAMPLE_TOKEN = 'SampLeOnLy1111111111xx'  # as long as a real one, and no link of anybody


def sample_letter(kind: str, words_typed: tuple[str, str], recipient: str, *, w: Words, firm: Business) -> Letter:
    """What its reader would get, were these the subject and the body."""
    address = '' if kind == 'code' else f'{settings().public_url}/p/{SAMPLE_TOKEN}'
    if kind in FOOT:
        ours = {'notice': settings().public_url, 'password_changed': forgot_address()}
        address = ours.get(kind) or password_address(SAMPLE_TOKEN)
    facts = {
        'name': w('letters.sample.name'),
        'firm': firm.text('name', w.language),
        'number': w(f'letters.sample.number.{kind}') if w.has(f'letters.sample.number.{kind}') else '',
        'title': w('letters.sample.title'),
        'amount': w.baht(Decimal('127000.00')),
        'until': w.day(bangkok_day(now()) + timedelta(days=14), year=True),
        'code': '314159',
        'address': address,
    }
    facts |= in_a_letter(w, 'quote_signed', {'number': w('letters.sample.number.quote'), 'name': facts['name']})
    wording = Wording(*words_typed, w(f'mail.{kind}.button'))
    return set_letter(f'sample-{uuid4()}', recipient, wording, facts, w=w, firm=firm, foot=FOOT.get(kind, 'automatic'))


def letter_to_oneself(w: Words, firm: Business, recipient: str, name: str) -> Letter:
    """A letter that says only that letters leave."""
    facts = {'name': name, 'firm': firm.text('name', w.language), 'address': ''}
    wording = Wording(w('letters.test.subject'), w('letters.test.body'), button='')
    return set_letter(f'test-{uuid4()}', recipient, wording, facts, w=w, firm=firm)


def what_is_wrong(kind: str, subject: str, body: str) -> Refused | None:
    """Why these words could not be sent; None when they could."""
    try:
        check_words(kind, subject, body)
    except Refused as refused:
        return refused
    return None


async def send_at_once(letter: Letter) -> str:
    """Past the outbox, for whoever waits for the answer.

    Raises Refused: `mail_not_set`, `mail_unreachable`, `mail_sign_in`, `mail_failed`.
    """
    way = settings().mail
    if way is None:
        raise Refused('mail_not_set')
    try:
        return await send(letter, way)
    except NotSent as error:
        if error.cause == 'unreachable':
            raise Refused('mail_unreachable', answer=error.reason) from error
        if error.cause == 'sign_in':
            raise Refused('mail_sign_in', answer=error.reason) from error
        raise Refused('mail_failed', answer=error.reason) from error
