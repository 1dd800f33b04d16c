"""What stands beside the fields of the editor: amounts, what the dates propose, and what is not right yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.words import Words
from models import LineEntry, QuoteEntry, Refused
from pages.console.quote_editor_sheet import line_shown, sums_texts
from pages.console.quote_fields import path_of

if TYPE_CHECKING:
    from pages.console.quote_editor import QuoteEditor

LINE_FAULTS = {'line_name_missing': 'name', 'line_quantity': 'quantity', 'line_rate': 'rate', 'line_too_large': 'rate'}


def shown_texts(editor: QuoteEditor) -> dict[str, str]:
    """All of it by name; most stays the same from one keystroke to the next."""
    w, quote, firm = editor.desk.w, editor.quote, editor.firm
    entry, kept = editor.writing.entry, editor.writing.kept
    totals = kept.totals(quote.vat_percent, firm.vat_rounding)
    shown = sums_texts(w, totals, entry)
    shown['vat'] = w('editor.vat', percent=w.number(quote.vat_percent)) if quote.vat_percent else w('editor.no_vat')
    shown['options'] = _with_options(w, kept, editor)
    shown['hint.expires_on'] = _expiry_hint(w, editor)
    first = kept.lines[0] if kept.lines else None
    shown['proposed.title'] = first.name or first.name_th if first else ''
    shown['proposed.title_th'] = first.name_th if first and not kept.title.strip() else ''
    for line in entry.lines:
        shown |= line_shown(w, line, entry)
    return shown | _faults(editor)


def _with_options(w: Words, kept: QuoteEntry, editor: QuoteEditor) -> str:
    """What it would come to, were every optional line ticked."""
    if not any(line.optional for line in kept.lines):
        return ''
    ticked = replace(kept, lines=tuple(replace(line, optional=False) for line in kept.lines))
    totals = ticked.totals(editor.quote.vat_percent, editor.firm.vat_rounding)
    return w('editor.options', amount=w.baht(totals.total_due))


def _expiry_hint(w: Words, editor: QuoteEditor) -> str:
    entry = editor.writing.entry
    if entry.expires_on:
        return ''
    return w('quotes.form.expires_hint', day=w.day(entry.expiry(editor.quote.quoted_on)))


def _faults(editor: QuoteEditor) -> dict[str, str]:
    """The sentence beside each field that is not right yet; '' where one was and is no more."""
    w, entry = editor.desk.w, editor.writing.kept
    found = dict.fromkeys(editor.faults, '')
    found |= {f'why.{path}': w.refusal(refused) for path, refused in faults(entry).items()}
    found |= {f'why.{path}': w.refusal(why) for path, (_typed, why) in editor.writing.unreadable.items()}
    editor.faults = tuple(found)
    return found


def faults(entry: QuoteEntry) -> dict[str, Refused]:
    """Why it could not be sent as it stands, by field."""
    found: dict[str, Refused] = {}
    if entry.job_end < entry.job_start:
        found['job_end'] = Refused('quote_dates')
    elif entry.expires_on and entry.expires_on > entry.job_start:
        found['expires_on'] = Refused('quote_expiry')
    for line in entry.lines:
        found |= _line_faults(line)
    try:
        entry.measure()
    except Refused as refused:
        found['deposit'] = refused  # it stands beside the totals
    return found


def _line_faults(line: LineEntry) -> dict[str, Refused]:
    assert line.id is not None
    try:
        line.checked()
    except Refused as refused:
        return {path_of(line.id, LINE_FAULTS.get(refused.reason, 'name')): refused}
    return {}
