"""The house rules that a machine can keep."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ('models', 'app', 'pages')
MAY_IMPORT = {'models': {'models'}, 'app': {'app', 'models'}, 'pages': {'pages', 'app', 'models'}}
ROWS_ARE_WRITTEN_BY = {
    'create',
    'save',
    'bulk_create',
    'bulk_update',
    'get_or_create',
    'update_or_create',
    'delete',
    'set',
}
OUTSIDE_OF_MODELS = {'nicegui', 'htpy', 'aiosmtplib', 'cryptography', 'fpdf', 'os', 'subprocess', 'socket', 'httpx'}
SAYS_NOTHING = re.compile(r'(util|helper|manager|process_|handle_data|misc|common)', re.IGNORECASE)


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob('*.py') if 'migrations' not in path.parts)


def imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ''
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


@pytest.mark.parametrize('room', ROOMS)
def test_imports_point_one_way(room: str) -> None:
    for path in sources(room):
        for line, name in imported(path):
            top = name.split('.')[0]
            assert top not in ROOMS or top in MAY_IMPORT[room], f'{path.relative_to(ROOT)}:{line} imports {name}'
            assert top not in {'main', 'dev', 'tests'}, f'{path.relative_to(ROOT)}:{line} imports {name}'


def test_models_know_nothing_of_the_outside() -> None:
    for path in sources('models'):
        for line, name in imported(path):
            assert name.split('.')[0] not in OUTSIDE_OF_MODELS, f'{path.relative_to(ROOT)}:{line} imports {name}'


def test_pages_never_write_rows() -> None:
    for path in sources('pages'):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Await(value=ast.Call(func=ast.Attribute(attr=verb))) if verb in ROWS_ARE_WRITTEN_BY:
                    pytest.fail(f'{path.relative_to(ROOT)}:{node.lineno} writes a row; give the model a verb for it')


def test_every_file_opens_with_what_it_is_for() -> None:
    for path in [*sources(*ROOMS), ROOT / 'main.py', ROOT / 'dev.py']:
        text = path.read_text()
        assert not text.strip() or ast.get_docstring(ast.parse(text)), f'{path.relative_to(ROOT)} does not say'


def test_names_say_something() -> None:
    for path in sources(*ROOMS):
        assert not SAYS_NOTHING.search(path.stem), f'{path.relative_to(ROOT)} is a junk drawer by name'


def test_no_money_in_floating_point() -> None:
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id='float'), args=[ast.Attribute(attr=name) | ast.Name(id=name)]):
                    assert not re.search(r'amount|total|balance|rate|price|baht', name), f'{path}:{node.lineno}'


def test_the_clock_is_read_in_one_place() -> None:
    for path in sources('models', 'pages'):
        if path.name != 'base.py':
            found = re.search(r'datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(', path.read_text())
            assert not found, f'{path.relative_to(ROOT)} reads the clock: {found}'


def test_html_is_built_and_never_pasted() -> None:
    for path in sources('pages'):
        if path.name in {'theme.py', 'region.py'}:  # icons of constants; what the escaping builder drew
            continue
        found = re.search(r'Markup\(f|run_javascript\(f|add_(head|body)_html\(f|ui\.html\(f', path.read_text())
        assert not found, f'{path.relative_to(ROOT)}: {found}'
