"""A customer who owes much is suggested for access codes; somebody decides, never the program."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from htpy import Node, button, div, p, span

from app.live import Live, follow, live
from models import Business, CodePolicy, Customer, Invoice, Level, Module, outstanding_of
from pages.bind import bind
from pages.frame import Desk
from pages.parts.action import guarded
from pages.parts.region import Region


@dataclass(frozen=True, slots=True)
class Hint:
    """What is open and above which sum one is suggested; `off` while codes are switched off for all."""

    outstanding: Decimal
    limit: Decimal
    off: bool


async def code_hint(desk: Desk, customer_id: UUID) -> None:
    """The suggestion with its button, while it applies; only for whoever sees the sums and may act on it."""
    if not (desk.may(Module.INVOICES) and desk.may(Module.CUSTOMERS, Level.WRITE)):
        return

    async def act(verb: str, _reference: str) -> None:
        if verb == 'flag':
            actor = await desk.must(Module.CUSTOMERS, Level.WRITE)
            customer = await Customer.get(id=customer_id)
            await customer.amend(version=customer.version, by=actor, wants_code=True)
            desk.say(desk.w('portal_settings.hint.done'))

    shown = Region(act=guarded(desk, act)).mark('code-hint')
    await bind(live_hint(customer_id), lambda hint: shown.show(_drawn(desk, hint) if hint else None), shown)


def live_hint(customer_id: UUID) -> Live[Hint | None]:
    """None where there is nothing to suggest."""

    async def load() -> Hint | None:
        firm, customer = await Business.the(), await Customer.get(id=customer_id)
        if customer.wants_code or firm.code_policy is CodePolicy.EVERYONE:
            return None
        owed = await outstanding_of(customer_id)
        if owed <= firm.code_balance:
            return None
        return Hint(owed, firm.code_balance, firm.code_policy is CodePolicy.OFF)

    follows = [follow(Business), follow(Customer, id=customer_id), follow(Invoice, customer_id=customer_id)]
    return live(('code hint', customer_id), follows, load)


def _drawn(desk: Desk, hint: Hint) -> Node:
    w = desk.w
    limit = w.baht(hint.limit)
    return div('.card.suggestion')[
        span[
            p[w('portal_settings.hint.over', amount=w.baht(hint.outstanding), limit=limit)],
            p('.note')[w('portal_settings.hint.off')] if hint.off else None,
        ],
        button('.btn.ghost', type='button', data_do='flag')[w('portal_settings.hint.do')],
    ]
