"""Letters at the counter: their words, how they look, whether they left; and what the portal's settings say."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from nicegui.testing import User

from app.letter_samples import sample_letter
from app.letters import compose
from app.settings import MailServer, settings
from app.words import words
from models import Business, Customer, LetterText, Outbox, OutboxState, Role, now
from models.letter import KINDS
from tests.conftest import Psql
from tests.pages.work import counter, forge, misses, saves, sees, sit_down, tap, write
from tests.world import a_firm, a_sent_quote, an_invoice, nimman, pay

__all__ = ['counter']


class Mailbox:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refuse = ''

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        self.received.append(message_from_bytes(content, policy=default))
        return '250 kept under 4711'


@pytest.fixture
def mailbox(counter: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = int(probe.getsockname()[1])
    controller = Controller(box, hostname='127.0.0.1', port=port)
    controller.start()
    way = MailServer('127.0.0.1', port, 'rent@siamlight.test', security='none')
    monkeypatch.setattr('app.settings._in_use', replace(settings(), mail=way))
    yield box
    controller.stop()


async def test_the_words_of_a_letter_are_changed_shown_and_taken_back(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/letters')
    await sees(counter, 'Your quote QT-2026-0042 from Siam Light & Grip Co., Ltd.')
    write(counter, 'subject', 'Offer {number}')
    await sees(counter, 'Offer QT-2026-0042')
    saves(counter)
    await sees(counter, 'Words saved')
    assert (await LetterText.get(kind='quote', language='en')).subject == 'Offer {number}'
    await sees(counter, 'changed')
    await counter.should_see(marker='original', retries=50)
    counter.find(marker='original').click()
    await sees(counter, 'are thrown away')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'The original words are back')
    assert not await LetterText.exists()


async def test_what_could_not_be_sent_is_said_beside_the_text(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/letters')
    await sees(counter, 'What can be filled in')
    write(counter, 'body', 'Total {amount')
    await sees(counter, 'one pair of braces')
    saves(counter)
    await sees(counter, 'one pair of braces')
    assert not await LetterText.exists()
    write(counter, 'body', 'Total {amont}')
    await sees(counter, '{amont} is not known here')


async def test_the_letter_in_the_other_language_has_its_own_words(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/letters')
    tap(counter, 'letter-language', 'th')
    await sees(counter, 'ใบเสนอราคา QT-2026-0042 จาก บริษัท สยาม ไลท์ แอนด์ กริป จำกัด')
    tap(counter, 'letter', 'code')
    await sees(counter, 'the six digits')
    write(counter, 'body', 'นี่คือรหัส')
    await sees(counter, 'This letter says nothing without {code}')


async def test_what_is_half_typed_is_not_thrown_away_unasked(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/letters')
    await sees(counter, 'What can be filled in')
    write(counter, 'subject', 'Half')
    tap(counter, 'letter', 'invoice')
    await sees(counter, 'Throw away what you typed?')
    counter.find('Not Now').click()
    await misses(counter, 'Throw away what you typed?')
    await sees(counter, 'Half')


async def test_a_test_letter_really_leaves_and_the_server_is_quoted(counter: User, mailbox: Mailbox) -> None:
    await sit_down(counter)
    await counter.open('/settings/portal')
    await sees(counter, 'Mail server')
    counter.find(marker='send-test').click()
    await sees(counter, 'The server answered: kept under 4711')
    [letter] = mailbox.received
    assert letter['To'] == 'nok.owner@siamlight.test'
    assert letter['Subject'] == 'A test letter from Siam Light & Grip Co., Ltd.'
    mailbox.refuse = '550 nobody here'
    counter.find(marker='send-test').click()
    await sees(counter, 'did not take the letter: 550 nobody here')


async def test_a_sample_of_a_letter_is_sent_as_it_is_typed(counter: User, mailbox: Mailbox) -> None:
    await sit_down(counter)
    await counter.open('/settings/letters')
    await sees(counter, 'What can be filled in')
    write(counter, 'subject', 'Offer {number} ข้อเสนอ')
    counter.find(marker='send-test').click()
    await sees(counter, 'The server answered')
    assert [letter['Subject'] for letter in mailbox.received] == ['Offer QT-2026-0042 ข้อเสนอ']


async def test_without_a_mail_server_the_settings_say_so(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/portal')
    await sees(counter, 'Letters wait for three days')
    counter.find(marker='send-test').click()
    await sees(counter, 'No mail server is set')


async def test_the_portal_settings_are_kept(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/settings/portal')
    await sees(counter, 'Who is asked for a code')
    counter.find('Only for flagged customers').click()
    write(counter, 'code_balance', '250,000')
    write(counter, 'origin_days', '30')
    saves(counter)
    await sees(counter, 'at least 90 days')
    write(counter, 'origin_days', '180')
    saves(counter)
    await sees(counter, 'Saved')
    firm = await Business.the()
    assert (firm.code_policy.value, firm.code_balance, firm.origin_days) == (
        'Only for flagged customers',
        Decimal('250000.00'),
        180,
    )


async def test_long_addresses_are_warned_of(counter: User, monkeypatch: pytest.MonkeyPatch) -> None:
    url = 'https://portal.siam-light-and-grip-rental.example'
    monkeypatch.setattr('app.settings._in_use', replace(settings(), public_url=url))
    await sit_down(counter)
    await counter.open('/settings/portal')
    await sees(counter, 'Links are longer than 60 characters')


@pytest.mark.parametrize('path', ['/settings/portal', '/settings/letters'])
async def test_the_settings_are_for_admins_and_the_owner(counter: User, path: str) -> None:
    await sit_down(counter, Role.SALES)
    await counter.open(path)
    await sees(counter, 'This is not for your role')
    await misses(counter, 'Send Test Mail')


async def test_a_quote_shows_its_letter_and_a_failed_one_is_sent_again(counter: User) -> None:
    await sit_down(counter)
    quote = await a_sent_quote()
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'to ploy@nimman.test')
    await sees(counter, 'Queued')
    letter = await Outbox.get(template='quote')
    await letter.failed('550 no such mailbox', for_good=True)
    await sees(counter, '550 no such mailbox')
    tap(counter, 'retry', str(letter.id))
    await sees(counter, 'The letter will be sent again')
    assert (await Outbox.get(id=letter.id)).state is OutboxState.QUEUED
    await (await Outbox.get(id=letter.id)).sent()
    await sees(counter, 'Sent')


async def test_a_letter_that_waits_after_a_failure_says_why_in_the_readers_words_and_is_sent_now(
    counter: User,
) -> None:
    await sit_down(counter, language='th')
    quote = await a_sent_quote()
    letter = await Outbox.claim()
    assert letter is not None
    await letter.failed('Error connecting to 127.0.0.1 on port 2599', cause='unreachable')
    await counter.open(f'/quotes/{quote.number}')
    await sees(counter, 'ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้')
    await sees(counter, 'Error connecting to 127.0.0.1 on port 2599')
    await sees(counter, 'ส่งตอนนี้')
    tap(counter, 'retry', str(letter.id))
    await misses(counter, 'ติดต่อเซิร์ฟเวอร์อีเมลไม่ได้')
    stored = await Outbox.get(id=letter.id)
    assert stored.next_try_at <= now()
    await stored.failed('550 no such mailbox', cause='address', for_good=True)
    await counter.open(f'/customers/{quote.customer_id}/activity')
    await sees(counter, 'ไม่สำเร็จ: เซิร์ฟเวอร์อีเมลไม่รับที่อยู่นี้')


async def test_an_invoice_shows_the_receipts_that_were_mailed(counter: User) -> None:
    await sit_down(counter)
    invoice = await an_invoice()
    await pay(invoice, 50000)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Receipt')
    await sees(counter, 'to ploy@nimman.test')


async def test_who_sees_no_money_sees_no_letters_about_it_and_may_retry_none(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    customer = await nimman()
    await a_sent_quote(customer)
    await pay(await an_invoice(customer), 50000)
    for letter in await Outbox.all():
        await letter.failed('550', for_good=True)
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, 'to ploy@nimman.test')
    [shown] = [getattr(one, 'html', '') for one in counter.find(marker='letters').elements]
    assert 'Quote' in shown and 'Receipt' not in shown
    for letter in await Outbox.filter(template__not='notice'):
        forge(counter, 'retry', str(letter.id))
    await sees(counter, 'Your role does not allow this')
    assert not await Outbox.exists(state=OutboxState.QUEUED, template__not='notice')


async def test_who_owes_much_is_suggested_for_codes_and_nobody_is_flagged_unasked(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    customer = await nimman()
    await an_invoice(customer)
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, '107,000.00')
    await misses(counter, 'an access code may be worth it')
    await psql('update business set code_balance = 100000')
    await sees(counter, '฿107,000.00 are open. That is more than ฿100,000.00')
    assert not (await Customer.get(id=customer.id)).wants_code
    tap(counter, 'flag')
    await misses(counter, 'an access code may be worth it')
    assert (await Customer.get(id=customer.id)).wants_code


@pytest.mark.usefixtures('db')
@pytest.mark.parametrize('language', ['en', 'th'])
@pytest.mark.parametrize('kind', KINDS)
async def test_a_sample_has_no_gap_left(kind: str, language: str) -> None:
    w = words(language)
    typed = (w(f'mail.{kind}.subject'), w(f'mail.{kind}.body'))
    letter = sample_letter(kind, typed, 'bo@siamlight.test', w=w, firm=await a_firm())
    assert '{' not in letter.subject + letter.text
    assert letter.subject and letter.html.startswith('<!doctype html><html')


@pytest.mark.usefixtures('db')
async def test_the_sample_is_set_as_the_letter_that_is_sent() -> None:
    quote = await a_sent_quote()
    w = words('en')
    due = await Outbox.get(template='quote')
    sent = await compose(due)
    typed = (w('mail.quote.subject'), w('mail.quote.body'))
    sample = sample_letter('quote', typed, due.recipient, w=w, firm=await Business.the())
    assert sample.subject == sent.subject.replace(quote.number, 'QT-2026-0042')
    assert (sample.firm, sample.reply_to, sample.recipient) == (sent.firm, sent.reply_to, sent.recipient)
    assert sample.html.count('<td') == sent.html.count('<td')
