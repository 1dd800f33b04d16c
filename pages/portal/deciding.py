"""One quote open on one phone: what is ticked, which sheet lies above it, and what is pressed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from nicegui import ui

from models import EndReason, Grant, LinkState, PortalLink, Quote, Refused, Scope, now
from pages.parts.region import Region
from pages.parts.sheet import Sheet
from pages.portal.asking import ask, decline
from pages.portal.door import Entry
from pages.portal.pieces import nothing_here
from pages.portal.quote_page import quote_page
from pages.portal.quote_view import QuoteView
from pages.portal.reader import Reader
from pages.portal.signing import Signing


class Kept(ui.element, component='kept.js'):
    """What this phone remembers over a change of language or a page it let go: ticks, and a signature begun."""

    def __init__(self, quote: str) -> None:
        super().__init__()
        self._props['name'], self._props['ticked'] = quote, []

    def keep(self, ticked: frozenset[UUID]) -> None:
        said = sorted(str(line_id) for line_id in ticked)
        if said != self._props['ticked']:
            self._props['ticked'] = said
            self.update()


class Deciding:
    """Draws the quote anew when it changes; ticks and sheets stay, since they belong to the reader."""

    def __init__(
        self, reader: Reader, entry: Entry, layer: ui.element, act: Callable[[str, str], Awaitable[None]]
    ) -> None:
        self.reader, self.entry, self.layer = reader, entry, layer
        self.view: QuoteView | None = None
        self.ticked: frozenset[UUID] = frozenset()
        self._act_on_the_page = act
        self.region = Region(act=self._act)
        self._box = self.region.parent_slot.parent if self.region.parent_slot else layer
        self._kept: Kept | None = None
        self._signing: Signing | None = None
        self._sheet: Sheet | None = None
        self._strokes: object = []  # of a sheet that was closed without confirming

    @property
    def grant(self) -> Grant:
        return self.entry.grant

    def show(self, view: QuoteView | None) -> None:
        """What is true now."""
        self.view = view
        if view is None:
            self.region.show(nothing_here(self.reader))
            return
        self.ticked &= view.optional
        if view.card.waits and self._kept is None:
            with self._box:
                self._kept = Kept(view.card.number)
            self._kept.on('ticked', lambda event: self._remembered(event.args))
            self._kept.on('unfinished', lambda: self._act('sign', ''), args=[])
        self._draw()

    async def quote(self) -> Quote:
        """The record, while the link that led here still lives: an open page is no proof of it."""
        if not await self.entry.holds():
            raise await self._why_over()
        quote = await self.grant.quotes().get_or_none(number=self.view.card.number if self.view else '')
        if quote is None:
            raise Refused('record_gone')
        return quote

    def left(self, strokes: object = None) -> None:
        """A sheet was closed; what had been drawn in it is there again when the next one opens."""
        self._sheet = self._signing = None
        self._strokes = strokes or self._strokes

    def close(self) -> None:
        """Whoever leaves the quote leaves its sheet; what was written in it is kept on the phone."""
        if self._sheet:
            self._sheet.leave()

    def _draw(self) -> None:
        assert self.view is not None
        self.region.show(quote_page(self.reader, self.view, self.ticked))
        if self._kept and not self._kept.is_deleted:
            self._kept.keep(self.ticked)
        if self._signing:
            self._signing.follow(self.view, self.ticked)

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'pay':
            await self._act_on_the_page(verb, reference)
        if self.view is None or not self.view.card.waits:
            return
        if verb == 'tick':
            self._tick(self.ticked ^ self._known([reference]))
        elif verb in ('sign', 'ask', 'decline') and await self.entry.holds():
            await self._open(verb)

    async def _open(self, verb: str) -> None:
        contact = await self.grant.contacts().order_by('position').first()
        if self.view is None or self._sheet is not None or self.region.is_deleted:
            return
        if verb == 'sign':
            name = contact.full_name if contact else ''
            self._signing = Signing(self.reader, self, self.view, self.ticked, name=name, strokes=self._strokes)
            self._sheet = self._signing.sheet
        elif verb == 'ask':
            self._sheet = ask(self.reader, self, self.view, contact)
        else:
            self._sheet = decline(self.reader, self)

    def _remembered(self, args: object) -> None:
        if isinstance(args, list) and not self.ticked:
            self._tick(self._known(args))

    def _known(self, references: list[str]) -> frozenset[UUID]:
        """Of what a browser names, the lines that may be ticked."""
        optional = self.view.optional if self.view else frozenset()
        return frozenset(line_id for line_id in optional if str(line_id) in references)

    def _tick(self, ticked: frozenset[UUID]) -> None:
        self.ticked = ticked
        if self.view:
            self._draw()

    async def _why_over(self) -> Refused:
        number = self.view.card.number if self.view else ''
        link = await PortalLink.get(id=self.grant.link_id)
        if link.end_reason is EndReason.ACCEPTED:
            return Refused('quote_accepted_already', number=number)
        expired = self.grant.scope is Scope.QUOTE and link.state(now()) is LinkState.EXPIRED
        return Refused('quote_expired' if expired else 'quote_not_open', number=number)
