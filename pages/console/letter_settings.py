"""Settings → E-mail templates: the words of every letter in both languages, beside the letter as it would be sent."""

from __future__ import annotations

from dataclasses import dataclass

from htpy import Node, b, button, code, div, iframe, p, small, span
from nicegui import ui

from app.letter_samples import sample_letter, send_at_once, what_is_wrong
from app.letters import wording_of
from app.live import Live, follow, live
from app.mail import Letter
from app.words import LANGUAGES, Words, words
from models import Business, LetterText, Level, Module
from models.letter import GAPS, KINDS, gaps_in
from pages.bind import bind
from pages.console.portal_settings import show_answer
from pages.console.settings_tabs import settings_tabs
from pages.frame import Desk, console_page
from pages.parts.action import Button, action, guarded
from pages.parts.bar import bar
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.region import Region
from pages.parts.text import Text


@dataclass(frozen=True, slots=True)
class Worded:
    """Which letters the firm has put into its own words."""

    kind: str
    language: str


@console_page('/settings/letters', module=Module.SETTINGS, level=Level.WRITE)
async def letter_settings(desk: Desk) -> None:
    await LetterScreen(desk, await Business.the()).open()


class LetterScreen:
    """One kind in one language is open; what is typed is shown as a letter at once."""

    def __init__(self, desk: Desk, firm: Business) -> None:
        self.desk, self.firm = desk, firm
        self.kind, self.language = KINDS[0], desk.w.language
        self.worded: frozenset[Worded] = frozenset()
        self.form: Form | None = None

    async def open(self) -> None:
        desk, w = self.desk, self.desk.w
        bar(desk, w('letters.title'))
        settings_tabs(desk, 'letters')
        with ui.element('div').classes('letters-page'):
            with ui.element('div').classes('card kinds-card'):
                self.kinds = Region(act=guarded(desk, self._act)).mark('kinds')
            self.editor = ui.element('div').classes('card group')
            with ui.element('div').classes('card group'):
                Text('h2', w('letters.preview'))
                self.preview = Region().mark('preview')
                self.answer = Region().mark('answer')
                with ui.element('div').classes('btns'):
                    Button(w('letters.send_test'), self._send_test, tone='ghost').mark('send-test')
        await bind(live_worded(), self._show_worded, self.kinds)
        await self._edit()

    async def _act(self, verb: str, reference: str) -> None:
        if verb == 'letter' and reference in KINDS and reference != self.kind:
            await self._pick(reference, self.language)
        elif verb == 'letter-language' and reference in LANGUAGES and reference != self.language:
            await self._pick(self.kind, reference)

    async def _pick(self, kind: str, language: str) -> None:
        w = self.desk.w
        changed = self.form is not None and self.form.changed
        if changed and not await confirm(
            self.desk, w('console.unsaved'), w('console.unsaved_text'), yes=w('console.throw_away'), tone='bad'
        ):
            return
        self.kind, self.language = kind, words(language).language
        self._draw_kinds()
        await self._edit()

    def _show_worded(self, worded: frozenset[Worded]) -> None:
        self.worded = worded
        self._draw_kinds()
        if self.form is not None:
            self.original.set_visibility(Worded(self.kind, self.language) in worded)

    def _draw_kinds(self) -> None:
        self.kinds.show(kind_list(self.desk.w, self.worded, self.kind, self.language))

    async def _edit(self) -> None:
        await self.desk.must(Module.SETTINGS, Level.WRITE)
        w = self.desk.w
        known = await wording_of(self.kind, words(self.language))
        self.editor.clear()
        with self.editor:
            Text('h2', f'{w(f"letters.kind.{self.kind}")} · {w(f"common.language_{self.language}")}')
            form = self.form = Form(self.desk, {'letter_needs_gap': 'body', 'letter_braces': 'body'})
            form.asks_before_leaving(self.editor)
            form.text('subject', w('letters.subject'), known.subject, longest=300)
            form.text('body', w('letters.body'), known.body, lines=9, hint=w('letters.body_hint'))
            Region(gap_list(w, self.kind))
            self.unknown = Region()
            form.save_button(w('letters.save'), self._save, done=w('letters.saved'))
            self.original = action(self.desk, w('letters.original'), self._unword, tone='text').mark('original')
            self.original.set_visibility(Worded(self.kind, self.language) in self.worded)
        form.on_change = self._draw_preview
        self._draw_preview()

    def _draw_preview(self) -> None:
        letter = self._letter('')
        if letter is None:
            return
        unknown = sorted(set(gaps_in(f'{self._typed[0]} {self._typed[1]}')) - set(GAPS[self.kind]))
        listed = ', '.join('{' + name + '}' for name in unknown)
        self.unknown.show(p('.warning')[self.desk.w('letters.unknown_gap', gaps=listed)] if unknown else None)
        self.preview.show(letter_preview(self.desk.w, letter))

    def _letter(self, recipient: str) -> Letter | None:
        """What is typed as a letter; None while it could not be sent, with the reason beside the field."""
        form, w = self.form, words(self.language)
        if form is None:
            return None
        subject, body = self._typed
        if refused := what_is_wrong(self.kind, subject, body):
            form.explain(refused, self.desk.w.refusal(refused))
            return None
        return sample_letter(self.kind, (subject, body), recipient, w=w, firm=self.firm)

    @property
    def _typed(self) -> tuple[str, str]:
        assert self.form is not None
        return self.form['subject'], self.form['body']

    async def _save(self) -> None:
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        subject, body = self._typed
        await LetterText.word(self.kind, self.language, subject=subject, body=body, by=actor)
        if self.form is not None:
            self.form.saved()

    async def _unword(self) -> None:
        w = self.desk.w
        if not await confirm(
            self.desk, w('letters.original_ask'), w('letters.original_text'), yes=w('letters.original'), tone='bad'
        ):
            return
        actor = await self.desk.must(Module.SETTINGS, Level.WRITE)
        await LetterText.unword(self.kind, self.language, by=actor)
        await self._edit()
        self.desk.say(w('letters.restored'))

    async def _send_test(self) -> None:
        letter = self._letter(self.desk.staff.email)
        if letter is None:
            return

        async def test() -> str:
            await self.desk.must(Module.SETTINGS, Level.WRITE)
            answer = await send_at_once(letter)
            return self.desk.w('letters.test_sent', email=letter.recipient, answer=answer)

        await show_answer(self.desk, self.answer, test)


