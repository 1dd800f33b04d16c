"""The portal links of the demo: at every start there is one of each kind to open, in each language."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import TypedDict

from app.demo.goods import DELIVERY, SKYPANEL
from app.demo.telling import clock_at
from app.keys import BASE58, TOKEN_LENGTH, keys
from app.words import LANGUAGES
from models import (
    OPEN,
    SYSTEM,
    Customer,
    Deposit,
    Invoice,
    LinkSecret,
    LinkState,
    PortalLink,
    Quote,
    QuoteEntry,
    QuoteStatus,
    Refused,
    Scope,
    bangkok_day,
    now,
    one_change,
)

# A deposit has a link once somebody copies it.
TO_TRY = (Scope.CUSTOMER, Scope.QUOTE, Scope.INVOICE)
LONG_AGO = timedelta(days=45)  # a link made then has ended by itself


class DemoLink(TypedDict):
    """A link as `demo.json` tells of it; `record` is a number, or the customer's name."""

    scope: str
    record: str
    customer: str
    language: str
    state: str
    url: str


async def renew_links(ran_out: Iterable[PortalLink] = ()) -> None:
    """For links that ran out since the last start new ones; and one of each kind, whatever people did to the others."""
    async with one_change():
        for link in ran_out:
            await _follow(link)
        known = {(link.scope, link.customer.language, link.state(now())) for link in await _readable_links()}
        for language in LANGUAGES:
            for scope in TO_TRY:
                if (scope, language, LinkState.LIVE) not in known:
                    await _make(scope, await _customer(language))
        if not any(state is LinkState.EXPIRED for _, _, state in known):
            with clock_at(now() - LONG_AGO):
                await _make(Scope.CUSTOMER, await _customer('th'))
        if not await PortalLink.find(secret_of_the_revoked().digest):
            await issue_and_revoke()


async def demo_links(base_url: str) -> list[DemoLink]:
    """All that can be opened and those that cannot any more, the best to begin with first."""
    at = now()
    states = (LinkState.LIVE, LinkState.EXPIRED)
    found = [(link, token_of(link)) for link in await _readable_links() if link.state(at) in states]
    secret = secret_of_the_revoked()
    if revoked := await PortalLink.filter(digest=secret.digest).select_related('customer').first():
        found.append((revoked, secret.token))
    scopes = list(Scope)
    found.sort(
        key=lambda pair: (
            pair[0].state(at) is not LinkState.LIVE,
            scopes.index(pair[0].scope),
            pair[0].customer.code,
            pair[0].note != '',
        )
    )
    numbers = {quote.id: quote.number for quote in await Quote.all().only('id', 'number')}
    numbers |= {bill.id: bill.number or '' for bill in await Invoice.all().only('id', 'number')}
    numbers |= {deposit.id: deposit.number for deposit in await Deposit.all().only('id', 'number')}
    return [
        DemoLink(
            scope=link.scope.value,
            record=numbers.get(link.deposit_id or link.quote_id or link.invoice_id or link.id, link.customer.name),
            customer=link.customer.name,
            language=link.customer.language,
            state=link.state(at).value,
            url=f'{base_url}/p/{token}',
        )
        for link, token in found
    ]


async def issue_and_revoke(customer: Customer | None = None) -> None:
    """The link that was revoked: as its secret is erased then, it is one that can be worked out again."""
    link = await PortalLink.issue(
        customer or await _customer('th'), secret=secret_of_the_revoked(), by=SYSTEM, note='old phone'
    )
    await link.revoke(by=SYSTEM)


def secret_of_the_revoked() -> LinkSecret:
    """Drawn from the installation's own secret; good for nothing, for the link is revoked as soon as it is made."""
    drawn = int.from_bytes(keys().derive('revoked link of the demo'))
    token = ''.join(BASE58[drawn // len(BASE58) ** place % len(BASE58)] for place in range(TOKEN_LENGTH))
    return LinkSecret(token, keys().link_digest(token), keys().new_link_secret().cipher)


def token_of(link: PortalLink) -> str:
    return (keys().link_token(link.cipher) if link.cipher else None) or ''


async def _readable_links() -> list[PortalLink]:
    links = await PortalLink.filter(cipher__not_isnull=True).select_related('customer').order_by('-id')
    return [link for link in links if token_of(link)]


async def _customer(language: str) -> Customer:
    """Somebody who speaks it; of those whom the demo began with, the first."""
    return (await Customer.filter(language=language).order_by('archived_at', 'id').limit(1))[0]


async def _follow(link: PortalLink) -> None:
    """A new link to what the old one led to, unless that has been answered or paid, or there is a newer one."""
    kinds: dict[Scope, type[Customer] | type[Quote] | type[Invoice] | type[Deposit]]
    kinds = {Scope.CUSTOMER: Customer, Scope.QUOTE: Quote, Scope.INVOICE: Invoice, Scope.DEPOSIT: Deposit}
    record_id = link.deposit_id or link.quote_id or link.invoice_id or link.customer_id
    record = await kinds[link.scope].get(id=record_id)
    newer = PortalLink.of(record).filter(note=link.note, ended_at=None, revoked_at=None, expires_at__gt=now())
    if await newer.exists():
        return
    with suppress(Refused):
        await PortalLink.issue(record, secret=keys().new_link_secret(), by=SYSTEM, note=link.note)


async def _make(scope: Scope, customer: Customer) -> None:
    secret = keys().new_link_secret()
    record: Customer | Quote | Invoice
    if scope is Scope.CUSTOMER:
        record = customer
    elif scope is Scope.QUOTE:
        record = await _open_quote(customer)
    else:
        record = await _open_invoice(customer)
    await PortalLink.issue(record, secret=secret, by=SYSTEM)


async def _open_quote(customer: Customer) -> Quote:
    """One that waits for a signature; if people have answered all of them, another."""
    at = now()
    waiting = await Quote.filter(customer__language=customer.language, status=QuoteStatus.SENT).order_by('id')
    for quote in waiting:
        if quote.status_at(at) is QuoteStatus.SENT:
            return quote
    start, end = bangkok_day(at) + timedelta(days=10), bangkok_day(at) + timedelta(days=12)
    entry = QuoteEntry(
        job_start=start,
        job_end=end,
        lines=(SKYPANEL.line(2, start, end), DELIVERY.line(1, start, end)),
        title='Three more days of light',
        title_th='เช่าไฟเพิ่ม 3 วัน',
        deposit=Decimal(10000),
    )
    quote = await Quote.draft(customer, entry, by=SYSTEM)
    await quote.send(secret=keys().new_link_secret(), by=SYSTEM, mail=False)
    return quote


async def _open_invoice(customer: Customer) -> Invoice:
    """One that waits for its money; if people have paid all of them, another."""
    waiting = await Invoice.filter(customer__language=customer.language, status__in=OPEN).order_by('id').limit(1)
    if waiting:
        return waiting[0]
    today = bangkok_day(now())
    invoice = await Invoice.draft(customer, lines=[SKYPANEL.line(1, today, today)], by=SYSTEM)
    await invoice.issue(by=SYSTEM)
    return invoice
