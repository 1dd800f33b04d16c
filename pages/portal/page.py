"""The portal's one page: what frames the views, which view an address opens, and how all of it stays true."""

import asyncio
import copy
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.responses import Response
from htpy import Node
from nicegui import PageArguments, background_tasks, core, ui
from nicegui import app as server

from app.browsers import chat_of
from app.live import Live, follow, live
from app.words import words
from models import Business, Customer, DeviceRight, Grant, PortalLink, Scope, StaffSession, now
from pages.bind import bind, when_gone
from pages.parts.region import Region, first_screen
from pages.portal import deposits, documents, home, invoice_page, invoices, jobs, quotes, receipts
from pages.portal.deciding import Deciding
from pages.portal.door import Entry, TurnedAway, WayIn, choose_language, state_only, with_room
from pages.portal.filing import Filed, Filing, Sought
from pages.portal.frame import foot, header_bar, tab_bar
from pages.portal.pay import PaySheet, open_pay
from pages.portal.pieces import failed, nothing_here
from pages.portal.privacy import privacy_page
from pages.portal.quote_view import live_quote
from pages.portal.reader import Reader, logo
from pages.portal.visitor import Seen
from pages.theme import portal_head

log = logging.getLogger(__name__)

T = TypeVar('T')
Build = Callable[..., Awaitable[None]]

VIEWPORT = 'width=device-width, initial-scale=1, viewport-fit=cover'
PATIENCE = 10.0  # seconds for a view's first load, on a machine that has much to do
FAREWELL = 2.0  # seconds in which a page whose link has ended can still reload itself

server.add_exception_handler(TurnedAway, lambda _request, turned: turned.response)


@server.get('/p/{token}/language/{code}')
def language_chosen(request: Request, token: str, code: str) -> Response:
    return choose_language(request, token, code)


@server.get('/logo/{fingerprint}/{mode}')
async def firm_logo(fingerprint: str, mode: str) -> Response:
    """The address holds the picture's hash, so it can be kept for ever."""
    content = await logo(mode)
    if content is None:
        return Response(status_code=404)
    kind = 'image/png' if content.startswith(b'\x89PNG') else 'image/svg+xml'
    return Response(content, media_type=kind, headers={'cache-control': 'public, max-age=31536000, immutable'})


@ui.page('/p/{token}', viewport=VIEWPORT, response_timeout=PATIENCE + 1)
@ui.page('/p/{token}/{rest:path}', viewport=VIEWPORT, response_timeout=PATIENCE + 1)
async def portal(request: Request, token: str, entry: Annotated[Entry, Depends(with_room)]) -> None:
    whole, inside = entry.grant.scope is Scope.CUSTOMER, chat_of(entry.who.user_agent)
    reader = Reader(words(entry.language), entry.language, f'/p/{token}', entry.firm, whole, inside)
    await Portal(reader, entry).build(request.url.path)


