"""What an operator reads at the terminal when something outside the program is not as it should be: one sentence."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.app.test_dev import SECRET, free_port, surroundings
from tests.conftest import HOUSE

OTHER = 'another secret, which is to take its place now'


async def told(url: str, *words: str, **environment: str) -> tuple[int, str]:
    """The exit code and all that was said, at a terminal at which nobody types."""
    named = {'APP_SECRET': SECRET, 'APP_SECRET_OLD': OTHER, 'PUBLIC_URL': 'https://a.test', 'DATABASE_URL': url}
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, 'main.py', *words], env=surroundings(**(named | environment)), cwd=HOUSE,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout


async def emptied(url: str) -> str:
    """The same database, as it is before the first start."""
    connection = await asyncpg.connect(url)
    await connection.execute('drop schema public cascade; create schema public')
    await connection.close()
    return url


@pytest.mark.parametrize(
    'words',
    [
        ('serve',),
        ('create-owner', '--firm', 'A', '--name', 'B', '--email', 'c@d.test'),
        ('new-password', 'bo@siamlight.test'),
        ('backup', 'FILE.backup'),
        ('restore', 'FILE'),
        ('verify', 'FILE'),
        ('audit', 'verify'),
        ('change-secret',),
    ],
)
async def test_whatever_is_asked_of_a_database_that_does_not_answer_is_refused_in_one_sentence(
    words: tuple[str, ...], tmp_path: Path, database_url: str
) -> None:
    file = str(tmp_path / 'file')
    if 'restore' in words:
        assert (await told(database_url, 'backup', file))[0] == 0
    nobody = f'127.0.0.1:{free_port()}/portal'
    asked = [word.replace('FILE', file) for word in words]
    code, said = await told(f'postgres://me:hunter2@{nobody}', *asked, PORT=str(free_port()))
    # Of verify and audit, 1 says that something was changed.
    failed = 3 if {'verify', 'audit'} & {*words} else 1
    assert (code, said) == (failed, f'The database at {nobody} cannot be reached (nobody listens there).\n')


async def test_what_is_wrong_with_the_settings_is_never_taken_for_a_verdict(tmp_path: Path) -> None:
    for words in (('verify', str(tmp_path / 'none.pdf')), ('audit', 'verify')):
        assert (await told('postgres://me@127.0.0.1:1/portal', *words, PORT='http'))[0] == 3


async def test_a_missing_file_that_an_address_names_is_not_taken_for_a_missing_server(database_url: str) -> None:
    url = f'postgres://me@127.0.0.1:{free_port()}/portal?sslmode=verify-full&sslrootcert=/nowhere'
    code, said = await told(url, 'audit', 'verify')
    assert code == 3
    assert said.endswith('/portal cannot be reached (a file that its address names is not there).\n')


async def test_check_tells_of_a_database_that_does_not_answer_beside_the_rest() -> None:
    code, said = await told(f'postgres://me@127.0.0.1:{(port := free_port())}/portal', 'check')
    assert (code, said.splitlines()) == (
        1,
        [
            'ok    PUBLIC_URL is https://a.test',
            'ok    a portal link has 39 characters',
            f'LOOK  the database at 127.0.0.1:{port}/portal cannot be reached (nobody listens there)',
        ],
    )


async def test_of_an_empty_database_is_said_that_the_first_start_makes_its_tables(
    tmp_path: Path, database_url: str
) -> None:
    url = await emptied(database_url)
    code, said = await told(url, 'check')
    assert (code, said.splitlines()[-1]) == (1, 'LOOK  the database is empty: the first start makes its tables')
    empty = 'The database is empty: start the program on it first.\n'
    (tmp_path / 'paper.pdf').write_bytes(b'%PDF-1.7')
    assert await told(url, 'change-secret') == (1, empty)
    assert await told(url, 'audit', 'verify') == (3, empty)
    assert await told(url, 'verify', str(tmp_path / 'paper.pdf')) == (3, empty)


async def test_a_user_who_may_make_no_tables_is_named(database_url: str) -> None:
    owner = await asyncpg.connect(await emptied(database_url))
    await owner.execute("create role reader_only login password 'reads'; grant usage on schema public to public")
    try:
        host = await owner.fetchval("select split_part(current_setting('unix_socket_directories'), ',', 1)")
        name = await owner.fetchval('select current_database()')
        url = f'postgres://reader_only:reads@/{name}?host={host}'
        code, said = await told(url, 'serve', PORT=str(free_port()))
        assert code == 1
        assert said.startswith('The tables cannot be brought up to date (permission denied for schema public)')
        assert len(said.splitlines()) == 1
    finally:
        await owner.execute('drop role reader_only')
        await owner.close()


async def test_an_owner_is_not_asked_for_where_nobody_can_answer(database_url: str) -> None:
    code, said = await told(database_url, 'create-owner', '--firm', 'A')
    assert (code, said) == (2, 'Name: \nNobody is at this terminal: give --firm, --name and --email.\n')


async def test_an_address_of_another_machine_is_not_called_a_taken_port(database_url: str) -> None:
    code, said = await told(database_url, 'serve', HOST='192.0.2.1', PORT=str(free_port()))
    assert (code, said) == (1, 'There is no address 192.0.2.1 on this machine: choose another with --host or HOST.\n')
