"""How a migration after the second writes its own checks, references and announcements down."""

import importlib
from collections.abc import Mapping

announcement = importlib.import_module('models.migrations.0002_rules').announcement

Named = Mapping[str, Mapping[str, str]]


def ruling(
    *,
    checks: Named | None = None,
    references: Named | None = None,
    live: Mapping[str, tuple[str, ...]] | None = None,
    further: str = '',
) -> str:
    """The SQL of a migration's rules: table → name → check, table → column → table, live table → its scope columns."""
    parts = [
        f'alter table {table} add constraint {table}_{name} check ({rule});'
        for table, named in (checks or {}).items()
        for name, rule in named.items()
    ]
    parts += [
        f'alter table {table} add constraint {table}_{column}_is_{target} foreign key ({column}) references {target};'
        for table, named in (references or {}).items()
        for column, target in named.items()
    ]
    parts += [announcement(table, columns) for table, columns in (live or {}).items()]
    return '\n'.join([*parts, further])
