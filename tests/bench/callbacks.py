"""Store-and-answer of encrypted callbacks, beside a server that stores nothing."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from tests.bench.databases import postgresql, sqlite
from tests.bench.figure import Bench, Figure
from tests.bench.load import Order, Result
from tests.bench.processes import Server, load, server

REFERENCE = "mem"
LEAST_RATIO, P99_MS = 0.9, 20.0


async def measure(bench: Bench) -> list[Figure]:
    """All servers stand side by side and are called in turn, so that what else the machine does falls on all."""
    repetitions, messages = (7, 20_000) if bench.full else (5, 2_000)
    folder = Path(bench.folder)
    with postgresql(folder) as url:
        kinds = {REFERENCE: REFERENCE, "SQLite": sqlite(folder, "callbacks"), "PostgreSQL": url}
        async with AsyncExitStack() as stack:
            servers = {
                name: await stack.enter_async_context(server("tests.bench.callback_server", kind))
                for name, kind in kinds.items()
            }
            closed = await rounds(servers, messages, range(repetitions))
            limit = median(result.per_s for result in closed[REFERENCE])
            half = await rounds(servers, messages, range(repetitions, 2 * repetitions), limit / 2)
    memory_mb = {name: running.report[0] for name, running in servers.items()}
    return [
        *(_closed(name, results, closed[REFERENCE], memory_mb[name]) for name, results in closed.items()),
        *(_half(name, results, limit / 2) for name, results in half.items()),
    ]


async def rounds(
    servers: dict[str, Server], messages: int, runs: range, per_s: float = 0
) -> dict[str, list[Result]]:
    """One run against each server, again and again; by name of the server."""
    results: dict[str, list[Result]] = {name: [] for name in servers}
    for run in runs:
        for name, running in servers.items():
            result = await load(Order(running.port, messages, run, per_s=per_s))
            if result.refused:
                raise RuntimeError(f"{result.refused} callbacks were refused on {name}")
            results[name].append(result)
    return results


async def reference_rate(messages: int) -> float:
    """What the reference answers in a second, for other sections to stand beside."""
    async with server("tests.bench.callback_server", REFERENCE) as running:
        return (await load(Order(running.port, messages, run=0))).per_s


def _closed(name: str, ours: list[Result], reference: list[Result], memory_mb: float) -> Figure:
    """Each repetition against the reference of the same round; the median of these."""
    ratio = median(mine.per_s / theirs.per_s for mine, theirs in zip(ours, reference, strict=True))
    is_reference = name == REFERENCE
    return Figure(
        section="callbacks",
        name="reference: nothing stored" if is_reference else f"stored on {name}, then answered",
        value=median(result.per_s for result in ours),
        unit="/s",
        limit=median(result.per_s for result in reference),
        ratio=ratio,
        target="" if is_reference else f"ratio ≥ {LEAST_RATIO}",
        met=None if is_reference else ratio >= LEAST_RATIO,
        p50_ms=median(result.p50_ms for result in ours),
        p99_ms=median(result.p99_ms for result in ours),
        memory_mb=memory_mb,
    )


def _half(name: str, results: list[Result], limit: float) -> Figure:
    p99_ms, per_s = median(result.p99_ms for result in results), median(result.per_s for result in results)
    is_reference = name == REFERENCE
    return Figure(
        section="callbacks",
        name="reference at half of its rate" if is_reference else f"the same rate on {name}",
        value=per_s,
        unit="/s",
        limit=limit,
        ratio=per_s / limit,
        target="" if is_reference else f"p99 < {P99_MS:.0f} ms",
        met=None if is_reference else p99_ms < P99_MS,
        p50_ms=median(result.p50_ms for result in results),
        p99_ms=p99_ms,
    )
