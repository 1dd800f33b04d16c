"""Who a paper is for and what it is about, as the blocks beneath its head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.papers.labels import Labels
from app.papers.sheet import BOLD, SMALL, TEXT, Pair, Said, identity

Block = tuple[Pair, Sequence[Said]]


def addressed(labels: Labels, customer: dict[str, Any], label: str = 'sheet.customer') -> Block:
    """The customer as the law wants a buyer named: name and address always, tax ID and branch as far as registered."""
    first, second = labels.pick(customer['name'], customer.get('name_th', ''))
    branch = customer.get('branch', '') if customer.get('vat_registered') else ''
    reach = [customer.get('contact', ''), customer.get('contact_phone', ''), customer.get('contact_email', '')]
    return labels(label), [
        Said(first, BOLD),
        Said(second, SMALL),
        Said(customer.get('address', '')),
        Said(identity(labels, customer.get('tax_id', ''), branch), SMALL),
        Said('   '.join(filter(None, reach)), SMALL),
    ]


def rental(labels: Labels, frozen: dict[str, Any], start: str, end: str) -> Block:
    """What is rented, for which days, the last one included."""
    title, other = labels.pick(frozen.get('title', ''), frozen.get('title_th', ''))
    first, second = labels.span(frozen[start], frozen[end])
    return labels('sheet.rental'), [Said(title, BOLD), Said(other, SMALL), Said(first, TEXT), Said(second, SMALL)]
