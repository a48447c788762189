"""The process was off. What was owed is made up once, in order, under the true date, and nobody is flooded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.config import Config
from models.clock import local
from models.database import Database
from models.job_run import JobRun, RunStatus
from models.notices.notice import NoticeKind
from scheduler import JOBS
from scheduler.registry import fire_times
from tests.calendar import books
from tests.calendar.processes import another, issue_march, moment, owe_for_february, snapshot, watched
from tests.fakes.march import quiet_until_25_march
from tests.fakes.world import World

LINA = "13800010001"


async def not_done(db: Database) -> list[JobRun]:
    async with db.read() as session:
        return list(await session.scalars(select(JobRun).where(JobRun.status != RunStatus.DONE)))


def lists(world: World) -> list[str]:
    """The rounds that were given to the service staff."""
    return [entry.text for entry in world.phone("zhoumin") if "未签收清单" in entry.text]


async def come_back(world: World, config: Config, files: Path, at: datetime) -> World:
    """Another process starts at that time and works until it is done; a third one finds nothing left to do."""
    process = another(world, config, files, at)
    await process.engine.settle()
    before = await snapshot(world.db)
    third = another(process, config, files, at)
    await third.engine.settle()
    assert await snapshot(world.db) == before
    return process


def owed(world: World, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Every run in between, but of jobs that say how things stand only the last."""
    runs = []
    for job in JOBS:
        times = fire_times(job, since, until, world.core.rules, world.core.calendar)
        runs += [(job.name, at) for at in (times[-1:] if job.latest_only else times)]
    return runs


async def test_off_from_the_26th_to_the_29th(
    world: World, db: Database, config: Config, tmp_path: Path
) -> None:
    await world.begins_with(quiet_until_25_march)
    await issue_march(world)
    await world.advance(moment("03-26", 8))
    process = another(world, config, tmp_path, moment("03-29", 11))
    seen = watched(process)
    await process.engine.settle()
    assert [at for _, at in seen.runs] == sorted(at for _, at in seen.runs)
    assert sorted(seen.runs) == sorted(owed(process, moment("03-26", 8), moment("03-29", 11)))
    made_up = {(name, local(at).day) for name, at in seen.runs}
    assert {("dunning.daily", day) for day in (26, 27, 28, 29)} <= made_up
    assert ("forms.forget", 26) not in made_up  # ran before the machine went off
    assert ("remind.bills", 26) in made_up
    assert await not_done(db) == []
    process = await come_back(process, config, tmp_path, moment("03-29", 11))
    assert len(process.phone(LINA)) == 2
    assert lists(process) == []  # a Sunday: nobody is sent to closed doors
    await process.advance(moment("03-30", 10))
    assert len(lists(process)) == 1
    await books.hold_one_by_one(db)
    await books.hold_quiet_hours(db)


async def test_letters_that_waited_for_the_morning_are_not_said_twice_on_return(
    world: World, db: Database, config: Config, tmp_path: Path
) -> None:
    await world.advance(moment("03-16", 21, 40))
    await issue_march(world)
    process = await come_back(world, config, tmp_path, moment("03-19", 11))
    assert len(process.phone(LINA)) == 1
    await process.advance(moment("03-21", 12))
    times = [row.settled_at for row in await books.tenants_mail(db) if row.address == LINA]
    assert times == [moment("03-19", 11), moment("03-20", 10)]


async def test_a_second_attempt_and_a_dunning_letter_do_not_come_together(
    world: World, db: Database, config: Config, tmp_path: Path
) -> None:
    await owe_for_february(db)
    await world.say("lina", "承诺 明天")
    await issue_march(world)
    process = await come_back(world, config, tmp_path, moment("03-19", 11))
    await process.advance(moment("03-20", 20))
    kinds = [(on, kind) for on, kind, name in await books.letters(db, *NoticeKind) if "云帆" in name]
    assert kinds == [(date(2026, 3, 16), "缴费通知单"), (date(2026, 3, 19), "催款通知单")]
    await books.hold_one_by_one(db)
    await books.hold_quiet_hours(db)


async def test_a_reminder_that_comes_late_does_not_say_today(
    world: World, config: Config, tmp_path: Path
) -> None:
    await world.begins_with(quiet_until_25_march)
    await world.advance(moment("03-26", 8))
    process = await come_back(world, config, tmp_path, moment("03-28", 11))
    reminders = [entry.text for entry in process.phone("chenjing") if "出账日" in entry.text]
    assert len(reminders) == 1
    assert "今天是" not in reminders[0]
    assert "3月26日" in reminders[0]


async def test_off_over_the_eleventh_working_day(
    world: World, db: Database, config: Config, tmp_path: Path
) -> None:
    await owe_for_february(db)
    process = await come_back(world, config, tmp_path, moment("03-19", 11))
    made = await books.letters(db, NoticeKind.DUNNING)
    assert [on for on, _, _ in made] == [date(2026, 3, 19)] * 3
    assert await not_done(db) == []
    await process.advance(process.clock.now() + timedelta(days=3))
    assert await books.letters(db, NoticeKind.DUNNING) == made
    assert len(process.phone(LINA)) == 2  # the letter, and the second attempt the day after


async def test_off_for_five_weeks_the_letters_come_one_by_one(
    sqlite: Database, config: Config, tmp_path: Path
) -> None:
    world = World(sqlite, config, tmp_path / "files")
    await world.prepare()
    await owe_for_february(sqlite)
    process = await come_back(world, config, tmp_path, moment("04-20", 22))
    assert await books.letters(sqlite, *books.DUNNING) == []
    process.only("dunning.daily", "notices.again")  # the others have nothing to say to tenants here
    await process.advance(moment("04-28", 12))
    made = [(on, kind) for on, kind, name in await books.letters(sqlite, *books.DUNNING) if "云帆" in name]
    assert made == [(date(2026, 4, 21), "催款通知单"), (date(2026, 4, 28), "欠费法律告知函")]
    too_late = await not_done(sqlite)
    assert {run.status for run in too_late} == {RunStatus.MISSED}
    told = [entry.text for entry in process.phone("zhengwei") if "超过补做期限" in entry.text]
    assert len(told) == len(too_late)
    await books.hold_quiet_hours(sqlite)
    await books.hold_one_by_one(sqlite)
