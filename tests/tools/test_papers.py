"""Papers read by programs that know nothing of ours: the text, the fonts, the codes, and whether the file is whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.papers.amount_in_words import in_words
from app.papers.labels import Labels
from app.papers.press import render, sheet_of
from app.papers.sheet import Said
from tests.app.test_papers import a_logo
from tests.papers import CUSTOMER, FIRM, a_frozen_quote, a_line, as_typed, by_pdfium, says, scanned
from tests.tools.readers import by_poppler, by_zbar, said_by

PAYLOADS = (
    '00020101021229370016A000000677010111021301055400870615303764540510000.005802TH6304',
    'https://portal.siamlight.test/verify?id=3f9c0d7a51e84b2f9d60c1a2b3c4d5e6',
    'JOB-2026-0007',
)
LONG = 'บริษัทอุปกรณ์ถ่ายทำภาพยนตร์และโทรทัศน์แห่งประเทศไทยและเอเชียตะวันออกเฉียงใต้จำกัดมหาชน' * 3
CASES: dict[str, dict[str, Any]] = {
    'one line': a_frozen_quote(1),
    'ten lines': a_frozen_quote(10),
    'two hundred lines': a_frozen_quote(200),
    'english first': a_frozen_quote(10, 'en'),
    'long names': a_frozen_quote(
        lines=[a_line(0, name_th=LONG), a_line(1, name='W' * 200)],
        customer=CUSTOMER | {'name_th': LONG, 'address': LONG},
        firm=FIRM | {'name_th': LONG, 'address_th': LONG},
    ),
}


@pytest.fixture(params=CASES, ids=lambda name: name.replace(' ', '-'))
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, Any], Path]:
    """What went in, and the paper of it as a file."""
    frozen = CASES[request.param]
    written = tmp_path / 'paper.pdf'
    written.write_bytes(render('Quote', frozen, logo=a_logo() if request.param == 'ten lines' else None))
    return frozen, written


def test_poppler_gives_back_what_went_in(case: tuple[dict[str, Any], Path]) -> None:
    frozen, written = case
    text = as_typed(by_poppler(written))
    wanted = [line[name] for line in frozen['lines'] for name in ('name', 'name_th')]
    wanted += [frozen[name] for name in ('number', 'title', 'title_th', 'terms', 'terms_th', 'customer_notes')]
    wanted += [frozen[who][name] for who in ('firm', 'customer') for name in ('name', 'name_th', 'tax_id')]
    wanted += [in_words(Decimal(frozen['grand_total']), 'th')]
    assert [one for one in wanted if not says(text, one)] == []
    assert '\ufffd' not in text


def test_two_readers_that_know_nothing_of_each_other_read_the_same(case: tuple[dict[str, Any], Path]) -> None:
    _, written = case
    poppler, pdfium = by_poppler(written), by_pdfium(written.read_bytes())
    assert sorted(as_typed(poppler).replace(' ', '')) == sorted(pdfium.replace(' ', ''))


def test_qpdf_finds_nothing_wrong(case: tuple[dict[str, Any], Path]) -> None:
    said = said_by('qpdf', '--check', case[1])
    assert 'No syntax or stream encoding errors found' in said and 'WARNING' not in said


def test_every_font_is_embedded_as_a_subset_that_can_be_read_back(case: tuple[dict[str, Any], Path]) -> None:
    _, _, *fonts = said_by('pdffonts', case[1]).splitlines()
    assert fonts
    for font in fonts:
        name, *_, embedded, subset, unicode, _object, _generation = font.split()
        assert 'Sarabun' in name and (embedded, subset, unicode) == ('yes', 'yes', 'yes'), font


def test_poppler_sees_title_language_and_tags(case: tuple[dict[str, Any], Path]) -> None:
    about = said_by('pdfinfo', case[1])
    assert 'Tagged:          yes' in about
    title = 'Quotationใบเสนอราคา' if case[0]['language'] == 'en' else 'ใบเสนอราคาQuotation'
    assert f'H1 (block)\n    "{title}"' in said_by('pdfinfo', '-struct-text', case[1])


@pytest.mark.parametrize('payload', PAYLOADS)
def test_codes_are_read_by_two_scanners(payload: str, tmp_path: Path) -> None:
    sheet = sheet_of(a_frozen_quote(1), 'quote.title', logo=None)
    sheet.head(Labels('th')('quote.title'), [])
    sheet.qr(payload, [Said('สแกนเพื่อชำระ')], alt='code')
    written = tmp_path / 'paper.pdf'
    written.write_bytes(sheet.finish())
    assert by_zbar(written, tmp_path) == [payload]
    assert scanned(written.read_bytes()) == [payload]
