"""The signed quote: what was shown, who signed it and how, told in both languages, sealed, and checkable by anybody."""

import asyncio
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.papers.setting import paper, set_ordered
from app.papers.strokes import MOST_DRAWN, fitted, picture
from app.verify import SealState, Verdict, judge, seal_on
from models import Document, DocumentKind, Signature, SignatureEntry, SignatureMethod
from models.strokes import MOST_POINTS, PAD, check_strokes
from tests.signed import (
    AGENT,
    BASE,
    EVENTS,
    ID,
    STROKES,
    THAI_NAME,
    TOLD,
    an_event,
    key,
    made,
    plain,
    read_by_pdfium,
    the_paper,
    the_shown,
)
from tests.world import a_draft, a_link, a_secret, bo, ploy


def test_pdfium_takes_out_the_words_that_went_in() -> None:
    text = read_by_pdfium(the_paper())
    assert '\ufffd' not in text
    assert [told for told in [*TOLD, sha256(the_shown()).hexdigest()] if plain(told) not in plain(text)] == []


def test_the_foot_of_every_page_says_from_where_it_was_signed() -> None:
    with pypdfium2.PdfDocument(the_paper()) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert all('IP 184.22.101.7' in page and '3F9A0C21BB' in page and 'Mozilla/5.0' in page for page in pages)


def test_only_the_first_look_through_a_link_is_told() -> None:
    assert read_by_pdfium(the_paper()).count('opened for the first time') == 1


def test_pyhanko_finds_it_intact() -> None:
    found = seal_on(the_paper())
    assert found.state is SealState.INTACT
    assert found.certificate == key().certificate


def test_what_was_shown_is_attached_and_hashes_to_what_the_certificate_says() -> None:
    with pikepdf.open(io.BytesIO(the_paper())) as pdf:
        [name] = pdf.attachments
        attached = pdf.attachments[name].get_file().read_bytes()
        [associated] = pdf.Root.AF
        assert str(associated.AFRelationship) == '/Source'
    assert name == 'QT-2026-0042-v2.pdf'
    assert attached == the_shown()
    assert sha256(attached).hexdigest() in read_by_pdfium(the_paper())


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


def test_one_flipped_byte_breaks_the_seal() -> None:
    whole = the_paper()
    ranges = re.search(rb'/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)', whole)
    assert ranges is not None
    covered = int(ranges[1])
    for at in (600, covered // 3, covered // 2, covered - 40, len(whole) - 300):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert seal_on(bytes(changed)).state is SealState.BROKEN, at


def test_what_is_not_what_was_signed_is_never_set() -> None:
    with pytest.raises(ValueError, match='not what was signed'):
        made(shown_sha256='00' * 32)


def test_a_typed_name_stands_there_and_is_called_typed() -> None:
    typed = made(method='Typed', strokes=[], name='Ployphan Srisuk', language='en')
    text = plain(read_by_pdfium(typed))
    assert plain('พิมพ์ชื่อแทนการเขียนลายเซ็น') in text
    assert plain('read in English') in text
    assert text.count('PloyphanSrisuk') >= 4


def test_a_name_that_was_taken_is_never_printed_as_question_marks() -> None:
    name = 'Nguyễn Thị Ánh — «Ploy» ๆ'
    SignatureEntry(name, SignatureMethod.TYPED, 'I accept.', 'en').check()
    text = read_by_pdfium(made(name=name, method='Typed', strokes=[]))
    assert plain('Nguyen Thi Ánh — «Ploy» ๆ') in plain(text)


def test_hostile_words_stand_there_as_words() -> None:
    name = '<script>alert(1)</script> (Ploy) \\) {0} %n'
    text = read_by_pdfium(made(name=name, user_agent=name, consent=name))
    assert plain(name) in plain(text)


def test_who_signed_on_a_device_of_the_firm_is_said_to_have_done_so() -> None:
    said = 'Signed on a device of the firm, with staff signed in'
    assert plain(said) in plain(read_by_pdfium(made(at_counter=True)))
    assert plain(said) not in plain(read_by_pdfium(made(at_counter=False)))


def test_a_long_story_goes_on_over_several_pages() -> None:
    asked = [
        an_event(f'21T{at // 60:02}:{at % 60:02}:00', 'quote_question', 'Customer', line='–', question='น้ำ ' * 200)
        for at in range(60)
    ]
    long = made(events=[*EVENTS[:1], *asked, *EVENTS[-1:]], user_agent=AGENT * 3, consent='ข้าพเจ้ายอมรับ ' * 120)
    with pypdfium2.PdfDocument(long) as document:
        assert 4 <= len(document) <= 20
    assert seal_on(long).state is SealState.INTACT
    assert plain('ยืนยันและลงนามโดย') in plain(read_by_pdfium(long))


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


def test_points_that_jump_across_the_pad_are_not_drawn_by_the_million() -> None:
    there_and_back = [[PAD * (at % 2), PAD * (at // 2 % 2)] for at in range(MOST_POINTS)]
    check_strokes([there_and_back])
    assert MOST_POINTS <= sum(map(len, fitted([there_and_back]))) <= MOST_DRAWN
    assert picture([there_and_back]).startswith(b'\x89PNG')


async def test_from_a_signature_on_a_phone_to_a_file_that_is_genuine(db: str) -> None:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    link, _ = await a_link(quote)
    shown = await paper(await Document.get(quote_id=quote.id))
    entry = SignatureEntry(THAI_NAME, SignatureMethod.DRAWN, 'I accept.', 'en', strokes=STROKES, ip='184.22.101.7')
    await quote.accept(version=1, signature=replace(entry, at_counter=True), by=ploy(link))
    signed = await paper(await Document.get(quote_id=quote.id, kind=DocumentKind.SIGNED_QUOTE))
    content = bytes(signed.content or b'')
    with pikepdf.open(io.BytesIO(content)) as pdf:
        [attached] = [one.get_file().read_bytes() for one in pdf.attachments.values()]
    assert attached == bytes(shown.content or b'')
    assert (await asyncio.to_thread(seal_on, content)).state is SealState.INTACT
    await set_ordered()
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
    assert signed.frozen['signature']['at_counter'] is True
    assert datetime.fromisoformat(signed.frozen['signature']['signed_at']).tzinfo is UTC
