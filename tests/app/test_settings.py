"""The environment is understood, or refused with a sentence."""

from pathlib import Path

import pytest

from app.settings import Settings, WrongSettings, read_settings

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
