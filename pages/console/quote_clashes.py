"""Where two clerks wrote in the same field: mine stays on the screen, theirs is told beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from models import Refused
from pages.console.quote_editor_sheet import clash_note
from pages.console.quote_fields import same
from pages.console.quote_merge import GONE, Clash

if TYPE_CHECKING:
    from pages.console.quote_editor import QuoteEditor


class Clashes:
    """What is not decided yet, and what came so lately that the browser may not have shown it."""

    def __init__(self, editor: QuoteEditor) -> None:
        self.editor = editor
        self._theirs: dict[str, str] = {}
        self._came: dict[str, tuple[str, str]] = {}  # path → what stood there before, who changed it
        self._typed: set[str] = set()

    def brought(self, clashes: Iterable[Clash], before: Mapping[str, str], who: str) -> None:
        """A colleague's changes were taken over: `before` is what stood in the fields that are theirs now."""
        self._came |= {path: (text, who) for path, text in before.items()}
        for clash in clashes:
            self._tell(clash.path, clash.theirs, who)

    def note_unseen(self, path: str, typed: str, was: str) -> None:
        """Somebody types over what the colleague wrote, without having seen it."""
        standing, me = self.editor.standing, self.editor.desk.staff.id
        before, who = self._came.pop(path, ('', ''))
        first = path not in self._typed and standing.staff_id not in (None, me)
        self._typed.add(path)
        theirs = self.editor.writing.texts.get(path, '') if who or first else ''
        unseen = same(path, was, before) if who else first and not same(path, was, theirs)
        if unseen and not same(path, typed, theirs):
            self._tell(path, theirs, who or standing.by_name)

    def decide(self, verb: str, path: str) -> None:
        """`mine` or `theirs`. Raises Refused for a path of which nothing is undecided."""
        if path not in self._theirs:
            raise Refused('record_gone')
        theirs, editor = self._theirs.pop(path), self.editor
        editor.sheet.patch(notes={path: ''})
        if verb != 'theirs':
            return
        if path.endswith(f'.{GONE}'):
            line_id = UUID(path.split('.')[1])
            editor.writing.remove(line_id)
            editor.sheet.patch(gone=[str(line_id)])
            editor.changed()
        else:
            editor.type(path, theirs)

    def _tell(self, path: str, theirs: str, who: str) -> None:
        w = self.editor.desk.w
        self._theirs[path] = theirs
        note = clash_note(w, who or w('editor.somebody'), path, self._readable(path, theirs))
        self.editor.sheet.patch(notes={path: str(note)})

    def _readable(self, path: str, text: str) -> str:
        """A choice or a tick as its reader knows it."""
        w, name = self.editor.desk.w, path.rpartition('.')[2]
        for key in (f'editor.choice.{name}.{text.lower()}', f'editor.choice.{name}'):
            if w.has(key):
                return w(key)
        return text
