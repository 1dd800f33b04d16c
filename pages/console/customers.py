"""Customers."""

from __future__ import annotations

from models import Module
from pages.frame import Desk, console_page
from pages.parts.bar import bar


@console_page('/customers', module=Module.CUSTOMERS)
async def customers(desk: Desk) -> None:
    bar(desk, desk.w('console.customers'), hint='Search', search=lambda text: print(text))
