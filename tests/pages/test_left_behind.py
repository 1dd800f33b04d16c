"""A page that was left leaves nothing behind: the house serves for months, and every page weighs."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable
from typing import Any

from nicegui.testing import User

from models import Stage
from pages.frame import SCREENS
from tests.pages.conftest import portal
from tests.pages.work import counter, sit_down, until
from tests.world import a_draft, a_held_deposit, a_job, a_link, a_sent_quote, an_invoice, nimman, pay

__all__ = ['counter', 'portal']


async def nothing_is_held_after_leaving(user: User, paths: Iterable[str]) -> None:
    """Once what was under way when a tab was closed has come to its end."""
    pages = {path: await _left(user, path) for path in paths}

    def held() -> dict[str, list[str]]:
        gc.collect()
        still = {
            path: sorted({type(one()).__name__ for one in page if one() is not None}) for path, page in pages.items()
        }
        return {path: kinds for path, kinds in still.items() if kinds}

    await until(lambda: not held(), lambda: f'held: {held()}')


async def _left(user: User, path: str) -> list[weakref.ref[Any]]:
    """The page and all that stood on it."""
    client = await user.open(path)
    page = [weakref.ref(one) for one in (client, *client.elements.values())]
    client.delete()
    user.client = None
    return page


async def test_no_screen_of_the_console_is_held_after_it_was_left(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    invoice, draft = await an_invoice(customer), await a_draft(customer)
    link, _ = await a_link(customer)
    known = {
        '/customers/{customer_id}': customer.id,
        '/deposits/{number}': (await a_held_deposit(customer)).number,
        '/invoices/{reference}': invoice.number,
        '/invoices/{reference}/edit': invoice.number,
        '/invoices/new/{customer_id}': customer.id,
        '/jobs/{number}': (await a_job(customer, Stage.ON_SITE)).number,
        '/links/{link_id}': link.id,
        '/quotes/{number}': draft.number,
        '/quotes/{number}/edit': draft.number,
        '/quotes/new/{customer_id}': customer.id,
    }
    paths = [
        f'{path.partition("{")[0]}{known[path]}{path.partition("}")[2]}' if '{' in path else path for path in SCREENS
    ]
    await nothing_is_held_after_leaving(counter, paths)


async def test_no_page_of_the_portal_is_held_after_it_was_left(portal: User) -> None:
    customer = await nimman()
    quote, invoice = await a_sent_quote(customer), await an_invoice(customer)
    await pay(invoice, 50_000)
    job = await a_job(customer, Stage.ON_SITE)
    roots = [f'/p/{(await a_link(record))[1]}' for record in (customer, quote, invoice)]
    views = ['/jobs', f'/jobs/{job.number}', '/invoices', f'/invoices/{invoice.number}', '/receipts', '/documents']
    paths = [*roots, *(roots[0] + view for view in [*views, f'/quotes/{quote.number}'])]
    await nothing_is_held_after_leaving(portal, paths)
