"""What people type into forms: amounts, quantities and days, read by one rule each."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from models import Refused

BUDDHIST_ERA = 543
# 1234.5, 1,234.50, with or without ฿; Thai digits as well.
AMOUNT = re.compile(r'(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,2})?')


def amount_typed(text: str | None, *, empty: Decimal | None = None) -> Decimal:
    """An amount in THB. Nothing typed is `empty`. Raises Refused: `amount_missing`, `amount_unreadable`."""
    return _number(text, empty, missing='amount_missing', unreadable='amount_unreadable')


def quantity_typed(text: str | None, *, empty: Decimal | None = None) -> Decimal:
    """A quantity, duration or percentage, up to two decimals. Raises Refused('quantity_unreadable')."""
    return _number(text, empty, missing='quantity_unreadable', unreadable='quantity_unreadable')


def day_typed(text: str | None) -> date:
    """A day from a date input; 2569 is what a Thai calendar calls 2026. Raises Refused('day_missing')."""
    try:
        day = date.fromisoformat((text or '').strip())
        if day.year >= 2000 + BUDDHIST_ERA:
            day = day.replace(year=day.year - BUDDHIST_ERA)
    except ValueError:
        raise Refused('day_missing') from None
    if not 2000 <= day.year < 2200:
        raise Refused('day_missing')
    return day


def written(amount: Decimal) -> str:
    """An amount as it stands in a field, so that it can be typed over: 1,234.50."""
    return f'{amount:,.2f}'


def _number(text: str | None, empty: Decimal | None, *, missing: str, unreadable: str) -> Decimal:
    plain = re.sub(r'[\s฿]', '', text or '')
    if not plain:
        if empty is None:
            raise Refused(missing)
        return empty
    if not AMOUNT.fullmatch(plain):
        raise Refused(unreadable, typed=(text or '').strip()[:40])
    return Decimal(plain.replace(',', ''))
