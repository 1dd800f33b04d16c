"""Links: every link that was handed out, how it stands and who is on it; copied, renewed and revoked from here."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from htpy import Node
from nicegui import ui

from app.live import Live, follow, live
from models import Business, Customer, Level, Module, PortalLink, Presence, Scope, now
from models.portal_link import MODULE
from models.register import Register, RegisteredLink, Shelf
from pages.console import register_sheet as drawn
from pages.console.link_panels import link_menu, open_audit, open_renew
from pages.frame import Desk, console_page
from pages.parts.action import guarded
from pages.parts.bar import bar
from pages.parts.link_panel import asks_to_revoke, link_and_actor, link_id_of
from pages.parts.listed import AT_ONCE, show_more
from pages.parts.region import Region
from pages.parts.table import LiveRegion


@console_page('/links', module=Module.CUSTOMERS)
async def links(desk: Desk) -> None:
    await RegisterScreen(desk).open()


class RegisterScreen:
    """What is sought, which shelf is open, what is ticked; and the rows that are true."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.text, self.shelf, self.most = '', Shelf.ALL, AT_ONCE
        self.ticked: set[UUID] = set()
        self.known = Register((), tuple((shelf, 0) for shelf in Shelf), 0)
        self.kept: tuple[UUID, ...] = ()  # the rows in their order, as the list was opened, sought or leafed through
        self.left = 0  # how many there were below them then

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        bar(desk, w('register.title'), hint=w('register.search'), search=self.search)
        with ui.element('div').classes('register-bar'):
            self.shelves = Region(act=guarded(desk, self._act)).mark('shelves')
            self.shelves.classes('filters').props['role'] = 'group'
            self.shelves.props['aria-label'] = w('register.shelves')
            self.ticks = Region(act=guarded(desk, self._act)).mark('ticks')
            self.ticks.classes('btns')
        with ui.element('div'):
            self.rows: LiveRegion[Register] = LiveRegion(self._draw, guarded(desk, self._act), timely=True)
            self.rows.region.mark('register')
        link_menu(desk)
        await self._follow()

    async def search(self, text: str) -> None:
        self.text, self.most = text, AT_ONCE
        await self._follow()

    async def _follow(self) -> None:
        """What is true now decides which rows there are and in which order. From then on they hold still, however
        they change: nothing may slip away under a menu, a tick or a pointer, nor between them.
        """
        # The role may have changed since the screen was opened.
        await self.desk.must(Module.CUSTOMERS, Level.READ)
        scopes = scopes_of(self.desk)
        found = await Register.of(scopes, text=self.text, shelf=self.shelf, most=self.most)
        self.kept, self.left = tuple(link.id for link in found.links), found.left
        await self.rows.follow(live_register(scopes, self.text, self.shelf, self.most, self.kept))

    def _draw(self, register: Register) -> Node:
        w = self.desk.w
        self.known = register
        shown = register.links
        self.ticked &= {link.id for link in shown}
        self.shelves.show(drawn.shelves(w, register.counts, self.shelf))
        self._show_ticks()
        if not shown:
            return drawn.nothing(w, sought=bool(self.text), shelf=self.shelf)
        left = register.left - self._fresh()
        return [drawn.register(w, shown, self.ticked, self._may(), now()), show_more(w, left, shown=len(shown))]

    def _fresh(self) -> int:
        """How many have come since the rows were set; a list without rows needs not hold still."""
        return max(0, self.known.left - self.left) if self.kept else 0

    def _show_ticks(self) -> None:
        self.ticks.show(drawn.ticked_bar(self.desk.w, len(self.ticked), self._fresh()))

    def _may(self) -> list[Module]:
        return [module for module in self.desk.sees if self.desk.may(module, Level.WRITE)]

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'shelf' and reference in list(Shelf):
            self.shelf, self.most = Shelf(reference), AT_ONCE
            self.ticked.clear()
            await self._follow()
        elif verb in ('more', 'fresh'):
            self.most += AT_ONCE if verb == 'more' else 0
            await self._follow()
        elif verb == 'audit':
            await open_audit(self.desk, link_id_of(reference))
        elif verb == 'revoke':
            await self._revoke_ticked()
        elif verb == 'renew':
            await open_renew(self.desk, [link for link in self.known.links if link.id in self.ticked], self._untick)
        else:
            self._tick(verb, reference)

    def _tick(self, verb: str, reference: str) -> None:
        """The box shows its tick by itself: drawing hundreds of rows for each would be felt."""
        if verb == 'tick':
            self.ticked ^= {link_id_of(reference)} & {link.id for link in self._acting()}
            self._show_ticks()
        elif verb == 'tick-all':
            every = {link.id for link in self._acting()}
            self.ticked = set() if self.ticked >= every else every
            self.rows.region.show(self._draw(self.known))
        elif verb == 'untick':
            self._untick()

    def _untick(self) -> None:
        self.ticked.clear()
        if not self.rows.region.is_deleted:
            # Ticks that the browser set by itself are unknown to what was drawn last.
            self.rows.region.show(None)
            self.rows.region.show(self._draw(self.known))

    def _acting(self) -> Iterable[RegisteredLink]:
        may = self._may()
        return [link for link in self.known.links if MODULE[link.scope] in may]

    async def _revoke_ticked(self) -> None:
        """`Revoke` of all that are ticked, after a question that names them."""
        desk, w = self.desk, self.desk.w
        wanted = [link.id for link in self.known.links if link.id in self.ticked and link.revoked_at is None]
        if not wanted:
            self._untick()
            return
        if not await asks_to_revoke(desk, wanted):
            return
        for link_id in wanted:
            link, actor = await link_and_actor(desk, link_id)
            if link.revoked_at is None:  # somebody else may have been faster
                await link.revoke(by=actor)
        self._untick()
        desk.say(w('links.is_revoked') if len(wanted) == 1 else w('links.are_revoked', count=len(wanted)))


def scopes_of(desk: Desk) -> tuple[Scope, ...]:
    """The scopes of whose records this person may read; a link to anything else is not in the register."""
    return tuple(scope for scope in Scope if MODULE[scope] in desk.sees)


def live_register(
    scopes: tuple[Scope, ...], text: str, shelf: Shelf, most: int, kept: tuple[UUID, ...]
) -> Live[Register]:
    """These rows in this order, and how many there are besides; without rows the first that come."""

    async def load() -> Register:
        return await Register.of(scopes, text=text, shelf=shelf, most=most, kept=kept)

    follows = [follow(PortalLink), follow(Presence), follow(Customer), follow(Business)]
    return live(('register', scopes, text, shelf, most, kept), follows, load)
