"""The plain addresses of paying: the QR as a picture, and `I have paid` with its slip."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from nicegui import app as server

from app.qr_picture import qr_picture
from app.slips import LARGEST_FILE, slip_of
from app.words import Words, words
from models import Claim, Customer, CustomerKind, Grant, Invoice, Refused, SlipEntry, baht
from pages.parts.posted import body_of, of_our_own
from pages.parts.typed import amount_typed
from pages.portal.door import Entry, admitted
from pages.portal.pay_view import Chosen, PayView, chosen, pay_view, payable

ZERO = Decimal('0.00')


@server.get('/p/{token}/pay/{number}.png')
async def code_picture(
    token: str,
    number: str,
    *,
    entry: Annotated[Entry, Depends(admitted)],
    part: str = '',
    net: str = '',
    save: str = '',
) -> Response:
    """The QR for the balance at this moment; a picture that was saved stays payable, so it is never kept by a cache."""
    view = await pay_view(entry.grant, number)
    amount = (await _chosen(entry.grant, view, part, net)).sums(view)[0] if view else ZERO
    code = view.code(amount) if view else ''
    if not code:
        return Response(status_code=404)
    picture = await asyncio.to_thread(qr_picture, code, f'฿{amount:,.2f}', number)
    headers = {'cache-control': 'no-store', 'content-disposition': f'inline; filename="{number}.png"'}
    if save:
        headers['content-disposition'] = f'attachment; filename="{number}.png"'
    return Response(picture, media_type='image/png', headers=headers)


@server.post('/p/{token}/pay/{number}/claim')
async def claimed(
    request: Request,
    token: str,
    number: str,
    *,
    entry: Annotated[Entry, Depends(admitted)],
    key: UUID,
    amount: str = '',
    net: str = '',
    sure: str = '',
    amend: str = '',
) -> Response:
    """`I have paid`: the body is the slip, or nothing. Answers with a sentence where it is refused.

    `sure` is the amount for which it was pressed before, when it was said to be more than is owed; with `amend` the
    claim of that key is corrected.
    """
    if not of_our_own(request):
        return Response(status_code=403)
    w = words(entry.language)
    record = await payable(entry.grant, number)
    told = await entry.grant.claims().get_or_none(id=key, number=number) if amend else None
    if record is None or (amend and told is None):
        return Response(status_code=404)
    by = entry.grant.actor
    try:
        await Claim.count_try(by)
        paid = amount_typed(amount)
        slip = await _slip(request)
        if not await entry.holds():  # a slip takes its time to come and to be read
            return Response(status_code=403)
        withheld = await _withheld(record, paid) if net and isinstance(record, Invoice) else ZERO
        said: dict[str, Any] = {'amount': paid, 'withheld': withheld, 'by': by, 'slip': slip, 'sure': sure == amount}
        await (told.amend(**said) if told else Claim.make(record, key=key, **said))
    except Refused as refused:
        return _refusal(w, refused)
    return JSONResponse({})


def _refusal(w: Words, refused: Refused) -> Response:
    again = refused.reason == 'claim_more_than_owed'
    return JSONResponse({'sentence': w.refusal(refused), 'again': again}, 422)


async def _slip(request: Request) -> SlipEntry | None:
    """What was sent, read no further than a slip may be large. Raises Refused like `slip_of`."""
    content = await body_of(request, LARGEST_FILE)
    if content is None:
        raise Refused('slip_too_large')
    return await slip_of(content) if content else None


async def _chosen(grant: Grant, view: PayView, part: str, net: str) -> Chosen:
    try:
        typed = amount_typed(part) if part else None
    except Refused:
        typed = None
    return await chosen(grant, view, part=typed, net=bool(net))


async def _withheld(invoice: Invoice, received: Decimal) -> Decimal:
    """What was kept back, when this much arrives after it."""
    customer = await Customer.get(id=invoice.customer_id).only('id', 'kind')
    if customer.kind is not CustomerKind.COMPANY or invoice.balance <= 0:
        return ZERO
    share = await invoice.withholding_of(invoice.balance) / invoice.balance
    settled = min(invoice.balance, baht(received / (1 - share)))
    return max(ZERO, settled - received)
