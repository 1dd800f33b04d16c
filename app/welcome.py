"""What whoever started the program is told once it serves: addresses, sign-ins, and in the demo some links to open."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.database import connect, disconnect
from app.set_up import offer_set_up
from app.settings import Settings

if TYPE_CHECKING:
    from app.demo import DemoFirm

EVERYWHERE = ('0.0.0.0', '::')
SHOWN_LINKS = 3


class Welcome:
    """Prepares what the house starts with, and tells of it when the door is open."""

    def __init__(self, chosen: Settings, url: str, *, say: Callable[[str], None]) -> None:
        self.chosen, self.url, self.say = chosen, url, say
        self.demo: DemoFirm | None = None
        self.set_up: str | None = None

    async def prepare(self) -> None:
        """Furnish the demo where one is wanted, else see whether an owner is still to be made."""
        await connect(self.url, as_owner=True)
        try:
            if self.chosen.demo:
                from app.demo import furnish

                self.demo = await furnish(self.chosen.public_url, say=self.say)
            self.set_up = await offer_set_up()
        finally:
            await disconnect()
        if self.demo and self.chosen.data:
            self._note(self.chosen.data / 'demo.json', self.demo)

    async def greet(self) -> None:
        self.say('')
        self.say(f'  Open            {self.chosen.public_url}')
        if self.chosen.host in EVERYWHERE and (nearby := _address_nearby()):
            self.say(f'  From nearby     http://{nearby}:{self.chosen.port}')
        if self.set_up:
            self.say(f'  First sign-in   {self.chosen.public_url}{self.set_up}')
            self.say('                  opens once and within 30 minutes; it makes the owner')
        if self.demo:
            self._tell_of(self.demo)
        self.say('')
        self.say('Ctrl-C stops everything.')

    def _tell_of(self, demo: DemoFirm) -> None:
        self.say('')
        for person in demo.staff:
            self.say(f'  {person["role"]:<15} {person["email"]}   {person["password"]}')
        self.say('')
        for link in demo.to_try(SHOWN_LINKS):
            self.say(f'  {link["customer"]} ({link["language"].upper()}, {link["scope"]})')
            self.say(f'                  {link["url"]}')

    def _note(self, path: Path, demo: DemoFirm) -> None:
        """For people and tests that look for their way; it holds passwords and links, so only its owner reads it."""
        firm = {
            'base_url': self.chosen.public_url,
            'database_url': self.url,
            'staff': demo.staff,
            'links': demo.links,
        }
        half = path.with_name('demo.json.part')
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as file:
            json.dump(firm, file, ensure_ascii=False, indent=1)
        half.replace(path)


def _address_nearby() -> str:
    """This machine's address in its network; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))
        except OSError:
            return ''
        return str(probe.getsockname()[0])
