"""The door through which letters leave: a real SMTP conversation, and a plain reason when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from app.settings import MailServer
from models import now

PATIENCE = 20.0  # seconds
NOT_SIGNED_IN = (530, 534, 535, 538)  # answers of a server that does not know who we are
UNREACHABLE = (
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPServerDisconnected,
    aiosmtplib.SMTPTimeoutError,
    OSError,
)


class NotSent(Exception):
    """A message did not leave; `for_good` when trying again cannot help.

    `cause` is what a reader is told, a key under letters.failure; `reason` is how the other side put it.
    """

    def __init__(self, reason: str, *, cause: str = 'other', for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A PDF that goes with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A composed letter. `name` is unique to it, so that a mailbox recognises one that was sent twice."""

    name: str
    recipient: str
    subject: str
    text: str
    html: str
    firm: str
    reply_to: str = ''
    enclosed: tuple[Enclosure, ...] = ()


async def send(letter: Letter, through: MailServer) -> str:
    """Hand the letter to the mail server; returns what it answered. Raises NotSent."""
    try:
        _, answer = await aiosmtplib.send(
            message_of(letter, through),
            hostname=through.host,
            port=through.port,
            username=through.user or None,
            password=through.password or None,
            use_tls=through.security == 'tls',
            start_tls=through.security == 'starttls',
            timeout=PATIENCE,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        first = refused.recipients[0]
        raise NotSent(f'{first.code} {first.message}', cause='address', for_good=first.code >= 500) from refused
    except aiosmtplib.SMTPResponseException as refused:
        cause = 'sign_in' if refused.code in NOT_SIGNED_IN else 'refused'
        raise NotSent(f'{refused.code} {refused.message}', cause=cause) from refused
    except UNREACHABLE as error:
        raise NotSent(str(error) or type(error).__name__, cause='unreachable') from error
    except aiosmtplib.SMTPException as error:
        raise NotSent(str(error) or type(error).__name__) from error
    return answer


def message_of(letter: Letter, through: MailServer) -> EmailMessage:
    """The letter as it travels: plain text first, the same in HTML beside it."""
    domain = through.sender.rpartition('@')[2]
    message = EmailMessage()
    message['Subject'] = letter.subject
    message['From'] = Address(letter.firm, addr_spec=through.sender)
    message['To'] = letter.recipient
    if letter.reply_to:
        message['Reply-To'] = letter.reply_to
    message['Date'] = format_datetime(now())
    message['Message-ID'] = f'<{letter.name}@{domain}>'
    message['Auto-Submitted'] = 'auto-generated'
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype='html')
    for paper in letter.enclosed:
        message.add_attachment(paper.content, maintype='application', subtype='pdf', filename=paper.name)
    return message
