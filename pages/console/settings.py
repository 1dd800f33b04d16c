"""Settings → Business: the firm as papers, portal and links show it."""

from __future__ import annotations

import re
from base64 import b64encode
from decimal import Decimal
from typing import Any

from htpy import Node, b, div, img, p, span
from nicegui import ui

from app.pictures import LARGEST_FILE, logo_of
from app.promptpay import Kind, Payee, payee_of, payload
from app.words import LANGUAGES, Words, words
from models import Business, Level, Module, NumberCounter, Refused, Series, TaxPoint, tax_id_doubtful
from models.written import dense, line_address, web_address
from pages.console.number_settings import PrefixFields
from pages.console.settings_tabs import settings_tabs
from pages.frame import Desk, console_page
from pages.parts.action import Button, attempt
from pages.parts.bar import bar
from pages.parts.file_choice import FileChoice
from pages.parts.form import Field, Form
from pages.parts.qr import qr_code
from pages.parts.region import Region
from pages.parts.text import Text
from pages.theme import accent_for

TEST_AMOUNT = Decimal('1.00')
ROUNDED = {'satang': Decimal('0.01'), 'baht': Decimal('1.00')}
KINDS = ('', 'mobile', 'tax_id', 'ewallet', 'biller')
BLAMES = {
    'name_missing': 'name',
    'tax_id_malformed': 'tax_id',
    'branch_malformed': 'branch',
    'phone_malformed': 'phone',
    'email_malformed': 'email',
    'line_malformed': 'line_url',
    'website_malformed': 'website',
    'accent_contrast': 'accent',
    'accent_malformed': 'accent',
    'terms_malformed': 'terms_days',
    'refund_days_malformed': 'deposit_refund_days',
    'percent_malformed': 'vat_rate',
    'promptpay_malformed': 'promptpay_id',
    'promptpay_kind_missing': 'promptpay_kind',
}


@console_page('/settings', module=Module.SETTINGS, level=Level.WRITE)
async def settings(desk: Desk) -> None:
    BusinessForm(desk, await Business.the(), await NumberCounter.begun())


