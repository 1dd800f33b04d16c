"""A committed change reaches whoever watches, whoever made it; nothing else does, and nothing is lost."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import time_machine
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from app.database import connect, disconnect, migrate
from app.listener import Listener
from app.live import Follow, Live, follow, followed, live, start_live, stop_live
from models import Job, Stage
from tests.cluster import Cluster
from tests.conftest import Program, Psql
from tests.world import a_job, bo

ADA, BO = uuid4(), uuid4()
PATIENCE = 30.0  # seconds, on a machine that is busy with other tests
EVENING = datetime(2026, 11, 22, 16, 59, 59, 800_000, tzinfo=UTC)  # a moment before midnight in Bangkok
CUT_OFF_THE_LISTENER = (
    'select pg_terminate_backend(pid) from pg_stat_activity'
    " where application_name = 'portal listener' and datname = current_database()"
)
RULES = importlib.import_module('models.migrations.0002_rules')
TABLE = (
    'create table parcel (id uuid primary key, customer_id uuid, label text);'
    'grant all on parcel to portal_clerk;' + RULES.announcement('parcel', ('customer_id',))
)


@pytest.fixture
async def parcels(psql: Psql, db: str) -> AsyncIterator[str]:
    """A small table that tells of its changes by the rule of all others; one parcel of Ada's lies there.

    It lies there before anybody listens: its own announcement, late on a busy machine, is no change to be counted.
    """
    await psql(TABLE)
    await add_parcel('old')
    await start_live(db)
    yield db
    await stop_live()


class Page:
    """What somebody has on the screen."""

    def __init__(self) -> None:
        self.shown: list[object] = []
        self._news = asyncio.Event()

    def show(self, value: object) -> None:
        self.shown.append(value)
        self._news.set()

    async def shows(self, *wanted: object) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while self.shown[-1:] != [wanted]:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f'{wanted} was not shown within {PATIENCE} s, but {self.shown}')


class Shelf:
    """The labels of a customer's parcels; counts how often they were read from the database."""

    def __init__(self, customer: UUID | None = ADA) -> None:
        self.customer = customer
        self.loads = 0
        self.before_load: Callable[[], Awaitable[object]] | None = None

    @property
    def view(self) -> Live[tuple[str, ...]]:
        follows = Follow('parcel', 'customer_id', str(self.customer)) if self.customer else Follow('parcel')
        return live(('shelf', id(self)), [follows], self.load)

    async def load(self) -> tuple[str, ...]:
        self.loads += 1
        where = f"where customer_id = '{self.customer}'" if self.customer else ''
        rows = await get_connection('default').execute_query_dict(f'select label from parcel {where} order by label')
        if self.before_load:
            await self.before_load()
        return tuple(row['label'] for row in rows)

    async def open(self) -> Page:
        page = Page()
        await self.view.watch(page.show)
        return page


async def add_parcel(label: str, customer: UUID = ADA) -> None:
    await sql('insert into parcel values ($1, $2, $3)', uuid4(), customer, label)


async def sql(statement: str, *values: object) -> None:
    await get_connection('default').execute_query(statement, list(values))


async def test_who_comes_sees_what_is_there(parcels: str) -> None:
    page = await Shelf().open()
    assert page.shown == [('old',)]


@pytest.mark.parametrize(
    ('statement', 'then'),
    [
        ("insert into parcel values (gen_random_uuid(), '{ada}', 'new')", ('new', 'old')),
        ("update parcel set label = 'new'", ('new',)),
        ('delete from parcel', ()),
        (
            "insert into parcel select gen_random_uuid(), '{ada}', 'n' || n from generate_series(1, 3) n",
            ('n1', 'n2', 'n3', 'old'),
        ),
        ("with touched as (update parcel set label = 'new' returning id) select * from touched", ('new',)),
        ("merge into parcel using (select 1) s on true when matched then update set label = 'new'", ('new',)),
    ],
)
async def test_a_change_at_another_connection_is_shown(
    parcels: str, psql: Psql, statement: str, then: tuple[str, ...]
) -> None:
    page = await Shelf().open()
    await psql(statement.format(ada=ADA))
    await page.shows(*then)


async def test_many_rows_written_in_one_go_are_shown(parcels: str) -> None:
    page = await Shelf().open()
    await get_connection('default').execute_many(
        'insert into parcel values ($1, $2, $3)', [[uuid4(), ADA, f'{number:03}'] for number in range(100)]
    )
    await page.shows(*(f'{number:03}' for number in range(100)), 'old')
    await sql("update parcel set label = 'x'")  # more rows than a notification can name
    await page.shows(*['x'] * 101)


