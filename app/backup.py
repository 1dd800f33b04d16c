"""One file with everything: the database, the files of the data folder and the secret; and the way back."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import asyncpg

from app.database import dsn_of, migrate
from app.health import all_migrations
from app.postgres_place import find_programs
from app.settings import Settings, Unable
from models.base import now

FORMAT = 1
# What a start makes anew, or what pg_dump has taken already; everything else in the data folder is kept.
DIGESTED = ('database', 'secret')  # the archive itself has no checksums of what it holds
MADE_ANEW = ('postgres', 'postgres-socket', 'nicegui', 'demo.json', 'secret')


class NoBackup(Unable):
    """It cannot be written or put back."""


async def write_backup(file: Path, url: str, chosen: Settings) -> None:
    """Write the file, which is complete as soon as it has its name. Raises NoBackup."""
    half = file.with_name(f'{file.name}.part')
    try:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            await _program(
                'pg_dump', url, '--format=custom', '--no-owner', '--no-privileges', f'--file={work / "database"}'
            )
            _write_private(work / 'secret', chosen.secret.decode())
            about = {
                'format': FORMAT,
                'made_at': now().isoformat(),
                'server': await _ask(url, 'show server_version'),
                'steps': await _steps(url),
                'sha256': {name: _digest(work / name) for name in DIGESTED},
            }
            _write_private(work / 'about.json', json.dumps(about))
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as out:
                _pack(out, work, chosen.data)
        half.replace(file)
    except OSError as error:
        raise NoBackup(f'{file} cannot be written ({error.strerror}).') from error
    finally:
        half.unlink(missing_ok=True)


class Archive:
    """A backup, opened. Use it in a `with`: what it unpacks holds secrets and is removed at the end."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._folder = Path(tempfile.mkdtemp(prefix='restore-'))

    def __enter__(self) -> Archive:
        try:
            self._read()
        except BaseException as error:
            shutil.rmtree(self._folder)
            if isinstance(error, (OSError, tarfile.TarError, ValueError, TypeError, KeyError)):
                raise NoBackup(f'{self.file} cannot be read as a backup of this program.') from error
            raise
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)

    async def restore(self, url: str, chosen: Settings, *, overwrite: bool) -> list[str]:
        """Put it back as a whole or not at all; returns what to tell. Raises NoBackup, and then nothing has changed."""
        await self._look_first(url, overwrite)
        try:
            await self._fill(url)
        except NoBackup as error:
            raise NoBackup(f'{error}; nothing was changed.') from error
        await migrate(url)
        self._restore_files(chosen.data)
        return [f'restored as it was on {self.made_at:%d %b %Y at %H:%M}', *self._restore_secret(chosen)]

    async def _look_first(self, url: str, overwrite: bool) -> None:
        if await _ask(url, IN_USE):
            raise NoBackup('The program is running on this database: stop it first.')
        if not overwrite and await _holds_something(url):
            raise NoBackup('The database is not empty: say --yes to replace what it holds.')

    async def _fill(self, url: str) -> None:
        """In one transaction: whoever is cut off half-way, by a fault or a power cut, finds what was there before."""
        script = self._folder / 'script.sql'
        words = ('--no-owner', '--no-privileges', f'--file={script}', str(self._folder / 'database'))
        await _program('pg_restore', None, *words)
        _suit_older_servers(script)
        emptied = ('set client_min_messages = warning', 'drop schema if exists public cascade', 'create schema public')
        await _program('psql', url, '--no-psqlrc', '--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1',
                       *(f'--command={step}' for step in emptied), f'--file={script}')  # fmt: skip

    def _read(self) -> None:
        with tarfile.open(self.file) as tar:
            for member in tar:
                self._unpack(tar, member)
        about = json.loads((self._folder / 'about.json').read_text())
        if about['format'] > FORMAT or {*about.get('steps', ())} - all_migrations():
            raise NoBackup(f'{self.file} was written by a newer version of this program.')
        self.made_at = datetime.fromisoformat(about['made_at']).astimezone()
        for name, digest in about.get('sha256', {}).items():
            if _digest(self._folder / name) != digest:
                raise NoBackup(f'{self.file} is damaged: its {name} is not as it was written.')
        self.secret = (self._folder / 'secret').read_text()

    def _unpack(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        path = PurePosixPath(member.name)
        if not member.isfile() or path.is_absolute() or '..' in path.parts:
            raise ValueError(member.name)
        target = self._folder / path
        source = tar.extractfile(member)
        assert source is not None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open('wb') as out:
                shutil.copyfileobj(source, out)
        except OSError as error:
            place = f'{self._folder.parent} ({error.strerror}): set TMPDIR to a folder with more room'
            raise NoBackup(f'{self.file} cannot be unpacked in {place}.') from error

    def _restore_files(self, data: Path | None) -> None:
        files = self._folder / 'files'
        if data and files.exists():
            shutil.copytree(files, data, dirs_exist_ok=True)

    def _restore_secret(self, chosen: Settings) -> Iterator[str]:
        kept = chosen.data / 'secret' if chosen.data else None
        if chosen.secret.decode() != self.secret:
            place = kept.with_name('secret.restored') if kept else self.file.with_name(f'{self.file.name}.secret')
            _write_private(place, self.secret)
            yield f'its links open only with its own secret: start with APP_SECRET_FILE={place}'
        elif kept and (not kept.exists() or kept.read_text().strip() != self.secret):
            if kept.exists():
                kept.rename(kept.with_name('secret.replaced'))
            _write_private(kept, self.secret)


IN_USE = """
select exists (select from pg_stat_activity where datname = current_database() and application_name like 'portal%')
"""
TABLES = """
select array_agg(format('%I.%I', schemaname, tablename)) from pg_tables
where schemaname = 'public' and tablename <> 'tortoise_migrations'
"""


async def _holds_something(url: str) -> bool:
    connection = await asyncpg.connect(dsn_of(url), timeout=10)
    try:
        for table in await connection.fetchval(TABLES) or ():
            if await connection.fetchval(f'select exists (select from {table})'):
                return True
    finally:
        await connection.close()
    return False


async def _steps(url: str) -> list[str]:
    """The migrations that were taken; none by a database in which nothing was ever started."""
    connection = await asyncpg.connect(dsn_of(url), timeout=10)
    try:
        return [
            str(row['name']) for row in await connection.fetch('select name from tortoise_migrations order by name')
        ]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


def _pack(out: IO[bytes], work: Path, data: Path | None) -> None:
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name in ('about.json', 'secret', 'database'):
            tar.add(work / name, name)
        if data and data.exists():
            for path in _files(data):
                tar.add(path, f'files/{path.relative_to(data)}')


def _files(data: Path) -> Iterator[Path]:
    for path in sorted(data.iterdir()):
        if path.name in MADE_ANEW or path.name.startswith(('postgres.', 'secret.', '.')):
            continue
        yield from (one for one in sorted([path, *path.rglob('*')]) if one.is_file() and not one.is_symlink())


def _suit_older_servers(script: Path) -> None:
    """The programs may be newer than the server, and ask it first thing for what it does not know."""
    unknown = b'SET transaction_timeout = 0;\n'
    half = script.with_suffix('.half')
    with script.open('rb') as lines, half.open('wb') as out:
        for line in lines:
            if line == unknown:
                break
            out.write(line)
        shutil.copyfileobj(lines, out)
    half.replace(script)


async def _program(name: str, url: str | None, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password travels where other users of the machine cannot see it."""
    environment, target = dict(os.environ), []
    if url:
        environment['PGPASSWORD'] = unquote(urlsplit(dsn_of(url)).password or '')
        target = [f'--dbname={_without_password(url)}']
    process = await asyncio.create_subprocess_exec(
        find_programs()[name], *target, *arguments, env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    if process.returncode:
        words = said.decode(errors='replace').strip().splitlines() or ['no reason given']
        raise NoBackup(f'{name} failed: {next((line for line in words if "ERROR" in line), words[0])}')


def _without_password(url: str) -> str:
    parts = urlsplit(dsn_of(url))
    user, at, place = parts.netloc.rpartition('@')
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key != 'password'], safe='/')
    return f'postgresql://{user.partition(":")[0]}{at}{place}{parts.path}' + (f'?{query}' if query else '')


async def _ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(dsn_of(url), timeout=10)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def _digest(file: Path) -> str:
    with file.open('rb') as content:
        return hashlib.file_digest(content, 'sha256').hexdigest()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
        file.write(text)
