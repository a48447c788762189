"""Sending many at once: who waits holds up nobody else, each person's messages keep their order, the good share a commit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.base import Channel, Outcome, Request, Sent
from bot.core import Core
from bot.files import FileStore
from bot.outbox import LOT, PARALLEL, Outbox
from bot.together import Together
from models.clock import VirtualClock
from models.database import Database
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.rules import Rules
from tests.bench.silence import Silent
from tests.store.fee_park import CALENDAR

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


class Slow(Silent):
    """Sends when it may. seen: texts in the order of sending; held: who is kept waiting until `go`."""

    def __init__(self) -> None:
        super().__init__("wecom")
        self.seen: list[str] = []
        self.held: set[str] = set()
        self.go = asyncio.Event()
        self.under_way = self.most = 0

    async def send(self, request: Request) -> Outcome:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        if request.body["to"] in self.held:
            await self.go.wait()
        self.seen.append(request.body["text"])
        self.under_way -= 1
        return Sent(f"m:{request.body['key']}")


class Sender:
    """An outbox over one slow channel."""

    def __init__(self, db: Database) -> None:
        self.db, self.channel, self.clock = db, Slow(), VirtualClock(NOW)
        channels: dict[str, Channel] = {"wecom": self.channel, "kf": Silent("kf"), "sms": Silent("sms")}
        attachments: Any = None
        self.outbox = Outbox(
            Core(db, self.clock, Rules(), CALENDAR, FileStore(Path())), channels, attachments
        )

    async def say(self, *lines: str) -> None:
        """Each line is "who:what"."""
        async with self.db.begin() as session:
            for line in lines:
                who = line.partition(":")[0]
                await enqueue(
                    session, line, Content(text=line), recipient=f"staff:{who}", account=who, purpose=Purpose.WORK,
                    now=NOW,
                )  # fmt: skip

    async def statuses(self) -> Counter[OutboxStatus]:
        async with self.db.read() as session:
            return Counter(await session.scalars(select(OutboxMessage.status)))


@pytest.fixture
async def sender(db: Database) -> AsyncIterator[Sender]:
    yield Sender(db)


async def test_who_hangs_holds_up_nobody_else(sender: Sender) -> None:
    sender.channel.held = {"a"}
    await sender.say("a:1", "a:2", *(f"b{n}:{k}" for n in range(2 * LOT) for k in (1, 2)))
    drained = asyncio.create_task(sender.outbox.drain())
    while len(sender.channel.seen) < 4 * LOT and not drained.done():
        await asyncio.sleep(0)
    assert sender.channel.most <= PARALLEL
    sender.channel.go.set()
    assert await drained == 4 * LOT + 2
    for who in {line.partition(":")[0] for line in sender.channel.seen}:
        assert [line for line in sender.channel.seen if line.startswith(f"{who}:")] == [
            f"{who}:1",
            f"{who}:2",
        ]
    assert await sender.statuses() == {OutboxStatus.SENT: 4 * LOT + 2}


async def test_what_is_said_while_all_hangs_goes_out(sender: Sender) -> None:
    sender.channel.held = {"a"}
    await sender.say("a:1")
    drained = asyncio.create_task(sender.outbox.drain())
    while not sender.channel.under_way:
        await asyncio.sleep(0)
    await sender.say("b:1")
    sender.outbox.wake.set()
    async with asyncio.timeout(5):
        while sender.channel.seen != ["b:1"]:
            await asyncio.sleep(0)
    sender.channel.go.set()
    await drained
    assert sender.channel.seen == ["b:1", "a:1"]


async def test_what_waited_too_long_for_its_turn_is_put_back_untried(sender: Sender) -> None:
    """Else it might be on its way when its lease ends and another process takes it up."""
    sender.channel.held = {f"a{n}" for n in range(PARALLEL)}
    await sender.say(*(f"a{n}:1" for n in range(PARALLEL)), "b:1")
    drained = asyncio.create_task(sender.outbox.drain(2))
    while (await sender.statuses())[OutboxStatus.LEASED] <= PARALLEL and not drained.done():
        await asyncio.sleep(0)
    while sender.channel.under_way < PARALLEL and not drained.done():
        await asyncio.sleep(0)
    sender.clock.set(NOW + timedelta(seconds=25))
    sender.channel.go.set()
    await drained
    assert "b:1" not in sender.channel.seen
    async with sender.db.read() as session:
        late = await session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == "b:1"))
        assert late
        assert (late.status, late.attempts) == (OutboxStatus.DUE, 0)
    await sender.outbox.drain()
    assert sender.channel.seen[-1] == "b:1"


async def test_what_can_not_be_written_with_the_others_does_not_spoil_theirs(sender: Sender) -> None:
    lots: list[list[str]] = []

    async def write(session: AsyncSession, texts: Sequence[str]) -> None:
        lots.append(list(texts))
        for text in texts:
            await enqueue(
                session, text, Content(text=text), recipient="staff:a", purpose=Purpose.WORK, now=NOW
            )  # fmt: skip

    together = Together(sender.db, write)
    ends = await asyncio.gather(*(together.write(text) for text in ("1", "", "3")), return_exceptions=True)
    assert [type(end) for end in ends] == [
        type(None),
        ValueError,
        type(None),
    ]  # there is nothing to say in ""
    assert lots == [["1", "", "3"], ["1"], [""], ["3"]]
    assert (await sender.statuses()).total() == 2


async def test_what_comes_faster_than_it_is_written_is_written_in_larger_lots(sender: Sender) -> None:
    lots: list[list[str]] = []

    async def write(session: AsyncSession, texts: Sequence[str]) -> None:
        lots.append(list(texts))
        if texts == ["1"]:
            more.append(asyncio.create_task(together.write("2")))
        for _ in range(10):
            await session.execute(select(OutboxMessage))

    more: list[asyncio.Task[None]] = []
    together = Together(sender.db, write)
    await together.write("1")
    await together.write("3")  # "2" has been waiting for some time
    await asyncio.gather(*more)
    assert lots == [["1"], ["2", "3"]]


async def test_nobody_waits_for_a_writer_that_died(sender: Sender) -> None:
    class Gone(BaseException):
        """The process is going down."""

    async def write(_session: AsyncSession, _texts: Sequence[str]) -> None:
        await asyncio.sleep(0)
        raise Gone

    together = Together(sender.db, write)
    first = asyncio.create_task(together.write("1"))
    while not together._writer:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(together.write("2"))
    ends = await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 5)
    assert [type(end) for end in ends] == [Gone, Gone]
