"""Several processes before one platform: one access token, and one at a time fetches from a 微信客服 account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.channels.kf_inbox import Page
from bot.config import Config
from bot.core import Core
from bot.files import FileStore
from bot.kf_reader import KfReader
from bot.wecom.client import WecomClient
from bot.wecom.envelope import KfNotice
from bot.wecom.kf_reading import read_item
from bot.wecom.shared_token import SharedToken
from models.clock import VirtualClock
from models.database import Database
from models.messages.inbox import InboxMessage
from models.messages.kf_cursor import KfCursor, take_account
from models.operation.access_token import AccessToken, take_turn
from tests.wire.fake_platform import SECRET, FakePlatform
from tests.wire.test_kf_pull import item


def process(
    db: Database, session: aiohttp.ClientSession, platform: FakePlatform, clock: VirtualClock
) -> WecomClient:
    shared = SharedToken(db, clock, "ww-park", SECRET)
    return WecomClient(session, platform.base_url, "ww-park", SECRET, clock, timeout_s=5, shared=shared)


async def test_processes_share_one_token_and_renew_it_once(
    db: Database, session: aiohttp.ClientSession, platform: FakePlatform, clock: VirtualClock
) -> None:
    clients = [process(db, session, platform, clock) for _ in range(3)]

    async def all_call() -> None:
        await asyncio.gather(*(each.call("message/send", {"n": n}) for n in range(5) for each in clients))

    await all_call()
    assert len(platform.calls("gettoken")) == 1
    platform.revoke()
    await all_call()
    assert len(platform.calls("gettoken")) == 2
    clock.set(clock.now() + timedelta(minutes=116))  # before it runs out
    await all_call()
    assert len(platform.calls("gettoken")) == 3
    async with db.read() as rows:
        kept = (await rows.scalars(select(AccessToken))).one()
    assert "canary" not in f"{kept.name} {kept.sealed}"
    await process(db, session, platform, clock).call("message/send", {})  # one that starts anew
    assert len(platform.calls("gettoken")) == 3


async def test_a_process_that_died_while_asking_is_replaced(
    db: Database, session: aiohttp.ClientSession, platform: FakePlatform, clock: VirtualClock
) -> None:
    shared = SharedToken(db, clock, "ww-park", SECRET)
    async with db.begin() as rows:
        assert await take_turn(rows, shared._name, "dead", "", clock.now())
    async with db.begin() as rows:
        assert not await take_turn(rows, shared._name, "other", "", clock.now())
    clock.set(clock.now() + timedelta(seconds=15))
    await process(db, session, platform, clock).call("message/send", {})
    platform.reply("gettoken", {"errcode": -1})
    platform.revoke()
    fresh = process(db, session, platform, clock)
    for _ in range(2):  # what came to nothing leaves nobody waiting
        with pytest.raises(Exception, match="-1"):
            await fresh.call("message/send", {})


class Stream:
    """A KF account with one message on each of its pages; `before` is called ahead of each."""

    def __init__(self, pages: int) -> None:
        self.pages, self.asked = pages, list[str]()
        self.before: Any = None

    async def pull(self, notice: KfNotice, cursor: str) -> AsyncIterator[Page]:
        self.asked.append(notice.token or "poll")
        for number in range(int(cursor or 0), self.pages):
            if self.before:
                await self.before(number)
            yield Page((read_item(item(number), notice.open_kfid, NOW),), str(number + 1))


NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)


def reader(db: Database, clock: VirtualClock, config: Config, stream: Stream, files: Path) -> KfReader:
    core = Core(db, clock, config.rules(), config.working_calendar(), FileStore(files))
    channel: Any = stream
    return KfReader(core, channel, "wk1", lambda: None)


async def stored(db: Database) -> list[str]:
    async with db.read() as session:
        return list(await session.scalars(select(InboxMessage.key).order_by(InboxMessage.id)))


async def test_one_process_fetches_at_a_time_and_nothing_told_meanwhile_is_forgotten(
    db: Database, config: Config, clock: VirtualClock, tmp_path: Path
) -> None:
    stream = Stream(1)
    first, second = (reader(db, clock, config, stream, tmp_path) for _ in range(2))

    async def told(_: int) -> None:
        stream.before, stream.pages = None, 2
        second.notify(KfNotice("wk1", "late"))
        assert await second.drain() == 0

    stream.before = told
    assert await first.drain() == 1
    clock.set(clock.now() + timedelta(seconds=1))
    assert await second.drain() == 1
    assert (stream.asked, await stored(db)) == (["poll", "late"], ["m0", "m1"])


async def test_a_frozen_process_is_replaced_and_stores_nothing_when_it_wakes(
    db: Database, config: Config, clock: VirtualClock, tmp_path: Path
) -> None:
    stream = Stream(3)
    frozen, other = (reader(db, clock, config, stream, tmp_path) for _ in range(2))

    async def stand_still(number: int) -> None:
        if number == 1:
            stream.before = None
            clock.set(clock.now() + timedelta(seconds=20))
            other.notify(KfNotice("wk1", "again"))
            assert await other.drain() == 2

    stream.before = stand_still
    assert await frozen.drain() == 1
    assert await stored(db) == ["m0", "m1", "m2"]
    async with db.read() as session:
        assert (await session.get_one(KfCursor, "wk1")).cursor == "3"


async def test_processes_look_once_a_minute_together_and_a_crash_loop_six_times(
    db: Database, config: Config, clock: VirtualClock, tmp_path: Path
) -> None:
    stream, begun = Stream(0), clock.now()
    both = [reader(db, clock, config, stream, tmp_path) for _ in range(2)]
    for second in range(0, 300, 5):
        clock.set(begun + timedelta(seconds=second))
        for each in both:
            await each.drain()
    assert 5 <= len(stream.asked) <= 6
    stream.asked.clear()
    for second in range(300, 360, 2):
        clock.set(begun + timedelta(seconds=second))
        await reader(db, clock, config, stream, tmp_path).drain()
    assert len(stream.asked) == 6


async def test_a_clock_put_back_stops_nobody_from_looking(
    db: Database, config: Config, clock: VirtualClock, tmp_path: Path
) -> None:
    stream, begun = Stream(0), clock.now()
    only = reader(db, clock, config, stream, tmp_path)
    await only.drain()
    async with db.begin() as session:  # and a process died just then while it was fetching
        assert await take_account(session, "wk1", "dead", begun)
    for second in range(0, 130, 10):
        clock._base = begun - timedelta(hours=2) + timedelta(seconds=second)
        await only.drain()
    assert len(stream.asked) == 4


async def test_what_was_told_survives_a_database_that_was_away(
    db: Database, config: Config, clock: VirtualClock, tmp_path: Path
) -> None:
    stream = Stream(1)
    only = reader(db, clock, config, stream, tmp_path)

    async def away(_: int) -> None:
        stream.before = None
        raise OSError("gone")

    stream.before = away
    only.notify(KfNotice("wk1", "told"))
    with pytest.raises(OSError, match="gone"):
        await only.drain()
    clock.set(clock.now() + timedelta(seconds=5))
    assert await only.drain() == 1
    assert stream.asked == ["told", "told"]
