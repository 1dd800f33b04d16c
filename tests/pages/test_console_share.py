"""The share sheet: to whom it is written, and every way in which the address leaves it on record."""

from __future__ import annotations

from nicegui import events
from nicegui.testing import User

from models import Activity, Contact, ContactEntry, PortalLink
from pages.parts.region import Region
from pages.parts.row_menu import RowMenu
from tests.pages.work import counter, misses, sees, sit_down, tap
from tests.world import a_link, a_stranger, nimman

__all__ = ['counter']


def share(user: User, link: PortalLink) -> None:
    """Take `Share…` from the ••• of this row."""
    assert user.client
    [menu] = [one for one in user.client.elements.values() if isinstance(one, RowMenu)]
    said = {'key': 'share', 'ref': str(link.id)}
    [listener] = [one for one in menu._event_listeners.values() if one.type == 'choose']
    with user.client:
        events.handle_event(listener.handler, events.GenericEventArguments(sender=menu, client=user.client, args=said))


def drawn(user: User) -> str:
    assert user.client
    return ''.join(one.html for one in user.client.elements.values() if isinstance(one, Region))


async def test_every_way_out_of_the_share_sheet_is_on_record(counter: User) -> None:
    await sit_down(counter)
    link, _ = await a_link(await nimman())
    await counter.open('/links')
    await sees(counter, 'Nimman Film')
    share(counter, link)
    await sees(counter, 'QR code of the link')
    assert {line.what for line in await Activity.filter(what__startswith='link_')} == {'link_issued', 'link_shown'}
    for way in ('line', 'mail', 'sms'):
        tap(counter, way)
    await counter.open(f'/customers/{link.customer_id}/activity')
    for said in ('shown for sharing', 'shared by LINE', 'shared by E-mail', 'shared by SMS'):
        await sees(counter, f'Portal link {link.public_id} {said}' if 'shared' in said else said)
    assert {line.facts['way'] for line in await Activity.filter(what='link_shared')} == {'line', 'mail', 'sms'}


async def test_what_is_shared_goes_to_whom_the_link_is_for_or_to_whom_the_clerk_chooses(counter: User) -> None:
    await sit_down(counter)
    contacts = [
        ContactEntry('Ploy Rattanakul', '081 234 5678', 'ploy@nimman.test', 'Khun Ploy'),
        ContactEntry('Somchai Dee', '', 'somchai@nimman.test', 'Khun Somchai', role='Accounting'),
    ]
    customer = await nimman(contacts=contacts)
    link, token = await a_link(customer, note='for khun somchai')
    await counter.open('/links')
    share(counter, link)
    await sees(counter, 'Share: Everything · for khun somchai · Nimman Film Co., Ltd.')
    await sees(counter, 'Hello Khun Somchai, here is your own page')
    await sees(counter, 'No telephone number of Khun Somchai is known')
    assert 'href="mailto:somchai%40nimman.test?' in drawn(counter)
    primary = await Contact.get(customer_id=customer.id, position=0)
    tap(counter, 'to', str(primary.id))
    await sees(counter, 'Hello Khun Ploy, here is your own page')
    await misses(counter, 'No telephone number')
    assert 'href="mailto:ploy%40nimman.test?' in drawn(counter)
    assert 'href="sms:0812345678?' in drawn(counter)
    stranger = await a_stranger()
    tap(counter, 'to', str((await Contact.get(customer_id=stranger.id)).id))
    await sees(counter, 'not there any more')
    await sees(counter, token)
