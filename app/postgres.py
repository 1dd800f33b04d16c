"""The program's own PostgreSQL: started in the data folder, shared by all who use that folder, stopped by the last."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from app.postgres_place import (
    Account,
    NoServer,
    Programs,
    account_for,
    find_programs,
    place_cluster,
    place_programs,
    place_socket,
)

ROLE = DATABASE = 'portal'
# After a power cut the server first replays what it had promised; that takes as long as it takes.
PATIENCE = 180.0


class Postgres:
    """The server of one data folder. `start` starts it or joins it, `stop` leaves it and stops it if nobody is left."""

    def __init__(self, data: Path, *, say: Callable[[str], None] = print, durable: bool = True) -> None:
        self.data, self.say, self.durable = data, say, durable
        self._child: subprocess.Popen[bytes] | None = None
        self._using: int | None = None

    def start(self) -> str:
        """Have the server running; returns the address of the database. Raises NoServer."""
        try:
            self._settle()
            with self._alone():
                return self._start_or_join()
        except OSError as error:  # a folder that cannot be given away, a user that nobody may become, a full disk
            raise NoServer(f'The database in {self.data} cannot be started ({error.strerror or error}).') from error

    def stop(self) -> None:
        """Leave the server; the last one to leave turns it off."""
        if self._using is None:
            return
        with self._alone():
            last = _lock(self._using, exclusive=True)
            os.close(self._using)
            self._using = None
            if last:
                self._turn_off()

    def url(self) -> str:
        """The address of the database, with its password."""
        password = quote((self.cluster.with_name('postgres.password')).read_text().strip())
        return f'postgres://{ROLE}:{password}@/{DATABASE}?' + urlencode({'host': self._socket_folder()}, safe='/')

    def _start_or_join(self) -> str:
        self._using = _open_lock(self.cluster.with_name('postgres.users'))
        _lock(self._using, exclusive=False)
        if not (self.cluster / 'PG_VERSION').exists():
            self._create()
        if not self._answers():
            self._launch()
        return self.url()

    def _settle(self) -> None:
        if os.name == 'nt':
            raise NoServer('On Windows the program needs a PostgreSQL server: set DATABASE_URL to its address.')
        make_data_folder(self.data)
        self.account: Account = account_for(self.data / 'postgres')
        self.cluster = place_cluster(self.data, self.account, self.say)
        made_by = self.cluster / 'PG_VERSION'
        found = find_programs(int(made_by.read_text()) if made_by.exists() else None)
        self.programs: Programs = place_programs(found, self.account)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops the server of this folder meanwhile."""
        door = _open_lock(self.cluster.with_name('postgres.lock'))
        try:
            deadline = time.monotonic() + PATIENCE
            while not _lock(door, exclusive=True):
                if time.monotonic() > deadline:
                    raise NoServer(f'Another start of the database in {self.data} has not ended yet.')
                time.sleep(0.05)
            yield
        finally:
            os.close(door)

    def _create(self) -> None:
        """Made under another name first, so that a start that was cut short leaves nothing half made behind."""
        self.say('making the database, once')
        new = self.cluster.with_name('postgres.new')
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.account.own(new)
        password = secrets.token_urlsafe(24)
        _write_private(self.cluster.with_name('postgres.password'), password)
        with self._handed_over(password) as password_file:
            self._run('initdb', '-D', new, '-U', ROLE, '-E', 'UTF8', *self._locale(), '-A', 'scram-sha-256',
                      f'--pwfile={password_file}', *([] if self.durable else ['--no-sync']))  # fmt: skip
        self._run('postgres', '--single', '-D', new, 'postgres', told=f'create database {DATABASE}\n')
        with contextlib.suppress(FileNotFoundError):
            self.cluster.rmdir()
        new.rename(self.cluster)

    def _launch(self) -> None:
        self._forget_the_dead()
        folder = place_socket(self.cluster, self.account)
        options = {
            'listen_addresses': '',
            'unix_socket_directories': str(folder),
            'unix_socket_permissions': '0700',
            'timezone': 'UTC',
            'fsync': 'on' if self.durable else 'off',
        }
        command = [self.programs['postgres'], '-D', str(self.cluster)]
        command += [part for name, value in options.items() for part in ('-c', f'{name}={value}')]
        deadline = time.monotonic() + PATIENCE
        # Orphans of a server killed by force need a moment to notice; until then the next one is turned away.
        while not self._comes_up(command, deadline):
            if time.monotonic() > deadline - PATIENCE + 10:
                raise NoServer(f'The database did not start: {self._last_words()}')
            time.sleep(0.3)

    def _comes_up(self, command: list[str], deadline: float) -> bool:
        with os.fdopen(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 'ab') as log:
            # A session of its own: Ctrl-C in the terminal is for the program, which then stops the server last.
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                           start_new_session=True, **self._as_server())  # fmt: skip
        patience_shown = time.monotonic() + 3
        while self._child.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            if time.monotonic() > patience_shown:
                self.say('the database is putting itself in order after an unexpected end')
                patience_shown = deadline
            time.sleep(0.02)
        return False

    def _turn_off(self) -> None:
        if (pid := self._pid()) is None:
            return
        for kind, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
            deadline = time.monotonic() + patience
            while self._pid() == pid and time.monotonic() < deadline:
                if self._child:
                    self._child.poll()
                time.sleep(0.02)
        if self._child:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(5)

    def _answers(self) -> bool:
        """Whether a server is up and takes connections; its own word alone might be left over from a dead one."""
        if self._status()[-1:] != ['ready'] or not self._is_ours(int(self._status()[0])):
            return False
        with socket.socket(socket.AF_UNIX) as door:
            return door.connect_ex(f'{self._socket_folder()}/.s.PGSQL.5432') == 0

    def _forget_the_dead(self) -> None:
        """A number left by a killed server may meanwhile belong to another program, which would stop every start."""
        status = self._status()
        if status and not self._is_ours(int(status[0])):
            (self.cluster / 'postmaster.pid').unlink(missing_ok=True)

    def _pid(self) -> int | None:
        status = self._status()
        return int(status[0]) if status and self._is_ours(int(status[0])) else None

    def _status(self) -> list[str]:
        """The lines of postmaster.pid: number, folder, start, port, socket folder, …, state; or none."""
        with contextlib.suppress(OSError):
            lines = [line.strip() for line in (self.cluster / 'postmaster.pid').read_text().splitlines()]
            return lines if lines and lines[0].isdecimal() else []
        return []

    def _is_ours(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            return os.fsencode(self.cluster) in Path(f'/proc/{pid}/cmdline').read_bytes()
        if Path('/proc/self').exists():
            return False
        asked = subprocess.run(['ps', '-o', 'args=', '-p', str(pid)], capture_output=True, text=True, check=False)
        return str(self.cluster) in asked.stdout

    def _socket_folder(self) -> str:
        return self._status()[4]

    @contextlib.contextmanager
    def _handed_over(self, password: str) -> Iterator[Path]:
        """A file with the password that the server's user can read for a moment."""
        path = place_socket(self.cluster, self.account) / 'password'
        _write_private(path, password)
        self.account.own(path)
        try:
            yield path
        finally:
            path.unlink()

    def _locale(self) -> list[str]:
        # Sorting and case must not depend on the machine: what is found here must be found there.
        if self.programs.version >= 17:
            return ['--locale-provider=builtin', '--locale=C.UTF-8']
        return ['--locale=C.UTF-8']

    def _run(self, program: str, *arguments: object, told: str = '') -> None:
        command = [self.programs[program], *map(str, arguments)]
        done = subprocess.run(command, input=told, capture_output=True, text=True, check=False, **self._as_server())
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ['no reason given']
            raise NoServer(f'The database could not be made: {words[-1].strip()}')

    def _as_server(self) -> dict[str, Any]:
        environment = {'LC_ALL': 'C', 'PATH': os.defpath, 'TZ': 'UTC'}
        return {'cwd': '/', 'env': environment, 'umask': 0o077, **self.account.as_user()}

    @property
    def _log(self) -> Path:
        return self.cluster.with_name('postgres.log')

    def _last_words(self) -> str:
        lines = self._log.read_text(errors='replace').splitlines()
        telling = [line for line in lines[-20:] if 'FATAL' in line or 'PANIC' in line] or lines[-1:]
        return f'{telling[-1].strip()} (more in {self._log})' if telling else f'see {self._log}'


@contextlib.contextmanager
def database(url: str, data: Path | None, *, say: Callable[[str], None] = print) -> Iterator[str]:
    """The address of the database to work with: the one that was set, else of a server run in the data folder."""
    if url or data is None:
        yield url
        return
    server = Postgres(data, say=say)
    try:
        yield server.start()
    finally:
        server.stop()


def make_data_folder(data: Path) -> None:
    """Make the data folder if it is missing; what root keeps there must stay passable for the server's user."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        probe = data / f'.write-{secrets.token_hex(4)}'
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise NoServer(f'The data folder {data} cannot be written to ({error.strerror}).') from error


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
        file.write(text + '\n')


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _lock(file: int, *, exclusive: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
