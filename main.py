#!/usr/bin/env python3
"""Starts the house: serve it, make its owner, back it up, restore it, look it over, print a PromptPay payload."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent
FAILED, MISUSED, UNANSWERED = 1, 2, 3

if TYPE_CHECKING:
    from app.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    asked = _commands().parse_args(arguments)
    _use_the_environment_of_the_checkout()
    from app.settings import Unable, WrongSettings

    try:
        return int(asked.does(asked))
    except WrongSettings as wrong:
        return _refuse(*wrong.sentences, code=UNANSWERED if asked.does in QUESTIONS else MISUSED)
    except Unable as error:
        return _refuse(str(error), code=UNANSWERED if asked.does in QUESTIONS else FAILED)
    except KeyboardInterrupt:
        return 0


def serve(asked: argparse.Namespace) -> int:
    """Serve the portal and the console until told to stop."""
    chosen = _settle(os.environ)
    from app.serving import bring_up_to_date, claim, serve_pages
    from app.welcome import Welcome

    claim(chosen.host, chosen.port)
    with _database(chosen) as url:
        asyncio.run(bring_up_to_date(url))
        welcome = Welcome(chosen, url, say=_say)
        asyncio.run(welcome.prepare())
        import pages  # noqa: F401  (registers every screen)

        serve_pages(url, chosen, welcome.greet)
    return 0


def create_owner(asked: argparse.Namespace) -> int:
    """Make the first person of the firm, who can then sign in."""
    chosen = _settle(_at_the_terminal())
    from app.owner import make_owner
    from app.serving import bring_up_to_date

    try:
        asked_for = {key: getattr(asked, key) or input(f'{key.capitalize()}: ') for key in ('firm', 'name', 'email')}
    except EOFError:
        _say('')
        return _refuse('Nobody is at this terminal: give --firm, --name and --email.', code=MISUSED)
    password = getpass.getpass('Password: ') if sys.stdin.isatty() else sys.stdin.readline().rstrip('\n')
    with _database(chosen) as url:
        asyncio.run(bring_up_to_date(url))
        asyncio.run(make_owner(url, password=password, **asked_for))
    _say(f'{asked_for["email"]} can sign in at {chosen.public_url}')
    return 0


def new_password(asked: argparse.Namespace) -> int:
    """Make an address under which somebody chooses a new password: for an owner who is locked out."""
    chosen = _settle(_at_the_terminal())
    from app.owner import password_address_for
    from app.serving import bring_up_to_date

    with _database(chosen) as url:
        asyncio.run(bring_up_to_date(url))
        address = asyncio.run(password_address_for(url, asked.email))
    _say(f'Opens once, within 30 minutes: {address}')
    return 0


def backup(asked: argparse.Namespace) -> int:
    """Write the database, the files and the keys into one file."""
    chosen = _settle(_at_the_terminal())
    from app.backup import write_backup

    with _database(chosen) as url:
        asyncio.run(write_backup(asked.file, url, chosen))
    size = asked.file.stat().st_size // 1024 + 1
    _say(f'{asked.file} holds everything, keys included ({size} KiB): keep it where nobody else can read it')
    return 0


def restore(asked: argparse.Namespace) -> int:
    """Put back what a backup holds."""
    from app.backup import Archive

    with Archive(asked.file) as archive:
        chosen = _settle({'APP_SECRET': archive.secret, **os.environ})
        with _database(chosen) as url:
            told = asyncio.run(archive.restore(url, chosen, overwrite=asked.yes))
    for sentence in told:
        _say(sentence)
    return 0


def check(asked: argparse.Namespace) -> int:
    """Look over the settings, the database and the keys."""
    chosen = _settle(_at_the_terminal())
    from app.checkup import look_over

    with _database(chosen, must_answer=False) as url:
        findings = asyncio.run(look_over(url, chosen))
    for finding in findings:
        _say(f'{"ok  " if finding.fine else "LOOK"}  {finding.sentence}')
    return 0 if all(finding.fine for finding in findings) else FAILED


def promptpay(asked: argparse.Namespace) -> int:
    """Print what a PromptPay QR says, for whoever wants to draw or to compare one."""
    from app.promptpay import Malformed, guessed, payload

    try:
        payee = guessed(asked.id, biller=asked.biller or bool(asked.ref1))
        amount = Decimal(asked.amount) if asked.amount else None
        text = payload(payee, amount, reference1=asked.ref1, reference2=asked.ref2, terminal=asked.terminal)
    except (Malformed, InvalidOperation) as wrong:
        detail = str(wrong) if isinstance(wrong, Malformed) else f'amount {asked.amount}'
        return _refuse(f'PromptPay cannot be paid like this: {detail}', code=MISUSED)
    if payee.doubtful:
        print(f'The check digit of {asked.id} does not fit; please look again.', file=sys.stderr)
    _say(text)
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Say whether a PDF is a paper of this house (exit code 0), was altered (1), is unknown (2) or unreadable (3)."""
    chosen = _settle(_at_the_terminal())
    from app.examining import examine

    with _database(chosen) as url:
        code, told = asyncio.run(examine(asked.file, url))
    for sentence in told:
        _say(sentence)
    return code