class BusinessForm:
    """One long form; saved whole, as an edit of the version with which it was opened."""

    def __init__(self, desk: Desk, firm: Business, begun: set[Series]) -> None:
        self.desk = desk
        self.firm = firm
        self.version = firm.version
        self.form = Form(desk, BLAMES)
        self.prefixes = PrefixFields(self.form, begun)
        w = desk.w
        with bar(desk, w('business.title')):
            place = ui.element('div').classes('saving')
        settings_tabs(desk, 'business')
        left, right = (self._names, self._tax, self._privacy), (self._look, self._paying, self._numbers, self._terms)
        sides = ui.element('div').classes('sides')
        self.form.asks_before_leaving(sides)
        with sides:
            for side in (left, right):
                with ui.element('div'):
                    for draw in side:
                        with ui.element('section').classes('card group'):
                            draw()
        with place:
            self.form.save_button(w('common.save'), self._save, done=w('console.saved'))
        self.form.on_change = self._changed
        self._changed()

    def _names(self) -> None:
        w, form = self.desk.w, self.form
        Text('h2', w('business.names'))
        for name in ('name', 'name_th'):
            self._text(name)
        for name in ('address', 'address_th'):
            self._text(name, lines=2)
        with ui.element('div').classes('pair'):
            self._text('phone', kind='tel', longest=40)
            self._text('email', kind='email')
        with ui.element('div').classes('pair'):
            self._text('line_url', hint=w('business.line_hint'))
            self._text('website')
        languages = {str(language): w(f'common.language_{language}') for language in LANGUAGES}
        form.choice('language', w('business.language'), languages, self.firm.language, hint=w('business.language_hint'))

    def _look(self) -> None:
        w = self.desk.w
        Text('h2', w('business.look'))
        with ui.element('div').classes('pair'):
            for mode in ('light', 'dark'):
                Logo(self, mode)
        Text('p', w('business.logo_hint')).classes('note')
        self._text('accent', longest=7, hint=w('business.accent_hint'))
        self.preview = Region()

    def _tax(self) -> None:
        w, form = self.desk.w, self.form
        Text('h2', w('business.tax'))
        form.tick('vat_registered', w('business.vat_registered'), self.firm.vat_registered)
        with ui.element('div').classes('pair'):
            self._text('tax_id', longest=17)
            self._text('branch', longest=5, hint=w('business.branch_hint'))
        with ui.element('div').classes('pair'):
            form.text('vat_rate', w('business.vat_rate'), w.number(self.firm.vat_rate), longest=5)
            ways = {str(step): w(f'business.rounded.{name}') for name, step in ROUNDED.items()}
            form.select('vat_rounding', w('business.vat_rounding'), ways, str(self.firm.vat_rounding))
        points = {point.name: w(f'business.tax_point_at.{point.name.lower()}') for point in TaxPoint}
        form.select('tax_point', w('business.tax_point'), points, self.firm.tax_point.name)
        with ui.element('div').classes('pair'):
            for name in ('terms_days', 'deposit_refund_days'):
                form.text(name, w(f'business.{name}'), str(getattr(self.firm, name)), kind='number', longest=3)
        Text('p', w('business.accountant')).classes('note')

    def _numbers(self) -> None:
        self.prefixes.draw(self.desk.w, self.firm)

    def _paying(self) -> None:
        w, form = self.desk.w, self.form
        Text('h2', w('business.paying'))
        kinds = {kind: w(f'business.promptpay.{kind or "none"}') for kind in KINDS}
        form.select('promptpay_kind', w('business.promptpay_kind'), kinds, self.firm.promptpay_kind)
        self._text('promptpay_id', longest=20)
        self.test_code = Region()
        form.tick('promptpay_static', w('business.promptpay_static'), self.firm.promptpay_static)
        Text('p', w('business.promptpay_static_hint')).classes('note')
        form.tick('part_payments', w('business.part_payments'), self.firm.part_payments)
        self._text('bank_accounts', lines=3, hint=w('business.bank_hint'))

    def _terms(self) -> None:
        w = self.desk.w
        Text('h2', w('business.terms'))
        Text('p', w('business.terms_hint', version=self.firm.terms_version)).classes('note')
        self._text('rental_terms', lines=6)
        self._text('rental_terms_th', lines=6)

    def _privacy(self) -> None:
        w = self.desk.w
        Text('h2', w('business.privacy'))
        Text('p', w('business.privacy_hint')).classes('note')
        self._text('privacy_notice', lines=6)
        self._text('privacy_notice_th', lines=6)
        Button(w('business.usual_text'), self._take_usual_text, tone='ghost small')

    def _text(self, name: str, **how: Any) -> Field:
        return self.form.text(name, self.desk.w(f'business.{name}'), getattr(self.firm, name), **how)

    def _take_usual_text(self) -> None:
        for language, name in (('en', 'privacy_notice'), ('th', 'privacy_notice_th')):
            w = words(language)
            firm = w.pick(self.form['name'], self.form['name_th'])
            self.form.fields[name].write(w('portal.privacy_default', firm=firm).strip())

    def _changed(self) -> None:
        accent, tax_id = self.form['accent'], dense(self.form['tax_id'])
        doubtful = len(tax_id) == 13 and tax_id_doubtful(tax_id)
        self.form.fields['tax_id'].hint(self.desk.w('business.tax_id_doubtful') if doubtful else '')
        self.preview.show(preview(self.desk, accent) if _is_colour(accent) else None)
        self._show_code()

    def _show_code(self) -> None:
        """What is set, to be tried with a bank's app before a customer does; a wrong check digit is only a hint."""
        w, form = self.desk.w, self.form
        payee = payee_of(form['promptpay_kind'], form['promptpay_id'])
        form.fields['promptpay_id'].hint(w('business.promptpay_doubtful') if payee and payee.doubtful else '')
        self.test_code.show(test_code(w, payee, always_static=form['promptpay_static']) if payee else None)

    async def _save(self) -> None:
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        firm = await Business.the()
        facts = self.prefixes.gathered(self._facts(), firm)
        try:
            await firm.amend(version=self.version, by=actor, **facts)
        except Refused as refused:
            if refused.reason == 'changed_meanwhile':
                # What was typed stays; saved once more it stands, and what the other saved is shown beside it.
                self.version = firm.version
                self.form.catch_up(self._as_shown(firm))
            raise
        self.version = firm.version
        self.form.saved()

    def _as_shown(self, firm: Business) -> dict[str, Any]:
        """What stands in the fields when the form is opened."""
        written = self.prefixes.shown(firm) | {
            'vat_rate': self.desk.w.number(firm.vat_rate),
            'vat_rounding': str(firm.vat_rounding),
            'tax_point': firm.tax_point.name,
            'terms_days': str(firm.terms_days),
            'deposit_refund_days': str(firm.deposit_refund_days),
        }
        return {name: getattr(firm, name) for name in self.form.fields if name not in written} | written

    def _facts(self) -> dict[str, Any]:
        facts = self.form.values()
        for name, meaning, reason in (
            ('line_url', line_address, 'line_malformed'),
            ('website', web_address, 'website_malformed'),
        ):
            if (address := meaning(facts[name])) is None:
                raise Refused(reason)
            facts[name] = address
        if facts['promptpay_id'] and payee_of(facts['promptpay_kind'], facts['promptpay_id']) is None:
            raise Refused('promptpay_malformed' if facts['promptpay_kind'] else 'promptpay_kind_missing')
        facts['accent'] = checked_accent(facts['accent'])
        facts['vat_rate'] = _percent(facts['vat_rate'])
        facts['vat_rounding'] = Decimal(facts['vat_rounding'])
        facts['tax_point'] = TaxPoint[facts['tax_point']]
        facts['terms_days'] = _days(facts['terms_days'], 'terms_malformed')
        facts['deposit_refund_days'] = _days(facts['deposit_refund_days'], 'refund_days_malformed')
        return facts

    async def keep_logo(self, mode: str, content: bytes | None) -> bytes | None:
        """Save a logo at once: a picture cannot be lost like a half-typed sentence."""
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        made = await logo_of(content) if content is not None else None
        firm = await Business.the()
        seen = firm.version == self.version
        await firm.amend(version=firm.version, by=actor, **{f'logo_{mode}': made})
        if seen:
            self.version = firm.version
        return made


