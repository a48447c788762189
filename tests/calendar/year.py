"""Twenty companies from March, when the sample park begins, to December 2026, with the time it takes and the books.

    python -m tests.calendar.year

About three minutes; not part of the test run. It ends with an error where the books differ from those kept by hand.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from calendar import monthrange
from pathlib import Path

import structlog
from sqlalchemy import func, select

from bot.config import Config, load
from models.database import Database
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice
from tests.calendar import books
from tests.calendar.story import COMES, LEAVES, Story, open_story

ROOT = Path(__file__).parents[2]
NEVER_PAYS = LEAVES
PAYS_HALF = COMES
PAYS_WHEN_DUNNED = "老陈木作工坊"


def config_with_2027(folder: Path) -> Config:
    """December is due in a year whose holidays are not published yet: they count as entered."""
    shipped = (ROOT / "config.yaml").read_text("utf-8")
    assert "entered_years: []" in shipped
    copy = folder / "config.yaml"
    copy.write_text(shipped.replace("entered_years: []", "entered_years: [2027]"), "utf-8")
    return load(copy, {})


async def play_month(story: Story, number: int) -> None:
    """What the month before asked for is paid; this month is read and billed."""
    month = f"2026-{number:02}"
    if number > 3:
        await story.go(f"{number:02}-08")
        if story.ledger.owes(PAYS_HALF):
            await story.pay(PAYS_HALF, story.ledger.owes(PAYS_HALF) // 2)
        await story.pay_all(NEVER_PAYS, PAYS_HALF, PAYS_WHEN_DUNNED)
        await story.go(f"{number:02}-20")
        if story.ledger.owes(PAYS_WHEN_DUNNED):
            await story.pay(PAYS_WHEN_DUNNED)
    await story.go(f"{number:02}-21")
    if number == 3:
        await story.hand_over()
    await story.read_meters(month)
    await story.go(f"{number:02}-24")
    await story.draft_and_check(month)
    await story.approve(month)
    await story.go(f"{number:02}-{monthrange(2026, number)[1]}", 20)
    await books.hold_against(story.world.db, story.ledger)


async def print_end(db: Database, story: Story) -> None:
    """The books and the mail of the year."""
    await books.hold_quiet_hours(db)
    await books.hold_one_by_one(db)
    await books.hold_each_letter_once(db)
    async with db.read() as session:
        kinds = await session.execute(select(Notice.kind, func.count()).group_by(Notice.kind))
        mail = await session.execute(
            select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
        )
        letters = {str(kind): count for kind, count in kinds}
        messages = {str(status): count for status, count in mail}
    ledger = story.ledger
    owed = sum(sum(months.values()) for months in ledger.owed.values())
    print("letters: ", letters)
    print("messages:", messages)
    print(f"billed   {sum(ledger.billed.values()) / 100:>14,.2f} yuan in {len(ledger.billed)} bills")
    print(f"received {ledger.received_fen / 100:>14,.2f} yuan in {story.receipts} payments")
    print(f"owed     {owed / 100:>14,.2f} yuan")
    print(f"credit   {sum(ledger.credit.values()) / 100:>14,.2f} yuan")


async def main() -> None:
    """Month by month, the books held against those kept by hand at the end of each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/year.sqlite", durable=False)
        await db.create_all()
        began = time.perf_counter()
        story = await open_story(db, config_with_2027(Path(folder)), Path(folder))
        for number in range(3, 13):
            started = time.perf_counter()
            await play_month(story, number)
            print(f"2026-{number:02}  {time.perf_counter() - started:5.1f} s  books agree", flush=True)
        await print_end(db, story)
        print(f"in all {time.perf_counter() - began:.1f} s")
        await db.close()


if __name__ == "__main__":
    asyncio.run(main())
