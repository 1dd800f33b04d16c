"""What is done with one link or several from the register: its audit, another end, codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, b, div, p

from app.keys import keys
from app.live import Live, follow, live
from models import (
    AccessCode,
    Activity,
    Level,
    LinkState,
    PortalLink,
    Presence,
    Refused,
    Scope,
    now,
)
from models.portal_link import MODULE
from models.register import LATEST_VISITS, LinkAudit, RegisteredLink, registered
from pages.console import register_sheet as drawn
from pages.parts.action import Button, guarded
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.link_panel import copy_link, link_and_actor, link_id_of, revoke_link, share_link
from pages.parts.link_panel_end import LinkEnd
from pages.parts.link_rows import last_moment, named, named_all, until
from pages.parts.panel import open_panel
from pages.parts.region import Region
from pages.parts.row_menu import RowMenu
from pages.parts.table import LiveRegion
from pages.parts.text import Text

if TYPE_CHECKING:
    from pages.frame import Desk


def link_menu(desk: Desk) -> None:
    """The ••• of every row of links on this page."""
    w = desk.w

    async def choose(key: str, reference: str) -> None:
        if key in DO:
            await DO[key](desk, link_id_of(reference))

    RowMenu(desk, w('register.more'), {key: w(f'register.do.{key}') for key in DO}, choose).mark('row-menu')


async def open_audit(desk: Desk, link_id: UUID) -> None:
    """Everything known of one link, live. From where it was opened is for whoever manages its record."""
    scopes = tuple(scope for scope in Scope if MODULE[scope] in desk.sees)
    actor = await desk.actor()
    link = await PortalLink.get_or_none(id=link_id, scope__in=list(scopes))
    if link is None or not actor.may(MODULE[link.scope], Level.READ):
        raise Refused('not_allowed')
    addresses = actor.may(MODULE[link.scope], Level.MANAGE)

    def view(most: int) -> Live[LinkAudit | None]:
        async def load() -> LinkAudit | None:
            return await LinkAudit.of(link_id, scopes, addresses=addresses, most=most)

        return live(('link audit', link_id, scopes, addresses, most), follows, load)

    follows = [
        follow(PortalLink, id=link_id),
        follow(Presence, link_id=link_id),
        follow(Activity, customer_id=link.customer_id),
    ]
    shown = LATEST_VISITS

    async def act(verb: str, _reference: str) -> None:
        nonlocal shown
        if verb == 'more':
            await desk.must(MODULE[link.scope], Level.MANAGE)
            shown += LATEST_VISITS
            await listed.follow(view(shown))

    def draw(known: LinkAudit | None) -> Node:
        return drawn.audit(desk.w, known, now(), addresses=addresses) if known else None

    with open_panel(desk, desk.w('register.audit.title')):
        listed: LiveRegion[LinkAudit | None] = LiveRegion(draw, guarded(desk, act), timely=True)
        listed.region.mark('audit').classes('audit')
        await listed.follow(view(shown))


async def open_change_end(desk: Desk, link_id: UUID) -> None:
    """`Change End`, while it lives."""
    w = desk.w
    await link_and_actor(desk, link_id)
    [known] = await registered([link_id])
    with open_panel(desk, w('register.end.title')) as panel:
        Region([b[named(w, known)], p('.dim')[w('register.end.now', at=until(w, known))]])
        form = Form(desk)
        end = LinkEnd(form)

        async def save() -> None:
            moment = end.moment()
            found, actor = await link_and_actor(desk, link_id)
            await found.change_end(moment, by=actor)
            panel.close()
            desk.say(w('register.end.done', at=last_moment(w, moment)))

        form.save_button(w('register.end.title'), save)


async def open_renew(desk: Desk, links: Sequence[RegisteredLink], done: Callable[[], object]) -> None:
    """`Renew`: a new end for those of the ticked links that can have one."""
    w, at = desk.w, now()
    await desk.actor()
    able = [link for link in links if link.scope is not Scope.QUOTE and link.state(at) is LinkState.LIVE]
    left_out = len(links) - len(able)
    title = w('register.renew.title_one') if len(able) == 1 else w('register.renew.title', count=len(able))
    with open_panel(desk, title) as panel:
        Text('p', w('register.renew.text') if able else w('register.renew.none')).classes('dim')
        if able and left_out:
            one = w('register.renew.left_out_one')
            Text('p', one if left_out == 1 else w('register.renew.left_out', count=left_out)).classes('note')
        if not able:
            Button(w('common.close'), panel.close, tone='ghost')
            return
        Region(p('.text')[named_all(w, able)])
        form = Form(desk)
        end = LinkEnd(form)

        async def save() -> None:
            moment, renewed = end.moment(), 0
            for known in able:
                link, actor = await link_and_actor(desk, known.id)
                if link.state(now()) is LinkState.LIVE:  # it may have ended while the panel was open
                    await link.change_end(moment, by=actor)
                    renewed += 1
            panel.close()
            done()
            desk.say(w('register.renew.done_one') if renewed == 1 else w('register.renew.done', count=renewed))

        form.save_button(w('register.do.renew'), save)


async def unlock(desk: Desk, link_id: UUID) -> None:
    """`Unlock Codes` after a lock."""
    link, actor = await link_and_actor(desk, link_id)
    await AccessCode.unlock(link, by=actor)
    desk.say(desk.w('register.aloud.unlocked'))


async def read_aloud(desk: Desk, link_id: UUID) -> None:
    """`Read a Code Aloud`: a fresh one for whoever is on the telephone; shown here and kept nowhere."""
    w = desk.w
    link, _actor = await link_and_actor(desk, link_id)
    await AccessCode.refuse_aloud(link, now())
    [known] = await registered([link_id])
    text = f'{named(w, known)}\n\n{w("register.aloud.ask_text")}'
    if not await confirm(desk, w('register.aloud.ask'), text, yes=w('register.aloud.yes')):
        return
    link, actor = await link_and_actor(desk, link_id)
    secret = keys().new_code_secret()
    await AccessCode.read_aloud(link, secret=secret, by=actor)
    with open_panel(desk, w('register.aloud.title')) as panel:
        spaced = f'{secret.digits[:3]} {secret.digits[3:]}'
        Region([b[named(w, known)], div('.digits')[b[spaced]], p('.dim')[w('register.aloud.text')]]).mark('code')
        Button(w('common.close'), panel.close, tone='ghost')


DO = {
    'copy': copy_link,
    'share': share_link,
    'end': open_change_end,
    'unlock': unlock,
    'aloud': read_aloud,
    'revoke': revoke_link,
}
