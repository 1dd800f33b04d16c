"""What was cancelled is never handed out unmarked; the counter prints copies of its own that say so."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from nicegui.testing import User

from app.papers.setting import set_ordered
from models import Customer, Document, Receipt
from tests.pages.counter import counter, sees, sit_down
from tests.papers import by_pdfium, says
from tests.world import a_link, an_invoice, bo, nimman, pay

__all__ = ['counter']


async def a_cancelled_receipt(customer: Customer) -> Document:
    """Its payment was taken back."""
    payment = await pay(await an_invoice(customer), 107000)
    await set_ordered()
    await payment.reverse(reason='The transfer was taken back', by=await bo())
    return await Document.get(receipt_id=(await Receipt.get(payment_id=payment.id)).id)


async def test_a_customer_gets_a_cancelled_receipt_with_its_mark_alone_and_in_the_archive(portal: User) -> None:
    customer = await nimman()
    receipt = await a_cancelled_receipt(customer)
    _, token = await a_link(customer)
    answer = await portal.http_client.get(f'/p/{token}/papers/{receipt.id}/{receipt.number}.pdf')
    assert answer.status_code == 200 and says(by_pdfium(answer.content), 'CANCELLED')
    archive = ZipFile(BytesIO((await portal.http_client.get(f'/p/{token}/papers.zip')).content))
    found = {name: archive.read(name) for name in archive.namelist() if name.endswith('.pdf')}
    assert found[f'{receipt.issued_on.year}/{receipt.number}.pdf'] == answer.content
    assert [name for name, paper in found.items() if says(by_pdfium(paper), 'CANCELLED')] == [
        f'{receipt.issued_on.year}/{receipt.number}.pdf'
    ]


async def test_a_customer_gets_the_original_and_never_the_copy_of_the_firm(portal: User) -> None:
    customer = await nimman()
    payment = await pay(await an_invoice(customer), 107000)
    receipt = await Document.get(receipt_id=(await Receipt.get(payment_id=payment.id)).id)
    _, token = await a_link(customer)
    answer = await portal.http_client.get(f'/p/{token}/papers/{receipt.id}/{receipt.number}.pdf?copy')
    text = by_pdfium(answer.content)
    assert says(text, 'ต้นฉบับ') and not says(text, 'สำเนา')


async def test_the_counter_prints_a_copy_for_its_own_files(counter: User) -> None:
    await sit_down(counter)
    invoice = await an_invoice()
    payment = await pay(invoice, 107000)
    await set_ordered()
    receipt = await Document.get(receipt_id=(await Receipt.get(payment_id=payment.id)).id)
    await counter.open(f'/invoices/{invoice.number}')
    await sees(counter, receipt.number)
    await sees(counter, 'Our copy')
    answer = await counter.http_client.get(f'/papers/{receipt.id}/{receipt.number}.pdf?copy')
    text = by_pdfium(answer.content)
    assert says(text, 'สำเนา (เอกสารออกเป็นชุด)') and not says(text, 'ต้นฉบับ')
