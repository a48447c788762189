"""Plays 2026 in the one park: month by month the time it took, what went out, and whether the books agree.

    python -m tests.calendar.year [--tenants N] [--quick]

The park of the clauses and N ordinary tenants more; without N the whole park of 180 tenants. Every stop of the clock
is made; --quick: as few as in the test, where the machine wakes once a day. It ends with an error where the books
differ or a clause was not met.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from pathlib import Path

import structlog
from sqlalchemy import func, select

from models.database import Database
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.notice import Notice
from tests.calendar import year_books
from tests.calendar.year_clauses import CLAUSES, unmet
from tests.calendar.year_park import ORDINARY
from tests.calendar.year_run import open_year, play_month


async def main(ordinary: int, *, quick: bool) -> None:
    """Twelve months, held at the end of each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/year.sqlite", durable=False)
        await db.create_all()
        began, cpu = time.perf_counter(), time.process_time()
        story = await open_year(db, Path(folder), ordinary, awake_daily=quick)
        print(f"{len(story.park.companies)} tenants, {len(story.park.shows)} meters", flush=True)
        for month in range(1, 13):
            started = time.perf_counter()
            await play_month(story, month)
            seconds = time.perf_counter() - started
            billed_fen = await year_books.hold_month_end(db, story.received)
            print(
                f"2026-{month:02}  {seconds:7.1f} s  {await story.bills_of(month):4} bills  "
                f"{await _letters(db)}  billed {billed_fen / 100:,.2f}: books agree",
                flush=True,
            )
        await year_books.hold_year(db, story.world.core.rules)
        not_met = await unmet(db)
        await db.close()
    print(f"{len(CLAUSES) - len(not_met)} of {len(CLAUSES)} clauses met", *not_met, sep="\n")
    print(f"in all {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of CPU")
    assert not_met == []


async def _letters(db: Database) -> str:
    """Letters so far, and how their messages went."""
    async with db.read() as session:
        made = await session.scalar(select(func.count()).select_from(Notice))
        rows = await session.execute(
            select(OutboxMessage.channel, func.count())
            .where(OutboxMessage.purpose == Purpose.NOTICE, OutboxMessage.status == OutboxStatus.SENT)
            .group_by(OutboxMessage.channel)
            .order_by(OutboxMessage.channel)
        )
        return f"{made:5} letters ({', '.join(f'{channel} {count}' for channel, count in rows)})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Plays 2026 in the one park.")
    parser.add_argument("--tenants", type=int, default=ORDINARY, help="ordinary tenants")
    parser.add_argument("--quick", action="store_true", help="the machine wakes once a day")
    given = parser.parse_args()
    asyncio.run(main(given.tenants, quick=given.quick))
