"""A person at the editor of a quote, with a browser of which nothing is real but what it says and hears."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nicegui.testing import User

from app.clock import PROGRAM
from models import Program, Quote, QuoteLine, Role, Staff
from tests.pages.work import forge_one, sees, sit_down, until
from tests.world import a_draft


async def an_editor(user: User, quote: Quote | None = None, role: Role = Role.OWNER, *, name: str = 'Nok') -> Editor:
    """This quote, else an empty draft, opened by somebody of this role and name."""
    session = await sit_down(user, role)
    staff = await Staff.get(id=session.staff_id)
    await staff.set(name=name)
    await Program.alive(PROGRAM)  # its clock does not run here
    found = quote or await a_draft(lines=[], title='', title_th='', deposit=Decimal(0))
    await user.open(f'/quotes/{found.number}/edit')
    await sees(user, 'Preview')
    return Editor(user, found, staff)


class Editor:
    """What a person does there, and what their browser was told."""

    def __init__(self, user: User, quote: Quote, staff: Staff) -> None:
        from pages.console.quote_typing import QuoteTyping

        self.user, self.quote, self.staff = user, quote, staff
        [self.sheet] = user.find(QuoteTyping).elements
        self.house: Any = getattr(self.sheet._hear, '__self__')  # noqa: B009  (what hears is a method of the editor)
        self.spares: list[str] = list(self.sheet._props['spares'])
        self.patches: list[dict[str, Any]] = []
        self._listen()

    @property
    def lines(self) -> list[str]:
        return [str(line.id) for line in self.house.writing.entry.lines]

    def say(self, what: Any, **said: Any) -> None:
        """As the browser would say it, or somebody who forges one."""
        forge_one(self.user, self.sheet, 'said', {'what': what, **said})

    def press(self, verb: str, reference: str = '') -> None:
        self.say('act', verb=verb, ref=reference)

    def type(self, was: dict[str, str] | None = None, **fields: str) -> None:
        before = self.house.writing.texts
        self.say('typed', fields=fields, was=was or {path: before.get(path, '') for path in fields})

    def type_line(self, line: str, **fields: str) -> None:
        before = self.house.writing.texts
        typed = {f'line.{line}.{name}': text for name, text in fields.items()}
        self.say('typed', fields=typed, was={path: before.get(path, '') for path in typed})

    def add(self, kind: str) -> str:
        line = self.spares.pop(0)
        self.say('added', id=line, kind=kind, after='')
        return line

    def closes_the_tab(self) -> None:
        assert self.user.client
        self.user.client.delete()

    async def shows(self, name: str, text: str) -> None:
        """Beside the fields."""
        await until(lambda: text in self.house._shown.get(name, ''), lambda: f'{name}: {self.house._shown.get(name)}')

    async def has(self, path: str, text: str) -> None:
        """In a field."""
        stands = self.house.writing
        await until(lambda: stands.texts.get(path) == text, lambda: f'{path}: {stands.texts.get(path)}')

    async def patched(self, part: str) -> Any:
        await until(lambda: any(part in one for one in self.patches), lambda: f'no {part} was patched')
        return next(one[part] for one in self.patches if part in one)

    async def saved(self, **facts: Any) -> Quote:
        await until(lambda: Quote.exists(id=self.quote.id, **facts), lambda: f'{facts} was not saved')
        return await Quote.get(id=self.quote.id)

    async def saves_lines(self, *ids: str) -> None:
        async def kept() -> bool:
            found = await QuoteLine.filter(quote_id=self.quote.id).order_by('position').values_list('id', flat=True)
            return [str(one) for one in found] == list(ids)

        await until(kept, lambda: f'the lines {ids} were not saved')

    async def previews(self, text: str) -> None:
        """In the page of the preview."""
        assert self.user.client
        elements = self.user.client.elements

        def shown() -> bool:
            frames = [one for one in list(elements.values()) if one.tag == 'iframe']
            return any(text in str(frame._props['srcdoc']) for frame in frames)

        await until(shown, lambda: f'{text} is not in the preview')

    def _listen(self) -> None:
        patch = self.sheet.patch

        def noted(**parts: Any) -> None:
            self.patches.append({name: part for name, part in parts.items() if part})
            patch(**parts)

        self.sheet.patch = noted  # type: ignore[method-assign]
