"""The queue of what is to be sent: once, in order, by one process at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from models.database import Database
from models.messages.claiming import claim
from models.messages.content import Content
from models.messages.outbox import (
    LEASE,
    OutboxMessage,
    OutboxStatus,
    Purpose,
    enqueue,
    settle,
)
from scheduler.glance import glance

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


async def put(db: Database, key: str, *, recipient: str = "staff:a", text: str = "你好", purpose: Purpose = Purpose.WORK,
              due_at: datetime | None = None) -> list[int]:  # fmt: skip
    async with db.begin() as session:
        content = Content(text=text)
        return await enqueue(
            session, key, content, recipient=recipient, purpose=purpose, now=NOW, due_at=due_at
        )


async def take(db: Database, owner: str = "me", now: datetime = NOW, limit: int = 10) -> list[str]:
    async with db.begin() as session:
        return [row.dedupe_key for row in await claim(session, owner, now, limit)]


async def test_the_same_key_is_said_once(db: Database) -> None:
    assert len(await put(db, "k")) == 1
    assert await put(db, "k") == []
    assert await take(db) == ["k"]


async def test_a_long_text_becomes_several_messages_in_order(db: Database) -> None:
    ids = await put(db, "long", text="这是一句话。" * 400)
    assert len(ids) == 4
    taken = []
    for _ in ids:
        async with db.begin() as session:
            (row,) = await claim(session, "me", NOW, 10)
            assert len(row.content["text"].encode()) <= 2048
            taken.append(row.dedupe_key)
            await settle(session, row, NOW, status=OutboxStatus.SENT)
    assert taken == ["long", "long#2", "long#3", "long#4"]


async def test_one_persons_messages_wait_for_each_other_and_other_peoples_do_not(db: Database) -> None:
    for key, who in (("a1", "staff:a"), ("a2", "staff:a"), ("b1", "staff:b")):
        await put(db, key, recipient=who)
    assert await take(db) == ["a1", "b1"]
    assert await take(db) == []


async def test_a_message_for_tomorrow_does_not_hold_up_todays(db: Database) -> None:
    await put(db, "tomorrow", due_at=NOW + timedelta(days=1))
    await put(db, "now")
    assert await take(db) == ["now"]


async def test_a_dead_process_gives_its_messages_back_after_the_lease(db: Database) -> None:
    await put(db, "k")
    assert await take(db, "dead") == ["k"]
    assert await take(db, "other") == []
    assert (await glance(db, NOW)).next_at == NOW + LEASE
    assert await take(db, "other", NOW + LEASE) == ["k"]


async def test_who_lost_the_lease_can_not_settle(db: Database) -> None:
    await put(db, "k")
    async with db.begin() as session:
        (slow,) = await claim(session, "slow", NOW, 1)
    async with db.begin() as session:
        (quick,) = await claim(session, "quick", NOW + LEASE, 1)
        assert await settle(session, quick, NOW, status=OutboxStatus.SENT)
    async with db.begin() as session:
        assert not await settle(session, slow, NOW, status=OutboxStatus.DEAD)


async def test_many_workers_take_every_row_once(db: Database) -> None:
    for i in range(60):
        await put(db, f"k{i}", recipient=f"staff:{i}")
    taken = await asyncio.gather(*(take(db, f"w{i}", limit=10) for i in range(8)))
    keys = [key for part in taken for key in part]
    assert len(keys) == len(set(keys)) == 60


async def test_answers_pass_a_thousand_notices(db: Database) -> None:
    for i in range(30):
        await put(db, f"n{i}", recipient=f"contact:{i}", purpose=Purpose.NOTICE)
    await put(db, "answer", recipient="kf:x", purpose=Purpose.REPLY)
    assert "answer" in await take(db, limit=5)


async def test_what_is_put_off_for_a_moment_keeps_its_place_and_for_a_day_does_not(db: Database) -> None:
    for key in ("first", "second"):
        await put(db, key)
    for minutes, taken in ((5, []), (60, ["second"])):
        async with db.begin() as session:
            row = await session.scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == "first"))
            assert row
            row.due_at, row.settled_at, row.attempts = NOW + timedelta(minutes=minutes), NOW, 0
        assert await take(db) == taken
