"""How to pay: where the money goes and under which number."""

from __future__ import annotations

from decimal import Decimal

from htpy import Node, b, div, h2, p, section, small, span

from pages.portal.reader import Reader


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
        ],
    ]
