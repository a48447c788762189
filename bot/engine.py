"""The loops of the service, and the same work stepped by a virtual clock.

Live: each loop drains, then waits for its wake event, at most its poll interval. Virtual: `advance` moves the clock from
one due thing to the next and does the very same draining at each stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from bot.core import Core
from bot.inbox import Inbox
from bot.kf_reader import KfReader
from bot.outbox import Outbox
from models.clock import VirtualClock
from scheduler.announcements import continue_announcing
from scheduler.deadlines import fire_due as fire_deadlines
from scheduler.fees import continue_issuing
from scheduler.glance import Glance, glance
from scheduler.runner import Runner
from scheduler.suspension import SuspensionWatch

log = structlog.get_logger(__name__)

POLL_S = 1.0
STOP_S = 6.0
_ROUNDS = 100_000


class Work(Protocol):
    """Something with work of its own that takes its time."""

    async def work(self) -> int:
        """Does what there is to do; how much that was."""


class Outside(Protocol):
    """Something beyond the service that has work of its own on the same virtual clock (the simulator)."""

    @property
    def pending(self) -> int:
        """Deliveries on their way to the service."""

    async def settled(self) -> None:
        """Returns when nothing is on its way."""

    def next_due(self) -> datetime | None:
        """When it wants to do something next."""

    async def run_due(self) -> None:
        """Does what is due."""


def spare_the_collector() -> None:
    """What is in memory by now stays for good: the collector need not walk through it each time. What comes goes again by
    itself, all but a little: it need not look after each 700 objects, for a message makes thousands.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Engine:
    """Inbox, outbox, deadlines and jobs of one process."""

    def __init__(
        self,
        core: Core,
        kf: KfReader,
        inbox: Inbox,
        outbox: Outbox,
        runner: Runner,
        chores: Sequence[Work] = (),
        watch: Work | None = None,
    ) -> None:
        self._core = core
        self.kf = kf
        self.inbox = inbox
        self.outbox = outbox
        self.runner = runner
        self._chores = tuple(chores)
        self._watch = watch
        self._suspensions = SuspensionWatch(core.db, core.rules)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._calendar_wake = asyncio.Event()
        self._archive_wake = asyncio.Event()
        self._watch_wake = asyncio.Event()
        self._turns = {
            "inbox": asyncio.Lock(),
            "outbox": asyncio.Lock(),
            "calendar": asyncio.Lock(),
            "archive": asyncio.Lock(),
        }

    def start(self) -> None:
        """Starts the loops."""
        spare_the_collector()
        self._tasks = [
            asyncio.create_task(self._loop(self.kf.drain, self.kf.wake)),
            asyncio.create_task(self._loop(self.work_inbox, self.inbox.wake)),
            asyncio.create_task(self._loop(self.work_outbox, self.outbox.wake)),
            asyncio.create_task(self._loop(self.work_calendar, self._calendar_wake)),
            asyncio.create_task(self._loop(self.work_archive, self._archive_wake)),
        ]
        if self._watch:
            self._tasks.append(asyncio.create_task(self._loop(self._watch.work, self._watch_wake)))

    async def stop(self) -> None:
        """Ends the loops after what they are at; what takes too long is cut off and made up by the next start."""
        self._stopping = True
        for event in (
            self.kf.wake,
            self.inbox.wake,
            self.outbox.wake,
            self._calendar_wake,
            self._archive_wake,
            self._watch_wake,
        ):
            event.set()
        if self._tasks:
            _, slow = await asyncio.wait(self._tasks, timeout=STOP_S)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)

    async def work_inbox(self, most: int = sys.maxsize) -> int:
        """Handles what has come in; how many messages."""
        async with self._turns["inbox"]:
            handled = await self.inbox.drain(most)
        if handled:
            self.outbox.wake.set()
        return handled

    async def work_outbox(self, rounds: int = sys.maxsize) -> int:
        """Sends what is due; how many rows."""
        async with self._turns["outbox"]:
            return await self.outbox.drain(rounds)

    async def work_calendar(self) -> int:
        """Deadlines, jobs and long runs that are due now; how many."""
        return await self._work_calendar(await self._glance())

    async def _glance(self) -> Glance:
        return await glance(self._core.db, self._core.clock.now())

    async def _work_calendar(self, waits: Glance) -> int:
        core, now, done = self._core, self._core.clock.now(), 0
        async with self._turns["calendar"]:
            if waits.deadlines:
                done += await fire_deadlines(core.db, now, core.rules)
            fired = await self.runner.fire_due(now)
            done += fired
            if waits.suspensions:
                done += await self._suspensions.look(now)
            if waits.announcements:
                done += await continue_announcing(core.db, now, core.rules)
            if waits.runs:
                done += await continue_issuing(core.db, now, core.rules, core.calendar)
        if done:
            self.outbox.wake.set()
        return done

    async def work_archive(self) -> int:
        """Seals months that have passed their review, deletes files; how many. Apart from the calendar: it takes seconds."""
        done = 0
        async with self._turns["archive"]:
            for chore in self._chores:
                done += await chore.work()
        if done:
            self.outbox.wake.set()
        return done

    async def _loop(self, work: Callable[[], Awaitable[int]], wake: asyncio.Event) -> None:
        failing = ""
        while not self._stopping:
            wake.clear()  # before working: what is set meanwhile is seen by the wait below
            try:
                await work()
                failing = ""
            except Exception as exc:
                # Each second the same while a database is away: told at length once.
                name = type(exc).__name__
                log.error("loop failed", loop=work.__name__, error=name, exc_info=name != failing)
                failing = name
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), POLL_S)

    async def settle(self, outside: Outside | None = None, seen: Glance | None = None) -> Glance:
        """Works until nothing is left to do at this instant, here or outside; what was seen last.

        seen: at an earlier instant, when nothing that lies in the database was due before this one.
        """
        for _ in range(_ROUNDS):
            if outside:
                await outside.run_due()
                await outside.settled()
            waits = seen or await self._glance()
            done = await self._work_calendar(waits) + await self.kf.drain()
            # One step each: the next look says whether there is more, at the price of the empty claim it spares.
            handled = await self.work_inbox(1) if waits.inbox else 0
            done += handled + (await self.work_archive() if waits.archive or waits.files else 0)
            done += await self.work_outbox(1) if waits.outbox or handled else 0
            if seen:  # good enough to begin with, not to end with
                seen = None
            elif not done and not (outside and outside.pending) and await self._undisturbed():
                return waits
        raise RuntimeError("the service does not come to rest")

    async def _undisturbed(self) -> bool:
        """Whether no loop is in the middle of something at this instant; waits for those that are."""
        busy = [turn for turn in self._turns.values() if turn.locked()]
        for turn in busy:
            async with turn:
                pass
        return not busy

    def _next_stop(self, waits: Glance, outside: Outside | None) -> datetime | None:
        """The next instant after now at which something is due."""
        now = self._core.clock.now()
        instants = [waits.next_at, self.runner.next_fire(now), self.kf.retry_at]
        if outside:
            instants.append(outside.next_due())
        return min((instant for instant in instants if instant and instant > now), default=None)

    async def next_due(self) -> datetime | None:
        """The next instant after now at which something is due here."""
        return self._next_stop(await self._glance(), None)

    async def advance(self, clock: VirtualClock, to: datetime, outside: Outside | None = None) -> None:
        """Moves the clock to `to`, doing everything in between in the order of time."""
        waits = await self.settle(outside)
        while clock.now() < to:
            upcoming = self._next_stop(waits, outside)
            if upcoming is None or upcoming > to:
                break
            clock.set(upcoming)
            known = waits.next_at is None or waits.next_at > upcoming
            waits = await self.settle(outside, waits if known else None)
        clock.set(to)
        await self.settle(outside)
