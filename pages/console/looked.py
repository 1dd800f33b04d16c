"""What a clerk knew of the money of a record when a form opened, and what a refusal told since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from models import Deposit, Invoice, Job, Refused, money_known


class Looked:
    """`with looked.press() as seen:` around the verb: whoever presses again knows of what the refusal told."""

    def __init__(self, seen: frozenset[UUID]) -> None:
        self.seen = seen

    @classmethod
    async def at(cls, record: Invoice | Deposit | Job) -> Looked:
        return cls(await money_known(record))

    @contextmanager
    def press(self) -> Iterator[frozenset[UUID]]:
        try:
            yield self.seen
        except Refused as refused:
            unseen = refused.facts.get('unseen')
            self.seen |= unseen if isinstance(unseen, frozenset) else frozenset()
            raise
