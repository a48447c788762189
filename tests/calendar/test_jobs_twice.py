"""Whatever runs twice has one effect: every run of every job of a month is done twice."""

from __future__ import annotations

from pathlib import Path

from bot.config import Config
from models.database import Database
from scheduler import JOBS
from tests.calendar import books
from tests.calendar.processes import APPROVAL, DRAFT, moment, owe_for_february, watched
from tests.fakes.world import Row, World, verify_talk

REPAIR: list[Row] = [
    ("lina", "报修 空调不制冷", "R01"),
    ("zhoumin", "派单 R01 王强", "王强"),
    ("wangqiang", "接单 R01", "R01"),
    ("wangqiang", "到场 R01", "R01"),
    ("wangqiang", "<photo>", "R01"),
    ("wangqiang", "完工 R01 更换启动电容", "R01"),
    ("liuyan", "抄表", "请粘贴读数"),  # a form nobody answers
]
HAVE_WORK = {
    "cases.close_unanswered",
    "forms.forget",
    "notices.again",
    "notices.unsigned",
    "dunning.daily",
    "remind.bills",
}
"""Jobs that this month gives something to do; what the others do twice is shown where they have work."""
OUT_OF_SEASON = {"calendar.next_year"}
"""Jobs that are not due in spring; tests/dialogs/test_corrections.py runs them twice."""


async def test_every_job_run_twice_for_one_time_does_nothing_the_second_time(
    sqlite: Database, config: Config, tmp_path: Path
) -> None:
    world = World(sqlite, config, tmp_path / "files")
    await world.prepare()
    await owe_for_february(sqlite)
    seen = watched(world, twice=True)
    await verify_talk(world, REPAIR)
    await world.advance(moment("03-24", 10))
    await verify_talk(world, DRAFT)
    await world.advance(moment("03-27", 8, 40))
    await verify_talk(world, APPROVAL)
    await world.advance(moment("04-03", 12))
    assert {name for name, _ in seen.runs} == {job.name for job in JOBS} - OUT_OF_SEASON
    assert seen.changed >= HAVE_WORK
    assert len(set(seen.runs)) == len(seen.runs)
    assert len(await books.letters(sqlite, *books.DUNNING)) == 6
