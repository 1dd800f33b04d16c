"""Long lists on the phone: found by number, year and kind; and all papers as one file."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncGenerator
from decimal import Decimal
from io import BytesIO
from typing import cast
from uuid import uuid4

import pytest
from fastapi import Request
from nicegui.testing import User

from app.papers.setting import set_ordered
from app.words import words
from models import CreditNote, Customer, Document, Invoice, Receipt, issue_again, make_statement, use_credit
from pages.portal import archive
from pages.portal.archive import AT_ONCE
from pages.portal.door import admitted
from pages.portal.filing import Sought
from tests.conftest import Psql
from tests.pages.test_portal import misses, path_to, sees
from tests.pages.work import forge, tap
from tests.world import a_link, a_stranger, an_invoice, bo, nimman, pay, today


async def ten_invoices(customer: Customer, psql: Psql) -> list[Invoice]:
    """Of two years; the eldest is paid."""
    invoices = [await an_invoice(customer) for _ in range(10)]
    await pay(invoices[0], 107000)
    await psql(
        f"update invoice set issued_on = issued_on - interval '1 year', due_on = due_on - interval '1 year' "
        f"where number <= '{invoices[4].number}'"
    )
    return invoices


async def test_invoices_are_found_by_number_year_and_kind(portal: User, psql: Psql) -> None:
    customer = await nimman()
    invoices = await ten_invoices(customer, psql)
    first, last = invoices[0].number or '', invoices[9].number or ''
    await portal.open(f'{await path_to(customer)}/invoices')
    await sees(portal, first, last, 'Search number')
    tap(portal, 'kind', 'paid')
    await misses(portal, last)
    await sees(portal, first)
    tap(portal, 'year', str(today().year))
    await sees(portal, 'Nothing found')
    tap(portal, 'everything')
    await sees(portal, first, last)
    forge(portal, 'find', last.lower())
    await misses(portal, first)
    await sees(portal, last)


async def test_what_nobody_can_have_tapped_changes_nothing(portal: User, psql: Psql) -> None:
    customer = await nimman()
    invoices = await ten_invoices(customer, psql)
    await portal.open(f'{await path_to(customer)}/invoices')
    await sees(portal, invoices[0].number or '')
    hostile = [('year', '0'), ('year', "2026'; drop"), ('kind', 'DRAFT'), ('more', ''), ('find', '%' * 4000)]
    for verb, reference in hostile:
        forge(portal, verb, reference)
    forge(portal, 'everything', '')
    await sees(portal, invoices[0].number or '', invoices[9].number or '')


async def test_a_search_stays_true_while_things_happen(portal: User, psql: Psql) -> None:
    customer = await nimman()
    invoices = await ten_invoices(customer, psql)
    await portal.open(f'{await path_to(customer)}/invoices')
    await sees(portal, 'To pay')
    tap(portal, 'kind', 'to_pay')
    last = await Invoice.get(id=invoices[9].id)
    await sees(portal, last.number or '')
    await pay(last, 107000)
    await misses(portal, last.number or '')


async def test_receipts_are_cut_by_kind_and_found_by_tax_invoice(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    for _ in range(10):
        await pay(invoice, 10000)
    third = (await Receipt.filter(customer_id=customer.id).order_by('id'))[2]
    await portal.open(f'{await path_to(customer)}/receipts')
    await sees(portal, third.number)
    forge(portal, 'find', third.tax_invoice_number or '')
    await misses(portal, f'RC-{today().year}-0004')
    await sees(portal, third.number)


async def test_documents_name_the_tax_invoice_that_shares_a_sheet(portal: User) -> None:
    customer = await nimman()
    await pay(await an_invoice(customer), 107000)
    await portal.open(f'{await path_to(customer)}/documents')
    await sees(portal, 'Receipt / Tax invoice', f'RC-{today().year}-0001 · TI-{today().year}-0001')


async def test_only_the_latest_edition_of_a_paper_is_listed(portal: User) -> None:
    customer = await nimman(billing_address='9 Nimman Road')
    payment = await pay(await an_invoice(customer), 107000)
    await issue_again(await Receipt.get(payment_id=payment.id), by=await bo())
    await portal.open(f'{await path_to(customer)}/documents')
    await sees(portal, 'Receipt / Tax invoice')
    await misses(portal, 'Cancelled')


async def test_download_all_is_one_archive_with_an_index(portal: User) -> None:
    customer = await nimman()
    await pay(await an_invoice(customer), 107000)
    await pay(await an_invoice(await a_stranger()), 107000)
    await set_ordered()
    path = await path_to(customer)
    answer = await portal.http_client.get(f'{path}/papers.zip')
    assert answer.status_code == 200
    assert answer.headers['content-type'] == 'application/zip'
    opened = zipfile.ZipFile(BytesIO(answer.content))
    assert opened.testzip() is None
    year = today().year
    mine = await Document.filter(customer_id=customer.id)
    assert sorted(opened.namelist()) == sorted(['index.html', *(f'{year}/{document.number}.pdf' for document in mine)])
    for document in mine:
        assert opened.read(f'{year}/{document.number}.pdf') == bytes(document.content or b'')
    index = opened.read('index.html').decode()
    assert f'href="{year}/INV-{year}-0001.pdf"' in index
    assert f'INV-{year}-0002' not in index


async def test_what_was_sought_is_what_is_downloaded(portal: User) -> None:
    customer = await nimman()
    await pay(await an_invoice(customer), 107000)
    await set_ordered()
    path = await path_to(customer)
    answer = await portal.http_client.get(f'{path}/papers.zip?kind=INVOICE&year={today().year}&text=inv')
    names = zipfile.ZipFile(BytesIO(answer.content)).namelist()
    assert sorted(names) == sorted([f'{today().year}/INV-{today().year}-0001.pdf', 'index.html'])


async def test_an_invoice_link_gives_no_more_than_its_invoice(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    await pay(await an_invoice(customer), 107000)
    await set_ordered()
    _, token = await a_link(invoice)
    answer = await portal.http_client.get(f'/p/{token}/papers.zip')
    names = zipfile.ZipFile(BytesIO(answer.content)).namelist()
    assert sorted(names) == sorted([f'{today().year}/{invoice.number}.pdf', 'index.html'])


async def test_a_revoked_link_downloads_nothing(portal: User) -> None:
    customer = await nimman()
    await an_invoice(customer)
    link, token = await a_link(customer)
    await link.revoke(by=await bo())
    answer = await portal.http_client.get(f'/p/{token}/papers.zip')
    assert b'PK' not in answer.content[:4]
    assert answer.status_code == 410


async def test_a_reader_who_takes_an_archive_slowly_holds_up_nobody(portal: User) -> None:
    customer = await nimman()
    await pay(await an_invoice(customer), 107000)
    await set_ordered()
    _, token = await a_link(customer)
    slow = [await a_begun_archive(token) for _ in range(AT_ONCE + 1)]
    answer = await portal.http_client.get(f'/p/{token}/papers.zip')
    assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None
    for one in slow:
        await one.aclose()


async def test_a_link_that_is_revoked_gives_no_more_of_a_paper_that_is_being_sent(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await nimman()
    await an_invoice(customer)
    await set_ordered()
    link, token = await a_link(customer)
    monkeypatch.setattr(archive, 'PIECE', 1000)
    monkeypatch.setattr(archive, 'ASKED_ANEW', 0.0)
    begun = await a_begun_archive(token)
    await link.revoke(by=await bo())
    with pytest.raises(ConnectionAbortedError, match='ended'):
        await anext(begun)


async def test_an_archive_that_is_never_taken_ends(portal: User, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await nimman()
    await an_invoice(customer)
    _, token = await a_link(customer)
    monkeypatch.setattr(archive, 'LONGEST_WHOLE', -1.0)
    with pytest.raises(ConnectionAbortedError, match='too long'):
        await a_begun_archive(token)


async def a_begun_archive(token: str) -> AsyncGenerator[bytes, None]:
    """What is sent to somebody who took its first piece, and now takes their time."""
    scope = {'type': 'http', 'method': 'GET', 'path': f'/p/{token}/papers.zip', 'headers': [], 'query_string': b''}
    entry = await admitted(Request({**scope, 'client': ('127.0.0.1', 1), 'scheme': 'http'}), token)
    sent = cast(AsyncGenerator[bytes, None], archive._archive(entry, Sought(), words('en')))
    assert (await anext(sent)).startswith(b'PK')
    return sent


async def test_credit_notes_credit_and_statements_reach_the_phone(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    path = await path_to(customer)
    await portal.open(f'{path}/invoices/{invoice.number}')
    await sees(portal, '฿107,000.00')
    await CreditNote.issue(invoice, difference=Decimal(10000), reason='Two lamps broken', key=uuid4(), by=await bo())
    await sees(portal, 'Two lamps broken', '฿96,300.00')
    second = await an_invoice(customer)
    await pay(second, 110000, keep_rest_as_credit=True)
    await portal.open(f'{path}/receipts/{(await Receipt.get(invoice_id=second.id)).number}')
    await sees(portal, 'Stays as your credit ฿3,000.00')
    await use_credit(invoice, amount=Decimal(3000), key=uuid4(), by=await bo())
    await portal.open(f'{path}/invoices/{invoice.number}')
    await sees(portal, 'Customer credit', '฿93,300.00')
    await make_statement(customer, first=today(), last=today(), by=await bo())
    await portal.open(f'{path}/documents')
    await sees(portal, 'Statement', f'STM-{today().year}-0001')
