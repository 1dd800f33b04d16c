"""Papers as files: under their names, with the right headers, to those whose scope or role holds them and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote
from uuid import uuid4

import pytest
from nicegui.testing import User

from app.papers.serving import as_served
from app.papers.setting import paper
from app.settings import SmsGateway, settings
from models import (
    Activity,
    Business,
    CodePolicy,
    Customer,
    Device,
    Document,
    DocumentKind,
    Invoice,
    Presence,
    Quote,
    Role,
    Staff,
)
from tests.pages.counter import counter, sees, sit_down
from tests.papers import by_pdfium, says
from tests.signed import AGENT
from tests.world import a_draft, a_link, a_secret, a_stranger, an_invoice, bo, nimman, pay, ploy, typed

__all__ = ['counter']

HEADERS = {
    'content-type': 'application/pdf',
    'cache-control': 'private, no-store',
    'x-robots-tag': 'noindex, nofollow, noarchive',
}


async def a_sent(customer: Customer | None = None) -> tuple[Quote, Document]:
    """A quote that was just sent, and its paper, which is still owed."""
    quote = await a_draft(customer)
    await quote.send(secret=a_secret(), by=await bo())
    return quote, await Document.get(quote_id=quote.id)


def address(token: str, document: Document) -> str:
    return f'/p/{token}/papers/{document.id}/{document.number}.pdf'


async def test_a_quote_link_hands_over_the_paper_of_its_quote(portal: User) -> None:
    quote, document = await a_sent()
    _, token = await a_link(quote)
    answer = await portal.http_client.get(address(token, document))
    assert answer.status_code == 200
    assert answer.content == bytes((await Document.get(id=document.id)).content or b'') != b''
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers['content-disposition'].startswith(f'inline; filename="{document.number}.pdf"')
    saved = await portal.http_client.get(address(token, document) + '?save')
    assert saved.headers['content-disposition'].startswith('attachment; ')
    assert saved.content == answer.content


async def test_a_thai_name_is_safe_in_the_header_and_whole_for_who_can_read_it(portal: User) -> None:
    by = await bo()
    firm = await Business.the()
    await firm.amend(version=firm.version, by=by, prefixes={'QT': 'ใบ"เสนอ\\ราคา'})
    quote, document = await a_sent()
    _, token = await a_link(quote)
    said = (await portal.http_client.get(f'/p/{token}/papers/{document.id}/x.pdf')).headers['content-disposition']
    assert said.isascii() and said.count('"') == 2
    assert unquote(said.partition("filename*=UTF-8''")[2]) == f'{document.number}.pdf'


async def test_a_link_reaches_no_paper_of_another_record(portal: User) -> None:
    customer = await nimman()
    own, document = await a_sent(customer=customer)
    _, other = await a_sent(customer=customer)
    stranger = await a_stranger()
    _, foreign = await a_sent(customer=stranger)
    invoice = await an_invoice(customer)
    of_invoice = await Document.get(invoice_id=invoice.id)
    records: dict[str, Customer | Quote | Invoice] = {'quote': own, 'invoice': invoice, 'all': customer}
    tokens = {scope: (await a_link(record))[1] for scope, record in records.items()}
    hidden = {'quote': (other, foreign, of_invoice), 'invoice': (document, other, foreign), 'all': (foreign,)}
    for scope, papers in hidden.items():
        for unseen in papers:
            answer = await portal.http_client.get(address(tokens[scope], unseen))
            assert answer.status_code == 404 and b'%PDF' not in answer.content, scope
            assert unseen.number not in answer.text
    for nothing in (uuid4(), 'x', '../../papers'):
        assert (await portal.http_client.get(f'/p/{tokens["all"]}/papers/{nothing}/a.pdf')).status_code == 404
    assert (await portal.http_client.get(address(tokens['all'], other))).status_code == 200


async def test_who_may_not_come_in_gets_no_paper(portal: User) -> None:
    quote, document = await a_sent()
    link, token = await a_link(quote)
    await link.revoke(by=await bo())
    assert (await portal.http_client.get(address(token, document))).status_code == 410
    assert (await portal.http_client.get(address('1' * 22, document))).status_code == 404


async def test_the_link_may_end_while_its_holder_waits_for_the_paper(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote, document = await a_sent()
    link, token = await a_link(quote)

    async def meanwhile_revoked(owed: Document) -> Document:
        await link.revoke(by=await bo())
        return await paper(owed)

    monkeypatch.setattr('pages.portal.files.paper', meanwhile_revoked)
    answer = await portal.http_client.get(address(token, document), follow_redirects=True)
    assert answer.status_code == 410 and b'%PDF' not in answer.content


async def test_the_link_may_end_while_a_cancelled_paper_is_marked(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote, document = await a_sent()
    link, token = await a_link(quote)
    await paper(document)

    async def meanwhile_revoked(found: Document) -> bytes:
        await link.revoke(by=await bo())
        return await as_served(found)

    monkeypatch.setattr('pages.portal.files.as_served', meanwhile_revoked)
    answer = await portal.http_client.get(address(token, document), follow_redirects=True)
    assert answer.status_code == 410 and b'%PDF' not in answer.content


async def test_a_paper_that_can_never_be_set_is_not_waited_for(portal: User) -> None:
    quote, document = await a_sent()
    await Document.filter(id=document.id).update(verification=None)
    _, token = await a_link(quote)
    assert (await portal.http_client.get(address(token, document))).status_code == 404


@pytest.mark.parametrize(('language', 'said'), [('en', 'We are still making this file'), ('th', 'เรากำลังจัดทำไฟล์นี้')])
async def test_a_paper_that_takes_too_long_is_kindly_asked_for_again(
    portal: User, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    quote, document = await a_sent(customer=await nimman(language=language))
    _, token = await a_link(quote)

    async def too_slow(owed: Document) -> Document:
        return owed

    monkeypatch.setattr('pages.portal.files.paper', too_slow)
    answer = await portal.http_client.get(address(token, document))
    assert answer.status_code == 503 and answer.headers['retry-after'] == '5'
    assert said in answer.text and f'action="{address(token, document)}"' in answer.text


async def test_the_code_page_stands_before_papers_too(portal: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('app.settings._in_use', replace(settings(), sms=SmsGateway('http://127.0.0.1:9/send')))
    quote, document = await a_sent()
    firm = await Business.the()
    await firm.amend(version=firm.version, by=await bo(), code_policy=CodePolicy.EVERYONE)
    _, token = await a_link(quote)
    answer = await portal.http_client.get(address(token, document))
    assert b'%PDF' not in answer.content and 'text/html' in answer.headers['content-type']


async def test_documents_offer_each_paper_to_open_and_to_save(portal: User) -> None:
    quote, document = await a_sent()
    _, token = await a_link(await quote.customer)
    await portal.open(f'/p/{token}/documents')
    await sees(portal, 'Being made…')
    await paper(document)
    await sees(portal, 'PDF')
    await portal.should_not_see('Being made…')
    page = (await portal.http_client.get(f'/p/{token}/documents')).text
    assert f'href="{address(token, document)}"' in page and f'href="{address(token, document)}?save"' in page


@pytest.mark.parametrize('whole', [False, True])
async def test_an_invoice_hands_out_its_paper_and_that_of_a_payment_as_soon_as_they_are_made(
    portal: User, *, whole: bool
) -> None:
    invoice = await an_invoice()
    link, token = await a_link(await Customer.get(id=invoice.customer_id) if whole else invoice)
    await portal.open(f'/p/{token}' + (f'/invoices/{invoice.number}' if whole else ''))
    device = await Device.get()
    if not whole:
        await Presence.begin(link, device_id=device.id, program_id=device.id)
    await sees(portal, 'Being made…')
    document = await Document.get(invoice_id=invoice.id)
    await paper(document)
    await portal.should_not_see('Being made…')
    await pay(invoice, 107000)
    receipt = await Document.get(kind=DocumentKind.RECEIPT)
    await sees(portal, 'Being made…')
    await paper(receipt)
    await portal.should_not_see('Being made…')
    for path in ('' if not whole else f'/invoices/{invoice.number}', f'/receipts/{receipt.number}'):
        page = (await portal.http_client.get(f'/p/{token}{path}')).text
        papers = [receipt] if 'receipts' in path else [document, receipt]
        assert all(f'href="{address(token, one)}"' in page for one in papers)


async def test_the_device_that_signed_may_still_fetch_the_signed_quote_and_no_other_may(
    portal: User, another: Callable[[], User]
) -> None:
    quote, document = await a_sent()
    link, token = await a_link(quote)
    await paper(document)
    await portal.open(f'/p/{token}')
    device = await Device.all().order_by('-id').first()
    assert device
    await quote.accept(version=1, signature=typed(), by=ploy(link), device_id=device.id)
    signed = await Document.get(kind=DocumentKind.SIGNED_QUOTE, quote_id=quote.id)
    answer = await portal.http_client.get(address(token, signed))
    assert answer.status_code == 200 and answer.content.startswith(b'%PDF')
    assert f'filename="{quote.number}-signed.pdf"' in answer.headers['content-disposition']
    for asked in (signed, document):
        assert (await another().http_client.get(address(token, asked))).status_code == 410


async def test_an_opened_pdf_is_an_event_once_for_each_device_and_version_and_stands_in_the_certificate(
    portal: User, another: Callable[[], User]
) -> None:
    quote, document = await a_sent()
    link, token = await a_link(quote)

    async def openings() -> list[int]:
        told = await Activity.filter(what='quote_pdf_opened', quote_id=quote.id).order_by('id')
        assert all(one.link_id == link.id and one.by_kind == 'customer' for one in told)
        return [one.facts['version'] for one in told]

    async def opened(by: User, agent: str = AGENT, which: Document = document) -> None:
        answer = await by.http_client.get(address(token, which), headers={'user-agent': agent})
        assert answer.status_code == 200

    await opened(portal)
    await opened(portal)
    for agent in ('line-poker/1.0', 'curl/8.5'):
        await opened(another(), agent)
    colleague = another()
    await sit_down(colleague)
    await opened(colleague)
    assert await openings() == [1]
    await opened(another())
    assert await openings() == [1, 1]
    await quote.write(replace(await quote.entry(), customer_notes='At five'), version=0, by=await bo())
    await quote.publish(secret=a_secret(), by=await bo(), mail=False)
    second = await Document.get(quote_id=quote.id, edition=2)
    await opened(portal, which=second)
    assert await openings() == [1, 1, 2]
    device = await Device.all().order_by('id').first()
    assert device
    await quote.accept(version=2, signature=typed(), by=ploy(link), device_id=device.id)
    signed = await Document.get(kind=DocumentKind.SIGNED_QUOTE, quote_id=quote.id)
    assert [one['what'] for one in signed.frozen['events']].count('quote_pdf_opened') == 3
    text = by_pdfium(bytes((await paper(signed)).content or b''))
    assert says(text, 'PDF of version 1 opened for the first time') and says(text, 'เปิดไฟล์ PDF ฉบับที่ 2 เป็นครั้งแรก')
    await opened(portal, which=signed)
    assert await openings() == [1, 1, 2]


@pytest.mark.parametrize('role', [Role.OWNER, Role.CREW, Role.BILLING])
async def test_staff_fetch_what_their_role_reads(counter: User, role: Role) -> None:
    await sit_down(counter, role)
    _, document = await a_sent()
    answer = await counter.http_client.get(f'/papers/{document.id}/{document.number}.pdf')
    assert answer.status_code == 200 and answer.content.startswith(b'%PDF')
    assert HEADERS.items() <= dict(answer.headers).items()


async def test_crew_reads_no_paper_about_money(counter: User) -> None:
    await sit_down(counter, Role.CREW)
    invoice = await an_invoice()
    owed = await Document.get(invoice_id=invoice.id)
    answer = await counter.http_client.get(f'/papers/{owed.id}/{owed.number}.pdf')
    assert answer.status_code == 404 and owed.number not in answer.text


async def test_a_role_that_changes_while_a_paper_is_made_holds_for_that_paper(
    counter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sit_down(counter, Role.BILLING)
    invoice = await an_invoice()
    owed = await Document.get(invoice_id=invoice.id)

    async def meanwhile_crew(owed: Document) -> Document:
        await Staff.filter(role=Role.BILLING).update(role=Role.CREW)
        return await paper(owed)

    monkeypatch.setattr('pages.console.files.paper', meanwhile_crew)
    answer = await counter.http_client.get(f'/papers/{owed.id}/{owed.number}.pdf')
    assert answer.status_code == 404 and b'%PDF' not in answer.content


async def test_who_is_not_signed_in_is_shown_the_door(counter: User) -> None:
    _, document = await a_sent()
    answer = await counter.http_client.get(f'/papers/{document.id}/{document.number}.pdf')
    assert answer.status_code == 303
    assert answer.headers['location'] == f'/sign-in?next=/papers/{document.id}/{document.number}.pdf'