async def test_a_change_in_another_process_is_shown(parcels: str, program: Program) -> None:
    page = await Shelf().open()
    await program(
        'import asyncio, asyncpg, os\n'
        'async def main():\n'
        '    connection = await asyncpg.connect(os.environ["DATABASE_URL"])\n'
        '    await connection.execute("update parcel set label = \'elsewhere\'")\n'
        'asyncio.run(main())'
    )
    await page.shows('elsewhere')


async def test_two_processes_show_the_same(parcels: str, program: Program) -> None:
    watching = await program(
        'import asyncio, os\n'
        'from app.database import connect\n'
        'from app.live import Follow, live, start_live\n'
        'from tortoise.connection import get_connection\n'
        'async def load():\n'
        '    rows = await get_connection("default").execute_query_dict("select label from parcel")\n'
        '    return rows[0]["label"]\n'
        'async def main():\n'
        '    await connect(os.environ["DATABASE_URL"])\n'
        '    await start_live(os.environ["DATABASE_URL"])\n'
        '    await live("x", [Follow("parcel")], load).watch(lambda label: print(label, flush=True))\n'
        '    await asyncio.Event().wait()\n'
        'asyncio.run(main())'
    )
    assert watching.stdout
    async with asyncio.timeout(2 * PATIENCE):
        assert await watching.stdout.readline() == b'old\n'
        await sql("update parcel set label = 'new'")
        assert await watching.stdout.readline() == b'new\n'


async def test_the_records_of_the_trade_tell_of_their_changes_however_they_are_made(live_db: str, psql: Psql) -> None:
    job, page = await a_job(), Page()

    async def load() -> tuple[str, ...]:
        return (str((await Job.get(customer_id=job.customer_id)).stage),)

    await live('her job', [follow(Job, customer_id=job.customer_id)], load).watch(page.show)
    await page.shows('New')
    await job.advance(Stage.PICKING, by=await bo())
    await page.shows('Picking')
    await Job.filter(id=job.id).update(stage=Stage.LOADED)
    await page.shows('Loaded')
    await psql("update job set stage = 'Delivering'")
    await page.shows('Delivering')


async def test_a_record_of_the_database_is_not_handed_to_pages(live_db: str) -> None:
    job = await a_job()
    for load in (lambda: Job.get(id=job.id), lambda: Job.filter(id=job.id)):
        with pytest.raises(TypeError, match='frozen'):
            await live(('wrong', id(load)), [follow(Job)], load).watch(print)


@pytest.mark.parametrize('scope', [{'title': 'x'}, {'id': 1, 'customer_id': 2}])
def test_only_what_is_told_can_be_followed(scope: dict[str, object]) -> None:
    with pytest.raises(ValueError, match='does not tell'):
        follow(Job, **scope)


async def test_what_was_rolled_back_is_not_even_looked_at(parcels: str) -> None:
    ada, everything = Shelf(), Shelf(BO)
    page, other = await ada.open(), await everything.open()
    with pytest.raises(RuntimeError):
        async with in_transaction():
            await add_parcel('never')
            raise RuntimeError
    await add_parcel('for Bo', BO)
    await other.shows('for Bo')
    assert page.shown == [('old',)]
    assert ada.loads == 1


async def test_a_parcel_that_changes_hands_leaves_one_shelf_and_stands_on_the_other(parcels: str) -> None:
    hers, his = await Shelf(ADA).open(), await Shelf(BO).open()
    await sql('update parcel set customer_id = $1', BO)
    await hers.shows()
    await his.shows('old')


async def test_changes_are_shown_in_the_order_of_their_commits(parcels: str, psql: Psql) -> None:
    page = await Shelf().open()
    for number in range(60):
        change = f"update parcel set label = '{number:03}'"
        await (psql(change) if number % 2 else sql(change))
    await page.shows('059')
    assert page.shown[1:] == sorted(page.shown[1:])  # type: ignore[type-var]


async def test_a_burst_of_changes_is_read_a_few_times(parcels: str) -> None:
    shelf = Shelf()
    page = await shelf.open()
    async with in_transaction():
        for number in range(100):
            await sql('update parcel set label = $1', f'{number:03}')
    await page.shows('099')
    assert shelf.loads <= 3


async def test_all_who_watch_share_one_read(parcels: str) -> None:
    shelf = Shelf()
    pages = await asyncio.gather(*(shelf.open() for _ in range(20)))
    assert shelf.loads == 1
    await sql("update parcel set label = 'new'")
    await asyncio.gather(*(page.shows('new') for page in pages))
    assert shelf.loads == 2


async def test_an_equal_value_disturbs_nobody(parcels: str) -> None:
    shelf = Shelf()
    page = await shelf.open()
    await sql('update parcel set label = label')
    await add_parcel('pear')
    await page.shows('old', 'pear')
    assert page.shown == [('old',), ('old', 'pear')]


