"""How a browser is named for people: what it is and on what it runs, as far as it tells."""

from __future__ import annotations

# The first that fits; many browsers carry the names of those that they descend from.
BROWSERS = (
    ('Line/', 'LINE'),
    ('FBAN', 'Facebook'),
    ('FBAV', 'Facebook'),
    ('Instagram', 'Instagram'),
    ('SamsungBrowser', 'Samsung Internet'),
    ('Edg', 'Edge'),
    ('OPR/', 'Opera'),
    ('FxiOS', 'Firefox'),
    ('Firefox/', 'Firefox'),
    ('CriOS', 'Chrome'),
    ('Chrome/', 'Chrome'),
    ('Safari/', 'Safari'),
)
SYSTEMS = (
    ('iPhone', 'iPhone'),
    ('iPad', 'iPad'),
    ('Android', 'Android'),
    ('Windows', 'Windows'),
    ('Macintosh', 'Mac'),
    ('CrOS', 'ChromeOS'),
    ('Linux', 'Linux'),
)


def browser_of(user_agent: str) -> str:
    """LINE · iPhone; '' when it does not say."""
    parts = (_named(user_agent, BROWSERS), _named(user_agent, SYSTEMS))
    return ' · '.join(part for part in parts if part)


def _named(user_agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in user_agent), '')
