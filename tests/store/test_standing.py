"""What waits is counted on both databases, shown on /metrics, and told to a person once an hour."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import generate_latest
from sqlalchemy import select, update

from bot.metrics import show
from bot.queue_watch import QueueWatch
from models.audit.entry import record
from models.cases.case import Deadline
from models.job_run import JobRun, RunStatus
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus, store_alone
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.operation.standing import standing
from tests.fakes.world import World, verify_talk

MINUTE = timedelta(minutes=1)


async def test_everything_that_waits_is_counted(world: World) -> None:
    await verify_talk(world, [("lina", "报修 灯不亮", "R01")])
    now = world.clock.now()
    quiet = await standing(world.db, now)
    assert (quiet.inbox, quiet.outbox, quiet.jobs_late_s, quiet.backup_age_s) == (0, 0, 0, None)
    async with world.db.begin() as session:
        first, second, third = await session.scalars(
            select(OutboxMessage).order_by(OutboxMessage.id).limit(3)
        )
        first.status, first.due_at, first.lease_until = OutboxStatus.DUE, now - 7 * MINUTE, None
        second.status, third.status = OutboxStatus.WAITING, OutboxStatus.UNKNOWN
        message = await session.scalar(select(InboxMessage).limit(1))
        assert message
        message.status = InboxStatus.FAILED
        await session.execute(
            update(Deadline).where(Deadline.level == 0).values(due_at=now - MINUTE, met_at=None)
        )
        session.add(JobRun(job="x.y", scheduled_for=now - 9 * MINUTE, status=RunStatus.FAILED, owner="a",
                           lease_until=now, started_at=now, attempts=1))  # fmt: skip
        await record(session, actor="cli:x", action="backup.make", subject="backup:x", now=now - 60 * MINUTE)
    await store_alone(world.db, [Inbound("kf", "k", "wmlina", Kind.TEXT, now, text="在吗")], now - 3 * MINUTE)
    seen = await standing(world.db, now)
    assert (seen.inbox, seen.inbox_oldest_s, seen.inbox_failed) == (1, 180, 1)
    assert (seen.outbox, seen.outbox_oldest_s, seen.outbox_closed, seen.outbox_unknown) == (1, 420, 1, 1)
    assert seen.deadlines >= 1
    assert (seen.jobs_late_s, seen.jobs_failed, seen.backup_age_s) == (540, 1, 3600)
    show(seen)
    told = generate_latest().decode()
    assert 'guanjia_outbox_messages{state="due"} 1.0' in told and "guanjia_job_lateness_seconds 540.0" in told


async def test_a_queue_that_does_not_move_is_told_once_an_hour(world: World) -> None:
    start = world.clock.now()
    await store_alone(world.db, [Inbound("kf", "k", "wmlina", Kind.TEXT, start, text="在吗")], start)
    watch = QueueWatch(world.core)
    for minutes in range(6, 40):
        world.clock.set(start + minutes * MINUTE)
        await watch.work()
        await watch.work()
    async with world.db.read() as session:
        told = list(
            await session.scalars(
                select(OutboxMessage.content["text"].as_string()).where(
                    OutboxMessage.recipient == "staff:linfang",
                    OutboxMessage.dedupe_key.startswith("alarm:queue:inbox"),
                )
            )
        )
    assert len(told) == 1 and "没有处理" in told[0]
