"""How a browser is named for people: what it is and on what it runs, and in which chat, as far as it tells."""

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
# Chats that open a page in a browser of their own, which neither saves a picture nor shows every PDF.
CHATS = {'Line/': 'line', 'FBAN': 'facebook', 'FBAV': 'facebook', 'FB_IAB': 'facebook', 'Instagram': 'facebook'}


def chat_of(user_agent: str) -> str:
    """The chat in whose own browser the page is open; '' in a browser of the phone."""
    return next((chat for sign, chat in CHATS.items() if sign in user_agent), '')


def browser_of(user_agent: str) -> str:
    """LINE · iPhone; '' when it does not say."""
    parts = (_named(user_agent, BROWSERS), _named(user_agent, SYSTEMS))
    return ' · '.join(part for part in parts if part)


def _named(user_agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in user_agent), '')
