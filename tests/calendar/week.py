"""Plays a week at the desk of the one park (550 cases a month) and says how it went.

    python -m tests.calendar.week [--cases N] [--days N] [--tenants N]

It ends with an error where a deadline was not served or was told twice, or somebody was disturbed in quiet hours.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog
from sqlalchemy import func, select

from models.cases.case import Case, Deadline
from models.database import Database
from models.messages.outbox import OutboxMessage
from tests.calendar.week_clauses import unmet
from tests.calendar.week_plan import ONE_PARK
from tests.calendar.week_run import open_week
from tests.calendar.year_park import ORDINARY
from tests.docs_parts.commands import config


async def main(cases: int, days: int, ordinary: int) -> None:
    """The week, its figures and whether its clauses hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/week.sqlite", durable=False)
        await db.create_all()
        week, end = await open_week(db, config(), Path(folder), ordinary, cases, days)
        began, cpu = time.perf_counter(), time.process_time()
        await week.play(end)
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        print(await _figures(db))
        broken = await unmet(db, end, config().rules())
        await db.close()
    print(f"{wall:.0f} s, {used:.0f} s of CPU")
    print(*broken or ["no deadline unserved, none doubled, nobody disturbed in quiet hours"], sep="\n")
    assert broken == []


async def _figures(db: Database) -> str:
    async with db.read() as session:
        kinds = Counter(await session.scalars(select(Case.workflow)))
        rung = await session.scalar(select(func.count(Deadline.id)).where(Deadline.fired_at.is_not(None)))
        clocks = await session.scalar(select(func.count(Deadline.id)))
        said = await session.scalar(select(func.count(OutboxMessage.id)))
    return f"{sum(kinds.values())} cases {dict(kinds)}, {clocks} clocks of which {rung} rang, {said} messages"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Plays a week at the desk of the one park.")
    parser.add_argument("--cases", type=int, default=ONE_PARK)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--tenants", type=int, default=ORDINARY, help="ordinary tenants")
    given = parser.parse_args()
    asyncio.run(main(given.cases, given.days, given.tenants))
