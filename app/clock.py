"""What happens by itself: letters leave, papers are set, quotes expire, programs live, the past is sealed."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

from app.auditing import seal_what_happened
from app.health import complain
from app.letters import compose, compose_sms
from app.live import follow, live
from app.mail import NotSent, send
from app.papers.setting import keep_setting
from app.pg_engine import GONE
from app.settings import Settings, settings
from app.sms import send_sms
from models import (
    Business,
    Device,
    LimitCount,
    Medium,
    Outbox,
    Presence,
    Program,
    Quote,
    StaffSession,
    VisitOrigin,
    now,
)

log = logging.getLogger(__name__)

ALIVE_EVERY = 15.0  # seconds
MINUTELY = 60.0
SEALED_EVERY = 300.0
DAILY = 24 * 3600.0
UNUSED_FOR = timedelta(days=30)  # longer than any page stays open
PAUSE = 5.0  # seconds after something failed that is not the letter's fault

PROGRAM: UUID = uuid4()
"""This running program, among several on one database."""


async def start_clock() -> None:
    """Begin; whoever ran under this name before shows nobody any more."""
    await Presence.of_program(PROGRAM)
    _tasks.extend(
        asyncio.get_running_loop().create_task(work, name=name, context=contextvars.Context())
        for name, work in {
            # Apart: a mail server that is slow to answer must not hold up the codes.
            'letters': _deliver(Medium.MAIL),
            'short messages': _deliver(Medium.SMS),
            'papers': keep_setting(),
            'alive': _again(ALIVE_EVERY, lambda: Program.alive(PROGRAM)),
            'expiry': _again(MINUTELY, Quote.expire_overdue),
            'seals': _again(SEALED_EVERY, seal_what_happened),
            'upkeep': _again(DAILY, keep_up),
        }.items()
    )


async def stop_clock() -> None:
    for task in _tasks:
        task.cancel()
    await asyncio.gather(*_tasks, return_exceptions=True)
    _tasks.clear()
    with contextlib.suppress(*GONE):  # who stood here is forgotten anyway, a moment later
        await Presence.of_program(PROGRAM)
        await Program.stopped(PROGRAM)


async def deliver_due(chosen: Settings, *media: Medium) -> int:
    """Send everything that is due (of these media only) and has a way out; returns how many were tried."""
    tried = 0
    while (ways := ways_out(chosen, *media)) and (due := await Outbox.claim(ways)):
        tried += 1
        await _deliver_one(due, chosen)
    return tried


def ways_out(chosen: Settings, *media: Medium) -> list[Medium]:
    """By which media (of these, where some are named) a message can leave this installation."""
    ways = {Medium.MAIL: chosen.mail, Medium.SMS: chosen.sms}
    return [medium for medium in media or Medium if ways[medium]]


async def _deliver_one(due: Outbox, chosen: Settings) -> None:
    try:
        if due.medium is Medium.SMS and chosen.sms:
            await send_sms(due.recipient, await compose_sms(due), chosen.sms)
        elif chosen.mail:
            await send(await compose(due), chosen.mail)
    except NotSent as error:
        log.warning('A letter (%s) was not sent: %s', due.template, error.reason)
        await due.failed(error.reason, cause=error.cause, for_good=error.for_good)
    except Exception as error:
        log.exception('A letter (%s) could not be composed or sent', due.template)
        await due.failed(type(error).__name__)
    else:
        await due.sent()


async def _deliver(medium: Medium) -> None:
    """Wakes when the outbox changes, and when the next letter that had to wait is due."""
    written = asyncio.Event()
    # A letter that has no way out would stand before the others, and hide that one of them is due.
    view = live(('outbox', medium), [follow(Outbox)], lambda: Outbox.next_due(ways_out(settings(), medium)))
    await view.watch(lambda _: written.set())
    while True:
        written.clear()
        try:
            await Outbox.give_up_stale()
            await deliver_due(settings(), medium)
            due = await Outbox.next_due(ways_out(settings(), medium))
        except Exception as error:
            await complain('Letters could not be looked at', error, log)
            due = now() + timedelta(seconds=PAUSE)
        wait = max(1.0, (due - now()).total_seconds()) if due else MINUTELY
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(wait, MINUTELY)):
                await written.wait()


async def _again(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            await complain('Something that happens by itself went wrong', error, log)
        await asyncio.sleep(seconds)


async def keep_up() -> None:
    """Once a day: what tells where somebody was is cut when its time is over, and what nobody needs goes."""
    at = now()
    if firm := await Business.get_or_none(only=1):
        before = at - timedelta(days=firm.origin_days)
        await VisitOrigin.cut_before(before)
        await Device.forget_agents(before)
        await StaffSession.forget_agents(before)
    await Device.forget_unused(at - UNUSED_FOR)
    await LimitCount.sweep(at - timedelta(days=1))


_tasks: list[asyncio.Task[None]] = []
