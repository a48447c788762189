"""Who kills, freezes and restarts, at random moments, and keeps a record of what was going on at each kill."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.exc import SQLAlchemyError

from models.closing.close import CloseStatus, MonthClose
from models.fees.bill import BillRun
from models.job_run import JobRun, RunStatus
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus
from scheduler.fees import unfinished
from tests.chaos.stage import Member, Stage

UNHURRIED_S, HURRIED_S = 0.6, 0.12
"""The mean life between two kills: in everyday work, and beside work that takes but a moment."""
_AMBUSH, _PATIENCE_S = 0.5, 1.0
_STILLBORN = 0.1
_FROZEN = 0.05
_LEASE = timedelta(seconds=75)
_FROZEN_S = 4.0
_NOTHING = "nothing"
MESSAGE, BILL_RUN, ARCHIVE, JOB = "message", "bill run", "archive", " 任务"
"""Kinds of work that can be found halfway."""


@dataclass
class Toll:
    """kills, freezes, rolls: how many; during: of the kills, what people were at; halfway: what the database held of
    work begun and not ended.
    """

    kills: int = 0
    freezes: int = 0
    rolls: int = 0
    server_restarts: int = 0
    during: Counter[str] = field(default_factory=Counter)
    halfway: Counter[str] = field(default_factory=Counter)


class Killer:
    """Kills one of the processes at random moments. `flows`: what is going on at this instant."""

    def __init__(self, ground: Stage, random: Random, flows: Callable[[], Iterable[str]]) -> None:
        self._stage, self._random, self._flows = ground, random, flows
        self.toll = Toll()
        self._births: set[asyncio.Task[None]] = set()

    async def strike(
        self, times: int, enough: asyncio.Event | None = None, mean_s: float = UNHURRIED_S, prey: str = ""
    ) -> int:
        """So many kills, fewer when it is enough; how many there were. Every other one waits until prey is halfway."""
        begun, enough = self.toll.kills, enough or asyncio.Event()
        while self.toll.kills < begun + times and not enough.is_set():
            await asyncio.sleep(0.02 + self._random.expovariate(1 / mean_s))
            if prey and self._random.random() < _AMBUSH:
                await self._lie_in_wait(prey, enough)
            member = await self._victim()
            if enough.is_set():
                break
            if len(self._stage.members) > 1 and self._random.random() < _FROZEN:
                await self._freeze(member)
            else:
                await self._kill(member)
        await self.calm()
        return self.toll.kills - begun

    async def _lie_in_wait(self, prey: str, enough: asyncio.Event) -> None:
        """Until work of that kind is begun and not ended, and a moment more."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_S
        while loop.time() < until and not enough.is_set():
            with suppress(SQLAlchemyError, OSError):
                if any(name.endswith(prey) for name in await self._left_behind()):
                    await asyncio.sleep(self._random.uniform(0, 0.1))
                    return
            await asyncio.sleep(0.005)

    async def roll(self) -> None:
        """All processes are restarted gently, one after the other."""
        for member in self._stage.members:
            while not member.ready:
                await asyncio.sleep(0.05)
            await self._stage.stop(member)
            await self._stage.begin(member)
        self.toll.rolls += 1

    async def calm(self) -> None:
        """Returns when all processes live."""
        await asyncio.gather(*self._births)

    async def _victim(self) -> Member:
        while not (ready := [member for member in self._stage.members if member.ready]):
            await asyncio.sleep(0.02)
        return self._random.choice(ready)

    async def _kill(self, member: Member) -> None:
        await self._stage.kill(member)
        self._count()
        with suppress(SQLAlchemyError, OSError):  # the database's server may be away as well
            self.toll.halfway.update(await self._left_behind())
        birth = asyncio.create_task(self._bring_back(member))
        self._births.add(birth)
        birth.add_done_callback(self._births.discard)
        if len(self._stage.members) == 1:
            await birth

    def _count(self) -> None:
        self.toll.kills += 1
        self.toll.during.update(set(self._flows()) or {_NOTHING})

    async def _bring_back(self, member: Member) -> None:
        """One in ten dies again while it starts."""
        if self._random.random() < _STILLBORN:
            child = await self._stage.bear(member)
            await asyncio.sleep(self._random.uniform(0.01, 0.5))
            await child.end()
            self._count()
        await self._stage.begin(member)

    async def _freeze(self, member: Member) -> None:
        """Longer than any lease: the others take over what it had, and it knows nothing of that when it wakes."""
        standing = asyncio.create_task(self._stage.freeze(member, _FROZEN_S))
        await asyncio.sleep(0.2)
        self._stage.clock.move(self._stage.clock.now() + _LEASE)
        await standing
        self.toll.freezes += 1

    async def _left_behind(self) -> Counter[str]:
        """What of the work was begun and not ended."""
        jobs = select(JobRun.job.concat(literal(JOB)), func.count()).group_by(JobRun.job)
        work = (
            select(literal(MESSAGE), func.count()).where(InboxMessage.status == InboxStatus.NEW),
            select(literal("sending"), func.count()).where(OutboxMessage.status == OutboxStatus.LEASED),
            select(literal(BILL_RUN), func.count()).select_from(BillRun).where(unfinished()),
            select(literal(ARCHIVE), func.count()).where(MonthClose.status == CloseStatus.APPROVED),
            jobs.where(JobRun.status == RunStatus.RUNNING),
        )  # fmt: skip
        async with self._stage.db.read() as session:
            rows = await session.execute(union_all(*work))
            return Counter({name: 1 for name, count in rows if count})
