"""Deposits: asked for, held, given back, and what was kept and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from htpy import Node, a, div, p, section, span

from app.live import Live, follow, live
from models import Claim, Deposit, DepositKept, DepositMove, DepositStatus, Document, Grant, Quote
from pages.portal.deposit_ledger import LedgerLine, ledger, ledger_of
from pages.portal.documents import Paper, papers_about, papers_here
from pages.portal.paying import Claimed, claimed, pay_button, payment_ways, told_of, waiting_words
from pages.portal.pieces import amounts, card, cards, chip, contact_us, empty, facts, heading, top
from pages.portal.reader import Reader
from pages.portal.scope import mine

TONE = {
    DepositStatus.PENDING: 'warn',
    DepositStatus.PARTIALLY_HELD: 'warn',
    DepositStatus.HELD: 'acc',
    DepositStatus.RETURNED: 'good',
    DepositStatus.PARTIALLY_RETURNED: '',
    DepositStatus.FORFEITED: 'bad',
}


@dataclass(frozen=True, slots=True)
class DepositCard:
    number: str
    status: DepositStatus
    amount: Decimal
    awaited: Decimal
    held: Decimal
    returned: Decimal
    kept: Decimal
    requested_on: date
    quote: str
    title: str
    title_th: str
    waived: bool

    @classmethod
    def of(cls, deposit: Deposit, quote: Quote | None) -> DepositCard:
        return cls(
            deposit.number, deposit.status, deposit.amount, deposit.awaited, deposit.held, deposit.returned,
            deposit.kept, deposit.requested_on, quote.number if quote else '', quote.title if quote else '',
            quote.title_th if quote else '', deposit.waived_at is not None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DepositView:
    card: DepositCard
    lines: tuple[LedgerLine, ...]
    claimed: tuple[Claimed, ...]
    papers: tuple[Paper, ...]


def live_deposits(grant: Grant) -> Live[tuple[DepositCard, ...]]:
    """All deposits of this customer, the newest first."""

    async def load() -> tuple[DepositCard, ...]:
        titles = {quote.id: quote for quote in await grant.quotes()}
        found = await grant.deposits().order_by('-number')
        return tuple(DepositCard.of(deposit, titles.get(deposit.quote_id)) for deposit in found)

    return live((*mine(grant), 'deposits'), [follow(Deposit, customer_id=grant.customer_id)], load)


async def live_deposit(grant: Grant, number: str) -> Live[DepositView | None] | None:
    """The deposit of this number, if this link shows it."""
    found = await grant.deposits().filter(number=number).first()
    if found is None:
        return None
    deposit_id = found.id

    async def load() -> DepositView | None:
        deposit = await grant.deposits().get_or_none(id=deposit_id)
        return await _view(grant, deposit) if deposit else None

    follows = [
        follow(Deposit, id=deposit_id),
        follow(DepositMove, deposit_id=deposit_id),
        follow(DepositKept, deposit_id=deposit_id),
        follow(Claim, deposit_id=deposit_id),
        follow(Document, customer_id=grant.customer_id),
    ]
    return live((*mine(grant), 'deposit', deposit_id), follows, load)


def awaited(r: Reader, deposits: tuple[DepositCard, ...]) -> Node:
    """On Home: deposits still to be paid."""
    waiting_ones = [deposit for deposit in deposits if deposit.awaited > 0]
    title = heading(r, r.w('portal.deposits_to_pay'), '/deposits', r.w('portal.all_deposits'))
    return cards(title, (_awaited_card(r, deposit) for deposit in waiting_ones))


def held(r: Reader, deposits: tuple[DepositCard, ...]) -> Node:
    """On Home: what the firm holds of the customer's money."""
    kept_ones = [deposit for deposit in deposits if deposit.held > 0]
    title = heading(r, r.w('portal.deposits_held'), '/deposits', r.w('portal.all_deposits'))
    return cards(title, (deposit_card(r, deposit) for deposit in kept_ones))


