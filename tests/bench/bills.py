"""A month's bills, computed and stored in chunks, beside a bulk insert of the very same rows."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

import models.tables  # noqa: F401 - every table, to be created
from bot.engine import spare_the_collector
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
from tests.bench.databases import Store, postgresql
from tests.bench.figure import Bench, Figure, peak_mb

MONTH = Month(2026, 3)
NOW = at_local(date(2026, 3, 25), 10)
LINES = 4  # the area, water, and two electricity meters
MOST_TIMES, MEMORY_MB, MOST_GROWTH = 3.0, 300, 1.3
SIZES, WARM_UP = (1_000, 100_000), 20
_BULK = 1_000


async def measure(bench: Bench) -> list[Figure]:
    """On SQLite; at full length on PostgreSQL as well."""
    figures = await _grow(Store(Path(bench.folder)), "SQLite")
    if bench.full:
        with postgresql(Path(bench.folder)) as server:
            figures += await _grow(Store(Path(bench.folder), server), "PostgreSQL")
    return figures


async def _grow(store: Store, on: str) -> list[Figure]:
    """Each size in a park of its own; then how much dearer a bill becomes where there are a hundred times as many, beside
    how much dearer the insert of its rows becomes: so the machine's moods count in both.

    A small run goes before: the first one in a process writes its statements out.
    """
    figures, times = [], []
    for size in (WARM_UP, *SIZES):
        database = await store.open(f"bills{size}")
        await database.create_all()
        await build(database, size)
        spare_the_collector()  # as the service does when it starts
        seconds = await draft(database)
        memory_mb = peak_mb()
        bare = await bulk(store, database, f"bills{size}", size)
        await database.close()
        if size != WARM_UP:
            figures.append(_figure(on, size, seconds, bare, memory_mb))
            times.append((seconds / size, bare / size))
    (small, small_bare), (large, large_bare) = times
    growth, of_insert = large / small, large_bare / small_bare
    figures.append(
        Figure(
            section="bills",
            name=f"{on}: a bill among {SIZES[-1]:,} beside one among {SIZES[0]:,}",
            value=growth,
            unit="×",
            limit=of_insert,
            ratio=of_insert / growth,
            target=f"≤ {MOST_GROWTH} × the insert's",
            met=growth <= MOST_GROWTH * of_insert,
        )
    )
    return figures


def _figure(on: str, size: int, seconds: float, bare: float, memory_mb: float) -> Figure:
    met = seconds <= MOST_TIMES * bare
    return Figure(
        section="bills",
        name=f"{on}: {size:,} bills with {LINES} lines",
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


async def bulk(store: Store, database: Database, name: str, size: int) -> float:
    """Seconds to insert the rows that the draft has left once more, as they are, into a copy that lacks them."""
    await database.close()
    copied = await store.copy(name, f"{name}copy")
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
    """One unit for each tenant, with a water and two electricity meters, read in February and in March. In windows: what
    is held here would be taken for the memory of the draft.
    """
    for first in range(1, size + 1, _BULK):
        await _some(database, range(first, min(first + _BULK, size + 1)))
    prices = (("水", "5.00", "吨"), ("电", "1.00", "度"))
    await _insert(
        database,
        Tariff,
        [
            {"code": code, "price_yuan": Decimal(price), "per": per, "from_on": date(2026, 1, 1)}
            for code, price, per in prices
        ],
    )


async def _some(database: Database, ids: range) -> None:
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
        await _insert(database, Reading, [_reading(each[0], month, at, value) for each in meters])


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
