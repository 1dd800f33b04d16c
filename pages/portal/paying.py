"""How to pay: the button that opens the sheet, where the money goes, and what was said to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from htpy import Node, a, b, button, div, h2, p, section, small, span

from models import ClaimState, Grant
from pages.portal.reader import Reader

if TYPE_CHECKING:
    from pages.portal.pay_view import ClaimView


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the customer said to have paid, and that waits."""

    amount: Decimal
    withheld: Decimal
    at: datetime


async def claimed(grant: Grant, number: str) -> tuple[Claimed, ...]:
    told = grant.claims().filter(number=number, state=ClaimState.WAITING).order_by('claimed_at')
    return tuple(Claimed(claim.amount, claim.withheld, claim.claimed_at) for claim in await told)


def pay_button(r: Reader, number: str, *, told: bool = False) -> Node:
    """Opens the pay sheet. A button: it may be tapped before the application is there, and is answered then.

    Quiet once all was `told` to be paid: nobody is to pay it twice.
    """
    text = r.w('pay.button') if r.firm.promptpay_ending else r.w('pay.button_other')
    return button('.btn.ghost' if told else '.btn', type='button', data_do='pay', data_ref=number)[text]


def told_of(waiting: Iterable[Claimed | ClaimView], owed: Decimal) -> bool:
    """Whether all that is owed was said to be paid, and waits to be confirmed."""
    return 0 < owed <= sum(claim.amount + claim.withheld for claim in waiting)


def waiting_words(r: Reader, claims: tuple[Claimed, ...]) -> Node:
    return [
        p('.claimed', role='status')[
            b[r.w('pay.waiting')],
            ' ',
            r.w('pay.waiting_text', amount=r.w.baht(claim.amount), moment=r.w.moment(claim.at)),
        ]
        for claim in claims
    ]


def payment_ways(r: Reader, number: str, amount: Decimal) -> Node:
    """The firm's account and PromptPay, and what to name so that the money finds its document."""
    firm, w = r.firm, r.w
    promptpay = w(f'portal.promptpay.{firm.promptpay_kind or "other"}', ending=firm.promptpay_ending)
    known = bool(firm.bank_accounts.strip() or firm.promptpay_ending)
    return section(id='pay')[
        h2[span[w('portal.how_to_pay')]],
        div('.card')[
            div('.kv')[
                div('.row')[span[w('portal.amount')], b('.n')[w.baht(amount)]],
                div('.row')[span[w('portal.quote_number')], b[number]],
                div('.row')[span['PromptPay'], b[promptpay]] if firm.promptpay_ending else None,
            ],
            div('.accounts')[
                small[w('portal.bank_transfer')],
                [p[line] for line in firm.bank_accounts.strip().splitlines()],
            ]
            if firm.bank_accounts.strip()
            else None,
            p('.sub')[w('portal.after_paying') if known else w('portal.ask_how_to_pay')],
            # Without the application, too: a plain picture under a plain address.
            a('.picture', href=r.at(f'/pay/{number}.png'), data_plain=True)[w('pay.picture')]
            if firm.promptpay_ending
            else None,
        ],
    ]