def change_secret(asked: argparse.Namespace) -> int:
    """Put a new secret in the place of the old one: links keep their addresses."""
    from app.new_secret import change_secret, secret_beside

    kept = _beside_the_data()
    environment = dict(os.environ)
    if kept:
        environment |= {'APP_SECRET_OLD_FILE': str(kept), 'APP_SECRET_FILE': str(secret_beside(kept))}
    chosen = _settle(environment)
    if chosen.secret_before in (b'', chosen.secret):
        return _refuse('APP_SECRET is to be the new secret, and APP_SECRET_OLD the one before it.', code=MISUSED)
    with _database(chosen) as url:
        told = asyncio.run(change_secret(url, chosen.secret_before, chosen.secret))
        if kept:
            Path(environment['APP_SECRET_FILE']).replace(kept)
    for sentence in told:
        _say(sentence)
    return 0


def audit(asked: argparse.Namespace) -> int:
    """Say whether the record of what happened is as it was written (exit code 0), was changed (1) or unreadable (3)."""
    chosen = _settle(_at_the_terminal())
    from app.auditing import look_through

    with _database(chosen) as url:
        code, told = asyncio.run(look_through(url))
    for sentence in told:
        _say(sentence)
    return code


QUESTIONS = (verify, audit)  # of these 1 and 2 are answers


def _commands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='main.py', description=__doc__)
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    for name, does in {
        'serve': serve, 'create-owner': create_owner, 'new-password': new_password, 'backup': backup,
        'restore': restore, 'check': check, 'promptpay': promptpay, 'verify': verify, 'audit': audit,
        'change-secret': change_secret,
    }.items():  # fmt: skip
        command = commands.add_parser(name, help=does.__doc__, description=does.__doc__)
        command.set_defaults(does=does)
        if name in ('backup', 'restore', 'verify'):
            command.add_argument('file', type=Path, metavar='FILE')
        if name == 'new-password':
            command.add_argument('email', metavar='E-MAIL', help='with which they sign in')
        if name == 'audit':
            command.add_argument('what', choices=['verify'], help='go through all seals')
        if name == 'restore':
            command.add_argument('--yes', action='store_true', help='replace what the database holds')
        if name == 'create-owner':
            command.add_argument('--firm', help='the name of the firm')
            command.add_argument('--name', help='the name of the owner')
            command.add_argument('--email', help='with which the owner signs in')
        if name == 'promptpay':
            command.add_argument('id', metavar='ID', help='mobile number, national or tax ID, e-wallet or biller ID')
            command.add_argument('--amount', help='in THB; without one the payer types it')
            command.add_argument('--biller', action='store_true', help='the ID is that of a Bill Payment biller')
            for option, what in (('ref1', 'reference 1'), ('ref2', 'reference 2'), ('terminal', 'terminal label')):
                command.add_argument(f'--{option}', default='', help=what)
    return parser


def _use_the_environment_of_the_checkout() -> None:
    """Asked of a Python that knows none of the packages, go on in the environment that `dev.py` made."""
    if find_spec('nicegui') and find_spec('tortoise'):
        return
    own = ROOT / '.venv' / 'bin' / 'python'
    if own.exists() and Path(sys.prefix).resolve() != own.parent.parent.resolve():
        os.execv(own, [str(own), __file__, *sys.argv[1:]])
    sys.exit(_refuse('The packages are not installed: run python3 dev.py run, or install requirements/app.txt.'))


def _settle(environment: Mapping[str, str]) -> Settings:
    from app.keys import use_keys
    from app.settings import read_settings, use_settings

    chosen = read_settings(environment)
    use_settings(chosen)
    use_keys(chosen.secret)
    if chosen.data:
        os.environ.setdefault('NICEGUI_STORAGE_PATH', str(chosen.data / 'nicegui'))
    return chosen


def _at_the_terminal() -> Mapping[str, str]:
    kept = _beside_the_data()
    return {**os.environ, 'APP_SECRET_FILE': str(kept)} if kept else os.environ


def _beside_the_data() -> Path | None:
    """In a checkout that was started by `dev.py run`, the secret lies beside the data."""
    kept = Path(os.environ.get('DATA_DIR') or 'data').expanduser() / 'secret'
    return kept if kept.exists() and not {'APP_SECRET_FILE', 'APP_SECRET'} & os.environ.keys() else None


@contextlib.contextmanager
def _database(chosen: Settings, *, must_answer: bool = True) -> Iterator[str]:
    """The database, and what was started for it stopped again, however this ends. Raises NoServer."""
    from app import reach
    from app.postgres import database

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def hang_up(_signal: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    if hasattr(signal, 'SIGHUP'):
        signal.signal(signal.SIGHUP, hang_up)  # the terminal was closed
    with database(chosen.database_url, chosen.data, say=_say) as url:
        try:
            if must_answer:
                asyncio.run(reach.must_answer(url))
            yield url
        finally:
            # The server ends in a moment; an impatient second Ctrl-C must not leave it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _refuse(*sentences: str, code: int = FAILED) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr, flush=True)
    return code


if __name__ == '__main__':
    sys.exit(main())
