"""Deposits: who was asked for one, what is held, what went back."""

from __future__ import annotations

from models import DepositStatus, Module
from pages.console.deposit_sheet import deposit_list
from pages.console.deposit_view import DepositRow, live_deposits
from pages.console.listing import Listing
from pages.frame import Desk, console_page


@console_page('/deposits', module=Module.INVOICES)
async def deposits(desk: Desk) -> None:
    listing: Listing[DepositRow, DepositStatus] = Listing(desk, 'deposits', DepositStatus, live_deposits, deposit_list)
    await listing.open()
