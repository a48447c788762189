"""The twelve months of 2026 at small size: every clause of the month of fees met, the books right at each month's end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.archive.papers import LIST, Papers
from models.closing.close import CloseStatus, MonthClose
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

SOON = timedelta(minutes=5)
"""Another attempt is made after ten."""
WHOLE_BYTES = 100_000
"""What a list alone stays far below."""
SEALED_WHOLE = ("2026-02", "2026-07", "2026-08")
"""A letter refused and posted; a bill put right; a cheque that bounced and credit given back."""


@pytest.fixture
def few_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the other months only a list is sealed: to draw all their papers again takes a second each."""
    whole = Papers.of

    async def of(papers: Papers, close: MonthClose) -> AsyncIterator[tuple[str, bytes]]:
        if close.month not in SEALED_WHOLE:
            yield LIST, str(close.facts).encode()
            return
        async for each in whole(papers, close):
            yield each

    monkeypatch.setattr(Papers, "of", of)


async def hold_archives(db: Database, vault: Path) -> None:
    """What was closed was sealed at the first attempt."""
    async with db.read() as session:
        closes = list(await session.scalars(select(MonthClose).order_by(MonthClose.month)))
    assert [close.month for close in closes] == [f"2026-{month:02}" for month in range(1, 12)]
    for close in closes:
        assert (close.status, close.fault) == (CloseStatus.SEALED, ""), close.month
        assert close.sealed_at and close.reviewed_at and close.sealed_at - close.reviewed_at < SOON
        assert (vault / close.file_name).stat().st_size == close.size_bytes
        assert (close.size_bytes > WHOLE_BYTES) is (close.month in SEALED_WHOLE), close.month


@pytest.mark.usefixtures("few_papers")
async def test_a_year(sqlite: Database, tmp_path: Path) -> None:
    story = await open_year(sqlite, tmp_path, awake_daily=True)
    for month in range(1, 13):
        await play_month(story, month)
        await year_books.hold_month_end(sqlite, story.received)
    await hold_archives(sqlite, story.world.vault.folder)
    await year_books.hold_year(sqlite, story.world.core.rules)
    assert await unmet(sqlite) == []
    first_letters = await books.letters(sqlite, NoticeKind.DUNNING)
    assert [on for on, _, tenant in first_letters if tenant == PARKER] == ELEVENTH_WORKING_DAYS
