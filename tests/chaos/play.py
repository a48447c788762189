"""One run: months of fees with repairs, losses, documents and imports in between, and a killer who knows no pity."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
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
from tests.chaos.flows import Park, at
from tests.chaos.people import NeverCame, People
from tests.chaos.stage import Stage, stage
from tests.chaos.verdict import Verdict, judge, owed_runs

START = at("2026-03-16 09:00")
_STEPS = 6
"""Parts of a month among which its kills are shared out."""
_PER_MONTH = 60
_AFTER_S = 0.9
_QUIET_S = 300.0


@dataclass
class Outcome:
    """What there is to tell."""

    seed: int
    database: str
    verdict: Verdict
    kills: int = 0
    months: int = 0
    said: int = 0
    waited: int = 0
    done: dict[str, int] = field(default_factory=dict)
    start_s: float = 0.0
    stop_s: float = 0.0
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For machines."""
        verdict = self.verdict
        found = {
            "lost": len(verdict.lost), "doubled": len(verdict.doubled), "unbalanced": len(verdict.unbalanced),
            "other": len(verdict.other), "shown": verdict.shown,
        }  # fmt: skip
        return {name: value for name, value in vars(self).items() if name != "verdict"} | found


class Killer:
    """Kills at random moments, as often as it is told to."""

    def __init__(self, ground: Stage, random: Random) -> None:
        self._stage, self._random = ground, random

    async def strike(self, times: int) -> None:
        """So many kills; between them the service lives for a moment, mostly short."""
        until = self._stage.kills + times
        while self._stage.kills < until:
            await asyncio.sleep(0.05 + self._random.expovariate(1 / _AFTER_S))
            await self._stage.kill(self._random)


async def run(folder: Path, url: str, wanted: argparse.Namespace) -> Outcome:
    """The whole rehearsal and its verdict."""
    random = Random(wanted.seed)
    async with (
        stage(folder, url, START, broken=wanted.answer_first) as ground,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as session,
    ):
        people = People(session, ground)
        park = Park(ground, people, random)
        play = Play(ground, park, Killer(ground, random), random)
        outcome = Outcome(wanted.seed, wanted.database, Verdict())
        try:
            async with asyncio.timeout(wanted.seconds):
                outcome.months = await play.months(wanted.kills, first_day_only=wanted.repairs_only)
                await play.quiet()
            outcome.verdict = await judge(ground, park, session)
        except (NeverCame, AssertionError, TimeoutError) as stuck:
            with contextlib.suppress(Exception):
                outcome.verdict = await judge(ground, park, session)
            outcome.verdict.lost.append(f"{type(stuck).__name__}: {stuck}")
        outcome.kills, outcome.start_s = ground.kills, median(ground.starts_s)
        outcome.said, outcome.waited, outcome.done = people.said, people.waited, dict(park.done)
        outcome.stop_s = await ground.stop_gently()
    return outcome


class Play:
    """The order of things."""

    def __init__(self, ground: Stage, park: Park, killer: Killer, random: Random) -> None:
        self._stage, self._park, self._killer, self._random = ground, park, killer, random

    async def months(self, kills: int, *, first_day_only: bool) -> int:
        """Month after month until the kills are used up; how many."""
        month, played = Month.of(local(START).date()), 0
        if first_day_only:
            await self._day_of_work(kills)
            return 0
        while True:
            share = min(kills, _PER_MONTH)
            await self._month(month, share)
            kills, month, played = kills - share, month.plus(1), played + 1
            if kills <= 0:
                return played

    async def _month(self, month: Month, kills: int) -> None:
        shares = [kills // _STEPS] * _STEPS
        shares[0] += kills - sum(shares)
        following = month.plus(1)
        await self._faults()
        await self._day_of_work(shares[0])
        await self._move(f"{month}-21 09:30")
        await self._beside(self._park.read_meters(str(month)), shares[1])
        await self._move(f"{month}-25 10:00")
        await self._beside(self._park.bill(month.month), shares[2])
        await self._beside(self._park.sign_and_pay(str(month)), shares[3])
        await self._move(f"{month}-{month.days} 10:02")  # unsigned letters are taken round
        await self._move(f"{following}-03 09:30")
        await self._beside(self._park.close(month.month), shares[4])
        # Nothing may be on its way over a jump of days: what is older than the platform's memory is not sent again.
        await self._move(f"{following}-16 10:05")
        await self._beside(self._dunning(following), shares[5])

    async def _day_of_work(self, kills: int) -> None:
        """Everybody at once, for as long as there are kills."""
        enough, park = asyncio.Event(), self._park
        works = [*(park.work(crew, enough) for crew in range(3)), park.claims(enough), park.documents(enough)]
        works.append(park.imports(enough))

        async def kill() -> None:
            await self._killer.strike(kills)
            enough.set()

        await _together(*works, kill())

    async def _beside(self, work: Coroutine[Any, Any, None], kills: int) -> None:
        await _together(work, self._killer.strike(kills))

    async def _dunning(self, month: Month) -> None:
        """The eleventh working day comes while the killer is at work."""
        await asyncio.sleep(0.5)
        for text in (f"{month}-16 10:07", f"{month}-16 10:20", f"{month}-16 10:40"):
            self._stage.clock.move(max(at(text), self._stage.clock.now() + timedelta(seconds=1)))
            await asyncio.sleep(1.5)

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
        until = loop.time() + _QUIET_S
        while loop.time() < until:
            await asyncio.sleep(0.6)
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


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """All of them; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* AssertionError as never:
        raise never.exceptions[0] from None
