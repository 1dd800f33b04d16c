"""The environment is understood, or refused with a sentence."""

from pathlib import Path

import pytest

from app.settings import Settings, WrongSettings, read_settings
from tests.conftest import HOUSE

SECRET = {'APP_SECRET': 'a long secret that nobody will guess 0123456789'}


def refusals(**environment: str) -> list[str]:
    with pytest.raises(WrongSettings) as refused:
        read_settings(environment)
    return refused.value.sentences


def test_a_secret_is_all_that_is_needed() -> None:
    read = read_settings(SECRET)
    assert (read.host, read.port, read.public_url) == ('127.0.0.1', 8080, 'http://localhost:8080')
    assert read.database_url == ''
    assert read.data == Path('data').absolute()


def test_a_server_of_its_own_needs_no_data_folder() -> None:
    read = read_settings({**SECRET, 'DATABASE_URL': 'postgresql://me:pw@db/portal'})
    assert read.data is None
    assert read.database_url == 'postgres://me:pw@db/portal'


def test_a_database_behind_a_socket_is_understood() -> None:
    url = 'postgres:///portal?host=/var/run/postgresql&user=me'
    assert read_settings({**SECRET, 'DATABASE_URL': url}).database_url == url


def test_the_public_address_follows_the_port() -> None:
    assert read_settings({**SECRET, 'PORT': '9000'}).public_url == 'http://localhost:9000'
    assert read_settings({**SECRET, 'PUBLIC_URL': 'https://p.example.com/'}).public_url == 'https://p.example.com'


def test_other_names_of_the_house_stand_one_after_the_other() -> None:
    read = read_settings({**SECRET, 'ALLOWED_HOSTS': 'Rent.example.com, portal.local'})
    assert read.allowed_hosts == ('rent.example.com', 'portal.local')
    (sentence,) = refusals(**SECRET, ALLOWED_HOSTS='https://rent.example.com')
    assert sentence.startswith('ALLOWED_HOSTS must be names')


@pytest.mark.parametrize(
    ('typed', 'known'),
    [
        ('https://Rent.Example.COM', 'https://rent.example.com'),
        ('https://rent.example.com:443', 'https://rent.example.com'),
        ('http://[::1]:8080/', 'http://[::1]:8080'),
        ('https://เช่าไฟ.ไทย', 'https://xn--b3c6bycucwaw.xn--o3cw4h'),
    ],
)
def test_the_public_address_is_read_as_browsers_say_it(typed: str, known: str) -> None:
    """They name it as the origin of every page, and no page whose origin is another may connect."""
    assert read_settings({**SECRET, 'PUBLIC_URL': typed}).public_url == known


@pytest.mark.parametrize(
    'address',
    ['https://a.example:99999', 'https://[a', 'https://me:pw@a.example', 'https://a.example/#x', 'https://a..b'],
)
def test_a_public_address_that_no_browser_would_open_is_refused_with_a_sentence(address: str) -> None:
    (sentence,) = refusals(**SECRET, PUBLIC_URL=address)
    assert sentence.startswith('PUBLIC_URL must be the address people type')


@pytest.mark.parametrize(
    'place',
    [
        'me:hunter2@db:port',
        'me:hunt:er/2@db',
        'me:12/hunter2@db',
        'me:hunt#er2@db',
        'me:hunt[er2@db',
        'me:hunt%r2@db',
        'me:hunt@er2@db',
    ],
)
def test_a_database_address_whose_password_was_not_written_as_in_addresses_is_refused(place: str) -> None:
    (sentence,) = refusals(**SECRET, DATABASE_URL=f'postgres://{place}/portal')
    assert sentence.startswith('DATABASE_URL must look like postgres://') and 'as %40' in sentence
    assert 'er2' not in sentence


@pytest.mark.parametrize('place', ['me:p%40ss%2Fw%3A%23@db:5432', 'me@[::1]:5432', 'me:pw@one:5432,two:5433', ''])
def test_a_database_may_be_anywhere(place: str) -> None:
    url = f'postgres://{place}/portal?sslmode=require'
    assert read_settings({**SECRET, 'DATABASE_URL': url}).database_url == url


