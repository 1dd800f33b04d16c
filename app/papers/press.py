"""Sets one paper from what was frozen: pure, and in the running program in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from app.papers.credit_note import set_credit_note
from app.papers.credit_return import set_credit_return
from app.papers.deposit_receipt import set_deposit_receipt
from app.papers.deposit_request import set_deposit_request
from app.papers.deposit_return import set_deposit_return
from app.papers.invoice import invoice_title, set_invoice
from app.papers.labels import Labels
from app.papers.layout import Layout, well_broken
from app.papers.manifest import set_manifest
from app.papers.marks import cancellation, preview_only
from app.papers.pen import About
from app.papers.quote import set_quote
from app.papers.receipt import receipt_title, set_receipt
from app.papers.sheet import Sheet
from app.papers.statement import set_statement
from app.papers.tax_invoice import set_tax_invoice
from app.seal_key import SealKey

BANGKOK = timezone(timedelta(hours=7))

Frozen = dict[str, Any]
Title = str | Callable[[Frozen], str]  # a key of papers.toml, or which one a paper of this text bears
Setter = Callable[[Sheet, Frozen], None]

PAPERS: dict[str, tuple[Title, Setter]] = {
    'Quote': ('quote.title', set_quote),
    'Invoice': (invoice_title, set_invoice),
    'Receipt': (receipt_title, set_receipt),
    'Tax Invoice': ('tax_invoice.title', set_tax_invoice),
    'Deposit Request': ('deposit.request_title', set_deposit_request),
    'Deposit Receipt': ('deposit.receipt_title', set_deposit_receipt),
    'Deposit Return Receipt': ('deposit.return_title', set_deposit_return),
    'Delivery Manifest': ('manifest.title', set_manifest),
    'Credit Note': ('credit_note.title', set_credit_note),
    'Credit Return Receipt': ('credit_return.title', set_credit_return),
    'Statement': ('statement.title', set_statement),
}


def render(
    kind: str,
    frozen: Frozen,
    *,
    logo: bytes | None = None,
    shown: bytes = b'',
    seal: SealKey | None = None,
    base_url: str = '',
) -> bytes:
    """The paper of this kind as PDF. Equal input gives equal bytes, whenever and wherever it is set; but for a seal,
    which says when it was made. `shown` is what was signed.
    """
    if kind == 'Signed Quote' and seal:
        from app.papers.certificate import signed_quote  # what seals is slow to load, and most papers have none

        return signed_quote(frozen, logo=logo, shown=shown, seal=seal, base_url=base_url)
    title, setter = PAPERS[kind]

    def fresh(layout: Layout) -> Sheet:
        sheet = sheet_of(frozen, title if isinstance(title, str) else title(frozen), logo=logo, layout=layout)
        if frozen.get('cancelled_on'):
            sheet.cancelled = cancellation(sheet.labels, frozen['cancelled_on'])
        elif frozen.get('preview'):
            sheet.cancelled = preview_only(sheet.labels)
        return sheet

    return well_broken(fresh, lambda sheet: setter(sheet, frozen)).finish()


def sheet_of(frozen: Frozen, title: str, *, logo: bytes | None, layout: Layout | None = None) -> Sheet:
    """An empty sheet with what the file says of itself: `title` is a key of papers.toml."""
    labels = Labels(frozen['language'])
    firm = frozen['firm']
    name = labels.pick(firm['name'], firm['name_th'])[0]
    about = About(
        title=f'{labels(title)[0]} {frozen["number"]}',
        subject=' / '.join(labels(title)),
        author=name,
        language=labels.first,
        made_at=_noon(frozen['issued_on']),
        verification=frozen['verification'],
    )
    return Sheet(labels, firm, about, logo=logo, number=frozen['number'], layout=layout)


def _noon(day: str) -> datetime:
    """A file says when it was made; what is frozen is the day only."""
    return datetime.combine(date.fromisoformat(day), time(12), BANGKOK).astimezone(UTC)
