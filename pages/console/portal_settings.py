"""Settings → Portal: access codes, how long addresses of visits are kept, and whether letters and messages leave."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from htpy import Node, b, div, p, small, span
from nicegui import ui

from app.keys import TOKEN_LENGTH
from app.letter_samples import letter_to_oneself, send_at_once
from app.settings import settings
from app.words import Words
from models import Business, CodePolicy, Level, Module, Refused
from pages.console.settings_tabs import settings_tabs
from pages.console.sheet import facts
from pages.frame import Desk, console_page
from pages.parts.action import Button
from pages.parts.bar import bar
from pages.parts.form import Form
from pages.parts.region import Region
from pages.parts.table import chip
from pages.parts.text import Text
from pages.parts.typed import written

LONGEST_LINK = 60
MOST_DAYS = 3650


@console_page('/settings/portal', module=Module.SETTINGS, level=Level.WRITE)
async def portal_settings(desk: Desk) -> None:
    PortalForm(desk, await Business.the())


class PortalForm:
    """Saved whole, as an edit of the version with which it was opened."""

    def __init__(self, desk: Desk, firm: Business) -> None:
        self.desk, self.firm, self.version = desk, firm, firm.version
        w = desk.w
        self.form = Form(desk, {'origin_days_too_few': 'origin_days', 'days_unreadable': 'origin_days'})
        with bar(desk, w('portal_settings.title')):
            place = ui.element('div').classes('saving')
        settings_tabs(desk, 'portal')
        sides = ui.element('div').classes('two')
        self.form.asks_before_leaving(sides)
        with sides:
            for side in ((self._codes,), (self._ways, self._visits)):
                with ui.element('div').classes('narrow'):
                    for draw in side:
                        with ui.element('section').classes('card group'):
                            draw()
        with place:
            self.form.save_button(w('common.save'), self._save, done=w('console.saved'))

    def _codes(self) -> None:
        w, form = self.desk.w, self.form
        Text('h2', w('portal_settings.codes'))
        policies = {policy.name: w(f'portal_settings.{policy.name.lower()}') for policy in CodePolicy}
        form.choice('code_policy', w('portal_settings.policy'), policies, self.firm.code_policy.name)
        Text('p', w('portal_settings.worth')).classes('dim')
        hint = w('portal_settings.balance_hint')
        form.money('code_balance', w('portal_settings.balance'), self.firm.code_balance, hint=hint)

    def _visits(self) -> None:
        w = self.desk.w
        Text('h2', w('portal_settings.visits'))
        days, hint = str(self.firm.origin_days), w('portal_settings.days_hint')
        self.form.text('origin_days', w('portal_settings.days'), days, kind='number', longest=4, hint=hint)

    def _ways(self) -> None:
        w = self.desk.w
        Text('h2', w('portal_settings.ways'))
        Region(ways(w))
        self.answer = Region().mark('answer')
        with ui.element('div').classes('btns'):
            Button(w('letters.send_test'), self._send_test, tone='ghost').mark('send-test')

    async def _save(self) -> None:
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        known: dict[str, Any] = self.form.values()
        known['code_policy'] = CodePolicy[known['code_policy']]
        known['origin_days'] = _days(known['origin_days'])
        firm = await Business.the()
        try:
            await firm.amend(version=self.version, by=actor, **known)
        except Refused as refused:
            if refused.reason == 'changed_meanwhile':
                # What was typed stays; saved once more it stands, and what the other saved is shown beside it.
                self.version = firm.version
                self.form.catch_up(_as_shown(firm))
            raise
        self.version = firm.version
        self.form.saved()

    async def _send_test(self) -> None:
        await show_answer(self.desk, self.answer, self._test)

    async def _test(self) -> str:
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        email = self.desk.staff.email
        answer = await send_at_once(letter_to_oneself(self.desk.w, await Business.the(), email, actor.name))
        return self.desk.w('letters.test_sent', email=email, answer=answer)


def _as_shown(firm: Business) -> dict[str, Any]:
    """What stands in the fields when the form is opened."""
    return {
        'code_policy': firm.code_policy.name,
        'code_balance': written(firm.code_balance),
        'origin_days': str(firm.origin_days),
    }


async def show_answer(desk: Desk, place: Region, test: Any) -> None:
    """Send a test letter and show what the mail server said, good or bad, until the next press."""
    from pages.parts.action import attempt

    said: list[str] = []

    async def tried() -> None:
        said.append(await test())

    def explain(_refused: Refused | None, sentence: str) -> None:
        place.show(p('.answer.bad', role='alert')[sentence])

    if await attempt(desk, tried, explain):
        place.show(p('.answer', role='status')[said[0]])


def ways(w: Words) -> Node:
    """What the environment says about the ways out; secrets are not part of it."""
    chosen = settings()
    count = len(chosen.public_url) + len('/p/') + TOKEN_LENGTH
    length: Node = w('portal_settings.length_text', count=count)
    if count > LONGEST_LINK:
        length = [length, ' ', chip('warn', '> 60')]
    return div('.group')[
        facts([(w('portal_settings.address'), chosen.public_url), (w('portal_settings.length'), length)]),
        p('.warning', role='note')[w('portal_settings.too_long')] if count > LONGEST_LINK else None,
        _way(w, 'mail', _mail_words(w)),
        _way(w, 'sms', _sms_words(w)),
    ]


def _way(w: Words, name: str, in_use: str) -> Node:
    state = chip('good', w('portal_settings.sends')) if in_use else chip('warn', w('portal_settings.not_set'))
    return div('.status-line')[
        span[b[w(f'portal_settings.{name}')], ' ', small('.dim')[in_use or w(f'portal_settings.not_set_{name}')]], state
    ]


def _mail_words(w: Words) -> str:
    way = settings().mail
    return w('portal_settings.mail_text', host=way.host, port=way.port, sender=way.sender) if way else ''


def _sms_words(w: Words) -> str:
    way = settings().sms
    if way is None:
        return ''
    return w('portal_settings.sms_terminal') if way.url == 'console' else urlsplit(way.url).netloc


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_DAYS:
        raise Refused('days_unreadable')
    return int(text)
