"""What a notice tells its reader: what happened, of whom, which link or letter, what is done next, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from app.words import Words
from models import Customer, Deposit, Invoice, Notice, PortalLink, Quote, Scope
from models.outbox import TO_PEOPLE

LONGEST_SUBJECT = 120  # signs; a mailbox shows no more, and the whole stands below

Told = dict[str, str]


async def told(notices: Iterable[Notice]) -> dict[UUID, Told]:
    """The facts of each notice, with what is looked up and not kept beside it: whose it is, and which link."""
    known = list(notices)
    customers = await Customer.filter(id__in=_ids(known, 'customer_id')).values('id', 'name', 'name_th')
    named = {row['id']: {'customer': row['name'], 'customer_th': row['name_th']} for row in customers}
    numbers = dict(await Quote.filter(id__in=_ids(known, 'quote_id')).values_list('id', 'number'))
    numbers |= dict(await Invoice.filter(id__in=_ids(known, 'invoice_id')).values_list('id', 'number'))
    links = await _links(known)
    found: dict[UUID, Told] = {}
    for notice in known:
        facts = {key: str(value) for key, value in notice.facts.items()}
        record = notice.quote_id or notice.invoice_id
        facts.setdefault('number', (numbers.get(record) if record else None) or '')
        facts |= named.get(notice.customer_id, {}) if notice.customer_id else {}
        found[notice.id] = facts | links.get(facts.get('link_id', ''), {})
    return found


def sentence(w: Words, what: str, facts: Mapping[str, str]) -> str:
    """What happened, and to which record or link, in the reader's words."""
    return w(f'notices.{what}').format_map(_gaps(w, facts))


def of_whom(w: Words, facts: Mapping[str, str]) -> str:
    """The customer it is about; '' where there is none."""
    return w.pick(facts.get('customer', ''), facts.get('customer_th', ''))


def in_a_letter(w: Words, what: str, facts: Mapping[str, str]) -> dict[str, str]:
    """The gaps of the letter: there nothing stands beside the sentence, so it says of whom it is."""
    said, customer = sentence(w, what, facts), of_whom(w, facts)
    if customer:
        said = w('notices.of_customer', customer=customer, what=said)
    return {'what': said, 'next': w(f'notices.next.{what}').format_map(_gaps(w, facts))}


def where_noticed(notice: Notice) -> str:
    """The page of the console on which something can be done about it."""
    if notice.what == 'payment_claimed':
        return '/payments'
    if link_id := notice.facts.get('link_id'):
        return f'/links/{link_id}'
    if notice.quote_id:
        return f'/quotes/{notice.quote_id}'
    if notice.invoice_id:
        return f'/invoices/{notice.invoice_id}'
    if not notice.customer_id:
        return '/settings/people' if notice.facts.get('template') in TO_PEOPLE else '/customers'
    tab = {'link_requested': '/links', 'code_locked': '/links', 'letter_failed': '/activity'}.get(notice.what, '')
    return f'/customers/{notice.customer_id}{tab}'


def _ids(notices: Iterable[Notice], name: str) -> list[UUID]:
    return list({held for notice in notices if (held := getattr(notice, name))})


async def _links(notices: Iterable[Notice]) -> dict[str, Told]:
    """Of each link that is noticed what it opens, and for whom it was made."""
    ids = {str(link_id) for notice in notices if (link_id := notice.facts.get('link_id'))}
    links = await PortalLink.filter(id__in=list(ids))
    numbers: dict[UUID, str] = {}
    for kind, name in ((Quote, 'quote_id'), (Invoice, 'invoice_id'), (Deposit, 'deposit_id')):
        held = [getattr(link, name) for link in links if getattr(link, name)]
        numbers |= dict(await kind.filter(id__in=held).values_list('id', 'number')) if held else {}
    found: dict[str, Told] = {}
    for link in links:
        record = link.deposit_id or link.quote_id or link.invoice_id
        number = (numbers.get(record) if record else None) or ''
        found[str(link.id)] = {'link_scope': link.scope.value, 'link_number': number, 'link_note': link.note}
    return found


def link_named(w: Words, facts: Mapping[str, str]) -> str:
    """QT-2026-0012 · Accounting; of a customer's link that it opens everything."""
    scope = facts.get('link_scope', '')
    if not scope:
        return w('notices.some_link')
    opened = w('links.everything') if scope == Scope.CUSTOMER else facts.get('link_number', '')
    note = facts.get('link_note', '')
    return f'{opened} · {note}' if note else opened


def _failure(w: Words, key: str) -> str:
    """Why a letter did not leave."""
    return w(key) if w.has(key) else w('letters.failure.other')


def _gaps(w: Words, facts: Mapping[str, str]) -> _Gaps:
    gaps = _Gaps(facts)
    gaps['link'] = link_named(w, facts)
    kind = f'letters.kind.{facts.get("template", "")}'
    letter = w(kind) if w.has(kind) else w('notices.some_letter')
    gaps['letter'] = f'{letter} {facts["number"]}' if facts.get('number') else letter
    gaps['why'] = _failure(w, f'letters.failure.{facts.get("cause", "")}')
    if 'amount' in facts:
        gaps['amount'] = _baht(w, facts['amount'])
    return gaps


def _baht(w: Words, text: str) -> str:
    try:
        return w.baht(Decimal(text))
    except InvalidOperation:
        return text


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return '—'
