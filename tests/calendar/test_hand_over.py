"""A process that dies or freezes hands its work over within a minute; clocks that jump run nothing twice, miss nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import job_run
from models.clock import at_local
from models.database import Database
from models.job_run import RunStatus
from scheduler.registry import Job, JobCtx, every_day
from scheduler.runner import Runner
from tests.calendar.processes import moment

NIGHT = timedelta(days=30)
SECOND = timedelta(seconds=1)


class Noted:
    """A daily job at 10:00, and the runs it had."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []
        self.job = Job("x.daily", "每天一次", every_day, 10, 0, NIGHT, self.run)

    async def run(self, ctx: JobCtx) -> str:
        self.runs.append(ctx.scheduled_for)
        return "done"


def runner(db: Database, config: Any, noted: Noted, owner: str) -> Runner:
    return Runner(db, [noted.job], config.rules(), config.working_calendar(), owner)


async def test_a_frozen_processs_run_is_done_by_another_within_a_minute(db: Database, config: Any) -> None:
    noted, ten = Noted(), moment("03-17", 10)
    other = runner(db, config, noted, "other")
    await other.fire_due(moment("03-17", 9))
    async with db.begin() as session:  # the first takes it, and is heard of no more
        assert await job_run.claim(session, "x.daily", ten, "frozen", ten)
    at, until = ten, ten + timedelta(minutes=1)
    while at <= until and not noted.runs:
        await other.fire_due(at)
        at += SECOND
    assert noted.runs == [ten] and at <= until
    async with db.begin() as session:  # it wakes, and finds that it is not its own any more
        assert not await job_run.renew(session, "x.daily", ten, "frozen", at)
    async with db.begin() as session:
        assert not await job_run.claim(session, "x.daily", ten, "frozen", at)


async def test_who_woke_up_can_not_end_the_run_of_another(db: Database) -> None:
    ten = moment("03-17", 10)
    later = ten + timedelta(minutes=1)
    for owner, at in (("frozen", ten), ("other", later)):
        async with db.begin() as session:
            assert await job_run.claim(session, "x.daily", ten, owner, at)
    for owner, status in (
        ("frozen", RunStatus.FAILED),
        ("other", RunStatus.DONE),
        ("frozen", RunStatus.FAILED),
    ):
        async with db.begin() as session:
            await job_run.finish(session, "x.daily", ten, owner, status, owner, later)
    async with db.read() as session:
        run = await session.get_one(job_run.JobRun, ("x.daily", ten))
    assert (run.status, run.detail) == (RunStatus.DONE, "other")


async def test_three_processes_whose_clocks_differ_run_each_time_once(db: Database, config: Any) -> None:
    noted = Noted()
    processes = [runner(db, config, noted, f"p{n}") for n in range(3)]
    for day in range(17, 24):
        for minute in (-1, 0, 1, 2):
            now = moment(f"03-{day}", 10) + timedelta(minutes=minute)
            for number, each in enumerate(processes):
                await each.fire_due(now + timedelta(seconds=30) * (number - 1))
    assert noted.runs == [moment(f"03-{day}", 10) for day in range(17, 24)]


async def test_a_run_that_takes_long_is_kept(db: Database) -> None:
    ten = moment("03-17", 10)
    async with db.begin() as session:
        assert await job_run.claim(session, "x.daily", ten, "slow", ten)
    late = ten + timedelta(seconds=45)
    async with db.begin() as session:
        assert await job_run.renew(session, "x.daily", ten, "slow", late)
    async with db.begin() as session:
        assert not await job_run.claim(session, "x.daily", ten, "other", late + timedelta(seconds=45))
        await job_run.finish(session, "x.daily", ten, "slow", RunStatus.DONE, "", late)


@pytest.mark.parametrize(
    "hours",
    [
        (9, 11, 13, 11.5, 9, 11, 34),  # two hours ahead and back, then on to the next day
        (9, 9 + 72, 33, 9 + 72, 9 + 96),  # three days ahead, two back
        (9, 10, 10, 10, 9.99, 10.01, 33, 34),
        (9, 9.5, 9, 9.9, 9, 58),  # back before it was ever due
    ],
)
async def test_a_jumping_clock_runs_each_time_once(
    db: Database, config: Any, hours: tuple[float, ...]
) -> None:
    noted = Noted()
    process = runner(db, config, noted, "one")
    midnight = at_local(datetime(2026, 3, 17).date(), 0)  # noqa: DTZ001 - only its date is used
    for number, hour in enumerate(hours):
        if number % 3 == 2:
            process = runner(db, config, noted, f"restarted {number}")
        await process.fire_due(midnight + timedelta(hours=hour))
    days = int((max(hours) - 10) // 24) + 1
    assert noted.runs == [midnight + timedelta(hours=10 + 24 * day) for day in range(days)]
