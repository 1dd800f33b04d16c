"""Ties what is on the page to what is true: elements follow a live view for as long as they exist."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nicegui import ui
from nicegui.element import Element

from app.live import Live

T = TypeVar('T')
Update = Callable[[T], object]

TIME_PASSES = 30.0  # seconds; links end and days pass though nothing is written


async def bind(
    view: Live[T], show: Callable[[T], object], element: Element | None = None, *, timely: bool = False
) -> None:
    """Call `show` with the value now and after every change, until `element` (else what is being built in) is gone.

    `timely`: and again as time passes, for what is drawn by the clock.
    """
    slot = element.default_slot if element else ui.context.slot
    owner = slot.parent
    shown: list[T] = []

    def show_in_place(value: T) -> None:
        shown[:] = [value]
        if not owner.is_deleted:
            with slot:
                show(value)

    off = await view.watch(show_in_place)
    if owner.is_deleted:  # while the first load was waited for
        off()
    else:
        when_gone(owner, off)
        if timely:
            as_time_passes(owner, lambda: show_in_place(shown[0]))


async def live_list(
    view: Live[tuple[T, ...]],
    row: Callable[[T], Update[T]],
    key: Callable[[T], Hashable],
    container: Element | None = None,
) -> Element:
    """Show one element per item: `row` builds it and returns what updates it; only what changed is touched.

    The container holds the rows and nothing else.
    """
    box = container or ui.element('div')
    rows: dict[Hashable, _Row[T]] = {}

    def show(items: tuple[T, ...]) -> None:
        wanted = {key(item): item for item in items}
        for gone in rows.keys() - wanted.keys():
            rows.pop(gone).element.delete()
        for place, (name, item) in enumerate(wanted.items()):
            if name not in rows:
                rows[name] = _Row.build(item, row)
            else:
                rows[name].change(item)
            if box.default_slot.children[place] is not rows[name].element:
                rows[name].element.move(target_index=place)

    await bind(view, show, box)
    return box


@dataclass(slots=True)
class _Row(Generic[T]):
    element: Element
    update: Update[T]
    item: T

    @classmethod
    def build(cls, item: T, row: Callable[[T], Update[T]]) -> _Row[T]:
        with ui.element('div') as element:
            return cls(element, row(item), item)

    def change(self, item: T) -> None:
        if item != self.item:
            self.item = item
            with self.element:
                self.update(item)


def as_time_passes(owner: Element, again: Callable[[], object]) -> None:
    """Call this every now and then, for as long as `owner` is there."""
    loop = asyncio.get_running_loop()
    clock: asyncio.TimerHandle | None = None

    def wind() -> None:
        nonlocal clock
        clock = loop.call_later(TIME_PASSES, tick)

    def tick() -> None:
        wind()
        again()

    def stop() -> None:
        if clock:
            clock.cancel()

    wind()
    when_gone(owner, stop)


def while_there(owner: Element, handlers: list[Any], add: Callable[[], object]) -> None:
    """`add` one of the handlers that the page keeps for as long as it is open, and take it out again with `owner`: a
    tab of the console is open all day, and would keep every screen that was left.
    """
    known = len(handlers)
    add()
    mine = handlers[known:]

    def take_out() -> None:
        for one in mine:
            handlers.remove(one)

    when_gone(owner, take_out)


def when_gone(owner: Element, off: Callable[[], object]) -> None:
    """The page outlives what is built in it: a subscription that ended with the page would leak at every tab change."""
    handle_delete = owner._handle_delete

    def end() -> None:
        off()
        handle_delete()

    owner._handle_delete = end  # type: ignore[method-assign]
