"""Letters leave through a real SMTP conversation, wait while the server is down, and arrive once."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.clock import deliver_due, start_clock, stop_clock
from app.keys import Keys, keys
from app.settings import MailServer, Settings, SmsGateway
from app.sms import international
from models import AccessCode, Device, Document, LetterText, Outbox, OutboxState, PortalLink, Staff, now
from tests.world import (
    a_draft,
    a_link,
    a_secret,
    a_sent_quote,
    an_accepted_quote,
    an_invoice,
    bo,
    nimman,
    pay,
    ploy,
    set_all_papers,
    set_paper,
    typed,
)

pytestmark = pytest.mark.usefixtures('db', 'house_settings')
SECRET = b'a secret that is only used in tests, never else'


class Mailbox:
    """A mail server's memory; refuses whom it is told to."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refuse = ''
        self.refuse_sender = ''

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return '250 OK'

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast('bytes', envelope.content)
        self.received.append(message_from_bytes(content, policy=default))
        return '250 OK'


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Controller]]:
    box = Mailbox()
    controller = Controller(box, hostname='127.0.0.1', port=a_port())
    yield box, controller
    if controller.server:
        controller.stop()


@pytest.fixture
def house_settings(mailbox: tuple[Mailbox, Controller], monkeypatch: pytest.MonkeyPatch) -> Settings:
    server = MailServer('127.0.0.1', mailbox[1].port, 'rent@siamlight.test', security='none')
    chosen = Settings(secret=SECRET, public_url='https://rent.siamlight.test', mail=server)
    monkeypatch.setattr('app.settings._in_use', chosen)
    monkeypatch.setattr('app.keys._in_use', Keys(SECRET))
    return chosen


