"""Make, copy and revoke the portal links of a customer, a quote, an invoice or a deposit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, b, button, div, h2, p

from app.keys import keys
from models import Actor, Deposit, Invoice, Level, LinkState, PortalLink, Quote, Refused, end_of_day, now
from models.portal_link import MODULE
from models.register import RegisteredLink, registered
from pages.bind import bind
from pages.parts.action import Button, guarded
from pages.parts.clipboard import copy_text
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.link_panel_end import LinkEnd
from pages.parts.link_rows import (
    Recorded,
    address,
    last_moment,
    link_chip,
    live_links,
    made_line,
    module_of,
    name_of,
    named_all,
    scope_of,
    story,
    whose,
)
from pages.parts.panel import Panel, open_panel
from pages.parts.region import Region

if TYPE_CHECKING:
    from pages.frame import Desk


async def open_link_panel(desk: Desk, record: Recorded) -> None:
    """`Generate Portal Link`: until when and for whom; the address is copied and shown, beside those that live."""
    await _ask(desk, record)
    w = desk.w
    with open_panel(desk, w('links.generate')) as panel:
        Region([b[name_of(w, record)], p('.dim')[_opens(desk, record)]])
        form = Form(desk)
        end = None if isinstance(record, Quote) else LinkEnd(form)
        form.text('note', w('links.for_whom'))
        shown = Region()
        form.save_button(w('links.make'), lambda: _generate(desk, record, form, end, shown))
        shown.move(panel.body)  # below the button, where the address is looked for
        await _list_living(desk, record)


async def copy_portal_link(desk: Desk, record: Recorded) -> None:
    """`Copy Portal Link`: the one without a note that ends last, else a new one. To be tried by an action."""
    actor = await _ask(desk, record)
    fresh = await type(record).get(id=record.id)
    link = await PortalLink.copy(fresh, secret=keys().new_link_secret(), by=actor)
    await _copy(desk, address(keys().link_token(link.cipher or b'')))


async def open_revoke_panel(desk: Desk, record: Recorded) -> None:
    """`Revoke Portal Link`: the record's live links, all ticked; of a customer those of its quotes and invoices too."""
    await _ask(desk, record)
    w = desk.w
    links = await _revocable(desk, record)
    with open_panel(desk, w('links.revoke')) as panel:
        Region([b[name_of(w, record)], p('.dim')[w('links.revoke_text') if links else w('links.none_live')]])
        form = Form(desk)
        for link in links:
            form.tick(str(link.id), f'{whose(w, link)}', value=True, hint=made_line(w, link))
        if links:
            form.save_button(w('links.revoke_ticked'), lambda: _revoke_ticked(desk, panel, form), tone='bad')
        else:
            Button(w('common.close'), panel.close, tone='ghost')


async def revoke_link(desk: Desk, link_id: UUID) -> None:
    """Revoke one link after asking; nothing when the answer was no."""
    await link_and_actor(desk, link_id)
    if not await asks_to_revoke(desk, [link_id]):
        return
    link, actor = await link_and_actor(desk, link_id)
    await link.revoke(by=actor)
    desk.say(desk.w('links.is_revoked'))


async def asks_to_revoke(desk: Desk, link_ids: Sequence[UUID]) -> bool:
    """Whether these links shall be revoked; the question names each, or so many that one knows which are meant."""
    w, links = desk.w, await registered(link_ids)
    title = w('links.revoke_one') if len(links) == 1 else w('links.revoke_many', count=len(links))
    text = f'{named_all(w, links)}\n\n{w("links.revoke_warning")}'
    return await confirm(desk, title, text, yes=w('links.revoke_word'), tone='bad')


async def copy_link(desk: Desk, link_id: UUID) -> None:
    """Copy the address of this very link."""
    await _copy(desk, await handed_out(desk, link_id))


async def handed_out(desk: Desk, link_id: UUID) -> str:
    """Its address, for whoever may give it to somebody; that they took it is on record."""
    link, actor = await link_and_actor(desk, link_id)
    return address(keys().link_token(await link.hand_out(by=actor)))


async def share_link(desk: Desk, link_id: UUID) -> None:
    """The sheet with every way to send it."""
    from pages.parts.share import open_share

    await open_share(desk, link_id)


