"""Receipts of all four kinds, and one receipt to be read out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from htpy import Node, a, b, div, h1, p, section, small, span

from app.live import Live, follow, live
from models import DepositMove, Document, Grant, Payment, Receipt, ReceiptKind
from pages.portal.documents import Paper, papers_about, papers_here
from pages.portal.filing import Filed, Sought, filed, listed
from pages.portal.pieces import amounts, chip, contact_us, empty, facts, top
from pages.portal.reader import Reader
from pages.portal.scope import mine
from pages.theme import icon


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    kind: ReceiptKind
    number: str
    amount: Decimal
    issued_on: date
    cancelled: bool

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptCard:
        cancelled = receipt.cancelled_at is not None
        return cls(receipt.kind, receipt.number, receipt.amount, receipt.issued_on, cancelled)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    card: ReceiptCard
    withheld: Decimal
    vat: Decimal
    kept: Decimal
    credit: Decimal
    method: str
    reference: str
    tax_invoice: str
    moved_on: date | None
    about: str
    about_path: str
    papers: tuple[Paper, ...]


def live_receipts(grant: Grant, sought: Sought) -> Live[Filed[ReceiptCard]]:
    """Receipts as they are sought, the newest first."""

    async def load() -> Filed[ReceiptCard]:
        found = sought.within(grant.receipts(), 'search__contains')
        if sought.kind:
            found = found.filter(kind=ReceiptKind[sought.kind])
        kinds = {kind for (kind,) in await grant.receipts().distinct().values_list('kind')}
        names = [kind.name for kind in ReceiptKind if kind in kinds]
        return await filed(grant.receipts(), found.order_by('-issued_on', '-id'), sought, names, ReceiptCard.of)

    return live((*mine(grant), 'receipts', sought), [follow(Receipt, customer_id=grant.customer_id)], load)


async def live_receipt(grant: Grant, number: str) -> Live[ReceiptView | None] | None:
    """The receipt of this number, if this link shows it."""
    found = await grant.receipts().filter(number=number).first()
    if found is None:
        return None
    receipt_id: UUID = found.id

    async def load() -> ReceiptView | None:
        receipt = await grant.receipts().get_or_none(id=receipt_id)
        return await _view(grant, receipt) if receipt else None

    follows = [follow(Receipt, id=receipt_id), follow(Document, receipt_id=receipt_id)]
    return live((*mine(grant), 'receipt', receipt_id), follows, load)


def receipt_list(r: Reader, receipts: Filed[ReceiptCard], sought: Sought) -> Node:
    if not receipts.rows and not sought.anything:
        text = empty('receipts', r.w('portal.no_receipts'), r.w('portal.no_receipts_text'))
        return [h1[r.w('portal.receipts')], text]
    rows = section[div('.card.rows')[[_row(r, receipt) for receipt in receipts.rows]]]
    return listed(r, r.w('portal.receipts'), receipts, sought, lambda kind: kind_name(r, ReceiptKind[kind]), rows)


def receipt_page(r: Reader, receipt: ReceiptView) -> Node:
    card, w = receipt.card, r.w
    return [
        top(r, '/receipts', w('portal.receipts'), card.number) if r.whole else top(r, '', receipt.about, card.number),
        div('.card')[
            div('.row')[
                chip('bad', w('portal.cancelled')) if card.cancelled else chip('good', kind_name(r, card.kind)),
                span('.ref')[w.day(card.issued_on)],
            ],
            div('.row.sum')[span('.amount')[w.baht(card.amount)]],
            p('.sub')[kind_name(r, card.kind)] if card.cancelled else None,
            _sums(r, receipt),
        ],
        papers_here(r, receipt.papers, f'/receipts/{card.number}'),
        section[
            div('.card')[
                facts(
                    [
                        (
                            w('portal.paid_for'),
                            a(href=r.at(receipt.about_path if r.whole else ''))[receipt.about]
                            if receipt.about
                            else None,
                        ),
                        _moved_on(r, receipt),
                        (w('portal.method'), w(f'common.method.{receipt.method}')),
                        (w('portal.reference'), receipt.reference),
                        (w('portal.tax_invoice'), receipt.tax_invoice),
                    ]
                )
            ]
        ],
        contact_us(r, card.number),
    ]


def _moved_on(r: Reader, receipt: ReceiptView) -> tuple[str, Node]:
    returned = receipt.card.kind is ReceiptKind.DEPOSIT_RETURN
    label = r.w('money.receipt.returned_on' if returned else 'money.receipt.received_on')
    return label, r.w.day(receipt.moved_on) if receipt.moved_on else None


def kind_name(r: Reader, kind: ReceiptKind) -> str:
    return r.w(f'portal.receipt_kind.{kind.name.lower()}')


def _sums(r: Reader, receipt: ReceiptView) -> Node:
    card, w = receipt.card, r.w
    returned = card.kind is ReceiptKind.DEPOSIT_RETURN
    total = w('portal.returned') if returned else w('portal.settled')
    rows = [
        (w('portal.received_money'), card.amount - receipt.withheld if receipt.withheld else None, ''),
        (w('portal.withheld_tax'), receipt.withheld or None, ''),
        (total, card.amount if receipt.withheld or returned else None, 'strong'),
        (w('money.credit_line'), receipt.credit or None, ''),
        (w('portal.kept'), receipt.kept or None, ''),
        (w('portal.vat_inside'), receipt.vat or None, ''),
    ]
    return amounts(r, rows) if any(amount is not None for _, amount, _ in rows) else None


async def _view(grant: Grant, receipt: Receipt) -> ReceiptView:
    about, path = await _about(grant, receipt)
    return ReceiptView(
        card=ReceiptCard.of(receipt),
        withheld=receipt.withheld,
        vat=receipt.vat,
        kept=receipt.kept,
        credit=receipt.credit,
        method=receipt.method.lower().replace(' ', '_'),
        reference=receipt.reference,
        tax_invoice=receipt.tax_invoice_number or '',
        moved_on=await _another_day(receipt),
        about=about,
        about_path=path,
        papers=await papers_about(grant, receipt_id=receipt.id),
    )


async def _another_day(receipt: Receipt) -> date | None:
    """On which day the money moved, where the receipt was issued on another."""
    payment = await Payment.get_or_none(id=receipt.payment_id) if receipt.payment_id else None
    move = None if payment else await DepositMove.get_or_none(receipt_id=receipt.id)
    day = payment.paid_on if payment else move.moved_on if move else receipt.issued_on
    return day if day != receipt.issued_on else None


async def _about(grant: Grant, receipt: Receipt) -> tuple[str, str]:
    """What was paid: an invoice, a deposit or a job; its number and where it is shown."""
    if receipt.deposit_id and (deposit := await grant.deposits().get_or_none(id=receipt.deposit_id)):
        return deposit.number, f'/deposits/{deposit.number}'
    if receipt.invoice_id and (invoice := await grant.invoices().get_or_none(id=receipt.invoice_id)):
        return invoice.number or '', f'/invoices/{invoice.number}'
    if receipt.job_id and (job := await grant.jobs().get_or_none(id=receipt.job_id)):
        return job.number, f'/jobs/{job.number}'
    return '', ''


def _row(r: Reader, receipt: ReceiptCard) -> Node:
    return a('.row', href=r.at(f'/receipts/{receipt.number}'), id=f'receipt-{receipt.number}')[
        div[b('.n')[r.w.baht(receipt.amount)], small[kind_name(r, receipt.kind), ' · ', receipt.number]],
        chip('bad', r.w('portal.cancelled')) if receipt.cancelled else None,
        span('.ref')[r.w.day(receipt.issued_on)],
        icon('onward'),
    ]
