"""A backup holds everything, and what it holds can be put back: the same links open again."""

from __future__ import annotations

import asyncio
import io
import resource
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import asyncpg
import pytest

from app.backup import Archive, NoBackup, write_backup
from app.database import connect, disconnect
from app.settings import Settings
from models import Activity, Customer, PortalLink, now
from tests.cluster import Databases
from tests.conftest import HOUSE, plain_environment
from tests.world import KEYS, a_secret, bo, nimman

SECRET = b'a secret that is only used in tests, never else'


@pytest.fixture
def second_url(databases: Databases) -> Iterator[str]:
    url = databases.take()
    yield url
    databases.drop(url)


def installation(folder: Path, secret: bytes = SECRET) -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings(secret=secret, data=folder)


async def a_link_of_nimman(url: str) -> str:
    """A firm with a customer who holds this token."""
    await connect(url)
    secret = a_secret()
    await PortalLink.issue(await nimman(), secret=secret, by=await bo())
    await disconnect()
    return secret.token


async def whose(url: str, token: str) -> str | None:
    """The customer behind a token, as this database knows it."""
    await connect(url)
    link = await PortalLink.find(KEYS.link_digest(token))
    name = (await Customer.get(id=link.customer_id)).name if link else None
    await disconnect()
    return name


async def restored(file: Path, url: str, into: Settings, *, overwrite: bool = False) -> list[str]:
    with Archive(file) as archive:
        return await archive.restore(url, into, overwrite=overwrite)


async def test_the_same_link_opens_after_the_way_back(tmp_path: Path, database_url: str, second_url: str) -> None:
    token = await a_link_of_nimman(database_url)
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    assert await whose(second_url, token) is None
    told = await restored(tmp_path / 'all', second_url, installation(tmp_path / 'there'))
    assert await whose(second_url, token) == await whose(database_url, token) is not None
    assert [sentence.startswith('restored as it was on ') for sentence in told] == [True]


async def test_a_database_without_tables_will_do(tmp_path: Path, database_url: str, second_url: str) -> None:
    token = await a_link_of_nimman(database_url)
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    connection = await asyncpg.connect(second_url)
    await connection.execute('drop schema public cascade; create schema public')
    await connection.close()
    await restored(tmp_path / 'all', second_url, installation(tmp_path / 'there'))
    assert await whose(second_url, token)


async def test_a_restored_database_can_be_backed_up_and_restored_again(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    token = await a_link_of_nimman(database_url)
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'first', database_url, here)
    await restored(tmp_path / 'first', second_url, here)
    await write_backup(tmp_path / 'second', second_url, here)
    await restored(tmp_path / 'second', database_url, here, overwrite=True)
    assert await whose(database_url, token)


async def test_what_the_database_guards_is_guarded_after_the_way_back(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    await a_link_of_nimman(database_url)
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'all', database_url, here)
    await restored(tmp_path / 'all', second_url, here)
    await connect(second_url)
    with pytest.raises(Exception, match='activity'):
        await Activity.all().update(at=now())
    await disconnect()


async def test_what_a_database_holds_is_replaced_only_when_told_so(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    token, other = await a_link_of_nimman(database_url), await a_link_of_nimman(second_url)
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'all', database_url, here)
    with pytest.raises(NoBackup, match='--yes'):
        await restored(tmp_path / 'all', second_url, here)
    assert await whose(second_url, other)
    await restored(tmp_path / 'all', second_url, here, overwrite=True)
    assert (await whose(second_url, other), bool(await whose(second_url, token))) == (None, True)


async def test_a_broken_backup_changes_nothing(tmp_path: Path, database_url: str) -> None:
    token = await a_link_of_nimman(database_url)
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'all', database_url, here)
    _cut_database_short(tmp_path / 'all', tmp_path / 'broken')
    with pytest.raises(NoBackup, match='failed: '):
        await restored(tmp_path / 'broken', database_url, here, overwrite=True)
    assert await whose(database_url, token)


async def test_a_restore_that_is_killed_half_way_has_changed_nothing(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    token, other = await a_link_of_nimman(database_url), await a_link_of_nimman(second_url)
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    holding = await asyncpg.connect(second_url)
    async with holding.transaction():
        await holding.execute('lock table customer')  # the way back needs it to itself, and stands still here
        command = [sys.executable, str(HOUSE / 'main.py'), 'restore', '--yes', str(tmp_path / 'all')]
        killed = await asyncio.to_thread(subprocess.Popen, command, env=_environment(second_url))
        while not await holding.fetchval('select exists (select from pg_locks where not granted)'):
            assert killed.poll() is None
        killed.kill()
        killed.wait()
        await holding.execute('select pg_terminate_backend(pid) from pg_locks where not granted')
    await holding.close()
    assert (await whose(second_url, other), await whose(second_url, token)) == ('Nimman Film Co., Ltd.', None)
    await restored(tmp_path / 'all', second_url, installation(tmp_path / 'there'), overwrite=True)
    assert await whose(second_url, token)


@pytest.mark.parametrize('part', ['database', 'secret'])
async def test_a_backup_in_which_a_single_byte_was_changed_is_known_as_damaged(
    part: str, tmp_path: Path, database_url: str
) -> None:
    """A database dump holds most of its words as they are: a digit that turned into another would be put back."""
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'all', database_url, here)
    _rewrite(tmp_path / 'all', tmp_path / 'damaged', {part: lambda content: content[:-9] + b'x' + content[-8:]})
    with pytest.raises(NoBackup, match='is damaged'), Archive(tmp_path / 'damaged'):
        pass


