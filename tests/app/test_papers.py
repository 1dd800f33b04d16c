"""Papers as PDF: what a reader takes out of them, that nothing is clipped, carried sums, fonts, and equal bytes."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.papers.amount_in_words import in_words
from app.papers.colours import Tint, contrast_on_white
from app.papers.face import letters_of
from app.papers.labels import money
from app.papers.matrix import dark_runs
from app.papers.pen import Ink
from app.papers.press import render
from app.papers.sheet import BOTTOM, LEFT, RIGHT
from app.papers.thai import apart, clean, lines, pieces, together
from tests.papers import CUSTOMER, FIRM, a_frozen_quote, a_line, as_typed, by_pdfium, drawn, says

MM = 72 / 25.4
SYLLABLES = [
    f'{consonant}{above}{tone}{after}'
    for consonant in 'กขคงจชซญฎฐณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ'
    for above in ('', 'ิ', 'ี', 'ึ', 'ื', 'ั', 'ุ', 'ู', '็')
    for tone in ('', '่', '้', '๊', '๋', '์')
    for after in ('', 'ำ')
    if not (after and (above or tone == '์')) and not (above == '็' and tone)
]


@pytest.fixture(scope='module')
def paper() -> bytes:
    return render('Quote', a_frozen_quote())


def a_logo(size: tuple[int, int] = (640, 200)) -> bytes:
    picture = Image.new('RGBA', size, (0, 0, 0, 0))
    ImageDraw.Draw(picture).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 40, fill=(12, 107, 88, 255))
    written = io.BytesIO()
    picture.save(written, 'PNG')
    return written.getvalue()


# ------------------------------------------------------------------------------------------------ what it says


@pytest.mark.parametrize('language', ['th', 'en'])
def test_everything_that_went_in_can_be_read_back(language: str) -> None:
    frozen = a_frozen_quote(10, language)
    text = by_pdfium(render('Quote', frozen))
    wanted = [frozen[name] for name in ('number', 'title', 'title_th', 'customer_notes', 'terms', 'terms_th')]
    wanted += [line[name] for line in frozen['lines'] for name in ('name', 'name_th')]
    wanted += [money(line['amount']) for line in frozen['lines']]
    wanted += [money(frozen[name]) for name in ('subtotal', 'vat', 'grand_total', 'deposit', 'total_due')]
    wanted += [FIRM[name] for name in ('name', 'name_th', 'address', 'address_th', 'phone', 'tax_id')]
    wanted += [CUSTOMER[name] for name in ('name', 'name_th', 'address', 'tax_id', 'contact', 'contact_phone')]
    wanted += ['22 พฤศจิกายน 2569', '22 November 2026', '8–17 ธันวาคม 2569', '8–17 December 2026', 'สำนักงานใหญ่']
    wanted += [in_words(Decimal(frozen['grand_total']), 'th'), in_words(Decimal(frozen['grand_total']), 'en')]
    wanted += ['ใบเสนอราคา', 'Quotation', 'รายการเสริม — ยังไม่รวมในยอด', 'เงื่อนไขการเช่า ฉบับที่ 3']
    assert [one for one in wanted if not says(text, one)] == []
    assert '\ufffd' not in text and '\u200b' not in text


def test_the_customers_language_comes_first() -> None:
    thai, english = (by_pdfium(render('Quote', a_frozen_quote(1, language))) for language in ('th', 'en'))
    assert thai.index('ใบเสนอราคา') < thai.index('Quotation')
    assert english.index('Quotation') < english.index('ใบเสนอราคา')
    assert english.index('Nimman Film Co., Ltd.') < english.index('บริษัท นิมมานฟิล์ม จำกัด')


def test_every_thai_syllable_is_drawn_and_read_back() -> None:
    text = by_pdfium(render('Quote', a_frozen_quote(1, customer_notes=' '.join(SYLLABLES))))
    assert [syllable for syllable in SYLLABLES if syllable not in text] == []


def test_sara_am_looks_the_same_apart_and_whole() -> None:
    letters = letters_of('')
    for syllable in ('น้ำ', 'จำ', 'กํ๋า', 'ป๊ำ'):
        assert letters.shaped(syllable) == letters.shaped(apart(syllable))
        assert all(placed.glyph.glyph_id for group in letters.shaped(syllable)[0] for placed in group.glyphs)


def test_a_quote_without_vat_discount_or_deposit_tells_of_none() -> None:
    frozen = a_frozen_quote(
        1, vat='0.00', vat_percent='0.00', discount='0.00', deposit='0.00', grand_total='25000.00', customer_notes=''
    )
    text = by_pdfium(render('Quote', frozen | {'terms': '', 'terms_th': ''}))
    assert says(text, 'จำนวนเงินรวมทั้งสิ้น') and '25,000.00' in text
    for unsaid in ('ภาษีมูลค่าเพิ่ม', 'ส่วนลด', 'เงินประกัน', 'ยอดที่ต้องชำระทั้งหมด', 'หมายเหตุ', 'เงื่อนไขการเช่า'):
        assert unsaid not in text


def test_an_optional_line_counts_only_when_it_was_chosen() -> None:
    left = by_pdfium(render('Quote', a_frozen_quote(lines=[a_line(0), a_line(9)])))
    taken = by_pdfium(render('Quote', a_frozen_quote(lines=[a_line(0), a_line(9, chosen=True)])))
    assert '(5,666.00)' in left and 'ยังไม่รวมในยอด' in left
    assert '(5,666.00)' not in taken and 'ลูกค้าเลือก รวมในยอดแล้ว' in taken


def test_a_later_version_says_which() -> None:
    assert 'ฉบับที่' in by_pdfium(render('Quote', a_frozen_quote(1, published='2', terms='', terms_th='')))


# ------------------------------------------------------------------------------------------------- long papers


def test_two_hundred_lines_repeat_their_heads_and_carry_the_sum() -> None:
    frozen = a_frozen_quote(200)
    paper = render('Quote', frozen)
    with pypdfium2.PdfDocument(paper) as opened:
        pages = [as_typed(page.get_textpage().get_text_range()) for page in opened]
    tables = [page for page in pages if 'ราคาต่อหน่วย' in page]
    assert len(tables) > 8
    carried = [re.search(r'ยอดยกไป Carried forward ([\d,.]+)', page) for page in tables[:-1]]
    brought = [re.search(r'ยอดยกมา Brought forward ([\d,.]+)', page) for page in tables[1:]]
    assert [one and one[1] for one in carried] == [one and one[1] for one in brought]
    assert all(carried)
    so_far = sums_of(frozen)
    assert [Decimal(one[1].replace(',', '')) in so_far for one in carried if one] == [True] * len(carried)
    assert [f'หน้า {at} จาก {len(pages)}' in page for at, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all(says(' '.join(pages), line['name_th']) for line in frozen['lines'])


def sums_of(frozen: dict[str, object]) -> set[Decimal]:
    """The sum after every line that counts."""
    sums, so_far = set(), Decimal(0)
    for line in frozen['lines']:  # type: ignore[attr-defined]
        so_far += 0 if line['optional'] else Decimal(line['amount'])
        sums.add(so_far)
    return sums


LONG = [
    'บริษัทอุปกรณ์ถ่ายทำภาพยนตร์และโทรทัศน์แห่งประเทศไทยและเอเชียตะวันออกเฉียงใต้จำกัดมหาชน' * 5,
    'ก' * 300,
    'W' * 300,
    'น้ำ' * 100,
    'Supercalifragilisticexpialidocious' * 8,
    'https://example.test/' + 'a' * 250,
]


@pytest.mark.parametrize('name', LONG, ids=['words', 'one letter', 'wide', 'sara am', 'english', 'address'])
def test_long_names_are_broken_and_never_clipped(name: str) -> None:
    frozen = a_frozen_quote(
        lines=[a_line(0, name=name, name_th=name[::-1] if name.isascii() else name)],
        title=name,
        customer=CUSTOMER | {'name': name, 'name_th': name, 'address': name},
        firm=FIRM | {'name': name, 'name_th': name, 'address': name, 'address_th': name},
    )
    paper = render('Quote', frozen)
    assert by_pdfium(paper).replace(' ', '').count(as_typed(name).replace(' ', '')) >= 4
    for left, right, lowest in edges(paper):
        assert left >= LEFT - 0.6 and right <= RIGHT + 0.6 and lowest <= BOTTOM + 10


def test_a_row_longer_than_a_page_goes_on_overleaf() -> None:
    parts = [f'piece{at:04}' for at in range(1500)]
    text = by_pdfium(render('Quote', a_frozen_quote(lines=[a_line(0, name_th=' '.join(parts))])))
    assert [part for part in parts if not says(text, part)] == []


def edges(paper: bytes) -> Iterator[tuple[float, float, float]]:
    """Of every page the left, right and lowest edge of what is drawn, in millimetres."""
    with pypdfium2.PdfDocument(paper) as opened:
        for page in opened:
            boxes = [thing.get_bounds() for thing in page.get_objects()]
            yield min(b[0] for b in boxes) / MM, max(b[2] for b in boxes) / MM, 297 - min(b[1] for b in boxes) / MM


def test_with_and_without_a_logo_it_is_the_same_paper() -> None:
    frozen = a_frozen_quote(1)
    plain, adorned = render('Quote', frozen), render('Quote', frozen, logo=a_logo())
    assert by_pdfium(plain) == by_pdfium(adorned)
    assert drawn(adorned, dpi=72).getpixel((60, 60)) != drawn(plain, dpi=72).getpixel((60, 60))


@pytest.mark.parametrize('logo', [b'', b'no picture', a_logo()[:80]], ids=['empty', 'text', 'torn'])
def test_a_logo_that_is_no_picture_is_left_out(logo: bytes) -> None:
    assert render('Quote', a_frozen_quote(1), logo=logo) == render('Quote', a_frozen_quote(1))


# ------------------------------------------------------------------------------------------------- the file


def test_equal_input_gives_equal_bytes() -> None:
    assert render('Quote', a_frozen_quote(), logo=a_logo()) == render('Quote', a_frozen_quote(), logo=a_logo())


def test_a_page_of_ten_lines_is_small(paper: bytes) -> None:
    assert len(paper) <= 60 * 1024


def test_fonts_are_embedded_and_hold_only_what_was_drawn(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        fonts = {str(f.BaseFont): f for page in opened.pages for f in page.Resources.Font.values()}
        assert len(fonts) == 3
        for name, font in fonts.items():
            assert re.fullmatch(r'/[A-Z]{6}\+Sarabun(Bold|Italic)?', name)
            program = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
            assert TTFont(io.BytesIO(program))['maxp'].numGlyphs < 160 and len(program) < 30_000
            assert b'beginbfchar' in font.ToUnicode.read_bytes()


def test_the_file_and_its_fonts_agree_on_widths_and_hold_no_empty_glyph(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        for font in {str(f.BaseFont): f for page in opened.pages for f in page.Resources.Font.values()}.values():
            inner = font.DescendantFonts[0]
            program = TTFont(io.BytesIO(inner.FontDescriptor.FontFile2.read_bytes()))
            numbers = inner.CIDToGIDMap.read_bytes()
            told = {code: width for code, width in widths_of(list(inner.W)) if code}
            glyphs = {code: numbers[2 * code] * 256 + numbers[2 * code + 1] for code in told}
            assert all(glyphs.values())
            names = program.getGlyphOrder()
            assert all(program['hmtx'].metrics[names[glyphs[code]]][0] == width for code, width in told.items())


def widths_of(entries: list[Any]) -> Iterator[tuple[int, int]]:
    """What a PDF says of its glyphs' widths: first code and a list, or first and last code and one width for all."""
    while entries:
        first = int(entries.pop(0))
        if isinstance(entries[0], pikepdf.Array):
            yield from enumerate((int(width) for width in entries.pop(0)), first)
        else:
            last, width = int(entries.pop(0)), int(entries.pop(0))
            yield from ((code, width) for code in range(first, last + 1))