@pytest.mark.parametrize(
    ('half', 'sentence'),
    [
        ({'SMTP_FROM': 'rent@example.com'}, 'SMTP_HOST is not set, and SMTP_FROM is: no letter would leave.'),
        ({'SMTP_HOST': 'mail'}, 'SMTP_FROM is not set, and letters need an address from which they come.'),
        (
            {'SMTP_HOST': 'mail', 'SMTP_USER': 'key'},
            'SMTP_FROM is not set, and letters need an address from which they come.',
        ),
        (
            {'SMTP_HOST': 'mail', 'SMTP_FROM': 'rent@example.com', 'SMTP_USER': 'key'},
            'SMTP_USER is set, and SMTP_PASSWORD is not.',
        ),
        (
            {'SMTP_HOST': 'mail', 'SMTP_FROM': 'rent@example.com', 'SMTP_PASSWORD': 'pw'},
            'SMTP_PASSWORD is set, and SMTP_USER is not.',
        ),
    ],
)
def test_a_mail_server_that_is_half_named_is_refused(half: dict[str, str], sentence: str) -> None:
    assert sentence in refusals(**SECRET, **half)


def test_the_user_of_a_mail_server_may_be_the_sender(tmp_path: Path) -> None:
    (tmp_path / 'password').write_text('pw')
    named = {'SMTP_HOST': 'mail', 'SMTP_USER': 'rent@example.com', 'SMTP_PASSWORD_FILE': str(tmp_path / 'password')}
    read = read_settings({**SECRET, **named}).mail
    assert read is not None and (read.sender, read.port, read.password) == ('rent@example.com', 587, 'pw')


def test_proxies_are_addresses_or_networks_and_never_everybody() -> None:
    read = read_settings({**SECRET, 'FORWARDED_ALLOW_IPS': '10.0.0.7, 172.16.0.0/12,::1'})
    assert read.forwarded_allow_ips == '10.0.0.7,172.16.0.0/12,::1'
    for text in ('*', 'nginx', '10.0.0.7/8'):
        (sentence,) = refusals(**SECRET, FORWARDED_ALLOW_IPS=text)
        assert sentence.startswith('FORWARDED_ALLOW_IPS must be addresses or networks')


def test_every_wrong_value_is_named_at_once() -> None:
    wrong = refusals(
        **SECRET, PORT='http', LOG_LEVEL='loud', PUBLIC_URL='portal', DEMO='maybe', DATABASE_URL='mysql://x/y'
    )
    assert {sentence.split()[0] for sentence in wrong} == {'PORT', 'LOG_LEVEL', 'PUBLIC_URL', 'DEMO', 'DATABASE_URL'}
    assert 'PORT must be a number from 1 to 65535, and is "http".' in wrong


@pytest.mark.parametrize('secret', ['', 'changeme', 'x' * 40])
def test_no_secret_a_short_one_and_a_guessable_one_are_refused(secret: str) -> None:
    (sentence,) = refusals(APP_SECRET=secret)
    assert sentence.startswith('APP_SECRET ')
    assert 'secrets.token_urlsafe' in sentence


def test_the_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / 'secret').write_text(SECRET['APP_SECRET'] + '\n')
    assert read_settings({'APP_SECRET_FILE': str(tmp_path / 'secret')}).secret == SECRET['APP_SECRET'].encode()
    (sentence, *_) = refusals(APP_SECRET_FILE=str(tmp_path / 'none'))
    assert sentence == f'APP_SECRET_FILE names {tmp_path / "none"}, which cannot be read.'


def test_short_messages_are_printed_in_development_and_nowhere_else() -> None:
    printing = {**SECRET, 'SMS_URL': 'console'}
    for where in ('DEVELOPMENT', 'DEMO'):
        read = read_settings({**printing, where: 'yes'})
        assert read.sms is not None and read.sms.url == 'console'
    (sentence,) = refusals(**printing)
    assert sentence.startswith('SMS_URL=console prints access codes')
    assert read_settings({**SECRET, 'SMS_URL': 'https://sms.example.com/send'}).sms is not None


def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    (sentence,) = refusals(**SECRET, DATABASE_URL='mysql://me:hunter2@db/portal')
    assert 'hunter2' not in sentence


def test_settings_can_be_printed_without_their_secrets() -> None:
    assert 'hunter2' not in repr(Settings(secret=b'hunter2', database_url='postgres://me:hunter2@db/x'))


def test_the_settings_to_begin_with_lack_nothing_but_the_secret() -> None:
    lines = [
        line.partition('=') for line in (HOUSE / 'deploy/client-portal.env').read_text().splitlines() if '=' in line
    ]
    given = {name: text.strip("'") for name, _, text in lines if not name.startswith('#')}
    (sentence,) = refusals(**given)
    assert sentence.startswith('APP_SECRET is not set')
    read = read_settings({**given, **SECRET})
    assert read.mail is not None and read.public_url == 'https://rent.example.com'