@pytest.mark.parametrize('about', [b'[]', b'{"format": 1}', b'nonsense', b'{"format": "one"}'])
async def test_what_says_nothing_sensible_of_itself_is_no_backup(
    about: bytes, tmp_path: Path, database_url: str
) -> None:
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    _rewrite(tmp_path / 'all', tmp_path / 'other', {'about.json': lambda _: about})
    with pytest.raises(NoBackup, match='cannot be read as a backup'), Archive(tmp_path / 'other'):
        pass


async def test_a_backup_of_a_newer_program_is_named_as_such(tmp_path: Path, database_url: str) -> None:
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    _rewrite(
        tmp_path / 'all', tmp_path / 'newer', {'about.json': lambda text: text.replace(b'"format": 1', b'"format": 2')}
    )
    with pytest.raises(NoBackup, match='newer version'), Archive(tmp_path / 'newer'):
        pass
    step = b'"0001_initial", "9999_later"'
    _rewrite(tmp_path / 'all', tmp_path / 'ahead', {'about.json': lambda text: text.replace(b'"0001_initial"', step)})
    with pytest.raises(NoBackup, match='newer version'), Archive(tmp_path / 'ahead'):
        pass


async def test_a_backup_from_before_digests_were_kept_is_restored(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    token = await a_link_of_nimman(database_url)
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    old = b'{"format": 1, "made_at": "2026-11-22T08:00:00+00:00", "server": "15.1"}'
    _rewrite(tmp_path / 'all', tmp_path / 'old', {'about.json': lambda _: old})
    await restored(tmp_path / 'old', second_url, installation(tmp_path / 'there'))
    assert await whose(second_url, token)


async def test_a_full_disk_is_named_and_not_taken_for_a_damaged_backup(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(NoBackup, match=r'cannot be unpacked in .+ \(File too large\)'), Archive(tmp_path / 'all'):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_something_else_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    (tmp_path / 'photo').write_bytes(b'\xff\xd8\xff')
    with pytest.raises(NoBackup, match='cannot be read as a backup'), Archive(tmp_path / 'photo'):
        pass


async def test_a_running_program_is_not_pulled_from_under_its_visitors(tmp_path: Path, db: str) -> None:
    here = installation(tmp_path / 'here')
    await write_backup(tmp_path / 'all', db, here)
    with pytest.raises(NoBackup, match='stop it first'):
        await restored(tmp_path / 'all', db, here, overwrite=True)


async def test_files_and_the_secret_come_along_and_what_is_made_anew_does_not(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    here = installation(tmp_path / 'here')
    for name in ('proofs/slip.jpg', 'postgres/PG_VERSION', 'postgres.log', 'demo.json', 'secret'):
        _write(tmp_path / 'here' / name, name)
    await write_backup(tmp_path / 'all', database_url, here)
    await restored(tmp_path / 'all', second_url, installation(tmp_path / 'there'))
    there = tmp_path / 'there'
    found = sorted(str(path.relative_to(there)) for path in there.rglob('*') if path.is_file())
    assert found == ['proofs/slip.jpg', 'secret']
    assert (there / 'secret').read_bytes() == SECRET


async def test_an_installation_with_another_secret_is_told_how_the_links_open(
    tmp_path: Path, database_url: str, second_url: str
) -> None:
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    there = installation(tmp_path / 'there', secret=b'another secret, which the operator has set')
    *_, told = await restored(tmp_path / 'all', second_url, there)
    place = tmp_path / 'there/secret.restored'
    assert told == f'its links open only with its own secret: start with APP_SECRET_FILE={place}'
    assert place.read_bytes() == SECRET


async def test_only_its_owner_can_read_a_backup_and_no_half_one_is_left(tmp_path: Path, database_url: str) -> None:
    await write_backup(tmp_path / 'all', database_url, installation(tmp_path / 'here'))
    assert _mode(tmp_path / 'all') == 0o600
    with pytest.raises(NoBackup, match='cannot be written'):
        await write_backup(tmp_path / 'nowhere/all', database_url, installation(tmp_path / 'here'))
    assert not (tmp_path / 'all.part').exists()


async def test_from_the_command_line(tmp_path: Path, database_url: str, second_url: str) -> None:
    token = await a_link_of_nimman(database_url)
    file = str(tmp_path / 'all')
    saved = await _main(database_url, 'backup', file)
    assert (saved.returncode, saved.stderr) == (0, '')
    assert saved.stdout.startswith(f'{file} holds everything, keys included')
    assert (await _main(second_url, 'restore', file)).returncode == 0
    assert await whose(second_url, token)
    refused = await _main(second_url, 'restore', file)
    assert (refused.returncode, refused.stdout) == (1, '')
    assert refused.stderr == 'The database is not empty: say --yes to replace what it holds.\n'


async def _main(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HOUSE / 'main.py'), *words]
    return await asyncio.to_thread(
        subprocess.run, command, env=_environment(url), capture_output=True, text=True, check=False
    )


def _environment(url: str) -> dict[str, str]:
    return plain_environment() | {'DATABASE_URL': url, 'APP_SECRET': SECRET.decode()}


def _cut_database_short(file: Path, broken: Path) -> None:
    about = b'{"format": 1, "made_at": "2026-11-22T08:00:00+00:00"}'  # without a digest that would tell
    _rewrite(
        file, broken, {'database': lambda content: content[: len(content) * 2 // 3], 'about.json': lambda _: about}
    )


def _rewrite(file: Path, other: Path, changes: Mapping[str, Callable[[bytes], bytes]]) -> None:
    with tarfile.open(file) as whole, tarfile.open(other, 'w') as changed:
        for member in whole.getmembers():
            source = whole.extractfile(member)
            assert source is not None
            content = changes.get(member.name, bytes)(source.read())
            copy = tarfile.TarInfo(member.name)
            copy.size = len(content)
            changed.addfile(copy, io.BytesIO(content))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
