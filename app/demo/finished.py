"""What the demo firm has behind it: rentals that are closed, and bills for things that need no job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from app.demo.acts import (
    Rental,
    Rented,
    billed,
    booked,
    collected,
    drafted,
    given_back,
    moved,
    paid,
    pay,
    planned,
    sent,
    signed,
)
from app.demo.goods import (
    APUTURE,
    BULB,
    C_STAND,
    CHAIR,
    CREW,
    DELIVERY,
    FX6,
    FX9,
    GIMBAL,
    INTERVIEW,
    SKYPANEL,
    SLIDER,
    STUDIO,
    TAPE,
    TRIPOD,
    TUBES,
    WALKIE,
    WIRELESS,
    ZOOM,
    Good,
)
from app.demo.rentals import PRASERT, SOMCHAI
from app.demo.telling import Step, Story, letters_leave, today
from app.keys import keys
from models import (
    CreditNote,
    Invoice,
    KeptEntry,
    KeptKind,
    Method,
    Payment,
    RateType,
    Role,
    Stage,
    WithholdingCertificate,
    make_statement,
)


def closed_rentals() -> list[Rental]:
    """Rentals that are over, new at each call."""
    return [
        Rental(
            'nimman', 'Drama series, episodes 3 and 4', 'ละครชุด ตอนที่ 3-4', -46, 10,
            (Rented(SKYPANEL, 4),),
            (
                (-58, '10:04', drafted), (-58, '10:30', sent), (-57, '14:20', signed), (-57, '15:00', booked),
                (-55, '09:45', collected(reference='SCAN 110482')),
                (-48, '13:00', planned('โรงถ่ายบางใหญ่ ตำบลบางแม่นาง อำเภอบางใหญ่ นนทบุรี 11140',
                                       'คุณพลอย 081 000 0101', *SOMCHAI)),
                *_road(-46, -36, -35),
                (-33, '10:10', billed), (-33, '16:30', given_back(reference='KBANK 100233')),
                (-20, '11:02', paid(50000, Method.BANK_TRANSFER, reference='BBL 331876')),
                (-2, '10:50', billed),
            ),
            deposit=20000,
        ),
        Rental(
            'klongkaeo', 'Music video, Ratchada', 'มิวสิกวิดีโอ รัชดา', -70, 3,
            (Rented(FX9, 2), Rented(ZOOM, 2), Rented(TUBES), Rented(GIMBAL), Rented(DELIVERY), Rented(CREW, 9)),
            (
                (-80, '13:50', drafted), (-80, '14:15', sent), (-79, '10:33', signed), (-79, '11:00', booked),
                (-76, '10:22', collected(method=Method.CHEQUE, reference='CHQ 0044871')),
                (-72, '15:00', planned('', 'คุณณัฐ 081 000 0102', *PRASERT)),
                *_road(-70, -67, -67),
                (-66, '09:30', billed), (-65, '10:40', given_back(reference='KBANK 097611')),
                (-44, '15:12', paid(withholding=True, reference='KTB 55210')),
            ),
            deposit=25000,
            discount=10,
        ),
        Rental(
            'klongkaeo', 'Documentary interviews, Ayutthaya', 'สัมภาษณ์สารคดี อยุธยา', -34, 4,
            (Rented(INTERVIEW), Rented(FX6), Rented(TRIPOD, 2), Rented(APUTURE, 2), Rented(WIRELESS, 2)),
            (
                (-41, '09:25', drafted), (-41, '10:00', sent), (-40, '16:45', signed), (-40, '17:00', booked),
                (-36, '10:30', planned('วัดเก่าริมคลอง ตำบลประตูชัย อำเภอพระนครศรีอยุธยา 13000',
                                       'คุณณัฐ 081 000 0102', *PRASERT)),
                *_road(-34, -30, -30),
                (-29, '10:00', billed), (-15, '14:20', paid(over=1500, reference='BBL 360212')),
            ),
        ),
        Rental(
            'krajok', 'Catalogue shoot, two weeks', 'ถ่ายแค็ตตาล็อกสินค้า 2 สัปดาห์', -64, 14,
            (Rented(APUTURE, 3, RateType.WEEKLY), Rented(C_STAND, 6, RateType.WEEKLY),
             Rented(TRIPOD, 1, RateType.WEEKLY), Rented(DELIVERY)),
            (
                (-75, '11:40', drafted), (-75, '11:58', sent), (-74, '09:12', signed), (-74, '09:30', booked),
                (-71, '13:18', collected(reference='SCAN 098127')),
                (-66, '10:15', planned('', 'คุณแบงค์ 089 000 0103', *PRASERT)),
                *_road(-64, -50, -50),
                (-49, '09:40', billed), (-46, '12:06', paid(method=Method.PROMPTPAY, reference='SCAN 131909')),
                (-46, '15:30', given_back(reference='SCB 081265')),
            ),
            deposit=12000,
        ),
        Rental(
            'kiatisak', 'Travel vlog, Ko Samet', 'ถ่ายวล็อก เกาะเสม็ด', -18, 3,
            (Rented(FX6), Rented(ZOOM), Rented(GIMBAL)),
            (
                (-23, '18:05', drafted), (-23, '18:20', sent), (-23, '21:44', signed), (-22, '09:10', booked),
                (-21, '12:40', collected(reference='SCAN 211340')),
                (-19, '11:00', planned('รับของเองที่คลัง ถนนรามคำแหง', 'คุณเกียรติ 081 000 0107', '', '', '')),
                *_road(-18, -15, -14),
                (-13, '10:20', billed), (-13, '19:02', paid(method=Method.PROMPTPAY, reference='SCAN 231902')),
                (-11, '16:00', given_back(
                    KeptEntry(KeptKind.COMPENSATION, 'กล้องตกน้ำทะเล ค่าซ่อมเมนบอร์ดตามใบเสนอราคาศูนย์บริการ', Decimal(15000)),
                )),
            ),
            deposit=15000,
        ),
    ]  # fmt: skip


@dataclass(slots=True)
class Bill:
    """An invoice without a job, by its line: how many of which good, and at which of the firm's rates."""

    customer: str
    lines: tuple[tuple[Good, int, RateType], ...]
    steps: tuple[tuple[int, str, Callable[[Bill], Awaitable[object]]], ...]
    story: Story = field(init=False)
    invoice: Invoice = field(init=False)
    payment: Payment = field(init=False)

    def told_in(self, story: Story) -> list[Step]:
        self.story = story
        return [Step(day, clock, lambda act=act: act(self)) for day, clock, act in self.steps]  # type: ignore[misc]


