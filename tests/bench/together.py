"""The same messages handled by one process and by two over one PostgreSQL: how much there is to be had from a second."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from sqlalchemy import func, select

from models.database import Database
from models.messages.outbox import OutboxMessage
from tests.bench.crowd import fill, people
from tests.bench.databases import Store, postgresql
from tests.bench.figure import Bench, Figure
from tests.bench.service import engine_over

MOST = 2


async def growth(bench: Bench, name: str, words: str, count: int) -> Figure:
    """Two processes beside one; the database's server, the processes and this one share the machine."""
    folder = Path(bench.folder) / "together"
    folder.mkdir()
    with postgresql(folder) as address:
        store = Store(folder, address)
        await _prepare(await store.open("waiting"), words, count)
        rates = [await _rate(await store.copy("waiting", f"by{n}"), n, count) for n in range(1, MOST + 1)]
    ratio = rates[-1] / rates[0]
    return Figure(
        section="handled",
        name=f"{name} by {MOST} processes on PostgreSQL beside 1",
        value=rates[-1],
        unit="/s",
        limit=rates[0],
        ratio=ratio,
        target="ratio > 1",
        met=ratio > 1,
    )


async def _prepare(database: Database, words: str, count: int) -> None:
    await database.create_all()
    await people(database)
    await fill(engine_over(database).inbox, words, count)
    await database.close()


async def _rate(database: Database, processes: int, count: int) -> float:
    """Messages a second, from the word to begin until nothing waits."""
    url = database.engine.url.render_as_string(hide_password=False)
    born = [await _born(url) for _ in range(processes)]
    began = time.perf_counter()
    if any(await asyncio.gather(*(_end(each) for each in born))):
        raise RuntimeError("a process failed")
    seconds = time.perf_counter() - began
    async with database.read() as session:
        answers = await session.scalar(select(func.count()).select_from(OutboxMessage))
    await database.close()
    if (answers or 0) < count:
        raise RuntimeError(f"{count} messages, {answers} answers")
    return count / seconds


async def _born(url: str) -> Process:
    """A process that waits for the word."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "tests.bench.handler", url, stdin=PIPE, stdout=PIPE
    )
    if process.stdout is None or not await process.stdout.readline():
        raise RuntimeError("a process did not begin")
    return process


async def _end(process: Process) -> int:
    """Tells it to begin, and waits until it has ended."""
    await process.communicate(b"go\n")
    return process.returncode or 0
