"""The outbox against a stand-in with latency: as many at a time as it may have on their way, and nothing kept open."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from bot.channels import WecomApp
from bot.channels.base import Channel, Outcome, Request
from bot.outbox import LOT, PARALLEL
from bot.wecom.client import WecomClient
from models.clock import SystemClock
from models.database import Database, insert_new
from models.messages.claiming import claim
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, rows_of
from tests.bench.databases import sqlite
from tests.bench.figure import Bench, Figure, peak_mb
from tests.bench.processes import server
from tests.bench.service import engine_over
from tests.bench.silence import CHANNELS

LATENCY_MS = 30
TEXT = "您有一张新的工单，请查看。"
LEAST_RATIO = 0.9
FEW = 200
_CHUNK = 1000
_LOOKS = 100
_ALLOWED = 10_000 / 60
"""What WeCom takes in a second before it blocks the interface for a minute (90454): what really limits a site."""


class Watched(WecomApp):
    """The real channel; counts what is on its way, and looks for open connections while all of it only waits."""

    def watch(self, database: Database) -> None:
        """Begins to count."""
        self._pool = database.engine.pool
        self._under_way = 0
        self.most_under_way = 0
        self.looks = list[int]()

    async def send(self, request: Request) -> Outcome:
        """Sends; while everything waits it looks who is at the database: who waits there too is seen at every look."""
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        if self._under_way == PARALLEL and len(self.looks) < _LOOKS:
            for part in (0.3, 0.5, 0.7, 0.9):
                asyncio.get_running_loop().call_later(part * LATENCY_MS / 1000, self._look)
        try:
            return await super().send(request)
        finally:
            self._under_way -= 1

    def _look(self) -> None:
        checked_out: int = self._pool.checkedout()  # type: ignore[attr-defined]  # pools with a queue have it
        self.looks += [checked_out] * (self._under_way == PARALLEL)


async def measure(bench: Bench) -> list[Figure]:
    """Every message to another member, so that no rate of the platform is in the way."""
    count = 20_000 if bench.full else 1_000
    async with server("tests.bench.standin", str(LATENCY_MS)) as standin, aiohttp.ClientSession() as session:
        client = WecomClient(session, f"http://127.0.0.1:{standin.port}", "ww-park", "secret", SystemClock())
        few, _, _ = await send(bench, client, "few", PARALLEL)
        many, rate, spent_ms = await send(bench, client, "many", count)
    if standin.report != [count, PARALLEL]:  # the few were sent twice, the first time by the first
        raise RuntimeError(f"arrived and repeated: {standin.report}")
    bound, bare = many.most_under_way * 1000 / LATENCY_MS, await bare_rate(count)
    claiming = [await claiming_ms(bench, due) for due in (FEW, count)]
    return [*_rates(rate, bare, bound, spent_ms), _open(few), _claiming(*claiming, count)]


async def bare_rate(count: int) -> float:
    """Messages in a second of as many parallel callers that do nothing but post the same and read the answer."""
    numbers = iter(range(count))
    async with server("tests.bench.standin", str(LATENCY_MS)) as standin, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{standin.port}/cgi-bin/message/send"

        async def call() -> None:
            for n in numbers:
                async with session.post(url, json={"touser": f"m{n}", "text": {"content": TEXT}}) as answer:
                    await answer.json()

        began = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(PARALLEL)))
        return count / (time.perf_counter() - began)


async def send(bench: Bench, client: WecomClient, name: str, count: int) -> tuple[Watched, float, float]:
    """The channel that was watched, messages in a second, and CPU time of ours for each."""
    database = Database(sqlite(Path(bench.folder), name))
    await database.create_all()
    await fill(database, count)
    channel = Watched(client, 1000002)
    channel.watch(database)
    channels: dict[str, Channel] = {**CHANNELS, "wecom": channel}
    began, cpu = time.perf_counter(), time.process_time()
    await engine_over(database, channels).outbox.drain()
    spent_s, spent_cpu_s = time.perf_counter() - began, time.process_time() - cpu
    await check(database, count)
    await database.close()
    return channel, count / spent_s, 1000 * spent_cpu_s / count


async def claiming_ms(bench: Bench, due: int) -> float:
    """What it takes to take up a lot of so many that are due: our CPU time, the median of nine times."""
    database = Database(sqlite(Path(bench.folder), f"due{due}"), durable=False)
    await database.create_all()
    await fill(database, due)
    took = list[float]()
    for _ in range(9):
        async with database.begin() as session:
            began = time.process_time()
            await claim(session, "bench", datetime.now(UTC), LOT)  # noqa: TID251
            took.append(time.process_time() - began)
            await session.rollback()
    await database.close()
    return 1000 * statistics.median(took)


async def fill(database: Database, count: int) -> None:
    """One text for each of as many members."""
    now, text = datetime.now(UTC), Content(text=TEXT)  # noqa: TID251
    async with database.begin() as session:
        for first in range(0, count, _CHUNK):
            rows = [
                row
                for n in range(first, min(count, first + _CHUNK))
                for row in rows_of(
                    f"bench:{n}",
                    text,
                    recipient=f"staff:m{n}",
                    account=f"m{n}",
                    purpose=Purpose.WORK,
                    now=now,
                )
            ]
            await insert_new(session, OutboxMessage, rows)


async def check(database: Database, count: int) -> None:
    """Raises RuntimeError unless each message is known to have arrived."""
    sent = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == OutboxStatus.SENT)
    async with database.read() as session:
        known = await session.scalar(sent)
    if known != count:
        raise RuntimeError(f"{count} messages, {known} known as sent")


def _rates(rate: float, bare: float, bound: float, spent_ms: float) -> list[Figure]:
    """The limit is what a client reaches that keeps nothing; the second is what no client can: its own time is left out."""
    return [
        Figure(
            "outbox", f"messages over HTTP, {LATENCY_MS} ms each, beside as many parallel calls of a bare client", rate,
            "/s", bare, rate / bare, f"ratio ≥ {LEAST_RATIO}", rate / bare >= LEAST_RATIO, memory_mb=peak_mb(),
        ),
        Figure("outbox", "the same beside parallel calls / latency", rate, "/s", bound, rate / bound),
        Figure(
            "outbox", "the same beside the 10,000 a minute that WeCom takes", rate, "/s", _ALLOWED, rate / _ALLOWED,
            f"ratio ≥ {LEAST_RATIO}", rate / _ALLOWED >= LEAST_RATIO,
        ),
        Figure("outbox", "what a message costs us", spent_ms, "ms CPU"),
    ]  # fmt: skip


def _open(channel: Watched) -> Figure:
    return Figure(
        section="outbox",
        name="connections in use while everything waits for the platform",
        value=min(channel.looks, default=-1),
        unit="",
        target="0",
        met=min(channel.looks, default=-1) == 0,
    )


def _claiming(few_ms: float, many_ms: float, due: int) -> Figure:
    return Figure(
        section="outbox",
        name=f"taking up {LOT} of {due:,} that are due, beside {LOT} of {FEW}",
        value=many_ms,
        unit="ms CPU",
        limit=few_ms,
        ratio=few_ms / many_ms,
        target="ratio ≥ 0.5",
        met=few_ms / many_ms >= 0.5,
    )
