"""What the environment says, read once into one frozen Settings, or refused with a sentence for every wrong value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from app.addresses import database_address, host_name, proxies, public_origin
from app.seal_key import SealKey, brought_seal_key

SHORTEST_SECRET = 32
LOG_LEVELS = ('critical', 'error', 'warning', 'info', 'debug')
MAIL_SERVER = ('SMTP_HOST', 'SMTP_FROM', 'SMTP_USER', 'SMTP_PASSWORD', 'SMTP_PASSWORD_FILE')
YES, NO = ('1', 'yes', 'true', 'on'), ('0', 'no', 'false', 'off')

T = TypeVar('T')


class Unable(Exception):
    """The program cannot do what it was told to; the message is one sentence for whoever started it."""


class WrongSettings(Exception):
    """One or more values cannot be used; says so in one sentence each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(' '.join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters leave. `security`: `starttls`, `tls` (from the first byte) or `none`."""

    host: str
    port: int
    sender: str
    user: str = ''
    password: str = field(default='', repr=False)
    security: str = 'starttls'


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """A provider's address to which `body` is posted with {to} and {text} filled in; `console` prints instead."""

    url: str
    body: str = ''
    authorization: str = field(default='', repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program is told from outside. An empty `database_url` asks for a server of the program's own."""

    secret: bytes = field(repr=False)
    database_url: str = field(default='', repr=False)
    public_url: str = 'http://localhost:8080'
    host: str = '127.0.0.1'
    port: int = 8080
    data: Path | None = None
    demo: bool = False
    development: bool = False
    allowed_hosts: tuple[str, ...] = ()
    forwarded_allow_ips: str = '127.0.0.1'
    log_level: str = 'warning'
    mail: MailServer | None = None
    sms: SmsGateway | None = None
    seal: SealKey | None = None
    seal_tsa: str = ''
    secret_before: bytes = b''


_in_use: Settings | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Turn an environment into settings; every wrong value is named, not only the first."""
    reader = _Reader(environment)
    port = reader.read('PORT', 8080, _port)
    database_url = reader.read('DATABASE_URL', '', database_address)
    read = Settings(
        secret=reader.secret(),
        database_url=database_url,
        public_url=reader.read('PUBLIC_URL', f'http://localhost:{port}', public_origin),
        host=reader.read('HOST', '127.0.0.1', str),
        port=port,
        data=reader.read('DATA_DIR', None if database_url else Path('data').absolute(), _folder),
        demo=reader.read('DEMO', False, _yes_or_no),
        development=reader.read('DEVELOPMENT', False, _yes_or_no),
        allowed_hosts=reader.read('ALLOWED_HOSTS', (), _hosts),
        forwarded_allow_ips=reader.read('FORWARDED_ALLOW_IPS', '127.0.0.1', proxies),
        log_level=reader.read('LOG_LEVEL', 'warning', _log_level),
        mail=reader.mail_server(),
        sms=reader.sms_gateway(),
        seal=reader.seal(),
        seal_tsa=reader.read('SEAL_TSA', '', _authority),
        secret_before=(reader.kept_in_file('APP_SECRET_OLD') or '').encode(),
    )
    if reader.wrong:
        raise WrongSettings(reader.wrong)
    return read


def use_settings(chosen: Settings) -> None:
    """Make these the settings of this process."""
    global _in_use  # noqa: PLW0603  (one process, one environment)
    _in_use = chosen


def settings() -> Settings:
    """The settings of this process."""
    if _in_use is None:
        raise RuntimeError('settings were asked for before the environment was read')
    return _in_use


class _Reader:
    """Reads one variable after the other and keeps what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.wrong: list[str] = []

    def read(self, name: str, default: T, meaning: Callable[[str], T]) -> T:
        text = self.environment.get(name, '').strip()
        try:
            return meaning(text) if text else default
        except ValueError as wrong:
            self.wrong.append(f'{name} {wrong}.')
            return default

    def secret(self) -> bytes:
        text = self.kept_in_file('APP_SECRET')
        if text is None:
            return b''
        if sentence := _why_no_secret(text):
            self.wrong.append(sentence)
        return text.encode()

    def mail_server(self) -> MailServer | None:
        given = {name.removesuffix('_FILE') for name in MAIL_SERVER if self.environment.get(name, '').strip()}
        host, user = self.read('SMTP_HOST', '', str), self.read('SMTP_USER', '', str)
        self.wrong += _why_half_a_mail_server(given | ({'SMTP_FROM'} if '@' in user else set()))
        if not host:
            return None
        security = self.read('SMTP_SECURITY', 'starttls', _security)
        return MailServer(
            host=host,
            port=self.read('SMTP_PORT', {'tls': 465, 'starttls': 587, 'none': 25}[security], _port),
            sender=self.read('SMTP_FROM', user, _sender),
            user=user,
            password=self.kept_in_file('SMTP_PASSWORD') or '',
            security=security,
        )

    def sms_gateway(self) -> SmsGateway | None:
        url = self.read('SMS_URL', '', _gateway)
        body = self.read('SMS_BODY', '{"to": "{to}", "text": "{text}"}', _sms_body)
        if url == 'console' and not any(self.read(name, False, _yes_or_no) for name in ('DEVELOPMENT', 'DEMO')):
            self.wrong.append(
                'SMS_URL=console prints access codes to the log, and is for development only: '
                'name a gateway, leave it out, or set DEVELOPMENT=yes.'
            )
        return SmsGateway(url, body, self.kept_in_file('SMS_AUTHORIZATION') or '') if url else None

    def seal(self) -> SealKey | None:
        path = self.read('SEAL_FILE', '', str)
        if not path:
            return None
        try:
            tsa = self.environment.get('SEAL_TSA', '').strip()
            return brought_seal_key(Path(path).read_bytes(), self.kept_in_file('SEAL_PASSWORD') or '', tsa)
        except OSError:
            self.wrong.append(f'SEAL_FILE names {path}, which cannot be read.')
        except ValueError as wrong:
            self.wrong.append(f'SEAL_FILE {wrong}.')
        return None

    def kept_in_file(self, name: str) -> str | None:
        """A secret from the environment, or from the file that NAME_FILE names; None when that cannot be read."""
        text = self.environment.get(name, '')
        if path := self.environment.get(f'{name}_FILE', '').strip():
            try:
                text = Path(path).read_text(encoding='utf-8')
            except (OSError, UnicodeDecodeError):
                self.wrong.append(f'{name}_FILE names {path}, which cannot be read.')
                return None
        return text.strip()


def _why_no_secret(text: str) -> str:
    how = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not text:
        return f'APP_SECRET is not set, and without it no link can be made or opened; {how}.'
    if len(text) < SHORTEST_SECRET:
        return f'APP_SECRET has {len(text)} characters and needs at least {SHORTEST_SECRET}; {how}.'
    if len(set(text)) < SHORTEST_SECRET // 4:
        return f'APP_SECRET repeats the same few characters and can be guessed; {how}.'
    return ''


def _why_half_a_mail_server(given: set[str]) -> Iterator[str]:
    if 'SMTP_HOST' not in given:
        if given:
            yield f'SMTP_HOST is not set, and {min(given)} is: no letter would leave.'
        return
    if 'SMTP_FROM' not in given:
        yield 'SMTP_FROM is not set, and letters need an address from which they come.'
    for one, other in (('SMTP_USER', 'SMTP_PASSWORD'), ('SMTP_PASSWORD', 'SMTP_USER')):
        if one in given and other not in given:
            yield f'{one} is set, and {other} is not.'


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f'must be a number from 1 to 65535, and is "{text}"')
    return int(text)


def _folder(text: str) -> Path | None:
    return Path(text).expanduser().absolute()


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(host_name(name.strip()) for name in text.split(',') if name.strip())
    if not all(names) or any('/' in name or ':' in name for name in names):
        raise ValueError(f'must be names without http:// and port, divided by commas, and is "{text}"')
    return names


def _security(text: str) -> str:
    if text.lower() not in ('starttls', 'tls', 'none'):
        raise ValueError(f'must be starttls, tls or none, and is "{text}"')
    return text.lower()


def _sender(text: str) -> str:
    if '@' not in text:
        raise ValueError(f'must be an e-mail address, and is "{text}"')
    return text


def _gateway(text: str) -> str:
    if text != 'console' and urlsplit(text).scheme not in ('http', 'https'):
        raise ValueError(f'must be the address of a gateway or the word console, and is "{text}"')
    return text


def _authority(text: str) -> str:
    if urlsplit(text).scheme not in ('http', 'https'):
        raise ValueError(f'must be the address of a time-stamp authority, and is "{text}"')
    return text


def _sms_body(text: str) -> str:
    if '{to}' not in text or '{text}' not in text:
        raise ValueError('must hold {to} and {text}')
    return text


def _yes_or_no(text: str) -> bool:
    if text.lower() not in YES + NO:
        raise ValueError(f'must be yes or no, and is "{text}"')
    return text.lower() in YES


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f'must be one of {", ".join(LOG_LEVELS)}, and is "{text}"')
    return text.lower()
