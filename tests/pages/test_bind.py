"""What is on the page follows what is true, for as long as it is on the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.testing import User

from app.live import Follow, Live, followed, live
from pages.bind import bind, live_list
from tests.conftest import Psql


@dataclass(frozen=True, slots=True)
class Parcel:
    name: str
    label: str


@dataclass
class Shelf:
    """What the tests put on it, changed by hand and announced as the database would."""

    parcels: tuple[Parcel, ...]
    psql: Psql

    @property
    def view(self) -> Live[tuple[Parcel, ...]]:
        async def load() -> tuple[Parcel, ...]:
            return self.parcels

        return live('shelf', [Follow('shelf')], load)

    async def holds(self, *parcels: Parcel) -> None:
        self.parcels = parcels
        await self.psql("""select pg_notify('record_change', '{"t": "shelf", "o": "*"}')""")


@pytest.fixture
def shelf(psql: Psql) -> Shelf:
    return Shelf((Parcel('a', 'old'),), psql)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.to_thread(bool)


async def test_a_label_follows_what_it_shows(user: User, another: Callable[[], User], shelf: Shelf) -> None:
    @ui.page('/shelf')
    async def page() -> None:
        label = ui.label()
        await bind(shelf.view, lambda parcels: label.set_text(parcels[0].label), label)

    phone = another()
    await user.open('/shelf')
    await phone.open('/shelf')
    await user.should_see('old')
    await shelf.holds(Parcel('a', 'new'))
    await user.should_see('new', retries=50)
    await phone.should_see('new', retries=50)


async def test_elements_made_by_a_change_stand_where_the_binding_was_made(user: User, shelf: Shelf) -> None:
    boxes: list[Element] = []

    @ui.page('/shelf')
    async def page() -> None:
        with ui.row() as box:
            boxes.append(box)
            await bind(shelf.view, lambda parcels: ui.label(parcels[0].label))

    await user.open('/shelf')
    await shelf.holds(Parcel('a', 'new'))
    await user.should_see('new', retries=50)
    assert len(list(boxes[0])) == 2


async def test_a_subscription_ends_with_its_element(user: User, shelf: Shelf) -> None:
    boxes: list[Element] = []

    @ui.page('/shelf')
    async def page() -> None:
        with ui.column() as box:
            boxes.append(box)
            with ui.row():
                label = ui.label()
                await bind(shelf.view, lambda parcels: label.set_text(parcels[0].label), label)
                await bind(shelf.view, lambda _: None, label)

    await user.open('/shelf')
    assert followed()
    boxes[0].clear()
    assert not followed()


async def test_a_subscription_ends_with_the_page(user: User, another: Callable[[], User], shelf: Shelf) -> None:
    clients: list[Client] = []

    @ui.page('/shelf')
    async def page() -> None:
        clients.append(ui.context.client)
        await bind(shelf.view, lambda parcels: ui.label(parcels[0].label))

    await user.open('/shelf')
    await another().open('/shelf')
    clients[0].delete()
    assert followed()
    clients[1].delete()
    assert not followed()


async def test_an_element_that_goes_while_it_waits_for_its_first_value_leaves_nothing(user: User, shelf: Shelf) -> None:
    reading, go = asyncio.Event(), asyncio.Event()
    shown: list[object] = []

    async def slow() -> str:
        reading.set()
        await go.wait()
        return 'late'

    @ui.page('/shelf')
    async def page() -> None:
        with ui.column() as box:
            label = ui.label()
        task = asyncio.create_task(bind(live('slow', [Follow('shelf')], slow), shown.append, label))
        await reading.wait()
        box.clear()
        go.set()
        await task

    await user.open('/shelf')
    assert not followed()
    assert shown == []


async def test_a_list_touches_only_the_rows_that_changed(user: User, shelf: Shelf) -> None:
    boxes: list[Element] = []
    touched: list[str] = []

    def row(parcel: Parcel) -> Callable[[Parcel], None]:
        touched.append(f'made {parcel.name}')
        label = ui.label(parcel.label)

        def update(parcel: Parcel) -> None:
            touched.append(f'changed {parcel.name}')
            label.set_text(parcel.label)

        return update

    @ui.page('/shelf')
    async def page() -> None:
        boxes.append(await live_list(shelf.view, row, key=lambda parcel: parcel.name))

    def shown() -> list[str]:
        return [label.text for row in boxes[0] for label in row if isinstance(label, ui.label)]

    await user.open('/shelf')
    assert shown() == ['old']
    a, b, c = Parcel('a', 'A'), Parcel('b', 'B'), Parcel('c', 'C')
    await shelf.holds(b, Parcel('a', 'old'), c)
    await until(lambda: shown() == ['B', 'old', 'C'])
    await shelf.holds(b, a, c)
    await until(lambda: shown() == ['B', 'A', 'C'])
    await shelf.holds(c, b)
    await until(lambda: shown() == ['C', 'B'])
    assert touched == ['made a', 'made b', 'made c', 'changed a']
    await shelf.holds()
    await until(lambda: shown() == [])
