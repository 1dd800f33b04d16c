"""What never changes under its address: our own files and the framework's, packed once and kept in memory."""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from app import phone_bundle

FOLDER = Path(__file__).parent.parent / 'assets'
PREFIX = '/assets/'
FOREVER = b'public, max-age=31536000, immutable'
SERVED = {'.css', '.js', '.woff2', '.svg', '.png'}
MADE: dict[str, Callable[[], bytes]] = {
    'phone.css': phone_bundle.stylesheet,
    'phone-modules.js': phone_bundle.modules,
    'phone-en-US.js': lambda: phone_bundle.script('en-US'),
    'phone-th.js': lambda: phone_bundle.script('th'),
}

mimetypes.add_type('font/woff2', '.woff2')
mimetypes.add_type('text/javascript', '.js')


@cache
def asset(name: str) -> str:
    """The address of one of our files; it holds the hash of the content, so that it can be kept for ever."""
    return f'{PREFIX}{sha256(_content(name)).hexdigest()[:12]}/{name}'


@cache
def style(*names: str) -> str:
    """Style sheets to be put into a page's head, with the addresses of what they name."""
    return ''.join(_squeezed(_content(name).decode()) for name in names)


def found(path: str) -> Packed | None:
    """The file under this address, if it is one of ours and of today."""
    name = path.removeprefix(PREFIX).partition('/')[2]
    if Path(name).suffix not in SERVED or not (name in MADE or _file(name)):
        return None
    return _packed(name) if asset(name) == path else None


@dataclass(slots=True)
class Packed:
    """One content in every coding that was asked for."""

    content: bytes
    kind: bytes
    codings: dict[str, bytes] = field(default_factory=dict)
    packing: set[str] = field(default_factory=set)

    async def coded(self, coding: str) -> tuple[bytes, str]:
        """The content in this coding: at first packed quickly, soon afterwards as small as can be."""
        if not coding or self.kind.startswith((b'font/', b'image/png')):
            return self.content, ''
        if coding not in self.codings:
            self.codings[coding] = await asyncio.to_thread(pack, self.content, coding, 5)
        if coding not in self.packing:
            self.packing.add(coding)
            task = asyncio.get_running_loop().create_task(self._pack_well(coding))
            _busy.add(task)
            task.add_done_callback(_busy.discard)
        return self.codings[coding], coding

    async def _pack_well(self, coding: str) -> None:
        self.codings[coding] = await asyncio.to_thread(pack, self.content, coding, 11)


def pack(content: bytes, coding: str, quality: int) -> bytes:
    """The content in a coding that the browser accepts."""
    if coding == 'br':
        return bytes(brotli.compress(content, quality=quality))
    return gzip.compress(content, min(quality, 9), mtime=0)


# A task that nobody holds may be swept away before it is done.
_busy: set[asyncio.Task[None]] = set()


@cache
def _packed(name: str) -> Packed:
    kind = mimetypes.guess_type(name)[0] or 'application/octet-stream'
    charset = '; charset=utf-8' if kind.startswith('text/') else ''
    return Packed(_content(name), f'{kind}{charset}'.encode())


@cache
def _content(name: str) -> bytes:
    if name in MADE:
        return MADE[name]()
    file = _file(name)
    if file is None:
        raise FileNotFoundError(f'there is no asset {name}')
    content = file.read_bytes()
    if file.suffix != '.css':
        return content
    return re.sub(r'url\((fonts/[\w.-]+)\)', lambda m: f'url({asset(m[1])})', content.decode()).encode()


def _file(name: str) -> Path | None:
    file = (FOLDER / name).resolve()
    return file if file.is_relative_to(FOLDER) and file.is_file() else None


def _squeezed(css: str) -> str:
    css = re.sub(r'/\*.*?\*/', '', css, flags=re.DOTALL)
    return re.sub(r'\s*([{};,])\s*', r'\1', re.sub(r'\s+', ' ', css)).strip()
