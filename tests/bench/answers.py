"""Answers to commands among three years of one park's history, and of ten times that: stored, handled, committed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from bot.inbox import Inbox
from models.database import Database
from models.messages.inbound import Inbound, Kind
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb, percentile_ms
from tests.bench.history import TENANTS, Size, write_history
from tests.bench.service import engine_over

COMMANDS = (
    ("wm{n}", "进度"), ("wm{n}", "账单"), ("wm{n}", "明细 9月"), ("wm{n}", "报修 空调不制冷"), ("wm{n}", "帮助"),
    ("zhoumin", "待办"), ("zhoumin", "租户 第{m}号公司"), ("wangqiang", "待办"), ("chenjing", "欠费"),
    ("heting", "流水"), ("liuyan", "缺抄"), ("linfang", "统计"), ("zhengwei", "导出 欠费"),
)  # fmt: skip
TURNS = 12
LIMITS_MS = {1: 50.0, 10: 100.0}


async def measure(bench: Bench) -> list[Figure]:
    """p95 over all commands; the limit is what the text of the target says, in ms."""
    figures = []
    for parks in (1, 10) if bench.full else (1,):
        database = Database(sqlite(Path(bench.folder), f"answers-{parks}"))
        await write_history(database, Size(parks))
        waits = await answers(engine_over(database).inbox, Size(parks))
        await database.close()
        everything = [seconds for each in waits.values() for seconds in each]
        slowest = max(waits, key=lambda words: percentile_ms(waits[words], 50))
        p95, limit = percentile_ms(everything, 95), LIMITS_MS[parks]
        figures.append(
            Figure(
                section="answers",
                name=f"{len(COMMANDS)} commands among {36 * parks} months of a park; slowest: "
                f"{slowest} {percentile_ms(waits[slowest], 50):.0f} ms",
                value=p95,
                unit="ms p95",
                limit=limit,
                ratio=limit / p95,
                target=f"p95 < {limit:.0f} ms",
                met=p95 < limit,
                p50_ms=percentile_ms(everything, 50),
                p99_ms=percentile_ms(everything, 99),
                memory_mb=peak_mb(),
            )
        )
    return figures


async def answers(inbox: Inbox, size: Size) -> dict[str, list[float]]:
    """Seconds from stored to committed, by command, each from another tenant every time."""
    waits: dict[str, list[float]] = {words: [] for _, words in COMMANDS}
    for turn in range(TURNS):
        for place, (sender, words) in enumerate(COMMANDS):
            n = (turn * 37 + place) % (TENANTS * size.parks)
            values = {"n": n, "m": n + 1}
            person = sender.format(**values)
            channel = "kf" if person.startswith("wm") else "wecom"
            key, now = f"{turn}-{place}", datetime.now(UTC)  # noqa: TID251
            await inbox.store(Inbound(channel, key, person, Kind.TEXT, now, text=words.format(**values)))
            began = time.perf_counter()
            if await inbox.drain(1) != 1:
                raise RuntimeError(f"{words} was not handled")
            if turn:  # the first of each kind also builds its statements
                waits[words].append(time.perf_counter() - began)
    return waits
