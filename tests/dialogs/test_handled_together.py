"""On SQLite messages that wait at the same time are handled in one transaction, and none pays for another."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.handling import APOLOGY
from handlers.context import Ctx
from handlers.dispatch import Dispatcher
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus
from tests.fakes.world import World


async def _wait(world: World, *said: tuple[str, str]) -> None:
    for n, (person, text) in enumerate(said):
        channel, sender = ("wecom", person) if person == "zhoumin" else ("kf", f"wm{person}")
        await world.engine.inbox.store(
            Inbound(channel, f"together{n}", sender, Kind.TEXT, world.clock.now(), text=text)
        )


async def test_what_waits_shares_a_commit_and_a_senders_second_message_comes_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handling._TOGETHER_S", 60.0)
    await _wait(world, ("lina", "报修"), ("lina", "空调不制冷"), ("zhoumin", "工单"))
    commits: list[str] = []
    world.db.commit_hook = commits.append
    assert await world.engine.work_inbox() == 3
    assert commits == ["before", "after"] * (1 if world.db.is_sqlite else 3)
    world.db.commit_hook = None
    await world.engine.settle()
    told = world.new("lina")
    assert "请用一句话说明" in told[0]
    assert "R01" in told[1]


async def test_one_that_fails_takes_no_other_with_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = Dispatcher.dispatch

    async def broken_for_lina(dispatcher: Dispatcher, ctx: Ctx) -> None:
        if ctx.message.sender == "wmlina":
            raise RuntimeError("broken")
        await dispatch(dispatcher, ctx)

    monkeypatch.setattr(Dispatcher, "dispatch", broken_for_lina)
    await _wait(world, ("zhoumin", "帮助"), ("lina", "帮助"), ("zhoumin", "工单"))
    await world.engine.settle()
    assert world.new("lina") == [APOLOGY]
    assert len(world.new("zhoumin")) == 2
    async with world.db.read() as session:
        rows = (await session.scalars(select(InboxMessage).order_by(InboxMessage.id))).all()
    assert [row.status for row in rows] == [InboxStatus.DONE, InboxStatus.FAILED, InboxStatus.DONE]