def deposit_list(r: Reader, deposits: tuple[DepositCard, ...]) -> Node:
    title = top(r, '', r.w('portal.home'), r.w('portal.deposits'))
    if not deposits:
        return [title, empty('deposits', r.w('portal.no_deposits'), r.w('portal.no_deposits_text'))]
    return [title, section[[deposit_card(r, deposit) for deposit in deposits]]]


def deposit_card(r: Reader, deposit: DepositCard) -> Node:
    return card(
        r,
        f'/deposits/{deposit.number}',
        div('.row')[status(r, deposit), span('.ref')[deposit.number]],
        div('.about')[r.w.pick(deposit.title, deposit.title_th)] if deposit.title else None,
        div('.row.sum')[span('.amount.small')[r.w.baht(_said(deposit))], span('.ref')[_of(r, deposit)]],
        key=f'deposit-{deposit.number}',
    )


def status(r: Reader, deposit: DepositCard) -> Node:
    if deposit.waived and deposit.status in (DepositStatus.PENDING, DepositStatus.PARTIALLY_HELD):
        return chip('', r.w('portal.deposit_status.waived'))
    return chip(TONE[deposit.status], r.w(f'portal.deposit_status.{deposit.status.name.lower()}'))


def deposit_page(r: Reader, deposit: DepositView) -> Node:
    card_, w = deposit.card, r.w
    quote = w.pick(card_.title, card_.title_th)
    return [
        top(r, '/deposits', w('portal.deposits'), card_.number),
        div('.card')[
            div('.row')[status(r, card_), span('.ref')[w('portal.asked_on', day=w.day(card_.requested_on))]],
            div('.row.sum')[span('.amount')[w.baht(card_.awaited or _said(card_))]],
            p('.sub')[w('portal.refundable')],
            waiting_words(r, deposit.claimed) if card_.awaited > 0 else None,
            pay_button(r, card_.number, told=told_of(deposit.claimed, card_.awaited)) if card_.awaited > 0 else None,
            amounts(
                r,
                [
                    (w('portal.deposit_amount'), card_.amount, ''),
                    (w('portal.held_by_us'), card_.held or None, 'strong'),
                    (w('portal.returned'), card_.returned or None, 'strong'),
                    (w('portal.kept'), card_.kept or None, ''),
                ],
            ),
        ],
        payment_ways(r, card_.number, card_.awaited) if card_.awaited > 0 else None,
        papers_here(r, deposit.papers, f'/deposits/{card_.number}'),
        ledger(r, deposit.lines),
        section[
            div('.card')[
                facts([(w('portal.quote'), a(href=r.at(f'/quotes/{card_.quote}'))[quote] if card_.quote else None)])
            ]
        ]
        if card_.quote
        else None,
        contact_us(r, card_.number),
    ]


async def _view(grant: Grant, deposit: Deposit) -> DepositView:
    quote = await grant.quotes().get_or_none(id=deposit.quote_id)
    return DepositView(
        card=DepositCard.of(deposit, quote),
        lines=await ledger_of(grant, deposit),
        claimed=await claimed(grant, deposit.number),
        papers=await papers_about(grant, deposit_id=deposit.id),
    )


def _said(deposit: DepositCard) -> Decimal:
    """The sum that tells most: what is held, else what was given back, else what was asked for."""
    return deposit.held or deposit.returned or deposit.amount


def _of(r: Reader, deposit: DepositCard) -> str:
    return r.w('portal.of', amount=r.w.baht(deposit.amount)) if _said(deposit) != deposit.amount else ''


def _awaited_card(r: Reader, deposit: DepositCard) -> Node:
    path = r.at(f'/deposits/{deposit.number}')
    part = r.w('portal.of', amount=r.w.baht(deposit.amount)) if deposit.awaited != deposit.amount else ''
    return div('.card', id=f'awaited-{deposit.number}')[
        a('.cover', href=path)[
            div('.row')[status(r, deposit), span('.ref')[deposit.number]],
            div('.about')[r.w.pick(deposit.title, deposit.title_th)] if deposit.title else None,
            div('.row.sum')[span('.amount')[r.w.baht(deposit.awaited)], span('.ref')[part]],
        ],
        pay_button(r, deposit.number),
    ]
