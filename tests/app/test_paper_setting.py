"""Papers that are owed are set: at once, once among several programs, after a restart, and away from the event loop."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from hashlib import sha256

import pytest

from app.enclosures import enclosures
from app.papers import setting, workshop
from app.papers.press import render
from app.papers.setting import facts_of, file_name, paper, set_one, set_ordered
from app.papers.workshop import NotSet
from models import Document, DocumentKind, DocumentState, Outbox, Quote, one_change
from models.quote_version import changes_of
from pages.console.quote_preview import changes_to_publish
from pages.parts.papers import Issued
from tests.conftest import Program, Psql
from tests.papers import by_pdfium, says
from tests.world import a_draft, a_secret, bo, ploy, today, typed

SET_ALL = """
import asyncio, os
from app.database import connect, disconnect
from app.keys import use_keys
from app.papers.setting import set_ordered
from app.settings import Settings, use_settings

SECRET = b'a secret that is only used in tests, never else'
use_settings(Settings(secret=SECRET, public_url='http://test'))
use_keys(SECRET)

async def work():
    await connect(os.environ['DATABASE_URL'])
    print(await set_ordered())
    await disconnect()

asyncio.run(work())
"""


async def an_owed_paper(**facts: str) -> Document:
    """The paper of a quote that was just sent, which nobody has set yet."""
    quote = await a_draft(None, **facts)
    await quote.send(secret=a_secret(), by=await bo())
    return await Document.get(quote_id=quote.id)


async def test_whoever_asks_gets_the_paper_and_it_never_changes(db: str) -> None:
    owed = await an_owed_paper()
    assert owed.state is DocumentState.ORDERED
    found = await paper(owed)
    assert found.state is DocumentState.SET
    content = bytes(found.content or b'')
    assert bytes(found.sha256 or b'') == sha256(content).digest()
    text = by_pdfium(content)
    for said in ('Quotation', owed.number, 'บริษัท นิมมานฟิล์ม จำกัด', 'ไฟ ARRI SkyPanel S60-C', '127,000.00'):
        assert says(text, said), said
    again = await paper(owed)
    assert bytes(again.content or b'') == content
    assert render('Quote', facts_of(found), base_url='http://test') == content


async def test_everything_owed_is_set_in_one_go(db: str) -> None:
    customers = [await an_owed_paper() for _ in range(3)]
    assert await set_ordered() == 3
    assert await set_ordered() == 0
    assert not await Document.exists(id__in=[str(one.id) for one in customers], state=DocumentState.ORDERED)


async def test_two_programs_set_a_paper_once(db: str, program: Program) -> None:
    for _ in range(6):
        await an_owed_paper()
    running = [await program(SET_ALL) for _ in range(2)]
    told = [await one.communicate() for one in running]
    assert sum(int(out) for out, _ in told) == 6, told
    assert not await Document.exists(state=DocumentState.ORDERED)


async def test_who_waits_for_a_paper_that_another_sets_gets_it_too(db: str) -> None:
    owed = await an_owed_paper()
    found = await asyncio.gather(*(paper(owed) for _ in range(5)))
    assert {bytes(one.sha256 or b'') for one in found} == {bytes(found[0].sha256 or b'')}
    assert all(one.state is DocumentState.SET for one in found)


async def test_who_waits_too_long_is_told_so(db: str) -> None:
    owed = await an_owed_paper()
    async with one_change():
        await Document.select_for_update().get(id=owed.id)
        other = asyncio.create_task(waits_outside(owed))
        began = time.monotonic()
        assert (await other).state is DocumentState.ORDERED
        assert time.monotonic() - began < setting.WAITING
    assert (await paper(owed)).state is DocumentState.SET


async def waits_outside(owed: Document) -> Document:
    from contextvars import Context

    task = asyncio.get_running_loop().create_task(paper(owed, within=0.5), context=Context())
    return await task


async def test_a_paper_that_cannot_be_set_keeps_no_other_waiting(
    db: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = await an_owed_paper()
    frozen = {**good.frozen, 'lines': [{}]}
    spoiled = await Document.order(
        DocumentKind.QUOTE, 'QT-1999-0001', customer_id=good.customer_id, issued_on=today(), frozen=frozen
    )
    monkeypatch.setattr(setting, '_failed', {})
    assert await set_ordered() == 1
    assert (await Document.get(id=good.id)).state is DocumentState.SET
    assert str(spoiled.id) in caplog.text
    assert await set_ordered() == 0  # and not tried again at once
    with pytest.raises(NotSet, match='KeyError'):
        await set_one(spoiled.id)
    assert (await paper(spoiled, within=1)).state is DocumentState.ORDERED


async def test_whatever_a_paper_fails_of_the_later_ones_are_set(
    db: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = await an_owed_paper()
    of_nobody = {'firm': {'logo': ''}, 'signature': {'strokes': []}}
    spoiled = await Document.order(
        DocumentKind.SIGNED_QUOTE, 'QT-1999-0001', customer_id=good.customer_id, issued_on=today(), frozen=of_nobody
    )
    later = await an_owed_paper()
    monkeypatch.setattr(setting, '_failed', {})
    assert await set_ordered() == 2
    assert (await Document.get(id=later.id)).state is DocumentState.SET
    assert await set_ordered() == 0
    assert sum(str(spoiled.id) in record.getMessage() for record in caplog.records) == 1
    assert (await paper(spoiled, within=1)).state is DocumentState.ORDERED


async def test_a_paper_of_before_there_were_verification_ids_keeps_nobody_waiting(db: str) -> None:
    owed = await an_owed_paper()
    await Document.filter(id=owed.id).update(verification=None)
    began = time.monotonic()
    assert (await paper(owed)).state is DocumentState.ORDERED
    assert time.monotonic() - began < setting.WAITING
    assert await set_ordered() == 0
    listed = Issued.of(await Document.get(id=owed.id))
    assert not listed.ready and not listed.coming
    letter = await Outbox.filter(template='quote', quote_id=owed.quote_id).get()
    assert await enclosures(letter) == ()


async def test_an_open_quote_of_that_time_is_signed_once_it_was_published_again(db: str, psql: Psql) -> None:
    owed = await an_owed_paper()
    quote = await Quote.get(id=owed.quote_id)
    await psql(
        'begin; alter table document disable trigger keep_rows; '
        """update document set verification = null, frozen = '{"title": "As it was", "lines": [{"name": "Lamp"}]}'; """
        'alter table document enable trigger keep_rows; commit'
    )
    entry = await quote.entry()
    await quote.write(replace(entry, title='As it is now'), version=0, by=await bo())
    assert await changes_to_publish(quote, entry) == ()
    await quote.publish(secret=a_secret(), by=await bo())
    assert await changes_of(quote) == ()
    assert await set_ordered() == 1
    await quote.accept(version=2, signature=typed(), by=ploy())
    assert await set_ordered() >= 1
    assert await Document.exists(kind=DocumentKind.SIGNED_QUOTE, quote_id=quote.id, state=DocumentState.SET)


async def test_a_worker_that_dies_is_replaced(db: str) -> None:
    await paper(await an_owed_paper())
    process = workshop._one._process
    assert process
    process.kill()
    process.wait()
    assert (await paper(await an_owed_paper())).state is DocumentState.SET


async def test_a_worker_that_is_stuck_is_stopped(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await paper(await an_owed_paper())
    process = workshop._one._process
    assert process
    monkeypatch.setattr(workshop, 'LONGEST', 0.3)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(NotSet, match='longer than'):
        await set_one((await an_owed_paper()).id)
    monkeypatch.undo()
    assert await set_ordered() == 1


async def test_a_worker_is_there_before_anything_is_locked_for_its_paper(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed, there = await an_owed_paper(), list[bool]()
    await asyncio.to_thread(workshop._one.close)

    def noted() -> AbstractAsyncContextManager[None]:
        there.append(workshop._one.takes_orders)
        return one_change()

    monkeypatch.setattr(setting, 'one_change', noted)
    assert await set_one(owed.id)
    assert there == [True]


async def test_forty_phones_that_ask_at_once_leave_the_house_open(db: str) -> None:
    owed = [await an_owed_paper() for _ in range(4)]
    asking = [asyncio.create_task(paper(one)) for one in owed for _ in range(10)]
    while not all(task.done() for task in asking):
        assert await Document.all().count() == 4  # somebody else, who only wants to read
        await asyncio.sleep(0.01)
    assert {(await task).state for task in asking} == {DocumentState.SET}


async def test_the_event_loop_goes_on_while_papers_are_made(db: str) -> None:
    await paper(await an_owed_paper())  # the worker is there
    for _ in range(10):
        await an_owed_paper()
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)
            await asyncio.sleep(0.001)

    watcher = asyncio.create_task(look())
    assert await set_ordered() == 10
    watcher.cancel()
    # Of this thread's own time, not of others'; the figure itself is in tests/bench/papers.py, this is about who works.
    assert longest < 0.5


async def test_files_are_called_by_their_number(db: str) -> None:
    owed = await an_owed_paper()
    assert file_name(owed) == f'{owed.number}.pdf'
    owed.edition = 2
    assert file_name(owed) == f'{owed.number}-v2.pdf'
    owed.kind = DocumentKind.SIGNED_QUOTE
    assert file_name(owed) == f'{owed.number}-signed.pdf'


async def test_a_paper_says_what_was_frozen_and_not_what_is(db: str) -> None:
    owed = await an_owed_paper(title='Wedding in Hua Hin', title_th='งานแต่งหัวหิน')
    await Quote.filter(id=owed.quote_id).update(title='Something else', title_th='อย่างอื่น')
    text = by_pdfium(bytes((await paper(owed)).content or b''))
    assert says(text, 'งานแต่งหัวหิน') and 'Something else' not in text
