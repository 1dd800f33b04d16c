"""Credit, credit notes, drafts by hand, tax invoices again, certificates and statements, at the counter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from nicegui.testing import User

from models import (
    Business,
    CreditNote,
    CreditReturn,
    Document,
    Invoice,
    InvoiceStatus,
    Payment,
    Role,
    TaxPoint,
    Withholding,
    WithholdingCertificate,
    credit_of,
)
from tests.pages.work import choose, colleague, counter, forge, misses, pick, saves, sees, sit_down, tap, typed, write
from tests.world import SKYPANELS, a_firm, a_job, an_invoice, bo, nimman, pay, today

__all__ = ['colleague', 'counter']


async def test_a_draft_is_changed_line_by_line_with_its_withholding_class(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    await counter.open(f'/invoices/{draft.id}/edit')
    await counter.should_see(marker='rate_1', retries=50)
    assert typed(counter, 'rate_1') == '2,500.00'
    write(counter, 'rate_1', '2000')
    pick(counter, 'withholding_1', 'SERVICE')
    write(counter, 'discount', '5000')
    write(counter, 'customer_notes', 'Thank you')
    await sees(counter, 'Grand Total ฿80,250.00')
    saves(counter)
    await sees(counter, 'The draft is saved.')
    stored = await Invoice.get(id=draft.id).prefetch_related('lines')
    assert (stored.total, stored.customer_notes) == (Decimal(80250), 'Thank you')
    assert next(iter(stored.lines)).withholding is Withholding.SERVICE


async def test_a_draft_that_changed_meanwhile_is_not_written_over(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    await counter.open(f'/invoices/{draft.id}/edit')
    await counter.should_see(marker='rate_1', retries=50)
    lines = [SKYPANELS, replace(SKYPANELS, name='Fog machine', name_th='')]
    await draft.amend(version=draft.version, lines=lines, customer_notes='Thank you', by=await bo())
    write(counter, 'rate_1', '1')
    saves(counter)
    await sees(counter, 'Somebody else just saved a change here.')
    assert (await Invoice.get(id=draft.id)).subtotal == Decimal(200000)
    await sees(counter, 'saving yours replaces them')  # and what would be replaced can be read
    await sees(counter, 'Fog machine')
    assert (typed(counter, 'rate_1'), typed(counter, 'customer_notes')) == ('1', 'Thank you')
    saves(counter)
    await sees(counter, 'The draft is saved.')
    assert (await Invoice.get(id=draft.id)).subtotal == Decimal(40)


async def test_an_issued_invoice_is_not_edited(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}/edit')
    await sees(counter, 'can no longer be changed')


async def test_a_draft_is_discarded_after_a_question(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    choose(counter, 'discard')
    await sees(counter, 'Discard this draft?')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'This draft was discarded.')
    assert not await Invoice.exists(id=draft.id)


async def test_credit_is_offered_and_used(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await pay(await an_invoice(customer), 110000, keep_rest_as_credit=True)
    second = await an_invoice(customer)
    await counter.open(f'/invoices/{second.number}')
    await sees(counter, 'The customer has ฿3,000.00 of credit.')
    tap(counter, 'use-credit')
    await counter.should_see(marker='amount', retries=50)
    assert typed(counter, 'amount') == '3,000.00'
    write(counter, 'amount', '3000.01')
    saves(counter)
    await sees(counter, "The customer's credit is ฿3,000.00")
    write(counter, 'amount', '3000')
    saves(counter)
    saves(counter)
    await sees(counter, 'Customer credit')
    await misses(counter, 'The customer has ฿3,000.00 of credit.')
    assert (await Invoice.get(id=second.id)).balance == Decimal(104000)


async def test_a_credit_note_says_what_it_comes_to_before_it_is_issued(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.SALES)
    invoice = await an_invoice()
    await pay(invoice, 100000)
    await colleague.open(f'/invoices/{invoice.number}')
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Record Payment')
    choose(counter, 'credit-note')
    await counter.should_see(marker='difference', retries=50)
    await sees(counter, f'It comes off the balance of {invoice.number} first, now ฿7,000.00;')
    write(counter, 'difference', '1000')
    await sees(counter, 'VAT of it ฿70.00')
    await sees(counter, 'Credit note, VAT included ฿1,070.00')
    await sees(counter, 'Balance after it ฿5,930.00')
    await misses(counter, 'Becomes customer credit ฿')
    write(counter, 'difference', '100000.01')
    await sees(counter, 'The invoice is worth ฿100,000.00 before VAT')
    await misses(counter, 'Balance after it')
    write(counter, 'difference', '10000')
    await sees(counter, 'VAT of it ฿700.00')
    await sees(counter, 'Balance after it ฿0.00')
    await sees(counter, 'Comes off the balance ฿7,000.00')
    await sees(counter, 'Becomes customer credit ฿3,700.00')
    saves(counter)
    await sees(counter, 'Please give a reason.')
    counter.find(marker='reason').type('Two lamps were broken')
    saves(counter)
    saves(counter)
    await sees(colleague, 'Two lamps were broken')
    assert await CreditNote.all().count() == 1
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID


async def test_a_tax_invoice_is_issued_again_once_the_buyer_is_complete(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    payment = await pay(await an_invoice(customer), 107000)
    invoice = await Invoice.get(id=payment.invoice_id)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, 'Issue Tax Invoice')
    tap(counter, 'tax-invoice', str(payment.id))
    await sees(counter, 'missing')
    saves(counter)
    await sees(counter, "A tax invoice needs the buyer's address.")
    await customer.amend(version=1, by=await bo(), billing_address='9 Nimman Road')
    saves(counter)
    await sees(counter, 'is issued again.')
    assert await Document.filter(kind='Receipt').count() == 2


async def test_a_certificate_is_ticked_and_leaves_the_list(counter: User, colleague: User) -> None:
    await sit_down(counter, Role.BILLING)
    await sit_down(colleague, Role.SALES)
    invoice = await an_invoice()
    payment = await pay(invoice, 102000, withheld=Decimal(5000))
    await colleague.open('/invoices/certificates')
    await sees(colleague, '5,000.00')
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, '50 ทวิ owed')
    tap(counter, 'certificate', str(payment.id))
    await counter.should_see(marker='number', retries=50)
    write(counter, 'number', '12/3')
    saves(counter)
    await sees(counter, '50 ทวิ 12/3')
    await sees(colleague, 'No certificate is owed')
    tap(counter, 'certificate', str(payment.id))
    await sees(counter, 'is owed again')
    saves(counter)
    await sees(counter, '50 ทวิ owed')


async def test_the_file_of_a_certificate_is_only_ever_saved(counter: User) -> None:
    from models.withholding_certificate import CertificateFile

    payment = await pay(await an_invoice(), 102000, withheld=Decimal(5000))
    file = CertificateFile('๕๐ทวิ.pdf', b'%PDF-1.4 <script>alert(1)</script>')
    await WithholdingCertificate.receive(payment, file=file, by=await bo())
    asked = await counter.http_client.get(f'/certificates/{payment.id}', follow_redirects=False)
    assert asked.status_code == 303
    await sit_down(counter, Role.CREW)
    assert (await counter.http_client.get(f'/certificates/{payment.id}')).status_code == 404
    await sit_down(counter, Role.BILLING)
    answer = await counter.http_client.get(f'/certificates/{payment.id}')
    assert answer.content == file.content
    assert answer.headers['content-disposition'].startswith('attachment;')
    assert answer.headers['x-content-type-options'] == 'nosniff'


async def test_the_account_shows_the_period_and_makes_its_paper(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await pay(await an_invoice(customer), 110000, keep_rest_as_credit=True)
    await counter.open(f'/customers/{customer.id}/account')
    await sees(counter, 'Customer credit ฿3,000.00')
    await sees(counter, '110,000.00 −3,000.00')
    saves(counter)
    await sees(counter, f'Statement STM-{today().year}-0001 is made.')
    await pay(await an_invoice(customer), 7000)
    await sees(counter, '7,000.00 97,000.00')
    write(counter, 'last', '2020-01-01')
    await sees(counter, 'The last day cannot be before the first day.')


async def test_credit_is_returned_from_the_account(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    await pay(await an_invoice(customer), 110000, keep_rest_as_credit=True)
    await counter.open(f'/customers/{customer.id}/account')
    await sees(counter, 'Return Credit')
    tap(counter, 'return-credit')
    await counter.should_see(marker='amount', retries=50)
    saves(counter)
    saves(counter)
    await misses(counter, 'Return Credit')
    assert (await credit_of(customer.id), await CreditReturn.all().count()) == (Decimal(0), 1)


@pytest.mark.parametrize('verb', ['use-credit', 'certificate', 'tax-invoice'])
async def test_what_sales_may_not_do_with_money_is_refused_when_it_is_forged(counter: User, verb: str) -> None:
    await sit_down(counter, Role.SALES)
    payment = await pay(await an_invoice(), 102000, withheld=Decimal(5000))
    invoice = await Invoice.get(id=payment.invoice_id)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, '102,000.00')
    forge(counter, verb, str(payment.id))
    await sees(counter, 'Your role does not allow this.')


async def test_a_zero_invoice_is_sent_without_a_link(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    job = await a_job()
    draft = await Invoice.get(job_id=job.id)
    from uuid import uuid4

    from models import Method

    await job.record_prepayment(amount=Decimal(107000), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    tap(counter, 'send')
    await sees(counter, 'The draft gets its number')
    saves(counter)
    await sees(counter, 'Pre-payments have settled it in full')
    assert (await Payment.get()).counted_on_id == draft.id


async def test_a_payment_says_before_it_is_recorded_that_its_tax_invoice_lacks_the_buyers_address(
    counter: User,
) -> None:
    await sit_down(counter, Role.BILLING)
    customer = await nimman()
    invoice = await an_invoice(customer)
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await sees(counter, "A tax invoice needs the buyer's address.")
    await customer.amend(version=1, by=await bo(), billing_address='9 Nimman Road')
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    await misses(counter, "A tax invoice needs the buyer's address.")


async def test_an_invoice_that_is_a_tax_invoice_is_issued_without_an_address_only_on_purpose(counter: User) -> None:
    await sit_down(counter, Role.BILLING)
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), tax_point=TaxPoint.ISSUE)
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    await counter.open(f'/invoices/{draft.id}')
    await sees(counter, 'Finalize')
    tap(counter, 'finalize')
    await sees(counter, 'Something is missing on this tax invoice')
    assert (await Invoice.get(id=draft.id)).status is InvoiceStatus.DRAFT
    counter.find(marker='answer-yes').click()
    await sees(counter, 'is issued. The customer sees it in the portal.')
    assert (await Invoice.get(id=draft.id)).tax_invoice_number


async def test_a_firm_without_vat_asks_for_no_address(counter: User) -> None:
    await a_firm(vat_registered=False)
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    await counter.open(f'/invoices/{invoice.number}')
    tap(counter, 'pay')
    await counter.should_see(marker='amount', retries=50)
    await misses(counter, "A tax invoice needs the buyer's address.")
