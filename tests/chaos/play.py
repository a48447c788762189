"""One run: months of fees with repairs, losses, documents and imports in between, and a killer who knows no pity."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import aiohttp
from sqlalchemy import func, select

from models.calendar.period import Month
from models.clock import local
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus
from tests.bench.databases import Server
from tests.chaos.flows import Park, at
from tests.chaos.killer import ARCHIVE, HURRIED_S, JOB, MESSAGE, Killer
from tests.chaos.outcome import Outcome
from tests.chaos.people import NeverCame, People
from tests.chaos.stage import Stage, stage
from tests.chaos.verdict import Verdict, judge, owed_runs

START = at("2026-03-16 09:00")
_STEPS = 6
"""Parts of a month among which its kills are shared out."""
_PER_MONTH = 150
_QUIET_S = 300.0
_BRISK_S, _BRISKLY_S, _SLOW_S = 0.4, 40.0, 4.0
_AWAY_S, _LONG_AWAY_S, _LONG_AWAY = (0.2, 8.0), (60.0, 70.0), 0.15
"""How long the database is away, mostly and now and then: for longer than the platform repeats a callback."""


async def run(folder: Path, url: str, wanted: argparse.Namespace, server: Server | None) -> Outcome:
    """The whole rehearsal and its verdict. server: of the database, to be restarted in the middle of it."""
    random = Random(wanted.seed)
    async with (
        stage(folder, url, START, processes=wanted.processes, broken=wanted.answer_first) as ground,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as session,
    ):
        people = People(session, ground)
        park = Park(ground, people, random)
        killer = Killer(ground, random, park.flows)
        play = Play(ground, park, killer, random, server)
        outcome = Outcome(wanted.seed, wanted.database, wanted.processes, Verdict(), killer.toll)
        try:
            async with asyncio.timeout(wanted.seconds):
                outcome.months = await play.months(wanted.kills, first_day_only=wanted.repairs_only)
                await play.quiet()
            outcome.verdict = await judge(ground, park, session)
        except (NeverCame, AssertionError, TimeoutError) as stuck:
            with contextlib.suppress(Exception):
                outcome.verdict = await judge(ground, park, session)
            outcome.verdict.lost.append(f"{type(stuck).__name__}: {stuck}")
        outcome.start_s = median(ground.starts_s)
        outcome.said, outcome.waited, outcome.done = people.said, people.waited, dict(park.done)
        for member in ground.members:
            await ground.stop(member)
        outcome.stop_s = max(ground.stops_s)
    return outcome


class Play:
    """The order of things."""

    def __init__(
        self, ground: Stage, park: Park, killer: Killer, random: Random, server: Server | None
    ) -> None:
        self._stage, self._park, self._killer, self._random = ground, park, killer, random
        self._server = server

    async def one_repair(self, kills: int) -> None:
        """The least there is: one repair from the report to the rating, with kills in it."""
        with self._park.during("repair"):
            await self._beside(self._park.repair(0), kills)
        await self.quiet()

    async def months(self, kills: int, *, first_day_only: bool) -> int:
        """Month after month until the kills are used up; how many."""
        month, played = Month.of(local(START).date()), 0
        if first_day_only:
            await self._day_of_work(kills)
            return 0
        while True:
            share = min(kills, _PER_MONTH)
            kills, month, played = kills - await self._month(month, share), month.plus(1), played + 1
            if kills <= 0:
                return played

    async def _month(self, month: Month, kills: int) -> int:
        """The month's flows one after the other, everyday work at the end for the kills that are left; how many."""
        begun, share, park = self._killer.toll.kills, kills // _STEPS, self._park
        await self._faults()
        await self._day_of_work(share)
        await self._move(f"{month}-21 09:30")
        await self._beside(park.read_meters(str(month)), share, MESSAGE)
        await self._move(f"{month}-25 10:00")
        await self._beside(park.bill(month.month), share, MESSAGE)
        await self._beside(park.sign_and_pay(str(month)), share)
        await self._move(f"{month}-{month.days} 10:02")  # unsigned letters are taken round
        following = month.plus(1)
        await self._move(f"{following}-03 09:30")
        await self._beside(park.close(month.month), share, ARCHIVE)
        # Nothing may be on its way over a jump of days: what is older than the platform's memory is not sent again.
        await self._move(f"{following}-16 10:05")
        await self._beside(self._dunning(following), share, JOB)
        await self._day_of_work(max(0, kills - (self._killer.toll.kills - begun)))
        return self._killer.toll.kills - begun

    async def _day_of_work(self, kills: int) -> None:
        """Everybody at once, for as long as there are kills."""
        enough, park = asyncio.Event(), self._park
        works = [park.work(crew, enough) for crew in range(3)]
        works += [park.claims(enough), park.documents(enough), park.in_a_row(enough), park.imports(enough)]

        async def trouble() -> None:
            await self._killer.strike(kills // 2)
            await self._killer.roll()
            if self._server:
                await self._restart_server(self._server)
            await self._killer.strike(kills - kills // 2)
            enough.set()

        await _together(*works, trouble())

    async def _beside(self, work: Coroutine[Any, Any, None], kills: int, prey: str = "") -> None:
        """The killer is at it until the work is done, and waits for its prey to be halfway every other time."""
        done = asyncio.Event()

        async def watched() -> None:
            await work
            done.set()

        await _together(watched(), self._killer.strike(kills, done, HURRIED_S, prey))

    async def _restart_server(self, server: Server) -> None:
        """The database is gone without a word, and comes back after a while; nobody restarts the service."""
        self._stage.troubles += 1
        away_s = _LONG_AWAY_S if self._random.random() < _LONG_AWAY else _AWAY_S
        self._stage.away = True
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(self._random.uniform(*away_s))
        await asyncio.to_thread(server.start)
        self._stage.away = False
        await self._stage.db.engine.dispose()
        self._stage.troubles += 1
        self._killer.toll.server_restarts += 1

    async def _dunning(self, month: Month) -> None:
        """The eleventh working day comes while the killer is at work; what a dead process had is free after a minute."""
        with self._park.during("dunning run"):
            for text in (f"{month}-16 10:07", f"{month}-16 10:20", f"{month}-16 10:40"):
                self._stage.clock.move(max(at(text), self._stage.clock.now() + timedelta(seconds=1)))
                await asyncio.sleep(1)
                while await self._busy():
                    self._stage.clock.move(self._stage.clock.now() + timedelta(seconds=25))
                    await asyncio.sleep(0.7)

    async def _faults(self) -> None:
        """The platform is not at its best either."""
        for api in ("message/send", "kf/send_msg"):
            await self._park.people.fault(api=api, errcode=-1, times=3)
            await self._park.people.fault(api=api, deliver_then_drop=True, times=3)

    async def _move(self, text: str) -> None:
        """To a time when nothing is under way any more, day by day as it would come."""
        await self.quiet()
        goal = at(text)
        while self._stage.clock.now() < goal:
            step = min(goal, self._stage.clock.now() + timedelta(days=1))
            self._stage.clock.move(step)
            await self.quiet()

    async def quiet(self) -> None:
        """Returns when the service has nothing to do at this moment; the clock goes on a little meanwhile."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() < begun + _QUIET_S:
            # A lease of a minute must outlast what takes seconds of real time, a chart beside other work.
            await asyncio.sleep(_BRISK_S if loop.time() < begun + _BRISKLY_S else _SLOW_S)
            if not await self._busy():
                await asyncio.sleep(1.2)
                if not await self._busy():
                    return
            self._stage.clock.move(self._stage.clock.now() + timedelta(seconds=25))
        raise NeverCame("the service does not come to rest")

    async def _busy(self) -> bool:
        soon = self._stage.clock.now() + timedelta(minutes=12)
        open_ = [OutboxStatus.DUE, OutboxStatus.LEASED]
        async with self._stage.db.read() as session:
            inbox = select(func.count()).where(InboxMessage.status == InboxStatus.NEW)
            outbox = select(func.count()).where(OutboxMessage.status.in_(open_), OutboxMessage.due_at <= soon)
            if await session.scalar(inbox) or await session.scalar(outbox):
                return True
        return bool(await owed_runs(self._stage, self._stage.clock.now()))


async def _together(*works: Coroutine[Any, Any, Any]) -> None:
    """All of them; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* AssertionError as never:
        raise never.exceptions[0] from None
