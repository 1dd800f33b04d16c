"""What counts as a view of a link: a person who looked for a second, and nobody and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import time_machine
from nicegui.testing import User

from app.robots import previews
from app.sessions import cookie_of, digest_of
from models import Document, PortalLink, PortalVisit, Staff, StaffSession, VisitKind, now
from pages.portal.visitor import Seen
from tests.app.test_robots import ROBOTS
from tests.pages.events import all_done
from tests.world import a_link, a_sent_quote, bo

UNLISTED = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36'


async def views_of(link: PortalLink) -> int:
    return (await PortalLink.get(id=link.id)).views


async def looks(visitor: User, path: str) -> None:
    """The page is opened, its connection stands, and a second later it says that it was visible."""
    await visitor.open(path)
    async with all_done():
        visitor.find(Seen).trigger('seen')


async def test_previewers_scanners_fetchers_and_staff_leave_views_at_none_and_a_person_makes_one(
    portal: User, another: Callable[[], User]
) -> None:
    assert len(ROBOTS) >= 25
    quote = await a_sent_quote()
    link, token = await a_link(quote)
    paper = await Document.get(number=quote.number)
    files = f'/p/{token}', f'/p/{token}/papers/{paper.id}/{quote.number}.pdf'
    for agent in ROBOTS:
        robot = another()
        robot.http_client.headers['user-agent'] = agent
        for path in files:
            assert (await robot.http_client.get(path)).status_code == 200
            assert (await robot.http_client.head(files[0])).status_code == 200
        if not previews(agent):  # it is shown the page like anybody: let it run the page's scripts, too
            await looks(robot, files[0])
        assert await views_of(link) == 0, agent
    previewed = sum(previews(agent) for agent in ROBOTS)
    assert await PortalVisit.filter(link_id=link.id, kind=VisitKind.PREVIEW).count() == previewed * len(files)

    scanner = another()  # says that it is a browser, and opens no websocket
    scanner.http_client.headers['user-agent'] = UNLISTED
    for path in files * 3:
        await scanner.http_client.get(path)
    assert await views_of(link) == 0

    colleague, secret = another(), uuid4().hex
    await StaffSession.open(await Staff.get(id=(await bo()).staff_id), digest=digest_of(secret))
    colleague.http_client.cookies.update(cookie_of(secret))
    await looks(colleague, files[0])
    assert await views_of(link) == 0
    assert await PortalVisit.filter(link_id=link.id, kind=VisitKind.STAFF).exists()
    assert (await PortalLink.get(id=link.id)).first_viewed_at is None

    began = now()
    for minutes, views in ((0, 1), (1, 1), (29, 1), (31, 2)):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            await looks(portal, files[0])
        assert await views_of(link) == views
    known = await PortalLink.get(id=link.id)
    assert known.first_viewed_at is not None and known.last_viewed_at is not None
    assert known.last_viewed_at - known.first_viewed_at > timedelta(minutes=30)
    await looks(colleague, files[0])
    assert await views_of(link) == 2
