"""Deadlines fire once, in short transactions; two who want the same case do not both get it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config import Config
from models.cases.advance import advance
from models.cases.case import Case, Deadline
from models.cases.lookup import case_by_id
from models.cases.workflow import Act
from models.clock import at_local
from models.database import Database
from models.errors import UserError
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxMessage
from models.people.staff import Staff
from scheduler.cases import close_silent
from scheduler.deadlines import fire_due
from scheduler.glance import glance
from scheduler.registry import JobCtx
from tests.rules.test_workflow import NOW, Scene

NIGHT = at_local(NOW.date(), 23, 0)


class Counted:
    """Units of work that count themselves."""

    def __init__(self, db: Database) -> None:
        self._db, self.opened = db, 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        self.opened += 1
        async with self._db.begin() as session:
            yield session


async def one_case(db: Database, config: Config) -> Scene:
    async with db.begin() as session:
        scene = Scene(session, config.rules())
        await scene.build()
    return scene


async def test_a_hundred_and_twenty_deadlines_fire_once_in_short_transactions(
    db: Database, config: Config
) -> None:
    scene = await one_case(db, config)
    async with db.begin() as session:
        session.add_all(
            Deadline(case_id=scene.case.id, kind="accept", level=1, due_at=NOW + timedelta(seconds=i))
            for i in range(120)
        )
    units, late = Counted(db), NOW + timedelta(minutes=3)
    assert await fire_due(units, late, config.rules()) == 120
    assert units.opened == 4
    assert await fire_due(units, late, config.rules()) == 0
    async with db.read() as session:
        told = select(func.count()).where(OutboxMessage.dedupe_key.like("deadline:%"))
        assert await session.scalar(told) == 120
    assert (await glance(db, NOW + timedelta(minutes=29))).next_at == NOW + timedelta(minutes=30)


async def test_two_processes_fire_each_deadline_once(db: Database, config: Config) -> None:
    await one_case(db, config)
    late = NOW + timedelta(minutes=31)
    fired = await asyncio.gather(*(fire_due(db, late, config.rules()) for _ in range(3)))
    assert sum(fired) == 1


async def test_a_reminder_waits_for_the_morning_and_is_withheld_when_the_work_was_done(
    db: Database, config: Config
) -> None:
    scene = await one_case(db, config)
    assert await fire_due(db, NIGHT, config.rules()) == 2, "one of them says nothing: nobody has the work"
    async with db.begin() as session:
        row = (
            await session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("deadline:%")))
        ).one()
        assert row.due_at == at_local(NOW.date() + timedelta(days=1), 8, 30)
        assert await reason_to_withhold(session, row.guard) == ""
        case = await session.get_one(Case, scene.case.id)
        scene.now = NIGHT
        await advance(session, case, "领单", scene.act("zhaolei"))
        assert await reason_to_withhold(session, row.guard) == "该步骤已完成或不再需要"


async def test_an_emergency_wakes_people_at_night(db: Database, config: Config) -> None:
    scene = await one_case(db, config)
    async with db.begin() as session:
        (await session.get_one(Case, scene.case.id)).urgency = "emergency"
    await fire_due(db, NIGHT, config.rules())
    async with db.read() as session:
        due = await session.scalars(
            select(OutboxMessage.due_at).where(OutboxMessage.dedupe_key.like("deadline:%"))
        )
        assert set(due) == {NIGHT}


async def test_of_two_who_take_a_case_at_one_instant_one_gets_it(db: Database, config: Config) -> None:
    scene = await one_case(db, config)

    async def take(userid: str) -> str:
        try:
            async with db.begin() as session:
                member = (await session.scalars(select(Staff).where(Staff.userid == userid))).one()
                case = await case_by_id(session, member, str(scene.case.id))
                await advance(session, case, "领单", Act(member, NOW, config.rules()))
        except UserError as error:
            return str(error)
        return "taken"

    ends = await asyncio.gather(take("wangqiang"), take("zhaolei"))
    assert sorted(end == "taken" for end in ends) == [False, True]
    assert any("R01 现在是“已接单”" in end for end in ends)


async def test_closing_what_nobody_answered_twice_is_closing_it_once(db: Database, config: Config) -> None:
    scene = await one_case(db, config)
    async with db.begin() as session:
        case = await session.get_one(Case, scene.case.id)
        for word in ("领单", "完工"):
            await advance(session, case, word, scene.act("zhaolei"))
    later = datetime(2026, 3, 18, 1, 7, tzinfo=UTC)
    ctx = JobCtx(db, later, later, config.rules(), config.working_calendar())
    assert [await close_silent(ctx), await close_silent(ctx)] == ["自动关闭 1 单", "自动关闭 0 单"]
