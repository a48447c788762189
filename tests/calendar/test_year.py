"""The twelve months of 2026 at small size: every clause of the month of fees met, the books right at each month's end."""

from __future__ import annotations

from pathlib import Path

from models.database import Database
from tests.calendar import year_books
from tests.calendar.year_clauses import unmet
from tests.calendar.year_run import open_year, play_month


async def test_a_year(sqlite: Database, tmp_path: Path) -> None:
    story = await open_year(sqlite, tmp_path, awake_daily=True)
    for month in range(1, 13):
        await play_month(story, month)
        await year_books.hold_month_end(sqlite, story.received)
    await year_books.hold_year(sqlite, story.world.core.rules)
    assert await unmet(sqlite) == []
