"""The two commands and the program behind them: they work, they end cleanly, and when they cannot they say why."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import asyncpg
import psutil
import pytest

from tests.cluster import Cluster
from tests.conftest import HOUSE, plain_environment

SECRET = 'a secret that is only used in tests, never else'
Words = tuple[str, ...]
PATIENCE = 120  # seconds, on a machine that is busy with other tests


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user of the machine may pass through, unlike the test runner's own."""
    made = Path(mkdtemp(prefix='dev-')).resolve()
    made.chmod(0o755)
    yield made
    rmtree(made)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., House]]:
    """Start the program and wait until it serves; whatever still runs at the end is stopped."""
    running: list[House] = []

    def start(*words: str, **environment: str) -> House:
        running.append(House(words, environment))
        running[-1].wait_until_ready()
        return running[-1]

    yield start
    for house in running:
        house.stop()


class House:
    """The program in a process of its own, on a free port."""

    def __init__(self, words: Words, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, *words], env=surroundings(PORT=str(self.port), **environment), cwd=HOUSE, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{self.port}{path}', timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def wait_until_ready(self) -> None:
        until(lambda: self.process.poll() is not None or self._answers())
        assert self.process.poll() is None, self.process.communicate()[0]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """What it said in its whole life."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.communicate(timeout=PATIENCE)[0]

    def _answers(self) -> bool:
        try:
            return self.get('/readyz')[0] == 200
        except OSError:
            return False


def until(true: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f'it did not happen within {PATIENCE} s'
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


def surroundings(**environment: str) -> dict[str, str]:
    """As at a terminal in a checkout whose packages are installed."""
    own = {'DATABASE_URL', 'APP_SECRET', 'APP_SECRET_FILE', 'DATA_DIR', 'PUBLIC_URL', 'HOST', 'DEMO'}
    plain = {name: value for name, value in plain_environment().items() if name not in own}
    return {**plain, 'DEV_VENV': sys.prefix, **environment}


def refused(*words: str, **environment: str) -> tuple[int, str]:
    """The exit code and what was said of why, which is nothing but that."""
    done = subprocess.run(
        [sys.executable, *words], env=surroundings(**environment), cwd=HOUSE, capture_output=True, text=True,
        check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_python_that_is_too_old_gets_as_far_as_the_sentence() -> None:
    ast.parse((HOUSE / 'dev.py').read_text(), feature_version=(3, 8))
    old = "import runpy, sys; sys.version_info, sys.version = (3, 8, 18), '3.8.18 (old)'; sys.argv = ['dev.py', 'run']"
    code, said = refused('-c', f"{old}; runpy.run_path('dev.py', run_name='__main__')", PATH='')
    assert (code, said) == (1, 'Python 3.11 or newer is needed; this is 3.8.18.\n')


def test_a_taken_port_is_named(folder: Path) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused('dev.py', 'run', '--port', str(port), '--data', str(folder / 'data'))
    assert (code, said) == (1, f'Port {port} is taken: choose another with --port or PORT.\n')


def test_a_data_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / 'file').touch()
    code, said = refused('dev.py', 'run', '--data', str(folder / 'file/data'))
    assert code == 1
    assert re.fullmatch(rf'The data folder {folder}/file/data cannot be written to \(.+\)\.\n', said)


def test_a_database_that_does_not_answer_is_named_without_its_password(folder: Path) -> None:
    nobody = f'127.0.0.1:{free_port()}/portal'
    code, said = refused(
        'dev.py', 'run', '--port', str(free_port()), '--data', str(folder / 'data'),
        DATABASE_URL=f'postgres://me:hunter2@{nobody}',
    )  # fmt: skip
    assert (code, said) == (1, f'The database at {nobody} cannot be reached (nobody listens there).\n')


def test_operation_refuses_to_start_without_a_secret_and_with_a_wrong_value() -> None:
    code, said = refused('main.py', 'serve', PORT='http')
    assert code == 2
    assert [line.split()[0] for line in said.splitlines()] == ['PORT', 'APP_SECRET']
    assert 'Traceback' not in said


@pytest.mark.parametrize('words', [('dev.py',), ('dev.py', 'dance'), ('main.py',), ('main.py', 'dance')])
def test_a_command_that_does_not_exist_is_answered_with_those_that_do(words: Words) -> None:
    code, said = refused(*words)
    assert code == 2
    assert 'Traceback' not in said


def test_started_empty_it_prints_where_the_owner_is_made(
    folder: Path, database_url: str, start: Callable[..., House]
) -> None:
    house = start('dev.py', 'run', '--empty', '--data', str(folder / 'data'), DATABASE_URL=database_url)
    assert house.get('/healthz') == (200, '{"status":"up"}')
    assert house.get('/portal/almost-a-link')[0] == 404
    said = house.stop(signal.SIGINT)
    assert 'almost-a-link' not in said
    assert re.search(rf'http://localhost:{house.port}/setup/[\w-]{{22}}\n', said)
    assert house.process.returncode == 0
    assert 'Traceback' not in said
    assert (folder / 'data/secret').stat().st_mode & 0o777 == 0o600


def test_the_demo_tells_people_and_programs_where_to_go(
    folder: Path, database_url: str, start: Callable[..., House]
) -> None:
    house = start('dev.py', 'run', '--demo', '--data', str(folder / 'data'), DATABASE_URL=database_url)
    note = folder / 'data/demo.json'
    assert note.stat().st_mode & 0o777 == 0o600
    told = json.loads(note.read_text())
    assert told.keys() == {'base_url', 'database_url', 'staff', 'links'}
    assert (told['base_url'], told['database_url']) == (f'http://localhost:{house.port}', database_url)
    assert {'Owner', 'Crew'} <= {person['role'] for person in told['staff']}
    live = {(link['scope'], link['language']) for link in told['links'] if link['state'] == 'live'}
    assert live == {(scope, language) for scope in ('customer', 'quote', 'invoice') for language in ('en', 'th')}
    answers = {link['state']: house.get(link['url'].removeprefix(told['base_url']))[0] for link in told['links']}
    assert answers == {'live': 200, 'expired': 410, 'revoked': 410}
    said = house.stop()
    assert len(re.findall(rf'http://localhost:{house.port}/p/\w{{22}}\n', said)) == 3
    assert all(person['email'] in said and person['password'] in said for person in told['staff'])


def test_a_database_of_ones_own_is_furnished_only_when_told_so(
    folder: Path, database_url: str, start: Callable[..., House]
) -> None:
    house = start('dev.py', 'run', '--data', str(folder / 'data'), DATABASE_URL=database_url)
    assert '/setup/' in house.stop()
    assert not (folder / 'data/demo.json').exists()


def test_killed_with_its_database_by_force_it_starts_again_with_the_same_secret(
    folder: Path, start: Callable[..., House]
) -> None:
    words = ('dev.py', 'run', '--empty', '--data', str(folder / 'data'))
    house = start(*words)
    secret = (folder / 'data/secret').read_text()
    everything = [house.process.pid, *(child.pid for child in psutil.Process(house.process.pid).children(True))]
    for pid in everything:
        with contextlib.suppress(ProcessLookupError):  # the workers of a database end by themselves where it is gone
            os.kill(pid, signal.SIGKILL)
    house.process.communicate()
    again = start(*words)
    assert (folder / 'data/secret').read_text() == secret
    said = again.stop()
    assert (again.process.returncode, 'Traceback' in said) == (0, False)
    assert not (folder / 'data/postgres/postmaster.pid').exists()


def test_the_owner_is_made_at_a_terminal_once_and_let_back_in_there(database_url: str) -> None:
    environment = surroundings(DATABASE_URL=database_url, APP_SECRET=SECRET)

    def asked(*words: str, typed: str = '') -> tuple[int, str]:
        done = subprocess.run([sys.executable, 'main.py', *words], env=environment, cwd=HOUSE, capture_output=True,
                              text=True, check=False, input=f'{typed}\n')  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def typed(password: str) -> tuple[int, str]:
        return asked(
            'create-owner', '--firm', 'Siam Light', '--name', 'Bo', '--email', 'bo@siamlight.test', typed=password
        )

    code, said = typed('short')
    assert (code, 'Traceback' in said) == (1, False)
    assert typed('a long password of hers') == (0, 'bo@siamlight.test can sign in at http://localhost:8080\n')
    code, said = typed('a long password of hers')
    assert (code, 'Traceback' in said) == (1, False)
    code, said = asked('new-password', 'Bo@siamlight.test')
    assert (code, re.sub(r'\w{22}$', '', said.strip())) == (
        0, 'Opens once, within 30 minutes: http://localhost:8080/password/'
    )  # fmt: skip
    code, said = asked('new-password', 'nobody@siamlight.test')
    assert (code, said) == (1, 'Nobody who can sign in here has the address nobody@siamlight.test.\n')


async def test_it_is_ready_only_while_its_database_is(
    cluster: Cluster, database_url: str, start: Callable[..., House]
) -> None:
    house = start('main.py', 'serve', DATABASE_URL=database_url, APP_SECRET=SECRET)
    connection = await asyncpg.connect(database_url)
    await connection.execute("delete from tortoise_migrations where name like '0001%'")
    code, said = house.get('/readyz')
    assert (code, json.loads(said)['why']) == (503, 'the database is not up to date')
    await connection.close()
    name = database_url.split('@/')[1].split('?', maxsplit=1)[0]
    server = await asyncpg.connect(cluster.url())
    await server.execute(f'drop database {name} with (force)')
    code, said = house.get('/readyz')
    assert (code, json.loads(said)['why']) == (503, 'the database does not answer')
    await server.execute(f'create database {name}')
    await server.close()
    code, said = house.get('/readyz')
    assert (code, json.loads(said)['why']) == (503, 'the database is not up to date')
    assert house.get('/healthz')[0] == 200


def test_what_is_installed_comes_from_whatever_index_the_machine_uses() -> None:
    for name in ('app', 'test'):
        pins = (HOUSE / f'requirements/{name}.txt').read_text()
        assert not re.search(r'://|^-|@|\b[\w-]+\.(com|org|net|io|dev)\b', pins, re.MULTILINE)
        assert all(re.match(r'[a-z0-9.-]+==[\w.]+( ;|$)', line) for line in pins.splitlines())


def test_what_the_program_needs_the_tests_have_too() -> None:
    app, test = (
        re.findall(r'^\S+', (HOUSE / f'requirements/{name}.txt').read_text(), re.M) for name in ('app', 'test')
    )
    assert set(app) <= set(test)
