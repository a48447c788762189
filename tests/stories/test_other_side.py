"""The other side misbehaves for a while: what was said arrives once when it is over, or a person is asked to go there."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.sms_standby import Standby
from bot.config import Config
from models.errors import Refused, Unreachable
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus
from tests.fakes.platform import FakePlatform
from tests.fakes.shelf import sqlite_copy
from tests.fakes.world import World, verify_talk

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(sqlite_template: Path, config: Config, tmp_path: Path) -> AsyncIterator[World]:
    """The small park on SQLite: what a channel does with an error is no matter of the database."""
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    async with World.open(db, config, tmp_path / "files") as opened:
        yield opened
    await db.close()


@dataclass(frozen=True)
class Outage:
    """What every call beginning with `api` gets for so long."""

    api: str
    error: Callable[[str], Exception]
    lasts: timedelta


def _refused(code: int) -> Callable[[str], Exception]:
    return lambda api: Refused(code, "ordered", api=api)


def _silent(reason: str, *, maybe_done: bool = False) -> Callable[[str], Exception]:
    return lambda api: Unreachable(reason, api=api, maybe_done=maybe_done)


OUTAGES = {
    "45009 for an hour": Outage("message/send", _refused(45009), HOUR),
    "a page instead of JSON for an hour": Outage("", _silent("not JSON", maybe_done=True), HOUR),
    "the secret is wrong for three hours": Outage("", _refused(40001), 3 * HOUR),
}


def suffer(world: World, outage: Outage) -> None:
    """From now on, for as long as it lasts; afterwards all is well."""
    platform, until = world.platform, world.clock.now() + outage.lasts
    call, send = platform.call, platform.send

    async def failing_call(api: str, body: Any = None, **more: Any) -> dict[str, Any]:
        if world.clock.now() < until and api.startswith(outage.api):
            raise outage.error(api)
        return await call(api, body, **more)

    async def failing_send(*given: Any) -> str:
        if world.clock.now() < until and "sms/send".startswith(outage.api):
            raise outage.error("sms/send")
        return await send(*given)

    world.platform.call = failing_call  # type: ignore[method-assign]
    world.platform.send = failing_send  # type: ignore[method-assign]


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_what_was_said_arrives_once_when_it_is_over(world: World, outage: Outage) -> None:
    suffer(world, outage)
    await world.say("lina", "报修 灯不亮")
    await world.say("zhoumin", "值班")
    await world.advance(world.clock.now() + outage.lasts + 1.2 * HOUR)
    for person, words in (("lina", "已登记 R01"), ("zhoumin", "现在在班"), ("zhoumin", "新报修 R01")):
        seen = [entry.text for entry in world.phone(person) if words in entry.text]
        assert len(seen) == 1, (person, words, seen)
    async with world.db.read() as session:
        stuck = await session.scalars(
            select(OutboxMessage.dedupe_key).where(OutboxMessage.status == OutboxStatus.DEAD)
        )
        assert list(stuck) == []


@pytest.mark.parametrize(
    "error", [_silent("ClientConnectorError"), _silent("HTTP 502", maybe_done=True)], ids=["away", "broken"]
)
async def test_a_gateway_that_is_down_for_a_day_ends_with_a_visit(
    world: World, error: Callable[[str], Exception]
) -> None:
    """Somebody without a chat: after twelve tries a person brings the letter; nothing is said twice."""
    suffer(world, Outage("sms/", error, 24 * HOUR))
    await issue(world)
    await world.advance(world.clock.now() + 12 * HOUR)
    told = {
        who: [e.text for e in phone if "无法送达" in e.text] for who, phone in world.platform.phones.items()
    }
    assert any(told.values()), "somebody is asked to go there"
    assert all(len(set(texts)) == len(texts) for texts in told.values())


async def issue(world: World) -> None:
    """The bill of somebody without a chat."""
    await verify_talk(
        world,
        [
            ("liuyan", "抄表\nC-0101 电 15500\nC-0101 水 120", "已记 2 条"),
            ("chenjing", "出账 3月", "合计"),
            ("chenjing", "[复核]", "已复核"),
            ("zhengwei", "[批准]", "已批准"),
        ],
    )


async def test_a_second_gateway_stands_in_for_one_that_is_down_for_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = FakePlatform()
    monkeypatch.setattr(world.channels["sms"], "_standby", Standby(second, {"notice": "notice"}))
    suffer(world, Outage("sms/", _silent("ClientConnectorError"), 24 * HOUR))
    await issue(world)
    await world.advance(world.clock.now() + 12 * HOUR)
    assert [len(phone) for phone in second.phones.values()] == [1] * len(second.phones) != [], (
        "each letter once"
    )
    assert any("暂由备用网关发送" in e.text for e in world.platform.phones["linfang"])
    assert not any("无法送达" in e.text for told in world.platform.phones.values() for e in told)


async def test_a_full_disk_holds_one_picture_and_nobody_elses_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = world.core.files.put

    async def full(data: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(world.core.files), "put", lambda _self, data: full(data))
    await world.say("lina", "报修 灯不亮")
    await world.show("lina")
    assert await world.say("zhaomin", "报修 门坏了"), "others are served"
    async with world.db.read() as session:
        waiting = list(
            await session.scalars(select(InboxMessage.status).where(InboxMessage.status != "done"))
        )
    assert waiting == [InboxStatus.NEW]
    assert [e for e in world.phone("linfang") if "存不进" in e.text]
    monkeypatch.setattr(type(world.core.files), "put", lambda _self, data: put(data))
    await world.advance(world.clock.now() + timedelta(minutes=2))
    assert [e for e in world.phone("lina") if "照片" in e.text]
