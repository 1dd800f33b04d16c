"""What of NiceGUI and Quasar a phone is sent: one script and one style sheet, without what the portal does not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nicegui

STATIC = Path(nicegui.__file__).parent / 'static'
OURS = Path(__file__).parent.parent / 'assets'
# Classes that are put together at run time and so do not stand in the scripts as they are.
COMPOSED = re.compile(
    r'q-(btn|badge|card|field|input|layout|page|dialog|notif|icon|checkbox|radio|option|toggle|spinner|linear-progress'
    r'|uploader|focus|hoverable|ripple|anchor|transition|body|loading|placeholder|link)|body--|platform-|desktop|mobile'
    r'|native-mobile|touch|nicegui-|(text|bg)-(white|primary|negative|positive|warning|dark)$|hidden|fullscreen|no-wrap'
)


def script(language: str) -> bytes:
    """Everything that runs before the page is put together, in the order in which NiceGUI asks for it."""
    parts = (STATIC / 'socket.io.min.js', OURS / 'quasar/phone.js', STATIC / 'nicegui.js',
             STATIC / f'lang/{language}.umd.prod.js', OURS / 'portal.js')  # fmt: skip
    return b'\n;\n'.join(part.read_bytes() for part in parts)


def modules() -> bytes:
    """What modules import by name, as one file: how to patch HTML, and a sanitizer that lets no markup by."""
    return b'\n'.join((OURS / name).read_bytes() for name in ('idiomorph/index.js', 'plain_text.js'))


def stylesheet() -> bytes:
    """NiceGUI's style sheets in their layers, with those rules only that can apply to the parts of Quasar above."""
    words = set(re.findall(r'[\w-]+', (OURS / 'quasar/phone.js').read_text() + (STATIC / 'nicegui.js').read_text()))
    layers = {'quasar.unimportant.prod': 'quasar', 'quasar.important.prod': 'quasar_importants', 'nicegui': 'nicegui'}
    sheets = [f'@layer {layer}{{{_purged(_sheet(name), words)}}}' for name, layer in layers.items()]
    return '\n'.join(sheets).encode()


def _sheet(name: str) -> str:
    css = (STATIC / f'{name}.css').read_text().replace('@charset "UTF-8";', '')
    return re.sub(r'/\*.*?\*/', '', css, flags=re.DOTALL)


def _purged(css: str, words: set[str]) -> str:
    return ''.join(_kept(head, body, words) for head, body in _blocks(css))


def _kept(head: str, body: str, words: set[str]) -> str:
    if head.startswith('@media') or head.startswith('@supports'):
        inner = _purged(body, words)
        return f'{head}{{{inner}}}' if inner else ''
    if head.startswith('@'):
        return f'{head}{{{body}}}'
    selectors = [selector for selector in re.split(r',(?![^(]*\))', head) if _can_apply(selector, words)]
    return f'{",".join(selectors)}{{{body}}}' if selectors else ''


def _can_apply(selector: str, words: set[str]) -> bool:
    return all(name in words or COMPOSED.match(name) for name in re.findall(r'\.(-?[A-Za-z_][\w-]*)', selector))


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """The rules of a sheet as selector and body; a body may hold rules again."""
    start, depth, head = 0, 0, ''
    for brace in re.finditer(r'[{}]', css):
        if brace[0] == '{':
            if depth == 0:
                head, start = css[start : brace.start()].strip(), brace.end()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield head.rpartition(';')[2].strip(), css[start : brace.start()].strip()
                start = brace.end()