class Logo:
    """One of the two logos: as it is, with what changes it."""

    def __init__(self, form: BusinessForm, mode: str) -> None:
        self.form, self.mode, self.desk = form, mode, form.desk
        w = self.desk.w
        self.picture = Region().classes('logo-box')
        self.picture.classes(mode)
        self._show(getattr(form.firm, f'logo_{mode}'))
        with ui.element('div').classes('btns'):
            FileChoice(
                self.desk,
                w('business.choose_logo'),
                lambda _name, content: self._keep(content),
                accept='image/png,image/jpeg,image/webp,image/svg+xml',
                largest=LARGEST_FILE,
                too_large='logo_unreadable',
                tone='ghost small',
            ).mark(f'logo-{mode}')
            Button(w('business.remove_logo'), self._removed, tone='text small')

    async def _removed(self) -> None:
        await attempt(self.desk, lambda: self._keep(None))

    async def _keep(self, content: bytes | None) -> None:
        self._show(await self.form.keep_logo(self.mode, content))
        self.desk.say(self.desk.w('console.saved'))

    def _show(self, content: bytes | None) -> None:
        drawn: Node = span('.dim')[self.desk.w('business.no_logo')]
        if content:
            drawn = img(src=f'data:image/png;base64,{b64encode(bytes(content)).decode()}', alt='')
        self.picture.show([p('.ref')[self.desk.w(f'business.logo_{self.mode}')], div[drawn]])


def preview(desk: Desk, accent: str) -> Node:
    """How the colour looks where it is used, by day and by night."""
    w = desk.w
    return div('.previews')[
        [
            div(class_=f'preview {mode}', style=accent_for(accent, dark=mode == 'dark').css)[
                b('.accent')[w('business.sample_amount')],
                span('.btn')[w('business.sample_button')],
                span('.chip.acc')[w('business.sample_chip')],
            ]
            for mode in ('light', 'dark')
        ]
    ]


def test_code(w: Words, payee: Payee, *, always_static: bool) -> Node:
    """A code over one baht: the bank's app must show the name of the firm."""
    reference = 'TEST' if payee.kind is Kind.BILL else ''
    text = payload(payee, TEST_AMOUNT, reference1=reference, always_static=always_static)
    return div('.test-code')[
        qr_code(text, w('business.promptpay_test')),
        p('.note')[b[w('business.promptpay_test')], ' ', w('business.promptpay_try')],
    ]


def checked_accent(accent: str) -> str:
    """Raises Refused: `accent_malformed`, `accent_contrast` where white paper would swallow the colour."""
    if not _is_colour(accent):
        raise Refused('accent_malformed')
    accent = accent.lower()
    nearest = accent_for(accent, dark=False).colour
    if nearest != accent:
        raise Refused('accent_contrast', nearest=nearest)
    return accent


def _is_colour(text: str) -> bool:
    return re.fullmatch(r'#[0-9a-fA-F]{6}', text) is not None


def _percent(text: str) -> Decimal:
    if not re.fullmatch(r'\d{1,2}(\.\d{1,2})?', text):
        raise Refused('percent_malformed')
    return Decimal(text).quantize(Decimal('0.01'))


def _days(text: str, malformed: str) -> int:
    if not text.isdecimal() or int(text) > 365:
        raise Refused(malformed)
    return int(text)