def live_worded() -> Live[frozenset[Worded]]:
    async def load() -> frozenset[Worded]:
        return frozenset([Worded(text.kind, text.language) for text in await LetterText.all()])

    return live('worded letters', [follow(LetterText)], load)


def kind_list(w: Words, worded: frozenset[Worded], kind: str, language: str) -> Node:
    languages = [
        button('.opt', type='button', data_do='letter-language', data_ref=one, aria_pressed=_pressed(one == language))[
            w(f'common.language_{one}')
        ]
        for one in LANGUAGES
    ]
    listed = [
        button(type='button', data_do='letter', data_ref=name, aria_pressed=_pressed(name == kind))[
            w(f'letters.kind.{name}'),
            span('.ref')[w('letters.changed')] if Worded(name, language) in worded else None,
        ]
        for name in KINDS
    ]
    return [
        div('.filters', role='group', aria_label=w('letters.language'))[languages],
        div('.kinds', role='group', aria_label=w('letters.kinds'))[listed],
    ]


def _pressed(chosen: bool) -> str:
    return 'true' if chosen else 'false'


def gap_list(w: Words, kind: str) -> Node:
    """What may stand in braces, and what comes in its place."""
    return div[
        p('.note')[w('letters.gaps')],
        div('.gaps')[[span[code['{' + gap + '}'], ' ', w(f'letters.gap.{gap}')] for gap in GAPS[kind]]],
    ]


def letter_preview(w: Words, letter: Letter) -> Node:
    """The HTML of the letter in a frame that can run nothing and reach nothing."""
    return div[
        p('.note')[w('letters.preview_text')],
        div('.mail-preview')[
            div('.subject')[b[letter.subject], small[letter.firm]],
            iframe(srcdoc=letter.html, sandbox='', title=w('letters.preview')),
        ],
    ]
