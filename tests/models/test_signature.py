"""What a stranger's browser sends as a signature is looked at to the last number before anything is done with it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.words import LANGUAGES, words
from models import Refused, SignatureEntry, SignatureMethod
from models.strokes import LONGEST_TIME, MOST_POINTS, MOST_STROKES, PAD, check_strokes

A_LINE = [[1000, 4000], [3000, 3000], [5000, 5000], [8000, 4200]]


def entry(**facts: Any) -> SignatureEntry:
    told = {'name': 'Ployphan Srisuk', 'method': SignatureMethod.DRAWN, 'consent': 'I accept.', 'language': 'en'}
    return SignatureEntry(**{**told, 'strokes': [A_LINE], **facts})


def why_not(signature: SignatureEntry) -> str:
    with pytest.raises(Refused) as refused:
        signature.check()
    for language in LANGUAGES:
        assert '{' not in words(language).refusal(refused.value)
    return refused.value.reason


@pytest.mark.parametrize(
    'strokes',
    [
        [A_LINE],
        [[[x, y, 12 * n] for n, (x, y) in enumerate(A_LINE)], [[0, 0, 900]]],
        [[[0, 0], [PAD, PAD]]],
        [[[n, n % 900] for n in range(MOST_POINTS)]],
        [[[0, n], [500, n]] for n in range(MOST_STROKES)],
    ],
)
def test_a_signature_drawn_on_the_pad_is_taken(strokes: list[Any]) -> None:
    entry(strokes=strokes).check()


@pytest.mark.parametrize(
    ('strokes', 'reason'),
    [
        ([], 'signature_missing'),
        ([[]], 'signature_missing'),
        ([[[5000, 5000]]], 'signature_missing'),
        ([[[5000, 5000], [5010, 5004], [5020, 5002]]], 'signature_too_small'),
        ([[[n % PAD, n % 700] for n in range(10_000)]], 'signature_too_long'),
        ([[[0, 0], [900, 900]]] * (MOST_STROKES + 1), 'signature_too_long'),
        ([[[0, 0]] * MOST_POINTS, [[1, 1]]], 'signature_too_long'),
        ([[[-1, 0], [900, 900]]], 'signature_malformed'),
        ([[[0, 0], [PAD + 1, 900]]], 'signature_malformed'),
        ([[[0, 0], [10**400, 900]]], 'signature_malformed'),
        ([[[0, 0], [900.0, 900]]], 'signature_malformed'),
        ([[[0, 0], [float('nan'), 900]]], 'signature_malformed'),
        ([[[0, 0], [float('inf'), 900]]], 'signature_malformed'),
        ([[[0, 0], [True, 900]]], 'signature_malformed'),
        ([[[0, 0], ['900', '900']]], 'signature_malformed'),
        ([[[0, 0], [None, None]]], 'signature_malformed'),
        ([[[0, 0], [900]]], 'signature_malformed'),
        ([[[0, 0], [900, 900, 1, 1]]], 'signature_malformed'),
        ([[[0, 0], [900, 900, -1]]], 'signature_malformed'),
        ([[[0, 0], [900, 900, LONGEST_TIME + 1]]], 'signature_malformed'),
        ([[{'x': 0, 'y': 0}, {'x': 900, 'y': 900}]], 'signature_malformed'),
        ([{'points': A_LINE}], 'signature_malformed'),
        ({'0': A_LINE}, 'signature_malformed'),
        ([['<svg onload=alert(1)>', '<script>alert(1)</script>']], 'signature_malformed'),
        (['M0 0L900 900'], 'signature_malformed'),
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'signature_malformed'),
        ('data:image/png;base64,' + 'A' * 5_000_000, 'signature_malformed'),
        (b'\x89PNG', 'signature_malformed'),
        (None, 'signature_malformed'),
    ],
)
def test_anything_else_than_strokes_on_the_pad_is_refused_with_a_sentence(strokes: Any, reason: str) -> None:
    assert why_not(entry(strokes=strokes)) == reason


def test_a_typed_signature_carries_no_strokes() -> None:
    entry(method=SignatureMethod.TYPED, strokes=[]).check()
    assert why_not(entry(method=SignatureMethod.TYPED)) == 'signature_malformed'


@pytest.mark.parametrize(
    'name', ['Ployphan Srisuk', 'พลอยพรรณ ศรีสุข', "D'Arc-Lévêque 3rd", 'Nguyễn Thị Ánh', 'น้ำ\u200bทิพย์']
)
def test_names_of_people_are_taken(name: str) -> None:
    entry(name=name).check()


@pytest.mark.parametrize(
    ('name', 'reason'),
    [
        ('', 'signature_name_missing'),
        ('   ', 'signature_name_missing'),
        ('—…!', 'signature_name_missing'),
        ('Ploy\x00', 'signature_name_malformed'),
        ('Ploy\nSrisuk', 'signature_name_malformed'),
        ('Ploy\u2028Srisuk', 'signature_name_malformed'),
        ('Ploy \u202ekusirS', 'signature_name_malformed'),
        ('Ploy\ud800', 'signature_name_malformed'),
        ('山田 太郎', 'signature_name_malformed'),
        ('Ploy 😀', 'signature_name_malformed'),
        ('Пётр', 'signature_name_malformed'),
        ('P' * 121, 'signature_name_malformed'),
        (None, 'signature_name_malformed'),
        (['Ploy'], 'signature_name_malformed'),
    ],
)
def test_a_name_is_one_line_that_reads_as_it_is_stored(name: Any, reason: str) -> None:
    assert why_not(entry(name=name)) == reason


@pytest.mark.parametrize('field', ['position', 'company'])
def test_position_and_company_are_one_line_each(field: str) -> None:
    entry(**{field: 'ผู้จัดการฝ่ายผลิต'}).check()
    assert why_not(entry(**{field: 'Boss\r\nBcc: everybody'})) == 'signature_text_malformed'
    assert why_not(entry(**{field: 'B' * 121})) == 'signature_text_malformed'


@pytest.mark.parametrize(
    'email',
    [
        'ploy',
        'ploy@',
        '@nimman.test',
        'ploy@nimman',
        'ploy@nimman.test\nBcc: x@y.z',
        'a@b.c, d@e.f',
        '<a@b.c>',
        'a @b.c',
    ],
)
def test_a_copy_goes_to_one_address_only(email: str) -> None:
    entry(email='ploy@nimman.test').check()
    assert why_not(entry(email=email)) == 'email_malformed'


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=30,
)


@given(anything)
def test_whatever_is_sent_is_either_strokes_or_refused(sent: Any) -> None:
    try:
        check_strokes(sent)
    except Refused as refused:
        assert words('th').refusal(refused)
    else:
        assert json.loads(json.dumps(sent)) == sent
        assert all(0 <= x <= PAD and 0 <= y <= PAD for stroke in sent for x, y, *_ in stroke)


@given(anything, anything, anything, anything)
def test_whatever_is_typed_is_either_taken_or_refused(name: Any, position: Any, company: Any, email: Any) -> None:
    try:
        entry(name=name, position=position, company=company, email=email).check()
    except Refused as refused:
        assert words('en').refusal(refused)
    else:
        assert '\n' not in name + position + company + email
