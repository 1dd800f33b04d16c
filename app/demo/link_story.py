"""Which portal links the demo firm has handed out to its customers, and who has looked at them since."""

from __future__ import annotations

from hashlib import sha256

from app.demo.customers import CUSTOMERS
from app.demo.links import issue_and_revoke
from app.demo.telling import Step, Story
from app.keys import keys
from models import Device, Notice, PortalLink, PortalVisit, Role, VisitKind

IN_LINE = (
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
    ' Mobile/15E148 Safari Line/14.9.0'
)
PREVIEW = 'facebookexternalhit/1.1;line-poker/1.0'

# Who has opened the link to everything, when, and on which of their devices. The others have not yet.
VIEWS: dict[str, tuple[tuple[int, str, str], ...]] = {
    'nimman': ((-2, '14:02', 'phone'), (-1, '10:12', 'phone'), (-1, '13:40', 'desk'), (0, '09:20', 'phone')),
    'klongkaeo': ((-2, '19:31', 'phone'), (-1, '08:15', 'phone'), (0, '08:02', 'gaffer')),
    'krajok': ((-4, '11:00', 'phone'),),
    'andaman': ((-4, '15:15', 'phone'), (-2, '07:12', 'phone'), (-1, '11:48', 'phone')),
    'rimnam': ((-6, '10:30', 'phone'), (-1, '17:02', 'phone'), (0, '08:10', 'phone'), (0, '08:32', 'site')),
    'harrow': ((-9, '16:45', 'phone'), (-1, '22:10', 'london')),
    'mango': ((-6, '13:20', 'phone'),),
}


def link_story(story: Story) -> list[Step]:
    """One for every customer; an old one of two of them; one for the accountant; one that was revoked."""
    last = list(CUSTOMERS)[-1]
    return [
        *(_issue(story, key, -1 if key == last else -2 - place, '09:30') for place, key in enumerate(CUSTOMERS)),
        _issue(story, 'klongkaeo', -50, '10:10', old=True),
        _issue(story, 'harrow', -41, '11:20', old=True),
        _issue(story, 'nimman', -6, '14:40', note='บัญชี คุณฟ้า', old=True),
        Step(-9, '16:30', lambda: issue_and_revoke(story.customers['rimnam'])),
        _previewed(story, 'foundation', -6, '09:31'),
        *(_viewed(story, key, *view) for key, views in VIEWS.items() for view in views),
        _bell_read(story, -2, '18:10'),
    ]


async def look_at(link: PortalLink, whose: str) -> Device:
    """Somebody opens the link, always with the same device."""
    device = await Device.known(sha256(whose.encode()).digest(), user_agent=IN_LINE)
    # Of a network that is kept for examples.
    ip = f'203.0.113.{sha256(whose.encode()).digest()[0]}'
    await PortalVisit.view(link, device_id=device.id, ip=ip, user_agent=IN_LINE)
    return device


def _issue(story: Story, key: str, day: int, clock: str, *, note: str = '', old: bool = False) -> Step:
    async def act() -> None:
        by = story.people[Role.SALES]
        link = await PortalLink.issue(story.customers[key], secret=keys().new_link_secret(), by=by, note=note)
        if not old:
            story.links[key] = link

    return Step(day, clock, act)


def _viewed(story: Story, key: str, day: int, clock: str, device: str) -> Step:
    return Step(day, clock, lambda: look_at(story.links[key], f'{key} {device}'))


def _previewed(story: Story, key: str, day: int, clock: str) -> Step:
    async def act() -> None:
        await PortalVisit.look(VisitKind.PREVIEW, story.links[key], ip='203.0.113.7', user_agent=PREVIEW, name='LINE')

    return Step(day, clock, act)


def _bell_read(story: Story, day: int, clock: str) -> Step:
    async def act() -> None:
        if reader := story.people[Role.SALES].staff_id:
            await Notice.read_all(reader)

    return Step(day, clock, act)