async def test_a_change_during_the_first_load_is_not_missed(parcels: str) -> None:
    shelf = Shelf()

    async def change_after_reading() -> None:
        shelf.before_load = None
        await sql("update parcel set label = 'new'")

    shelf.before_load = change_after_reading
    page = await shelf.open()
    await page.shows('new')


async def test_a_slow_view_does_not_hold_up_the_others(parcels: str) -> None:
    slow, quick = [Shelf() for _ in range(3)], Shelf()
    pages = [await shelf.open() for shelf in slow]
    page = await quick.open()
    go = asyncio.Event()
    for shelf in slow:
        shelf.before_load = go.wait
    await sql("update parcel set label = 'new'")
    await page.shows('new')
    await sql("update parcel set label = 'newer'")
    await page.shows('newer')
    assert all(slow_page.shown == [('old',)] for slow_page in pages)
    go.set()
    await asyncio.gather(*(slow_page.shows('newer') for slow_page in pages))


async def test_a_view_that_cannot_be_loaded_is_tried_again_while_others_go_on(parcels: str) -> None:
    broken, sound = Shelf(), Shelf()
    page, other = await broken.open(), await sound.open()
    failed = asyncio.Event()

    async def fail() -> None:
        if broken.loads == 4:
            failed.set()
        raise ConnectionError('gone')

    broken.before_load = fail
    await sql("update parcel set label = 'new'")
    await other.shows('new')
    await failed.wait()
    assert page.shown == [('old',)]
    broken.before_load = None
    await page.shows('new')


async def test_who_leaves_is_told_no_more_and_nothing_is_kept(parcels: str) -> None:
    shelf, page, other = Shelf(), Page(), Page()
    off = await shelf.view.watch(page.show)
    other_off = await shelf.view.watch(other.show)
    off()
    off()
    await sql("update parcel set label = 'new'")
    await other.shows('new')
    assert page.shown == [('old',)]
    other_off()
    assert followed() == frozenset()


async def test_who_returns_sees_what_changed_meanwhile(parcels: str) -> None:
    shelf, page = Shelf(), Page()
    view = shelf.view
    (await view.watch(page.show))()
    await sql("update parcel set label = 'new'")
    await view.watch(page.show)
    assert page.shown == [('old',), ('new',)]


async def test_a_page_closed_while_it_opens_leaves_nothing_and_harms_nobody(parcels: str) -> None:
    shelf, reading, go = Shelf(), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reading.set()
        await go.wait()

    shelf.before_load = wait
    closed = asyncio.create_task(shelf.open())
    stays = asyncio.create_task(shelf.open())
    await reading.wait()
    closed.cancel()
    go.set()
    assert (await stays).shown == [('old',)]
    assert closed.cancelled()
    assert shelf.loads == 1


async def test_a_page_that_cannot_be_loaded_at_first_says_so(parcels: str) -> None:
    shelf = Shelf()

    async def fail() -> None:
        raise ConnectionError('gone')

    shelf.before_load = fail
    with pytest.raises(ConnectionError):
        await shelf.open()
    assert followed() == frozenset()


async def test_nobody_else_sees_what_is_not_committed_yet(parcels: str) -> None:
    shelf = Shelf()
    async with in_transaction():
        await sql("update parcel set label = 'half done'")
        page = await shelf.open()
        assert page.shown == [('old',)]
    await page.shows('half done')


async def test_a_thousand_watchers_leave_room_for_others(parcels: str) -> None:
    shelf, turns, pages = Shelf(), 0, [Page() for _ in range(1000)]
    for page in pages:
        await shelf.view.watch(page.show)

    def count_turns() -> None:
        nonlocal turns
        turns += any(len(page.shown) == 2 for page in pages) and any(len(page.shown) == 1 for page in pages)
        if len(pages[-1].shown) == 1:
            asyncio.get_running_loop().call_soon(count_turns)

    count_turns()
    await sql("update parcel set label = 'new'")
    await pages[-1].shows('new')
    assert turns >= 10


