"""A month's bills, computed and stored in chunks, beside a bulk insert of the very same rows."""

from __future__ import annotations

import gc
import shutil
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

import models.tables  # noqa: F401 - every table, to be created
from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import at_local
from models.database import Database
from models.fees.bill import Bill, BillLine
from models.fees.bill_draft import continue_draft, lock_run, start_draft
from models.fees.meter import Meter, MeterKind, Reading, Tariff
from models.people.tenant import Tenancy, Tenant
from models.people.unit import Unit
from models.rules import Rules
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb

MONTH = Month(2026, 3)
NOW = at_local(date(2026, 3, 25), 10)
LINES = 4  # the area, water, and two electricity meters
MOST_TIMES, MEMORY_MB, MOST_GROWTH = 3.0, 300, 1.3
_BULK = 1_000


async def measure(bench: Bench) -> list[Figure]:
    """Each size in a park of its own; then whether ten times the bills took more than ten times the time."""
    sizes = (1_000, 10_000, 100_000) if bench.full else (100, 1_000)
    figures, each_us = [], []
    for size in sizes:
        file = Path(bench.folder, f"bills-{size}.sqlite")
        database = Database(sqlite(file.parent, file.stem))
        await database.create_all()
        await build(database, size)
        gc.freeze()  # as the service does when it starts
        seconds = await draft(database)
        memory_mb = peak_mb()
        bare = await bulk(database, file, size)
        await database.close()
        figures.append(_figure(size, seconds, bare, memory_mb))
        each_us.append(seconds / size)
    growth = each_us[-1] / each_us[0]
    figures.append(
        Figure(
            section="bills",
            name=f"time per bill at {sizes[-1]:,} beside {sizes[0]:,}",
            value=1000 * each_us[-1],
            unit="ms",
            limit=1000 * each_us[0],
            ratio=1 / growth,
            target=f"≤ {MOST_GROWTH} ×",
            met=growth <= MOST_GROWTH,
        )
    )
    return figures


def _figure(size: int, seconds: float, bare: float, memory_mb: float) -> Figure:
    met = seconds <= MOST_TIMES * bare
    return Figure(
        section="bills",
        name=f"{size:,} bills with {LINES} lines",
        value=seconds,
        unit="s",
        limit=bare,
        ratio=bare / seconds,
        target=f"≤ {MOST_TIMES:.0f} × the insert, < {MEMORY_MB} MB",
        met=met and memory_mb < MEMORY_MB,
        memory_mb=memory_mb,
    )


async def draft(database: Database) -> float:
    """Seconds for the whole month, each chunk in a transaction of its own as the service does it."""
    rules, calendar = Rules(), Calendar()
    began = time.perf_counter()
    async with database.begin() as session:
        await start_draft(session, MONTH, by="staff:bench", now=NOW, rules=rules, calendar=calendar)
    left = 1
    while left:
        async with database.begin() as session:
            run = await lock_run(session, MONTH)
            left = await continue_draft(session, run, rules=rules, calendar=calendar)
    return time.perf_counter() - began


async def bulk(database: Database, file: Path, size: int) -> float:
    """Seconds to insert the rows that the draft has left once more, as they are, into a copy that lacks them."""
    await database.close()
    shutil.copy(file, file.with_suffix(".copy.sqlite"))
    copied = Database(sqlite(file.parent, f"{file.stem}.copy"))
    async with copied.begin() as session:
        await session.execute(delete(BillLine))
        await session.execute(delete(Bill))
    seconds, bills, lines = 0.0, 0, 0
    while window := await _rows(database, Bill, Bill.id, bills):
        seconds += await _timed(copied, Bill, window)
        bills += len(window)
    while window := await _rows(database, BillLine, BillLine.id, lines):
        seconds += await _timed(copied, BillLine, window)
        lines += len(window)
    await copied.close()
    if (bills, lines) != (size, LINES * size):
        raise RuntimeError(f"{bills} bills with {lines} lines")
    return seconds


async def _timed(database: Database, table: Any, rows: list[dict[str, Any]]) -> float:
    began = time.perf_counter()
    await _insert(database, table, rows)
    return time.perf_counter() - began


async def _rows(database: Database, table: Any, key: Any, after: int) -> list[dict[str, Any]]:
    """The next rows; their ids count without gaps."""
    query = select(table.__table__).where(key > after).order_by(key).limit(_BULK)
    async with database.read() as session:
        return [dict(row) for row in (await session.execute(query)).mappings()]


async def build(database: Database, size: int) -> None:
    """One unit for each tenant, with a water and two electricity meters, read in February and in March."""
    ids = range(1, size + 1)
    meters = [(3 * n + k, n, k) for n in ids for k in range(3)]
    await _insert(database, Tenant, [{"id": n, "name": f"租户{n}"} for n in ids])
    await _insert(
        database,
        Unit,
        [{"id": n, "code": f"A-{n:06}", "building": "A", "floor": "1", "area": Decimal(100)} for n in ids],
    )
    await _insert(
        database,
        Tenancy,
        [
            {"tenant_id": n, "unit_id": n, "start_on": date(2025, 1, 1), "price_yuan": Decimal("3.5")}
            for n in ids
        ],
    )
    await _insert(database, Meter, [_meter(*each) for each in meters])
    for month, at, value in (("2026-02", datetime(2026, 2, 20, tzinfo=UTC), 100), ("2026-03", NOW, 180)):
        rows = [_reading(each[0], month, at, value) for each in meters]
        await _insert(database, Reading, rows)
    prices = (("水", "5.00", "吨"), ("电", "1.00", "度"))
    await _insert(
        database,
        Tariff,
        [
            {"code": code, "price_yuan": Decimal(price), "per": per, "from_on": date(2026, 1, 1)}
            for code, price, per in prices
        ],
    )


def _meter(meter_id: int, unit_id: int, k: int) -> dict[str, Any]:
    kind = MeterKind.ELECTRICITY if k else MeterKind.WATER
    return {
        "id": meter_id, "number": f"M{meter_id}", "unit_id": unit_id, "kind": kind, "multiplier": Decimal(1),
        "digits": 5,
    }  # fmt: skip


def _reading(meter_id: int, month: str, at: datetime, value: int) -> dict[str, Any]:
    return {
        "meter_id": meter_id, "month": month, "value": Decimal(value), "read_at": at, "entered_by": "import",
        "doubts": [], "confirmed": True,
    }  # fmt: skip


async def _insert(database: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _BULK):
        async with database.begin() as session:
            await session.execute(insert(table.__table__), rows[first : first + _BULK])
