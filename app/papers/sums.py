"""Sums that several papers of money tell alike: VAT, tax withheld, and what a sum is said to be beside it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from app.papers.labels import Labels, money, number
from app.papers.sheet import SMALL, TEXT, Pair, Said, Sum

CLASSES = {'Rent': 'rent', 'Service': 'service', 'Transport': 'transport'}


def vat_sums(labels: Labels, *, net: Decimal, vat: Decimal, percent: str) -> list[Sum]:
    """The value before VAT and its VAT, each on a line of its own as s.86/4 wants it."""
    return [Sum(labels('sums.before_vat'), net), Sum(labels('sheet.vat', percent=number(percent)), vat)]


def withheld_label(labels: Labels, part: dict[str, Any]) -> Pair:
    """By class where it is known: หัก ณ ที่จ่าย ค่าเช่า 5%."""
    if part['class'] not in CLASSES:
        return labels('sums.withheld')
    return labels(f'sums.{CLASSES[part["class"]]}', percent=number(part['percent']))


def withheld_sums(labels: Labels, parts: Iterable[dict[str, Any]]) -> list[Sum]:
    return [Sum(withheld_label(labels, part), -Decimal(part['tax'])) for part in parts]


def told(pair: Pair) -> list[Said]:
    """A sentence in both languages, one below the other."""
    return [Said(pair[0], TEXT), Said(pair[1], SMALL)]


def in_baht(labels: Labels, key: str, amount: Decimal | str) -> list[Said]:
    return told(labels(key, amount=money(amount)))
