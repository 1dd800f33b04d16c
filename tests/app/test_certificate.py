"""The signed quote: what was shown, who signed it and how, told in both languages, sealed, and checkable by anybody."""

import asyncio
import io
import math
import re
import subprocess
import unicodedata
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.papers.certificate import signed_quote
from app.papers.press import render
from app.papers.setting import paper
from app.papers.strokes import fitted, picture
from app.papers.thai import together
from app.seal_key import SealKey, new_seal_key
from app.verify import SealState, Verdict, judge, seal_on
from models import Document, DocumentKind, Signature, SignatureEntry, SignatureMethod
from models.strokes import check_strokes
from tests.world import a_draft, a_link, a_secret, bo, ploy

BASE = 'https://rent.siamlight.test'
ID, SHOWN_ID = '5ea1' * 8, '8c1f' * 8
THAI_NAME = 'พลอยพรรณ ศรีสุขน้ำทิพย์'
AGENT = (
    'Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36'
)
STROKES = [
    [[1000 + 7 * at, 3000 + round(900 * math.sin(at / 17) * math.cos(at / 90)), at * 9] for at in range(0, 1000, 6)],
    [[1200, 4300], [3300, 4200], [9000, 3750]],
]


@cache
def key() -> SealKey:
    return new_seal_key('Siam Light & Grip Co., Ltd.')


def a_line(name: str, thai: str, **facts: Any) -> dict[str, Any]:
    line = {'id': name, 'kind': 'Equipment', 'name': name, 'name_th': thai, 'quantity': '4.00', 'duration': '10.00'}
    line |= {'rate': '2500.00', 'rate_type': 'Daily', 'withholding': 'Rent 5 %', 'amount': '100000.00'}
    return {**line, 'optional': False, 'chosen': False, **facts}


def a_quote(**facts: Any) -> dict[str, Any]:
    firm = {
        'name': 'Siam Light & Grip Co., Ltd.', 'name_th': 'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด', 'address': '88 Rama IV',
        'address_th': '88 ถนนพระรามที่ 4', 'phone': '02 123 4567', 'email': 'hello@siamlight.test', 'website': '',
        'line_url': '', 'tax_id': '0105540087061', 'branch': '00000', 'vat_registered': True, 'accent': '#0c6b58',
        'logo': '', 'promptpay_id': '', 'promptpay_kind': '', 'bank_accounts': '',
    }  # fmt: skip
    customer = {
        'kind': 'Company', 'name': 'Nimman Film Co., Ltd.', 'name_th': 'บริษัท นิมมานฟิล์ม จำกัด',
        'tax_id': '0994000165501', 'branch': '00000', 'vat_registered': True, 'address': 'เชียงใหม่ 50200',
        'contact': 'Ploy', 'contact_phone': '081 234 5678', 'contact_email': 'ploy@nimman.test',
    }  # fmt: skip
    return {
        'number': 'QT-2026-0042', 'title': 'Commercial shoot', 'title_th': 'ถ่ายโฆษณา', 'quoted_on': '2026-11-20',
        'issued_on': '2026-11-20', 'job_start': '2026-12-08', 'job_end': '2026-12-17', 'expires_on': '2026-12-04',
        'published': '2', 'vat_percent': '7.00', 'discount_kind': 'THB', 'discount_value': '0',
        'subtotal': '100000.00', 'discount': '0.00', 'vat': '7000.00', 'grand_total': '107000.00',
        'deposit': '20000.00', 'total_due': '127000.00', 'customer_notes': '', 'terms': 'Return it clean.',
        'terms_th': 'คืนให้สะอาด', 'terms_version': 3, 'firm': firm, 'customer': customer, 'language': 'th',
        'verification': SHOWN_ID, 'edition': 2,
        'lines': [
            a_line('ARRI SkyPanel S60-C', 'ไฟ ARRI SkyPanel'),
            a_line('Generator', 'เครื่องปั่นไฟ', optional=True, chosen=True),
            a_line('Extra stand', 'ขาตั้งเพิ่ม', optional=True),
        ],
        **facts,
    }  # fmt: skip


def an_event(at: str, what: str, by: str = '', **facts: Any) -> dict[str, Any]:
    return {'at': f'2026-11-{at}+00:00', 'what': what, 'by': by, 'facts': {'number': 'QT-2026-0042', **facts}}


