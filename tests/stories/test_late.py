"""What arrives late, again or out of order has its effect once; what nobody waits for any more has none."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models.cases.case import Case
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage
from scheduler.privacy import apply_retention
from scheduler.registry import JobCtx
from tests.fakes.world import World

HOUR = timedelta(hours=1)


async def count(world: World, table: type[Case] | type[InboxMessage] | type[OutboxMessage]) -> int:
    async with world.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_callback_held_up_for_an_hour_counts_once_and_after_what_overtook_it(world: World) -> None:
    said_at = world.clock.now()
    late = Inbound("kf", "late", "wmlina", Kind.TEXT, said_at, text="报修 灯不亮")
    world.clock.set(said_at + HOUR)
    await world.say("lina", "报修 空调不冷")
    for _ in range(3):
        await world.engine.inbox.store(late)
        await world.engine.settle()
    assert ["R01" in text or "R02" in text for text in world.new("lina")] == [True]
    await world.say("lina", "进度")
    assert await count(world, Case) == 2


async def test_a_delivery_repeated_after_its_text_was_deleted_changes_nothing(world: World) -> None:
    await world.deliver("lina", Kind.TEXT, key="old", text="报修 灯不亮")
    core, at = world.core, world.clock.now() + timedelta(days=400)
    await apply_retention(JobCtx(core.db, at, at, core.rules, core.calendar))
    before = [await count(world, each) for each in (Case, InboxMessage, OutboxMessage)]
    await world.deliver("lina", Kind.TEXT, key="old", text="报修 灯不亮")
    assert [await count(world, each) for each in (Case, InboxMessage, OutboxMessage)] == before


async def test_a_tap_of_yesterday_on_what_was_withdrawn_since_is_told_so(world: World) -> None:
    await world.say("lina", "报修 灯不亮")
    card = world.phone("wangqiang")[-1]
    await world.say("lina", "取消 R01")
    world.new("wangqiang")
    world.clock.set(world.clock.now() + 24 * HOUR)
    await world.press_key("wangqiang", "take:1", card, "派给我")
    async with world.db.read() as session:
        (case,) = await session.scalars(select(Case))
    assert case.closed_at is not None and world.new("wangqiang")


async def _look(world: World, others: asyncio.Barrier) -> None:
    async with world.db.read() as session:
        await session.execute(text("SELECT 1"))
        await others.wait()


async def test_the_service_goes_on_when_every_connection_was_cut(world: World) -> None:
    await world.say("zhoumin", "值班")
    many = asyncio.Barrier(8)  # as many connections as a busy service has
    await asyncio.gather(*(_look(world, many) for _ in range(many.parties)))
    if not world.db.is_sqlite:
        async with world.db.begin() as session:
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            )
            await session.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    message = Inbound("wecom", "after", "zhoumin", Kind.TEXT, world.clock.now(), text="值班")
    await world.engine.inbox.store(message)
    for _ in range(3):  # as the loops do: what fails is looked at again
        try:
            await world.engine.settle()
        except DBAPIError:
            continue
        break
    assert len(world.phone("zhoumin")) == 2
