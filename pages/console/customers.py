"""Customers: the list with its search."""

from __future__ import annotations

from htpy import Node, button

from models import Level, Module, now
from pages.console.customer_form import new_customer
from pages.console.customer_sheet import customer_list, no_customers
from pages.console.customer_view import CustomerRow, live_customers
from pages.frame import Desk, console_page
from pages.parts.action import action, guarded
from pages.parts.bar import bar
from pages.parts.listed import AT_ONCE, Listed, show_more
from pages.parts.region import Region
from pages.parts.table import LiveRegion


@console_page('/customers', module=Module.CUSTOMERS)
async def customers(desk: Desk) -> None:
    listing = CustomerList(desk)
    w = desk.w
    with bar(desk, w('console.customers'), hint=w('customers.search'), search=listing.search):
        listing.archived_switch()
        if desk.may(Module.CUSTOMERS, Level.WRITE):
            action(desk, w('customers.new'), lambda: new_customer(desk), key='n')
    await listing.show()


class CustomerList:
    """What is sought, and the table that shows what was found."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.text = ''
        self.archived = False
        self.most = AT_ONCE
        self.switch: Region
        self.listed: LiveRegion[Listed[CustomerRow]] | None = None

    def archived_switch(self) -> None:
        self.switch = Region(self._switch(), guarded(self.desk, self._act))

    async def show(self) -> None:
        if self.listed is None:
            self.listed = LiveRegion(self._draw, guarded(self.desk, self._act), timely=True)
        # The role may have changed since the screen was opened.
        await self.desk.must(Module.CUSTOMERS, Level.READ)
        desk = self.desk
        found = live_customers(desk.sees, self.text, desk.w.language, archived=self.archived, most=self.most)
        await self.listed.follow(found)

    async def search(self, text: str) -> None:
        self.text, self.most = text, AT_ONCE
        await self.show()

    async def _act(self, verb: str, _reference: str) -> None:
        if verb == 'archived':
            self.archived = not self.archived
            self.switch.show(self._switch())
        elif verb == 'more':
            self.most += AT_ONCE
        else:
            return
        await self.show()

    def _switch(self) -> Node:
        label = self.desk.w('customers.show_archived')
        return button('.btn.opt', type='button', data_do='archived', aria_pressed=str(self.archived).lower())[label]

    def _draw(self, listed: Listed[CustomerRow]) -> Node:
        w = self.desk.w
        nothing = no_customers(w, sought=bool(self.text))
        return [
            customer_list(w, listed.rows, self.desk.sees, now(), nothing),
            show_more(w, listed.left, shown=len(listed.rows)),
        ]