def text_of(message: EmailMessage, kind: str = 'plain') -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_a_quote_arrives_with_the_link_that_opens_it(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    quote = await a_sent_quote()
    await deliver_due(house_settings)
    [message] = box.received
    assert message['To'] == 'ploy@nimman.test'
    assert message['Subject'] == f'Your quote {quote.number} from Siam Light & Grip Co., Ltd.'
    assert message['Reply-To'] == 'hello@siamlight.test'
    assert '฿127,000.00' in text_of(message)
    for kind in ('plain', 'html'):
        found = re.search(r'https://rent\.siamlight\.test/p/(\w{22})', text_of(message, kind))
        assert found is not None
        link = await PortalLink.find(keys().link_digest(found[1]))
        assert link is not None and link.quote_id == quote.id
    assert (await Outbox.get(template='quote')).state is OutboxState.SENT


async def test_the_quote_itself_is_enclosed_as_the_portal_shows_it(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    quote = await a_sent_quote()
    await deliver_due(house_settings)
    [message] = box.received
    [enclosed] = message.iter_attachments()
    paper = await quote.paper()
    assert paper is not None
    assert (enclosed.get_filename(), enclosed.get_content_type()) == (f'{quote.number}.pdf', 'application/pdf')
    assert enclosed.get_payload(decode=True) == paper.content


async def test_a_letter_waits_for_a_paper_that_cannot_be_made_yet(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def still_owed(document: Document) -> Document:
        return document

    box, controller = mailbox
    controller.start()
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    with monkeypatch.context() as patched:
        patched.setattr('app.enclosures.paper', still_owed)
        await deliver_due(house_settings)
    assert box.received == []
    assert (await Outbox.get(template='quote')).state is OutboxState.QUEUED
    await set_paper(quote)
    with time_machine.travel(now() + timedelta(minutes=2)):
        await deliver_due(house_settings)
    assert len(box.received) == 1


async def test_the_signed_quote_goes_to_the_contact_and_to_the_address_that_the_signer_typed(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    quote = await a_sent_quote()
    await quote.accept(version=1, signature=typed('Anan Srisuk', email='Anan@nimman.test'), by=ploy())
    await set_all_papers()
    controller.start()
    await deliver_due(house_settings)
    signed = [message for message in box.received if 'acceptance' in message['Subject']]
    assert {message['To'] for message in signed} == {'ploy@nimman.test', 'Anan@nimman.test'}
    names = [part.get_filename() for message in signed for part in message.iter_attachments()]
    assert names.count(f'{quote.number}-signed.pdf') == 2
    said = {str(message['To']): text_of(message) for message in signed}
    assert 'Hello Khun Ploy,' in said['ploy@nimman.test']
    assert 'Hello Nimman Film Co., Ltd.,' in said['Anan@nimman.test']
    assert 'Ploy' not in said['Anan@nimman.test'] and 'Anan' not in said['Anan@nimman.test']


async def test_thai_subject_and_text_arrive_intact(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    quote = await a_sent_quote(await nimman(language='th'))
    await deliver_due(house_settings)
    [message] = box.received
    assert message['Subject'] == f'ใบเสนอราคา {quote.number} จาก บริษัท สยาม ไลท์ แอนด์ กริป จำกัด'
    assert 'เรียน คุณพลอย' in text_of(message)
    assert 'ถ่ายโฆษณา เชียงใหม่' in text_of(message)
    assert 'lang="th"' in text_of(message, 'html')


async def test_while_the_server_is_down_letters_wait_and_then_arrive_once(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    await a_sent_quote()
    assert await deliver_due(house_settings) == 1
    waiting = await Outbox.get(template='quote')
    assert (waiting.state, waiting.tries) == (OutboxState.QUEUED, 1)
    assert waiting.cause == 'unreachable'
    controller.start()
    assert await deliver_due(house_settings) == 0
    with time_machine.travel(now() + timedelta(minutes=2)):
        await asyncio.gather(*(deliver_due(house_settings) for _ in range(4)))
    assert len(box.received) == 1


async def test_an_address_that_does_not_exist_fails_at_once_with_the_servers_words(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    box.refuse = '550 no such mailbox'
    controller.start()
    await a_sent_quote()
    await deliver_due(replace(house_settings))
    failed = await Outbox.get(template='quote')
    assert (failed.state, failed.failure) == (OutboxState.FAILED, 'address\n550 no such mailbox')


async def test_a_link_revoked_before_its_letter_left_is_not_sent(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    quote = await a_sent_quote()
    await (await PortalLink.get(quote_id=quote.id)).revoke(by=await bo())
    await deliver_due(house_settings)
    assert [message['To'] for message in box.received] == ['bo.owner@siamlight.test']
    assert (await Outbox.get(template='quote')).cause == 'link_ended'


async def test_the_receipt_of_a_payment_that_was_taken_back_is_not_sent_any_more(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    payment = await pay(await an_invoice(), 50_000)
    await set_all_papers()
    await payment.reverse(reason='The cheque bounced', by=await bo())
    await deliver_due(house_settings)
    assert not box.received
    letter = await Outbox.get(template='receipt')
    assert (letter.state, letter.cause) == (OutboxState.FAILED, 'receipt_cancelled')
    await letter.retry(by=await bo())
    await deliver_due(house_settings)
    assert 'ploy@nimman.test' not in [message['To'] for message in box.received]


async def test_the_firms_own_words_are_used_and_an_invented_gap_stops_nothing(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    by = await bo()
    await LetterText.word('quote', 'en', subject='Offer {number}', body='Dear {name}, {nonsense} <b>', by=by)
    quote = await a_sent_quote()
    await deliver_due(house_settings)
    [message] = box.received
    assert message['Subject'] == f'Offer {quote.number}'
    assert 'Dear Khun Ploy, {nonsense} <b>' in text_of(message)
    assert '&lt;b&gt;' in text_of(message, 'html')


async def test_every_kind_of_letter_is_composed_in_both_languages(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    for language in ('en', 'th'):
        customer = await nimman(language=language)
        await an_accepted_quote(customer)
        invoice = await an_invoice(customer)
        await invoice.send(secret=keys().new_link_secret(), by=await bo())
        await pay(invoice, 100)
        link, _ = await a_link(customer)
        await Outbox.queue('link', customer_id=customer.id, link_id=link.id)
        await set_all_papers()
        await deliver_due(house_settings)
    sent = {(letter.template, letter.language) for letter in await Outbox.filter(state=OutboxState.SENT)}
    assert {template for template, _ in sent} == {'quote_signed', 'receipt', 'invoice', 'notice', 'link'}
    for message in box.received:
        assert not re.search(r'\{\w+\}|None', text_of(message) + message['Subject'])


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A provider's HTTP gateway that keeps what was posted."""
    posted: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b'\r\n\r\n')
        length = re.search(rb'content-length: (\d+)', head, re.IGNORECASE)
        posted.append(head + await reader.readexactly(int(length[1]) if length else 0))
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    yield f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send', posted
    server.close()


async def test_a_code_goes_out_by_sms_with_the_line_phones_read(
    gateway: tuple[str, list[bytes]], house_settings: Settings
) -> None:
    url, posted = gateway
    sms = SmsGateway(url, '{"to": "{to}", "text": "{text}"}', 'Bearer key-of-the-gateway')
    link, _ = await a_link(await nimman())
    secret = keys().new_code_secret()
    device = await Device.known(b'1' * 32)
    await AccessCode.ask(link, device_id=device.id, secret=secret)
    await deliver_due(replace(house_settings, mail=None, sms=sms))
    [request] = posted
    head, _, body = request.partition(b'\r\n\r\n')
    told = json.loads(body)
    assert told['to'] == '+66812345678'
    assert told['text'].endswith(f'@rent.siamlight.test #{secret.digits}')
    assert b'Bearer key-of-the-gateway' in head
    assert (await AccessCode.get(id=secret.id)).cipher is None


async def test_a_code_leaves_at_once_though_letters_wait_that_have_no_way_out(
    gateway: tuple[str, list[bytes]], house_settings: Settings, monkeypatch: pytest.MonkeyPatch, live_db: str
) -> None:
    url, posted = gateway
    sms = SmsGateway(url, '{"to": "{to}", "text": "{text}"}')
    monkeypatch.setattr('app.settings._in_use', replace(house_settings, mail=None, sms=sms))
    quote = await a_sent_quote()
    await start_clock()
    try:
        for times in (1, 2):
            link, _ = await a_link(quote)
            await AccessCode.ask(link, device_id=(await Device.known(b'1' * 32)).id, secret=keys().new_code_secret())
            async with asyncio.timeout(60):
                while len(posted) < times:
                    await asyncio.to_thread(bool)
    finally:
        await stop_clock()


async def test_a_code_does_not_wait_for_a_mail_server_that_says_nothing(
    gateway: tuple[str, list[bytes]], house_settings: Settings, monkeypatch: pytest.MonkeyPatch, live_db: str
) -> None:
    url, posted = gateway
    called = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, '127.0.0.1', 0)
    mail = MailServer('127.0.0.1', silent.sockets[0].getsockname()[1], 'rent@siamlight.test', security='none')
    monkeypatch.setattr('app.settings._in_use', replace(house_settings, mail=mail, sms=SmsGateway(url, '{text}')))
    link, _ = await a_link(await a_sent_quote())
    await start_clock()
    try:
        async with asyncio.timeout(60):
            await called.wait()
            await AccessCode.ask(link, device_id=(await Device.known(b'1' * 32)).id, secret=keys().new_code_secret())
            while not posted:
                await asyncio.to_thread(bool)
    finally:
        await stop_clock()
        silent.close()


@pytest.mark.parametrize('written', ['081 234 5678 ต่อ 101', '081-234-5678, 089-111-2222', '+66 81 234 5678 ext. 7'])
async def test_a_short_message_goes_to_the_first_number_without_its_extension(written: str) -> None:
    assert international(written) == '+66812345678'


async def test_what_has_no_way_out_waits_for_one(house_settings: Settings) -> None:
    await a_sent_quote()
    assert await deliver_due(replace(house_settings, mail=None)) == 0
    assert (await Outbox.get(template='quote')).tries == 0
    with time_machine.travel(now() + timedelta(days=4)):
        assert await Outbox.give_up_stale() == 1


async def test_a_letter_to_staff_says_of_whom_and_which_link_and_what_is_done_next(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    link, _ = await a_link(await nimman(), note='Accounting')
    await link.revoke(by=await bo())
    await (await Staff.get(name='Bo')).choose_language('en')
    await (await PortalLink.get(id=link.id)).ask_for_new()
    await deliver_due(house_settings)
    [message] = box.received
    said = 'Nimman Film Co., Ltd.: A new portal link was asked for: Everything · Accounting'
    assert ' '.join(message['Subject'].split()) == said
    for kind in ('plain', 'html'):
        assert said in text_of(message, kind)
        assert 'make a new link and send it' in text_of(message, kind)
        assert f'https://rent.siamlight.test/links/{link.id}' in text_of(message, kind)
        assert 'reply' not in text_of(message, kind)
    assert message['Reply-To'] is None


async def test_a_letter_to_staff_names_the_letter_that_failed_and_the_sum_that_was_claimed(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings
) -> None:
    box, controller = mailbox
    controller.start()
    quote = await a_sent_quote()
    await (await Staff.get(name='Bo')).choose_language('en')
    await quote.ask('Is the crane ours for the night? ' * 9, by=ploy())
    await (await Outbox.get(template='quote')).failed('550', for_good=True)
    await deliver_due(house_settings)
    asked, failed = sorted(box.received, key=lambda message: 'sent' in message['Subject'])
    assert failed['Subject'] == f'Nimman Film Co., Ltd.: Could not be sent to ploy@nimman.test: Quote {quote.number}'
    assert asked['Subject'].startswith(f'Nimman Film Co., Ltd.: A question about quote {quote.number}: Is the crane')
    assert len(asked['Subject']) == 120


@pytest.mark.parametrize(
    ('answer', 'cause'),
    [
        ('535 authentication failed', 'sign_in'),
        ('530 sign in first', 'sign_in'),
        ('554 no letters from you', 'refused'),
        ('451 try later', 'address'),
    ],
)
async def test_why_a_letter_did_not_leave_is_known_by_kind(
    mailbox: tuple[Mailbox, Controller], house_settings: Settings, answer: str, cause: str
) -> None:
    box, controller = mailbox
    if cause == 'address':
        box.refuse = answer
    else:
        box.refuse_sender = answer
    controller.start()
    await a_sent_quote()
    await deliver_due(house_settings)
    letter = await Outbox.get(template='quote')
    assert (letter.cause, answer in letter.failure) == (cause, True)
