"""Whatever clerks do in whatever order, every ledger adds up: invoices, credit, deposits, and the statement of it all.

200 steps of random verbs by default; `LEDGER_STEPS=2000` takes more.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Coroutine, Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.database import connect, disconnect
from models import (
    Business,
    CreditNote,
    CreditReturn,
    Customer,
    CustomerKind,
    Deposit,
    Invoice,
    InvoiceStatus,
    Job,
    KeptEntry,
    KeptKind,
    LineEntry,
    Method,
    Payment,
    Refused,
    TaxPoint,
    Withholding,
    credit_of,
    credit_prepayments,
    draft_again,
    make_statement,
    reverse_collected,
    use_credit,
)
from models.money import baht
from tests.cluster import Loop
from tests.ledger import must_add_up, must_be_gapless
from tests.world import a_job, a_secret, bo, nimman, today

STEPS_AT_ONCE = 50
STEPS = int(os.environ.get('LEDGER_STEPS', '200'))

AMOUNTS = st.one_of(
    st.decimals('0.01', '9999999.99', places=2),
    st.decimals('0.01', '1.07', places=2),
    st.sampled_from([Decimal('0.01'), Decimal('107.00'), Decimal('33.33'), Decimal('9999999.99')]),
)
SHARES = st.sampled_from([Decimal(0), Decimal('0.01'), Decimal('0.3333'), Decimal('0.5'), Decimal(1), Decimal('1.01')])
PLACES = st.integers(0, 10_000)
CLASSES = st.sampled_from(list(Withholding))
RENT = st.builds(lambda rate, kind: LineEntry('Lamp', rate, withholding=kind), AMOUNTS, CLASSES)
RENTS = st.lists(RENT, min_size=1, max_size=3)


class Books(RuleBasedStateMachine):
    """Two customers and a firm; every rule is a verb that may be refused, and nothing else may go wrong."""

    loop: Loop
    customers: list[Customer]

    @initialize()
    def open_the_books(self) -> None:
        self.customers = self.run(self._customers())

    @rule(who=PLACES, lines=RENTS, discount=SHARES, issue=st.booleans())
    def bills(self, who: int, lines: list[LineEntry], discount: Decimal, issue: bool) -> None:
        async def verb() -> None:
            off = baht(discount * sum(line.amount for line in lines))
            invoice = await Invoice.draft(self._one(who), lines=lines, discount_value=off, by=await bo())
            if issue:
                await invoice.issue(by=await bo())

        self.try_(verb())

    @rule(who=PLACES, lines=RENTS)
    def books(self, who: int, lines: list[LineEntry]) -> None:
        self.try_(a_job(self._one(who), lines=lines, deposit=Decimal('20000')))

    @rule(place=PLACES, amount=AMOUNTS)
    def pays_before(self, place: int, amount: Decimal) -> None:
        async def verb() -> None:
            if job := await self._some(Job, place):
                await job.record_prepayment(
                    amount=amount, method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo()
                )

        self.try_(verb())

    @rule(place=PLACES, cancel=st.booleans())
    def keeps_what_was_paid_before(self, place: int, cancel: bool) -> None:
        async def verb() -> None:
            if job := await self._some(Job, place):
                if cancel:
                    await job.cancel(reason='Called off', by=await bo(), paid_before='credit')
                await credit_prepayments(job, reason='Called off', by=await bo())

        self.try_(verb())

    @rule(place=PLACES)
    def drafts_again(self, place: int) -> None:
        async def verb() -> None:
            if job := await self._some(Job, place):
                await draft_again(job, by=await bo())

        self.try_(verb())

    @rule(place=PLACES)
    def sends(self, place: int) -> None:
        async def verb() -> None:
            if invoice := await self._some(Invoice, place, status=InvoiceStatus.DRAFT):
                await invoice.send(secret=a_secret(), by=await bo())

        self.try_(verb())

    @rule(place=PLACES, share=SHARES, withholds=st.booleans(), over=st.booleans())
    def pays(self, place: int, share: Decimal, withholds: bool, over: bool) -> None:
        async def verb() -> None:
            if invoice := await self._some(Invoice, place, status__in=['Sent', 'Partial', 'Paid']):
                settled = baht((invoice.balance or invoice.total) * share)
                withheld = await invoice.withholding_of(settled) if withholds else Decimal(0)
                await invoice.record_payment(
                    amount=settled - withheld, withheld=withheld, method=Method.PROMPTPAY, paid_on=today(),
                    key=uuid4(), by=await bo(), keep_rest_as_credit=over,
                )  # fmt: skip

        self.try_(verb())

    @rule(place=PLACES)
    def reverses(self, place: int) -> None:
        async def verb() -> None:
            if payment := await self._some(Payment, place):
                await payment.reverse(reason='Bounced', by=await bo())

        self.try_(verb())

    @rule(place=PLACES, share=SHARES)
    def uses_credit(self, place: int, share: Decimal) -> None:
        async def verb() -> None:
            if invoice := await self._some(Invoice, place, status__in=['Sent', 'Partial']):
                most = min(invoice.balance, await credit_of(invoice.customer_id))
                await use_credit(invoice, amount=baht(most * share), key=uuid4(), by=await bo())

        self.try_(verb())

    @rule(who=PLACES, share=SHARES)
    def returns_credit(self, who: int, share: Decimal) -> None:
        async def verb() -> None:
            customer = self._one(who)
            await CreditReturn.pay_back(
                customer, amount=baht(await credit_of(customer.id) * share), method=Method.CASH, returned_on=today(),
                key=uuid4(), by=await bo(),
            )  # fmt: skip

        self.try_(verb())

    @rule(place=PLACES, share=SHARES)
    def credits(self, place: int, share: Decimal) -> None:
        async def verb() -> None:
            if invoice := await self._some(Invoice, place, status__not='Draft'):
                difference = baht((invoice.subtotal - invoice.discount) * share / 2)
                await CreditNote.issue(invoice, difference=difference, reason='Broken', key=uuid4(), by=await bo())

        self.try_(verb())

    @rule(place=PLACES)
    def voids(self, place: int) -> None:
        async def verb() -> None:
            if invoice := await self._some(Invoice, place):
                await invoice.void(reason='Wrong', by=await bo())

        self.try_(verb())

    @rule(place=PLACES, share=SHARES)
    def collects_deposit(self, place: int, share: Decimal) -> None:
        async def verb() -> None:
            if deposit := await self._some(Deposit, place):
                await deposit.collect(
                    amount=baht(deposit.amount * share), method=Method.CASH, collected_on=today(), key=uuid4(),
                    by=await bo(),
                )  # fmt: skip

        self.try_(verb())

    @rule(place=PLACES)
    def reverses_deposit(self, place: int) -> None:
        async def verb() -> None:
            if (deposit := await self._some(Deposit, place)) and (move := await deposit.moves.all().first()):
                await reverse_collected(move, reason='Bounced', by=await bo())

        self.try_(verb())

    @rule(place=PLACES, share=SHARES, kind=st.sampled_from(list(KeptKind)))
    def returns_deposit(self, place: int, share: Decimal, kind: KeptKind) -> None:
        async def verb() -> None:
            if deposit := await self._some(Deposit, place):
                kept = [KeptEntry(kind, 'Late', baht(deposit.held * share))] if share else []
                await deposit.give_back(kept=kept, method=Method.CASH, returned_on=today(), key=uuid4(), by=await bo())

        self.try_(verb())

    @rule(point=st.sampled_from(list(TaxPoint)), registered=st.booleans())
    def changes_its_mind(self, point: TaxPoint, registered: bool) -> None:
        async def verb() -> None:
            firm = await Business.the()
            await firm.amend(version=firm.version, by=await bo(), tax_point=point, vat_registered=registered)

        self.try_(verb())

    @rule(who=PLACES)
    def makes_a_statement(self, who: int) -> None:
        async def verb() -> None:
            await make_statement(self._one(who), first=today(), last=today(), by=await bo())

        self.try_(verb())

    @invariant()
    def everything_adds_up(self) -> None:
        self.run(self._look())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run(work)

    def try_(self, verb: Coroutine[Any, Any, Any]) -> None:
        with contextlib.suppress(Refused):
            self.run(verb)

    async def _look(self) -> None:
        for customer in getattr(self, 'customers', ()):
            await must_add_up(customer.id)
        await must_be_gapless()

    @staticmethod
    async def _customers() -> list[Customer]:
        person = await nimman(name='Khun Lek', kind=CustomerKind.INDIVIDUAL)
        return [await nimman(), person]

    def _one(self, who: int) -> Customer:
        return self.customers[who % len(self.customers)]

    async def _some(self, kind: type[Any], place: int, **having: Any) -> Any:
        mine = [customer.id for customer in self.customers]
        found = await kind.filter(customer_id__in=mine, **having).order_by('id')
        return found[place % len(found)] if found else None


@pytest.fixture
def loop(database_url: str) -> Iterator[Loop]:
    loop = Loop()
    loop.run(connect(database_url))
    yield loop
    loop.run(disconnect())


def test_every_ledger_adds_up_whatever_is_done(loop: Loop) -> None:
    Books.loop = loop
    taken = settings(
        max_examples=max(1, STEPS // STEPS_AT_ONCE),
        stateful_step_count=STEPS_AT_ONCE,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Books, settings=taken)