async def _generate(desk: Desk, record: Recorded, form: Form, end: LinkEnd | None, shown: Region) -> None:
    expires_at = end.moment() if end else None
    actor = await _ask(desk, record)
    fresh = await type(record).get(id=record.id)
    secret = keys().new_link_secret()
    await PortalLink.issue(fresh, secret=secret, by=actor, expires_at=expires_at, note=form['note'])
    url = address(secret.token)
    if not shown.is_deleted:
        shown.show(div('.made')[h2[desk.w('links.new')], div('.link')[url]])
    form.fields['note'].write('')
    await _copy(desk, url)


async def _list_living(desk: Desk, record: Recorded) -> None:
    async def act(verb: str, reference: str) -> None:
        link_id = link_id_of(reference)
        if verb == 'copy-link':
            await copy_link(desk, link_id)
        elif verb == 'share-link':
            await share_link(desk, link_id)
        elif verb == 'revoke-link':
            await revoke_link(desk, link_id)

    region = Region(act=guarded(desk, act))
    scope = scope_of(record)
    view = live_links(record, [module_of(record)])

    def show(rows: tuple[RegisteredLink, ...]) -> None:
        at = now()
        living = [row for row in rows if row.scope is scope and row.state(at) is LinkState.LIVE]
        region.show([h2[desk.w('links.living')], [_living(desk, row, at) for row in living]] if living else None)

    await bind(view, show, region, timely=True)


def _living(desk: Desk, row: RegisteredLink, at: datetime) -> Node:
    w = desk.w
    return div('.living', id=f'link-{row.id}')[
        div('.row')[b[row.note or w('links.no_note')], link_chip(w, row, at)],
        p('.ref')[story(w, row, at)],
        div('.btns')[
            button('.btn.ghost.small', type='button', data_do='copy-link', data_ref=str(row.id))[w('links.copy_word')],
            button('.btn.ghost.small', type='button', data_do='share-link', data_ref=str(row.id))[
                w('register.do.share')
            ],
            button('.btn.text.bad.small', type='button', data_do='revoke-link', data_ref=str(row.id))[
                w('links.revoke_word')
            ],
        ],
    ]


async def _revocable(desk: Desk, record: Recorded) -> list[RegisteredLink]:
    at = now()
    found: list[RegisteredLink] = []
    may = [module for module in desk.sees if desk.may(module, Level.WRITE)]
    off = await live_links(record, may).watch(found.extend)
    off()
    return [row for row in found if row.state(at) is LinkState.LIVE]


async def _revoke_ticked(desk: Desk, panel: Panel, form: Form) -> None:
    w = desk.w
    ticked = [link_id_of(name) for name, wanted in form.values().items() if wanted]
    if not ticked:
        raise Refused('nothing_ticked')
    if not await asks_to_revoke(desk, ticked):
        return
    for link_id in ticked:
        link, actor = await link_and_actor(desk, link_id)
        if link.revoked_at is None:
            await link.revoke(by=actor)
    panel.close()
    desk.say(w('links.is_revoked') if len(ticked) == 1 else w('links.are_revoked', count=len(ticked)))


async def _ask(desk: Desk, record: Recorded) -> Actor:
    return await desk.must(module_of(record), Level.WRITE)


async def link_and_actor(desk: Desk, link_id: UUID) -> tuple[PortalLink, Actor]:
    """The link and who acts, if they may; an address that somebody made up finds nothing."""
    actor = await desk.actor()
    may = [scope for scope, module in MODULE.items() if actor.may(module, Level.WRITE)]
    link = await PortalLink.get_or_none(id=link_id, scope__in=may)
    if link is None:
        raise Refused('not_allowed')
    return link, actor


async def _copy(desk: Desk, url: str) -> None:
    await copy_text(desk, url, said=desk.w('links.copied'))


def _opens(desk: Desk, record: Recorded) -> str:
    w = desk.w
    if isinstance(record, Quote):
        return w('links.opens_quote', day=last_moment(w, end_of_day(record.expires_on)))
    if isinstance(record, Deposit):
        return w('links.opens_deposit')
    return w('links.opens_invoice') if isinstance(record, Invoice) else w('links.opens_customer')


def link_id_of(reference: str) -> UUID:
    """What a tap refers to, which anybody can make up."""
    try:
        return UUID(reference)
    except ValueError:
        raise Refused('not_allowed') from None
