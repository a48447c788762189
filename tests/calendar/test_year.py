"""The twelve months of 2026 at small size: every clause of the month of fees met, the books right at each month's end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from models.database import Database
from models.notices.notice import NoticeKind
from tests.calendar import books, year_books
from tests.calendar.year_clauses import unmet
from tests.calendar.year_park import PARKER
from tests.calendar.year_run import open_year, play_month

ELEVENTH_WORKING_DAYS = [
    date(2026, month, day)
    for month, day in [
        (2, 14),
        (3, 16),
        (4, 16),
        (5, 19),
        (6, 15),
        (7, 15),
        (8, 17),
        (9, 15),
        (11, 16),
        (12, 15),
    ]
]
"""Of who always pays on the 20th: a worked Saturday before Spring Festival; Qingming, Labour Day. In October that is the
21st, the week of the National Day being free, so it has paid the day before.
"""


async def test_a_year(sqlite: Database, tmp_path: Path) -> None:
    story = await open_year(sqlite, tmp_path, awake_daily=True)
    for month in range(1, 13):
        await play_month(story, month)
        await year_books.hold_month_end(sqlite, story.received)
    await year_books.hold_year(sqlite, story.world.core.rules)
    assert await unmet(sqlite) == []
    first_letters = await books.letters(sqlite, NoticeKind.DUNNING)
    assert [on for on, _, tenant in first_letters if tenant == PARKER] == ELEVENTH_WORKING_DAYS
