"""Who does something, and what their role lets them do."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal
from uuid import UUID

from models.base import Refused


class Module(StrEnum):
    CUSTOMERS = 'customers'
    QUOTES = 'quotes'
    JOBS = 'jobs'
    INVOICES = 'invoices'
    SETTINGS = 'settings'


class Level(IntEnum):
    """Each level includes those below; Manage adds deleting and configuring."""

    NONE = 0
    READ = 1
    WRITE = 2
    MANAGE = 3


class Role(StrEnum):
    CREW = 'Crew'
    SALES = 'Sales'
    BILLING = 'Billing'
    OPERATIONS = 'Operations'
    ADMIN = 'Admin'
    OWNER = 'Owner'


# Module.INVOICES stands for invoices, deposits and payments: one column of the table in which the firm thinks.
MAY: dict[Role, dict[Module, Level]] = {
    role: dict(zip(Module, levels, strict=True))
    for role, levels in {
        Role.CREW: (Level.READ, Level.READ, Level.WRITE, Level.NONE, Level.NONE),
        Role.SALES: (Level.MANAGE, Level.MANAGE, Level.READ, Level.READ, Level.NONE),
        Role.BILLING: (Level.READ, Level.READ, Level.READ, Level.MANAGE, Level.NONE),
        Role.OPERATIONS: (Level.READ, Level.READ, Level.MANAGE, Level.READ, Level.NONE),
        Role.ADMIN: (Level.MANAGE, Level.MANAGE, Level.MANAGE, Level.MANAGE, Level.WRITE),
        Role.OWNER: (Level.MANAGE, Level.MANAGE, Level.MANAGE, Level.MANAGE, Level.MANAGE),
    }.items()
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The `by=` of every verb: a person at the counter, the holder of a link, or the house itself."""

    kind: Literal['staff', 'customer', 'system']
    name: str
    role: Role | None = None
    staff_id: UUID | None = None
    link_id: UUID | None = None

    def may(self, module: Module, level: Level) -> bool:
        if self.kind == 'system':
            return True
        return self.role is not None and MAY[self.role][module] >= level

    def must(self, module: Module, level: Level) -> None:
        """Raises Refused('not_allowed'). Verbs ask, so that a role holds in whatever way the verb was reached."""
        if not self.may(module, level):
            raise Refused('not_allowed')


SYSTEM = Actor('system', 'System')
