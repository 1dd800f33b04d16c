"""`I have paid`, as customers of the demo say it: with the slip that a bank's app draws, or without one."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import qrcode
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from app.demo.acts import Act, Rental
from app.papers.face import FILES, FONTS
from app.promptpay import checksum
from models import OPEN, Actor, Business, Claim, Customer, Invoice, SlipEntry

INK, FAINT, PAPER, BAND = '#16324f', '#6b7f93', '#f4f8fc', '#2f6db5'
WIDE, HIGH, EDGE = 640, 900, 48


def said_paid_invoice(*, withholding: bool = False, bank: str, reference: str) -> Act:
    """All of the job's open invoice, less the tax that a company keeps back, with the slip of the transfer."""

    async def act(rental: Rental) -> None:
        invoice = await Invoice.get(job_id=rental.job.id, status__in=OPEN)
        withheld = await invoice.withholding_of(invoice.balance) if withholding else Decimal(0)
        amount = invoice.balance - withheld
        slip = await _slip(rental, amount, bank, reference)
        await Claim.make(invoice, amount=amount, withheld=withheld, key=uuid4(), by=await _customer(rental), slip=slip)

    return act


async def said_paid_deposit(rental: Rental) -> None:
    """All that is awaited, and no slip."""
    deposit = await rental.held()
    await Claim.make(deposit, amount=deposit.awaited, key=uuid4(), by=await _customer(rental))


async def _customer(rental: Rental) -> Actor:
    customer = rental.story.customers[rental.customer]
    contact = await customer.contacts.all().get(position=0)
    return Actor('customer', contact.greeting_name(customer.language), link_id=rental.story.links[rental.customer].id)


async def _slip(rental: Rental, amount: Decimal, bank: str, reference: str) -> SlipEntry:
    customer, firm = await Customer.get(id=rental.story.customers[rental.customer].id), await Business.the()
    told = {'จาก': customer.text('th'), 'ไปยัง': firm.text('name', 'th'), 'เลขที่รายการ': reference}
    return SlipEntry(_drawn(told, f'{amount:,.2f} บาท', _code(bank, reference)), bank, reference)


def _drawn(told: dict[str, str], amount: str, code: str) -> bytes:
    """Without a day on it: the story is told anew on another one."""
    slip = Image.new('RGB', (WIDE, HIGH), PAPER)
    draw = ImageDraw.Draw(slip)
    plain, large = _letters(24), _letters(44)
    draw.rectangle((0, 0, WIDE, 120), fill=BAND)
    draw.text((EDGE, 42), 'โอนเงินสำเร็จ', font=large, fill=PAPER)
    draw.text((EDGE, 160), amount, font=large, fill=INK)
    top = 250
    for name, said in told.items():
        draw.text((EDGE, top), name, font=plain, fill=FAINT)
        draw.text((EDGE, top + 34), said, font=plain, fill=INK)
        top += 96
    square = qrcode.make(code, box_size=5, border=4).convert('RGB')
    slip.paste(square, ((WIDE - square.width) // 2, top + 20))
    written = BytesIO()
    slip.save(written, 'JPEG', quality=82)
    return written.getvalue()


def _letters(size: int) -> ImageFont.FreeTypeFont:
    unpacked = BytesIO()
    face = TTFont(FONTS / FILES[''])
    face.flavor = None
    face.save(unpacked)
    unpacked.seek(0)
    return ImageFont.truetype(unpacked, size)


def _code(bank: str, reference: str) -> str:
    """The mini-QR that every bank draws on its slips: which bank, and which transfer."""
    inside = ''.join(
        f'{tag}{len(value):02d}{value}' for tag, value in (('00', '000001'), ('01', bank), ('02', reference))
    )
    text = f'00{len(inside):02d}{inside}5102TH9104'
    return text + checksum(text)
