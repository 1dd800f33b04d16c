"""Every way in, for every kind of link, in every state it can be in: one table, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
import time_machine
from httpx import Response
from nicegui import Client
from nicegui.testing import User

from models import (
    AccessCode,
    Business,
    Customer,
    Deposit,
    Document,
    Invoice,
    Method,
    Notice,
    PortalLink,
    PortalVisit,
    Presence,
    Quote,
    Scope,
    now,
)
from pages.parts.region import Region
from pages.portal.visitor import Seen
from tests.pages.events import all_done, send
from tests.world import KEYS, a_link, a_sent_quote, an_invoice, bo, nimman, ploy, today, typed

STATES = ('live', 'expired', 'ended', 'revoked', 'unknown', 'malformed')
ANSWERS = {'live': 200, 'expired': 410, 'ended': 410, 'revoked': 410, 'unknown': 404, 'malformed': 404}
# A customer's link is ended by no record: whoever archives a customer may leave the links alive, and then they live.
ENDED_BY_NOTHING = (Scope.CUSTOMER, 'ended')
SAID = {410: 'Request a new link', 404: 'This link is not valid'}


@dataclass(frozen=True, slots=True)
class Case:
    """A link of one scope, what it shows, and a phone that has had it open since it lived."""

    scope: Scope
    record: Customer | Quote | Invoice | Deposit
    link: PortalLink
    token: str
    paper: Document
    payable: str
    marks: tuple[str, ...]

    @property
    def inner(self) -> str:
        """Where the record stands within a customer's portal; a narrow link has it at its root."""
        return '/quotes' if self.scope is Scope.CUSTOMER else ''

    @property
    def files(self) -> dict[str, str]:
        """What else is fetched below its address: all papers as one archive, and the picture of what to pay."""
        qr = {} if self.scope is Scope.QUOTE else {f'pay/{self.payable}.png': 'image/png'}
        return {'papers.zip': 'application/zip', **qr}

    @property
    def pdf(self) -> bytes:
        return bytes(self.paper.content or b'')

    def read_from(self, text: str) -> list[str]:
        return [mark for mark in self.marks if mark in text]


@pytest.mark.parametrize('state', STATES)
@pytest.mark.parametrize('scope', Scope)
async def test_every_way_in_answers_as_its_link_stands(portal: User, scope: Scope, state: str) -> None:
    case = await a_case(scope)
    portal.http_client.headers['accept-language'] = 'en'
    phone = await portal.open(f'/p/{case.token}{case.inner}')
    await portal.should_see(case.marks[0])
    with come_to(state, case) as token:
        await end(case, state)
        answer = 200 if (scope, state) == ENDED_BY_NOTHING else ANSWERS[state]
        built = len(Client.instances)
        for path in ('', case.inner, '/jobs', '/privacy'):
            page = await portal.http_client.get(f'/p/{token}{path}')
            says(case, page, answer, path)
        assert (len(Client.instances) > built) is (answer == 200)
        paper = await portal.http_client.get(f'/p/{token}/papers/{case.paper.id}/{case.paper.number}.pdf')
        says(case, paper, answer, 'PDF')
        assert (paper.content == case.pdf) is (answer == 200)
        for name, kind in case.files.items():
            file = await portal.http_client.get(f'/p/{token}/{name}')
            assert (file.status_code, file.headers['content-type'] == kind) == (answer, answer == 200), name
            assert answer == 200 or not case.read_from(file.text), name
        await no_form_does_more_than_it_should(portal, case, token, answer)
        assert (await portal.http_client.head(f'/p/{token}')).status_code == answer
        if token == case.token:
            await events_of_the_open_page_do(case, phone, shows=answer == 200)


