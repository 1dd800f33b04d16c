"""The paper of money received for an invoice or before one: receipt, and tax invoice where VAT fell due with it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.papers.invoice import discount_sum, rows
from app.papers.labels import Labels
from app.papers.lines import line_columns, line_row, plain_row
from app.papers.marks import LAWFUL, issuer, mark_of, note_replaced
from app.papers.parties import Block, addressed, rental
from app.papers.sheet import BOLD, SMALL, TEXT, Fact, Said, Sheet, Signer, Sum
from app.papers.sums import in_baht, told, vat_sums, withheld_sums
from app.papers.table import Row, Table


def receipt_title(frozen: dict[str, Any]) -> str:
    kind = 'prepayment_' if frozen['receipt_kind'] == 'PREREC' else ''
    return f'receipt.{kind}tax_title' if frozen['tax_invoice_number'] else f'receipt.{kind}title'


def set_receipt(sheet: Sheet, frozen: dict[str, Any]) -> None:
    labels = sheet.labels
    mark = mark_of(labels, frozen, set_of_papers=bool(frozen['tax_invoice_number']))
    sheet.head(labels(receipt_title(frozen)), _facts(labels, frozen), mark=mark, second=LAWFUL)
    sheet.parties(addressed(labels, frozen['customer']), _about(labels, frozen))
    Table(sheet, line_columns(labels)).set(list(_rows(labels, frozen)))
    sheet.totals(_sums(labels, frozen), in_words_of=Decimal(frozen['amount']), beside=_beside(labels, frozen))
    note_replaced(sheet, frozen)
    sheet.signatures(Signer(labels('sign.money_from')), issuer(sheet, 'sign.money_to', frozen['issued_on']))


def paid_how(labels: Labels, frozen: dict[str, Any], section: str = 'method') -> list[Said]:
    """ชำระผ่านพร้อมเพย์, and the reference that the clerk wrote down."""
    first, second = labels(f'{section}.{frozen["method"].lower().replace(" ", "_")}')
    said = [Said(first, BOLD), Said(second, SMALL)]
    if frozen['reference']:
        said.append(Said('  '.join(labels('method.reference', reference=frozen['reference'])), SMALL))
    return said


def moved_on(labels: Labels, frozen: dict[str, Any], label: str = 'receipt.moved_on') -> Iterator[Fact]:
    """The day of the money where it is not that of the paper: VAT falls due with it, and bank statements have it."""
    day = frozen.get('moved_on', '')
    if day and day != frozen['issued_on']:
        yield Fact(labels(label), labels.day(day))


def _facts(labels: Labels, frozen: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(labels('sheet.number'), frozen['number'], strong=True)
    if frozen['tax_invoice_number']:
        yield Fact(labels('invoice.tax_number'), frozen['tax_invoice_number'], strong=True)
    yield Fact(labels('sheet.date'), labels.day(frozen['issued_on']))
    yield from moved_on(labels, frozen)
    if invoice := frozen.get('invoice'):
        yield Fact(labels('receipt.invoice'), invoice['number'])
    if frozen['job']:
        yield Fact(labels('invoice.job'), frozen['job']['number'])


def _about(labels: Labels, frozen: dict[str, Any]) -> Block:
    if frozen['receipt_kind'] == 'PREREC':
        return rental(labels, frozen['job'], 'start_on', 'end_on')
    invoice = frozen['invoice']
    of = labels.matched('receipt.of', {'day': labels.day(invoice['issued_on'])})
    title, other = labels.pick(invoice['title'], invoice['title_th'])
    return labels('receipt.for'), [
        Said(f'{labels("receipt.invoice")[0]} {invoice["number"]}', BOLD),
        Said(of[0], TEXT),
        Said(of[1], SMALL),
        Said(title, TEXT),
        Said(other, SMALL),
    ]


def _rows(labels: Labels, frozen: dict[str, Any]) -> Iterator[Row]:
    """The lines of the invoice when all of it is paid at once; else they are told, and the part that is paid counts."""
    net = Decimal(frozen['net'])
    if frozen['receipt_kind'] == 'PREREC':
        job = frozen['job']
        title = labels.pick(job['title'], job['title_th'])
        yield plain_row(
            labels.matched('receipt.prepayment', {'title': title}), net, *told(labels('receipt.prepayment_note'))
        )
    elif _whole(frozen):
        yield from rows(labels, frozen['lines'], frozen['invoice'].get('prepayments', []))
    else:
        for at, line in enumerate(frozen['lines'], 1):
            yield line_row(labels, at, {**line, 'optional': True, 'chosen': False})
        yield plain_row(labels('receipt.part', number=frozen['invoice']['number']), net)


def _whole(frozen: dict[str, Any]) -> bool:
    """Whether this receipt is for the invoice as it was issued, from its first line to its last."""
    invoice = frozen['invoice']
    before = sum((Decimal(one['net']) for one in invoice.get('prepayments', [])), Decimal(invoice.get('discount', 0)))
    lines = sum((Decimal(line['amount']) for line in frozen['lines']), Decimal(0))
    return lines - before == Decimal(frozen['net'])


def _sums(labels: Labels, frozen: dict[str, Any]) -> list[Sum]:
    """The receipt is for all that it settles: what came and what the customer withheld for the tax office."""
    settled, vat, credit, amount = (Decimal(frozen[name]) for name in ('settled', 'vat', 'credit', 'amount'))
    found = []
    if 'invoice' in frozen and _whole(frozen) and Decimal(frozen['invoice'].get('discount', 0)):
        before = Decimal(frozen['net']) + Decimal(frozen['invoice']['discount'])
        found += [Sum(labels('sums.lines'), before), *discount_sum(labels, frozen['invoice'])]
    if vat or frozen['tax_invoice_number']:
        found += vat_sums(labels, net=Decimal(frozen['net']), vat=vat, percent=frozen['vat_percent'])
    if credit:
        found += [Sum(labels('receipt.settles'), settled, 1), Sum(labels('receipt.credit'), credit)]
    found.append(Sum(labels('sheet.grand_total'), amount, 2))
    if withheld := withheld_sums(labels, frozen.get('withheld_by_class', [])):
        found += [*withheld, Sum(labels('sums.received'), Decimal(frozen['received']), 1)]
    return found


def _beside(labels: Labels, frozen: dict[str, Any]) -> list[Said]:
    said = paid_how(labels, frozen)
    if invoice := frozen.get('invoice'):
        if not _whole(frozen):
            said += in_baht(labels, 'receipt.invoice_total', invoice['total'])
            said += _between(labels, frozen)
        rest = Decimal(frozen['balance'])
        said += in_baht(labels, 'receipt.rest', rest) if rest else told(labels('receipt.settled_all'))
    return said


def _between(labels: Labels, frozen: dict[str, Any]) -> list[Said]:
    """What lies between the total of the invoice and what is left of it, so that a reader comes to the same sum."""
    taken = [(name, Decimal(frozen['invoice'].get(name, 0))) for name in ('credited', 'paid_before')]
    said = [line for name, amount in taken if amount for line in in_baht(labels, f'receipt.{name}', amount)]
    return [*said, *in_baht(labels, 'receipt.settles_of_it', frozen['settled'])] if said else []
