"""One link by itself, as a notice leads to it: what is the matter with it, what can be done, and all that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from htpy import Node, a, div, h1, p, span
from nicegui import ui

from app.live import Live, follow, live
from app.noticed import link_named
from app.words import Words
from models import Activity, Customer, Deposit, Invoice, Level, Module, PortalLink, Presence, Quote, Scope, now
from models.portal_link import MODULE
from models.register import LATEST_VISITS, LinkAudit, RegisteredLink
from pages.console import register_sheet as drawn
from pages.console.link_panels import open_change_end, read_aloud, unlock
from pages.frame import Desk, console_page
from pages.parts.action import Button, action, guarded
from pages.parts.bar import bar
from pages.parts.link_panel import copy_link, open_link_panel, revoke_link, share_link
from pages.parts.link_rows import Recorded
from pages.parts.more import More
from pages.parts.region import Region
from pages.parts.table import LiveRegion

DO = {
    'copy': copy_link,
    'share': share_link,
    'end': open_change_end,
    'aloud': read_aloud,
    'revoke': revoke_link,
}


@dataclass(frozen=True, slots=True)
class KnownLink:
    """Its audit, and when somebody with it asked for another that was not made since."""

    audit: LinkAudit
    requested_at: datetime | None


@console_page('/links/{link_id}', module=Module.CUSTOMERS)
async def one_link(desk: Desk, link_id: UUID) -> None:
    link = await PortalLink.get(id=link_id, customer__erased_at=None)
    await desk.must(MODULE[link.scope], Level.READ)
    await LinkScreen(desk, link).open()


class LinkScreen:
    def __init__(self, desk: Desk, link: PortalLink) -> None:
        self.desk, self.link = desk, link
        self.acts = desk.may(MODULE[link.scope], Level.WRITE)
        self.addresses = desk.may(MODULE[link.scope], Level.MANAGE)
        self.most = LATEST_VISITS
        self.unlock: Button | None = None

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        with bar(desk, w('register.audit.title'), heading='') as self.top:
            if self.acts:
                self.unlock = action(desk, w('register.do.unlock'), lambda: unlock(desk, self.link.id), tone='ghost')
                self.unlock.mark('unlock')
                action(desk, w('links.generate'), self._generate, key='n').mark('generate')
                self.more = More(desk, self._choose)
        act = guarded(desk, self._act)
        with ui.element('div').classes('narrow'):
            self.matter = Region()
            with ui.element('section').classes('card group'):
                self.shown: LiveRegion[KnownLink | None] = LiveRegion(self._draw, act, timely=True)
                self.shown.region.mark('audit').classes('audit')
                await self.shown.follow(self._known())

    def _draw(self, known: KnownLink | None) -> Node:
        if known is None:  # the customer was erased meanwhile
            return None
        w, at, link = self.desk.w, now(), known.audit.link
        self.top.show(_head(w, link))
        self.matter.show(_matter(w, known, at))
        if self.acts and self.unlock:
            self.unlock.set_visibility(link.codes_locked(at))
            self.more.offer({key: w(f'register.do.{key}') for key in drawn.verbs(link, at) if key in DO})
        return drawn.audit(w, known.audit, at, addresses=self.addresses)

    def _known(self) -> Live[KnownLink | None]:
        link_id, scope, addresses, most = self.link.id, self.link.scope, self.addresses, self.most

        async def load() -> KnownLink | None:
            audit = await LinkAudit.of(link_id, (scope,), addresses=addresses, most=most)
            return KnownLink(audit, await _unanswered(link_id)) if audit else None

        follows = [
            follow(PortalLink, customer_id=self.link.customer_id),
            follow(Presence, link_id=link_id),
            follow(Activity, customer_id=self.link.customer_id),
        ]
        return live(('one link', link_id, addresses, most), follows, load)

    async def _act(self, verb: str, _reference: str) -> None:
        if verb == 'more':
            await self.desk.must(MODULE[self.link.scope], Level.MANAGE)
            self.most += LATEST_VISITS
            await self.shown.follow(self._known())

    async def _choose(self, key: str) -> None:
        if key in DO:
            await DO[key](self.desk, self.link.id)

    async def _generate(self) -> None:
        """Another link to the same record: what ended never lives again."""
        await open_link_panel(self.desk, await _record(self.link))


async def _unanswered(link_id: UUID) -> datetime | None:
    """When a new link was asked for, as long as none was made for the same record since."""
    link = await PortalLink.get(id=link_id)
    if link.requested_at is None:
        return None
    newer = PortalLink.of(await _record(link)).filter(created_at__gt=link.requested_at)
    return None if await newer.exists() else link.requested_at


async def _record(link: PortalLink) -> Recorded:
    if link.scope is Scope.DEPOSIT:
        return await Deposit.get(id=link.deposit_id)
    if link.scope is Scope.QUOTE:
        return await Quote.get(id=link.quote_id)
    return await (Invoice.get(id=link.invoice_id) if link.scope is Scope.INVOICE else Customer.get(id=link.customer_id))


def _head(w: Words, link: RegisteredLink) -> Node:
    facts = {'link_scope': link.scope.value, 'link_number': link.record, 'link_note': link.note}
    kinds = {Scope.QUOTE: 'quotes', Scope.INVOICE: 'invoices', Scope.DEPOSIT: 'deposits'}
    record = a('.plain', href=f'/{kinds[link.scope]}/{link.record}')[link.record] if link.scope in kinds else None
    customer = a('.plain', href=f'/customers/{link.customer_id}/links')[w.pick(link.name, link.name_th)]
    return [
        h1[w('link.title', link=link_named(w, facts))],
        p('.dim')[customer, span[' · ', record] if record else None],
    ]


def _matter(w: Words, known: KnownLink, at: datetime) -> Node:
    """Why one was led here."""
    link, said = known.audit.link, []
    if link.codes_locked(at):
        until = link.codes_locked_until
        said.append(w('link.locked_until', at=w.moment(until)) if until and until > at else w('link.locked'))
    if known.requested_at:
        said.append(w('link.requested', at=w.moment(known.requested_at)))
    return [div('.banner.warning', role='status')[text] for text in said]
