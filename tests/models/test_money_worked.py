"""Examples of money, worked out by hand with pencil and fractions before the program was asked.

Lines: `rent 100000` is one line of that class and amount before VAT. A step and what it must come to:
`pay X`: X of the invoice is settled → received, withheld, VAT inside on the receipt;
`withhold X`: the same by a company that keeps back its tax; `bring X`: so much money comes, the rest is credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest

from models import (
    Actor,
    CreditNote,
    Customer,
    Deposit,
    DepositKept,
    Invoice,
    Job,
    KeptEntry,
    KeptKind,
    LineEntry,
    LineKind,
    Method,
    Payment,
    Receipt,
    Withholding,
    credit_of,
    use_credit,
)
from tests.ledger import must_add_up
from tests.world import a_firm, a_job, an_accepted_quote, bo, in_days, nimman, today

pytestmark = pytest.mark.usefixtures('db')

CLASSES = {'rent': Withholding.RENT, 'service': Withholding.SERVICE, 'transport': Withholding.TRANSPORT}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`sums` are value before VAT, VAT and total; each step stands beside what it must come to."""

    name: str
    lines: str
    sums: str
    steps: tuple[tuple[str, str], ...] = ()
    left: str = ''
    off: str = '0'
    firm: str = ''


# fmt: off
SHEETS = (
    # What an invoice comes to.
    Sheet('round figures', 'rent 100000', '100000.00 7000.00 107000.00'),
    Sheet('one satang bears no VAT', 'rent 0.01', '0.01 0.00 0.01'),
    Sheet('0.49 of a satang is dropped', 'rent 0.07', '0.07 0.00 0.07'),
    Sheet('0.56 of a satang is one', 'rent 0.08', '0.08 0.01 0.09'),
    Sheet('half a satang is rounded up', 'rent 0.50', '0.50 0.04 0.54'),
    Sheet('ten satang and a half', 'rent 1.50', '1.50 0.11 1.61'),
    Sheet('VAT once for the sum of three lines', 'rent 33.35, rent 33.35, rent 33.35', '100.05 7.00 107.05'),
    Sheet('the largest value in the table', 'rent 9999999.99', '9999999.99 700000.00 10699999.99'),
    Sheet('the largest total in the table', 'rent 9345794.38', '9345794.38 654205.61 9999999.99'),
    Sheet('ten percent off', 'rent 12345.67', '11111.10 777.78 11888.88', off='10%'),
    Sheet('500 baht off', 'rent 10000', '9500.00 665.00 10165.00', off='500'),
    Sheet('a third off, to the satang', 'rent 1000', '666.67 46.67 713.34', off='333.33'),
    Sheet('never less than nothing', 'rent 100', '0.00 0.00 0.00', off='101'),
    Sheet('VAT in whole baht', 'rent 123.45', '123.45 9.00 132.45', firm='whole'),
    Sheet('half a baht is rounded up', 'rent 50', '50.00 4.00 54.00', firm='whole'),
    Sheet('no VAT', 'rent 100000', '100000.00 0.00 100000.00', firm='unregistered'),
    Sheet('one satang without VAT', 'rent 0.01', '0.01 0.00 0.01', firm='unregistered'),
    Sheet('two kinds of work', 'rent 53500, service 4500', '58000.00 4060.00 62060.00'),
    # What a company withholds.
    Sheet('rent, 5 %', 'rent 100000', '100000.00 7000.00 107000.00',
          (('withhold 107000', '102000.00 5000.00 7000.00'),), '0.00 0.00'),
    Sheet('the remaining 57,000', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 50000', '50000.00 0.00 3271.03'), ('withhold 57000', '54336.45 2663.55 3728.97')), '0.00 0.00'),
    Sheet('the first 50,000', 'rent 100000', '100000.00 7000.00 107000.00',
          (('withhold 50000', '47663.55 2336.45 3271.03'),), '57000.00 0.00'),
    Sheet('service, 3 %', 'service 10000', '10000.00 700.00 10700.00',
          (('withhold 10700', '10400.00 300.00 700.00'),), '0.00 0.00'),
    Sheet('transport, 1 %', 'transport 10000', '10000.00 700.00 10700.00',
          (('withhold 10700', '10600.00 100.00 700.00'),), '0.00 0.00'),
    Sheet('what nothing is withheld from', 'none 10000', '10000.00 700.00 10700.00',
          (('withhold 10700', '10700.00 0.00 700.00'),), '0.00 0.00'),
    Sheet('rent beside what nothing is withheld from', 'rent 10000, none 10000', '20000.00 1400.00 21400.00',
          (('withhold 21400', '20900.00 500.00 1400.00'),), '0.00 0.00'),
    Sheet('rent 5 % and service 3 %', 'rent 53500, service 4500', '58000.00 4060.00 62060.00',
          (('withhold 62060', '59250.00 2810.00 4060.00'),), '0.00 0.00'),
    Sheet('all four classes', 'rent 10000, service 10000, transport 10000, none 10000', '40000.00 2800.00 42800.00',
          (('withhold 42800', '41900.00 900.00 2800.00'),), '0.00 0.00'),
    Sheet('mixed, after a discount', 'rent 60000, service 40000', '90000.00 6300.00 96300.00',
          (('withhold 96300', '92520.00 3780.00 6300.00'),), '0.00 0.00', off='10000'),
    Sheet('mixed, in two halves', 'rent 53500, service 4500', '58000.00 4060.00 62060.00',
          (('withhold 31030', '29625.00 1405.00 2030.00'),
           ('withhold 31030', '29625.00 1405.00 2030.00')), '0.00 0.00'),
    Sheet('mixed, in three parts', 'rent 10000, service 10000', '20000.00 1400.00 21400.00',
          (('withhold 7133.33', '6866.66 266.67 466.67'), ('withhold 7133.33', '6866.66 266.67 466.66'),
           ('withhold 7133.34', '6866.67 266.67 466.67')), '0.00 0.00'),
    Sheet('mixed, an odd part', 'rent 333.33, service 333.33', '666.66 46.67 713.33',
          (('withhold 100', '96.26 3.74 6.54'),), '613.33 0.00'),
    Sheet('half a satang withheld of rent', 'rent 0.10', '0.10 0.01 0.11',
          (('withhold 0.11', '0.10 0.01 0.01'),), '0.00 0.00'),
    Sheet('one and a half satang withheld of service', 'service 0.50', '0.50 0.04 0.54',
          (('withhold 0.54', '0.52 0.02 0.04'),), '0.00 0.00'),
    Sheet('half a satang withheld of transport', 'transport 0.50', '0.50 0.04 0.54',
          (('withhold 0.54', '0.53 0.01 0.04'),), '0.00 0.00'),
    Sheet('nearly ten million', 'rent 9999999.99', '9999999.99 700000.00 10699999.99',
          (('withhold 10699999.99', '10199999.99 500000.00 700000.00'),), '0.00 0.00'),
    Sheet('9,999,999.99 in all', 'rent 9345794.38', '9345794.38 654205.61 9999999.99',
          (('withhold 9999999.99', '9532710.27 467289.72 654205.61'),), '0.00 0.00'),
    Sheet('withheld where there is no VAT', 'rent 100000', '100000.00 0.00 100000.00',
          (('withhold 100000', '95000.00 5000.00 0.00'),), '0.00 0.00', firm='unregistered'),
    # Parts, more than was owed, reversals.
    Sheet('in three parts', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 35666.66', '35666.66 0.00 2333.33'), ('pay 35666.66', '35666.66 0.00 2333.33'),
           ('pay 35666.68', '35666.68 0.00 2333.34')), '0.00 0.00'),
    Sheet('one satang first', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 0.01', '0.01 0.00 0.00'), ('pay 106999.99', '106999.99 0.00 7000.00')), '0.00 0.00'),
    Sheet('two parts of 9,999,999.99', 'rent 9345794.38', '9345794.38 654205.61 9999999.99',
          (('pay 4999999.99', '4999999.99 0.00 327102.80'), ('pay 5000000', '5000000.00 0.00 327102.81')), '0.00 0.00'),
    Sheet('parts without VAT', 'rent 100', '100.00 0.00 100.00',
          (('pay 33.33', '33.33 0.00 0.00'), ('pay 66.67', '66.67 0.00 0.00')), '0.00 0.00', firm='unregistered'),
    Sheet('3,000 more than was owed', 'rent 100000', '100000.00 7000.00 107000.00',
          (('bring 110000', '110000.00 0.00 7000.00'),), '0.00 3000.00'),
    Sheet('one satang more than was owed', 'rent 100', '100.00 7.00 107.00',
          (('bring 107.01', '107.01 0.00 7.00'),), '0.00 0.01'),
    Sheet('reversed', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 107000', '107000.00 0.00 7000.00'), ('reverse 1', '')), '107000.00 0.00'),
    Sheet('reversed with what was withheld', 'rent 100000', '100000.00 7000.00 107000.00',
          (('withhold 107000', '102000.00 5000.00 7000.00'), ('reverse 1', '')), '107000.00 0.00'),
    Sheet('the first of two reversed and paid again', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 50000', '50000.00 0.00 3271.03'), ('pay 57000', '57000.00 0.00 3728.97'), ('reverse 1', ''),
           ('pay 50000', '50000.00 0.00 3271.03')), '0.00 0.00'),
    Sheet('an over-payment reversed', 'rent 100000', '100000.00 7000.00 107000.00',
          (('bring 110000', '110000.00 0.00 7000.00'), ('reverse 1', '')), '107000.00 0.00'),
    # Credit notes: value before VAT → VAT, off the balance, to credit.
    Sheet('lowered before it was paid', 'rent 100000', '100000.00 7000.00 107000.00',
          (('lower 10000', '700.00 10700.00 0.00'), ('pay 96300', '96300.00 0.00 6300.00')), '0.00 0.00'),
    Sheet('lowered after it was paid', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 107000', '107000.00 0.00 7000.00'), ('lower 10000', '700.00 0.00 10700.00')), '0.00 10700.00'),
    Sheet('lowered across the balance', 'rent 100000', '100000.00 7000.00 107000.00',
          (('pay 100000', '100000.00 0.00 6542.06'), ('lower 10000', '700.00 7000.00 3700.00')), '0.00 3700.00'),
    Sheet('the VAT of the right value decides', 'rent 100000', '100000.00 7000.00 107000.00',
          (('lower 0.50', '0.03 0.53 0.00'), ('lower 33.33', '2.34 35.67 0.00')), '106963.80 0.00'),
    Sheet('lowered to nothing', 'rent 100000', '100000.00 7000.00 107000.00',
          (('lower 99999.99', '7000.00 106999.99 0.00'), ('lower 0.01', '0.00 0.01 0.00')), '0.00 0.00'),
    Sheet('lowered without VAT', 'rent 100', '100.00 0.00 100.00',
          (('lower 33.33', '0.00 33.33 0.00'),), '66.67 0.00', firm='unregistered'),
    Sheet('credit used on the next', 'rent 100000', '100000.00 7000.00 107000.00',
          (('bring 110000', '110000.00 0.00 7000.00'), ('next', ''), ('use 3000', '3000.00 0.00 196.26')),
          '104000.00 0.00'),
    Sheet('credit taken back by a reversal', 'rent 100000', '100000.00 7000.00 107000.00',
          (('bring 110000', '110000.00 0.00 7000.00'), ('next', ''), ('use 3000', '3000.00 0.00 196.26'),
           ('reverse 2', '')), '107000.00 3000.00'),
)
# fmt: on


@pytest.mark.parametrize('sheet', SHEETS, ids=[sheet.name for sheet in SHEETS])
async def test_an_invoice_worked_out_by_hand(sheet: Sheet) -> None:
    facts: dict[str, dict[str, object]] = {
        'unregistered': {'vat_registered': False},
        'whole': {'vat_rounding': Decimal(1)},
    }
    await a_firm(**facts.get(sheet.firm, {}))
    desk = Desk(await nimman(), await bo(), sheet)
    await desk.bill()
    invoice = desk.invoice
    assert f'{invoice.subtotal - invoice.discount} {invoice.vat} {invoice.total}' == sheet.sums
    for step, wanted in sheet.steps:
        assert await desk.take(step) == wanted, step
    if sheet.left:
        balance = (await Invoice.get(id=desk.invoice.id)).balance
        assert f'{balance} {await credit_of(desk.customer.id)}' == sheet.left
    await must_add_up(desk.customer.id)


# Paid before an invoice of these lines → its net lines; value, VAT and total of the rest; withheld of it; credit.
# fmt: off
PREPAID = (
    ('half of it', 'rent 100000', '53500', '50000.00', '50000.00 3500.00 53500.00 2500.00 0.00'),
    ('all of it', 'rent 100000', '107000', '100000.00', '0.00 0.00 0.00 0.00 0.00'),
    ('more than it', 'rent 100000', '108070', '100000.00', '0.00 0.00 0.00 0.00 1070.00'),
    ('one satang of it', 'rent 100', '0.01', '0.01', '99.99 7.00 106.99 5.00 0.00'),
    ('three parts', 'rent 1000', '33.33 33.33 33.34', '31.15 31.15 31.16', '906.54 63.46 970.00 45.33 0.00'),
    ('two that pay all', 'rent 146212.53', '46934.22 109513.19', '43863.76 102348.77', '0.00 0.00 0.00 0.00 0.00'),
    ('some of mixed work', 'rent 53500, service 4500', '10000', '9345.79', '48654.21 3405.79 52060.00 2357.22 0.00'),
)
# fmt: on


@pytest.mark.parametrize(
    ('lines', 'paid', 'net', 'rest'), [row[1:] for row in PREPAID], ids=[row[0] for row in PREPAID]
)
async def test_what_was_paid_before_worked_out_by_hand(lines: str, paid: str, net: str, rest: str) -> None:
    job: Job = await a_job(lines=entries(lines))
    for amount in paid.split():
        await job.record_prepayment(
            amount=Decimal(amount), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo()
        )
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=await bo())
    before = await invoice.lines.filter(kind=LineKind.PREPAYMENT).order_by('position')
    assert ' '.join(str(-line.amount) for line in before) == net
    withheld, credit = await invoice.withholding_of(invoice.total), await credit_of(job.customer_id)
    assert f'{invoice.subtotal} {invoice.vat} {invoice.total} {withheld} {credit}' == rest
    await must_add_up(job.customer_id)


# Deposits of 20,000: collected in parts; kept (with its VAT inside) → what goes back.
DEPOSITS = (
    ('all goes back', '20000', (), '20000.00'),
    ('collected in three parts', '6666.67 6666.67 6666.66', (), '20000.00'),
    ('a charge and a compensation', '20000', (('charge', '1070', '70.00'), ('damage', '2500', '0.00')), '16430.00'),
    ('a charge of one satang', '20000', (('charge', '0.01', '0.00'),), '19999.99'),
    ('a charge of eight satang', '20000', (('charge', '0.08', '0.01'),), '19999.92'),
    ('a charge of 3.33', '20000', (('charge', '3.33', '0.22'),), '19996.67'),
    ('nothing goes back', '20000', (('damage', '20000', '0.00'),), '0.00'),
    ('kept of what came so far', '5000.01', (('charge', '107', '7.00'),), '4893.01'),
)


@pytest.mark.parametrize(('parts', 'kept', 'back'), [row[1:] for row in DEPOSITS], ids=[row[0] for row in DEPOSITS])
async def test_a_deposit_worked_out_by_hand(parts: str, kept: tuple[tuple[str, str, str], ...], back: str) -> None:
    deposit = await Deposit.get(quote_id=(await an_accepted_quote()).id)
    for part in parts.split():
        await deposit.collect(
            amount=Decimal(part), method=Method.CASH, collected_on=today(), key=uuid4(), by=await bo()
        )
    kinds = {'charge': KeptKind.CHARGE, 'damage': KeptKind.COMPENSATION}
    move = await deposit.give_back(
        method=Method.CASH, returned_on=in_days(0), key=uuid4(), by=await bo(),
        kept=[KeptEntry(kinds[kind], kind, Decimal(amount)) for kind, amount, _ in kept],
    )  # fmt: skip
    assert (str(move.amount), str(deposit.held)) == (back, '0.00')
    told = [str(line.vat) for line in await DepositKept.filter(deposit_id=deposit.id).order_by('id')]
    assert told == [vat for _, _, vat in kept]
    await must_add_up(deposit.customer_id)


def entries(lines: str) -> list[LineEntry]:
    typed = [line.split() for line in lines.split(', ')]
    return [LineEntry(kind, Decimal(rate), withholding=CLASSES.get(kind, Withholding.NONE)) for kind, rate in typed]


class Desk:
    """Does what a step says, and tells what came of it."""

    def __init__(self, customer: Customer, by: Actor, sheet: Sheet) -> None:
        self.customer, self.by, self.sheet = customer, by, sheet
        self.payments: list[Payment] = []

    async def bill(self) -> None:
        from models import DiscountKind

        off = self.sheet.off
        kind = DiscountKind.PERCENT if off.endswith('%') else DiscountKind.THB
        self.invoice = await Invoice.draft(
            self.customer, lines=entries(self.sheet.lines), discount_kind=kind,
            discount_value=Decimal(off.rstrip('%')), by=self.by,
        )  # fmt: skip
        await self.invoice.issue(by=self.by)

    async def take(self, step: str) -> str:
        verb, _, text = step.partition(' ')
        amount = Decimal(text or 0)
        if verb == 'next':
            await self.bill()
        elif verb == 'reverse':
            await self.payments[int(amount) - 1].reverse(reason='Bounced', by=self.by)
        elif verb == 'lower':
            note = await CreditNote.issue(self.invoice, difference=amount, reason='Broken', key=uuid4(), by=self.by)
            return f'{note.vat} {note.lowered} {note.credit}'
        else:
            return await self._pay(verb, amount)
        return ''

    async def _pay(self, verb: str, amount: Decimal) -> str:
        if verb == 'use':
            payment = await use_credit(self.invoice, amount=amount, key=uuid4(), by=self.by)
        else:
            withheld = await self.invoice.withholding_of(amount) if verb == 'withhold' else Decimal(0)
            payment = await self.invoice.record_payment(
                amount=amount - withheld, withheld=withheld, method=Method.BANK_TRANSFER, paid_on=today(),
                key=uuid4(), by=self.by, keep_rest_as_credit=verb == 'bring',
            )  # fmt: skip
        self.payments.append(payment)
        return f'{payment.amount} {payment.withheld} {(await Receipt.get(payment_id=payment.id)).vat}'