def test_the_file_says_what_it_is(paper: bytes) -> None:
    frozen = a_frozen_quote()
    with pikepdf.open(io.BytesIO(paper)) as opened:
        about = opened.open_metadata()
        assert (about['pdfaid:part'], about['pdfaid:conformance']) == ('3', 'B')
        assert about['dc:title'] == 'ใบเสนอราคา QT-2026-0042'
        assert about['dc:identifier'] == frozen['verification']
        assert about['xmpMM:DocumentID'] == f'uuid:{frozen["verification"]}'
        assert str(opened.Root.Lang) == 'th-TH'
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert bytes(opened.trailer.ID[0]).hex() == frozen['verification']
        assert opened.Root.OutputIntents[0].S == '/GTS_PDFA1'
        assert opened.Root.MarkInfo.Marked
        kinds = [str(element.S) for element in opened.Root.StructTreeRoot.K[0].K]
        assert kinds[:3] == ['/P', '/H1', '/P'] and kinds.count('/H2') == 2


def test_a_pale_accent_is_darkened_until_it_can_be_read() -> None:
    for accent in ('#ffe600', '#ffffff', '#0c6b58', '#ff7f00', 'nonsense', ''):
        tint = Tint.of(accent)
        assert contrast_on_white(tint.text) >= 4.5


