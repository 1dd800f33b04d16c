"""The firm's colour can be read in both modes, whatever it is; and what a phone is sent is complete."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app import assets, phone_bundle
from pages.theme import DARK_GROUND, DARK_SURFACE, LIGHT_GROUND, LIGHT_SURFACE, READABLE, accent_for, contrast

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f'#{number:06x}')


@given(COLOURS)
def test_any_accent_can_be_read_on_the_ground_on_its_tint_and_under_its_own_text(colour: str) -> None:
    for dark, surface, ground in ((False, LIGHT_SURFACE, LIGHT_GROUND), (True, DARK_SURFACE, DARK_GROUND)):
        accent = accent_for(colour, dark=dark)
        for other in (surface, ground, accent.soft, accent.ink):
            assert contrast(accent.colour, other) >= READABLE


def test_a_readable_accent_is_left_as_the_firm_chose_it() -> None:
    assert accent_for('#0c6b58', dark=False).colour == '#0c6b58'


def test_every_pair_of_colours_with_a_meaning_can_be_read() -> None:
    light, dark = assets.style('tokens.css').split('prefers-color-scheme')
    for mode in (light, dark):
        tone = dict(re.findall(r'--([\w-]+): ?(#[0-9a-f]{3,6})', mode))
        full = {
            name: colour if len(colour) == 7 else '#' + ''.join(c * 2 for c in colour[1:])
            for name, colour in tone.items()
        }
        for text in ('ink', 'ink2', 'ink3'):
            for ground in ('bg', 'surface'):
                assert contrast(full[text], full[ground]) >= READABLE, (text, ground)
        assert contrast(full['ink2'], full['quiet']) >= READABLE
        for name in ('warn', 'bad', 'good'):
            assert contrast(full[name], full[f'{name}-soft']) >= READABLE, name
            assert contrast(full[name], full['surface']) >= READABLE, name


def test_the_part_of_quasar_is_cut_from_the_version_that_nicegui_brings() -> None:
    ours = (phone_bundle.OURS / 'quasar/phone.js').read_text()
    theirs = (phone_bundle.STATIC / 'quasar.umd.prod.js').read_text()
    version = re.search(r'Quasar Framework v([\d.]+)', theirs)
    assert version
    assert f'Quasar Framework v{version[1]},' in ours


def test_the_cut_style_sheet_keeps_the_parts_that_pages_use() -> None:
    sheet = phone_bundle.stylesheet().decode()
    for kept in (
        '.q-dialog__inner',
        '.q-field__control',
        '.q-btn',
        '.q-layout',
        '.q-uploader',
        '.q-notification',
        '.q-checkbox',
    ):
        assert kept in sheet
    for left_out in ('.q-date__', '.q-editor', '.q-stepper', '.bg-deep-orange-14', '.q-pa-xl'):
        assert left_out not in sheet
    assert len(sheet) < 100_000


def test_what_the_modules_import_by_name_is_one_file() -> None:
    modules = phone_bundle.modules()
    assert b'export { Idiomorph }' in modules
    assert b'export default' in modules


def test_no_style_sheet_names_another_host() -> None:
    for name in ('tokens.css', 'portal.css'):
        assert 'http' not in assets.style(name)