def a_signature(shown: bytes, **facts: Any) -> dict[str, Any]:
    return {
        'name': THAI_NAME, 'position': 'Line producer', 'company': 'Nimman Film', 'email': 'ploy@nimman.test',
        'consent': 'ข้าพเจ้ายอมรับใบเสนอราคา QT-2026-0042', 'language': 'th', 'ip': '184.22.101.7',
        'user_agent': AGENT, 'method': 'Drawn', 'strokes': STROKES, 'terms_version': 3, 'quote_version': 2,
        'signed_at': '2026-11-22T11:12:05.412345+00:00', 'device': '', 'link': '3F9A0C21BB', 'code_passed': True,
        'shown_sha256': sha256(shown).hexdigest(), 'shown_document': '', 'shown_verification': SHOWN_ID, **facts,
    }  # fmt: skip


EVENTS = [
    an_event('20T03:05:00', 'quote_sent', 'Bo'),
    an_event('20T04:11:09', 'link_viewed', public_id='3F9A0C21BB'),
    an_event('20T04:15:39', 'quote_question', 'Customer', line='Generator', question='มีค่าน้ำมันรวมแล้วหรือยัง'),
    an_event('21T09:00:00', 'quote_published', 'Bo', version=2),
    an_event('22T11:02:11', 'link_viewed', public_id='3F9A0C21BB'),
    an_event('22T11:12:05', 'quote_accepted', 'Customer', name=THAI_NAME),
]


@cache
def the_shown() -> bytes:
    return render('Quote', a_quote())


def made(events: list[dict[str, Any]] | None = None, quote: dict[str, Any] | None = None, **facts: Any) -> bytes:
    shown = the_shown()
    frozen = {**a_quote(verification=ID, issued_on='2026-11-22', **(quote or {})), 'events': events or EVENTS}
    frozen['signature'] = a_signature(shown, **facts)
    return signed_quote(frozen, logo=None, shown=shown, seal=key(), base_url=BASE)


@cache
def the_paper() -> bytes:
    return made()