# --------------------------------------------------------------------------------------------- words and lines

IN_WORDS = {
    '62060': 'หกหมื่นสองพันหกสิบบาทถ้วน',
    '21': 'ยี่สิบเอ็ดบาทถ้วน',
    '11': 'สิบเอ็ดบาทถ้วน',
    '1': 'หนึ่งบาทถ้วน',
    '101': 'หนึ่งร้อยเอ็ดบาทถ้วน',
    '1000001': 'หนึ่งล้านเอ็ดบาทถ้วน',
    '11000011': 'สิบเอ็ดล้านสิบเอ็ดบาทถ้วน',
    '21000021.21': 'ยี่สิบเอ็ดล้านยี่สิบเอ็ดบาทยี่สิบเอ็ดสตางค์',
    '121121121.21': 'หนึ่งร้อยยี่สิบเอ็ดล้านหนึ่งแสนสองหมื่นหนึ่งพันหนึ่งร้อยยี่สิบเอ็ดบาทยี่สิบเอ็ดสตางค์',
    '1000000000000': 'หนึ่งล้านล้านบาทถ้วน',
    '0.25': 'ศูนย์บาทยี่สิบห้าสตางค์',
    '0.01': 'ศูนย์บาทหนึ่งสตางค์',
    '0': 'ศูนย์บาทถ้วน',
    '100.10': 'หนึ่งร้อยบาทสิบสตางค์',
}
IN_ENGLISH = {
    '62060': 'Sixty-Two Thousand Sixty Baht Only',
    '59250.75': 'Fifty-Nine Thousand Two Hundred Fifty Baht and Seventy-Five Satang',
    '0': 'Zero Baht Only',
    '1000000': 'One Million Baht Only',
    '-100': 'Minus One Hundred Baht Only',
}


