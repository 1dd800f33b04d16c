"""What the records owe can be set, every kind of it; and what was cancelled is handed out with its mark."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from app.papers.press import render
from app.papers.serving import as_served
from app.papers.setting import facts_of, paper, set_ordered
from app.papers.workshop import NotSet
from app.promptpay import Payee, payee_of, payload
from models import (
    Business,
    CreditNote,
    CreditReturn,
    Customer,
    Deposit,
    DepositStatus,
    Document,
    DocumentKind,
    DocumentState,
    Invoice,
    Method,
    Receipt,
    Reprint,
    Stage,
    TaxPoint,
    issue_again,
    make_statement,
    use_credit,
)
from models.deposit import KeptEntry, KeptKind
from models.line import LineEntry
from models.money import Withholding
from tests.papers import by_pdfium, says, scanned
from tests.world import SKYPANELS, a_firm, a_held_deposit, a_job, an_invoice, bo, nimman, pay, today

CREW = LineEntry(name='Camera assistant', name_th='ผู้ช่วยช่างภาพ', rate=Decimal(4500), withholding=Withholding.SERVICE)


async def all_that_can_happen() -> Customer:
    """One customer to whom everything happens that makes a paper."""
    by, customer = await bo(), await nimman()
    job = await a_job(customer, Stage.DELIVERING)
    await job.record_prepayment(amount=Decimal(21400), method=Method.CASH, paid_on=today(), key=uuid4(), by=by)
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=by)
    await pay(invoice, Decimal('10000.55'), withheld=Decimal('491.09'))
    paid = await an_invoice(customer, [SKYPANELS, CREW])
    await pay(paid, paid.total + 3000, keep_rest_as_credit=True)
    await CreditNote.issue(paid, difference=Decimal(1000), reason='A lamp was broken', key=uuid4(), by=by)
    other = await an_invoice(customer)
    await use_credit(other, amount=Decimal(3000), key=uuid4(), by=by)
    await (await pay(other, 50000)).reverse(reason='The cheque was returned', by=by)
    await (await an_invoice(customer)).void(reason='Written twice', by=by)
    await gave_back(await Deposit.get(customer_id=customer.id), by)
    await CreditReturn.pay_back(
        customer, amount=Decimal(500), method=Method.CASH, returned_on=today(), key=uuid4(), by=by
    )
    await make_statement(customer, first=today(), last=today(), by=by)
    return customer


async def gave_back(deposit: Deposit, by: Any) -> None:
    for part in (deposit.amount - 5000, Decimal(5000)):
        await deposit.collect(amount=part, method=Method.PROMPTPAY, collected_on=today(), key=uuid4(), by=by)
    kept = [
        KeptEntry(KeptKind.CHARGE, 'Came back a day late', Decimal(5350)),
        KeptEntry(KeptKind.COMPENSATION, 'A stand was broken', Decimal(2500)),
    ]
    await deposit.give_back(method=Method.BANK_TRANSFER, returned_on=today(), key=uuid4(), by=by, kept=kept)


async def test_a_marked_paper_of_which_no_note_could_be_made_is_not_handed_out(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise OSError('the database has gone')

    invoice = await an_invoice()
    await set_ordered()
    document = await Document.get(invoice_id=invoice.id)
    with monkeypatch.context() as broken:
        broken.setattr(Reprint, 'note', gone)
        with pytest.raises(OSError, match='gone'):
            await as_served(document, copy=True)
    content = await as_served(document, copy=True)
    assert await Reprint.filter(sha256=sha256(content).digest()).exists()


async def test_whatever_happens_to_a_customer_its_papers_can_be_set(db: str) -> None:
    await all_that_can_happen()
    await set_ordered()
    papers = await Document.all()
    assert {document.kind for document in papers} == set(DocumentKind)
    assert {document.state for document in papers} == {DocumentState.SET}
    for document in papers:
        content = bytes(document.content or b'')
        if content.startswith(b'%PDF-1.7 QT-'):  # the few bytes that stand for a quote in tests
            continue
        assert says(by_pdfium(content), document.number)
        assert (document.verification or '-').encode() in content


@pytest.mark.parametrize(
    'facts', [{'vat_registered': False}, {'tax_point': TaxPoint.ISSUE}], ids=['no VAT', 'at issue']
)
async def test_and_so_they_can_in_a_firm_that_is_taxed_otherwise(db: str, facts: dict[str, Any]) -> None:
    await a_firm(**facts)
    await all_that_can_happen()
    kinds = set()
    async for document in Document.exclude(kind=DocumentKind.SIGNED_QUOTE):
        text = by_pdfium(render(str(document.kind), facts_of(document)))
        kinds.add(document.kind)
        if 'vat_registered' in facts:
            assert not says(text, 'ภาษีมูลค่าเพิ่ม 7%') and not says(text, 'Tax Invoice')
        if document.kind is DocumentKind.INVOICE:
            assert says(text, 'ใบแจ้งหนี้/ใบกำกับภาษี') is ('tax_point' in facts)
        if document.kind is DocumentKind.RECEIPT and 'invoice' in document.frozen:
            assert not says(text, 'ใบกำกับภาษี')
    wanted = set(DocumentKind) - {DocumentKind.SIGNED_QUOTE}
    assert kinds == (wanted - {DocumentKind.TAX_INVOICE} if 'vat_registered' in facts else wanted)


async def test_the_code_on_the_paper_is_that_of_the_balance_at_issue(db: str) -> None:
    await a_firm(promptpay_id='0105540087061', promptpay_kind='tax_id')
    invoice = await an_invoice()
    document = await Document.get(invoice_id=invoice.id)
    firm = await Business.the()
    payee = payee_of(firm.promptpay_kind, firm.promptpay_id)
    assert isinstance(payee, Payee)
    assert scanned(render('Invoice', facts_of(document))) == [payload(payee, invoice.balance)]


async def test_every_charge_kept_of_a_deposit_has_one_tax_invoice(db: str) -> None:
    deposit = await a_held_deposit()
    kept = [KeptEntry(KeptKind.CHARGE, reason, Decimal(1070)) for reason in ('Late', 'Cleaning')]
    await deposit.give_back(method=Method.CASH, returned_on=today(), key=uuid4(), by=await bo(), kept=kept)
    assert deposit.status is DepositStatus.PARTIALLY_RETURNED
    taxed = await Document.filter(kind=DocumentKind.TAX_INVOICE).order_by('number')
    assert [one.frozen['reason'] for one in taxed] == ['Late', 'Cleaning']
    back = await Document.get(kind=DocumentKind.DEPOSIT_RETURN)
    assert [one['tax_invoice_number'] for one in back.frozen['kept_lines']] == [one.number for one in taxed]
    text = by_pdfium(render('Tax Invoice', facts_of(taxed[0])))
    assert all(says(text, said) for said in ('1,000.00', '70.00', '1,070.00', deposit.number, back.number))


async def test_a_reversed_payment_leaves_its_receipt_as_it_was_and_hands_it_out_marked(db: str) -> None:
    payment = await pay(await an_invoice(), 107000)
    receipt = await Receipt.get(payment_id=payment.id)
    before = await paper(await Document.get(receipt_id=receipt.id))
    assert await as_served(before) == bytes(before.content or b'')
    await payment.reverse(reason='The transfer was taken back', by=await bo())
    after = await Document.get(receipt_id=receipt.id)
    assert (after.content, after.sha256) == (before.content, before.sha256)
    served = await as_served(after)
    text = by_pdfium(served)
    assert all(says(text, said) for said in ('ยกเลิก', 'CANCELLED', receipt.number, receipt.tax_invoice_number or '-'))
    assert await as_served(after) == served


async def test_a_voided_invoice_asks_nobody_for_money_any_more(db: str) -> None:
    await a_firm(promptpay_id='0105540087061', promptpay_kind='tax_id')
    invoice = await an_invoice()
    document = await paper(await Document.get(invoice_id=invoice.id))
    assert len(scanned(await as_served(document))) == 1
    await invoice.void(reason='Written twice', by=await bo())
    assert scanned(await as_served(await Document.get(id=document.id))) == []


async def test_a_tax_invoice_issued_again_replaces_the_one_before(db: str) -> None:
    customer = await nimman(
        tax_id='0105540087061', branch='00000', vat_registered=True, billing_address='9 Nimman Road'
    )
    payment = await pay(await an_invoice(customer), 107000)
    receipt = await Receipt.get(payment_id=payment.id)
    await paper(await Document.get(receipt_id=receipt.id))
    again = await paper(await issue_again(receipt, by=await bo()))
    old = await Document.get(receipt_id=receipt.id, edition=1)
    assert says(by_pdfium(await as_served(old)), 'CANCELLED')
    text = by_pdfium(await as_served(again))
    assert says(text, 'replaces edition 1') and not says(text, 'CANCELLED')


async def test_a_copy_is_of_what_the_law_wants_one(db: str) -> None:
    payment = await pay(await an_invoice(), 107000)
    document = await paper(await Document.get(receipt_id=(await Receipt.get(payment_id=payment.id)).id))
    assert says(by_pdfium(await as_served(document, copy=True)), 'สำเนา')
    assert says(by_pdfium(await as_served(document)), 'ต้นฉบับ')
    await a_job(stage=Stage.DELIVERING)
    manifest = await paper(await Document.get(kind=DocumentKind.MANIFEST))
    assert await as_served(manifest, copy=True) == bytes(manifest.content or b'')


async def test_what_is_not_set_yet_is_not_handed_out(db: str) -> None:
    invoice = await an_invoice()
    with pytest.raises(NotSet):
        await as_served(await Document.get(invoice_id=invoice.id))
