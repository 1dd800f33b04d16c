"""How the pay sheet is drawn: the code and its amount, other ways, what was said and confirmed, and the receipt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from htpy import Node, a, b, button, details, div, form, img, input, label, li, ol, p, small, span, summary

from pages.parts.qr import qr_code
from pages.portal.pay_view import Chosen, ClaimView, PayView
from pages.portal.pieces import contact_us
from pages.portal.reader import Reader
from pages.theme import icon


def pay_part(
    r: Reader, view: PayView, chosen: Chosen, *, received: Decimal, wrong: bool = False, folded: bool = False
) -> Node:
    """What changes by itself while the sheet is open. `wrong`: what was typed is no sum that can be paid; `folded`: who
    has said to have paid is not asked to do it again.
    """
    if view.void:
        return div('.pay-end')[b[r.w('portal.badge.void')], p('.sub')[r.w('portal.sum_of.void')]]
    if view.owed <= 0:
        return _settled(r, view)
    amount, _ = chosen.sums(view)
    code = view.code(amount)
    return [
        p('.pay-note.good', role='status')[
            icon('check'), span[r.w('pay.part_received', amount=r.w.baht(received), left=r.w.baht(view.owed))]
        ]
        if received > 0
        else None,
        [_claim(r, claim) for claim in view.claims],
        _again(r, code) if folded else _how(r, view, chosen, code, wrong),
    ]


def ways_part(r: Reader, view: PayView, chosen: Chosen, *, parted: bool) -> Node:
    """What a reader chooses: a part, the sum after tax. Nothing when nothing is owed any more."""
    if view.owed <= 0 or view.void or view.payee is None:
        return None
    choices = [
        _switch(r, 'net', chosen.net, _net_words(r, view, chosen)) if view.withheld else None,
        _switch(r, 'part', parted, r.w('pay.part')) if view.parts else None,
    ]
    return div('.pay-ways')[choices] if any(choices) else None


def part_field(r: Reader, typed: str) -> Node:
    """Stands still while everything else changes: somebody may be typing in it. `typed`: what stood in it before."""
    return label('.pay-field')[
        small[r.w('pay.part_amount')],
        input(
            type='text',
            inputmode='decimal',
            autocomplete='off',
            name='part',
            placeholder='0.00',
            value=typed or None,
            data_tells='part',
        ),
    ]


def part_problem(sentence: str) -> Node:
    """Apart from the field, which stands still."""
    return p('.pay-problem', role='alert')[sentence] if sentence else None


def foot_part(r: Reader, view: PayView, *, folded: bool = False) -> Node:
    if view.void or view.owed <= 0:
        return button('.btn.ghost', type='button', data_do='leave')[r.w('common.close')]
    return [
        div('.pay-last')[
            button('.btn.ghost', type='button', data_do='paid')[r.w('pay.i_have_paid')] if not view.waiting else None,
            p('.sub')[r.w('pay.after')],
        ],
        div('.pay-rest')[_steps(r, view), _bank(r, view)] if view.payee and not folded else None,
    ]


def claim_form(r: Reader, amount: Decimal, address: str, amends: ClaimView | None = None) -> Node:
    """`I have paid`: how much, and the slip if there is one. Stands still until it is sent or left.

    `amends`: what was said before and waits; a slip that was handed in stays.
    """
    w = r.w
    return form('.pay-claim', action=address, data_claim=True, novalidate=True)[
        p('.sub')[w('pay.amend_text' if amends else 'pay.claim_text')],
        label('.pay-field')[
            small[w('pay.claim_amount')],
            input(type='text', inputmode='decimal', autocomplete='off', name='amount', value=f'{amount:,.2f}'),
        ],
        None if amends and amends.has_slip else _slip_field(r),
        p('.pay-problem', role='alert', hidden=True),
        button('.btn', type='submit')[w('pay.send_amend' if amends else 'pay.send_claim')],
        button('.btn.text', type='button', data_do='back')[w('pay.back')],
    ]


def _slip_field(r: Reader) -> Node:
    return label('.pay-file')[
        input(
            type='file',
            name='slip',
            accept='image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf,.heic,.heif',
        ),
        span('.btn.ghost', data_chosen=True)[icon('documents'), r.w('pay.choose_slip')],
        small[r.w('pay.slip_hint')],
    ]


def picture_address(r: Reader, view: PayView, chosen: Chosen, *, save: bool = False) -> str:
    """The plain address of the QR as a picture; computed anew for whoever opens it."""
    asked = {'part': f'{chosen.part:f}'} if chosen.part and view.part_of(chosen.part) == chosen.part else {}
    if chosen.net and view.withheld:
        asked['net'] = '1'
    if save:
        asked['save'] = '1'
    return r.at(f'/pay/{view.number}.png') + (f'?{urlencode(asked)}' if asked else '')


def paper_address(r: Reader, document_id: UUID, number: str) -> str:
    return r.at(f'/papers/{document_id}/{number}.pdf')


def _again(r: Reader, code: str) -> Node:
    """The firm may yet answer that nothing came."""
    text = r.w('pay.show_code' if code else 'pay.show_ways')
    return button('.btn.text', type='button', data_do='again')[text]


def _how(r: Reader, view: PayView, chosen: Chosen, code: str, wrong: bool) -> Node:
    if wrong:
        return _code_to_come(r)
    return _code(r, view, chosen, code) if code else _no_code(r, view, chosen.sums(view)[0])


def _code(r: Reader, view: PayView, chosen: Chosen, code: str) -> Node:
    w, inside = r.w, r.inside
    amount, tax = chosen.sums(view)
    # The code is there at once; over it lies the same as a picture, which a long press can save.
    shown = picture_address(r, view, chosen)
    seen = f'{shown}{"&" if "?" in shown else "?"}v={code[-4:]}'
    label_ = w('pay.qr', amount=w.baht(amount))
    return [
        div('.pay-code')[qr_code(code, label_), img(id=f'qr-{code[-4:]}', src=seen, alt='', draggable='true')],
        div('.pay-sum')[
            div('.amount')[w.baht(amount)],
            p('.sub')[w('pay.after_tax', total=w.baht(amount + tax), tax=w.baht(tax))] if tax else None,
            p('.sub.apart')[span[r.firm_name], span('.n')[_masked(r, view)]],
            p('.sub')[w('pay.quote', number=''), b('.n')[view.number]],
        ],
        div('.btns.two')[
            a(
                '.btn',
                href=picture_address(r, view, chosen, save=not inside),
                download=None if inside else f'{view.number}.png',
                data_plain=True,
                data_save=True,
            )[w('pay.save_qr')],
            button('.btn.ghost', type='button', data_copy=f'{amount:.2f}', data_said=w('pay.copied'))[
                w('pay.copy_amount')
            ],
        ],
        p('.pay-note')[w(f'pay.inside_{inside}')] if inside else p('.sub.pay-hint')[w('pay.hold')],
    ]


def _code_to_come(r: Reader) -> Node:
    """In the place of the code: one of another sum than the one that was typed would be paid."""
    return div('.pay-code.to-come')[p('.sub')[r.w('pay.code_to_come')]]


def _steps(r: Reader, view: PayView) -> Node:
    w = r.w
    return details('.pay-more')[
        summary[w('pay.how')],
        ol[[li[w(f'pay.step_{step}')] for step in ('save', 'open', 'check', 'paid')]],
        p('.sub')[w('pay.brightness')],
        button('.btn.ghost.small', type='button', data_copy=_full(view), data_said=w('pay.copied'))[w('pay.copy_id')],
    ]


def _no_code(r: Reader, view: PayView, amount: Decimal) -> Node:
    w = r.w
    return [
        div('.pay-sum')[div('.amount')[w.baht(amount)], p('.sub')[w('pay.quote', number=''), b('.n')[view.number]]],
        div('.accounts.open')[[p[line] for line in view.bank_accounts.splitlines()]] if view.bank_accounts else None,
        div('.btns.two')[
            button('.btn', type='button', data_copy=f'{amount:.2f}', data_said=w('pay.copied'))[w('pay.copy_amount')],
            button('.btn.ghost', type='button', data_copy=view.number, data_said=w('pay.copied'))[w('pay.copy_number')],
        ],
        p('.sub')[w('pay.ask') if not view.bank_accounts else w('pay.ask_if')],
        contact_us(r, view.number),
    ]


def _bank(r: Reader, view: PayView) -> Node:
    if not view.bank_accounts:
        return None
    return details('.pay-more')[
        summary[r.w('pay.by_bank')],
        [p[line] for line in view.bank_accounts.splitlines()],
        p('.sub')[r.w('pay.quote', number=''), b('.n')[view.number]],
    ]


def _settled(r: Reader, view: PayView) -> Node:
    """The sheet has become the receipt."""
    w, receipt = r.w, view.receipt
    amount = receipt.amount if receipt else view.total
    return div('.pay-end', role='status')[
        span('.pay-tick')[icon('check')],
        b[w('pay.thank_you') if view.is_invoice else w('pay.deposit_held')],
        div('.amount')[w.baht(amount)],
        p('.sub')[w('pay.with_tax', tax=w.baht(receipt.withheld))] if receipt and receipt.withheld else None,
        p('.sub.apart')[span[w('pay.receipt', number=receipt.number)], span('.n')[view.number]]
        if receipt
        else p('.sub')[view.number],
        a(
            '.btn',
            href=paper_address(r, receipt.document_id, receipt.number),
            target='_blank',
            rel='noopener',
            data_plain=True,
        )[icon('documents'), w('pay.open_receipt')]
        if receipt and receipt.document_id
        else None,
    ]


def _claim(r: Reader, claim: ClaimView) -> Node:
    w = r.w
    facts = {'amount': w.baht(claim.amount), 'moment': w.moment(claim.claimed_at)}
    if claim.waits:
        change = w('pay.amend' if claim.has_slip else 'pay.amend_slip')
        return div('.pay-note.warn', role='status')[
            p[b[w('pay.waiting')], ' ', w('pay.waiting_text', **facts)],
            button('.btn.text', type='button', data_do='amend', data_ref=str(claim.id))[change],
        ]
    return p('.pay-note.bad', role='status')[
        b[w('pay.dismissed', **facts)], ' ', w('pay.dismissed_text', reason=claim.reason)
    ]


def _switch(r: Reader, verb: str, on: bool, text: str) -> Node:
    return button('.pay-switch', type='button', role='switch', data_do=verb, aria_checked=str(on).lower())[
        span[text], span('.chip')[r.w('pay.on' if on else 'pay.off')]
    ]


def _net_words(r: Reader, view: PayView, chosen: Chosen) -> str:
    amount, _ = replace(chosen, net=True).sums(view)
    facts = {'percent': view.withheld_percent, 'amount': r.w.baht(amount)}
    return r.w('pay.net' if view.withheld_percent else 'pay.net_mixed', **facts)


def _masked(r: Reader, view: PayView) -> str:
    kept = {'mobile': 'mobile', 'taxid': 'tax_id', 'ewallet': 'ewallet', 'bill': 'biller'}
    if view.payee is None:
        return ''
    return r.w(f'portal.promptpay.{kept[view.payee.kind.value]}', ending=view.payee.ending)


def _full(view: PayView) -> str:
    return view.payee.digits if view.payee else ''
