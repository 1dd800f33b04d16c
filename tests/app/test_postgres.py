"""The program's own PostgreSQL starts, is shared, stops, and comes back whatever happened to it."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import asyncpg
import psutil
import pytest

from app import postgres_place
from app.postgres import Postgres
from app.postgres_place import NoServer, find_programs


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user of the machine may pass through, unlike the test runner's own."""
    made = Path(mkdtemp(prefix='pg-')).resolve()
    made.chmod(0o755)
    monkeypatch.setattr(postgres_place, 'FAR_PLACE', made / 'far')
    yield made
    rmtree(made)


@pytest.fixture
def started(folder: Path) -> Iterator[list[Postgres]]:
    """Servers that the test may leave running."""
    servers: list[Postgres] = []
    yield servers
    for server in servers:
        server.stop()


def serve(data: Path, started: list[Postgres], said: list[str] | None = None) -> Postgres:
    server = Postgres(data, say=(said if said is not None else []).append, durable=False)
    started.append(server)
    server.start()
    return server


async def ask(server: Postgres, question: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def mode(path: Path | str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def kill(server: Postgres) -> None:
    """As the machine's memory guard or a power cut would: no good-bye, neither from it nor from its workers."""
    postmaster = psutil.Process(int((server.cluster / 'postmaster.pid').read_text().split()[0]))
    everyone = [postmaster, *postmaster.children(recursive=True)]
    for process in everyone:
        with contextlib.suppress(psutil.NoSuchProcess):  # its workers end by themselves where it is gone
            process.send_signal(signal.SIGKILL)
    if server._child:
        server._child.wait(10)
    psutil.wait_procs(everyone, 10)


async def test_letters_have_case_whatever_the_machine_speaks(
    folder: Path, started: list[Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('LC_ALL', 'C')
    server = serve(folder / 'data', started)
    assert await ask(server, "select upper('ärm') || ' ' || ('กล้อง' ilike 'กล้อง')") == 'ÄRM true'


async def test_a_second_start_joins_and_the_last_to_leave_turns_it_off(folder: Path, started: list[Postgres]) -> None:
    first, second = serve(folder / 'data', started), serve(folder / 'data', started)
    assert await ask(first, 'select pg_postmaster_start_time()') == await ask(
        second, 'select pg_postmaster_start_time()'
    )
    first.stop()
    assert await ask(second, 'select 1') == 1
    second.stop()
    assert not (second.cluster / 'postmaster.pid').exists()


async def test_what_was_written_is_there_at_the_next_start(folder: Path, started: list[Postgres]) -> None:
    server = serve(folder / 'data', started)
    await ask(server, 'create table kept as select 7 as it')
    server.stop()
    assert await ask(serve(folder / 'data', started), 'select it from kept') == 7


async def test_killed_by_force_it_recovers_what_was_acknowledged(folder: Path, started: list[Postgres]) -> None:
    server = serve(folder / 'data', started)
    await ask(server, 'create table kept as select 7 as it')
    kill(server)
    assert await ask(serve(folder / 'data', started), 'select it from kept') == 7


async def test_a_number_left_by_a_killed_server_that_now_is_another_program_stops_nothing(
    folder: Path, started: list[Postgres]
) -> None:
    server = serve(folder / 'data', started)
    left = (server.cluster / 'postmaster.pid').read_text().split('\n')
    kill(server)
    (server.cluster / 'postmaster.pid').write_text('\n'.join([str(os.getpid()), *left[1:]]))
    assert await ask(serve(folder / 'data', started), 'select 1') == 1


async def test_the_server_of_a_program_that_was_killed_is_joined_and_turned_off(
    folder: Path, started: list[Postgres]
) -> None:
    killed = Postgres(folder / 'data', durable=False)
    killed.start()
    assert killed._using is not None
    os.close(killed._using)  # what the system does to the locks of a killed program
    next_start = serve(folder / 'data', started)
    assert await ask(next_start, 'select 1') == 1
    next_start.stop()
    assert not (next_start.cluster / 'postmaster.pid').exists()


async def test_a_start_that_was_cut_short_leaves_nothing_half_made(folder: Path, started: list[Postgres]) -> None:
    (folder / 'data/postgres.new/base').mkdir(parents=True)
    assert await ask(serve(folder / 'data', started), 'select 1') == 1
    assert not (folder / 'data/postgres.new').exists()


async def test_a_deep_data_folder_has_a_short_way_to_its_socket(folder: Path, started: list[Postgres]) -> None:
    server = serve(folder / '/'.join(['a-rather-long-name'] * 9) / 'data', started)
    assert await ask(server, 'select 1') == 1


async def test_only_who_may_read_the_password_gets_in(folder: Path, started: list[Postgres]) -> None:
    server = serve(folder / 'data', started)
    password = server.cluster.with_name('postgres.password')
    assert mode(password) == 0o600
    assert mode(server.cluster) == 0o700
    assert mode(server._socket_folder()) == 0o700
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url().replace(password.read_text().strip(), 'guessed'))


async def test_below_a_closed_folder_it_is_kept_where_its_user_can_go_and_found_again(
    folder: Path, started: list[Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, said = folder / 'home', list[str]()
    home.mkdir(mode=0o700)
    real = find_programs()
    closed = postgres_place.Programs(_moved(real, home), real.version, packed=True)
    monkeypatch.setattr(postgres_place, '_installations', lambda: iter([closed]))
    server = serve(home / 'checkout/data', started, said)
    await ask(server, 'create table kept as select 7 as it')
    server.stop()
    again = serve(home / 'checkout/data', started, said)
    assert await ask(again, 'select it from kept') == 7
    told = [sentence for sentence in said if 'is closed to the user' in sentence]
    assert [str(again.cluster.parent) in sentence for sentence in told] == [True] * (os.geteuid() == 0)


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / 'file').touch()
    with pytest.raises(NoServer, match=rf'^The data folder {folder}/file/data cannot be written to \(.*\)\.$'):
        Postgres(folder / 'file/data').start()


def test_a_platform_without_programs_is_told_what_to_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place, '_installations', lambda: iter(()))
    with pytest.raises(NoServer, match='set DATABASE_URL'):
        Postgres(folder / 'data').start()


def test_programs_of_another_version_are_not_let_near_the_files(folder: Path) -> None:
    (folder / 'data/postgres').mkdir(parents=True)
    (folder / 'data/postgres/PG_VERSION').write_text('9\n')
    with pytest.raises(NoServer, match='was made by PostgreSQL 9'):
        Postgres(folder / 'data').start()


def _moved(programs: postgres_place.Programs, home: Path) -> Path:
    """The programs as an environment below `home` would hold them."""
    package = programs.folder.parents[1]
    for part in (package, package.with_name(package.name + '.libs')):
        (home / part.name).symlink_to(part)
    return home / programs.folder.relative_to(package.parent)
