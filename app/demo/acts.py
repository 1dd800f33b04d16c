"""One rental of the demo, and what can become of it: each act is a verb of the records, done by whose work it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from app.demo.goods import Good
from app.demo.link_story import IN_LINE, look_at
from app.demo.telling import Step, Story, today
from app.extending import extension_names
from app.keys import keys
from app.papers.setting import set_one
from models import (
    OPEN,
    Actor,
    CustomerKind,
    Deposit,
    DiscountKind,
    Invoice,
    Job,
    KeptEntry,
    LineEntry,
    Method,
    Payment,
    PortalLink,
    Quote,
    QuoteEntry,
    QuoteLine,
    RateType,
    Role,
    SignatureEntry,
    SignatureMethod,
    Stage,
    paper_opened,
)

Act = Callable[['Rental'], Awaitable[object]]
When = tuple[int, str, Act]

CONSENT = {
    'en': 'I accept this quote and the rental terms, version 1.',
    'th': 'ข้าพเจ้ายอมรับใบเสนอราคานี้และเงื่อนไขการเช่า ฉบับที่ 1',
}
# A signature as a finger draws it: one long stroke and a flourish under it.
STROKES = [
    [
        [900, 3600],
        [1350, 1050],
        [1950, 450],
        [2400, 1800],
        [2250, 3750],
        [2850, 2700],
        [3600, 2100],
        [4050, 3150],
        [4950, 1950],
        [5550, 3300],
        [6900, 1800],
    ],
    [[750, 4650], [3300, 4200], [6600, 4350], [9000, 3750]],
]


@dataclass(frozen=True, slots=True)
class Rented:
    """A line of the offer: how many of which good, and by the day, the week or the month."""

    good: Good
    quantity: int = 1
    by: RateType = RateType.DAILY
    optional: bool = False


@dataclass(slots=True)
class Rental:
    """From the offer to the last payment; `start` is the first day of the job, counted from today."""

    customer: str
    title: str
    title_th: str
    start: int
    days: int
    rented: tuple[Rented, ...]
    steps: tuple[When, ...]
    deposit: int = 0
    discount: int = 0
    discount_kind: DiscountKind = DiscountKind.PERCENT
    notes: str = ''
    internal: str = ''
    story: Story = field(init=False)
    quote: Quote = field(init=False)
    link: PortalLink = field(init=False)
    job: Job = field(init=False)
    payment: Payment = field(init=False)

    def told_in(self, story: Story) -> list[Step]:
        self.story = story
        return [Step(day, clock, lambda act=act: act(self)) for day, clock, act in self.steps]  # type: ignore[misc]

    def by(self, role: Role) -> Actor:
        return self.story.people[role]

    def lines(self) -> list[LineEntry]:
        start, end = self.story.day(self.start), self.story.day(self.start + self.days - 1)
        return [each.good.line(each.quantity, start, end, by=each.by, optional=each.optional) for each in self.rented]

    async def invoice(self) -> Invoice:
        """The job's newest: after an extension the second one."""
        return (await Invoice.filter(job_id=self.job.id).order_by('-id').limit(1))[0]

    async def held(self) -> Deposit:
        return await Deposit.get(quote_id=self.quote.id)


async def drafted(rental: Rental) -> None:
    entry = QuoteEntry(
        job_start=rental.story.day(rental.start),
        job_end=rental.story.day(rental.start + rental.days - 1),
        lines=tuple(rental.lines()),
        title=rental.title,
        title_th=rental.title_th,
        deposit=Decimal(rental.deposit),
        discount_kind=rental.discount_kind,
        discount_value=Decimal(rental.discount),
        customer_notes=rental.notes,
        internal_notes=rental.internal,
    )
    customer = rental.story.customers[rental.customer]
    rental.quote = await Quote.draft(customer, entry, by=rental.by(Role.SALES))


async def sent(rental: Rental) -> None:
    rental.link = await rental.quote.send(secret=keys().new_link_secret(), by=rental.by(Role.SALES))


async def signed(rental: Rental) -> None:
    """By the customer's primary contact, with whatever was optional."""
    customer = rental.story.customers[rental.customer]
    signer = await customer.contacts.all().get(position=0)
    drawn = customer.language == 'th'
    signature = SignatureEntry(
        signer.full_name,
        SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
        CONSENT[customer.language],
        customer.language,
        strokes=STROKES if drawn else [],
        chosen=frozenset([line.id for line in await QuoteLine.filter(quote_id=rental.quote.id, optional=True)]),
        company=customer.text(customer.language) if customer.kind is CustomerKind.COMPANY else '',
        ip='192.0.2.44',
        user_agent=IN_LINE,
    )
    phone = await look_at(rental.link, f'{rental.customer} phone')
    by = Actor('customer', signer.greeting_name(customer.language), link_id=rental.link.id)
    if shown := await rental.quote.paper():
        await set_one(shown.id)
        await paper_opened(shown, by=by, device_id=phone.id)
    await rental.quote.accept(version=rental.quote.published, signature=signature, by=by)


