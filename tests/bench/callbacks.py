"""Store-and-answer of encrypted callbacks, beside a server that stores nothing."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.bench.databases import postgresql, sqlite
from tests.bench.figure import Bench, Figure
from tests.bench.load import Order, Result
from tests.bench.processes import load, server

REFERENCE = "mem"
LEAST_RATIO, P99_MS = 0.9, 20.0


async def measure(bench: Bench) -> list[Figure]:
    """Closed loops in turn, so that what else the machine does falls on all; then half of the rate."""
    repetitions, messages = (5, 20_000) if bench.full else (5, 2_000)
    folder = Path(bench.folder)
    with postgresql(folder) as url:
        kinds = {REFERENCE: REFERENCE, "SQLite": sqlite(folder, "callbacks"), "PostgreSQL": url}
        results: dict[str, list[tuple[Result, float]]] = {name: [] for name in kinds}
        for run in range(repetitions):
            for name, kind in kinds.items():
                results[name].append(await one(kind, Order(port=0, messages=messages, run=run)))
        limit = median(result.per_s for result, _ in results[REFERENCE])
        figures = [_closed(name, runs, results[REFERENCE]) for name, runs in results.items()]
        for name in ("SQLite", "PostgreSQL"):
            order = Order(port=0, messages=messages, run=repetitions, per_s=limit / 2)
            result, memory_mb = await one(kinds[name], order)
            figures.append(_half(name, result, memory_mb, limit))
    return figures


async def one(kind: str, order: Order) -> tuple[Result, float]:
    """One run against a fresh process; what the callers saw, and the server's memory."""
    async with server("tests.bench.callback_server", kind) as running:
        result = await load(Order(running.port, order.messages, order.run, order.connections, order.per_s))
    if result.refused:
        raise RuntimeError(f"{result.refused} callbacks were refused")
    return result, running.report[0]


def _closed(name: str, runs: list[tuple[Result, float]], reference: list[tuple[Result, float]]) -> Figure:
    """Each repetition against the reference of the same round; the median of these."""
    ratio = median(ours.per_s / theirs.per_s for (ours, _), (theirs, _) in zip(runs, reference, strict=True))
    is_reference = name == REFERENCE
    return Figure(
        section="callbacks",
        name="reference: nothing stored" if is_reference else f"stored on {name}, then answered",
        value=median(result.per_s for result, _ in runs),
        unit="/s",
        limit=median(result.per_s for result, _ in reference),
        ratio=ratio,
        target="" if is_reference else f"ratio ≥ {LEAST_RATIO}",
        met=None if is_reference else ratio >= LEAST_RATIO,
        p50_ms=median(result.p50_ms for result, _ in runs),
        p99_ms=median(result.p99_ms for result, _ in runs),
        memory_mb=max(memory for _, memory in runs),
    )


def _half(name: str, result: Result, memory_mb: float, limit: float) -> Figure:
    return Figure(
        section="callbacks",
        name=f"half of the reference's rate on {name}",
        value=result.per_s,
        unit="/s",
        limit=limit / 2,
        ratio=result.per_s / (limit / 2),
        target=f"p99 < {P99_MS:.0f} ms",
        met=result.p99_ms < P99_MS,
        p50_ms=result.p50_ms,
        p99_ms=result.p99_ms,
        memory_mb=memory_mb,
    )
