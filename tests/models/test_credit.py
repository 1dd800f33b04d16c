"""What a customer has to its credit is used, returned and taken back without a satang being lost or spent twice."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from models import (
    Business,
    CreditNote,
    CreditReturn,
    Customer,
    Document,
    Invoice,
    InvoiceStatus,
    Method,
    Payment,
    PortalLink,
    Receipt,
    Refused,
    Statement,
    TaxPoint,
    WithholdingCertificate,
    credit_of,
    issue_again,
    make_statement,
    outstanding_of,
    use_credit,
)
from models.withholding_certificate import CertificateFile
from tests.ledger import must_add_up, must_be_gapless
from tests.world import SKYPANELS, a_firm, a_job, a_link, a_secret, an_invoice, bo, in_days, nimman, pay, today

pytestmark = pytest.mark.usefixtures('db')


async def overpaid(customer: Customer, over: int = 3000) -> Payment:
    invoice = await an_invoice(customer)
    return await pay(invoice, 107000 + over, keep_rest_as_credit=True)


async def lowered(invoice: Invoice, difference: str, reason: str = 'Two lamps were broken') -> CreditNote:
    return await CreditNote.issue(invoice, difference=Decimal(difference), reason=reason, key=uuid4(), by=await bo())


async def test_credit_settles_another_invoice_with_a_receipt_and_its_vat() -> None:
    customer = await nimman()
    await overpaid(customer)
    second = await an_invoice(customer)
    payment = await use_credit(second, amount=Decimal(3000), key=uuid4(), by=await bo())
    assert await credit_of(customer.id) == 0
    assert (await Invoice.get(id=second.id)).balance == Decimal(104000)
    receipt = await Receipt.get(payment_id=payment.id)
    assert (receipt.method, receipt.amount, receipt.vat) == ('Credit', Decimal(3000), Decimal('196.26'))
    assert receipt.tax_invoice_number == f'TI-{today().year}-0002'


async def test_an_over_payment_has_its_own_line_on_the_receipt() -> None:
    payment = await overpaid(await nimman())
    receipt = await Receipt.get(payment_id=payment.id)
    assert (receipt.amount, receipt.credit, receipt.vat) == (Decimal(110000), Decimal(3000), Decimal(7000))
    frozen = (await Document.get(receipt_id=receipt.id)).frozen
    assert (frozen['settled'], frozen['credit'], frozen['balance']) == ('107000.00', '3000.00', '0.00')


async def test_a_code_that_is_paid_twice_leaves_all_of_the_second_payment_as_credit() -> None:
    invoice = await an_invoice()
    await pay(invoice, 107000)
    with pytest.raises(Refused, match='more_than_balance') as refused:
        await pay(invoice, 107000)
    assert refused.value.facts['rest'] == Decimal(107000)
    with pytest.raises(Refused, match='withheld_too_much'):
        await pay(invoice, 102000, withheld=Decimal(5000), keep_rest_as_credit=True)
    second = await pay(invoice, 107000, keep_rest_as_credit=True)
    stored = await Invoice.get(id=invoice.id)
    assert (second.credit, second.settled, stored.received) == (Decimal(107000), Decimal(0), Decimal(107000))
    receipt = await Receipt.get(payment_id=second.id)
    assert (receipt.credit, receipt.vat, receipt.tax_invoice_number) == (Decimal(107000), Decimal(0), None)
    assert await credit_of(invoice.customer_id) == Decimal(107000)
    await must_add_up(invoice.customer_id)
    await second.reverse(reason='The bank took it back', by=await bo())
    assert await credit_of(invoice.customer_id) == 0
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID


async def test_two_clerks_cannot_spend_the_same_credit() -> None:
    customer, by = await nimman(), await bo()
    await overpaid(customer)
    invoices = [await an_invoice(customer) for _ in range(6)]
    outcomes = await asyncio.gather(
        *(use_credit(one, amount=Decimal(1000), key=uuid4(), by=by) for one in invoices), return_exceptions=True
    )
    assert sum(isinstance(one, Payment) for one in outcomes) == 3
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {'credit_too_small'}
    assert await credit_of(customer.id) == 0


async def test_a_double_click_uses_or_returns_credit_once() -> None:
    customer, by, key = await nimman(), await bo(), uuid4()
    await overpaid(customer)
    second = await an_invoice(customer)
    await asyncio.gather(*(use_credit(second, amount=Decimal(1000), key=key, by=by) for _ in range(5)))
    assert await credit_of(customer.id) == Decimal(2000)
    back = {'amount': Decimal(500), 'method': Method.BANK_TRANSFER, 'returned_on': today(), 'key': uuid4(), 'by': by}
    await asyncio.gather(*(CreditReturn.pay_back(customer, **back) for _ in range(5)))  # type: ignore[arg-type]
    assert await credit_of(customer.id) == Decimal(1500)


async def test_credit_that_is_returned_has_a_numbered_paper_without_the_reason() -> None:
    customer = await nimman()
    await overpaid(customer)
    returned = await CreditReturn.pay_back(
        customer, amount=Decimal(1000), method=Method.CASH, returned_on=today(), key=uuid4(), reason='Bad luck',
        reference='SCB 7', by=await bo(),
    )  # fmt: skip
    paper = await Document.get(kind='Credit Return Receipt')
    assert returned.number == paper.number == f'CRR-{today().year}-0001'
    assert (paper.frozen['amount'], paper.frozen['credit_left'], paper.frozen['reference']) == (
        '1000.00', '2000.00', 'SCB 7',
    )  # fmt: skip
    assert 'Bad luck' not in str(paper.frozen)
    link, _ = await a_link(customer)
    assert await link.grant().documents().filter(kind='Credit Return Receipt').exists()
    statement = await Statement.of(customer.id, today(), today())
    assert [line.entry.number for line in statement.lines if line.entry.what == 'credit_returned'] == [returned.number]
    await must_be_gapless()


async def test_an_over_payment_whose_credit_was_spent_is_not_reversed() -> None:
    customer = await nimman()
    first = await overpaid(customer)
    used = await use_credit(await an_invoice(customer), amount=Decimal(1), key=uuid4(), by=await bo())
    with pytest.raises(Refused, match='credit_used'):
        await first.reverse(reason='Bounced', by=await bo())
    await used.reverse(reason='Wrong invoice', by=await bo())
    assert await credit_of(customer.id) == Decimal(3000)
    await first.reverse(reason='Bounced', by=await bo())
    assert await credit_of(customer.id) == 0


async def test_credit_is_no_way_in_which_money_moves() -> None:
    with pytest.raises(Refused, match='method_not_money'):
        await pay(await an_invoice(), 100, method=Method.CREDIT)


async def test_a_credit_note_lowers_what_is_owed_with_its_vat() -> None:
    invoice = await an_invoice()
    note = await lowered(invoice, '10000')
    assert note.number == f'CN-{today().year}-0001'
    assert (note.original_value, note.right_value, note.vat) == (Decimal(100000), Decimal(90000), Decimal(700))
    assert (note.lowered, note.credit) == (Decimal(10700), Decimal(0))
    stored = await Invoice.get(id=invoice.id)
    assert (stored.balance, stored.status) == (Decimal(96300), InvoiceStatus.SENT)
    await pay(stored, 96300)
    assert (await Receipt.get(invoice_id=invoice.id)).vat == Decimal(6300)
    frozen = (await Document.get(kind='Credit Note')).frozen
    assert (frozen['original_number'], frozen['reason']) == (invoice.number, 'Two lamps were broken')


async def test_a_credit_note_on_what_was_paid_becomes_credit() -> None:
    invoice = await an_invoice()
    await pay(invoice, 107000)
    note = await lowered(invoice, '10000')
    assert (note.lowered, note.credit) == (Decimal(0), Decimal(10700))
    assert await credit_of(invoice.customer_id) == Decimal(10700)
    assert (await Document.get(kind='Credit Note')).frozen['tax_invoices'][0]['number'] == f'TI-{today().year}-0001'


async def test_credit_for_money_that_did_not_come_goes_back_to_its_invoice() -> None:
    invoice = await an_invoice()
    payment = await pay(invoice, 107000)
    await lowered(invoice, '10000')
    await payment.reverse(reason='The cheque bounced', by=await bo())
    assert await credit_of(invoice.customer_id) == 0
    stored = await Invoice.get(id=invoice.id)
    assert (stored.balance, stored.status) == (Decimal(96300), InvoiceStatus.PARTIAL)
    with pytest.raises(Refused, match='credit_too_small'):
        await CreditReturn.pay_back(
            await Customer.get(id=invoice.customer_id), amount=Decimal(10700), method=Method.CASH,
            returned_on=today(), key=uuid4(), by=await bo(),
        )  # fmt: skip
    again = await pay(stored, 96300)
    assert (await Receipt.get(payment_id=again.id)).vat == Decimal(6300)
    await must_add_up(invoice.customer_id)


async def test_a_payment_whose_credit_note_was_paid_out_is_not_reversed() -> None:
    invoice = await an_invoice()
    payment = await pay(invoice, 107000)
    await lowered(invoice, '10000')
    await CreditReturn.pay_back(
        await Customer.get(id=invoice.customer_id), amount=Decimal(1), method=Method.CASH, returned_on=today(),
        key=uuid4(), by=await bo(),
    )  # fmt: skip
    with pytest.raises(Refused, match='credit_used') as refused:
        await payment.reverse(reason='The cheque bounced', by=await bo())
    assert refused.value.facts['credit'] == Decimal(10700)
    assert (await Payment.get(id=payment.id)).reversed_at is None
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID


async def test_an_invoice_with_a_credit_note_is_not_voided() -> None:
    invoice = await an_invoice()
    await lowered(invoice, '10000')
    with pytest.raises(Refused, match='invoice_has_notes'):
        await invoice.void(reason='Wrong', by=await bo())


async def test_a_credit_note_across_the_balance_does_both() -> None:
    invoice = await an_invoice()
    await pay(invoice, 100000)
    note = await lowered(invoice, '10000')
    assert (note.lowered, note.credit) == (Decimal(7000), Decimal(3700))
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.PAID


async def test_credit_notes_never_take_more_than_the_invoice_is_worth() -> None:
    invoice = await an_invoice()
    await lowered(invoice, '99999.99')
    with pytest.raises(Refused, match='credit_note_too_much'):
        await lowered(invoice, '0.02')
    last = await lowered(invoice, '0.01')
    assert (await Invoice.get(id=invoice.id)).balance == 0
    assert sum(note.vat for note in await CreditNote.all()) == Decimal(7000), last


async def test_a_credit_note_needs_a_reason_and_an_issued_invoice() -> None:
    with pytest.raises(Refused, match='reason_missing'):
        await lowered(await an_invoice(), '1', ' ')
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    with pytest.raises(Refused, match='invoice_not_issued'):
        await lowered(draft, '1')


@pytest.mark.parametrize(
    ('paid_before', 'lowered_by', 'credit'), [(85_600, 21_400, 10_700), (107_000, 0, 32_100), (32_100, 32_100, 0)]
)
async def test_what_was_paid_before_an_invoice_is_credited_too(paid_before: int, lowered_by: int, credit: int) -> None:
    job, by = await a_job(), await bo()
    await job.record_prepayment(amount=Decimal(paid_before), method=Method.CASH, paid_on=today(), key=uuid4(), by=by)
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=by)
    note = await lowered(invoice, '30000')
    assert (note.original_value, note.vat, note.amount) == (Decimal(100_000), Decimal(2_100), Decimal(32_100))
    assert (note.lowered, note.credit) == (Decimal(lowered_by), Decimal(credit))
    assert (await Invoice.get(id=invoice.id)).balance == 107_000 - paid_before - lowered_by
    assert await credit_of(job.customer_id) == Decimal(credit)
    taxed = (await Document.get(kind='Credit Note')).frozen['tax_invoices']
    assert [one['number'] for one in taxed] == [f'TI-{today().year}-0001']
    with pytest.raises(Refused, match='credit_note_too_much'):
        await lowered(invoice, '70000.01')
    with pytest.raises(Refused, match=r'invoice_has_notes|invoice_not_open'):
        await invoice.void(reason='Wrong', by=by)
    await lowered(invoice, '70000')
    assert sum(one.vat for one in await CreditNote.all()) == Decimal(7_000)
    assert await credit_of(job.customer_id) == Decimal(paid_before)
    await must_add_up(job.customer_id)


async def test_a_void_after_a_tax_invoice_makes_a_credit_note_over_all_of_it() -> None:
    await a_firm(tax_point=TaxPoint.ISSUE)
    invoice = await an_invoice()
    await invoice.void(reason='Wrong company', by=await bo())
    note = await CreditNote.get()
    assert (note.original_number, note.amount, note.voids) == (f'TI-{today().year}-0001', Decimal(107000), True)
    assert await credit_of(invoice.customer_id) == 0
    await an_invoice(await nimman())
    assert await CreditNote.all().count() == 1


async def test_what_was_paid_in_full_before_is_issued_without_a_link() -> None:
    job = await a_job()
    await job.record_prepayment(amount=Decimal(107000), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())
    invoice = await Invoice.get(job_id=job.id)
    assert await invoice.send(secret=a_secret(), by=await bo()) is None
    assert (invoice.status, invoice.total, invoice.prepaid) == (InvoiceStatus.PAID, Decimal(0), Decimal(107000))
    assert not await PortalLink.exists(invoice_id=invoice.id)
    await invoice.void(reason='Wrong address', by=await bo())
    assert invoice.status is InvoiceStatus.VOID
    assert (await Payment.get()).counted_on_id is None


async def test_a_rolled_back_issue_leaves_the_draft_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())

    async def cut(*_: object, **__: object) -> PortalLink:
        raise RuntimeError('power cut')

    monkeypatch.setattr(PortalLink, 'copy', cut)
    with pytest.raises(RuntimeError):
        await draft.send(secret=a_secret(), by=await bo())
    assert (draft.status, draft.number, draft.issued_on) == (InvoiceStatus.DRAFT, None, None)


async def test_a_draft_is_written_anew_once_per_version() -> None:
    draft = await Invoice.draft(await nimman(), lines=[SKYPANELS], by=await bo())
    await draft.amend(version=draft.version, lines=[SKYPANELS, SKYPANELS], discount_value=Decimal(50000), by=await bo())
    assert (draft.subtotal, draft.total) == (Decimal(200000), Decimal(160500))
    with pytest.raises(Refused, match='changed_meanwhile'):
        await draft.amend(version=draft.version - 1, lines=[SKYPANELS], by=await bo())
    assert await draft.lines.all().count() == 2


async def test_a_tax_invoice_is_issued_again_under_its_number() -> None:
    customer = await nimman(billing_address='')
    invoice = await an_invoice(customer)
    payment = await pay(invoice, 107000)
    receipt = await Receipt.get(payment_id=payment.id)
    with pytest.raises(Refused, match='buyer_address_missing'):
        await issue_again(receipt, by=await bo())
    await customer.amend(version=1, by=await bo(), billing_address='9 Nimman Road', vat_registered=True)
    with pytest.raises(Refused, match='buyer_tax_id_missing'):
        await issue_again(receipt, by=await bo())
    await customer.amend(version=2, by=await bo(), tax_id='0105540087061', branch='00000')
    again = await issue_again(receipt, by=await bo())
    old = await Document.get(receipt_id=receipt.id, edition=1)
    assert old.cancelled_at is not None
    assert (again.number, again.edition, again.cancelled_at) == (receipt.number, 2, None)
    assert again.frozen['customer']['address'] == '9 Nimman Road'
    assert again.frozen['tax_invoice_number'] == receipt.tax_invoice_number
    assert again.verification != old.verification


async def test_a_withholding_certificate_is_owed_until_it_comes() -> None:
    invoice = await an_invoice()
    payment = await pay(invoice, 102000, withheld=Decimal(5000))
    assert await Payment.certificates_owed().count() == 1
    file = CertificateFile('50tawi.pdf', b'%PDF-1.4 a certificate')
    await WithholdingCertificate.receive(payment, number='12/3', file=file, by=await bo())
    assert await Payment.certificates_owed().count() == 0
    with pytest.raises(Refused, match='certificate_known'):
        await WithholdingCertificate.receive(payment, by=await bo())
    await WithholdingCertificate.miss(payment, by=await bo())
    assert await Payment.certificates_owed().count() == 1


@pytest.mark.parametrize(
    ('content', 'reason'), [(b'<script>', 'file_unknown'), (b'%PDF-' + bytes(10 << 20), 'file_too_large')]
)
async def test_a_file_that_is_no_certificate_is_refused(content: bytes, reason: str) -> None:
    payment = await pay(await an_invoice(), 102000, withheld=Decimal(5000))
    with pytest.raises(Refused, match=reason):
        await WithholdingCertificate.receive(payment, file=CertificateFile('x.pdf', content), by=await bo())
    assert await Payment.certificates_owed().count() == 1


async def test_a_statement_goes_from_its_opening_to_its_closing_balance() -> None:
    customer = await nimman()
    first = await overpaid(customer)
    invoice = await an_invoice(customer)
    await pay(invoice, Decimal('54336.45'), withheld=Decimal('2663.55'))
    await use_credit(invoice, amount=Decimal(3000), key=uuid4(), by=await bo())
    await lowered(invoice, '10000')
    statement = await Statement.of(customer.id, today(), today())
    assert statement.opening == 0
    assert statement.closing == await outstanding_of(customer.id) - await credit_of(customer.id)
    assert [line.entry.what for line in statement.lines] == [
        'invoice', 'invoice', 'credit_note', 'payment', 'payment', 'credit_used',
    ]  # fmt: skip
    tomorrow = await Statement.of(customer.id, in_days(1), in_days(30))
    assert (tomorrow.opening, tomorrow.lines) == (statement.closing, ())
    document = await make_statement(customer, first=today() - timedelta(days=30), last=today(), by=await bo())
    assert document.frozen['closing'] == str(statement.closing)
    link, _ = await a_link(customer)
    assert await link.grant().documents().filter(kind='Statement').count() == 1
    assert first.credit == Decimal(3000)


async def test_a_statement_counts_prepayments_once_and_a_void_back() -> None:
    job = await a_job()
    await job.record_prepayment(amount=Decimal(53500), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())
    before = await Statement.of(job.customer_id, today(), today())
    assert before.closing == Decimal(-53500)
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=await bo())
    assert (await Statement.of(job.customer_id, today(), today())).closing == Decimal(53500)
    await invoice.void(reason='Wrong', by=await bo())
    assert (await Statement.of(job.customer_id, today(), today())).closing == Decimal(-53500)


async def test_a_statement_never_tells_why_something_was_undone_or_returned() -> None:
    customer, by, why = await nimman(), await bo(), 'Their cheque is bad again'
    await (await pay(await an_invoice(customer), 50_000)).reverse(reason=why, by=by)
    await (await an_invoice(customer)).void(reason=why, by=by)
    await overpaid(customer)
    await CreditReturn.pay_back(
        customer, amount=Decimal(3000), method=Method.CASH, returned_on=today(), key=uuid4(), reason=why, by=by
    )
    paper = await make_statement(customer, first=today(), last=today(), by=by)
    told = {line['what']: line['about'] for line in paper.frozen['lines']}
    assert (told['reversal'], told['void'], told['credit_returned']) == ('', '', '')
    assert why not in str(paper.frozen)


async def test_an_unregistered_firm_credits_without_vat() -> None:
    await a_firm(vat_registered=False)
    note = await lowered(await an_invoice(), '10000')
    assert (note.vat, note.amount) == (Decimal(0), Decimal(10000))
    assert not (await Business.the()).vat_registered
