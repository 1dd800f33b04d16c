"""How a committed change, whoever made it, reaches every open page that shows it."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from tortoise.models import Model

from app.listener import Change, Listener
from models.base import bangkok_day, end_of_day, now
from models.live_tables import LIVE_TABLES

log = logging.getLogger(__name__)

T = TypeVar('T')
Off = Callable[[], None]

AT_ONCE = 4  # loads at the same time; a slow one must not hold up the others, nor all of them drain the pool
BREATH = 50  # watchers told before other tasks may run
FIRST_RETRY, LAST_RETRY = 0.1, 5.0  # seconds until a load that failed is tried again
LOOK_AT_CLOCK = 20.0  # seconds at most until the date is looked at, since a machine may sleep over midnight


@dataclass(frozen=True, slots=True)
class Follow:
    """One kind of change to hear of: of a row (`id`), of the rows of a scope (`customer_id`), or of a whole table."""

    table: str
    column: str = '*'
    value: str | None = None


def follow(model: type[Model], **scope: object) -> Follow:
    """`follow(Job, id=…)`, `follow(Invoice, customer_id=…)`, `follow(Job)`."""
    table = model._meta.db_table
    if table not in LIVE_TABLES or len(scope) > 1 or not scope.keys() <= {'id', *LIVE_TABLES[table]}:
        raise ValueError(f'{model.__name__} does not tell of its changes by {", ".join(scope) or "table"}')
    if not scope:
        return Follow(table)
    [(column, value)] = scope.items()
    return Follow(table, column, str(value))


def live(key: Hashable, follows: Iterable[Follow], load: Callable[[], Awaitable[T]]) -> Live[T]:
    """The one shared view under `key`, loaded once per change for all who watch it.

    The key says what is seen and on whose behalf, so that two readers share a view only where they may see the same:
    take the customer, link or role from the grant into it, and load through the grant. Values are frozen.
    """
    shared = _shared.get(key)
    if shared is None:
        shared = _shared[key] = Live(key, tuple(follows), load)
    return shared


async def start_live(url: str) -> None:
    """Hear of every change from now on."""
    await stop_live()
    await _hub.start(url)


async def stop_live() -> None:
    """Hear of nothing any more, and forget who watched."""
    await _hub.stop()
    _shared.clear()


def followed() -> frozenset[Follow]:
    """What open pages follow at this moment."""
    return _hub.followed


class Live(Generic[T]):
    """A value that stays true while somebody watches it."""

    def __init__(self, key: Hashable, follows: tuple[Follow, ...], load: Callable[[], Awaitable[T]]) -> None:
        self.key = key
        self.follows = follows
        self.loading = False
        self.touched = False  # while it was loading: what was read may be older than the change
        self.new_day = False  # since it was told: what is drawn of an equal value may name other days
        self._load = load
        self._one_load = asyncio.Lock()
        self._value: T
        self._version = 0
        self._true = False
        self._watchers: dict[_Watcher[T], None] = {}
        self._first: asyncio.Task[None] | None = None

    async def watch(self, fn: Callable[[T], object]) -> Off:
        """Call `fn` with the value now and after every change, until the returned function is called."""
        watcher = _Watcher(fn)
        self._watchers[watcher] = None
        _hub.add(self)  # before the first load, so that no change falls between the two
        try:
            if not (self._true and _hub.hearing):
                await self._first_load()
            watcher.tell(self._value, self._version)
        except BaseException:
            self._leave(watcher)
            raise
        return lambda: self._leave(watcher)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    async def reload(self) -> None:
        """Load again and tell the watchers, unless the value is what they know and the day is still the same."""
        async with self._one_load:
            self.loading, self.touched = True, False
            try:
                value = _frozen(await self._load())
            finally:
                self.loading = False
            if not self._version or value != self._value or self.new_day:
                self._value, self.new_day = value, False
                self._version += 1
            self._true = self.watched
            await self._tell_all()

    async def _tell_all(self) -> None:
        for number, watcher in enumerate(tuple(self._watchers), start=1):
            # Who has just come is told by `watch`, where an error reaches the page; who left is told no more.
            if watcher.seen not in {0, self._version} and watcher in self._watchers:
                try:
                    watcher.tell(self._value, self._version)
                except Exception:
                    log.exception('A page could not show a change of %s', self.key)
                if number % BREATH == 0:
                    await asyncio.sleep(0)

    async def _first_load(self) -> None:
        # All who come at once wait for one load, which outlives the page that asked first.
        if self._first is None:
            self._first = _apart(_hub.load(self), name=f'first load of {self.key}')
            self._first.add_done_callback(self._loaded)
        await asyncio.shield(self._first)

    def _loaded(self, task: asyncio.Task[None]) -> None:
        self._first = None
        if not task.cancelled():
            task.exception()  # raised to those who wait for it; when nobody does any more it concerns nobody

    def _leave(self, watcher: _Watcher[T]) -> None:
        if watcher not in self._watchers:
            return
        del self._watchers[watcher]
        if not self._watchers:
            self._true = False  # from now on nobody keeps it so
            _hub.remove(self)


@dataclass(eq=False, slots=True)
class _Watcher(Generic[T]):
    fn: Callable[[T], object]
    seen: int = 0

    def tell(self, value: T, version: int) -> None:
        self.seen = version
        self.fn(value)


class Hub:
    """Knows which views follow what, and has each touched one loaded once."""

    def __init__(self) -> None:
        self.hearing = False
        self._followers: defaultdict[Follow, set[Live[Any]]] = defaultdict(set)
        self._tables: defaultdict[str, set[Follow]] = defaultdict(set)
        self._queue: asyncio.Queue[Live[Any]] = asyncio.Queue()
        self._waiting: set[Live[Any]] = set()
        self._failures: dict[Live[Any], int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._listener: Listener | None = None

    async def start(self, url: str) -> None:
        self._queue = asyncio.Queue()  # belongs to the loop that runs now
        self._tasks = [_apart(self._work(), name=f'live view loader {number}') for number in range(AT_ONCE)]
        self._tasks.append(_apart(self._turn_the_calendar(), name='live calendar'))
        self._listener = Listener(url, self.hear, self.interrupted)
        await self._listener.start()

    async def stop(self) -> None:
        if self._listener:
            await self._listener.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.hearing, self._listener = False, None
        for kept in (self._followers, self._tables, self._waiting, self._failures, self._tasks):
            kept.clear()

    def add(self, view: Live[Any]) -> None:
        for followed in view.follows:
            self._followers[followed].add(view)
            self._tables[followed.table].add(followed)

    def remove(self, view: Live[Any]) -> None:
        for followed in view.follows:
            self._followers[followed].discard(view)
            if not self._followers[followed]:
                del self._followers[followed]
                self._tables[followed.table].discard(followed)
        self._failures.pop(view, None)

    @property
    def followed(self) -> frozenset[Follow]:
        """What open pages follow at this moment."""
        return frozenset(self._followers)

    def hear(self, change: Change) -> None:
        """A change was committed: touch the views of its rows, of their scopes and of the table."""
        if change.rows is None:
            told = set(self._tables.get(change.table, ()))
        else:
            told = {Follow(change.table, column, value) for column, value in change.rows} | {Follow(change.table)}
        for followed in told:
            for view in self._followers.get(followed, ()):
                self._touch(view)

    def interrupted(self, deaf: bool) -> None:
        """Changes go unheard, or (no longer deaf) went unheard: then whatever is on screen is loaded again."""
        self.hearing = not deaf
        if not deaf:
            self.resync()

    def resync(self, *, new_day: bool = False) -> None:
        for view in set[Live[Any]]().union(*self._followers.values()):
            view.new_day |= new_day
            self._touch(view)

    async def load(self, view: Live[Any]) -> None:
        try:
            await view.reload()
        finally:
            if view.touched:
                view.touched = False
                self._touch(view)

    def _touch(self, view: Live[Any]) -> None:
        if view.loading:
            view.touched = True
        elif view not in self._waiting:
            self._waiting.add(view)
            self._queue.put_nowait(view)

    async def _work(self) -> None:
        while True:
            view = await self._queue.get()
            self._waiting.discard(view)
            if not view.watched:
                continue
            try:
                await self.load(view)
            except Exception as error:
                self._try_later(view, error)
            else:
                self._failures.pop(view, None)

    def _try_later(self, view: Live[Any], error: Exception) -> None:
        failures = self._failures[view] = self._failures.get(view, 0) + 1
        delay = min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY)
        log.warning('%s could not be loaded, again in %.1f s: %s: %s', view.key, delay, type(error).__name__, error)
        asyncio.get_running_loop().call_later(delay, self._touch, view)

    async def _turn_the_calendar(self) -> None:
        """A new day makes quotes expire and invoices overdue, and leaves fewer days, though nothing was written."""
        day = bangkok_day(now())
        while True:
            left = (end_of_day(day) - now()).total_seconds()
            await asyncio.sleep(max(0.0, min(left, LOOK_AT_CLOCK)))
            if (today := bangkok_day(now())) != day:
                day = today
                self.resync(new_day=True)


def _frozen(value: T) -> T:
    """Two readings of a record are equal by its id, so that a change of it would never be shown."""
    if any(isinstance(part, Model) for part in (value if isinstance(value, tuple | list) else [value])):
        raise TypeError('A live view hands out frozen values, not records of the database')
    return value


def _apart(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    # Without the context of the page that happens to ask: neither its transaction nor its language may leak into a
    # view that others share.
    return asyncio.get_running_loop().create_task(work, name=name, context=contextvars.Context())


_hub = Hub()
_shared: WeakValueDictionary[Hashable, Live[Any]] = WeakValueDictionary()
