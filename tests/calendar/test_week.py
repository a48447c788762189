"""A short week at the desk: no deadline unserved, none doubled, nobody disturbed in quiet hours but for emergencies."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from bot.config import Config
from models.cases.case import Case, Deadline
from models.database import Database
from tests.calendar.week_clauses import unmet
from tests.calendar.week_run import open_week


async def test_two_days_at_the_desk(sqlite: Database, config: Config, tmp_path: Path) -> None:
    week, end = await open_week(sqlite, config, tmp_path, ordinary=4, cases=22, days=2)
    await week.play(end)
    async with sqlite.read() as session:
        cases = await session.scalar(select(func.count(Case.id)))
        rung = await session.scalar(select(func.count(Deadline.id)).where(Deadline.fired_at.is_not(None)))
    assert cases is not None and cases >= 18
    assert rung is not None and rung >= 5
    assert await unmet(sqlite, end, config.rules()) == []
