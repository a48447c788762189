"""Runs what is due: each (job, scheduled time) once, in order, also after downtime. The error border for jobs.

The table job_run is the truth. Several processes may call this; the one that inserts the row does the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from models import job_run
from models.calendar.working_days import Calendar
from models.clock import Clock, local
from models.job_run import RunStatus
from models.messages.alarm import alarm
from models.rules import Rules
from scheduler.registry import Job, JobCtx, UnitsOfWork, fire_times, next_fire

log = structlog.get_logger(__name__)

RETRY = timedelta(minutes=10)
HELD = timedelta(seconds=10)
"""What another process is at is looked at again after this time: it may have died."""
_RENEW_S = 15.0
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is owed. replaced: a later one of the same job says the same, and more truly."""

    scheduled_for: datetime
    order: int
    job: Job
    missed: bool
    replaced: bool


class Runner:
    """Finds and fires what is due."""

    def __init__(
        self,
        units: UnitsOfWork,
        jobs: Sequence[Job],
        rules: Rules,
        calendar: Calendar,
        owner: str,
        clock: Clock | None = None,
    ) -> None:
        """`clock`: whose time a long run is kept by; without one nobody else is about."""
        self._units = units
        self._jobs = tuple(jobs)
        self._rules = rules
        self._calendar = calendar
        self._owner = owner
        self._clock = clock
        self._held = False
        """Whether another process was at something that is owed."""
        self._look_again: datetime | None = None
        """Before this instant there is nothing to do, so nobody asks the database every second."""
        self._settled_until: datetime | None = None
        """No run up to here is owed any more; None when the table has to be asked."""
        self._alarms: dict[str, tuple[datetime, datetime]] = {}
        """Of each job, the next time it is due, and after which instant that was counted."""

    async def fire_due(self, now: datetime) -> int:
        """Does everything owed by `now`, oldest first; how many runs ended (done or given up)."""
        if self._look_again and now < self._look_again:
            return 0
        since = self._settled_until
        owed = self._due(lambda _: since, now) if since and since <= now else await self._owed(now)
        ended, self._held = 0, False
        for due in owed:
            ended += await self._fire(due, now)
        # What failed, or is in another process's hands, is looked at again after a while.
        clear = ended == len(owed)
        self._settled_until = now if clear else None
        self._look_again = self._next_alarm(now) if clear else now + (HELD if self._held else RETRY)
        return ended

    def next_fire(self, after: datetime) -> datetime | None:
        """When something is due next: a run of any job, or another try."""
        if self._look_again and self._look_again > after:
            return self._look_again
        return self._next_alarm(after)

    def _next_alarm(self, after: datetime) -> datetime | None:
        times = (self._alarm_of(job, after) for job in self._jobs)
        return min((time for time in times if time), default=None)

    def _alarm_of(self, job: Job, after: datetime) -> datetime | None:
        since, known = self._alarms.get(job.name, (after, after))
        if since <= after < known:
            return known
        found = next_fire(job, after, self._rules, self._calendar)
        if found:
            self._alarms[job.name] = after, found
        return found

    async def _owed(self, now: datetime) -> list[Due]:
        """What the table says is owed: after a start, a failure, or when somebody else is at work."""
        async with self._units.begin() as session:
            first = await job_run.since(session, [job.name for job in self._jobs], now)
            horizon = {job.name: max(first[job.name], now - 2 * job.catch_up - _DAY) for job in self._jobs}
            settled = await job_run.settled_runs(session, min(horizon.values(), default=now))
        due = self._due(lambda job: horizon[job.name], now)
        return [each for each in due if (each.job.name, each.scheduled_for) not in settled]

    def _due(self, since: Callable[[Job], datetime], now: datetime) -> list[Due]:
        """Every run after `since` of its job and up to now, in order."""
        found = []
        for order, job in enumerate(self._jobs):
            instants = fire_times(job, since(job), now, self._rules, self._calendar)
            for instant in instants:
                replaced = job.latest_only and instant != instants[-1]
                found.append(Due(instant, order, job, now - instant > job.catch_up, replaced))
        return sorted(found, key=lambda due: (due.scheduled_for, due.order))

    async def _fire(self, due: Due, now: datetime) -> bool:
        job = due.job
        if not await self._claim(due, now):
            self._held = True
            return False
        if due.replaced:
            await self._done(due, "由后一次代替", now)
            return True
        if due.missed:
            await self._give_up(due, now)
            return True
        ctx = JobCtx(self._units, due.scheduled_for, now, self._rules, self._calendar)
        try:
            with bound_contextvars(job=job.name):
                detail = await self._kept(due, job.function(ctx))
        except Exception as exc:
            log.exception("job failed", job=job.name, scheduled_for=due.scheduled_for.isoformat())
            await self._failed(due, exc, now)
            return False
        await self._done(due, detail, now)
        # The detail stays in the table: it may name tenants.
        log.info("job done", job=job.name, scheduled_for=due.scheduled_for.isoformat())
        return True

    async def _claim(self, due: Due, now: datetime) -> bool:
        of = (due.job.name, due.scheduled_for, self._owner, now)
        if await job_run.claim_first(self._units, *of):
            return True
        async with self._units.begin() as session:
            return await job_run.claim(session, *of)

    async def _done(self, due: Due, detail: str, now: datetime) -> None:
        await job_run.finish_done(self._units, due.job.name, due.scheduled_for, self._owner, detail, now)

    async def _finish(
        self, session: AsyncSession, due: Due, status: RunStatus, detail: str, now: datetime
    ) -> None:
        name, at = due.job.name, due.scheduled_for
        await job_run.finish(session, name, at, self._owner, status, detail, now)

    async def _kept(self, due: Due, work: Awaitable[str]) -> str:
        """What the work says at its end; until then the run is kept from other processes."""
        if self._clock is None:
            return await work
        keeper = asyncio.create_task(self._keep(due, self._clock))
        try:
            return await work
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, due: Due, clock: Clock) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            async with self._units.begin() as session:
                await job_run.renew(session, due.job.name, due.scheduled_for, self._owner, clock.now())

    async def _give_up(self, due: Due, now: datetime) -> None:
        when = local(due.scheduled_for).strftime("%-m 月 %-d 日 %H:%M")
        text = f"“{due.job.about}”（{when}）因停机错过，已超过补做期限，请人工确认是否需要补做。"
        async with self._units.begin() as session:
            await self._finish(session, due, RunStatus.MISSED, "超过补做期限", now)
            await alarm(session, f"missed:{due.job.name}:{due.scheduled_for.date()}", text, now, self._rules)

    async def _failed(self, due: Due, exc: Exception, now: datetime) -> None:
        name, reason = due.job.name, f"{type(exc).__name__}: {exc}"[:300]
        async with self._units.begin() as session:
            await self._finish(session, due, RunStatus.FAILED, reason, now)
            text = f"“{due.job.about}”执行失败：{reason}。系统会每隔一段时间重试，请查看日志。"
            await alarm(session, f"job:{name}", text, now, self._rules)
