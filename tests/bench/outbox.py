"""The outbox against a stand-in with latency: as many at a time as it may have on their way, and nothing kept open."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from bot.channels import WecomApp
from bot.channels.base import Channel, Outcome, Request
from bot.outbox import PARALLEL
from bot.wecom.client import WecomClient
from models.clock import SystemClock
from models.database import Database
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb
from tests.bench.processes import server
from tests.bench.service import engine_over
from tests.bench.silence import CHANNELS

LATENCY_MS = 30
LEAST_RATIO = 0.9


class Watched(WecomApp):
    """The real channel; counts what is on its way, and looks for open connections while all of it only waits."""

    def watch(self, database: Database) -> None:
        """Begins to count."""
        self._pool = database.engine.pool
        self._under_way = 0
        self.most_under_way = 0
        self.open_while_waiting = 0

    async def send(self, request: Request) -> Outcome:
        """Sends, and looks when the last free place is taken: then nobody is left to be at work on the database."""
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        if self._under_way == PARALLEL:
            checked_out: int = self._pool.checkedout()  # type: ignore[attr-defined]  # pools with a queue have it
            self.open_while_waiting = max(self.open_while_waiting, checked_out)
        try:
            return await super().send(request)
        finally:
            self._under_way -= 1


async def measure(bench: Bench) -> list[Figure]:
    """Every message to another member, so that no rate of the platform is in the way."""
    count = 20_000 if bench.full else 1_000
    database = Database(sqlite(Path(bench.folder), "outbox"))
    await database.create_all()
    await fill(database, count)
    async with server("tests.bench.standin", str(LATENCY_MS)) as standin, aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{standin.port}"
        channel = Watched(WecomClient(session, address, "ww-park", "secret", SystemClock()), 1000002)
        channel.watch(database)
        channels: dict[str, Channel] = {**CHANNELS, "wecom": channel}
        began = time.perf_counter()
        await engine_over(database, channels).outbox.drain()
        rate = count / (time.perf_counter() - began)
    await check(database, count, standin.report)
    await database.close()
    bound = channel.most_under_way * 1000 / LATENCY_MS
    return [_rate(rate, bound), _open(channel)]


async def fill(database: Database, count: int) -> None:
    """One text for each of as many members."""
    now = datetime.now(UTC)  # noqa: TID251
    async with database.begin() as session:
        for n in range(count):
            await enqueue(
                session, f"bench:{n}", Content(text="您有一张新的工单，请查看。"), recipient=f"staff:m{n}",
                account=f"m{n}", purpose=Purpose.WORK, now=now,
            )  # fmt: skip


async def check(database: Database, count: int, report: list[int]) -> None:
    """Raises RuntimeError unless each message arrived once and is known to have."""
    sent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == OutboxStatus.SENT)
    async with database.read() as session:
        known = await session.scalar(sent)
    if known != count or report != [count, 0]:
        raise RuntimeError(f"{count} messages, {known} known as sent, arrived and repeated: {report}")


def _rate(rate: float, bound: float) -> Figure:
    return Figure(
        section="outbox",
        name=f"messages over HTTP, {LATENCY_MS} ms each, beside parallel sends / latency",
        value=rate,
        unit="/s",
        limit=bound,
        ratio=rate / bound,
        target=f"ratio ≥ {LEAST_RATIO}",
        met=rate / bound >= LEAST_RATIO,
        memory_mb=peak_mb(),
    )


def _open(channel: Watched) -> Figure:
    return Figure(
        section="outbox",
        name="connections in use while everything waits for the platform",
        value=channel.open_while_waiting,
        unit="",
        target="0",
        met=channel.open_while_waiting == 0,
    )
