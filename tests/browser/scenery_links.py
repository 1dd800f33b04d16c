"""What the tour sees of links: how they end, the page that asks for a code in all its states, and all panels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.keys import keys
from models import (
    SYSTEM,
    Business,
    CodePolicy,
    ContactEntry,
    Customer,
    Module,
    Notice,
    PortalLink,
    Role,
    Staff,
    now,
)
from models.access_code import WRONG_IN_ALL
from tests.browser.scenery import Stop

# Of those who are asked for a code: how the page stands before them, and what their link is made to look like.
ASKED: dict[str, dict[str, Any]] = {
    'asks': {},
    'sent': {},
    'locked': {'codes_locked_until': timedelta(minutes=40), 'codes_wrong': 10},
    'locked for good': {'codes_wrong': WRONG_IN_ALL},
}
SENDS = {'sent': ('code.send',)}
MENU = '.register tbody tr:not(.over) .dots'  # the ••• of the first link that lives
ALOUD = '.register .dots[data-menu~="aloud"]:not([data-menu~="unlock"])'  # of one that asks for a code, not locked


async def furnish_links() -> None:
    """Customers who are asked for a code, a link in every state, and notices to be read."""
    owner = (await Staff.filter(role=Role.OWNER).order_by('id'))[0]
    firm = await Business.the()
    await firm.amend(version=firm.version, by=owner.actor, code_policy=CodePolicy.FLAGGED)
    for state, facts in ASKED.items():
        contact = ContactEntry('Somchai Rakdee', '081 234 5678', '', 'Khun Somchai', 'คุณสมชาย')
        link = await _of_somebody_flagged(f'Asked {state}', contact, owner)
        at = now()
        columns = {name: at + value if isinstance(value, timedelta) else value for name, value in facts.items()}
        if columns:
            await PortalLink.filter(id=link.id).update(**columns)
    without_phone = ContactEntry('Malee Jaidee', '', 'malee@asked.example', 'Khun Malee', 'คุณมาลี')
    await _of_somebody_flagged('Asked to call', without_phone, owner)
    for what in ('link_requested', 'code_locked'):
        where = {'customer_id': link.customer_id}
        await Notice.tell(what, module=Module.CUSTOMERS, owner_id=owner.id, by=SYSTEM, **where)


async def portal_link_stops() -> list[Stop]:
    """The code page in all its states, what has ended in every way, and what never was."""
    return [
        *[Stop(f'code {state}', await _door(f'Asked {state}'), SENDS.get(state, ())) for state in ASKED],
        Stop('code without a way out', await _door('Asked to call')),
        Stop('nothing at this address', '/nowhere'),
    ]


async def console_link_stops() -> list[Stop]:
    """The register with its panels, one link that somebody acts on, and the bell."""
    locked = await PortalLink.get(codes_wrong=WRONG_IN_ALL, revoked_at=None)
    return [
        Stop('link locked', f'/links/{locked.id}'),
        Stop('links audit', '/links', ('.register tbody .row-link',), wants='.audit'),
        Stop('links share', '/links', (MENU, 'register.do.share'), wants='.share .qr'),
        Stop('links ticked', '/links', ('.register thead input',), wants='.register-bar .btns .dim'),
        Stop('links renew', '/links', ('.register thead input', 'register.do.renew'), wants='.panel, .overlay'),
        Stop('links revoke many', '/links', ('.register thead input', 'register.do.revoke'), wants='.question'),
        Stop('links read aloud ask', '/links', (ALOUD, 'register.do.aloud'), wants='.question'),
        Stop('links read aloud', '/links', (ALOUD, 'register.do.aloud', 'register.aloud.yes'), wants='.digits'),
        Stop('bell', '/customers', ('.bell-button',), wants='.notices li'),
    ]


async def _of_somebody_flagged(name: str, contact: ContactEntry, owner: Staff) -> PortalLink:
    customer = await Customer.enrol(name=name, language='en', contacts=[contact], by=owner.actor)
    await Customer.filter(id=customer.id).update(wants_code=True)
    return await PortalLink.issue(customer, secret=keys().new_link_secret(), by=owner.actor)


async def _door(name: str) -> str:
    link = await PortalLink.get(customer_id=(await Customer.get(name=name)).id)
    assert link.cipher is not None
    return f'/p/{keys().link_token(link.cipher)}'