def bills() -> list[Bill]:
    """Bills that need no job, new at each call: month by month, from the shop's counter, and for what was broken."""
    daily, monthly = RateType.DAILY, RateType.MONTHLY
    studio = ((FX9, 3, monthly), (TRIPOD, 3, monthly), (WALKIE, 6, monthly))
    return [
        Bill('thonburi', studio, (
            (-75, '10:00', _sent), (-50, '11:30', _paid(withholding=True, reference='TKC-0411')),
            (-36, '13:20', _certified('12/0411')),
        )),
        Bill('thonburi', studio, (
            (-45, '10:00', _sent), (-28, '14:00', _paid(method=Method.CHEQUE, reference='CHQ 2200187')),
            (-26, '09:30', _reversed('เช็คคืน ลายเซ็นไม่ครบ')),
            (-22, '10:15', _paid(withholding=True, reference='TKC-0455')),
        )),
        Bill('thonburi', studio, (
            (-14, '10:00', _sent), (-12, '15:40', _credited(3000, 'วิทยุสื่อสาร 1 เครื่องใช้งานไม่ได้ 10 วัน')),
            (-2, '09:20', _stated(30)),
        )),
        Bill('klongkaeo', ((TAPE, 3, daily), (CHAIR, 6, daily)), ((-52, '16:20', _sent),)),
        Bill('klongkaeo', ((BULB, 3, daily),), (
            (-17, '15:00', _sent), (-16, '09:10', _voided('หลอดเสีย 2 หลอด ไม่ใช่ 3')),
        )),
        Bill('klongkaeo', ((BULB, 2, daily),), ((-16, '09:25', _sent),)),
        Bill('foundation', ((INTERVIEW, 2, daily), (SLIDER, 1, daily)), ((-38, '13:30', _sent),)),
        Bill('mango', ((STUDIO, 2, daily), (TAPE, 1, daily)), (
            (-31, '17:10', _sent), (-29, '10:05', _paid(method=Method.CREDIT_CARD, reference='CARD 9021')),
        )),
        Bill('andaman', ((WIRELESS, 4, daily), (CHAIR, 20, daily)), (
            (-57, '11:11', _sent), (-55, '09:00', _paid(method=Method.CASH)),
        )),
        Bill('harrow', ((WALKIE, 10, daily), (TAPE, 2, daily)), ((-6, '15:45', _sent),)),
    ]  # fmt: skip


def _road(out: int, back: int, closed: int) -> tuple[tuple[int, str, Callable[[Rental], Awaitable[object]]], ...]:
    """From the shelf to the customer and back, as on most jobs."""
    return (
        (out - 1, '14:05', moved(Stage.PICKING)), (out - 1, '17:20', moved(Stage.LOADED)),
        (out, '06:15', moved(Stage.DELIVERING)), (out, '08:40', moved(Stage.ON_SITE)),
        (back, '09:30', moved(Stage.RETURNING)), (closed, '15:45', moved(Stage.CLOSED)),
    )  # fmt: skip


async def _sent(bill: Bill) -> None:
    day, by = bill.story.day(0), bill.story.people[Role.BILLING]
    lines = [good.line(quantity, day, day, by=rate) for good, quantity, rate in bill.lines]
    bill.invoice = await Invoice.draft(bill.story.customers[bill.customer], lines=lines, by=by)
    await bill.invoice.send(secret=keys().new_link_secret(), by=by)


def _paid(
    method: Method = Method.BANK_TRANSFER, *, withholding: bool = False, reference: str = ''
) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        invoice = await Invoice.get(id=bill.invoice.id)
        by = bill.story.people[Role.BILLING]
        bill.payment = await pay(invoice, None, method, withholding=withholding, reference=reference, by=by)

    return act


def _reversed(reason: str) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        await letters_leave()  # the receipt of this money was long in the customer's hands
        await bill.payment.reverse(reason=reason, by=bill.story.people[Role.BILLING])

    return act


def _certified(number: str) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        await WithholdingCertificate.receive(bill.payment, number=number, by=bill.story.people[Role.BILLING])

    return act


def _credited(difference: int, reason: str) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        by = bill.story.people[Role.BILLING]
        await CreditNote.issue(bill.invoice, difference=Decimal(difference), reason=reason, key=uuid4(), by=by)

    return act


def _stated(days: int) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        customer, last = bill.story.customers[bill.customer], today()
        first = last - timedelta(days=days)
        await make_statement(customer, first=first, last=last, by=bill.story.people[Role.BILLING])

    return act


def _voided(reason: str) -> Callable[[Bill], Awaitable[object]]:
    async def act(bill: Bill) -> None:
        await bill.invoice.void(reason=reason, by=bill.story.people[Role.BILLING])

    return act
