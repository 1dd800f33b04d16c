"""A customer of whom all is kept that can be: quotes in all states, a finished job, money, links, looks, letters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from models import (
    AccessCode,
    BankLine,
    BankRow,
    BankStatement,
    CertificateFile,
    Claim,
    CodeSecret,
    Customer,
    Deposit,
    Device,
    Invoice,
    Job,
    Method,
    PortalLink,
    PortalVisit,
    Quote,
    SlipEntry,
    Stage,
    VisitKind,
    WithholdingCertificate,
)
from tests.world import KEYS, a_draft, a_job, a_link, a_sent_quote, bo, nimman, pay, ploy, set_all_papers, today

SLIP = SlipEntry(b'\xff\xd8\xff the slip', '014', '00111222233344ABCD12')
COOKIE = b'c' * 32
QUESTION = 'Can Khun Somsri sign for it?'


@dataclass
class Kept:
    customer: Customer
    draft: Quote
    declined: Quote
    job: Job
    invoice: Invoice
    deposit: Deposit
    claim: Claim
    link: PortalLink
    token: str
    code: CodeSecret


async def money_of(job: Job) -> tuple[Invoice, Deposit, Claim]:
    """Its invoice is claimed with a slip and paid in two, one of them in a bank's file; its deposit went back."""
    by = await bo()
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=by)
    link, _ = await a_link(invoice)
    claim = await Claim.make(invoice, amount=Decimal(57000), key=uuid4(), by=ploy(link), slip=SLIP)
    await claim.record(amount=Decimal(57000), method=Method.PROMPTPAY, paid_on=today(), by=by)
    row = BankRow(today(), Decimal(47000), 'TRANSFER FROM NIMMAN FILM')
    await BankStatement.take([row], file_name='kbank.csv', head='h', columns={}, by=by)
    payment = await pay(invoice, 47000, withheld=Decimal(3000))
    await (await BankLine.get()).was_recorded(payment, invoice.number or '', by=by)
    await WithholdingCertificate.receive(
        payment, number='50-7', received_on=today(), by=by, file=CertificateFile('50tawi.jpg', b'\xff\xd8\xff the tax')
    )
    deposit = await Deposit.get(job_id=job.id)
    await deposit.collect(amount=deposit.amount, method=Method.CASH, collected_on=today(), key=uuid4(), by=by)
    await deposit.give_back(method=Method.CASH, returned_on=today(), key=uuid4(), by=by)
    return invoice, deposit, claim


async def looked(link: PortalLink) -> CodeSecret:
    """By the customer's phone, to which a code was sent, and by staff."""
    device = await Device.known(COOKIE, user_agent='Mozilla/5.0 (iPhone of Ploy)')
    await PortalVisit.view(link, device_id=device.id, ip='203.0.113.9', user_agent='Mozilla/5.0 (iPhone of Ploy)')
    await PortalVisit.look(VisitKind.STAFF, link, ip='198.51.100.7', user_agent='Mozilla/5.0 (counter)')
    code = KEYS.new_code_secret()
    await AccessCode.ask(link, device_id=device.id, secret=code)
    await AccessCode.enter(link, device_id=device.id, digest_of=lambda _id: code.digest)
    return code


async def everything_of_nimman() -> Kept:
    customer = await nimman(
        code='C-77', notes='Pays on Fridays.', tax_id='0105540087061', billing_address='1 Nimman Rd',
        delivery_address='Studio 4, back door',
    )  # fmt: skip
    draft = await a_draft(customer, title='A draft for later', internal_notes='Ask her brother first')
    declined = await a_sent_quote(customer, title='Wedding of her sister', title_th='')
    quote_link, _ = await a_link(declined)
    await declined.ask(QUESTION, by=ploy(quote_link))
    await declined.decline(by=ploy(quote_link), reason='Her mother is ill')
    job = await a_job(customer, Stage.CLOSED)
    invoice, deposit, claim = await money_of(job)
    link, token = await a_link(customer, note='for Khun Fah in accounting')
    code = await looked(link)
    await set_all_papers()
    declined = await Quote.get(id=declined.id)
    return Kept(
        customer,
        draft,
        declined,
        await Job.get(id=job.id),
        await Invoice.get(id=invoice.id),
        deposit,
        claim,
        link,
        token,
        code,
    )


__all__ = ['COOKIE', 'QUESTION', 'SLIP', 'Kept', 'everything_of_nimman']