@pytest.mark.parametrize(('amount', 'words'), IN_WORDS.items())
def test_amounts_in_thai_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount), 'th') == words


@pytest.mark.parametrize(('amount', 'words'), IN_ENGLISH.items())
def test_amounts_in_english_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount), 'en') == words


def test_thai_is_cut_where_a_word_ends() -> None:
    text = 'ค่าน้ำมันเชื้อเพลิงสำหรับเครื่องกำเนิดไฟฟ้าและค่าขนส่งไปเชียงใหม่'
    ink = Ink(9)
    cut = lines(text, 40, ink.width)
    assert ''.join(cut) == text and len(cut) > 1
    assert all(ink.width(line) <= 40 for line in cut)
    ends = {0}
    for piece in pieces(text):
        ends.add(max(ends) + len(piece))
    assert {len(''.join(cut[:at])) for at in range(len(cut))} <= ends
    assert {'ค่า', 'สำหรับ', 'เชียงใหม่'} <= set(pieces(text))


@settings(deadline=None)  # a busy machine may take its time
@given(st.text('กขงนมาเแโใไำิีึืัุู่้๊๋์ๆฯ abcXYZ019.,()฿%-/“”\n', max_size=200), st.integers(8, 80))
def test_no_text_loses_a_letter_or_leaves_its_column(text: str, width: int) -> None:
    ink = Ink(9)
    cut = lines(text, width, ink.width)
    bare = re.compile(r'\s')
    assert bare.sub('', ''.join(cut)) == bare.sub('', clean(text))
    assert all(ink.width(line) <= width + 0.6 for line in cut)


@settings(deadline=None)  # a busy machine may take its time
@given(st.text('กนมำ้่๊๋ําa ', max_size=40))
def test_sara_am_comes_back_whole(text: str) -> None:
    typed = together(text)
    assert together(apart(typed)) == typed


def test_hostile_text_takes_no_time_and_no_form() -> None:
    assert clean('a\u200bb\u202ec\x00d\u00ade\ufefff') == 'abcdef'
    assert ''.join(lines('มาก' * 2000, 60, Ink(9).width)) == 'มาก' * 2000
    assert unicodedata.normalize('NFC', 'é') == clean('é')


def test_what_the_font_lacks_is_replaced_by_what_it_has() -> None:
    text = by_pdfium(render('Quote', a_frozen_quote(1, customer_notes='10 → 20 ≥ 5 漢字 🎬')))
    assert '10 -> 20 >= 5 ?? ?' in text


def test_a_code_is_drawn_with_its_quiet_zone() -> None:
    size, runs = dark_runs('https://example.test')
    assert size == 25 and runs[0] == (0, 0, 7)
