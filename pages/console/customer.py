"""One customer: what is known of it, its records, its links, and what happened."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote as in_address
from uuid import UUID

from htpy import Node
from nicegui import ui

from models import Contact, Customer, Level, Module, PortalLink, now
from models.register import RegisteredLink
from pages.bind import bind, while_there
from pages.console import customer_sheet as sheet
from pages.console.code_hint import code_hint
from pages.console.customer_account import AccountScreen
from pages.console.customer_form import edit_customer
from pages.console.customer_view import CustomerView, RecordRow, live_customer, live_records
from pages.console.link_panels import link_menu, open_audit
from pages.console.personal import export, open_erasure
from pages.console.register_sheet import of_customer
from pages.frame import Build, Desk, console_page, inner_screens
from pages.parts.action import action, guarded
from pages.parts.bar import bar
from pages.parts.confirm import choose
from pages.parts.history import activity_list
from pages.parts.letters import letter_list
from pages.parts.link_panel import copy_portal_link, link_id_of, open_link_panel, open_revoke_panel
from pages.parts.link_rows import live_links
from pages.parts.listed import AT_ONCE, Listed, show_more
from pages.parts.more import More
from pages.parts.region import Region
from pages.parts.script import call
from pages.parts.table import LiveRegion


@console_page('/customers/{customer_id}', module=Module.CUSTOMERS, inner=True)
async def customer(desk: Desk, customer_id: UUID) -> None:
    known = await Customer.get(id=customer_id)
    page = CustomerPage(desk, known)
    await page.build()


class CustomerPage:
    """The head and the tabs stay, while the tab below is changed."""

    def __init__(self, desk: Desk, known: Customer) -> None:
        self.desk = desk
        self.known = known
        self.view = live_customer(known.id, desk.sees)

    async def build(self) -> None:
        desk, w, known = self.desk, self.desk.w, self.known
        with bar(desk, known.text(w.language)) as head:
            if desk.may(Module.CUSTOMERS, Level.WRITE):
                self._verbs()
        may = desk.may(Module.CUSTOMERS, Level.WRITE)

        def show(customer: CustomerView) -> None:
            head.show(sheet.head(w, customer, now()))
            if may:
                self._offer(customer)

        await bind(self.view, show, head, timely=True)
        self.tabs = Region()
        router = ui.context.client.sub_pages_router
        self._open_tab(router.current_path)
        while_there(self.tabs, router._path_changed_handlers, lambda: router.on_path_changed(self._open_tab))
        screens: dict[str, tuple[Module, Build]] = {'/': (Module.CUSTOMERS, self._overview)}
        for kind in ('quotes', 'jobs', 'invoices', 'deposits'):
            screens[f'/{kind}'] = (sheet.TABS[kind], partial(self._records, kind))
        screens['/account'] = (Module.INVOICES, self._account)
        screens |= {'/links': (Module.CUSTOMERS, self._links), '/activity': (Module.CUSTOMERS, self._activity)}
        await inner_screens(desk, screens)

    def _verbs(self) -> None:
        desk, w, known = self.desk, self.desk.w, self.known
        self.buttons = (
            action(desk, w('common.edit'), lambda: edit_customer(desk, known.id), tone='ghost'),
            action(desk, w('links.copy'), lambda: copy_portal_link(desk, known), tone='ghost'),
            action(desk, w('links.generate'), lambda: open_link_panel(desk, known), key='n'),
        )
        self.more = More(desk, self._chosen)

    def _offer(self, customer: CustomerView) -> None:
        """Nothing new for whom nothing is known of any more."""
        for button in self.buttons:
            button.set_visibility(not customer.erased_at)
        entries = {} if customer.erased_at else self._entries(customer)
        if self.desk.may(Module.CUSTOMERS, Level.MANAGE):
            entries['export'] = self.desk.w('personal.export')
            if not customer.erased_at:
                entries['erase'] = self.desk.w('personal.erase')
        self.more.offer(entries)

    def _entries(self, customer: CustomerView) -> dict[str, str]:
        w = self.desk.w
        offers = self.desk.may(Module.QUOTES, Level.WRITE) and not customer.archived
        entries = {'new-quote': w('quotes.new')} if offers else {}
        if self.desk.may(Module.INVOICES, Level.WRITE) and not customer.archived:
            entries['new-invoice'] = w('invoices.new')
        entries['revoke'] = w('links.revoke')
        if any(person.email for person in customer.contacts):
            entries['email'] = w('customers.email_them')
        return entries | (
            {'unarchive': w('customers.unarchive')} if customer.archived else {'archive': w('customers.archive')}
        )

    async def _chosen(self, what: str) -> None:
        desk, known = self.desk, self.known
        if what == 'new-quote':
            desk.go(f'/quotes/new/{known.id}')
        elif what == 'new-invoice':
            desk.go(f'/invoices/new/{known.id}')
        elif what == 'revoke':
            await open_revoke_panel(desk, known)
        elif what == 'email':
            await write_to(desk, known.id)
        elif what == 'archive':
            await archive(desk, known.id)
        elif what == 'unarchive':
            await unarchive(desk, known.id)
        elif what == 'export':
            await export(desk, known.id)
        elif what == 'erase':
            await open_erasure(desk, known.id)

    def _open_tab(self, path: str) -> None:
        if self.tabs.is_deleted:
            return
        parts = path.partition('?')[0].split('/')
        here = parts[3] if len(parts) > 3 else ''
        self.tabs.show(sheet.tabs(self.desk.w, self.known.id, self.desk.sees, here))

    async def _overview(self, desk: Desk) -> None:
        await code_hint(desk, self.known.id)
        region = Region()
        await bind(self.view, lambda customer: region.show(sheet.overview(desk.w, customer)), region)

    async def _records(self, kind: str, desk: Desk) -> None:
        shown = AT_ONCE

        async def act(verb: str, _reference: str) -> None:
            nonlocal shown
            if verb == 'more':
                await desk.must(sheet.TABS[kind], Level.READ)
                shown += AT_ONCE
                await listed.follow(live_records(self.known.id, kind, shown))

        def draw(rows: Listed[RecordRow]) -> Node:
            return [sheet.record_list(desk.w, kind, rows.rows), show_more(desk.w, rows.left)]

        listed: LiveRegion[Listed[RecordRow]] = LiveRegion(draw, guarded(desk, act))
        await listed.follow(live_records(self.known.id, kind, shown))

    async def _account(self, desk: Desk) -> None:
        await AccountScreen(desk, self.known.id).open()

    async def _links(self, desk: Desk) -> None:
        async def act(verb: str, reference: str) -> None:
            if verb == 'audit':
                await open_audit(desk, link_id_of(reference))

        region = Region(act=guarded(desk, act))
        link_menu(desk)
        may = [module for module in desk.sees if desk.may(module, Level.WRITE)]

        def show(rows: tuple[RegisteredLink, ...]) -> None:
            region.show(of_customer(desk.w, rows, may, now()))

        await bind(live_links(self.known, desk.sees), show, region, timely=True)

    async def _activity(self, desk: Desk) -> None:
        with ui.element('div').classes('stacked'):
            await letter_list(desk, self.known)
            await activity_list(desk, customer_id=self.known.id)


async def archive(desk: Desk, customer_id: UUID) -> None:
    """`Archive`: asks what becomes of the links; those left alive keep working."""
    w = desk.w
    await desk.must(Module.CUSTOMERS, Level.WRITE)
    living = await PortalLink.filter(
        customer_id=customer_id, revoked_at=None, ended_at=None, expires_at__gt=now()
    ).count()
    plain = {'keep': (w('customers.archive'), '')}
    asked = {'revoke': (w('customers.archive_revoke'), 'bad'), 'keep': (w('customers.archive_keep'), 'ghost')}
    text = w('customers.archive_links', count=living) if living else w('customers.archive_text')
    answer = await choose(desk, w('customers.archive_ask'), text, asked if living else plain)
    if not answer:
        return
    actor = await desk.must(Module.CUSTOMERS, Level.WRITE)
    await (await Customer.get(id=customer_id)).archive(revoke_links=answer == 'revoke', by=actor)
    desk.say(w('customers.is_archived'))


async def unarchive(desk: Desk, customer_id: UUID) -> None:
    """Back into the daily list."""
    actor = await desk.must(Module.CUSTOMERS, Level.WRITE)
    await (await Customer.get(id=customer_id)).unarchive(by=actor)
    desk.say(desk.w('customers.is_unarchived'))


async def write_to(desk: Desk, customer_id: UUID) -> None:
    """`Email`: the person's own mail program, addressed to the first contact who has an address."""
    await desk.must(Module.CUSTOMERS, Level.READ)
    contacts = await Contact.filter(customer_id=customer_id).exclude(email='').order_by('position')
    if contacts:
        with desk.layer:
            call('(address) => { location.href = address }', f'mailto:{in_address(contacts[0].email)}')
