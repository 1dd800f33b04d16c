"""What the law wants marked on a paper: original or copy, one of a set, issued again, cancelled."""

from __future__ import annotations

from typing import Any

from app.papers.labels import Labels
from app.papers.pen import Ink
from app.papers.sheet import SMALL, Pair, Sheet, Signer

LAWFUL = Ink(12, 'B')  # the words that the law wants, also where another language comes first


def mark_of(labels: Labels, frozen: dict[str, Any], *, set_of_papers: bool = False) -> Pair:
    """ต้นฉบับ on what the buyer gets, สำเนา on what the firm prints for itself.

    `set_of_papers`: the tax invoice is one with another paper, which must be said (เอกสารออกเป็นชุด).
    """
    which = 'copy' if frozen.get('copy') else 'original'
    return labels(f'mark.{which}_of_set' if set_of_papers else f'mark.{which}')


def issuer(sheet: Sheet, label: str, day: str) -> Signer:
    """The firm's side of a paper, filled."""
    labels = sheet.labels
    name = labels.pick(sheet.firm['name'], sheet.firm['name_th'])[0]
    return Signer(labels(label), name=name, date=labels.day(day)[0])


def cancellation(labels: Labels, day: str) -> tuple[Pair, Pair]:
    """What is written across a paper that holds no more, and since when."""
    return labels('mark.cancelled'), labels.matched('mark.cancelled_on', {'day': labels.day(day)})


def preview_only(labels: Labels) -> tuple[Pair, Pair]:
    """What is written across a paper that nobody was given yet."""
    return labels('mark.preview'), labels('mark.preview_text')


def note_replaced(sheet: Sheet, frozen: dict[str, Any]) -> None:
    """A later edition says which one it cancels and replaces."""
    if replaced := frozen.get('replaces'):
        days = {name: sheet.labels.day(replaced[name]) for name in ('again_on', 'issued_on')}
        first, second = sheet.labels.matched('mark.replaces_text', days, edition=replaced['edition'])
        sheet.note(sheet.labels('mark.replaces'), first, ink=SMALL, second=second)