# After the page: NiceGUI takes down whatever stood at a page's address before it.
@server.head('/p/{token}')
@server.head('/p/{token}/{rest:path}')
async def asked_only(request: Request, token: str) -> Response:
    return await state_only(token, request.client.host if request.client else '')


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of Home with a live view of its own, so that a change draws no more than this."""

    name: str
    view: Live[Any]
    draw: Callable[[Reader, Any], Node]


class Portal:
    """One open page; each of its views finds records through the grant and looks whether the link still lives."""

    def __init__(self, reader: Reader, entry: Entry) -> None:
        self.reader = reader
        self.entry = entry
        self.grant = entry.grant
        self.client = ui.context.client
        self.client.storage['link_id'] = self.grant.link_id
        self.ready = asyncio.Event()
        self.over = False
        self.sheet: PaySheet | None = None
        self._opening_sheet = False
        self._clock: asyncio.TimerHandle | None = None

    async def build(self, path: str) -> None:
        r, client = self.reader, self.client
        client.page = copy.copy(client.page)
        client.page.language = 'th' if r.language == 'th' else 'en-US'
        client.content.classes(replace='portal')
        ui.page_title(r.firm_name)
        ui.add_head_html(portal_head(r.firm))
        frame = Region(header_bar(r, path)).classes('head')
        views = ui.sub_pages(self._views(), root_path=r.root, show_404=False)
        Region(foot(r)).classes('foot')
        if r.whole:
            tabs = Region(tab_bar(r, path)).classes('tabs')
            client.sub_pages_router.on_path_changed(lambda path: tabs.show(tab_bar(r, path)))
        self.layer = ui.element('div').classes('layer')  # for sheets: above all views, and untouched by their changes
        Seen(self.grant.link_id, self.entry.who, self.entry.holds)
        client.on_connect(self._forget_what_was_served)
        client.on_delete(self._stop_clock)
        await bind(live_entry(self.entry), lambda way: self._watch(way, views), frame)
        async with asyncio.timeout(PATIENCE):
            await self.ready.wait()
        first_screen(client.content)

    def _forget_what_was_served(self) -> None:
        """The phone has it; kept for as long as the page is open, it is a tenth of what the page takes of memory."""
        self.client._head_html = self.client._body_html = ''

    def _views(self) -> dict[str, Callable[..., Any]]:
        of = self.grant
        if of.scope is Scope.QUOTE:
            only: dict[str, Build] = {'/': self._quote}
        elif of.scope is Scope.INVOICE:
            only = {'/': self._record(invoice_page.live_invoice, invoice_page.invoice_page)}
            # Found through the grant, which shows receipts only on the device that has the invoice paid.
            only['/receipts/{number}'] = self._record(receipts.live_receipt, receipts.receipt_page)
        else:
            only = self._whole()
        return {path: self._view(build) for path, build in (only | {'/privacy': self._privacy}).items()}

    def _whole(self) -> dict[str, Build]:
        return {
            '/': self._home,
            '/jobs': self._list(jobs.live_jobs, jobs.job_list),
            '/jobs/{number}': self._record(jobs.live_job, jobs.job_page),
            '/invoices': self._filing(invoices.live_invoices, invoices.invoice_list),
            '/invoices/{number}': self._record(invoice_page.live_invoice, invoice_page.invoice_page),
            '/receipts': self._filing(receipts.live_receipts, receipts.receipt_list),
            '/receipts/{number}': self._record(receipts.live_receipt, receipts.receipt_page),
            '/documents': self._filing(documents.live_papers, documents.paper_list),
            '/quotes': self._list(quotes.live_quotes, quotes.quote_list),
            '/quotes/{number}': self._quote,
            '/deposits': self._list(deposits.live_deposits, deposits.deposit_list),
            '/deposits/{number}': self._record(deposits.live_deposit, deposits.deposit_page),
        }

    def _view(self, build: Build) -> Callable[..., Any]:
        async def shown(args: PageArguments) -> None:
            try:
                with ui.element('div').classes('view') as box:
                    await self._shown_in(box, build, args)
            finally:
                self.ready.set()

        return shown

    async def _shown_in(self, box: ui.element, build: Build, args: PageArguments) -> None:
        try:
            if await self._ended():
                return
            if args.remaining_path:
                Region(nothing_here(self.reader))
            else:
                await build(**args.path_parameters)
        except Exception:
            log.exception('A view of the portal could not be drawn')
            if not box.is_deleted:
                box.clear()
                with box:
                    Region(failed(self.reader, f'{self.reader.root}{args.path}'.rstrip('/')))

    async def _home(self) -> None:
        r, of = self.reader, self.grant
        live_deposits = deposits.live_deposits(of)
        parts = [
            Part('greeted', home.live_greeted(of), home.hello),
            Part('quotes', quotes.live_quotes(of), quotes.waiting),
            Part('jobs', jobs.live_jobs(of), jobs.open_jobs),
            Part('invoices', invoices.live_owed(of), invoices.to_pay),
            Part('deposits', live_deposits, deposits.awaited),
            Part('held', live_deposits, deposits.held),
            Part('credit', home.live_credit(of), home.credit),
        ]
        regions = [Region(act=self._act) for _ in parts]
        quiet = Region()
        Region(home.quick_links(r))
        calm = home.Calm(len(parts))

        def show(part: Part, region: Region, value: Any) -> None:
            region.show(part.draw(r, value))
            calm.hear(part.name, value)
            quiet.show(home.all_caught_up(r, calm))

        def follow_part(part: Part, region: Region) -> Awaitable[None]:
            return bind(part.view, lambda value: show(part, region, value), region)

        await asyncio.gather(*(follow_part(part, region) for part, region in zip(parts, regions, strict=True)))

    def _list(self, view: Callable[[Grant], Live[T]], draw: Callable[[Reader, T], Node]) -> Build:
        async def build() -> None:
            region = Region(act=self._act)
            await bind(view(self.grant), lambda value: region.show(draw(self.reader, value)), region)

        return build

    def _filing(
        self,
        view: Callable[[Grant, Sought], Live[Filed[T]]],
        draw: Callable[[Reader, Filed[T], Sought], Node],
    ) -> Build:
        async def build() -> None:
            await Filing(self.reader, self.grant, view, draw, ended=self._ended, act=self._act).open()

        return build

    def _record(
        self, find: Callable[..., Awaitable[Live[T | None] | None]], draw: Callable[[Reader, T], Node]
    ) -> Build:
        async def build(**path: str) -> None:
            region = Region(act=self._act)
            found = await find(self.grant, *path.values())
            if found is None:
                region.show(nothing_here(self.reader))
                return
            await bind(found, lambda value: region.show(self._drawn(draw, value)), region)

        return build

    async def _quote(self, number: str = '') -> None:
        found = await live_quote(self.grant, number)
        if found is None:
            Region(nothing_here(self.reader))
            return
        deciding = Deciding(self.reader, self.entry, self.layer, self._act)
        when_gone(deciding.region, deciding.close)
        await bind(found, deciding.show, deciding.region)

    def _drawn(self, draw: Callable[[Reader, T], Node], value: T | None) -> Node:
        return nothing_here(self.reader) if value is None else draw(self.reader, value)

    async def _act(self, verb: str, reference: str) -> None:
        """What is pressed in a view; found through the link again, since anybody can send anything."""
        # A second tap, while a slow network kept the first, means the same sheet.
        if verb != 'pay' or self._opening_sheet:
            return
        self._opening_sheet = True
        try:
            if not await self._ended():
                if self.sheet:
                    self.sheet.leave()
                self.sheet = await open_pay(self.reader, self.entry, self.layer, reference)
        finally:
            self._opening_sheet = False

    async def _privacy(self) -> None:
        Region(privacy_page(self.reader))

    async def _ended(self) -> bool:
        """Asked at every step after the door, since an open page is no proof that its link still lives."""
        if self.ready.is_set() and not self.over:
            self.over = not await self.entry.holds()
        return self.over

    def _watch(self, way: WayIn | None, views: ui.sub_pages) -> None:
        """What let the visitor in was written anew: its end may be here, or nearer or further than it was."""
        if way is None:
            self._leave(views)
            return
        if way.grant != self.grant:  # signed or paid on this very device: it is shown what came of it as well
            self.grant = way.grant
            self.entry = replace(self.entry, grant=way.grant)
            views.refresh()
        # Nothing is written when a time is up, so the page looks at the clock itself.
        self._stop_clock()
        left = max(0.0, (way.until - now()).total_seconds())
        self._clock = asyncio.get_running_loop().call_later(left + 0.05, lambda: self._look_again(views))

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()

    def _look_again(self, views: ui.sub_pages) -> None:
        async def look() -> None:
            self._watch(await self.entry.way(), views)

        background_tasks.create(look(), name='look whether a link still lives')

    def _leave(self, views: ui.element) -> None:
        """Show no more and load again: the answer is then the page for links that have ended."""
        if self.client.is_deleted:
            return
        self.over = True
        views.clear()
        self.layer.clear()
        self.client.run_javascript('window.isLeaving = true; location.reload()')
        asyncio.get_running_loop().call_later(FAREWELL, self._hang_up)

    def _hang_up(self) -> None:
        """Who did not reload is cut off; NiceGUI forgets the page by itself when nobody comes back to it."""
        for socket_id in list(self.client._socket_to_document_id):
            background_tasks.create(core.sio.disconnect(socket_id), name='cut off a page whose link has ended')


def live_entry(entry: Entry) -> Live[WayIn | None]:
    """By which way this visitor is in, as far as somebody writes it down; None once there is none any more."""
    link_id, session_id = entry.grant.link_id, entry.who.session_id
    follows = [follow(PortalLink, id=link_id), follow(DeviceRight, link_id=link_id)]
    follows += [follow(Business), follow(Customer, id=entry.grant.customer_id)]  # whether a code is asked for
    if session_id:
        follows.append(follow(StaffSession, id=session_id))
    return live(('portal entry', link_id, entry.who.device_id, entry.grant.kept, session_id), follows, entry.way)
