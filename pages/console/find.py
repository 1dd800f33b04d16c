"""How a handler comes to its record: it asks again who is there and what their role sees, then looks it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from models import (
    Actor,
    BankLine,
    Claim,
    Customer,
    Deposit,
    Invoice,
    Job,
    Level,
    Module,
    Payment,
    Quote,
    Record,
    Refused,
)

if TYPE_CHECKING:
    from pages.frame import Desk

R = TypeVar('R', bound=Record)

MODULE: dict[type[Record], Module] = {
    Customer: Module.CUSTOMERS,
    Quote: Module.QUOTES,
    Job: Module.JOBS,
    Invoice: Module.INVOICES,
    Payment: Module.INVOICES,
    Deposit: Module.INVOICES,
    Claim: Module.INVOICES,
    BankLine: Module.INVOICES,
}


async def find(desk: Desk, kind: type[R], **by: Any) -> tuple[R, Actor]:
    """The record and the `by=` for its verbs. Raises Refused: `signed_out`, `not_allowed`, `record_gone`."""
    actor = await desk.must(MODULE[kind], Level.READ)
    record = await kind.get_or_none(**by)
    if record is None:
        raise Refused('record_gone')
    return record, actor


def id_in(text: str) -> UUID:
    """An id that came back from the page. Raises Refused('record_gone')."""
    try:
        return UUID(text)
    except ValueError:
        raise Refused('record_gone') from None