def declined(reason: str) -> Act:
    async def act(rental: Rental) -> None:
        await rental.quote.decline(by=Actor('customer', 'Customer', link_id=rental.link.id), reason=reason)

    return act


async def expired(_: Rental) -> None:
    await Quote.expire_overdue()


async def booked(rental: Rental) -> None:
    rental.job = await rental.quote.create_job(by=rental.by(Role.OPERATIONS))


def planned(site: str, contact: str, driver: str, phone: str, vehicle: str) -> Act:
    async def act(rental: Rental) -> None:
        address = {'delivery_address': site} if site else {}
        await rental.job.plan_delivery(
            version=rental.job.version,
            by=rental.by(Role.OPERATIONS),
            site_contact=contact,
            driver_name=driver,
            driver_phone=phone,
            vehicle=vehicle,
            **address,
        )

    return act


def moved(*stages: Stage) -> Act:
    async def act(rental: Rental) -> None:
        for stage in stages:
            await rental.job.advance(stage, by=rental.by(Role.CREW))

    return act


def went_back(note: str) -> Act:
    async def act(rental: Rental) -> None:
        await rental.job.go_back(by=rental.by(Role.OPERATIONS), note=note)

    return act


def extended(days: int) -> Act:
    async def act(rental: Rental) -> None:
        end_on = rental.job.end_on + timedelta(days=days)
        lines = await rental.job.extension_lines(end_on, named=extension_names(rental.job.end_on, end_on))
        await rental.job.extend(end_on=end_on, lines=lines, by=rental.by(Role.OPERATIONS))

    return act


def cancelled(reason: str) -> Act:
    async def act(rental: Rental) -> None:
        await rental.job.cancel(reason=reason, shown=True, by=rental.by(Role.OPERATIONS))

    return act


def prepaid(amount: int, method: Method = Method.BANK_TRANSFER, reference: str = '') -> Act:
    async def act(rental: Rental) -> None:
        await rental.job.record_prepayment(
            amount=Decimal(amount),
            method=method,
            paid_on=today(),
            key=uuid4(),
            by=rental.by(Role.BILLING),
            reference=reference,
        )

    return act


async def billed(rental: Rental) -> None:
    """Sent, or sent again."""
    await (await rental.invoice()).send(secret=keys().new_link_secret(), by=rental.by(Role.BILLING))


def paid(
    amount: int | None = None,
    method: Method = Method.BANK_TRANSFER,
    *,
    withholding: bool = False,
    over: int = 0,
    reference: str = '',
) -> Act:
    async def act(rental: Rental) -> None:
        rental.payment = await pay(
            await Invoice.get(job_id=rental.job.id, status__in=OPEN),
            amount,
            method,
            withholding=withholding,
            over=over,
            reference=reference,
            by=rental.by(Role.BILLING),
        )

    return act


async def pay(
    invoice: Invoice,
    amount: int | None,
    method: Method,
    *,
    by: Actor,
    withholding: bool = False,
    over: int = 0,
    reference: str = '',
) -> Payment:
    """Settle `amount` of it, or all; a company may withhold its tax, and somebody may pay more than was asked."""
    settled = invoice.balance if amount is None else Decimal(amount)
    withheld = await invoice.withholding_of(settled) if withholding else Decimal(0)
    return await invoice.record_payment(
        amount=settled - withheld + over,
        withheld=withheld,
        method=method,
        paid_on=today(),
        key=uuid4(),
        by=by,
        reference=reference,
        keep_rest_as_credit=over > 0,
    )


def collected(amount: int | None = None, method: Method = Method.PROMPTPAY, reference: str = '') -> Act:
    async def act(rental: Rental) -> None:
        deposit = await rental.held()
        await deposit.collect(
            amount=deposit.awaited if amount is None else Decimal(amount),
            method=method,
            collected_on=today(),
            key=uuid4(),
            by=rental.by(Role.BILLING),
            reference=reference,
        )

    return act


def given_back(*kept: KeptEntry, reference: str = '') -> Act:
    async def act(rental: Rental) -> None:
        await (await rental.held()).give_back(
            method=Method.BANK_TRANSFER,
            returned_on=today(),
            key=uuid4(),
            by=rental.by(Role.BILLING),
            kept=kept,
            reference=reference,
        )

    return act
