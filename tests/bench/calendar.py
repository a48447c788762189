"""A tick of the calendar with many open deadlines of which none is due: it must cost what an empty one costs."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert, select

from bot.engine import Engine
from models.cases.case import Case, Deadline
from models.database import Database
from models.people.tenant import Contact
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb, percentile_ms
from tests.bench.service import engine_over
from tests.fakes.park import build_park

TICKS = 100
LEAST_RATIO = 0.5


async def measure(bench: Bench) -> list[Figure]:
    """The same ticks without and with the deadlines."""
    count = 300_000 if bench.full else 10_000
    database = Database(sqlite(Path(bench.folder), "calendar"))
    await database.create_all()
    engine = engine_over(database)
    await engine.work_calendar()  # the first one looks for missed jobs
    empty = await ticks(engine)
    await add_deadlines(database, count)
    waits = await ticks(engine)
    await database.close()
    ratio = median(empty) / median(waits)
    return [
        Figure(
            section="calendar",
            name=f"a tick with {count:,} deadlines not due",
            value=1000 * median(waits),
            unit="ms",
            limit=1000 * median(empty),
            ratio=ratio,
            target=f"ratio ≥ {LEAST_RATIO}",
            met=ratio >= LEAST_RATIO,
            p50_ms=percentile_ms(waits, 50),
            p99_ms=percentile_ms(waits, 99),
            memory_mb=peak_mb(),
        )
    ]


async def ticks(engine: Engine) -> list[float]:
    """Seconds of each."""
    waits = []
    for _ in range(TICKS):
        began = time.perf_counter()
        await engine.work_calendar()
        waits.append(time.perf_counter() - began)
    return waits


async def add_deadlines(database: Database, count: int) -> None:
    """Open ones of one case, each a little later than the one before."""
    now = datetime.now(UTC)  # noqa: TID251
    async with database.begin() as session:
        await build_park(session)
        contact = (await session.scalars(select(Contact).limit(1))).one()
        case = Case(
            number="R01", workflow="repair", state="reported", tenant_id=contact.tenant_id,
            contact_id=contact.id, place="A-1203", category="空调", urgency="normal", description="不制冷",
            created_at=now,
        )  # fmt: skip
        session.add(case)
        await session.flush()
        for first in range(0, count, 1_000):
            rows = [
                {
                    "case_id": case.id,
                    "kind": "accept",
                    "level": 0,
                    "due_at": now + timedelta(hours=1, seconds=n),
                }
                for n in range(first, min(first + 1_000, count))
            ]
            await session.execute(insert(Deadline), rows)
