"""A month of load in one process: messages all day, every job of the calendar. Its memory must not grow with the days."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import psutil

from bot.assembly import assemble
from bot.engine import Engine, spare_the_collector
from models.clock import VirtualClock
from models.database import Database
from models.messages.inbound import Inbound, Kind
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure
from tests.bench.history import TENANTS, Size, write_history
from tests.bench.service import UNBOUNDED, core_over
from tests.bench.silence import CHANNELS, no_media

DAYS, SETTLED_AFTER = 48, 18
"""A month after the first letters have been drawn (on the third day) and the first reports of a month (on the 18th): what
these need is loaded then, and kept.
"""
WORDS = ("进度", "报修 空调不制冷", "账单", "帮助", "明细 9月", "电梯有异响", "谢谢", "人工")
LEAST_RATIO = 0.95


async def measure(bench: Bench) -> list[Figure]:
    """MB at the end beside MB a month before, when caches are full and every kind of work has been done once."""
    a_day = 300 if bench.full else 60
    database = Database(sqlite(Path(bench.folder), "month"))
    await write_history(database, Size(1))
    clock = VirtualClock(datetime(2026, 11, 14, 0, 0, tzinfo=UTC))
    engine = assemble(core_over(database, clock, UNBOUNDED), CHANNELS, no_media)
    await engine.settle()
    spare_the_collector()  # as the service does when it starts
    began, held = perf_counter(), []
    for day in range(DAYS):
        await _day(engine, clock, day, a_day)
        gc.collect()
        held.append(psutil.Process().memory_info().rss / 2**20)
    seconds = perf_counter() - began
    await database.close()
    early, late = held[SETTLED_AFTER - 1], held[-1]
    return [
        Figure(
            section="month",
            name=f"memory after {DAYS} days of {a_day} messages and all jobs, beside that after {SETTLED_AFTER};"
            f" {DAYS * a_day / seconds:.0f} messages a second",
            value=late,
            unit="MB",
            limit=early,
            ratio=early / late,
            target=f"ratio ≥ {LEAST_RATIO}",
            met=early / late >= LEAST_RATIO,
            memory_mb=max(held),
        )
    ]


async def _day(engine: Engine, clock: VirtualClock, day: int, count: int) -> None:
    """From one midnight of UTC to the next, messages from everybody in turn."""
    start = clock.now()
    for n in range(count):
        key, account = f"{day}-{n}", f"wm{(day * count + n) % TENANTS}"
        text = WORDS[n % len(WORDS)]
        await engine.inbox.store(Inbound("kf", key, account, Kind.TEXT, clock.now(), text=text))
        await engine.advance(clock, start + (n + 1) * timedelta(days=1) / count)
