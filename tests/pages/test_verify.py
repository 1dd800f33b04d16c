"""`/verify`: anybody with a file of ours learns whether it is genuine, and nobody learns what it says."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from httpx import Response
from nicegui.testing import User

from app.papers.serving import as_served
from app.papers.setting import paper
from app.verify import LARGEST, MOST_IDS, WRITTEN, Reading
from models import Document, DocumentKind, Reprint, now
from pages.verify import CHECKS, FILES
from tests.world import a_draft, a_firm, a_secret, an_accepted_quote, an_invoice, bo

PDF = b'%PDF-1.7\n'


async def a_paper(content: bytes = b'', **facts: Any) -> tuple[Document, bytes]:
    """A paper that was set, with its id in it."""
    quote = await a_draft(**facts)
    await quote.send(secret=a_secret(), by=await bo())
    document = await Document.get(quote_id=quote.id)
    written = PDF + content + f'trailer << /ID [<{document.verification}><{document.verification}>] >>'.encode()
    await document.keep(written)
    return document, written


async def ask(user: User, ids: list[Any], fingerprint: str, language: str = 'en') -> Response:
    headers = {'accept-language': language, 'content-type': 'application/json'}
    asked = json.dumps({'ids': ids, 'sha256': fingerprint})
    return await user.http_client.post('/verify', content=asked, headers=headers)


async def send(user: User, content: bytes) -> Response:
    headers = {'accept-language': 'en', 'content-type': 'application/pdf'}
    return await user.http_client.post('/verify/file', content=content, headers=headers)


def hashed(content: bytes) -> str:
    return sha256(content).hexdigest()


def verdict(answer: Response) -> str:
    assert answer.status_code == 200
    found = re.search(r'data-verdict="(\w+)"', answer.text)
    assert found
    return found[1]


async def test_a_known_fingerprint_is_genuine_with_kind_number_and_date_and_nothing_else(portal: User) -> None:
    document, content = await a_paper(title='A secret shoot', customer_notes='Nobody may know')
    answer = await ask(portal, [], hashed(content))
    assert verdict(answer) == 'genuine'
    for told in ('Genuine', 'Siam Light &amp; Grip', 'Quote', document.number, str(document.issued_on.year)):
        assert told in answer.text
    for hidden in (
        'Nimman',
        'secret shoot',
        'Nobody',
        '107,000',
        'Ploy',
        str(document.id),
        document.verification or '',
    ):
        assert hidden not in answer.text
    assert answer.headers['cache-control'] == 'no-store'


async def test_a_known_id_with_another_fingerprint_is_altered(portal: User) -> None:
    document, content = await a_paper()
    answer = await ask(portal, [document.verification], hashed(content + b' '))
    assert verdict(answer) == 'altered'
    assert document.number in answer.text


async def test_neither_is_unknown(portal: User) -> None:
    await a_paper()
    answer = await ask(portal, ['0' * 32], hashed(b'something else'))
    assert verdict(answer) == 'unknown'
    assert 'has no record of this file' in answer.text


async def test_a_paper_that_was_cancelled_says_so_though_it_is_genuine(portal: User) -> None:
    document, content = await a_paper()
    await Document.filter(id=document.id).update(cancelled_at=now())
    answer = await ask(portal, [], hashed(content))
    assert verdict(answer) == 'genuine'
    assert 'Cancelled on' in answer.text
    assert 'no longer valid' in answer.text
    by_code = await portal.http_client.get(f'/verify?id={document.verification}')
    assert 'Cancelled on' in by_code.text or 'ยกเลิกเมื่อ' in by_code.text


async def test_the_reader_is_answered_in_the_language_of_choice(portal: User) -> None:
    _, content = await a_paper()
    assert 'ของแท้' in (await ask(portal, [], hashed(content), 'th')).text
    chosen = await portal.http_client.get('/verify/language/th?at=' + 'a' * 32, follow_redirects=False)
    assert chosen.headers['location'] == '/verify?id=' + 'a' * 32
    assert 'ของแท้' in (await ask(portal, [], hashed(content), 'en')).text
    assert (await portal.http_client.get('/verify/language/xx')).status_code == 404
    elsewhere = await portal.http_client.get('/verify/language/en?at=//evil.test', follow_redirects=False)
    assert elsewhere.headers['location'] == '/verify'


async def test_where_fingerprints_cannot_be_computed_the_file_is_sent_and_judged_alike(portal: User) -> None:
    document, content = await a_paper()
    assert verdict(await send(portal, content)) == 'genuine'
    altered = await send(portal, content.replace(b'%PDF-1.7', b'%PDF-1.6'))
    assert verdict(altered) == 'altered'
    assert document.number in altered.text
    assert verdict(await send(portal, PDF + b'nothing of ours')) == 'unknown'
    assert (await send(portal, b'PK\x03\x04 no pdf')).status_code == 415
    assert (await send(portal, b'')).status_code == 415
    assert (await send(portal, PDF + bytes(LARGEST))).status_code == 413


async def test_a_signed_quote_is_told_from_the_file_that_it_carries(portal: User) -> None:
    quote = await an_accepted_quote()
    shown = await Document.get(quote_id=quote.id, kind=DocumentKind.QUOTE)
    signed = await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE)
    inner = f'/ID [<{shown.verification}><{shown.verification}>]'
    outer = f'/ID [<{signed.verification}><{signed.verification}>]'
    content = PDF + f'attached {inner} endstream {outer}'.encode()
    await signed.keep(content)
    altered = await send(portal, content + b' ')
    assert verdict(altered) == 'altered'
    assert 'Signed quote' in altered.text


async def test_a_code_on_paper_leads_to_what_was_issued(portal: User) -> None:
    document, _ = await a_paper()
    page = await portal.http_client.get(f'/verify?id={document.verification}', headers={'accept-language': 'en'})
    assert page.status_code == 200
    assert 'Issued by us' in page.text
    assert document.number in page.text
    assert 'Nimman' not in page.text
    nothing = await portal.http_client.get('/verify?id=' + 'e' * 32, headers={'accept-language': 'en'})
    assert nothing.status_code == 404
    assert 'Unknown id' in nothing.text
    empty = await portal.http_client.get('/verify', headers={'accept-language': 'en'})
    assert empty.status_code == 200
    assert 'Check a document' in empty.text
    assert 'data-verdict' not in empty.text


@pytest.mark.parametrize(
    'body',
    [
        b'', b'{', b'[]', b'"x"', b'null', b'{"ids": "x", "sha256": "y"}', b'{"ids": [], "sha256": 7}', b'{"ids": []}',
        b'\xff\xfe', b'{"ids": [%s"x"], "sha256": ""}' % (b'"x",' * 9), b'[' * 100_000,
        b'{"ids": [' + b'[' * 900 + b']' * 900 + b'], "sha256": "%s"}' % (b'0' * 64),
        b'{"ids": [], "sha256": "%s"}%s' % (b'0' * 64, b' ' * 5000),
    ],
)  # fmt: skip
async def test_rubbish_is_refused(portal: User, body: bytes) -> None:
    await a_firm()
    assert (await portal.http_client.post('/verify', content=body)).status_code == 400


async def test_what_is_no_id_and_no_fingerprint_is_refused(portal: User) -> None:
    await a_paper()
    hostile: list[Any] = ["'; drop table document; --", '<script>', None, {'a': 1}, 'é' * 32, '٣' * 32, 'A' * 32, 7]
    for one in hostile:
        assert (await ask(portal, [one], '0' * 64)).status_code == 400
    for fingerprint in ('', 'x' * 64, '0' * 63, '0' * 64 + '\n', '<script>alert(1)</script>'):
        assert (await ask(portal, ['0' * 32], fingerprint)).status_code == 400
    page = await portal.http_client.get('/verify', params={'id': '"><script>alert(1)</script>'})
    assert page.status_code == 404
    assert '<script>alert' not in page.text


async def test_guessing_is_slowed_for_everybody_behind_one_address(portal: User) -> None:
    _, content = await a_paper()
    for _ in range(CHECKS):
        assert (await ask(portal, [], hashed(content))).status_code == 200
    assert (await ask(portal, [], hashed(content))).status_code == 429
    assert (await portal.http_client.get('/verify?id=' + 'e' * 32)).status_code == 429
    assert (await portal.http_client.get('/verify')).status_code == 200
    for _ in range(FILES):
        assert (await send(portal, content)).status_code == 200
    assert (await send(portal, content)).status_code == 429


async def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script_but_its_own(portal: User) -> None:
    await a_firm()
    page = await portal.http_client.get('/verify')
    assert "default-src 'self'" in page.headers['content-security-policy']
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    [script] = re.findall(r'<script[^>]*src="([^"]+)"', page.text)
    source = (await portal.http_client.get(script)).text
    # Both sides look for the id in the same places.
    assert WRITTEN.pattern.decode().replace('/', '\\/') in source


async def test_before_there_is_a_firm_there_is_nothing_to_check(portal: User) -> None:
    assert (await portal.http_client.get('/verify')).status_code == 404
    assert (await ask(portal, [], '0' * 64)).status_code == 404


async def test_other_papers_are_found_alike(portal: User) -> None:
    invoice = await an_invoice()
    document = await Document.get(invoice_id=invoice.id)
    await document.keep(PDF + b'an invoice')
    answer = await ask(portal, [], hashed(PDF + b'an invoice'))
    assert verdict(answer) == 'genuine'
    assert 'Invoice' in answer.text


async def test_a_marked_paper_that_we_handed_out_is_genuine_too(portal: User) -> None:
    invoice = await an_invoice()
    document = await paper(await Document.get(invoice_id=invoice.id))
    copied = await as_served(document, copy=True)
    await Document.filter(id=document.id).update(cancelled_at=now())
    document = await Document.get(id=document.id)
    for marked in (copied, await as_served(document), await as_served(document, copy=True)):
        assert marked != bytes(document.content or b'')
        answer = await ask(portal, [document.verification], hashed(marked))
        assert verdict(answer) == 'genuine'
        assert 'Cancelled on' in answer.text
        assert verdict(await ask(portal, [document.verification], hashed(marked + b' '))) == 'altered'
    assert await Reprint.filter(document_id=document.id).count() == 3


@pytest.mark.parametrize('size', [1, 7, 64, 5000])
def test_an_id_is_found_however_the_file_comes_in(size: int) -> None:
    one, other = 'a1' * 16, 'b2' * 16
    file = PDF + b'x' * 999 + f'<dc:identifier>{one}</dc:identifier>'.encode() + b'y' * 999
    file += f'/ID [ <{other.upper()}> <{"0" * 32}> ]'.encode()
    reading = Reading()
    for at in range(0, len(file), size):
        reading.add(file[at : at + size])
    assert reading.ids == [other, one]
    assert (reading.fingerprint, reading.size) == (hashed(file), len(file))


def test_a_file_made_of_nothing_but_ids_takes_no_memory() -> None:
    reading = Reading()
    for at in range(2_000):
        reading.add(b'/ID [<%032x>]' % at)
        assert len(reading._ids) <= MOST_IDS
    assert reading.ids == [f'{at:032x}' for at in range(1_999, 1_999 - MOST_IDS, -1)]