def program(folder: Path, *command: str, content: bytes | None = None) -> str:
    (folder / 'paper.pdf').write_bytes(content or the_paper())
    ran = subprocess.run([*command], cwd=folder, check=False, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def plain(text: str) -> str:
    return re.sub(r'\s+', '', together(unicodedata.normalize('NFC', text)))


def read_by_poppler(content: bytes, folder: Path) -> str:
    return program(folder, 'pdftotext', '-layout', 'paper.pdf', '-', content=content)


def read_by_pdfium(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return '\n'.join(page.get_textpage().get_text_range() for page in document)


TOLD = [
    'ใบรับรองการลงนาม', 'Certificate of signature', 'QT-2026-0042', 'ฉบับที่ 2', 'version 2',
    'บริษัท สยาม ไลท์ แอนด์ กริป จำกัด', 'บริษัท นิมมานฟิล์ม จำกัด', '฿127,000.00', 'เลือก: เครื่องปั่นไฟ', ID,
    THAI_NAME, 'Line producer, Nimman Film', 'ploy@nimman.test', 'เขียนด้วยมือบนหน้าจอ', '2026-11-22T11:12:05Z',
    '22 พฤศจิกายน 2569 เวลา 18:12:05 น.', '22 November 2026, 18:12:05 in Bangkok (UTC+7)',
    'ข้าพเจ้ายอมรับใบเสนอราคา QT-2026-0042', 'เงื่อนไขการเช่า ฉบับที่ 3', '184.22.101.7', 'Chrome · Android', '3F9A0C21BB',
    'กรอกบนอุปกรณ์นี้ก่อนลงนาม', 'ส่งใบเสนอราคาให้ลูกค้า', 'Portal link 3F9A0C21BB opened for the first time',
    'มีค่าน้ำมันรวมแล้วหรือยัง', 'แก้ไขและเผยแพร่เป็นฉบับที่ 2', '2026-11-22 18:12:05', 'rent.siamlight.test/verify',
]  # fmt: skip


@pytest.mark.parametrize('reader', ['poppler', 'pdfium'])
def test_two_readers_take_out_the_words_that_went_in(reader: str, tmp_path: Path) -> None:
    content = the_paper()
    text = read_by_poppler(content, tmp_path) if reader == 'poppler' else read_by_pdfium(content)
    assert '\ufffd' not in text
    # Words that stand beside each other on a line are told by each reader in an order of its own.
    missing = [told for told in [*TOLD, sha256(the_shown()).hexdigest()] if plain(told) not in plain(text)]
    assert missing == []


def test_the_foot_of_every_page_says_from_where_it_was_signed(tmp_path: Path) -> None:
    pages = read_by_poppler(the_paper(), tmp_path).split('\f')
    said = [page for page in pages if 'IP 184.22.101.7' in page and '3F9A0C21BB' in page and 'Mozilla/5.0' in page]
    assert len(said) == 3


def test_only_the_first_look_through_a_link_is_told(tmp_path: Path) -> None:
    assert read_by_poppler(the_paper(), tmp_path).count('opened for the first time') == 1


def test_poppler_finds_the_seal_valid_and_on_the_whole_file(tmp_path: Path) -> None:
    said = program(tmp_path, 'pdfsig', '-nocert', 'paper.pdf')
    assert 'Signature is Valid.' in said
    assert 'Total document signed' in said


def test_pyhanko_finds_it_intact() -> None:
    found = seal_on(the_paper())
    assert found.state is SealState.INTACT
    assert found.certificate == key().certificate


def test_qpdf_has_nothing_to_say_and_the_fonts_are_embedded_subsets(tmp_path: Path) -> None:
    assert 'No syntax or stream encoding errors found' in program(tmp_path, 'qpdf', '--check', 'paper.pdf')
    rows = program(tmp_path, 'pdffonts', 'paper.pdf').splitlines()[2:]
    assert rows
    assert all(re.match(r'[A-Z]{6}\+\S*Sarabun', row, re.IGNORECASE) and row.split()[-5:-2] for row in rows)
    assert all(row.split()[-5:-2] == ['yes', 'yes', 'yes'] for row in rows)


def test_what_was_shown_is_attached_and_hashes_to_what_the_certificate_says(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(the_paper())) as pdf:
        [name] = pdf.attachments
        attached = pdf.attachments[name].get_file().read_bytes()
        [associated] = pdf.Root.AF
        assert str(associated.AFRelationship) == '/Source'
    assert name == 'QT-2026-0042-v2.pdf'
    assert attached == the_shown()
    assert sha256(attached).hexdigest() in read_by_poppler(the_paper(), tmp_path)


def test_the_file_carries_its_id_and_says_that_it_is_pdf_a() -> None:
    with pikepdf.open(io.BytesIO(the_paper())) as pdf:
        assert bytes(pdf.trailer.ID[0]).hex() == ID
        said = pdf.Root.Metadata.read_bytes().decode()
        assert str(pdf.Root.Lang) == 'th-TH'
    assert f'<dc:identifier>{ID}</dc:identifier>' in said
    assert '<pdfaid:part>3</pdfaid:part>' in said


def test_its_code_leads_to_the_verify_page() -> None:
    with pypdfium2.PdfDocument(the_paper()) as document:
        image: Image.Image = document[1].render(scale=150 / 72).to_pil()
    [code] = zxingcpp.read_barcodes(image)
    assert code.text == f'{BASE}/verify?id={ID}'


def test_one_flipped_byte_breaks_the_seal(tmp_path: Path) -> None:
    whole = the_paper()
    ranges = re.search(rb'/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)', whole)
    assert ranges is not None
    covered = int(ranges[1])
    for at in (600, covered // 3, covered // 2, covered - 40, len(whole) - 300):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert seal_on(bytes(changed)).state is SealState.BROKEN, at
    changed = bytearray(whole)
    changed[covered // 2] ^= 1
    assert 'Digest Mismatch' in program(tmp_path, 'pdfsig', '-nocert', 'paper.pdf', content=bytes(changed))


def test_what_is_not_what_was_signed_is_never_set() -> None:
    with pytest.raises(ValueError, match='not what was signed'):
        made(shown_sha256='00' * 32)


def test_a_typed_name_stands_in_italics_and_nothing_is_drawn(tmp_path: Path) -> None:
    typed = made(method='Typed', strokes=[], name='Ployphan Srisuk', language='en')
    assert 'Italic' in program(tmp_path, 'pdffonts', 'paper.pdf', content=typed)
    text = plain(read_by_poppler(typed, tmp_path))
    assert plain('พิมพ์ชื่อแทนการเขียนลายเซ็น') in text
    assert plain('read in English') in text
    assert 'Italic' not in program(tmp_path, 'pdffonts', 'paper.pdf', content=made(quote={'lines': []}))


def test_hostile_words_stand_there_as_words(tmp_path: Path) -> None:
    name = '<script>alert(1)</script> (Ploy) \\) {0} %n'
    text = read_by_poppler(made(name=name, user_agent=name, consent=name), tmp_path)
    assert plain(name) in plain(text)


def test_a_long_story_goes_on_over_several_pages(tmp_path: Path) -> None:
    asked = [
        an_event(f'21T{at // 60:02}:{at % 60:02}:00', 'quote_question', 'Customer', line='–', question='น้ำ ' * 200)
        for at in range(60)
    ]
    long = made(events=[*EVENTS[:1], *asked, *EVENTS[-1:]], user_agent=AGENT * 3, consent='ข้าพเจ้ายอมรับ ' * 120)
    with pypdfium2.PdfDocument(long) as document:
        assert 4 <= len(document) <= 20
    assert 'Signature is Valid.' in program(tmp_path, 'pdfsig', '-nocert', 'paper.pdf', content=long)
    assert plain('อนุมัติและลงนามโดย') in plain(read_by_poppler(long, tmp_path))


def test_a_signature_keeps_its_shape_and_its_box() -> None:
    lines = fitted(STROKES)
    assert all(-0.05 <= x <= 1.05 and -0.05 <= y <= 1.05 for line in lines for x, y in line)
    wide = max(x for line in lines for x, _ in line) - min(x for line in lines for x, _ in line)
    high = max(y for line in lines for _, y in line) - min(y for line in lines for _, y in line)
    drawn_wide = max(p[0] for s in STROKES for p in s) - min(p[0] for s in STROKES for p in s)
    drawn_high = max(p[1] for s in STROKES for p in s) - min(p[1] for s in STROKES for p in s)
    assert wide * 3 / high == pytest.approx(drawn_wide / drawn_high, rel=0.06)


@pytest.mark.parametrize(
    'strokes', [[[[0, 0], [10_000, 10_000]]], [[[5, 0], [5, 9000]], [[7, 7]]], [[[0, 3], [300, 3]]]]
)
def test_whatever_was_taken_can_be_drawn(strokes: list[list[list[int]]]) -> None:
    check_strokes(strokes)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for line in fitted(strokes) for x, y in line)
    with Image.open(io.BytesIO(picture(strokes))) as drawn:
        assert drawn.size == (660, 220)
        darkest = drawn.convert('L').getextrema()[0]
    assert isinstance(darkest, int)
    assert darkest < 90


async def test_from_a_signature_on_a_phone_to_a_file_that_is_genuine(db: str) -> None:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    link, _ = await a_link(quote)
    shown = await paper(await Document.get(quote_id=quote.id))
    entry = SignatureEntry(THAI_NAME, SignatureMethod.DRAWN, 'I accept.', 'en', strokes=STROKES, ip='184.22.101.7')
    await quote.accept(version=1, signature=entry, by=ploy(link))
    signed = await paper(await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE))
    content = bytes(signed.content or b'')
    with pikepdf.open(io.BytesIO(content)) as pdf:
        [attached] = [one.get_file().read_bytes() for one in pdf.attachments.values()]
    assert attached == bytes(shown.content or b'')
    assert (await asyncio.to_thread(seal_on, content)).state is SealState.INTACT
    kept = await Signature.get(quote_id=quote.id)
    assert kept.picture
    with Image.open(io.BytesIO(kept.picture)) as drawn:
        assert drawn.format == 'PNG'
    for file in (content, attached):
        assert (await judge([], sha256(file).hexdigest())).verdict is Verdict.GENUINE
    changed = sha256(content + b' ').hexdigest()
    judged = await judge([signed.verification or ''], changed)
    assert (judged.verdict, judged.paper and judged.paper.number) == (Verdict.ALTERED, quote.number)
    assert (await judge(['f' * 32, 'x'], changed)).verdict is Verdict.UNKNOWN
    assert datetime.fromisoformat(signed.frozen['signature']['signed_at']).tzinfo is UTC
