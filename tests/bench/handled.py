"""Messages handled to the end: command, effect and the answer in the outbox, each durable; on SQLite, and by several."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import func, select

from models.database import Database
from models.messages.outbox import OutboxMessage
from tests.bench.callbacks import reference_rate
from tests.bench.crowd import fill, people
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb, percentile_ms
from tests.bench.service import engine_over
from tests.bench.together import growth

ALONE = 100
WORDS = {"进度": "进度", "帮助": "帮助", "报修": "报修 A-1203 空调不制冷，还滴水，请尽快来看"}
LEAST_RATIO = 600 / 8_700  # 600 a second on a machine where the reference answers 8,700 callbacks a second


async def measure(bench: Bench) -> list[Figure]:
    """Each kind of message in a database of its own, the bare transactions it can not do without, and the reference."""
    count = 3_000 if bench.full else 200
    folder, figures = Path(bench.folder), []
    yardstick = await reference_rate(10 * count)
    for name, words in WORDS.items():
        database = Database(sqlite(folder, f"handled-{name}"))
        seconds, waits = await handle(database, words, count)
        await database.close()
        rate, bare = count / seconds, bare_rate(folder / f"bare-{name}.sqlite", count)
        figures.append(
            Figure("handled", f"{name} beside the bare transactions", rate, "/s", bare, rate / bare)
        )
        ratio = rate / yardstick
        figures.append(
            Figure(
                section="handled",
                name=f"{name} beside the reference for callbacks",
                value=rate,
                unit="/s",
                limit=yardstick,
                ratio=ratio,
                target=f"ratio ≥ {LEAST_RATIO:.3f}",
                met=ratio >= LEAST_RATIO,
                p50_ms=percentile_ms(waits, 50),
                p99_ms=percentile_ms(waits, 99),
                memory_mb=peak_mb(),
            )
        )
    figures.append(await growth(bench, "报修", WORDS["报修"], count))
    return figures


async def handle(database: Database, words: str, count: int) -> tuple[float, list[float]]:
    """Seconds for `count` messages, all of which were waiting; and what each of some more took that came alone."""
    await database.create_all()
    inbox = engine_over(database).inbox
    await people(database)
    await fill(inbox, words, count)
    began = time.perf_counter()
    if await inbox.drain() != count:
        raise RuntimeError("messages were lost")
    seconds, waits = time.perf_counter() - began, []
    await fill(inbox, words, ALONE, "alone")
    for _ in range(ALONE):
        began = time.perf_counter()
        await inbox.drain(1)
        waits.append(time.perf_counter() - began)
    async with database.read() as session:
        answers = await session.scalar(select(func.count()).select_from(OutboxMessage))
    if (answers or 0) < count + ALONE:
        raise RuntimeError(f"{count + ALONE} messages, {answers} answers")
    return seconds, waits


def bare_rate(file: Path, count: int) -> float:
    """Transactions a second that read one row, change it and add another, by hand and with the same durability."""
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE inbox (id INTEGER PRIMARY KEY, payload TEXT, status TEXT)",
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, content TEXT)",
    ):
        connection.execute(statement)
    connection.executemany("INSERT INTO inbox VALUES (?, ?, 'new')", [(n, "x" * 400) for n in range(count)])
    began = time.perf_counter()
    for n in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT * FROM inbox WHERE id = ?", (n,)).fetchone()
        connection.execute("UPDATE inbox SET status = 'done' WHERE id = ?", (n,))
        connection.execute("INSERT INTO outbox (key, content) VALUES (?, ?)", (f"reply:{n}", "x" * 400))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return count / seconds