async def a_case(scope: Scope) -> Case:
    customer, firm = await nimman(), await Business.the()
    await firm.amend(version=firm.version, by=await bo(), promptpay_id='0812345678', promptpay_kind='mobile')
    quote, invoice = await a_sent_quote(customer), await an_invoice(customer)
    records: dict[Scope, Customer | Quote | Invoice] = {
        Scope.CUSTOMER: customer,
        Scope.QUOTE: quote,
        Scope.INVOICE: invoice,
    }
    record = records[scope] if scope in records else await its_deposit(quote)
    link, token = await a_link(record)
    shown = invoice if scope is Scope.INVOICE else quote
    paper = await Document.get(number=shown.number, kind__in=['Quote', 'Invoice'])
    await paper.keep(b'%PDF-1.7 the paper of this record')  # unless it has been set already
    paper = await Document.get(id=paper.id)
    return Case(
        scope,
        record,
        link,
        token,
        paper,
        str(record.number if isinstance(record, Deposit) else invoice.number),
        (str(shown.number), 'ARRI SkyPanel S60-C', 'Ploy', 'Nimman'),
    )


async def its_deposit(quote: Quote) -> Deposit:
    """What is to be paid once the quote is signed."""
    await quote.accept(version=1, signature=typed(), by=ploy())
    return await Deposit.get(quote_id=quote.id)


@contextmanager
def come_to(state: str, case: Case) -> Iterator[str]:
    """The moment at which the ways in are tried, and the token with which they are."""
    until = case.link.expires_at
    with time_machine.travel(until if state == 'expired' else now(), tick=True):
        yield {'unknown': KEYS.new_link_secret().token, 'malformed': case.token[:-1]}.get(state, case.token)


async def end(case: Case, state: str) -> None:
    if state == 'revoked':
        await case.link.revoke(by=await bo())
    elif state == 'ended' and isinstance(case.record, Quote):
        await case.record.decline(by=ploy())
    elif state == 'ended' and isinstance(case.record, Invoice):
        await case.record.void(reason='Sent by mistake', by=await bo())
    elif state == 'ended' and isinstance(case.record, Deposit):
        await case.record.collect(
            amount=case.record.amount, method=Method.CASH, collected_on=today(), key=uuid4(), by=await bo()
        )
    elif state == 'ended' and isinstance(case.record, Customer):
        await case.record.archive(revoke_links=False, by=await bo())


def says(case: Case, answered: Response, status: int, where: str) -> None:
    assert answered.status_code == status, where
    if status == 200:
        assert answered.content == case.pdf or 'Siam Light' in answered.text
        return
    assert SAID[status] in answered.text and 'Siam Light' in answered.text, where
    assert not case.read_from(answered.text), where


async def no_form_does_more_than_it_should(portal: User, case: Case, token: str, answer: int) -> None:
    for form in ('code', 'code/send', 'request'):
        posted = await portal.http_client.post(f'/p/{token}/{form}', data={'digits': '123456'})
        assert posted.status_code == (404 if answer == 404 else 303)
        assert not case.read_from(posted.text)
    assert not await AccessCode.exists()
    after = await portal.http_client.get(f'/p/{token}')
    assert after.status_code == answer and bool(case.read_from(after.text)) is (answer == 200)
    assert await Notice.filter(what='link_requested').exists() is (answer == 410)


async def events_of_the_open_page_do(case: Case, phone: Client, *, shows: bool) -> None:
    """Whatever a hostile page sends over a websocket that has been open since the link lived."""
    views = (await PortalLink.get(id=case.link.id)).views
    home, elsewhere = f'/p/{case.token}{case.inner}', f'/p/{case.token}/privacy'
    for args in (elsewhere, home, {'verb': 'open', 'ref': case.paper.number}, {}):
        async with all_done():
            for element in list(phone.elements.values()):
                if isinstance(args, str) or isinstance(element, Region | Seen):
                    send(phone, element, args)
    assert (await PortalLink.get(id=case.link.id)).views == views + shows
    assert await PortalVisit.filter(kind='View').count() == shows
    assert shows or not await Presence.exists()
    drawn = ''.join(element.html for element in phone.elements.values() if isinstance(element, Region))
    if shows:
        assert case.marks[0] in drawn
    else:
        assert not case.read_from(drawn)