async def test_one_broken_page_does_not_keep_the_news_from_the_others(
    parcels: str, caplog: pytest.LogCaptureFixture
) -> None:
    shelf, page, calls = Shelf(), Page(), 0

    def break_later(_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ZeroDivisionError

    await shelf.view.watch(break_later)
    await shelf.view.watch(page.show)
    await sql("update parcel set label = 'new'")
    await page.shows('new')
    assert 'could not show' in caplog.text
    caplog.clear()


async def test_a_new_day_in_bangkok_is_shown_without_any_change(parcels: str) -> None:
    await stop_live()
    page, loads = Page(), 0

    async def load() -> str:
        nonlocal loads
        loads += 1
        return f'load {loads}'

    with time_machine.travel(EVENING, tick=False) as clock:
        await start_live(parcels)
        await live('the day', [Follow('parcel')], load).watch(page.show)
        before = len(page.shown)
        clock.shift(1)
        async with asyncio.timeout(PATIENCE):
            while len(page.shown) == before:
                page._news.clear()
                await page._news.wait()


async def test_a_new_day_is_told_though_nothing_else_has_changed(parcels: str) -> None:
    """What is drawn of it may say how many days are left."""
    told = asyncio.Queue[str]()

    async def load() -> str:
        return 'ends on the 25th'

    with time_machine.travel(EVENING, tick=False) as clock:
        await start_live(parcels)
        await live('the end', [Follow('parcel')], load).watch(told.put_nowait)
        async with asyncio.timeout(PATIENCE):
            assert await told.get() == 'ends on the 25th'
            clock.shift(1)
            assert await told.get() == 'ends on the 25th'


async def test_a_change_made_while_the_listener_is_cut_off_is_shown(parcels: str, psql: Psql) -> None:
    page = await Shelf().open()
    for number in range(3):
        await psql(CUT_OFF_THE_LISTENER)
        await psql(f"update parcel set label = 'cut {number}'")
        await page.shows(f'cut {number}')


async def test_no_fault_that_nobody_foresaw_makes_the_program_deaf(
    parcels: str, psql: Psql, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    page = await Shelf().open()
    connect, faults = asyncpg.connect, ['nobody foresaw this']

    async def connect_at_last(*where: Any, **how: Any) -> asyncpg.Connection:
        if faults:
            raise ZeroDivisionError(faults.pop())
        return await connect(*where, **how)

    monkeypatch.setattr('app.listener.asyncpg.connect', connect_at_last)
    await psql(CUT_OFF_THE_LISTENER)
    await psql("update parcel set label = 'heard again'")
    await page.shows('heard again')
    assert 'nobody foresaw this' in caplog.text


@pytest.mark.parametrize('turns', range(4))
async def test_a_program_stops_also_in_the_moment_in_which_its_connection_ends(
    database_url: str, psql: Psql, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    loop, connect = asyncio.get_running_loop(), asyncpg.connect
    stopping: asyncio.Queue[asyncio.Task[None]] = asyncio.Queue()

    def stop_after(turns: int) -> None:
        if turns:
            loop.call_soon(stop_after, turns - 1)
        else:
            stopping.put_nowait(loop.create_task(listener.stop()))

    async def connect_and_watch(*where: Any, **how: Any) -> asyncpg.Connection:
        connection = await connect(*where, **how)
        connection.add_termination_listener(lambda _: stop_after(turns))
        return connection

    monkeypatch.setattr('app.listener.asyncpg.connect', connect_and_watch)
    listener = Listener(database_url, lambda _: None, lambda _: None)
    await listener.start()
    await psql(CUT_OFF_THE_LISTENER)
    done, _ = await asyncio.wait([await stopping.get()], timeout=PATIENCE)
    assert done


async def test_a_program_starts_though_it_cannot_listen_yet_and_is_right_once_it_can(
    parcels: str, psql: Psql, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, room = asyncpg.connect, asyncio.Event()

    async def connect_if_there_is_room(*where: Any, **how: Any) -> asyncpg.Connection:
        if not room.is_set():
            raise asyncpg.TooManyConnectionsError('sorry, too many clients already')
        return await connect(*where, **how)

    await stop_live()
    monkeypatch.setattr('app.listener.asyncpg.connect', connect_if_there_is_room)
    monkeypatch.setattr('app.listener.STARTS_WITHIN', 0.1)
    async with asyncio.timeout(PATIENCE):
        await start_live(parcels)
    page = await Shelf().open()
    await psql("update parcel set label = 'not heard'")
    room.set()
    await page.shows('not heard')


async def test_pages_are_right_again_after_the_database_was_restarted(own_cluster: Cluster) -> None:
    shelf = Shelf()
    page = await shelf.open()
    await asyncio.to_thread(own_cluster.stop)
    await asyncio.to_thread(own_cluster.start)
    connection = await asyncpg.connect(own_cluster.url())
    await connection.execute("update parcel set label = 'after'")
    await connection.close()
    await page.shows('after')
    await sql("update parcel set label = 'by us'")
    await page.shows('by us')


@pytest.fixture
async def own_cluster() -> AsyncIterator[Cluster]:
    """A server that a test may stop, with a parcel of Ada's."""
    cluster = await asyncio.to_thread(Cluster)
    await asyncio.to_thread(cluster.start)
    try:
        await migrate(cluster.url())
        await connect(cluster.url(), as_owner=True)
        await get_connection('default').execute_script(TABLE)
        await add_parcel('old')
        await start_live(cluster.url())
        yield cluster
        await stop_live()
        await disconnect()
    finally:
        await asyncio.to_thread(cluster.remove)
