"""A furnished firm to look at: a story told with the records' own verbs, and told relative to today at every start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TypedDict

from app.demo import firm
from app.demo.acts import Rental
from app.demo.customers import CUSTOMERS
from app.demo.finished import Bill, bills, closed_rentals
from app.demo.link_story import link_story
from app.demo.links import DemoLink, demo_links, renew_links
from app.demo.moving import is_demo, mark_as_demo, move_to_today, one_at_a_time
from app.demo.rentals import rentals
from app.demo.telling import Step, Story, clock_at, letters_leave, tell
from app.passwords import hash_password, person_of
from models import (
    Business,
    Customer,
    Refused,
    Role,
    Scope,
    Staff,
    bangkok_day,
    now,
    one_change,
)

FOUNDED = timedelta(days=200)  # so long ago


class DemoPerson(TypedDict):
    """A sign-in as `demo.json` tells of it."""

    role: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoFirm:
    """What one needs to find the way in the demo."""

    staff: list[DemoPerson]
    links: list[DemoLink]

    def to_try(self, count: int) -> list[DemoLink]:
        """Live links to begin with: everything of the first customer, then one quote, then one invoice."""
        firsts = [next((link for link in self.links if link['scope'] == scope), None) for scope in Scope]
        return [link for link in firsts if link][:count]


async def furnish(base_url: str, *, say: Callable[[str], None] = lambda _: None) -> DemoFirm | None:
    """Tell the story where the database is empty, move it to today where it was told, and renew its links.

    None where somebody else's records are: they are left alone. Wants a connection of the owner of the tables.
    """
    async with one_change():
        await one_at_a_time()
        if not await is_demo():
            if await Business.exists() or await Staff.exists() or await Customer.exists():
                return None
            await _begin(say)
    days, ran_out = await move_to_today()
    if days:
        say(f'moved the demo firm by {days} days, to today')
    await renew_links(ran_out)
    return DemoFirm(await _sign_ins(), await demo_links(base_url))


async def _begin(say: Callable[[str], None]) -> None:
    say('furnishing the demo firm')
    began, start = monotonic(), now()
    with clock_at(start - FOUNDED):
        story = Story(bangkok_day(start), await firm.found())
    steps = [*_customers(story), *link_story(story)]
    parts: list[Rental | Bill] = [*closed_rentals(), *rentals(), *bills()]
    for part in parts:
        steps += part.told_in(story)
    told = await tell(steps, start)
    await letters_leave()
    await mark_as_demo(story.today)
    say(f'furnished the demo firm: {told} things happened to it, told in {monotonic() - began:.1f} s')


def _customers(story: Story) -> list[Step]:
    def enrol(key: str) -> Step:
        async def act() -> None:
            by = story.people[Role.SALES]
            story.customers[key] = await Customer.enrol(**CUSTOMERS[key], by=by)

        # The last one called only yesterday, and has nothing yet.
        day = -1 if key == last else -170 + 7 * places.index(key)
        return Step(day, '09:05', act)

    places = list(CUSTOMERS)
    last = places[-1]
    return [enrol(key) for key in places]


async def _sign_ins() -> list[DemoPerson]:
    """Everybody of the demo who still works there; whose password is another by now gets it back."""
    people = [f'{place}@{firm.DOMAIN}' for _, place in firm.PEOPLE.values()]
    working = await Staff.filter(email__in=people, left_at=None).order_by('id')
    password = firm.password()
    for person in {person.password_hash: person for person in working}.values():
        try:
            await person_of(person.email, password)
        except Refused:
            same = Staff.filter(email__in=people, password_hash=person.password_hash)
            await same.update(password_hash=await hash_password(password))
    return [DemoPerson(role=person.role.value, email=person.email, password=password) for person in working]
