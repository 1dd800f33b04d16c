"""Labelled fields, what was typed in them, and the sentence beside the field that is not right yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.elements.mixins.value_element import ValueElement

from models import Refused
from pages.parts.action import Button, action, attempt
from pages.parts.panel import held_by
from pages.parts.script import call
from pages.parts.text import Text
from pages.parts.typed import amount_typed, day_typed, quantity_typed, written

if TYPE_CHECKING:
    from pages.frame import Desk

PICKED = '(event) => emit(event.target.value)'
TICKED = '(event) => emit(event.target.checked)'
NOTHING_UNSAVED = '() => delete document.body.dataset.typed'
THROWN_AWAY = "() => document.dispatchEvent(new Event('thrownaway'))"
# The button that was pressed may stand far from the field in which something is wrong.
BRING_INTO_SIGHT = """id => {
  const group = document.getElementById(id);
  group?.scrollIntoView({block: 'center'});
  group?.querySelector('input, textarea, select, [role=radio]')?.focus({preventScroll: true});
}"""


class Picked(ValueElement[Any]):
    """A plain element of the browser with a value."""

    def __init__(self, tag: str, value: Any, event: str, reads: str) -> None:
        super().__init__(tag=tag, value=value, on_value_change=None)
        self.on(event, lambda said: self.set_value(said.args), js_handler=reads)


class Options(ui.element):
    """A few answers side by side, of which one is chosen."""

    def __init__(self, options: Mapping[str, str], value: str, changed: Callable[[], None]) -> None:
        super().__init__('div')
        self.classes('options')
        self.props['role'] = 'radiogroup'
        self.value = value
        self._changed = changed
        self._buttons: dict[str, Button] = {}
        with self:
            for option, label in options.items():
                self._buttons[option] = Button(label, partial(self.choose, option), tone='opt')
                self._buttons[option].props['role'] = 'radio'
        self._draw()

    def choose(self, option: str) -> None:
        self.value = option
        self._draw()
        self._changed()

    def _draw(self) -> None:
        for option, button in self._buttons.items():
            button.props['aria-checked'] = str(option == self.value).lower()
            button.update()


class Field:
    """A label, something to type or choose with, and room for what is wrong with it."""

    def __init__(self, name: str, label: str, *, hint: str = '', kind: str = '') -> None:
        self.name = name
        self.read: Callable[[], Any]
        self.write: Callable[[Any], Any]
        with ui.element('div').classes(f'field-group {kind}'.strip()) as self.group:
            self.box = ui.element('div').classes('field')
            self.note = Text('p', hint).classes('note')
            self.note.set_visibility(bool(hint))
            self.error = Text('p', '').classes('error')
            self.error.props['role'] = 'alert'
            self.error.set_visibility(False)
        with self.box:
            self.label = Text('label', label)

    def hint(self, text: str) -> None:
        _write(self.note, text)

    def blame(self, sentence: str) -> None:
        """Show what is wrong here; '' takes it away."""
        _write(self.error, sentence)
        self.group.classes(add='wrong' if sentence else '', remove='' if sentence else 'wrong')


class Form:
    """Fields by name. `form['name']` is what was typed; `form.values()` all of it; nothing typed is lost by a refusal.

    `blames` names the field beside which the sentence of a refusal stands: {'name_missing': 'name'}.
    """

    def __init__(self, desk: Desk, blames: Mapping[str, str] | None = None) -> None:
        self.desk = desk
        self.blames = dict(blames or {})
        self.fields: dict[str, Field] = {}
        self.on_change: Callable[[], Any] = lambda: None
        self.changes = 0  # so far: an answer to what was typed before the last of them comes too late
        self._error: Field | None = None
        self._as_opened: dict[str, Any] = {}
        self._asks = self._asking = False

    def __getitem__(self, name: str) -> Any:
        return self.fields[name].read()

    def values(self) -> dict[str, Any]:
        return {name: field.read() for name, field in self.fields.items()}

    @property
    def changed(self) -> bool:
        """Whether something differs from what the form was opened with."""
        return not self.untouched(self.fields)

    def text(
        self,
        name: str,
        label: str,
        value: str = '',
        *,
        hint: str = '',
        kind: str = 'text',
        lines: int = 1,
        longest: int = 200,
        complete: str = 'off',
    ) -> Field:
        """One line, or several; `kind` as the browser knows it: text, email, tel, url, number, date, password.

        `complete` tells the browser what it may fill in: current-password, new-password, one-time-code.
        """
        field = Field(name, label, hint=hint)
        with field.box:
            box: Any = ui.textarea(value=value) if lines > 1 else ui.input(value=value)
        box.props(f'borderless dense maxlength={longest if lines == 1 else 10000}').mark(name)
        # A browser's own number field drops Thai digits without a word, and counts on when the wheel is turned over it.
        box.props['type'] = 'textarea' if lines > 1 else 'text' if kind == 'number' else kind
        if kind == 'number':
            box.props['inputmode'] = 'numeric'
        if lines > 1:
            box.props['autogrow'] = True
            box.props['input-style'] = f'min-height:{lines * 1.55:.2f}em'
        else:
            box.props['data-line'] = True  # here Enter does what the form is for
        box.props['autocomplete'] = complete
        box.props['for'] = f'f{box.id}'
        field.label.props['for'] = f'f{box.id}'
        box.on_value_change(lambda: self._changed(field))
        # A blank at the end of a password is part of it, as it is at the door.
        field.read = lambda: str(box.value or '') if kind == 'password' else str(box.value or '').strip()
        field.write = box.set_value
        if holder := held_by(field.group):
            holder.typed.append(lambda: name in self.fields and self._raw(field) != self._as_opened[name])
        return self._keep(field)

    def money(
        self, name: str, label: str, amount: Decimal | None = None, *, hint: str = '', empty: Decimal | None = None
    ) -> Field:
        """An amount in THB; `form[name]` is a Decimal, `empty` when nothing is typed. Raises Refused when read."""
        field = self.text(name, label, '' if amount is None else written(amount), hint=hint)
        field.group.classes('amount')
        return self._read_as(field, partial(amount_typed, empty=empty))

    def number(self, name: str, label: str, number: Decimal | None = None, *, hint: str = '') -> Field:
        """A quantity, duration or percentage; `form[name]` is a Decimal. Raises Refused('quantity_unreadable')."""
        field = self.text(name, label, '' if number is None else f'{number.normalize():f}', hint=hint)
        field.group.classes('amount')
        return self._read_as(field, quantity_typed)

    def date(self, name: str, label: str, day: date | None = None, *, hint: str = '') -> Field:
        """A day; `form[name]` is a date. Raises Refused('day_missing') when read without one."""
        return self._read_as(self.text(name, label, day.isoformat() if day else '', hint=hint, kind='date'), day_typed)

    def choice(self, name: str, label: str, options: Mapping[str, str], value: str, *, hint: str = '') -> Field:
        """A few answers, all of them seen; `form[name]` is the key of the chosen one."""
        field = Field(name, label, hint=hint, kind='choice')
        with field.box:
            chosen = Options(options, value, lambda: self._changed(field))
        chosen.props['aria-label'] = label
        chosen.mark(name)
        field.read, field.write = (lambda: chosen.value), chosen.choose
        return self._keep(field)

    def select(self, name: str, label: str, options: Mapping[str, str], value: str, *, hint: str = '') -> Field:
        """One of many, by the browser's own list; `form[name]` is the key of the chosen one."""
        field = Field(name, label, hint=hint)
        listed: dict[str, TextElement] = {}
        with field.box:
            chosen = Picked('select', value, 'change', PICKED).mark(name)
            with chosen:
                for option, text in options.items():
                    listed[option] = TextElement(tag='option', text=text)
                    listed[option].props['value'] = option
                    listed[option].props['selected'] = option == value
        chosen.props['id'] = f'f{chosen.id}'
        field.label.props['for'] = f'f{chosen.id}'
        chosen.on_value_change(lambda: self._changed(field))
        field.read = lambda: chosen.value if chosen.value in options else value

        def write(picked: str) -> None:
            chosen.set_value(picked)
            for option, shown in listed.items():
                shown.props['selected'] = option == picked
                shown.update()

        field.write = write
        return self._keep(field)

    def tick(self, name: str, label: str, value: bool = False, *, hint: str = '') -> Field:
        """Yes or no; `form[name]` is a bool."""
        field = Field(name, label, hint=hint, kind='tick')
        with field.box:
            box = Picked('input', value, 'change', TICKED).mark(name)
        box.move(target_index=0)
        box.props['type'], box.props['id'] = 'checkbox', f'f{box.id}'
        box.props['checked'] = value
        field.label.props['for'] = f'f{box.id}'
        box.on_value_change(lambda: self._changed(field))
        field.read = lambda: bool(box.value)

        def write(ticked: bool) -> None:
            box.set_value(ticked)
            box.props['checked'] = ticked
            box.update()

        field.write = write
        return self._keep(field)

    def save_button(self, label: str, verb: Callable[[], Any], *, tone: str = '', done: str = '') -> Button:
        """The form's one primary button, and above it room for what is wrong with the whole."""
        self._error = Field('', '', kind='whole')
        self._error.box.set_visibility(False)

        def tried() -> Any:
            self.clear()
            return verb()

        return action(self.desk, label, tried, tone=tone, done=done, key='save', explain=self._show_where).mark('save')

    async def attempt(self, verb: Callable[[], Any]) -> bool:
        """Try a verb; what is wrong is said beside the field."""
        self.clear()
        return await attempt(self.desk, verb, self.explain)

    def explain(self, refused: Refused | None, sentence: str) -> None:
        """Beside the field that is to blame, else by itself."""
        self._blamed(refused, sentence)

    def _blamed(self, refused: Refused | None, sentence: str) -> Field | None:
        field = self.fields.get(self.blames.get(refused.reason, '')) if refused else None
        field = field or self._error
        if field is None or field.group.is_deleted:
            self.desk.warn(sentence)
            return None
        field.blame(sentence)
        return field

    def _show_where(self, refused: Refused | None, sentence: str) -> None:
        """Only for who pressed: whoever types is not led away from there."""
        if field := self._blamed(refused, sentence):
            call(BRING_INTO_SIGHT, field.group.html_id)

    def untouched(self, names: Iterable[str]) -> bool:
        """Whether nothing was typed in any of these."""
        return all(self._raw(self.fields[name]) == self._as_opened[name] for name in names)

    def asks_before_leaving(self, box: ui.element) -> None:
        """Whoever leaves this part of the screen while something is typed in it and not saved is asked first."""
        box.props['data-asks'] = True
        box.on('unsaved', self._ask_before_leaving, args=[])
        self._asks = True
        call(NOTHING_UNSAVED)

    def clear(self) -> None:
        for field in [*self.fields.values(), *([self._error] if self._error else [])]:
            field.blame('')

    def saved(self) -> None:
        """What is typed now is what was saved: nothing is unsaved any more."""
        self._as_opened = {name: self._raw(field) for name, field in self.fields.items()}
        if self._asks:
            call(NOTHING_UNSAVED)

    def catch_up(self, known: Mapping[str, Any]) -> None:
        """What somebody else saved meanwhile, wherever nothing was typed here; what was typed stays."""
        for name, value in known.items():
            field = self.fields[name]
            if self.untouched([name]):
                field.write(value)
                self._as_opened[name] = self._raw(field)

    def forget(self, name: str) -> None:
        """A field is gone, with what was typed in it."""
        self.fields.pop(name).group.delete()

    def _keep(self, field: Field) -> Field:
        self.fields[field.name] = field
        self._as_opened[field.name] = self._raw(field)
        return field

    def _changed(self, field: Field) -> None:
        self.changes += 1
        field.blame('')
        self.on_change()

    def _read_as(self, field: Field, reader: Callable[[str], Any]) -> Field:
        typed = field.read

        def read() -> Any:
            try:
                return reader(typed())
            except Refused as refused:
                self.blames[refused.reason] = field.name
                raise

        field.read = read
        self._as_opened[field.name] = self._raw(field)
        return field

    async def _ask_before_leaving(self) -> None:
        from pages.parts.confirm import confirm

        w = self.desk.w
        if self._asking:
            return
        self._asking = True
        try:
            thrown_away = await confirm(
                self.desk, w('console.unsaved'), w('console.unsaved_text'), yes=w('console.throw_away'), tone='bad'
            )
        finally:
            self._asking = False
        if thrown_away:
            call(THROWN_AWAY)

    @staticmethod
    def _raw(field: Field) -> Any:
        try:
            return field.read()
        except Refused as refused:
            return refused.reason


def _write(line: Text, text: str) -> None:
    line.set_text(text)
    line.set_visibility(bool(text))
